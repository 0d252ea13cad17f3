// Moving batch dims, and the rule that all elementwise ops share.
#include "dialects/dlc/Batching.h"
#include "dialects/dlc/Dlc.h"

using namespace mlir;

namespace dlc {

Value moveBatch(DlcBuilder &b, const Batched &x, int64_t to) { return b.moveDim(x.value, *x.dim, to); }

Value batchedAt(DlcBuilder &b, const Batched &x, int64_t at, const DimExpr &extent) {
  if (x.dim)
    return moveBatch(b, x, at);
  Dims shape = dimsOf(x.value);
  SmallVector<int64_t> dims;
  for (int64_t dim = 0; dim < int64_t(shape.size()); ++dim)
    dims.push_back(dimBeside(at, dim));
  shape.insert(shape.begin() + at, extent);
  return b.broadcast(x.value, shape, dims);
}

int64_t firstBatchDim(ArrayRef<Batched> operands) {
  return *llvm::find_if(operands, [](const Batched &x) { return x.dim.has_value(); })->dim;
}

SmallVector<int64_t> dimsBeside(int64_t batch, ArrayRef<int64_t> dims) {
  SmallVector<int64_t> moved;
  for (int64_t dim : dims)
    moved.push_back(dimBeside(batch, dim));
  return moved;
}

SmallVector<Batched> batchElementwise(Operation *op, DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &extent) {
  int64_t at = firstBatchDim(operands);
  SmallVector<Value> values;
  for (const Batched &operand : operands)
    values.push_back(batchedAt(b, operand, at, extent));
  return {{b.again(op, values), at}};
}

} // namespace dlc
