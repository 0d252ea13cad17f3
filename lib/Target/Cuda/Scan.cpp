// Kernels around cumulative: a thread owns a row and walks it block by block (numerics N7).
#include "lib/Target/Cuda/Emitter.h"
#include "lib/Target/Cuda/OrderedSum.h"

using namespace mlir;

namespace dlc::cuda {

static CumulativeOp rootOf(rt::BodyOp body) { return cast<CumulativeOp>(orderedOp(body)); }

static Dims rowsOf(CumulativeOp op) {
  Dims rows = dimsOf(op.getX());
  rows.erase(rows.begin() + op.getDim());
  return rows;
}

static DictionaryAttr describe(rt::KernelOp kernel) {
  Grid grid;
  grid.threads = 128;
  grid.tasks = DimExpr::ceilDiv(product(rowsOf(rootOf(kernel.getKernelBody()))), grid.threads);
  return makeDescriptor(kernel, "scan", grid, {});
}

namespace {
/// The walk of one row.
class Row {
public:
  Row(GridBuilder &grid, CumulativeOp op, SmallVector<Value> row)
      : grid(grid), op(op), row(std::move(row)), type(accumulatorOf(dtypeOf(op.getX().getType()))) {}

  void run() {
    CudaPoint at(grid, 1);
    Value count = grid.extent(dimsOf(op.getX())[op.getDim()]), length = grid.constant(blockTerms);
    Value zero = grid.constant(0), one = grid.constant(1), nothing = neutral(at);
    grid.carry(zero, grid.ceilDiv(count, length), one, nothing, [&](Value block, ValueRange before) {
      Value low = grid.mul(block, length), high = grid.min(count, grid.add(low, length));
      auto sums = grid.carry(low, high, one, nothing, [&](Value i, ValueRange sum) {
        return SmallVector<Value>{element(i, {sum[0], type}, {before[0], type}).value};
      });
      return SmallVector<Value>{combined(at, {before[0], type}, {sums[0], type}).value};
    });
  }

private:
  IRValue combined(CudaPoint &at, IRValue x, IRValue y) { return combine(at.sums, op.getKind(), x, y); }

  /// What changes no element that it is combined with.
  Value neutral(CudaPoint &at) {
    int64_t bits = 8 * byteWidth(type);
    bool isLargest = op.getKind() == ReduceKind::max;
    switch (op.getKind()) {
    case ReduceKind::sum:
      return constantOf(at, type, isFloat(type) ? -0.0 : 0).value;
    case ReduceKind::prod:
      return constantOf(at, type, 1).value;
    default:
      break;
    }
    if (isFloat(type))
      return constantOf(at, type, isLargest ? -HUGE_VAL : HUGE_VAL).value;
    IRValue like = constantOf(at, type, 0);
    int64_t lowest = int64_t(uint64_t(1) << (bits - 1));
    if (isUnsignedInt(type))
      return at.scalars.integer(like, isLargest ? 0 : -1).value;
    return at.scalars.integer(like, isLargest ? lowest : ~lowest).value;
  }

  /// Stores the results at element `i` and returns the running value of its block.
  IRValue element(Value i, IRValue sum, IRValue before) {
    CudaPoint at(grid, 1);
    SmallVector<LaneIndex> index;
    for (Value coordinate : row)
      index.push_back(at.uniform(coordinate));
    index.insert(index.begin() + op.getDim(), at.uniform(i));
    IRValue running = combined(at, sum, at.scalars.cast(at.read(op.getX(), index).value, type));
    IRValue value = combined(at, before, running);
    at.bind(op.getR(), {at.scalars.cast(value, dtypeOf(op.getR().getType())), true});
    at.storeResults(index);
    return running;
  }

  GridBuilder &grid;
  CumulativeOp op;
  SmallVector<Value> row;
  DType type;
};
} // namespace

static void emit(OpBuilder &b, rt::KernelOp kernel) {
  rt::BodyOp body = kernel.getKernelBody();
  GridBuilder grid(b, kernel, body);
  CumulativeOp op = rootOf(body);
  Dims rows = rowsOf(op);
  Value row = grid.add(grid.mul(grid.block, grid.constant(threadsOf(kernel.getStages()[0]))), grid.thread);
  grid.ifThen(grid.less(row, grid.extent(product(rows))), [&] { Row(grid, op, grid.coordinates(row, rows)).run(); });
  grid.finish();
}

const EmitterRow scanEmitter = {"scan", [](Operation *root) { return isa_and_nonnull<CumulativeOp>(root); }, describe,
                                emit};

} // namespace dlc::cuda
