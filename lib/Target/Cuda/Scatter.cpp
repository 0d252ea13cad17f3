// Kernels around scatter: a thread owns an element of the result and goes through the updates in row-major order, so
// duplicates are combined in the order of numerics N7 without atomics.
#include "lib/Target/Cuda/Emitter.h"
#include "lib/Target/Cuda/OrderedSum.h"

using namespace mlir;

namespace dlc::cuda {

static DictionaryAttr describe(rt::KernelOp kernel) {
  Grid grid;
  grid.threads = 128;
  grid.tasks = DimExpr::ceilDiv(product(dimsOf(orderedOp(kernel.getKernelBody())->getResult(0))), grid.threads);
  return makeDescriptor(kernel, "scatter", grid, {});
}

namespace {
class Gathering {
public:
  Gathering(GridBuilder &grid, ScatterOp op, ArrayRef<Value> element)
      : grid(grid), op(op), element(element), type(accumulatorOf(dtypeOf(op.getX().getType()))) {
    Dims all = dimsOf(op.getIndices());
    picks.append(all.begin() + op.getBatchDims(), all.end());
  }

  IRValue run() {
    CudaPoint at(grid, 1);
    SmallVector<LaneIndex> index;
    for (Value coordinate : element)
      index.push_back(at.uniform(coordinate));
    IRValue start = at.scalars.cast(at.read(op.getX(), index).value, type);
    Value count = grid.extent(product(picks));
    auto sums = grid.carry(grid.constant(0), count, grid.constant(1), start.value, [&](Value pick, ValueRange sum) {
      return SmallVector<Value>{add(pick, {sum[0], type}).value};
    });
    return {sums[0], type};
  }

private:
  ReduceKind kind() {
    return op.getKind() == ScatterKind::max   ? ReduceKind::max
           : op.getKind() == ScatterKind::min ? ReduceKind::min
                                              : ReduceKind::sum;
  }

  /// The sum with the update of pick number `pick` where it goes to this element.
  IRValue add(Value pick, IRValue sum) {
    CudaPoint at(grid, 1);
    int64_t axis = op.getAxis(), batch = op.getBatchDims();
    SmallVector<LaneIndex> source, update;
    for (int64_t i = 0; i < batch; ++i)
      source.push_back(at.uniform(element[i]));
    for (int64_t i = 0; i < axis; ++i)
      update.push_back(at.uniform(element[i]));
    for (Value coordinate : grid.coordinates(pick, picks)) {
      source.push_back(at.uniform(coordinate));
      update.push_back(at.uniform(coordinate));
    }
    for (size_t i = axis + 1; i < element.size(); ++i)
      update.push_back(at.uniform(element[i]));
    Value goesHere = grid.equal(row(at, source, update), element[axis]);
    Type type = sum.value.getType();
    Value result = grid.ifElse(
        goesHere, type,
        [&]() -> Value {
          CudaPoint inner(grid, 1);
          IRValue value = inner.scalars.cast(inner.read(op.getUpdates(), update).value, sum.type);
          return op.getKind() == ScatterKind::set ? value.value : combine(inner.sums, kind(), sum, value).value;
        },
        [&] { return sum.value; });
    return {result, sum.type};
  }

  /// Where an update goes: negative indices count from the end; one out of range is reported, once for each update by
  /// the thread of row 0, and clamped.
  Value row(CudaPoint &at, ArrayRef<LaneIndex> source, ArrayRef<LaneIndex> update) {
    PointValue raw = at.read(op.getIndices(), source);
    PointValue index64 = {at.scalars.cast(raw.value, DType::I64), true};
    Value picked = at.valueToIndex(index64).base, extent = grid.extent(dimsOf(op.getX())[op.getAxis()]);
    Value zero = grid.constant(0), last = grid.sub(extent, grid.constant(1));
    Value wrapped = grid.choose(grid.less(picked, zero), grid.add(picked, extent), picked);
    Value isLow = grid.less(wrapped, zero), isHigh = grid.less(last, wrapped);
    if (op.getMode() == IndexMode::error) {
      Value isBad = arith::OrIOp::create(grid.b, grid.location, isLow, isHigh);
      Value isMine = grid.both(isBad, grid.equal(element[op.getAxis()], zero));
      at.report(op, {{isMine, DType::Bool}, true}, at.linearize(update, dimsOf(op.getUpdates())), index64, extent);
    }
    return grid.choose(isLow, zero, grid.choose(isHigh, last, wrapped));
  }

  GridBuilder &grid;
  ScatterOp op;
  ArrayRef<Value> element;
  DType type;
  Dims picks;
};
} // namespace

static void emit(OpBuilder &b, rt::KernelOp kernel) {
  rt::BodyOp body = kernel.getKernelBody();
  GridBuilder grid(b, kernel, body);
  auto op = cast<ScatterOp>(orderedOp(body));
  Dims dims = dimsOf(op.getR());
  Value place = grid.add(grid.mul(grid.block, grid.constant(threadsOf(kernel.getStages()[0]))), grid.thread);
  grid.ifThen(grid.less(place, grid.extent(product(dims))), [&] {
    SmallVector<Value> element = grid.coordinates(place, dims);
    CudaPoint at(grid, 1);
    at.bind(op.getR(), {at.scalars.cast(Gathering(grid, op, element).run(), dtypeOf(op.getR().getType())), true});
    SmallVector<LaneIndex> index;
    for (Value coordinate : element)
      index.push_back(at.uniform(coordinate));
    at.storeResults(index);
  });
  grid.finish();
}

const EmitterRow scatterEmitter = {"scatter", [](Operation *root) { return isa_and_nonnull<ScatterOp>(root); },
                                   describe, emit};

} // namespace dlc::cuda
