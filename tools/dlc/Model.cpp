// Flags of the compiler and reading of models.
#include "tools/dlc/Model.h"

#include "lib/Runtime/File.h"
#include "lib/Runtime/Package.h"
#include "tools/dlc/Bytecode.h"

#include <cstdio>

namespace dlc::cli {

void ModelFlags::define(Command &command) {
  command.positional("MODEL", model, "a module of dlc IR (.mlir, text or bytecode) or a package (.dlc)");
  command.choice("--target", options.target, {"cpu", "cuda"}, "the backend");
  command.option("--mcpu", "CPU", options.cpu,
                 "a CPU such as haswell, x86-64-v4 or neoverse-n1, a GPU such as sm_90, or native");
  command.flag("--no-fuse", noFuse, "every op is its own kernel; the bits are the same");
  command.choice("--tier", tier, {"optimized", "baseline"},
                 "code that runs fast, or that is soon there; the bits are the same");
}

void ModelFlags::choose() {
  options.fuse = !noFuse;
  options.tier = tier == "baseline" ? Tier::Baseline : Tier::Optimized;
}

Status readModelFile(const std::string &path, std::string &bytes) {
  Buffer buffer;
  DLC_RETURN_IF_FAILED(readFile(path.c_str(), buffer));
  bytes.assign(static_cast<const char *>(buffer.data()), buffer.size());
  return Status::ok();
}

bool isPackage(const std::string &bytes) { return bytes.compare(0, 8, std::string("dlcpack\0", 8)) == 0; }

/// Puts the IR that a package carries in its place.
static Status takeBytecode(std::string &bytes) {
  Buffer buffer;
  DLC_RETURN_IF_FAILED(Buffer::allocate(bytes.size(), buffer));
  std::copy(bytes.begin(), bytes.end(), static_cast<char *>(buffer.data()));
  Package package;
  DLC_RETURN_IF_FAILED(Package::parse(buffer, package));
  size_t index = package.first(EntryKind::Bytecode);
  if (index == package.size())
    return Status::error(ErrorKind::Value, "expected a package that carries its IR, but got one with code alone");
  PackageEntry entry;
  DLC_RETURN_IF_FAILED(package.read(index, entry));
  bytes.assign(static_cast<const char *>(entry.data), entry.bytes);
  return Status::ok();
}

Status readModelIr(const std::string &path, std::string &bytes) {
  DLC_RETURN_IF_FAILED(readModelFile(path, bytes));
  if (bytes.empty())
    return Status::error(ErrorKind::Value, "%s: expected a model, but got an empty file", path.c_str());
  if (isPackage(bytes))
    if (Status status = takeBytecode(bytes); status.failed())
      return status.withContext("%s", path.c_str());
  if (isBytecode(bytes)) // before this process has threads
    return takeText(bytes, path);
  return Status::ok();
}

Status openModel(ModelFlags &flags, Model &model) {
  std::string bytes;
  DLC_RETURN_IF_FAILED(readModelIr(flags.model, bytes));
  flags.choose();
  Status created = Session::create(flags.options, model.session);
  if (created.failed()) // only the options can be wrong here
    return usageError(created.message());
  return model.session->parseText(bytes, flags.model, model.module);
}

void defineFast(Command &command, bool &isFast) {
  command.flag("--fast", isFast,
               "gives up exact bits for speed: code may contract, reorder and approximate, so bits may "
               "differ between CPUs, batches and thread counts");
}

Status setFast(Model &model) {
  mlir::func::FuncOp entry;
  DLC_RETURN_IF_FAILED(Session::entryOf(*model.module, entry));
  entry->setAttr(fastName, mlir::UnitAttr::get(entry.getContext()));
  return Status::ok();
}

cache::StoreOptions storeOptions(const Environment &environment) {
  cache::StoreOptions options;
  options.folder = environment.cacheDir;
  options.warn = [](const std::string &message) { std::fprintf(stderr, "warning: %s\n", message.c_str()); };
  return options;
}

} // namespace dlc::cli
