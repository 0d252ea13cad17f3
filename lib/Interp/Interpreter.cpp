// Entry of the interpreter: arguments are checked against the signature, symbols get their values, the body runs.
#include "lib/Interp/Interpreter.h"
#include "dialects/dlc/SymbolRanges.h"
#include "lib/Interp/Activation.h"
#include "lib/Runtime/FloatEnv.h"

using namespace mlir;

namespace dlc {

/// Whether the function's symbols meet the conditions that it states.
static Status checkConditions(func::FuncOp function, const SymbolBinding &binding) {
  Status status;
  forEachCondition(function, [&](bool isAboutZero, const DimExpr &value) {
    std::vector<std::string> names;
    value.collectSymbols(names);
    std::string known;
    for (const std::string &name : names) {
      std::optional<int64_t> bound = binding.lookup(name);
      if (!bound || status.failed())
        return;
      known += (known.empty() ? "" : ", ") + name + " = " + std::to_string(*bound);
    }
    int64_t got = *binding.evaluate(value);
    if (isAboutZero ? got == 0 : got < 0)
      status = Status::error(ErrorKind::Value, "expected extents for which %s is %s, but got %s", value.str().c_str(),
                             isAboutZero ? "not 0" : "at least 0", known.c_str());
  });
  return status;
}

/// Whether the function's symbols have values in the ranges that it states.
static Status checkRanges(func::FuncOp function, const SymbolBinding &binding) {
  auto ranges = function->getAttrOfType<DictionaryAttr>("dlc.symbols");
  for (NamedAttribute entry : ranges ? ranges.getValue() : ArrayRef<NamedAttribute>()) {
    auto range = dyn_cast<DenseI64ArrayAttr>(entry.getValue());
    std::optional<int64_t> value = binding.lookup(entry.getName().str());
    if (!value || !range || range.size() != 3)
      continue;
    std::string expected;
    if (*value < range[0])
      expected = "at least " + std::to_string(range[0]);
    else if (*value > range[1])
      expected = "at most " + std::to_string(range[1]);
    else if (*value % range[2] != 0)
      expected = "a multiple of " + std::to_string(range[2]);
    if (!expected.empty())
      return Status::error(ErrorKind::Value, "expected '%s' to be %s, but got %lld", entry.getName().str().c_str(),
                           expected.c_str(), (long long)*value);
  }
  return Status::ok();
}

static Status bindArguments(func::FuncOp function, ArrayRef<HostTensor> inputs, SymbolBinding &binding) {
  if (inputs.size() != function.getNumArguments())
    return Status::error(ErrorKind::Value, "expected %u arguments, but got %zu", function.getNumArguments(),
                         inputs.size());
  for (auto [i, input] : llvm::enumerate(inputs)) {
    Type type = function.getArgumentTypes()[i];
    std::string what = "argument " + std::to_string(i);
    if (!isa<RankedTensorType>(type))
      return Status::error(ErrorKind::Unsupported, "expected %s to be a ranked tensor", what.c_str());
    if (input.type != dtypeOf(type))
      return Status::error(ErrorKind::Type, "expected %s of type %s, but got %s", what.c_str(), name(dtypeOf(type)),
                           name(input.type));
    Dims dims = dimsOf(type);
    DLC_RETURN_IF_FAILED(binding.add(what, {dims.begin(), dims.end()}, input.shape));
  }
  DLC_RETURN_IF_FAILED(binding.solve());
  DLC_RETURN_IF_FAILED(checkRanges(function, binding));
  return checkConditions(function, binding);
}

/// Turns the lowest report of an interpretation, if there is one, into its error.
static LogicalResult takeReport(const Interpretation &shared, InterpError &error) {
  if (!shared.reports.lowest)
    return success();
  error.report = shared.reports.lowest;
  error.location = shared.reports.location;
  const ErrorReport &report = *error.report;
  // Starts of parts do not count from the end.
  int64_t lowest = llvm::StringRef(shared.reports.op).starts_with("dlc.dynamic_") ? 0 : -report.extent;
  error.status = Status::error(
      ErrorKind::Index, "expected an index in [%lld, %lld), but got %lld at element %lld of '%s'", (long long)lowest,
      (long long)report.extent, (long long)report.index, (long long)report.element, shared.reports.op.c_str());
  return failure();
}

LogicalResult interpret(func::FuncOp function, ArrayRef<HostTensor> inputs, SmallVectorImpl<HostTensor> &outputs,
                        InterpError &error, const InterpOptions &options) {
  FloatEnv environment;
  SymbolBinding binding;
  error = {};
  error.status = function.isExternal() ? Status::error(ErrorKind::Unsupported, "expected a function with a body")
                                       : bindArguments(function, inputs, binding);
  if (error.status.failed())
    return failure();
  Interpretation shared{function, options, error, {}};
  LogicalResult result = Activation(shared).runIsolated(function, binding, inputs, outputs);
  if (error.status.failed() || !shared.reports.lowest) // a call of a user's function ends the run when it fails
    return result;
  return takeReport(shared, error);
}

LogicalResult interpretKernel(rt::KernelOp kernel, ArrayRef<int64_t> dims, ArrayRef<int64_t> slots,
                              ArrayRef<HostTensor> inputs, SmallVectorImpl<HostTensor> &outputs, InterpError &error) {
  FloatEnv environment;
  InterpOptions options;
  error = {};
  SymbolBinding binding;
  for (auto [symbol, value] : llvm::zip_equal(kernel.getSymbols().getAsValueRange<StringAttr>(), dims))
    binding.set(symbol.str(), value);
  Interpretation shared{kernel, options, error, {}};
  if (failed(Activation(shared, SmallVector<int64_t>(slots))
                 .runIsolated(kernel.getKernelBody(), binding, inputs, outputs)))
    return failure();
  return takeReport(shared, error);
}

Status allocateResults(Operation *op, SmallVectorImpl<HostTensor> &outputs) {
  for (Type type : op->getResultTypes()) {
    auto tensor = cast<RankedTensorType>(type);
    if (llvm::any_of(tensor.getShape(), [](int64_t extent) { return extent < 0; }))
      return Status::error(ErrorKind::Value, "expected extents of at least 0, but got %s",
                           dimsText(dimsOf(type)).c_str());
    int64_t bytes = byteWidth(dtypeOf(tensor));
    for (int64_t extent : tensor.getShape())
      if (__builtin_mul_overflow(bytes, extent, &bytes))
        return Status::error(ErrorKind::Io, "expected a result that fits in memory");
    HostTensor output(dtypeOf(tensor), tensor.getShape().vec());
    if (!output.buffer)
      return Status::error(ErrorKind::Io, "expected %lld bytes of memory for a result, but got none", (long long)bytes);
    outputs.push_back(std::move(output));
  }
  return Status::ok();
}

LogicalResult evaluateOp(Operation *op, ArrayRef<HostTensor> inputs, SmallVectorImpl<HostTensor> &outputs) {
  FloatEnv environment;
  auto evaluable = dyn_cast<EvaluateOpInterface>(op);
  if (!evaluable || allocateResults(op, outputs).failed())
    return failure();
  OpContext context(0);
  evaluable.evaluate(context, inputs, outputs);
  return success(!context.record.isSet());
}

} // namespace dlc
