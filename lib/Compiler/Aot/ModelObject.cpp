// Symbols by llvm-objcopy's library; the header by replacing words of Model.h.
#include "lib/Compiler/Aot/ModelObject.h"

#include "dialects/dlc/Types.h"
#include "lib/Compiler/Aot/Kit.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ObjCopy/CommonConfig.h"
#include "llvm/ObjCopy/ELF/ELFConfig.h"
#include "llvm/ObjCopy/ELF/ELFObjcopy.h"
#include "llvm/Object/ELFObjectFile.h"

#include <set>

using namespace llvm;

namespace dlc::aot {

static constexpr StringRef placeholder = "dlc_model";

/// Reads an object; its bytes must outlive it.
static Status readObject(StringRef bytes, std::unique_ptr<object::ObjectFile> &out) {
  auto object = object::ObjectFile::createObjectFile(MemoryBufferRef(bytes, "model"));
  if (!object)
    return Status::error(ErrorKind::Internal, "%s", toString(object.takeError()).c_str());
  out = std::move(*object);
  return Status::ok();
}

Status renameModel(StringRef merged, StringRef model, std::string &out) {
  std::unique_ptr<object::ObjectFile> object;
  DLC_RETURN_IF_FAILED(readObject(merged, object));
  objcopy::CommonConfig config;
  objcopy::ELFConfig elf;
  std::vector<std::pair<std::string, std::string>> names;
  for (const object::SymbolRef &symbol : object->symbols()) {
    auto name = cantFail(symbol.getName());
    if (name.starts_with(placeholder) && !(cantFail(symbol.getFlags()) & object::SymbolRef::SF_Undefined))
      names.push_back({name.str(), (model + name.drop_front(placeholder.size())).str()});
  }
  auto refuse = [](Error error) { return error; };
  for (auto &[from, to] : names) {
    config.SymbolsToRename[from] = to;
    cantFail(config.SymbolsToKeepGlobal.addMatcher(
        objcopy::NameOrPattern::create(from, objcopy::MatchStyle::Literal, refuse)));
  }
  config.StripDebug = true;
  raw_string_ostream stream(out);
  auto *file = cast<object::ELFObjectFileBase>(object.get());
  if (Error error = objcopy::elf::executeObjcopyOnBinary(config, elf, *file, stream))
    return Status::error(ErrorKind::Internal, "%s", toString(std::move(error)).c_str());
  return Status::ok();
}

Status importsOf(StringRef bytes, std::vector<std::string> &names) {
  std::unique_ptr<object::ObjectFile> object;
  DLC_RETURN_IF_FAILED(readObject(bytes, object));
  std::set<std::string> sorted;
  for (const object::SymbolRef &symbol : object->symbols()) {
    uint32_t flags = cantFail(symbol.getFlags());
    if ((flags & object::SymbolRef::SF_Undefined) && !(flags & object::SymbolRef::SF_Weak))
      if (StringRef name = cantFail(symbol.getName()); !name.empty() && name != "_GLOBAL_OFFSET_TABLE_")
        sorted.insert(name.str());
  }
  names.assign(sorted.begin(), sorted.end());
  return Status::ok();
}

/// "  inputs:\n    x: f32[B, 64]\n", as comment lines of the header.
static std::string describe(mlir::func::FuncOp function, StringRef title, StringRef types, StringRef names) {
  std::string text = (" * " + title + ":\n").str();
  auto typeList = function->getAttrOfType<mlir::ArrayAttr>(types).getAsValueRange<mlir::TypeAttr>();
  auto nameList = function->getAttrOfType<mlir::ArrayAttr>(names).getAsValueRange<mlir::StringAttr>();
  for (auto [type, tensor] : llvm::zip(typeList, nameList))
    text += (" *   " + tensor + ": " + name(dtypeOf(type)) + dimsText(dimsOf(type)) + "\n").str();
  return text;
}

static std::string describeCalls(const std::vector<CallNeed> &calls, StringRef model) {
  std::string text = calls.empty() ? "" : " * custom calls:\n";
  for (const CallNeed &call : calls) {
    std::string name; // as a comment can hold it
    for (char c : call.name)
      name += isPrint(c) && c != '*' && c != '/' ? c : '?';
    text +=
        " *   " + name + ": " + (call.isLinked ? "linked in" : (model + "_register_custom_call gives it").str()) + "\n";
  }
  return text;
}

/// Names as lines of a comment of at most 118 columns.
static std::string describeImports(const std::vector<std::string> &names) {
  std::string text = names.empty() ? "" : " * undefined symbols:\n", line;
  for (const std::string &name : names) {
    if (!line.empty() && line.size() + name.size() > 112) {
      text += " *  " + line + "\n";
      line.clear();
    }
    line += " " + name;
  }
  return text + (line.empty() ? "" : " *  " + line + "\n");
}

Status modelHeader(mlir::ModuleOp module, StringRef model, const std::vector<CallNeed> &calls,
                   const std::vector<std::string> &imports, std::string &text) {
  std::string signature;
  for (auto function : module.getOps<mlir::func::FuncOp>())
    if (function->hasAttr("rt.arguments"))
      signature = describe(function, "inputs", "rt.arguments", "rt.argument_names") +
                  describe(function, "outputs", "rt.results", "rt.result_names");
  signature += describeCalls(calls, model) + describeImports(imports);
  StringRef source = kitFile(KitFile::ModelHeader);
  auto replaceAll = [](StringRef in, StringRef from, StringRef to) {
    std::string out;
    for (size_t at; (at = in.find(from)) != StringRef::npos; in = in.drop_front(at + from.size()))
      out += (in.take_front(at) + to).str();
    return out + in.str();
  };
  std::string whole =
      replaceAll(source, "#include \"include/dlc-c/custom_call.h\"\n", kitFile(KitFile::CustomCallHeader));
  source = whole;
  size_t second = source.find('\n') + 1;
  text = replaceAll((source.take_front(second) + " *\n" + signature).str() + source.drop_front(second).str(),
                    placeholder, model);
  text = replaceAll(text, "DLC_MODEL_H", "DLC_MODEL_" + model.upper() + "_H");
  return Status::ok();
}

} // namespace dlc::aot
