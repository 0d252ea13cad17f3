// Kernels around sort and top_k: a thread owns an element, counts those of its row that come before it, and writes it
// to that place. This takes no scratch and no thread waits for another, at the price of comparing all pairs of a row.
#include "lib/Target/Cuda/CudaPoint.h"
#include "lib/Target/Cuda/Emitter.h"
#include "passes/lower/OrderKey.h"

using namespace mlir;

namespace dlc::cuda {

static DictionaryAttr describe(rt::KernelOp kernel) {
  Grid grid;
  grid.threads = 128;
  Value x = orderedOp(kernel.getKernelBody())->getOperand(0);
  grid.tasks = DimExpr::ceilDiv(product(dimsOf(x)), grid.threads);
  return makeDescriptor(kernel, "sort", grid, {});
}

namespace {
/// One element of the operand.
class Ranking {
public:
  Ranking(GridBuilder &grid, Operation *op, SmallVector<Value> element)
      : grid(grid), op(op), element(std::move(element)) {
    auto sort = dyn_cast<SortOp>(op);
    dim = sort ? sort.getDim() : cast<TopKOp>(op).getDim();
    isDescending = sort ? sort.getDescending() : cast<TopKOp>(op).getLargest();
  }

  void run() {
    Value count = grid.extent(dimsOf(op->getOperand(0))[dim]), zero = grid.constant(0), one = grid.constant(1);
    Value place = element[dim];
    IRValue mine = keyAt(place);
    auto rank = grid.carry(zero, count, one, zero, [&](Value i, ValueRange rank) {
      Value isBefore = comesBefore(keyAt(i), i, mine, place);
      return SmallVector<Value>{grid.add(rank[0], grid.choose(isBefore, one, zero))};
    });
    Value kept = grid.extent(dimsOf(op->getResult(0))[dim]);
    grid.ifThen(grid.less(rank[0], kept), [&] { write(rank[0]); });
  }

private:
  SmallVector<LaneIndex> indexWith(CudaPoint &at, Value place) {
    SmallVector<LaneIndex> index;
    for (Value coordinate : element)
      index.push_back(at.uniform(coordinate));
    index[dim] = at.uniform(place);
    return index;
  }

  /// Ascending keys.
  IRValue keyAt(Value place) {
    CudaPoint at(grid, 1);
    IRValue key = orderKey(at.scalars, at.read(op->getOperand(0), indexWith(at, place)).value, true);
    return isDescending ? at.scalars.bitNot(key) : key;
  }

  Value comesBefore(IRValue x, Value i, IRValue y, Value j) {
    scalar::IRScalarBuilder scalars(grid.b, grid.location);
    Value isLess = scalars.cmp(scalar::Predicate::Lt, x, y).value,
          isTie = scalars.cmp(scalar::Predicate::Eq, x, y).value;
    return arith::OrIOp::create(grid.b, grid.location, isLess, grid.both(isTie, grid.less(i, j)));
  }

  void write(Value rank) {
    CudaPoint at(grid, 1);
    Value place = element[dim];
    at.bind(op->getResult(0), at.read(op->getOperand(0), indexWith(at, place)));
    at.bind(op->getResult(1), at.indexToValue(at.uniform(place)));
    at.storeResults(indexWith(at, rank));
  }

  GridBuilder &grid;
  Operation *op;
  SmallVector<Value> element;
  int64_t dim;
  bool isDescending;
};
} // namespace

static void emit(OpBuilder &b, rt::KernelOp kernel) {
  rt::BodyOp body = kernel.getKernelBody();
  GridBuilder grid(b, kernel, body);
  Operation *op = orderedOp(body);
  Dims dims = dimsOf(op->getOperand(0));
  Value place = grid.add(grid.mul(grid.block, grid.constant(threadsOf(kernel.getStages()[0]))), grid.thread);
  grid.ifThen(grid.less(place, grid.extent(product(dims))),
              [&] { Ranking(grid, op, grid.coordinates(place, dims)).run(); });
  grid.finish();
}

const EmitterRow sortEmitter = {"sort", [](Operation *root) { return isa_and_nonnull<SortOp, TopKOp>(root); }, describe,
                                emit};

} // namespace dlc::cuda
