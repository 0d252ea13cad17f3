// Every tensor of a function becomes a buffer; launches are rewritten and kernels never opened.
#include "passes/bufferize/Passes.h"

#include "passes/bufferize/Arena.h"

using namespace mlir;

namespace dlc {
#define GEN_PASS_DEF_PLANBUFFERSPASS
#include "passes/bufferize/Passes.h.inc"

namespace {

DimExpr bytesOf(RankedTensorType type) {
  DimExpr bytes(byteWidth(dtypeOf(type)));
  for (const DimExpr &dim : dimsOf(type))
    bytes = bytes * dim;
  return bytes;
}

class Bufferization {
public:
  explicit Bufferization(func::FuncOp function) : function(function), block(function.getBody().front()) {}

  LogicalResult run();

private:
  Value bufferOf(Value tensor);
  void chooseOutputs();
  void planSlices();
  Value root(Value tensor);
  rt::BufferType typeOf(Value tensor) {
    return rt::BufferType::get(function.getContext(), cast<RankedTensorType>(tensor.getType()));
  }

  func::FuncOp function;
  Block &block;
  DenseMap<Value, Value> buffers;
  DenseMap<Value, int64_t> outputs; // launch results that are written straight to an output
  llvm::MapVector<Value, Slice> slices;
  DimExpr arena;
};

/// The tensor whose memory a view shares.
Value Bufferization::root(Value tensor) {
  while (auto reshape = tensor.getDefiningOp<ReshapeOp>())
    tensor = reshape.getX();
  return tensor;
}

void Bufferization::chooseOutputs() {
  for (auto [i, value] : llvm::enumerate(block.getTerminator()->getOperands())) {
    Value source = root(value);
    if (source.getDefiningOp<rt::LaunchOp>())
      outputs.try_emplace(source, int64_t(i));
  }
}

void Bufferization::planSlices() {
  DenseMap<Operation *, int64_t> step;
  int64_t now = 0;
  for (Operation &op : block)
    step[&op] = now++;
  for (Operation &op : block)
    for (Value operand : op.getOperands()) {
      auto place = slices.find(root(operand));
      if (place != slices.end())
        place->second.last = std::max(place->second.last, step[&op]);
    }
  for (auto &[value, slice] : slices) {
    slice.first = step[value.getDefiningOp()];
    slice.last = std::max(slice.last, slice.first);
  }
  std::vector<Slice> list;
  for (auto &[value, slice] : slices)
    list.push_back(slice);
  arena = planArena(list);
  for (auto [entry, planned] : llvm::zip(slices, list))
    entry.second = planned;
}

Value Bufferization::bufferOf(Value tensor) {
  Value &buffer = buffers[tensor];
  if (buffer)
    return buffer;
  OpBuilder b(function.getContext());
  b.setInsertionPointToStart(&block);
  Location location = tensor.getLoc();
  if (auto argument = dyn_cast<BlockArgument>(tensor))
    return buffer = rt::InputOp::create(b, location, typeOf(tensor), int64_t(argument.getArgNumber()));
  Operation *op = tensor.getDefiningOp();
  if (auto constant = dyn_cast<ConstantOp>(op))
    return buffer = rt::ConstantOp::create(b, location, typeOf(tensor), constant.getValue());
  if (auto reshape = dyn_cast<ReshapeOp>(op)) {
    Value source = bufferOf(reshape.getX());
    b.setInsertionPointAfterValue(source);
    return buffers[tensor] = rt::ViewOp::create(b, location, typeOf(tensor), source);
  }
  if (auto place = outputs.find(tensor); place != outputs.end())
    return buffer = rt::OutputOp::create(b, location, typeOf(tensor), place->second);
  Slice &slice = slices.find(tensor)->second;
  return buffer =
             rt::ArenaOp::create(b, location, typeOf(tensor), DimsAttr::get(b.getContext(), ArrayRef(slice.offset)),
                                 DimsAttr::get(b.getContext(), ArrayRef(slice.bytes)));
}

LogicalResult Bufferization::run() {
  for (Operation &op : block.without_terminator())
    if (!isa<rt::LaunchOp, ReshapeOp, ConstantOp>(op))
      return op.emitOpError("expected launches, views and constants alone after fuse, but got this");
  chooseOutputs();
  for (auto launch : block.getOps<rt::LaunchOp>())
    for (Value result : launch.getResults())
      if (!outputs.contains(result))
        slices.insert({result, Slice{bytesOf(cast<RankedTensorType>(result.getType())), 0, 0, {}}});
  planSlices();

  OpBuilder b(function.getContext());
  SmallVector<rt::LaunchOp> launches(block.getOps<rt::LaunchOp>());
  for (rt::LaunchOp launch : launches) {
    SmallVector<Value> all;
    for (Value operand : launch.getOperands())
      all.push_back(bufferOf(operand));
    for (Value result : launch.getResults())
      all.push_back(bufferOf(result));
    b.setInsertionPoint(launch);
    auto onBuffers = rt::LaunchOp::create(b, launch.getLoc(), TypeRange(), launch.getKernel(), all, launch.getDims(),
                                          launch.getSlots());
    if (auto reasons = launch->getAttr("rt.unfused"))
      onBuffers->setAttr("rt.unfused", reasons);
  }
  Operation *terminator = block.getTerminator();
  b.setInsertionPoint(terminator);
  for (auto [i, value] : llvm::enumerate(terminator->getOperands())) {
    auto place = outputs.find(root(value));
    if (place != outputs.end() && place->second == int64_t(i))
      continue;
    Value to = rt::OutputOp::create(b, value.getLoc(), typeOf(value), int64_t(i));
    rt::CopyOp::create(b, value.getLoc(), to, bufferOf(value));
  }
  auto typeList = [&](TypeRange types) { return b.getTypeArrayAttr(SmallVector<Type>(types)); };
  function->setAttr("rt.arguments", typeList(function.getArgumentTypes()));
  function->setAttr("rt.results", typeList(function.getResultTypes()));
  auto names = [&](unsigned count, StringRef fallback, auto nameOf) {
    SmallVector<Attribute> list;
    for (unsigned i = 0; i < count; ++i) {
      StringAttr name = nameOf(i);
      list.push_back(name ? name : b.getStringAttr(fallback + Twine(i)));
    }
    return b.getArrayAttr(list);
  };
  function->setAttr("rt.argument_names", names(function.getNumArguments(), "arg", [&](unsigned i) {
                      return function.getArgAttrOfType<StringAttr>(i, "dlc.name");
                    }));
  function->setAttr("rt.result_names", names(function.getNumResults(), "out", [&](unsigned i) {
                      return function.getResultAttrOfType<StringAttr>(i, "dlc.name");
                    }));
  function->setAttr("rt.arena", DimsAttr::get(b.getContext(), ArrayRef(arena)));
  func::ReturnOp::create(b, terminator->getLoc());
  terminator->erase();
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isa<ReshapeOp, ConstantOp>(op) || (isa<rt::LaunchOp>(op) && op.getNumResults()))
      op.erase();
  block.eraseArguments(0, block.getNumArguments());
  function.removeArgAttrsAttr();
  function.removeResAttrsAttr();
  function.setFunctionType(b.getFunctionType({}, {}));
  return success();
}

class PlanBuffers : public impl::PlanBuffersPassBase<PlanBuffers> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal() && failed(Bufferization(function).run()))
        return signalPassFailure();
  }
};

} // namespace
} // namespace dlc
