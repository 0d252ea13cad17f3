// Kernels around reduce_window and window_argmax: a thread walks the window of one element, or of a pack of neighbours
// along a last dim that has no window.
#include "lib/Target/Cuda/Emitter.h"
#include "lib/Target/Cuda/OrderedSum.h"
#include "passes/lower/OrderKey.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace dlc::cuda {

namespace {
/// What both ops have.
struct WindowShape {
  Operation *root;
  ArrayRef<int64_t> window, strides, low, high;
  explicit WindowShape(Operation *root) : root(root) {
    auto take = [&](auto op) {
      window = op.getWindow();
      strides = op.getStrides();
      low = op.getLow();
      high = op.getHigh();
    };
    if (auto reduce = dyn_cast<ReduceWindowOp>(root))
      take(reduce);
    else
      take(cast<WindowArgmaxOp>(root));
  }
  bool isPadded(size_t dim) const { return low[dim] != 0 || high[dim] != 0; }
  int64_t positions() const {
    int64_t count = 1;
    for (int64_t extent : window)
      count *= extent;
    return count;
  }
  Dims windowDims() const {
    Dims dims;
    for (int64_t extent : window)
      dims.push_back(extent);
    return dims;
  }
};
} // namespace

static DictionaryAttr describe(rt::KernelOp kernel) {
  rt::BodyOp body = kernel.getKernelBody();
  WindowShape shape(orderedOp(body));
  Dims dims = dimsOf(shape.root->getResult(0));
  int64_t width = 1;
  if (!dims.empty() && shape.window.back() == 1 && shape.strides.back() == 1 && !shape.isPadded(dims.size() - 1))
    for (width = accessBytes / widestElement(body); width > 1 && !dims.back().exactDiv(width);)
      width /= 2;
  Grid grid;
  grid.tasks = DimExpr::ceilDiv(*product(dims).exactDiv(width), grid.threads);
  return makeDescriptor(kernel, "window", grid, {{"width", width}});
}

namespace {

class WindowWalk {
public:
  WindowWalk(GridBuilder &grid, const WindowShape &shape, ArrayRef<LaneIndex> output, int64_t width)
      : grid(grid), shape(shape), output(output), width(width), element(dtypeOf(shape.root->getOperand(0).getType())),
        isArg(isa<WindowArgmaxOp>(shape.root)) {}

  PointValue run() {
    constexpr int64_t mostUnrolled = 16;
    CudaPoint at(grid, width);
    DType first = isArg ? orderKeyType(element) : accumulatorOf(element);
    State state = {spread(at, constantOf(at, first, 0)), spread(at, constantOf(at, DType::I32, 0)),
                   spread(at, constantOf(at, DType::Bool, 0))};
    if (shape.positions() <= mostUnrolled) {
      for (int64_t position = 0; position < shape.positions(); ++position)
        state = step(grid.constant(position), state);
    } else {
      SmallVector<Value> start;
      for (const IRValue &part : state)
        start.push_back(part.value);
      auto end = grid.carry(grid.constant(0), grid.constant(shape.positions()), grid.constant(1), start,
                            [&](Value position, ValueRange carried) {
                              State now = state;
                              for (auto [part, value] : llvm::zip(now, carried))
                                part.value = value;
                              SmallVector<Value> next;
                              for (const IRValue &part : step(position, now))
                                next.push_back(part.value);
                              return next;
                            });
      for (auto [part, value] : llvm::zip(state, end))
        part.value = value;
    }
    DType result = dtypeOf(shape.root->getResult(0).getType());
    return {at.scalars.cast(state[isArg ? 1 : 0], result), width == 1};
  }

private:
  /// Value or key so far, position of the best, whether there is one.
  using State = SmallVector<IRValue, 3>;

  IRValue spread(CudaPoint &at, IRValue value) {
    return width == 1 ? value : IRValue{at.spread({value, true}), value.type};
  }

  /// The state after the element at `position` of the window; padding takes no part.
  State step(Value position, const State &state) {
    CudaPoint at(grid, width);
    SmallVector<Value> within = grid.coordinates(position, shape.windowDims());
    Value x = shape.root->getOperand(0);
    Dims extents = dimsOf(x);
    SmallVector<LaneIndex> index;
    PointValue inside = {{arith::ConstantIntOp::create(grid.b, grid.location, 1, 1), DType::Bool}, true};
    for (size_t i = 0; i < within.size(); ++i) {
      LaneIndex source = at.add(at.mul(output[i], shape.strides[i]), at.uniform(within[i]));
      if (shape.isPadded(i)) {
        source = at.sub(source, at.constant(shape.low[i]));
        inside = at.logicalAnd(inside, at.compare(arith::CmpIPredicate::sge, source, at.constant(0)));
        LaneIndex end = at.uniform(at.extent(extents[i]));
        inside = at.logicalAnd(inside, at.compare(arith::CmpIPredicate::slt, source, end));
      }
      index.push_back(source);
    }
    PointValue read = at.guarded(inside, [&] { return at.read(x, index); });
    IRValue value = width == 1 ? read.value : IRValue{at.spread(read), read.value.type};
    IRValue isIn = spread(at, inside.value);
    return isArg ? better(at.scalars, state, value, position, isIn) : combined(at.scalars, state, value, isIn);
  }

  State combined(scalar::IRScalarBuilder &b, const State &state, IRValue value, IRValue isIn) {
    IRValue next = b.cast(value, state[0].type);
    IRValue both = combine(b, cast<ReduceWindowOp>(shape.root).getKind(), state[0], next);
    IRValue changed = b.select(state[2], both, next);
    return {b.select(isIn, changed, state[0]), state[1], b.bitOr(state[2], isIn)};
  }

  State better(scalar::IRScalarBuilder &b, const State &state, IRValue value, Value position, IRValue isIn) {
    IRValue key = orderKey(b, value, true);
    IRValue isLarger = b.cmp(scalar::Predicate::Gt, key, state[0]);
    IRValue wins = b.bitAnd(isIn, b.bitOr(isLarger, b.bitNot(state[2])));
    Type i32 = grid.b.getI32Type();
    CudaPoint at(grid, width);
    IRValue here = spread(at, {arith::IndexCastOp::create(grid.b, grid.location, i32, position), DType::I32});
    return {b.select(wins, key, state[0]), b.select(wins, here, state[1]), b.bitOr(state[2], isIn)};
  }

  GridBuilder &grid;
  const WindowShape &shape;
  ArrayRef<LaneIndex> output;
  int64_t width;
  DType element;
  bool isArg;
};

} // namespace

static void emit(OpBuilder &b, rt::KernelOp kernel) {
  rt::BodyOp body = kernel.getKernelBody();
  GridBuilder grid(b, kernel, body);
  WindowShape shape(orderedOp(body));
  Dims dims = dimsOf(shape.root->getResult(0));
  int64_t width = parameter(kernel, "width"), threads = threadsOf(kernel.getStages()[0]);
  Value pack = grid.add(grid.mul(grid.block, grid.constant(threads)), grid.thread);
  Value first = grid.mul(pack, grid.constant(width));
  grid.ifThen(grid.less(first, grid.extent(product(dims))), [&] {
    CudaPoint at(grid, width);
    SmallVector<LaneIndex> index;
    for (Value coordinate : grid.coordinates(first, dims))
      index.push_back(at.uniform(coordinate));
    if (!index.empty())
      index.back() = at.contiguous(index.back().base);
    at.bind(shape.root->getResult(0), WindowWalk(grid, shape, index, width).run());
    at.storeResults(index);
  });
  grid.finish();
}

const EmitterRow windowEmitter = {
    "window", [](Operation *root) { return isa_and_nonnull<ReduceWindowOp, WindowArgmaxOp>(root); }, describe, emit};

} // namespace dlc::cuda
