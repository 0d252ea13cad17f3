// Reading, inputs, reports.
#include "tools/dlc/CheckedProgram.h"

#include "dialects/dlc/SymbolRanges.h"

#include "lib/Check/Inputs.h"
#include "lib/Compiler/Targets.h"
#include "lib/Runtime/File.h"
#include "tools/dlc/InputFiles.h"

#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

#include <unistd.h>

using namespace mlir;

namespace dlc::cli {

void CheckFlags::define(Command &command) {
  model.define(command);
  command.option("--input", "NAME=FILE.npy", inputs,
                 "the data of an input; once for each (default: examples that the "
                 "model carries, else random)");
  command.option("--dim", "B=N", dims, "the value of a symbolic dim for random inputs; once for each");
  command.option("--seed", seed, 0, UINT64_MAX, "of random inputs");
  command.option("--timeout", timeout, 1, 86400, "seconds after which a check counts as hung");
  command.option("-o,--output", "FILE", output, "where the reduced program goes (default: MODEL-reduced.mlir)");
  command.flag("--json", json, "for programs");
}

std::vector<check::Way> CheckFlags::ways(func::FuncOp entry) const {
  bool isBaseline = model.tier == "baseline";
  if (model.options.cpu.empty() && !model.noFuse && !isBaseline) {
    std::vector<check::Way> all = check::allWays();
    if (!check::symbolsOf(entry).empty())
      all.push_back(check::knownExtentsWay());
    return all;
  }
  check::Way one;
  one.options = model.options;
  one.name = (model.options.cpu.empty() ? "host" : model.options.cpu) + (model.noFuse ? ", not fused" : "") +
             (isBaseline ? ", baseline" : "") + ", 2 threads";
  one.threads = 2;
  return {one};
}

Status openProgram(CheckFlags &flags, CheckedProgram &program) {
  flags.model.choose();
  if (flags.model.options.target != "cpu")
    return usageError("expected --target=cpu to run code on, but got --target=" + flags.model.options.target);
  std::string error, bytes;
  if (!createTarget(flags.model.options, error))
    return usageError(error);
  DLC_RETURN_IF_FAILED(readModelIr(flags.model.model, bytes));
  program.context = check::makeQuietContext();
  DiagnosticCollector collector(*program.context);
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(bytes, flags.model.model), llvm::SMLoc());
  program.module = parseSourceFile<ModuleOp>(sources, ParserConfig(program.context.get()));
  if (!program.module)
    return collector.status(ErrorKind::Value, "expected '" + flags.model.model + "' to be a module");
  return Session::entryOf(*program.module, program.entry);
}

Status checkBitsAreDefined(CheckedProgram &program) {
  if (!isFast(program.entry))
    return Status::ok();
  return Status::error(ErrorKind::Unsupported,
                       "expected a function whose bits are defined, to compare them, but got '%s' with 'dlc.fast': "
                       "check it without the attribute",
                       program.entry.getName().str().c_str());
}

static Status readSymbols(const CheckFlags &flags, func::FuncOp entry, check::Symbols &symbols) {
  std::vector<std::string> names = check::symbolsOf(entry);
  for (const std::string &text : flags.dims) {
    auto [name, value] = llvm::StringRef(text).split('=');
    int64_t number;
    if (name.empty() || value.getAsInteger(10, number) || number < 0)
      return usageError("expected --dim NAME=N, but got '" + text + "'");
    if (!llvm::is_contained(names, name))
      return usageError("expected --dim to name one of the symbols [" + llvm::join(names, ", ") + "], but got '" +
                        name.str() + "'");
    symbols[name.str()] = number;
  }
  return Status::ok();
}

Status chooseInputs(const CheckFlags &flags, uint64_t seed, CheckedProgram &program) {
  if (!flags.inputs.empty()) {
    std::vector<NamedFile> files;
    std::vector<HostTensor> arguments;
    DLC_RETURN_IF_FAILED(splitInputs(flags.inputs, files));
    DLC_RETURN_IF_FAILED(readArguments(program.entry, files, arguments));
    check::setExamples(program.entry, arguments);
    return Status::ok();
  }
  if (check::hasExamples(program.entry) && flags.dims.empty())
    return Status::ok();
  check::Symbols symbols;
  DLC_RETURN_IF_FAILED(readSymbols(flags, program.entry, symbols));
  narrowSymbols(program.entry->getParentOfType<mlir::ModuleOp>()); // draws are of extents that have a meaning
  symbols = check::drawSymbols(program.entry, seed, symbols);
  DLC_RETURN_IF_FAILED(check::checkInputSize(program.entry, symbols));
  check::setExamples(program.entry, check::randomInputs(program.entry, seed, symbols));
  return Status::ok();
}

std::string reducedPath(const CheckFlags &flags) {
  return flags.output.empty() ? llvm::sys::path::stem(flags.model.model).str() + "-reduced.mlir" : flags.output;
}

Status writeProgram(const std::string &path, const std::string &text) {
  FilePiece piece = {text.data(), text.size()};
  return writeFile(path.c_str(), &piece, 1);
}

llvm::json::Object faultJson(const check::Fault &fault) {
  return llvm::json::Object{{"kind", check::name(fault.kind)},
                            {"pass", fault.pass},
                            {"op", fault.op},
                            {"place", fault.place},
                            {"way", fault.way},
                            {"kernel", fault.kernel},
                            {"detail", llvm::json::fixUTF8(fault.detail)}};
}

std::string faultText(const check::Fault &fault) {
  std::string text = std::string("a ") + check::name(fault.kind);
  if (!fault.pass.empty())
    text += " in pass '" + fault.pass + "'";
  if (!fault.op.empty())
    text += " at '" + fault.op + "'" + (fault.place.empty() ? "" : " (" + fault.place + ")");
  if (!fault.kernel.empty())
    text += " in kernel '" + fault.kernel + "'";
  return text + (fault.way.empty() ? "" : ", run as: " + fault.way) + (fault.detail.empty() ? "" : ": " + fault.detail);
}

void ProgressLine::show(const std::string &text) {
  if (!isatty(STDERR_FILENO))
    return;
  std::fprintf(stderr, "\r\033[K%s", text.c_str());
  std::fflush(stderr);
  isShown = true;
}

ProgressLine::~ProgressLine() {
  if (isShown)
    std::fprintf(stderr, "\r\033[K");
}

} // namespace dlc::cli
