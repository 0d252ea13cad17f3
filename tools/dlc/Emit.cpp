// Flags that choose what leaves the compiler, and where.
#include "tools/dlc/Emit.h"

#include "jit/Emit.h"
#include "lib/Compiler/ModuleText.h"

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
  command.choice("--emit", emit, jit::emitKinds(), "the form of the result");
  command.option("--link", "FILE", link,
                 "with --emit=obj, shared or exe: an object file or static library with the C functions of custom "
                 "calls; once for each");
  command.choice("--to", to, phaseNames(), "with --emit=mlir: stop after this phase (default: trace)");
  command.choice("--dump", dump, phaseNames(), "show the IR after this phase on the standard error, too");
}

Status emitModule(Model &model, const EmitFlags &flags) {
  if (!flags.isIr() && !flags.to.empty())
    return usageError("expected --to with --emit=mlir or bytecode, but got --emit=" + flags.emit);
  if (!flags.isIr() && flags.emit != "asm" && flags.emit != "ptx" && flags.output.empty())
    return usageError("expected -o FILE with --emit=" + flags.emit);
  if (!flags.link.empty() && flags.emit != "obj" && flags.emit != "shared" && flags.emit != "exe")
    return usageError("expected --link with --emit=obj, shared or exe, but got --emit=" + flags.emit);
  Phase at = Phase::Trace;
  if (!flags.dump.empty()) {
    at = *parsePhase(flags.dump);
    Phase last = !flags.isIr() ? Phase::Schedule : flags.to.empty() ? at : *parsePhase(flags.to);
    if (at > last)
      return usageError("expected --dump to name a phase up to " + name(last).str() + ", but got " + flags.dump);
    DLC_RETURN_IF_FAILED(model.session->run(*model.module, Phase::Trace, at));
    printModule(*model.module, llvm::errs());
  }
  if (!flags.to.empty()) {
    DLC_RETURN_IF_FAILED(model.session->run(*model.module, at, *parsePhase(flags.to)));
    at = *parsePhase(flags.to);
  }
  return jit::emit(*model.session, *model.module, at, flags.emit, flags.output, flags.link);
}

} // namespace dlc::cli
