// Where an operand's elements lie: views of arguments, strides of loops, loops that both operands walk evenly.
#include "lib/Target/Cpu/Contraction.h"

using namespace mlir;

namespace dlc::cpu {

SmallVector<DimExpr> rowMajorStrides(ArrayRef<DimExpr> dims) {
  SmallVector<DimExpr> strides(dims.size(), DimExpr(1));
  for (size_t i = dims.size(); i-- > 1;)
    strides[i - 1] = strides[i] * dims[i];
  return strides;
}

std::optional<MemoryView> viewOf(Value tensor) {
  if (auto argument = dyn_cast<BlockArgument>(tensor))
    return MemoryView{argument, DimExpr(0), rowMajorStrides(dimsOf(tensor))};
  Operation *op = tensor.getDefiningOp();
  if (!isa<TransposeOp, SliceOp, BroadcastOp, ReverseOp>(op))
    return std::nullopt;
  auto source = viewOf(op->getOperand(0));
  if (!source)
    return std::nullopt;
  MemoryView view = *source;
  if (auto transpose = dyn_cast<TransposeOp>(op)) {
    for (auto [i, dim] : llvm::enumerate(transpose.getPerm()))
      view.strides[i] = source->strides[dim];
  } else if (auto slice = dyn_cast<SliceOp>(op)) {
    for (size_t i = 0; i < view.strides.size(); ++i) {
      view.offset = view.offset + source->strides[i] * DimExpr(slice.getStarts()[i]);
      view.strides[i] = source->strides[i] * DimExpr(slice.getStrides()[i]);
    }
  } else if (auto broadcast = dyn_cast<BroadcastOp>(op)) {
    Dims from = dimsOf(broadcast.getX());
    view.strides.assign(size_t(rankOf(tensor)), DimExpr(0));
    for (auto [i, dim] : llvm::enumerate(broadcast.getDims()))
      view.strides[dim] = from[i] == DimExpr(1) ? DimExpr(0) : source->strides[i];
  } else {
    Dims dims = dimsOf(tensor);
    for (int64_t dim : cast<ReverseOp>(op).getDims()) {
      view.offset = view.offset + source->strides[dim] * (dims[dim] - DimExpr(1));
      view.strides[dim] = DimExpr(0) - source->strides[dim];
    }
  }
  return view;
}

Value loadedFor(Value tensor) {
  auto cast = tensor.getDefiningOp<CastOp>();
  if (!cast)
    return tensor;
  DType from = dtypeOf(cast.getX().getType()), to = dtypeOf(tensor.getType());
  bool isWidening = isFloat(from) && byteWidth(from) == 2 && (to == DType::F32 || to == DType::F64);
  return isWidening ? cast.getX() : tensor;
}

OperandLayout layoutOf(const Problem &problem, const ContractionOperand &operand, DimExpr offset,
                       ArrayRef<DimExpr> strides) {
  OperandLayout layout;
  layout.base = offset;
  for (size_t loop = 0; loop < problem.loops.size(); ++loop)
    layout.strides[loop].assign(problem.loops[loop].size(), DimExpr(0));
  for (auto [i, index] : llvm::enumerate(operand.index)) {
    layout.base = layout.base + strides[i] * DimExpr(index.constant + operand.low[i]);
    for (const LinearIndex::Part &part : index.parts) {
      DimExpr &stride = layout.strides[size_t(part.loop)][part.place];
      stride = stride + strides[i] * DimExpr(part.factor);
    }
  }
  return layout;
}

SmallVector<TermLoop> joinTerms(ArrayRef<DimExpr> extents, ArrayRef<DimExpr> a, ArrayRef<DimExpr> b) {
  SmallVector<TermLoop> loops;
  for (size_t i = 0; i < extents.size(); ++i) {
    if (extents[i] == DimExpr(1))
      continue;
    bool isEven = !loops.empty() && loops.back().a == a[i] * extents[i] && loops.back().b == b[i] * extents[i];
    if (isEven)
      loops.back() = {loops.back().extent * extents[i], a[i], b[i]};
    else
      loops.push_back({extents[i], a[i], b[i]});
  }
  return loops;
}

} // namespace dlc::cpu
