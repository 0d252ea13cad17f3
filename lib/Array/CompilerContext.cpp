// The adapter between traces and the compiler.
#include "lib/Array/CompilerContext.h"

#include "dialects/dlc/Dlc.h"
#include "jit/DiskImages.h"
#include "jit/Emit.h"
#include "jit/Engine.h"
#include "lib/Array/TieredProgram.h"
#include "lib/Capi/CompilerTable.h"
#include "lib/Capi/PackagedProgram.h"
#include "lib/Compiler/ModelCheck.h"
#include "lib/Compiler/ModuleText.h"
#include "lib/Compiler/Targets.h"
#include "lib/Interp/Interpreter.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

#include <deque>
#include <map>
#include <mutex>
#include <thread>

using namespace mlir;

namespace dlc {

//===--- Locations ---===//

namespace {

struct SourcePosition {
  std::string file;
  uint32_t line, column;
};

/// Positions are never dropped: there is one for each place in a program's source.
struct PositionTable {
  std::mutex mutex;
  std::deque<SourcePosition> positions;
};

PositionTable &positionTable() {
  static PositionTable *table = new PositionTable;
  return *table;
}

const CompilerHost *compilerHost = nullptr;

} // namespace

uint32_t internLocation(StringRef file, uint32_t line, uint32_t column) {
  PositionTable &table = positionTable();
  std::lock_guard<std::mutex> lock(table.mutex);
  table.positions.push_back({file.str(), line, column});
  return uint32_t(table.positions.size());
}

Location CompilerContext::location(uint32_t index) {
  PositionTable &table = positionTable();
  std::lock_guard<std::mutex> lock(table.mutex);
  if (index == 0 || index > table.positions.size())
    return UnknownLoc::get(&context());
  while (locations.size() < index) {
    const SourcePosition &at = table.positions[locations.size()];
    locations.push_back(FileLineColLoc::get(&context(), at.file, at.line, at.column));
  }
  return locations[index - 1];
}

//===--- Diagnostics ---===//

/// " at file:line:column" of the innermost named place of a location.
static std::string placeOf(Location location) {
  std::string place;
  location->walk([&](Location inner) {
    auto file = dyn_cast<FileLineColLoc>(inner);
    if (!file)
      return WalkResult::advance();
    place =
        (" at " + file.getFilename().getValue() + ":" + Twine(file.getLine()) + ":" + Twine(file.getColumn())).str();
    return WalkResult::interrupt();
  });
  return place;
}

TraceDiagnostics::TraceDiagnostics(MLIRContext &context) : context(context) {
  auto thread = std::this_thread::get_id();
  id = context.getDiagEngine().registerHandler([this, thread](Diagnostic &diagnostic) {
    if (std::this_thread::get_id() != thread)
      return failure();
    if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
      return success();
    message += (message.empty() ? "" : "\n") + diagnostic.str();
    for (Diagnostic &note : diagnostic.getNotes())
      message += "\nnote: " + note.str() + placeOf(note.getLocation());
    return success();
  });
}

TraceDiagnostics::~TraceDiagnostics() { context.getDiagEngine().eraseHandler(id); }

Status TraceDiagnostics::status(ErrorKind kind) const {
  return Status::error(kind, "%s", message.empty() ? "expected IR that compiles, but it does not" : message.c_str());
}

//===--- The engine ---===//

struct CompilerContext::State {
  std::unique_ptr<Session> session;
  std::unique_ptr<cache::DiskStore> store;
  std::unique_ptr<jit::DiskImages> images;
  std::unique_ptr<jit::Engine> engine;
  bool hasTiers;
};

static Options optionsOf(const dlc_compile_options &options) {
  Options result;
  result.fuse = options.fuse;
  result.cpu = options.cpu ? options.cpu : "";
  result.tier = options.tiers == DLC_TIERS_BASELINE ? Tier::Baseline : Tier::Optimized;
  return result;
}

static std::string keyOf(const dlc_compile_options &options) {
  static constexpr const char *tiers[] = {"", "optimized ", "baseline "};
  return (options.fuse ? "fuse " : "no-fuse ") + std::string(tiers[options.tiers]) + (options.cpu ? options.cpu : "");
}

Status CompilerContext::check(const dlc_compile_options &options) {
  std::string reason = whyNotHere(optionsOf(options));
  return reason.empty() ? Status::ok() : Status::error(ErrorKind::Value, "%s", reason.c_str());
}

CompilerContext::CompilerContext(const dlc_compile_options &options)
    : state(std::make_unique<State>()), optionsText(keyOf(options)) {
  Status status = Session::create(optionsOf(options), state->session);
  assert(!status.failed() && "options are checked where they are set");
  (void)status;
  cache::StoreOptions cacheOptions;
  cacheOptions.folder = compilerHost ? compilerHost->cacheDir() : "";
  state->store = std::make_unique<cache::DiskStore>(cacheOptions);
  state->images = std::make_unique<jit::DiskImages>(*state->store);
  state->engine = std::make_unique<jit::Engine>(*state->session, state->images.get());
  state->hasTiers = options.tiers == DLC_TIERS_BOTH;
}
CompilerContext::~CompilerContext() = default;

void CompilerContext::setHost(const CompilerHost *host) {
  compilerHost = host;
  shareCustomCalls(host ? host->findCustomCall : nullptr);
}

uint64_t CompilerContext::poolNumber() { return compilerHost ? reinterpret_cast<uintptr_t>(compilerHost->pool()) : 0; }

MLIRContext &CompilerContext::context() { return state->session->context(); }

std::shared_ptr<CompilerContext> CompilerContext::current() {
  constexpr size_t mostTexts = 1 << 16;
  static std::mutex *mutex = new std::mutex;
  static auto *engines = new std::map<std::string, std::shared_ptr<CompilerContext>>; // by optionsKey
  dlc_compile_options options = {1, "", DLC_TIERS_BOTH};
  if (compilerHost)
    compilerHost->compileOptions(&options);
  std::lock_guard<std::mutex> lock(*mutex);
  std::shared_ptr<CompilerContext> &engine = (*engines)[keyOf(options)];
  if (!engine || engine->parsed.size() > mostTexts)
    engine = std::make_shared<CompilerContext>(options);
  return engine;
}

DictionaryAttr CompilerContext::attributes(StringRef text) {
  auto [place, isNew] = parsed.try_emplace(text);
  if (!isNew)
    return place->second;
  if (text.empty())
    return place->second = DictionaryAttr::get(&context());
  Status nesting = checkNesting(text, "attributes");
  auto dictionary =
      nesting.failed() ? DictionaryAttr() : dyn_cast_or_null<DictionaryAttr>(parseAttribute(text, &context()));
  if (nesting.failed())
    emitError(UnknownLoc::get(&context())) << nesting.message();
  else if (!dictionary)
    emitError(UnknownLoc::get(&context())) << "expected attributes as a dictionary, but got '" << text << "'";
  else
    return place->second = dictionary;
  parsed.erase(place);
  return {};
}

Status CompilerContext::parse(StringRef text, StringRef name, OwningOpRef<ModuleOp> &out) {
  if (text.starts_with("ML\xefR")) // MLIR's reader of bytecode may end the process on a damaged file
    return Status::error(ErrorKind::Unsupported,
                         "%s: expected a module as text, but got bytecode: run dlc compile on it", name.str().c_str());
  DLC_RETURN_IF_FAILED(checkNesting(text, name));
  TraceDiagnostics collector(context());
  out = parseSourceString<ModuleOp>(text, ParserConfig(&context()), name);
  if (out && succeeded(inlineResources(*out)) && succeeded(checkModel(*out)))
    return Status::ok();
  return collector.status(ErrorKind::Corrupt).withContext("%s", name.str().c_str());
}

//===--- Running by the interpreter ---===//

namespace {

/// A module that the reference interpreter runs; it keeps its engine's context alive.
class InterpretedProgram final : public dlc_program {
public:
  InterpretedProgram(std::shared_ptr<CompilerContext> engine, OwningOpRef<ModuleOp> module)
      : engine(std::move(engine)), module(std::move(module)), main(this->module->lookupSymbol<func::FuncOp>("main")) {}

  size_t inputCount() const override { return const_cast<func::FuncOp &>(main).getNumArguments(); }
  size_t outputCount() const override { return const_cast<func::FuncOp &>(main).getNumResults(); }

  Status run(dlc_tensor *const *inputs, size_t inputCount, dlc_tensor **outputs, size_t outputCount) override {
    SmallVector<HostTensor> arguments, results;
    for (size_t i = 0; i < inputCount; ++i)
      arguments.push_back(inputs[i]->value);
    InterpError error;
    if (failed(interpret(main, arguments, results, error)))
      return error.location ? error.status.withContext("%s", place(*error.location).c_str()) : error.status;
    if (results.size() != outputCount)
      return Status::error(ErrorKind::Value, "expected %zu outputs, but got %zu", results.size(), outputCount);
    for (auto [i, result] : llvm::enumerate(results))
      outputs[i] = toHandle(std::move(result));
    return Status::ok();
  }

private:
  static std::string place(Location location) {
    std::string text = placeOf(location);
    return text.empty() ? "interpreter" : text.substr(4);
  }
  std::shared_ptr<CompilerContext> engine;
  OwningOpRef<ModuleOp> module;
  func::FuncOp main;
};

} // namespace

Status CompilerContext::compile(ModuleOp module, StringRef engine, dlc_program *&out) {
  Background::Foreground here;
  TraceDiagnostics collector(context());
  if (failed(verify(module)))
    return collector.status(ErrorKind::Internal);
  OwningOpRef<ModuleOp> copy = module.clone();
  if (engine == "interp") {
    DLC_RETURN_IF_FAILED(state->session->run(*copy, Phase::Trace, Phase::Autodiff));
    out = new InterpretedProgram(shared_from_this(), std::move(copy));
    return Status::ok();
  }
  if (engine != "jit")
    return Status::error(ErrorKind::Value, "expected engine 'jit' or 'interp', but got '%s'", engine.str().c_str());
  Phase at = Phase::Trace;
  OwningOpRef<ModuleOp> baseline;
  if (state->hasTiers) {
    DLC_RETURN_IF_FAILED(state->session->run(*copy, Phase::Trace, Phase::Fuse));
    DLC_RETURN_IF_FAILED(state->engine->splitTiers(*copy, at, baseline));
  }
  ThreadPool *pool = compilerHost ? compilerHost->pool() : nullptr;
  DLC_RETURN_IF_FAILED(load(baseline ? *baseline : *copy, at, pool, /*isNew=*/true, out));
  if (baseline) {
    auto optimize = [self = shared_from_this(), module = std::make_shared<OwningOpRef<ModuleOp>>(std::move(copy)), at,
                     pool](const Background::Stop &stop, dlc_program *&program) {
      TraceDiagnostics collector(self->context());    // else errors would go to stderr
      OwningOpRef<ModuleOp> own = (*module)->clone(); // it may have to begin anew
      return self->load(*own, at, pool, /*isNew=*/false, program, &stop);
    };
    out = makeTieredProgram(out, std::move(optimize), /*isKept=*/!state->store->options().folder.empty());
  }
  return Status::ok();
}

Status CompilerContext::load(ModuleOp module, Phase from, ThreadPool *pool, bool isNew, dlc_program *&out,
                             const std::atomic<bool> *stop) {
  std::string package;
  jit::CompileReport report;
  DLC_RETURN_IF_FAILED(state->engine->compile(module, from, package, &report, {}, stop));
  if (compilerHost) {
    dlc_code_counts counts = {};
    counts.programs_compiled = isNew;
    counts.kernels_found = report.onDisk;
    counts.kernels_shared = report.inMemory;
    counts.kernels_compiled = report.compiled;
    compilerHost->countCode(counts);
  }
  Buffer bytes;
  DLC_RETURN_IF_FAILED(Buffer::allocate(package.size(), bytes));
  std::memcpy(bytes.data(), package.data(), package.size());
  return loadPackagedProgram(bytes, pool, out);
}

Status CompilerContext::text(ModuleOp module, StringRef phase, std::string &out) {
  auto to = parsePhase(phase);
  if (!to)
    return Status::error(ErrorKind::Value, "expected the name of a phase, but got '%s'", phase.str().c_str());
  OwningOpRef<ModuleOp> copy = module.clone();
  DLC_RETURN_IF_FAILED(state->session->run(*copy, Phase::Trace, *to));
  llvm::raw_string_ostream stream(out);
  printModule(*copy, stream);
  return Status::ok();
}

Status CompilerContext::emit(ModuleOp module, StringRef kind, StringRef path, StringRef target,
                             const std::vector<std::string> &link) {
  Options options = state->session->options();
  if (!target.empty())
    options.cpu = target.str();
  return jit::emitCopy(module, options, kind, path.str(), link);
}

} // namespace dlc
