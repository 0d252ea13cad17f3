// Kernels of pointwise ops alone. The result's dims are split into rows and a suffix that every op of the body treats
// as one flat index. A thread computes one pack of neighbours along the suffix.
#include "lib/Target/Cuda/CudaPoint.h"
#include "lib/Target/Cuda/Emitter.h"

using namespace mlir;

namespace dlc::cuda {

namespace {
/// The result as rows of `columns` elements.
struct Rows {
  Dims outer;
  DimExpr rows, columns;
  int64_t suffix;
  explicit Rows(rt::BodyOp body) : suffix(collapsedSuffix(body)) {
    Dims dims = dimsOf(body.getYield().getResults()[0]);
    ArrayRef<DimExpr> all(dims);
    outer.append(all.begin(), all.end() - suffix);
    rows = product(outer);
    columns = product(all.take_back(suffix));
  }
};
} // namespace

static DictionaryAttr describe(rt::KernelOp kernel) {
  rt::BodyOp body = kernel.getKernelBody();
  Rows shape(body);
  int64_t width = accessBytes / widestElement(body);
  // Rows that are no multiple of a pack would start unaligned; a single row has one short pack at its end.
  if (shape.rows != DimExpr(1))
    while (width > 1 && !shape.columns.exactDiv(width))
      width /= 2;
  if (auto known = shape.columns.constant())
    while (width > 1 && width > *known)
      width /= 2;
  Grid grid;
  grid.tasks = DimExpr::ceilDiv(shape.rows * DimExpr::ceilDiv(shape.columns, width), grid.threads);
  return makeDescriptor(kernel, "pointwise", grid, {{"width", width}});
}

static void emit(OpBuilder &b, rt::KernelOp kernel) {
  rt::BodyOp body = kernel.getKernelBody();
  GridBuilder grid(b, kernel, body);
  Rows shape(body);
  int64_t width = parameter(kernel, "width");
  Value packs = grid.extent(DimExpr::ceilDiv(shape.columns, width)), columns = grid.extent(shape.columns);
  Value pack = grid.add(grid.mul(grid.block, grid.constant(threadsOf(kernel.getStages()[0]))), grid.thread);
  bool isOneRow = shape.rows == DimExpr(1);

  auto compute = [&](ArrayRef<Value> row, Value column, int64_t width) {
    CudaPoint at(grid, width);
    SmallVector<LaneIndex> index;
    for (Value coordinate : row)
      index.push_back(at.uniform(coordinate));
    for (int64_t i = 1; i < shape.suffix; ++i)
      index.push_back(at.constant(0));
    if (shape.suffix > 0)
      index.push_back(at.contiguous(column));
    at.storeResults(index);
  };
  Value count = isOneRow ? packs : grid.mul(grid.extent(shape.rows), packs);
  grid.ifThen(grid.less(pack, count), [&] {
    SmallVector<Value> row = isOneRow ? SmallVector<Value>(shape.outer.size(), grid.constant(0))
                                      : grid.coordinates(grid.floorDiv(pack, packs), shape.outer);
    Value column = grid.mul(isOneRow ? pack : grid.mod(pack, packs), grid.constant(width));
    if (shape.columns.exactDiv(width)) {
      compute(row, column, width);
      return;
    }
    Value end = grid.add(column, grid.constant(width));
    Value isShort = grid.less(columns, end);
    grid.ifThen(
        isShort,
        [&] { grid.forEach(column, columns, grid.constant(1), [&](Value single) { compute(row, single, 1); }); },
        [&] { compute(row, column, width); });
  });
  grid.finish();
}

const EmitterRow pointwiseEmitter = {"pointwise", [](Operation *root) { return root == nullptr; }, describe, emit};

} // namespace dlc::cuda
