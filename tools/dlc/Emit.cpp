// From a module to files.
#include "tools/dlc/Emit.h"

#include "jit/Engine.h"
#include "lib/Compiler/Artifact.h"
#include "lib/Runtime/File.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::cli {

static std::vector<std::string> phaseNames() {
  std::vector<std::string> names;
  for (const PhaseInfo &info : phases())
    if (info.phase != Phase::Object) // no IR any more: --emit=obj
      names.push_back(info.name.str());
  return names;
}

void EmitFlags::define(Command &command) {
  command.option("-o,--output", "FILE", output, "where the result goes; text goes to the standard output without it");
  command.choice("--emit", emit, {"mlir", "bytecode", "asm", "ptx", "obj", "shared", "exe", "package"},
                 "the form of the result");
  command.choice("--to", to, phaseNames(), "with --emit=mlir: stop after this phase (default: trace)");
  command.choice("--dump", dump, phaseNames(), "show the IR after this phase on the standard error, too");
}

void EmitFlags::chooseCpu(Options &options) const {
  if (emit == "ptx")
    options.target = "cuda";
  bool leaves = emit == "asm" || emit == "obj" || emit == "shared" || emit == "exe" || emit == "package";
  if (leaves && options.target == "cpu" && options.cpu.empty())
    options.cpu = portableCpu;
}

static Status writeBytes(const std::string &path, llvm::StringRef bytes) {
  if (path.empty()) {
    llvm::outs() << bytes;
    return Status::ok();
  }
  FilePiece piece = {bytes.data(), bytes.size()};
  return writeFile(path.c_str(), &piece, 1);
}

static Status bytecodeOf(mlir::ModuleOp module, std::string &bytes) {
  llvm::raw_string_ostream stream(bytes);
  if (failed(mlir::writeBytecodeToFile(module, stream)))
    return Status::error(ErrorKind::Internal, "a module could not be written as bytecode");
  return Status::ok();
}

/// A package for every machine that `--mcpu` names by level: x86-64-v3, or x86-64-v4.
static Status emitPackage(Model &model, const std::string &path) {
  jit::PackageOptions options;
  const std::string &cpu = model.session->options().cpu;
  if (cpu != "x86-64-v3" && cpu != "x86-64-v4")
    return usageError("expected --mcpu of a package to be x86-64-v3 or x86-64-v4, but got " + cpu);
  options.level = uint32_t(cpu.back() - '0');
  DLC_RETURN_IF_FAILED(bytecodeOf(*model.module, options.bytecode));
  jit::Engine engine(*model.session);
  std::string package;
  DLC_RETURN_IF_FAILED(engine.compile(*model.module, Phase::Trace, package, nullptr, options));
  return writeBytes(path, package);
}

static Status emitText(Model &model, const EmitFlags &flags, Phase from) {
  if (!flags.to.empty())
    DLC_RETURN_IF_FAILED(model.session->run(*model.module, from, *parsePhase(flags.to)));
  std::string text;
  if (flags.emit == "bytecode") {
    DLC_RETURN_IF_FAILED(bytecodeOf(*model.module, text));
  } else {
    llvm::raw_string_ostream stream(text);
    model.module->print(stream);
  }
  return writeBytes(flags.output, text);
}

Status emitModule(Model &model, const EmitFlags &flags) {
  Phase at = Phase::Trace;
  bool isIr = flags.emit == "mlir" || flags.emit == "bytecode";
  if (!isIr && !flags.to.empty())
    return usageError("expected --to with --emit=mlir or bytecode, but got --emit=" + flags.emit);
  if (!flags.dump.empty()) {
    if (flags.emit == "package" && flags.dump != "trace")
      return usageError("expected --dump=trace with --emit=package, but got --dump=" + flags.dump);
    at = *parsePhase(flags.dump);
    Phase last = flags.to.empty() ? at : *parsePhase(flags.to);
    if (at > last || (!isIr && at > Phase::Schedule))
      return usageError("expected --dump to name a phase that the compilation stops at, but got " + flags.dump);
    DLC_RETURN_IF_FAILED(model.session->run(*model.module, Phase::Trace, at));
    model.module->print(llvm::errs());
  }
  if (isIr)
    return emitText(model, flags, at);
  if (flags.output.empty() && flags.emit != "asm" && flags.emit != "ptx")
    return usageError("expected -o FILE with --emit=" + flags.emit);
  if (flags.emit == "package")
    return emitPackage(model, flags.output);
  if (flags.emit == "asm" || flags.emit == "ptx") {
    std::string text;
    DLC_RETURN_IF_FAILED(assembleKernels(*model.session, *model.module, at, text));
    return writeBytes(flags.output, text);
  }
  ArtifactKind kind = flags.emit == "obj"      ? ArtifactKind::Object
                      : flags.emit == "shared" ? ArtifactKind::Shared
                                               : ArtifactKind::Executable;
  return emitArtifact(*model.session, *model.module, at, kind, flags.output);
}

} // namespace dlc::cli
