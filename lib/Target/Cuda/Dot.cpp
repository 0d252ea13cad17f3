// Kernels around dot_general in the order `lanes` (dot, matrix times vector): a warp computes an element.
#include "lib/Target/Cuda/Emitter.h"
#include "lib/Target/Cuda/OrderedSum.h"
#include "passes/lower/ContractionTerms.h"

using namespace mlir;

namespace dlc::cuda {

static DictionaryAttr describe(rt::KernelOp kernel) {
  ContractionTerms terms(orderedOp(kernel.getKernelBody()));
  Grid grid;
  grid.threads = 128;
  grid.tasks = DimExpr::ceilDiv(terms.batch() * terms.m() * terms.n(), grid.threads / warpSize);
  return makeDescriptor(kernel, "dot", grid, {});
}

namespace {
/// One element of the result, by this thread's warp.
struct WarpElement {
  GridBuilder &grid;
  const ContractionTerms &terms;
  DType type;
  Value batch, m, n, lane, count;

  /// The terms [first, first + count): lanes are fma chains from +0, then comes the tree over the present ones.
  IRValue block(Value first, Value count) {
    CudaPoint zero(grid, 1);
    IRValue start = constantOf(zero, type, 0.0);
    auto sums = grid.carry(lane, count, grid.constant(warpSize), start.value, [&](Value i, ValueRange sum) {
      CudaPoint at(grid, 1);
      LaneIndex k = at.uniform(grid.add(first, i));
      IRValue x = at.scalars.cast(terms.left(at, batch, at.uniform(m), k).value, type);
      IRValue y = at.scalars.cast(terms.right(at, batch, at.uniform(n), k).value, type);
      return SmallVector<Value>{at.scalars.fma(x, y, {sum[0], type}).value};
    });
    return laneTree(grid, {{sums[0], type}}, lane, count, [&](ArrayRef<IRValue> x, ArrayRef<IRValue> y) {
      return SmallVector<IRValue>{zero.scalars.add(x[0], y[0])};
    })[0];
  }

  /// Blocks added left to right, in lane 0.
  IRValue sum() {
    Value zero = grid.constant(0), step = grid.constant(blockTerms);
    if (auto known = terms.k().constant(); known && *known <= blockTerms)
      return block(zero, count);
    CudaPoint at(grid, 1);
    auto totals = grid.carry(zero, count, step, constantOf(at, type, 0.0).value, [&](Value first, ValueRange total) {
      IRValue here = block(first, grid.min(step, grid.sub(count, first)));
      IRValue both = at.scalars.add({total[0], type}, here);
      return SmallVector<Value>{grid.choose(grid.equal(first, zero), here.value, both.value)};
    });
    return {totals[0], type};
  }
};
} // namespace

static void emit(OpBuilder &b, rt::KernelOp kernel) {
  rt::BodyOp body = kernel.getKernelBody();
  GridBuilder grid(b, kernel, body);
  ContractionTerms terms(orderedOp(body));
  Value width = grid.constant(warpSize), lane = grid.mod(grid.thread, width);
  int64_t warps = threadsOf(kernel.getStages()[0]) / warpSize;
  Value element = grid.add(grid.mul(grid.block, grid.constant(warps)), grid.floorDiv(grid.thread, width));
  grid.ifThen(grid.less(element, grid.extent(terms.batch() * terms.m() * terms.n())), [&] {
    SmallVector<Value> place = grid.coordinates(element, {terms.batch(), terms.m(), terms.n()});
    CudaPoint at(grid, 1);
    DType type = accumulatorOf(dtypeOf(terms.op->getOperand(0).getType()));
    WarpElement warp{grid, terms, type, place[0], place[1], place[2], lane, terms.terms(at, place[0])};
    IRValue sum = warp.sum();
    grid.ifThen(grid.equal(lane, grid.constant(0)), [&] {
      CudaPoint end(grid, 1);
      Value result = terms.op->getResult(0);
      end.bind(result, {end.scalars.cast(sum, dtypeOf(result.getType())), true});
      end.storeResults(terms.resultIndex(end, place[0], end.uniform(place[1]), end.uniform(place[2])));
    });
  });
  grid.finish();
}

static bool matches(Operation *root) {
  auto dot = dyn_cast_or_null<DotGeneralOp>(root);
  return dot && dot.getOrder() == Order::lanes;
}

const EmitterRow dotEmitter = {"dot", matches, describe, emit};

} // namespace dlc::cuda
