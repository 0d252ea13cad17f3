// Kernels around `reduce`: a warp computes an element in the order `lanes`, a thread in the order `chain`.
#include "lib/Target/Cuda/Emitter.h"
#include "lib/Target/Cuda/OrderedSum.h"

using namespace mlir;

namespace dlc::cuda {

static ReduceOp rootOf(rt::BodyOp body) { return cast<ReduceOp>(orderedOp(body)); }

static DimExpr termsOf(ReduceOp op) {
  DimExpr terms(1);
  for (int64_t dim : op.getDims())
    terms = terms * dimsOf(op.getX())[dim];
  return terms;
}

static DictionaryAttr describe(rt::KernelOp kernel) {
  ReduceOp op = rootOf(kernel.getKernelBody());
  int64_t lanes = op.getOrder() == Order::lanes ? warpSize : 1;
  Grid grid;
  grid.threads = 128;
  grid.tasks = DimExpr::ceilDiv(product(dimsOf(op.getR())), grid.threads / lanes);
  return makeDescriptor(kernel, "reduction", grid, {{"lanes", lanes}});
}

namespace {
/// One element of the result, by this thread or by its warp.
class Element {
public:
  Element(GridBuilder &grid, ReduceOp op, int64_t lanes, Value element, Value lane)
      : grid(grid), op(op), at(grid, 1), lanes(lanes), length(reduceBlockLength(op.getOrder())), lane(lane),
        terms(termsOf(op)), type(accumulatorOf(dtypeOf(op.getX().getType()))),
        kept(grid.coordinates(element, dimsOf(op.getR()))) {}

  /// The sum, in lane 0.
  IRValue sum() {
    Value count = grid.extent(terms), step = grid.constant(length);
    auto known = terms.constant();
    if (known && *known == 0)
      return neutral();
    if (known && *known <= length)
      return block(grid.constant(0), count);
    BlockTree tree(grid, known ? std::optional<int64_t>((*known + length - 1) / length) : std::nullopt);
    auto both = [&](IRValue x, IRValue y) { return combine(at.sums, op.getKind(), x, y); };
    Value blocks = grid.ceilDiv(count, step), one = grid.constant(1);
    SmallVector<Value> empty(tree.levels(), neutral().value);
    auto levels = grid.carry(grid.constant(0), blocks, one, empty, [&](Value number, ValueRange levels) {
      Value first = grid.mul(number, step);
      return tree.push(number, block(first, grid.min(step, grid.sub(count, first))), levels, both);
    });
    return tree.total(blocks, levels, type, both); // of no blocks: the neutral element
  }

private:
  IRValue neutral() {
    bool isOne = op.getKind() == ReduceKind::prod || op.getKind() == ReduceKind::all;
    return constantOf(at, type, isOne ? 1 : 0);
  }

  IRValue term(Value number, Value isUsed) {
    CudaPoint point(grid, 1);
    if (isUsed)
      point.require(isUsed);
    SmallVector<LaneIndex> index(rankOf(op.getX()));
    Dims extents;
    for (int64_t dim : op.getDims())
      extents.push_back(dimsOf(op.getX())[dim]);
    for (auto [dim, coordinate] : llvm::zip(op.getDims(), grid.coordinates(number, extents)))
      index[dim] = point.uniform(coordinate);
    size_t next = 0;
    for (LaneIndex &coordinate : index)
      if (!coordinate.base)
        coordinate = point.uniform(kept[next++]);
    return point.scalars.cast(point.read(op.getX(), index).value, type);
  }

  /// The sum of `count` terms from `first` on.
  IRValue block(Value first, Value count) {
    auto known = terms.constant();
    bool allPresent = known && (*known % length == 0 || *known % length >= lanes);
    Value isUsed = lanes > 1 && !allPresent ? grid.less(lane, count) : Value();
    IRValue start = term(grid.add(first, lane), isUsed);
    Value step = grid.constant(lanes);
    auto sums = grid.carry(grid.add(lane, step), count, step, start.value, [&](Value i, ValueRange sum) {
      IRValue next = term(grid.add(first, i), Value());
      return SmallVector<Value>{combine(at.sums, op.getKind(), {sum[0], type}, next).value};
    });
    IRValue sum = {sums[0], type};
    if (lanes == 1)
      return sum;
    return laneTree(grid, {sum}, lane, allPresent ? Value() : count, [&](ArrayRef<IRValue> x, ArrayRef<IRValue> y) {
      return SmallVector<IRValue>{combine(at.sums, op.getKind(), x[0], y[0])};
    })[0];
  }

  GridBuilder &grid;
  ReduceOp op;
  CudaPoint at;
  int64_t lanes, length;
  Value lane;
  DimExpr terms;
  DType type;
  SmallVector<Value> kept;
};
} // namespace

static void emit(OpBuilder &b, rt::KernelOp kernel) {
  rt::BodyOp body = kernel.getKernelBody();
  GridBuilder grid(b, kernel, body);
  ReduceOp op = rootOf(body);
  int64_t lanes = parameter(kernel, "lanes"), threads = threadsOf(kernel.getStages()[0]);
  Value width = grid.constant(lanes), lane = grid.mod(grid.thread, width);
  Value element = grid.add(grid.mul(grid.block, grid.constant(threads / lanes)), grid.floorDiv(grid.thread, width));
  grid.ifThen(grid.less(element, grid.extent(product(dimsOf(op.getR())))), [&] {
    IRValue sum = Element(grid, op, lanes, element, lane).sum();
    auto store = [&] {
      CudaPoint at(grid, 1);
      at.bind(op.getR(), {at.scalars.cast(sum, dtypeOf(op.getR().getType())), true});
      SmallVector<LaneIndex> index;
      for (Value coordinate : grid.coordinates(element, dimsOf(op.getR())))
        index.push_back(at.uniform(coordinate));
      at.storeResults(index);
    };
    if (lanes == 1)
      store();
    else
      grid.ifThen(grid.equal(lane, grid.constant(0)), store);
  });
  grid.finish();
}

const EmitterRow reductionEmitter = {"reduction", [](Operation *root) { return isa_and_nonnull<ReduceOp>(root); },
                                     describe, emit};

} // namespace dlc::cuda
