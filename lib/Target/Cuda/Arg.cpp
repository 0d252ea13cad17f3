// Kernels around argmax and argmin: a warp computes an element when the last dim is searched, else a thread does. The
// best of an element is the largest key, then the lowest index: which lanes look at what does not matter.
#include "lib/Target/Cuda/Emitter.h"
#include "lib/Target/Cuda/OrderedSum.h"
#include "passes/lower/OrderKey.h"

using namespace mlir;

namespace dlc::cuda {

static int64_t dimOf(Operation *root) {
  auto largest = dyn_cast<ArgmaxOp>(root);
  return largest ? largest.getDim() : cast<ArgminOp>(root).getDim();
}

static DictionaryAttr describe(rt::KernelOp kernel) {
  Operation *root = orderedOp(kernel.getKernelBody());
  int64_t lanes = dimOf(root) + 1 == rankOf(root->getOperand(0)) ? warpSize : 1;
  Grid grid;
  grid.threads = 128;
  grid.tasks = DimExpr::ceilDiv(product(dimsOf(root->getResult(0))), grid.threads / lanes);
  return makeDescriptor(kernel, "arg", grid, {{"lanes", lanes}});
}

namespace {
/// The best (key, index) that a lane has seen.
using Best = SmallVector<IRValue>;

class Search {
public:
  Search(GridBuilder &grid, Operation *root, Value element)
      : grid(grid), root(root), scalars(grid.b, grid.location),
        kept(grid.coordinates(element, dimsOf(root->getResult(0)))) {}

  Best candidate(Value i, Value isUsed) {
    CudaPoint at(grid, 1);
    if (isUsed)
      at.require(isUsed);
    SmallVector<LaneIndex> index;
    for (Value coordinate : kept)
      index.push_back(at.uniform(coordinate));
    index.insert(index.begin() + dimOf(root), at.uniform(i));
    IRValue key = orderKey(scalars, at.read(root->getOperand(0), index).value, isa<ArgmaxOp>(root));
    return {key, at.indexToValue(at.uniform(i)).value};
  }

  Best better(ArrayRef<IRValue> x, ArrayRef<IRValue> y) {
    using scalar::Predicate;
    IRValue isTie = scalars.bitAnd(scalars.cmp(Predicate::Eq, x[0], y[0]), scalars.cmp(Predicate::Lt, y[1], x[1]));
    IRValue wins = scalars.bitOr(scalars.cmp(Predicate::Gt, y[0], x[0]), isTie);
    return {scalars.select(wins, y[0], x[0]), scalars.select(wins, y[1], x[1])};
  }

  /// The best of all, in lane 0.
  IRValue run(int64_t lanes, Value lane) {
    Value count = grid.extent(dimsOf(root->getOperand(0))[dimOf(root)]), step = grid.constant(lanes);
    Best first = candidate(lane, lanes > 1 ? grid.less(lane, count) : Value());
    SmallVector<Value> start = {first[0].value, first[1].value};
    auto best = grid.carry(grid.add(lane, step), count, step, start, [&](Value i, ValueRange best) {
      Best so = {{best[0], first[0].type}, {best[1], first[1].type}};
      Best next = better(so, candidate(i, Value()));
      return SmallVector<Value>{next[0].value, next[1].value};
    });
    if (lanes == 1)
      return {best[1], first[1].type};
    return laneTree(grid, {{best[0], first[0].type}, {best[1], first[1].type}}, lane, count,
                    [&](ArrayRef<IRValue> x, ArrayRef<IRValue> y) { return better(x, y); })[1];
  }

private:
  GridBuilder &grid;
  Operation *root;
  scalar::IRScalarBuilder scalars;
  SmallVector<Value> kept;
};
} // namespace

static void emit(OpBuilder &b, rt::KernelOp kernel) {
  rt::BodyOp body = kernel.getKernelBody();
  GridBuilder grid(b, kernel, body);
  Operation *root = orderedOp(body);
  Dims dims = dimsOf(root->getResult(0));
  int64_t lanes = parameter(kernel, "lanes"), threads = threadsOf(kernel.getStages()[0]);
  Value width = grid.constant(lanes), lane = grid.mod(grid.thread, width);
  Value element = grid.add(grid.mul(grid.block, grid.constant(threads / lanes)), grid.floorDiv(grid.thread, width));
  grid.ifThen(grid.less(element, grid.extent(product(dims))), [&] {
    IRValue best = Search(grid, root, element).run(lanes, lane);
    auto store = [&] {
      CudaPoint at(grid, 1);
      at.bind(root->getResult(0), {best, true});
      SmallVector<LaneIndex> index;
      for (Value coordinate : grid.coordinates(element, dims))
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

const EmitterRow argEmitter = {"arg", [](Operation *root) { return isa_and_nonnull<ArgmaxOp, ArgminOp>(root); },
                               describe, emit};

} // namespace dlc::cuda
