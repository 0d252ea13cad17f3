// Functions inside a trace, and its end: finish gives the module, flush computes what is alive.
#include "lib/Array/Trace.h"

#include "mlir/IR/Iterators.h"
#include "mlir/IR/Verifier.h"

#include <list>
#include <map>
#include <mutex>

using namespace mlir;

namespace dlc {

//===--- Functions that are differentiated or batched ---===//

/// The type of an example: one without the dim `axis`, or the same for -1. Null if there is no such dim.
static Type exampleType(Type all, int64_t axis) {
  Dims dims = dimsOf(all);
  if (axis < -1 || axis >= int64_t(dims.size()))
    return {};
  if (axis >= 0)
    dims.erase(dims.begin() + axis);
  return tensorType(dims, elementTypeOf(all));
}

Status Trace::beginFunction(ArrayRef<uint32_t> arguments, ArrayRef<int64_t> axes, SmallVectorImpl<uint32_t> &inner) {
  DLC_RETURN_IF_FAILED(checkOpen());
  SmallVector<Type> types;
  for (auto [i, id] : llvm::enumerate(arguments)) {
    Operand operand;
    DLC_RETURN_IF_FAILED(useEntry(id, operand));
    Type all =
        operand.isLiteral() ? RankedTensorType::get({}, Float32Type::get(&host->context())) : operand.value.getType();
    types.push_back(exampleType(all, axes.empty() ? -1 : axes[i]));
    if (!types.back())
      return Status::error(ErrorKind::Value, "expected axis %zu to be in [-1, %lld), but got %lld", i,
                           static_cast<long long>(cast<RankedTensorType>(all).getRank()),
                           static_cast<long long>(axes[i]));
  }
  // Functions stand before those that use them, and @main is last.
  OpBuilder builder(frames.back().function);
  std::string name = ("fn" + llvm::Twine(functions.size() + frames.size() - 1)).str();
  auto function = func::FuncOp::create(builder, builder.getUnknownLoc(), name, builder.getFunctionType(types, {}));
  function.setPrivate();
  function.addEntryBlock();
  frames.emplace_back(function);
  SmallVector<uint64_t> event{axes.empty() ? 5u : 23u, arguments.size()};
  event.append(arguments.begin(), arguments.end());
  event.append(axes.begin(), axes.end());
  record(event);
  for (BlockArgument argument : function.getArguments())
    inner.push_back(addEntry({argument, WeakKind::None, 0, 0}));
  return Status::ok();
}

Status Trace::endFunction(ArrayRef<uint32_t> results, uint32_t &function) {
  DLC_RETURN_IF_FAILED(checkOpen());
  if (frames.size() < 2)
    return Status::error(ErrorKind::Value, "expected a function that was begun, but got none");
  SmallVector<Value> values;
  for (uint32_t id : results) {
    Operand operand;
    DLC_RETURN_IF_FAILED(useEntry(id, operand));
    if (operand.isLiteral())
      operand.value = literal(operand, Float32Type::get(&host->context()));
    DLC_RETURN_IF_FAILED(use(operand.value, operand.value));
    values.push_back(operand.value);
  }
  Frame frame = std::move(frames.back());
  OpBuilder builder = OpBuilder::atBlockEnd(&frame.function.getBody().front());
  func::ReturnOp::create(builder, builder.getUnknownLoc(), values);
  frame.function.setType(
      builder.getFunctionType(frame.function.getBody().front().getArgumentTypes(), ValueRange(values).getTypes()));
  frames.pop_back();
  function = uint32_t(functions.size());
  functions.push_back({frame.function, std::move(frame.captured), false});
  SmallVector<uint64_t> event{6, results.size()};
  event.append(results.begin(), results.end());
  record(event);
  return Status::ok();
}

void Trace::abandonFunction() {
  if (frames.size() < 2)
    return;
  Frame frame = std::move(frames.back());
  frames.pop_back();
  frame.function.erase();
  // Values of the erased function are still counted by handles; they may no longer be used.
  done = true;
  failure = Status::error(ErrorKind::Value, "expected a trace without errors, but a function inside it has failed");
}

//===--- Calls of functions: derivatives and batches ---===//

Status Trace::addOperand(uint32_t id, Type expected, SmallVectorImpl<Value> &operands) {
  Operand operand;
  DLC_RETURN_IF_FAILED(useEntry(id, operand));
  if (operand.isLiteral())
    operand.value = literal(operand, elementTypeOf(expected));
  DLC_RETURN_IF_FAILED(use(operand.value, operand.value));
  operands.push_back(operand.value);
  return Status::ok();
}

Status Trace::callee(const Call &call, func::FuncOp &function, SmallVectorImpl<Value> &operands) {
  DLC_RETURN_IF_FAILED(checkOpen());
  if (call.function >= functions.size() || functions[call.function].isRegion)
    return Status::error(ErrorKind::Value, "expected a function of the trace below %zu, but got %u", functions.size(),
                         call.function);
  function = functions[call.function].function;
  SmallVector<Value> captured = functions[call.function].captured;
  FunctionType type = function.getFunctionType();
  if (call.arguments.size() + captured.size() != type.getNumInputs())
    return Status::error(ErrorKind::Value, "expected %zu arguments, but got %zu",
                         size_t(type.getNumInputs() - captured.size()), call.arguments.size());
  for (auto [i, id] : llvm::enumerate(call.arguments))
    DLC_RETURN_IF_FAILED(addOperand(id, type.getInput(i), operands));
  for (Value value : captured) {
    Value inner;
    DLC_RETURN_IF_FAILED(use(value, inner));
    operands.push_back(inner);
  }
  return Status::ok();
}

template <class Op> Status Trace::keepCall(Op op, SmallVectorImpl<uint32_t> &results) {
  TraceDiagnostics collector(host->context());
  SymbolTableCollection symbols;
  if (failed(verify(op, /*verifyRecursively=*/false)) || failed(op.verifySymbolUses(symbols))) {
    op.erase();
    return collector.status(ErrorKind::Value);
  }
  ++ops;
  for (Value result : op.getResults())
    results.push_back(addEntry({result, WeakKind::None, 0, 0}));
  return Status::ok();
}

/// Appends the types at `positions`; `name` is the list's.
static Status appendTypes(const char *name, ArrayRef<int64_t> positions, ArrayRef<Type> from,
                          SmallVectorImpl<Type> &types) {
  for (auto [entry, i] : llvm::enumerate(positions)) {
    if (i < 0 || i >= int64_t(from.size()))
      return Status::error(ErrorKind::Value, "expected entry %zu of '%s' to be in [0, %zu), but got %lld", entry, name,
                           from.size(), static_cast<long long>(i));
    types.push_back(from[i]);
  }
  return Status::ok();
}

template <class Op>
Status Trace::differentiate(const Call &call, const Derivative &derivative, SmallVectorImpl<uint32_t> &results) {
  func::FuncOp function;
  SmallVector<Value> operands;
  DLC_RETURN_IF_FAILED(callee(call, function, operands));
  constexpr bool isReverse = std::is_same_v<Op, VjpOp>;
  SmallVector<Type> arguments, outputs, types(function.getResultTypes());
  DLC_RETURN_IF_FAILED(appendTypes("wrt", derivative.wrt, function.getArgumentTypes(), arguments));
  DLC_RETURN_IF_FAILED(appendTypes("of", derivative.of, function.getResultTypes(), outputs));
  types.append(isReverse ? arguments : outputs);
  for (auto [id, type] : llvm::zip_equal(derivative.seeds, isReverse ? outputs : arguments))
    DLC_RETURN_IF_FAILED(addOperand(id, type, operands));
  OpBuilder at = builder();
  auto op = Op::create(at, host->location(call.location), types, function.getSymName(), operands, derivative.wrt,
                       derivative.of);
  DLC_RETURN_IF_FAILED(keepCall(op, results));
  SmallVector<uint64_t> event{isReverse ? 7u : 21u, call.function, call.arguments.size(), derivative.wrt.size(),
                              derivative.of.size()};
  event.append(call.arguments.begin(), call.arguments.end());
  event.append(derivative.wrt.begin(), derivative.wrt.end());
  event.append(derivative.of.begin(), derivative.of.end());
  event.append(derivative.seeds.begin(), derivative.seeds.end());
  record(event);
  return Status::ok();
}

Status Trace::vjp(const Call &call, const Derivative &derivative, SmallVectorImpl<uint32_t> &results) {
  return differentiate<VjpOp>(call, derivative, results);
}

Status Trace::jvp(const Call &call, const Derivative &derivative, SmallVectorImpl<uint32_t> &results) {
  return differentiate<JvpOp>(call, derivative, results);
}

Status Trace::vmap(const Call &call, ArrayRef<int64_t> inAxes, ArrayRef<int64_t> outAxes,
                   SmallVectorImpl<uint32_t> &results) {
  func::FuncOp function;
  SmallVector<Value> operands;
  DLC_RETURN_IF_FAILED(callee(call, function, operands));
  SmallVector<int64_t> in(inAxes);
  in.resize(operands.size(), -1);
  OpBuilder at = builder();
  Location location = host->location(call.location);
  auto extent = VmapOp::extentOf(operands, in);
  if (!extent)
    return Status::error(ErrorKind::Value, "expected an argument with a dimension that counts the examples, but got "
                                           "none");
  if (outAxes.size() != function.getNumResults())
    return Status::error(ErrorKind::Value, "expected an entry of 'out_axes' for each of %u results, but got %zu",
                         function.getNumResults(), outAxes.size());
  SmallVector<Type> types;
  for (auto [i, type] : llvm::enumerate(function.getResultTypes())) {
    int64_t rank = cast<RankedTensorType>(type).getRank();
    if (outAxes[i] < -1 || outAxes[i] > rank)
      return Status::error(ErrorKind::Value, "expected entry %zu of 'out_axes' to be in [-1, %lld], but got %lld", i,
                           static_cast<long long>(rank), static_cast<long long>(outAxes[i]));
    types.push_back(VmapOp::batchedType(type, outAxes[i], *extent));
  }
  auto op = VmapOp::create(at, location, types, function.getSymName(), operands, in, outAxes);
  DLC_RETURN_IF_FAILED(keepCall(op, results));
  SmallVector<uint64_t> event{22, call.function, call.arguments.size()};
  event.append(call.arguments.begin(), call.arguments.end());
  event.append(inAxes.begin(), inAxes.end());
  event.append(outAxes.begin(), outAxes.end());
  record(event);
  return Status::ok();
}

//===--- The end ---===//

/// Ends @main. Ops whose results reach no result are no part of the program (contract C9), and go.
void Trace::closeMain(ArrayRef<Value> results) {
  func::FuncOp main = frames.front().function;
  OpBuilder builder = OpBuilder::atBlockEnd(&main.getBody().front());
  func::ReturnOp::create(builder, builder.getUnknownLoc(), results);
  for (Function &function : functions)
    if (function.isRegion)
      function.function.erase();
  module->walk<WalkOrder::PostOrder, ReverseIterator>([this](Operation *op) {
    // Not by its traits: their ids differ between compilers, and MLIR's libraries may come from another than dlc.
    bool isProgram = isa<ModuleOp, func::FuncOp>(op) || op == &op->getBlock()->back();
    if (!isProgram && op->use_empty() && !(hasEffects && hasEffect(op)))
      op->erase();
  });
  main.setType(builder.getFunctionType(main.getBody().front().getArgumentTypes(), ValueRange(results).getTypes()));
}

bool Trace::hasEffect(Operation *op) {
  func::FuncOp callee;
  if (isa<CallOp, VjpOp, JvpOp, VmapOp>(op))
    callee = module->lookupSymbol<func::FuncOp>(op->getAttrOfType<FlatSymbolRefAttr>("callee"));
  Operation *body = callee ? callee.getOperation() : op;
  return body
      ->walk([&](Operation *inner) {
        auto call = dyn_cast<CustomCallOp>(inner);
        bool isHere = call && call.getHasSideEffect();
        bool isBelow = inner != op && isa<CallOp, VjpOp, JvpOp, VmapOp>(inner) && hasEffect(inner);
        return isHere || isBelow ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

Status Trace::finish(ArrayRef<uint32_t> outputs, OwningOpRef<ModuleOp> &out) {
  DLC_RETURN_IF_FAILED(checkOpen());
  if (frames.size() > 1)
    return Status::error(ErrorKind::Value, "expected every function of the trace to have ended");
  SmallVector<Value> results;
  for (uint32_t id : outputs) {
    Operand operand;
    DLC_RETURN_IF_FAILED(useEntry(id, operand));
    if (operand.isLiteral()) {
      MLIRContext *context = &host->context();
      Type element = operand.weak == WeakKind::Float  ? Type(Float32Type::get(context))
                     : operand.weak == WeakKind::Bool ? Type(IntegerType::get(context, 1))
                                                      : Type(IntegerType::get(context, 64));
      operand.value = literal(operand, element);
    }
    results.push_back(operand.value);
  }
  closeMain(results);
  done = true;
  out = std::move(module);
  return Status::ok();
}

namespace {

/// Programs of lazy traces by structure, live values, and engine; the least recently used is dropped above a size.
class ProgramCache {
public:
  dlc_program *find(const std::string &key) {
    std::lock_guard<std::mutex> lock(mutex);
    auto found = programs.find(key);
    if (found == programs.end())
      return nullptr;
    order.splice(order.begin(), order, found->second.place);
    found->second.program->references.fetch_add(1);
    return found->second.program;
  }
  void add(const std::string &key, dlc_program *program) {
    std::lock_guard<std::mutex> lock(mutex);
    if (programs.count(key))
      return;
    program->references.fetch_add(1);
    order.push_front(key);
    programs[key] = {program, order.begin()};
    if (programs.size() <= capacity)
      return;
    auto oldest = programs.find(order.back());
    drop(oldest->second.program);
    programs.erase(oldest);
    order.pop_back();
  }
  static void drop(dlc_program *program) {
    if (program->references.fetch_sub(1) == 1)
      delete program;
  }

private:
  static constexpr size_t capacity = 4096;
  struct Item {
    dlc_program *program;
    std::list<std::string>::iterator place;
  };
  std::mutex mutex;
  std::map<std::string, Item> programs;
  std::list<std::string> order;
};

ProgramCache &programCache() {
  static ProgramCache *cache = new ProgramCache;
  return *cache;
}

} // namespace

Status Trace::run(dlc_program *program, ArrayRef<uint32_t> live) {
  SmallVector<dlc_tensor *> arguments, results(live.size(), nullptr);
  for (const Binding &binding : inputs)
    arguments.push_back(binding.tensor);
  DLC_RETURN_IF_FAILED(program->run(arguments.data(), arguments.size(), results.data(), results.size()));
  for (auto [id, tensor] : llvm::zip(live, results))
    entries[id].result = tensor;
  return Status::ok();
}

Status Trace::flush() {
  if (flusher == std::this_thread::get_id())
    return Status::error(ErrorKind::Value, "expected an array with a value, but got one that is made by the program "
                                           "that is running: a custom call cannot wait for its own end");
  std::lock_guard<std::mutex> lock(flushing);
  if (done)
    return failure;
  if (!lazy || frames.size() > 1)
    return Status::error(ErrorKind::Type, "expected an array with a value, but got one that is being traced: its value "
                                          "is known only when the traced function runs");
  SmallVector<uint32_t> live;
  SmallVector<Value> results;
  for (auto [id, entry] : llvm::enumerate(entries))
    if (entry.references > 0 && !entry.result && !entry.operand.isLiteral() &&
        entry.operand.value.getParentBlock()->getParentOp() == frames.front().function) {
      live.push_back(uint32_t(id));
      results.push_back(entry.operand.value);
    }
  done = true;
  if (live.empty() && !hasEffects)
    return Status::ok();
  record(SmallVector<uint64_t>(live.begin(), live.end()), engineName + " " + host->optionsKey());
  record({CompilerContext::poolNumber()}); // a loaded program keeps its threads
  std::string name(reinterpret_cast<const char *>(key), sizeof(key));
  dlc_program *program = programCache().find(name);
  if (!program) {
    closeMain(results);
    failure = host->compile(*module, engineName, program);
    if (failure.failed())
      return failure;
    programCache().add(name, program);
  }
  flusher = std::this_thread::get_id();
  failure = run(program, live);
  flusher = std::thread::id();
  ProgramCache::drop(program);
  module = nullptr;
  return failure;
}

Status Trace::tensorOf(uint32_t value, dlc_tensor *&out) {
  if (value >= entries.size())
    return Status::error(ErrorKind::Value, "expected the number of a value below %zu, but got %u", entries.size(),
                         value);
  Entry &entry = entries[value];
  if (!entry.result)
    DLC_RETURN_IF_FAILED(flush());
  if (failure.failed())
    return failure;
  if (!entry.result)
    return Status::error(ErrorKind::Type, "expected an array with a value, but got one that was kept from a traced "
                                          "function: return it instead");
  retain(entry.result);
  out = entry.result;
  return Status::ok();
}

bool Trace::isAtBoundary() const {
  constexpr uint64_t least = 64, most = 2048;
  return frames.size() == 1 && ops >= least && (ops >= most || lastEvent % 64 == 0);
}

} // namespace dlc
