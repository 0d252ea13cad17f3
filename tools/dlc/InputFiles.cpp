// Names are those of the arguments' attribute dlc.name, else arg0, arg1, ...
#include "tools/dlc/InputFiles.h"

#include "dialects/dlc/Types.h"
#include "lib/Runtime/HostArray.h"
#include "lib/Runtime/Npy.h"

#include <cstring>

namespace dlc::cli {

Status splitInputs(const std::vector<std::string> &flags, std::vector<NamedFile> &files) {
  for (const std::string &input : flags) {
    size_t separator = input.find('=');
    if (separator == std::string::npos || separator == 0 || separator + 1 == input.size())
      return usageError("expected --input NAME=FILE.npy, but got '" + input + "'");
    files.push_back({input.substr(0, separator), input.substr(separator + 1)});
  }
  return Status::ok();
}

Status readArguments(mlir::func::FuncOp function, const std::vector<NamedFile> &files,
                     std::vector<HostTensor> &arguments) {
  std::vector<std::string> names;
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    auto name = function.getArgAttrOfType<mlir::StringAttr>(i, "dlc.name");
    names.push_back(name ? name.str() : "arg" + std::to_string(i));
  }
  arguments.resize(names.size());
  for (const NamedFile &file : files) {
    size_t index = size_t(llvm::find(names, file.name) - names.begin());
    if (index == names.size())
      return Status::error(ErrorKind::Value, "expected the name of an input of '%s', but got '%s'",
                           function.getSymName().str().c_str(), file.name.c_str());
    HostArray array;
    DLC_RETURN_IF_FAILED(readNpy(file.path.c_str(), array, dtypeOf(function.getArgumentTypes()[unsigned(index)])));
    HostTensor tensor(array.ref.dtype, {array.ref.dims, array.ref.dims + array.ref.rank});
    if (!tensor.buffer)
      return Status::error(ErrorKind::Io, "cannot allocate input '%s'", file.name.c_str());
    std::memcpy(tensor.data<char>(), array.ref.data, size_t(tensor.bytes()));
    arguments[index] = std::move(tensor);
  }
  for (size_t i = 0; i < names.size(); ++i)
    if (!arguments[i].buffer)
      return Status::error(ErrorKind::Value, "expected a file for input '%s': pass --input %s=FILE.npy",
                           names[i].c_str(), names[i].c_str());
  return Status::ok();
}

} // namespace dlc::cli
