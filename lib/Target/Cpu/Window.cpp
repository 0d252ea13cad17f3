// Kernels around a sliding window: reduce_window and window_argmax. A task is a row of the result, lanes run along its
// last dim. At each point the window is walked row-major, as the definition says; positions in the padding take no part
// (numerics N7), which a guard keeps from touching memory.
#include "dialects/dlc/Scalar/ElementAttr.h"
#include "lib/Target/Cpu/Arg.h"
#include "lib/Target/Cpu/CpuPoint.h"
#include "lib/Target/Cpu/Emitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace dlc::cpu {

namespace {

/// What both ops say of their windows.
struct WindowGeometry {
  Value x;
  ArrayRef<int64_t> window, strides, low, high;

  explicit WindowGeometry(Operation *op) {
    if (auto reduce = dyn_cast<ReduceWindowOp>(op)) {
      x = reduce.getX();
      window = reduce.getWindow(), strides = reduce.getStrides(), low = reduce.getLow(), high = reduce.getHigh();
    } else {
      auto argmax = cast<WindowArgmaxOp>(op);
      x = argmax.getX();
      window = argmax.getWindow(), strides = argmax.getStrides(), low = argmax.getLow(), high = argmax.getHigh();
    }
  }
  int64_t size() const {
    int64_t count = 1;
    for (int64_t extent : window)
      count *= extent;
    return count;
  }
};

/// Walks a window at one point and combines what it sees.
class WindowWalk {
public:
  WindowWalk(StageBuilder &stage, CpuPoint &at, Operation *op, ArrayRef<LaneIndex> index)
      : stage(stage), at(at), op(op), geometry(op), index(index) {}

  PointValue result() {
    SmallVector<Value> state = initial();
    if (geometry.size() <= mostUnrolled) {
      for (int64_t position = 0; position < geometry.size(); ++position)
        state = step(stage.constant(position), state);
    } else {
      state = stage.carry(stage.constant(0), stage.constant(geometry.size()), stage.constant(1), state,
                          [&](Value position, ValueRange carried) {
                            at.forget();
                            return step(position, SmallVector<Value>(carried));
                          });
      at.forget();
    }
    if (isArgmax())
      return {{state[1], DType::I32}, false};
    return {at.scalars.cast({state[0], accumulator()}, type()), false};
  }

private:
  static constexpr int64_t mostUnrolled = 32;

  bool isArgmax() { return isa<WindowArgmaxOp>(op); }
  DType type() { return dtypeOf(geometry.x.getType()); }
  /// f16 and bf16 combine in f32 and round once (numerics N4); places are found on the elements as they are.
  DType accumulator() {
    bool isNarrow = type() == DType::F16 || type() == DType::BF16;
    return isNarrow && !isArgmax() ? DType::F32 : type();
  }
  IRValue filled(DType type, double value) {
    Value one =
        arith::ConstantOp::create(stage.b, stage.location, scalar::elementAttr(stage.b.getContext(), type, value));
    return {at.spread(PointValue{{one, type}, true}), type};
  }

  /// The running value, the place of the best and whether there is one yet (argmax and extremes), as vectors. Sums
  /// start from -0, which changes no first term.
  SmallVector<Value> initial() {
    bool isSum = !isArgmax() && cast<ReduceWindowOp>(op).getKind() == ReduceKind::sum;
    SmallVector<Value> state = {filled(accumulator(), isSum ? -0.0 : 0.0).value};
    if (isArgmax())
      state.push_back(filled(DType::I32, 0).value);
    if (!isSum)
      state.push_back(filled(DType::Bool, 0).value);
    return state;
  }

  SmallVector<Value> step(Value position, ArrayRef<Value> state) {
    Dims dims = dimsOf(geometry.x), window;
    for (int64_t extent : geometry.window)
      window.push_back(DimExpr(extent));
    SmallVector<Value> within = stage.coordinates(position, window);
    SmallVector<LaneIndex> source;
    PointValue inside = {{arith::ConstantIntOp::create(stage.b, stage.location, 1, 1), DType::Bool}, true};
    for (size_t dim = 0; dim < dims.size(); ++dim) {
      LaneIndex place = at.add(at.mul(index[dim], geometry.strides[dim]),
                               at.uniform(stage.sub(within[dim], stage.constant(geometry.low[dim]))));
      if (geometry.low[dim] || geometry.high[dim]) {
        inside = at.logicalAnd(inside, at.compare(arith::CmpIPredicate::sge, place, at.constant(0)));
        inside =
            at.logicalAnd(inside, at.compare(arith::CmpIPredicate::slt, place, at.uniform(stage.extent(dims[dim]))));
      }
      source.push_back(place);
    }
    PointValue read = at.guarded(inside, [&] { return at.read(geometry.x, source); });
    IRValue next = at.scalars.cast({at.spread(read), type()}, accumulator());
    IRValue isInside = {at.spread(inside), DType::Bool};
    return isArgmax() ? argmaxStep(position, state, next, isInside) : reduceStep(state, next, isInside);
  }

  SmallVector<Value> reduceStep(ArrayRef<Value> state, IRValue next, IRValue isInside) {
    auto &s = at.scalars;
    IRValue value = {state[0], accumulator()};
    if (state.size() == 1)
      return {s.select(isInside, s.add(value, next), value).value};
    IRValue has = {state[1], DType::Bool};
    bool isMax = cast<ReduceWindowOp>(op).getKind() == ReduceKind::max;
    IRValue better = isMax ? s.maximum(value, next) : s.minimum(value, next);
    return {s.select(isInside, s.select(has, better, next), value).value, s.bitOr(has, isInside).value};
  }

  SmallVector<Value> argmaxStep(Value position, ArrayRef<Value> state, IRValue next, IRValue isInside) {
    auto &s = at.scalars;
    IRValue value = {state[0], type()}, place = {state[1], DType::I32}, has = {state[2], DType::Bool};
    IRValue wins = buildBeats(s, value, next, /*largest=*/true);
    wins = s.bitAnd(isInside, s.bitOr(s.bitNot(has), wins));
    Value here = arith::IndexCastOp::create(stage.b, stage.location, stage.b.getI32Type(), position);
    IRValue number = {at.spread(PointValue{{here, DType::I32}, true}), DType::I32};
    return {s.select(wins, next, value).value, s.select(wins, number, place).value, s.bitOr(has, isInside).value};
  }

  StageBuilder &stage;
  CpuPoint &at;
  Operation *op;
  WindowGeometry geometry;
  ArrayRef<LaneIndex> index;
};

} // namespace

static DictionaryAttr describe(rt::KernelOp kernel, const Machine &machine) {
  rt::BodyOp body = kernel.getKernelBody();
  Dims dims = dimsOf(body.getYield().getResults()[0]);
  int64_t width = machine.lanes(widestElement(body));
  DimExpr columns = dims.empty() ? DimExpr(1) : dims.back(), rows(1);
  for (const DimExpr &dim : ArrayRef<DimExpr>(dims).drop_back(dims.empty() ? 0 : 1))
    rows = rows * dim;
  if (auto known = columns.constant())
    while (width > 1 && width / 2 >= *known)
      width /= 2;
  WindowGeometry geometry(orderedOp(body));
  // No machine gathers elements of one or two bytes: each lane has a branch of its own. With four lanes windows of f16
  // run in 0.8 of the time of 32 lanes, and take a quarter of the time to compile.
  if (!dims.empty() && geometry.strides.back() != 1 && byteWidth(dtypeOf(geometry.x.getType())) < 4)
    width = std::min<int64_t>(width, 4);
  Stage stage;
  stage.name = "compute";
  stage.tasks = rows;
  int64_t perPoint = operationsPerElement(body) + 2 * geometry.size();
  stage.cost = DimExpr(1) + DimExpr::floorDiv(DimExpr::ceilDiv(columns, width) * DimExpr(perPoint), 2);
  return makeDescriptor(kernel.getContext(), "window", stage, {{"width", width}});
}

static LogicalResult emit(OpBuilder &b, rt::KernelOp kernel) {
  rt::BodyOp body = kernel.getKernelBody();
  StageBuilder stage(b, kernel, body, "compute");
  Operation *root = orderedOp(body);
  Dims dims = dimsOf(root->getResult(0));
  int64_t width = parameter(kernel, "width");
  ArrayRef<DimExpr> outer = ArrayRef<DimExpr>(dims).drop_back(dims.empty() ? 0 : 1);
  Value columns = dims.empty() ? stage.constant(1) : stage.extent(dims.back()), step = stage.constant(width);
  stage.forEach(stage.begin, stage.end, stage.constant(1), [&](Value task) {
    SmallVector<Value> row = stage.coordinates(task, outer);
    auto point = [&](Value column, bool isTail) {
      CpuPoint at(stage, width);
      if (isTail)
        at.limit(stage.sub(columns, column));
      SmallVector<LaneIndex> index;
      for (Value coordinate : row)
        index.push_back(at.uniform(coordinate));
      if (!dims.empty())
        index.push_back(at.contiguous(column));
      PointValue value = WindowWalk(stage, at, root, index).result();
      if (dims.empty()) // rank 0: the only lane is the only element
        value = {
            {vector::ExtractOp::create(b, stage.location, value.value.value, ArrayRef<int64_t>{0}), value.value.type},
            true};
      at.bind(root->getResult(0), value);
      for (auto [i, result] : llvm::enumerate(body.getYield().getResults()))
        at.storeResult(i, index, at.read(result, index));
    };
    Value full = stage.sub(columns, stage.mod(columns, step));
    stage.forEach(stage.constant(0), full, step, [&](Value column) { point(column, false); });
    auto known = dims.empty() ? std::optional<int64_t>() : dims.back().constant();
    if (known && *known % width == 0)
      return;
    Value isRest = arith::CmpIOp::create(b, stage.location, arith::CmpIPredicate::slt, full, columns);
    stage.ifThen(isRest, [&] { point(full, true); });
  });
  stage.finish();
  return success();
}

const EmitterRow windowEmitter = {
    "window", [](Operation *root) { return isa_and_nonnull<ReduceWindowOp, WindowArgmaxOp>(root); }, describe, emit};

} // namespace dlc::cpu
