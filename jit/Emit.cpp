// Text and bytecode are written here, packages by Engine, the rest by lib/Compiler/Artifact.
#include "jit/Emit.h"

#include "jit/Engine.h"
#include "lib/Compiler/Artifact.h"
#include "lib/Compiler/ModuleText.h"
#include "lib/Runtime/File.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace dlc::jit {

const std::vector<std::string> &emitKinds() {
  static const std::vector<std::string> kinds = {"mlir", "bytecode", "asm", "ptx", "obj", "shared", "exe", "package"};
  return kinds;
}

Options optionsFor(llvm::StringRef kind, Options options) {
  if (kind == "ptx")
    options.target = "cuda";
  bool isIr = kind == "mlir" || kind == "bytecode";
  if (!isIr && options.target == "cpu" && options.cpu.empty())
    options.cpu = portableCpu;
  return options;
}

static Status writeBytes(const std::string &path, llvm::StringRef bytes) {
  if (path.empty()) {
    llvm::outs() << bytes;
    llvm::outs().flush(); // the compiler library has no end at which that would happen
    return Status::ok();
  }
  FilePiece piece = {bytes.data(), bytes.size()};
  return writeFile(path.c_str(), &piece, 1);
}

static Status bytecodeOf(ModuleOp module, std::string &bytes) {
  llvm::raw_string_ostream stream(bytes);
  if (failed(writeBytecodeToFile(module, stream)))
    return Status::error(ErrorKind::Internal, "a module could not be written as bytecode");
  return Status::ok();
}

/// A package for every machine of the ISA level that the CPU names.
static Status emitPackage(Session &session, ModuleOp module, Phase from, const std::string &path) {
  const std::string &cpu = session.options().cpu;
  if (session.options().target != "cpu" || (cpu != "x86-64-v3" && cpu != "x86-64-v4"))
    return Status::error(ErrorKind::Value, "expected the CPU of a package to be x86-64-v3 or x86-64-v4, but got %s",
                         cpu.c_str());
  PackageOptions options;
  options.level = uint32_t(cpu.back() - '0');
  if (from == Phase::Trace)
    DLC_RETURN_IF_FAILED(bytecodeOf(module, options.bytecode));
  Engine engine(session);
  std::string package;
  DLC_RETURN_IF_FAILED(engine.compile(module, from, package, nullptr, options));
  return writeBytes(path, package);
}

Status emit(Session &session, ModuleOp module, Phase from, llvm::StringRef kind, const std::string &path,
            const std::vector<std::string> &link) {
  if (!llvm::is_contained(emitKinds(), kind))
    return Status::error(ErrorKind::Value,
                         "expected one of mlir, bytecode, asm, ptx, obj, shared, exe and package, "
                         "but got '%s'",
                         kind.str().c_str());
  bool isLinked = kind == "obj" || kind == "shared" || kind == "exe";
  if (!link.empty() && !isLinked)
    return Status::error(ErrorKind::Value,
                         "expected files to link with the forms obj, shared and exe alone, but got '%s'",
                         kind.str().c_str());
  std::string text;
  if (kind == "mlir") {
    llvm::raw_string_ostream stream(text);
    printModule(module, stream);
    return writeBytes(path, text);
  }
  if (kind == "bytecode") {
    DLC_RETURN_IF_FAILED(bytecodeOf(module, text));
    return writeBytes(path, text);
  }
  if (kind == "asm" || kind == "ptx") {
    DLC_RETURN_IF_FAILED(assembleKernels(session, module, from, text));
    return writeBytes(path, text);
  }
  if (path.empty())
    return Status::error(ErrorKind::Value, "expected a file for the form '%s'", kind.str().c_str());
  if (kind == "package")
    return emitPackage(session, module, from, path);
  ArtifactKind artifact = kind == "obj"      ? ArtifactKind::Object
                          : kind == "shared" ? ArtifactKind::Shared
                                             : ArtifactKind::Executable;
  return emitArtifact(session, module, from, artifact, path, link);
}

Status emitCopy(ModuleOp module, const Options &options, llvm::StringRef kind, const std::string &path,
                const std::vector<std::string> &link) {
  if (kind == "mlir" && link.empty()) { // with the places of the program that was traced: nobody else has them
    std::string text;
    llvm::raw_string_ostream stream(text);
    printModule(module, stream, /*places=*/true);
    return writeBytes(path, text);
  }
  std::unique_ptr<Session> session;
  DLC_RETURN_IF_FAILED(Session::create(optionsFor(kind, options), session));
  std::string bytes; // the way into another context; keeps locations
  DLC_RETURN_IF_FAILED(bytecodeOf(module, bytes));
  OwningOpRef<ModuleOp> copy;
  DLC_RETURN_IF_FAILED(session->parseText(bytes, "module", copy));
  return emit(*session, *copy, Phase::Trace, kind, path, link);
}

} // namespace dlc::jit
