// The kinds of ops that scan and sort, take parts at places that are data, or decompose.
#include "lib/Check/RandomOps.h"

using namespace mlir;

namespace dlc::check {

static bool isNumber(Value x) { return rankOf(x) > 0 && isNumberTensor(x); }
static bool isFloatRow(Value x) { return rankOf(x) > 0 && isFloatTensor(x); }

void RandomOps::addScan() {
  Value x = find(isNumber);
  if (!x)
    return;
  ReduceKind kind = pick({ReduceKind::sum, ReduceKind::sum, ReduceKind::prod, ReduceKind::max, ReduceKind::min});
  keep(b.create<CumulativeOp>(x, kind, int64_t(draw(uint64_t(rankOf(x))))));
}

void RandomOps::addSort() {
  Value x = find([](Value v) { return rankOf(v) > 0 && isOrderedTensor(v); });
  if (!x)
    return;
  int64_t dim = int64_t(draw(uint64_t(rankOf(x))));
  bool isFlipped = chance(50);
  auto extent = dimsOf(x)[dim].constant();
  Operation *op;
  if (extent && chance(40))
    op = TopKOp::create(builder, b.location, x, int64_t(draw(uint64_t(*extent) + 1)), dim, isFlipped);
  else
    op = SortOp::create(builder, b.location, x, dim, isFlipped);
  if (op->getResult(0).getType() != x.getType() && isa<TopKOp>(op) && cast<TopKOp>(op).getK() == 0)
    return; // other kinds expect elements
  keep(op->getResult(1));
  keep(op->getResult(0));
}

void RandomOps::addDynamic() {
  Value x = find([](Value v) { return rankOf(v) > 0; });
  if (!x)
    return;
  Dims sizes = dimsOf(x);
  SmallVector<Value> starts;
  for (DimExpr &size : sizes) {
    starts.push_back(indices({}));
    if (auto extent = size.constant(); extent && *extent > 1)
      size = DimExpr(int64_t(1 + draw(uint64_t(*extent))));
  }
  IndexMode mode = chance(95) ? IndexMode::clamp : IndexMode::error;
  if (chance(50))
    return keep(b.create<DynamicSliceOp>(x, starts, DimsAttr::get(builder.getContext(), sizes), mode));
  Value update = newArgument(sizes, elementTypeOf(x));
  keep(b.create<DynamicUpdateSliceOp>(x, update, starts, mode));
}

void RandomOps::addBitcast() {
  Value x = find([](Value v) { return rankOf(v) > 0 && (isNumberTensor(v) || isStorageTensor(v)); });
  if (!x)
    return;
  SmallVector<DType> fitting;
  DType from = dtypeOf(x.getType());
  for (unsigned i = 0; i < numDTypes; ++i)
    if (auto to = DType(i); to != from && to != DType::Bool && !isComplex(to) && bitWidth(to) == bitWidth(from))
      fitting.push_back(to);
  keep(b.create<BitcastOp>(x, TypeAttr::get(typeOf(fitting[draw(fitting.size())], builder.getContext()))));
}

/// Each becomes many kernels, so a graph has few.
void RandomOps::addComposite() {
  using Kind = void (RandomOps::*)();
  const Kind kinds[] = {&RandomOps::addOverDim, &RandomOps::addNorm,      &RandomOps::addAttention,
                        &RandomOps::addCell,    &RandomOps::addQuantized, &RandomOps::addCrossEntropy};
  (this->*kinds[draw(std::size(kinds))])();
}

void RandomOps::addOverDim() {
  Value x = find(isFloatRow);
  if (!x)
    return;
  int64_t dim = int64_t(draw(uint64_t(rankOf(x))));
  switch (draw(4)) {
  case 0:
    return keep(b.create<SoftmaxOp>(x, dim));
  case 1:
    return keep(b.create<LogSoftmaxOp>(x, dim));
  case 2:
    return keep(b.create<LogSumExpOp>(x, ArrayRef<int64_t>{dim}));
  default:
    return keep(b.create<GeluOp>(x, chance(50) ? GeluForm::none : GeluForm::tanh));
  }
}

void RandomOps::addNorm() {
  Value x = find(isFloatRow);
  if (!x)
    return;
  int64_t rank = rankOf(x), dim = int64_t(draw(uint64_t(rank))), last = int64_t(1 + draw(uint64_t(rank)));
  Dims dims = dimsOf(x), tail(dims.end() - last, dims.end());
  APFloat epsilon(1e-3);
  auto affine = [&](ArrayRef<DimExpr> shape, uint64_t most) {
    SmallVector<Value> operands;
    for (uint64_t i = 0, count = draw(most + 1); i < count; ++i)
      operands.push_back(newArgument(shape, elementTypeOf(x)));
    return operands;
  };
  switch (draw(4)) {
  case 0:
    return keep(b.create<LayerNormOp>(x, affine(tail, 2), last, epsilon));
  case 1:
    return keep(b.create<RmsNormOp>(x, affine(tail, 1), last, epsilon));
  case 2: {
    Value mean = newArgument(dims[dim], elementTypeOf(x)), var = newArgument(dims[dim], elementTypeOf(x));
    return keep(b.create<BatchNormOp>(x, mean, var, affine(dims[dim], 2), dim, epsilon));
  }
  default: {
    SmallVector<Value> operands = affine(dims[dim], 2);
    auto op = BatchNormTrainingOp::create(builder, b.location, x, operands, dim, epsilon);
    keep(op.getMean());
    return keep(op.getR());
  }
  }
}

void RandomOps::addAttention() {
  Value q = find([](Value v) { return rankOf(v) >= 3 && isFloatRow(v); });
  if (!q)
    return;
  Dims dims = dimsOf(q), keys = dims, mask = dims;
  size_t rank = dims.size();
  keys[rank - 2] = DimExpr(pick<int64_t>({1, 3, 6}));
  auto heads = dims[rank - 3].constant();
  if (heads && *heads % 2 == 0)
    keys[rank - 3] = DimExpr(*heads / 2);
  mask.back() = keys[rank - 2];
  Value k = newArgument(keys, elementTypeOf(q)), v = newArgument(keys, elementTypeOf(q));
  SmallVector<Value> masks;
  if (chance(50))
    masks.push_back(newArgument(mask, chance(50) ? elementTypeOf(q) : Type(builder.getI1Type())));
  if (fits(mask))
    keep(b.create<AttentionOp>(q, k, v, masks, APFloat(0.5), chance(50)));
}

void RandomOps::addCell() {
  Value x = find([](Value v) { return rankOf(v) == 2 && isFloatRow(v); });
  if (!x)
    return;
  bool isLstm = chance(50);
  int64_t gates = isLstm ? 4 : 3, size = pick<int64_t>({1, 2, 5});
  Dims dims = dimsOf(x), state = {dims[0], DimExpr(size)};
  Type element = elementTypeOf(x);
  Value h = newArgument(state, element), wX = newArgument({DimExpr(gates * size), dims[1]}, element);
  Value wH = newArgument({DimExpr(gates * size), DimExpr(size)}, element);
  SmallVector<Value> biases;
  if (chance(50))
    biases.assign(2, newArgument(DimExpr(gates * size), element));
  if (!isLstm)
    return keep(b.create<GruCellOp>(x, h, wX, wH, biases));
  auto cell = LstmCellOp::create(builder, b.location, x, h, newArgument(state, element), wX, wH, biases);
  keep(cell.getNextC());
  keep(cell.getNextH());
}

/// To integers and back at once.
void RandomOps::addQuantized() {
  Value x = find(isFloatRow);
  if (!x)
    return;
  bool isAlongDim = chance(50);
  int64_t dim = isAlongDim ? int64_t(draw(uint64_t(rankOf(x)))) : -1;
  Dims dims;
  if (isAlongDim)
    dims.push_back(dimsOf(x)[dim]);
  Type integer = typeOf(pick({DType::I8, DType::I8, DType::U8, DType::I16, DType::U16}), builder.getContext());
  Value scale = newArgument(dims, elementTypeOf(x)), zero = newArgument(dims, builder.getI32Type());
  zero = b.cast(zero, integer);
  Value q = b.create<QuantizeOp>(x, scale, zero, integer, dim);
  keep(b.create<DequantizeOp>(q, scale, zero, dim));
}

void RandomOps::addCrossEntropy() {
  Value x = find(isFloatRow);
  if (!x)
    return;
  int64_t dim = int64_t(draw(uint64_t(rankOf(x))));
  Dims dims = dimsOf(x);
  dims.erase(dims.begin() + dim);
  // Labels are the places of largest elements, which are in range.
  Value labels = b.create<ArgmaxOp>(chance(50) ? mate(x) : x, dim);
  keep(b.create<CrossEntropyOp>(x, labels, dim));
}

} // namespace dlc::check
