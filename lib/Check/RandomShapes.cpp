// The kinds of ops that move, combine and contract elements.
#include "lib/Check/RandomOps.h"

using namespace mlir;

namespace dlc::check {

static SmallVector<int64_t> ascending(int64_t count) {
  SmallVector<int64_t> dims;
  for (int64_t i = 0; i < count; ++i)
    dims.push_back(i);
  return dims;
}

void RandomOps::addBroadcast() {
  Value x = pool[draw(pool.size())];
  Dims from = dimsOf(x), to;
  SmallVector<int64_t> dims;
  for (const DimExpr &dim : from) {
    if (to.size() + from.size() < 5 && chance(30))
      to.push_back(DimExpr(pick<int64_t>({1, 2, 3, 6})));
    dims.push_back(int64_t(to.size()));
    to.push_back(dim == DimExpr(1) && chance(70) ? DimExpr(pick<int64_t>({1, 4, 9})) : dim);
  }
  if (to.size() < 4 && (to.size() == from.size() || chance(20)))
    to.push_back(DimExpr(pick<int64_t>({1, 2, 5})));
  if (fits(to))
    keep(b.create<BroadcastOp>(x, DimsAttr::get(builder.getContext(), to), dims));
}

void RandomOps::addReshape() {
  Value x = find([](Value v) { return rankOf(v) > 0; });
  if (!x)
    return;
  Dims to;
  for (const DimExpr &dim : dimsOf(x)) { // merge with the dim before, split off a factor 2, add dims of extent 1
    auto extent = dim.constant();
    if (!to.empty() && chance(40))
      to.back() = to.back() * dim;
    else if (extent && *extent % 2 == 0 && chance(50)) {
      to.push_back(DimExpr(2));
      to.push_back(DimExpr(*extent / 2));
    } else
      to.push_back(dim);
    if (chance(15))
      to.push_back(DimExpr(1));
  }
  if (to.size() <= 4)
    keep(b.create<ReshapeOp>(x, DimsAttr::get(builder.getContext(), to)));
}

void RandomOps::addTranspose() {
  Value x = find([](Value v) { return rankOf(v) > 1; });
  if (!x)
    return;
  SmallVector<int64_t> perm = ascending(rankOf(x));
  for (size_t i = perm.size(); i-- > 1;)
    std::swap(perm[i], perm[draw(i + 1)]);
  keep(b.create<TransposeOp>(x, perm));
}

void RandomOps::addSlice() {
  Value x = find([](Value v) { return rankOf(v) > 0; });
  if (!x)
    return;
  SmallVector<int64_t> starts, strides;
  Dims limits;
  for (const DimExpr &dim : dimsOf(x)) {
    auto extent = dim.constant();
    bool isWhole = !extent || *extent < 2 || chance(40);
    int64_t start = isWhole ? 0 : int64_t(draw(uint64_t(*extent)));
    starts.push_back(start);
    limits.push_back(isWhole ? dim : DimExpr(start + 1 + int64_t(draw(uint64_t(*extent - start)))));
    strides.push_back(isWhole ? 1 : int64_t(1 + draw(3)));
  }
  keep(b.create<SliceOp>(x, starts, DimsAttr::get(builder.getContext(), limits), strides));
}

void RandomOps::addPad() {
  Value x = find([](Value v) { return rankOf(v) > 0; });
  if (!x)
    return;
  SmallVector<int64_t> low, high, interior;
  Dims to;
  for (const DimExpr &dim : dimsOf(x)) {
    bool mayCrop = dim.constant().value_or(0) > 2;
    for (SmallVector<int64_t> *side : {&low, &high}) {
      side->push_back(int64_t(draw(3)));
      side->back() -= mayCrop && chance(30);
    }
    interior.push_back(dim.isConstant() && chance(25) ? 1 : 0);
    to.push_back(dim * DimExpr(interior.back() + 1) + DimExpr(4));
  }
  if (!fits(to))
    return;
  Type element = elementTypeOf(x);
  Value value = element.isInteger(1) ? b.scalar(double(draw(2)), element) : b.scalar(pick<double>({0, 1, -3}), element);
  keep(b.create<PadOp>(x, value, low, high, interior));
}

void RandomOps::addConcat() {
  Value x = find([](Value v) { return rankOf(v) > 0; });
  if (!x)
    return;
  int64_t dim = int64_t(draw(uint64_t(rankOf(x))));
  if (!isStatic(x, dim) && options.derivatives())
    return;
  SmallVector<Value> parts = {x, mate(x)};
  if (chance(30))
    parts.push_back(x);
  Dims to = dimsOf(x);
  to[dim] = to[dim] * DimExpr(int64_t(parts.size()));
  if (fits(to))
    keep(b.create<ConcatOp>(parts, dim));
}

void RandomOps::addReverse() {
  Value x = find([](Value v) { return rankOf(v) > 0; });
  if (x)
    keep(b.create<ReverseOp>(x, ArrayRef<int64_t>{int64_t(draw(uint64_t(rankOf(x))))}));
}

void RandomOps::addGather() {
  Value x = find([](Value v) { return rankOf(v) > 0; });
  if (!x)
    return;
  Dims from = dimsOf(x);
  int64_t axis = int64_t(draw(from.size())), batch = axis > 0 && chance(30) ? 1 : 0;
  Dims at(from.begin(), from.begin() + batch), to(from);
  at.push_back(DimExpr(pick<int64_t>({1, 3, 6})));
  to[axis] = at.back();
  if (!fits(to))
    return;
  IndexMode mode = chance(95) ? IndexMode::clamp : IndexMode::error;
  keep(b.create<GatherOp>(x, indices(at), axis, batch, mode));
}

void RandomOps::addScatter() {
  Value x = find([](Value v) { return rankOf(v) > 0; });
  if (!x)
    return;
  Dims updates = dimsOf(x);
  int64_t axis = int64_t(draw(updates.size()));
  updates[axis] = DimExpr(pick<int64_t>({1, 4, 7}));
  if (!fits(updates))
    return;
  IndexMode mode = chance(95) ? IndexMode::clamp : IndexMode::error;
  Value values = newArgument(updates, elementTypeOf(x));
  ScatterKind kind = pick({ScatterKind::add, ScatterKind::add, ScatterKind::set, ScatterKind::max, ScatterKind::min});
  if (!isNumberTensor(x)) // what adds up, and what only moves
    kind = isComplexTensor(x) && chance(80) ? ScatterKind::add : ScatterKind::set;
  keep(b.create<ScatterOp>(x, indices({updates[axis]}), values, axis, int64_t(0), mode, kind));
}

void RandomOps::addReduce() {
  Value x = find([](Value v) { return rankOf(v) > 0 && !isStorageTensor(v); });
  if (!x)
    return;
  SmallVector<int64_t> dims;
  for (int64_t dim : ascending(rankOf(x)))
    if (chance(50))
      dims.push_back(dim);
  if (dims.empty())
    dims.push_back(int64_t(draw(uint64_t(rankOf(x)))));
  if (dims.size() > 1 && chance(20))
    std::swap(dims.front(), dims.back());
  ReduceKind kind = isBoolTensor(x)      ? pick({ReduceKind::all, ReduceKind::any})
                    : isComplexTensor(x) ? ReduceKind::sum
                                         : pick({ReduceKind::sum, ReduceKind::sum, ReduceKind::sum, ReduceKind::max,
                                                 ReduceKind::min, ReduceKind::prod});
  keep(b.reduce(x, kind, dims));
}

void RandomOps::addArg() {
  Value x = find([](Value v) { return rankOf(v) > 0 && isNumberTensor(v); });
  if (!x)
    return;
  int64_t dim = int64_t(draw(uint64_t(rankOf(x))));
  keep(chance(50) ? b.create<ArgmaxOp>(x, dim) : b.create<ArgminOp>(x, dim));
}

void RandomOps::addWindow() {
  Value x = find([](Value v) { return rankOf(v) > 0 && isNumberTensor(v); });
  if (!x)
    return;
  SmallVector<int64_t> window, strides, low, high;
  for (const DimExpr &dim : dimsOf(x)) {
    int64_t extent = dim.constant().value_or(1);
    window.push_back(int64_t(1 + draw(uint64_t(std::min<int64_t>(extent, 3)))));
    strides.push_back(dim.isConstant() ? int64_t(1 + draw(2)) : 1);
    low.push_back(int64_t(draw(uint64_t(window.back()))));
    high.push_back(int64_t(draw(uint64_t(window.back()))));
  }
  if (chance(25))
    return keep(b.create<WindowArgmaxOp>(x, window, strides, low, high));
  ReduceKind kind = pick({ReduceKind::sum, ReduceKind::max, ReduceKind::min});
  keep(b.create<ReduceWindowOp>(x, kind, window, strides, low, high));
}

void RandomOps::addDot() {
  Value x = find([](Value v) { return rankOf(v) > 0 && isArithmeticTensor(v); });
  if (!x)
    return;
  // Dims of x become batch, contracted or free; the other operand is made to match, its dims in any order.
  Dims from = dimsOf(x), other, to;
  SmallVector<int64_t> lhsBatch, rhsBatch, lhsContract, rhsContract;
  SmallVector<std::pair<DimExpr, int64_t>> places; // extent, and the dim of x that it pairs with, or -1
  for (int64_t dim : ascending(rankOf(x))) {
    uint64_t role = draw(5);
    if (role < 2 && lhsContract.size() < 2)
      lhsContract.push_back(dim);
    else if (role == 2 && lhsBatch.empty())
      lhsBatch.push_back(dim);
    else
      continue;
    places.push_back({from[dim], dim});
  }
  for (uint64_t i = 0, free = draw(3); i < free && places.size() < 4; ++i)
    places.push_back({DimExpr(pick<int64_t>({1, 2, 7, 33})), -1});
  for (size_t i = places.size(); i-- > 1;)
    std::swap(places[i], places[draw(i + 1)]);
  auto placeOf = [&](int64_t dim) {
    return int64_t(llvm::find_if(places, [&](auto &entry) { return entry.second == dim; }) - places.begin());
  };
  for (int64_t dim : lhsBatch)
    rhsBatch.push_back(placeOf(dim));
  for (int64_t dim : lhsContract)
    rhsContract.push_back(placeOf(dim));
  to = from;
  for (auto &[extent, dim] : places) {
    other.push_back(extent);
    if (dim < 0)
      to.push_back(extent);
  }
  if (to.size() > 5 || !fits(other) || !fits(to))
    return;
  Type element = elementTypeOf(x);
  Value y = find([&](Value v) { return dimsOf(v) == other && elementTypeOf(v) == element; });
  if (!y)
    y = newArgument(other, element);
  Value r = b.dot(x, y, lhsBatch, rhsBatch, lhsContract, rhsContract);
  if (rankOf(r) <= 4)
    keep(r);
}

void RandomOps::addConv() {
  Value x = find([](Value v) {
    if (rankOf(v) < 3 || !isFloatTensor(v))
      return false;
    Dims dims = dimsOf(v);
    return llvm::all_of(llvm::drop_begin(dims), [](const DimExpr &dim) { return dim.isConstant(); });
  });
  if (!x)
    x = newArgument({DimExpr(2), DimExpr(5), DimExpr(6), DimExpr(4)}, builder.getF32Type());
  Dims from = dimsOf(x), weights, to = {from[0]};
  int64_t channels = *from.back().constant(), groups = channels % 2 == 0 && chance(30) ? 2 : 1;
  SmallVector<int64_t> strides, low, high, dilation;
  for (size_t i = 1; i + 1 < from.size(); ++i) {
    int64_t extent = *from[i].constant(), window = int64_t(1 + draw(uint64_t(std::min<int64_t>(extent, 3))));
    weights.push_back(DimExpr(window));
    strides.push_back(int64_t(1 + draw(2)));
    dilation.push_back((window - 1) * 2 < extent && chance(30) ? 2 : 1);
    low.push_back(int64_t(draw(2)));
    high.push_back(int64_t(draw(2)));
    to.push_back(from[i] + DimExpr(2));
  }
  weights.push_back(DimExpr(channels / groups));
  weights.push_back(DimExpr(groups * pick<int64_t>({1, 3})));
  to.push_back(weights.back());
  if (!fits(weights) || !fits(to))
    return;
  Value w = newArgument(weights, elementTypeOf(x));
  Value y = b.create<ConvOp>(x, w, strides, low, high, dilation, groups);
  keep(y);
  Dims spatial(from.begin() + 1, from.end() - 1);
  SmallVector<int64_t> window;
  for (const DimExpr &extent : ArrayRef(weights).drop_back(2))
    window.push_back(*extent.constant());
  if (chance(20))
    keep(b.create<ConvInputGradOp>(y, w, DimsAttr::get(builder.getContext(), spatial), strides, low, high, dilation,
                                   groups));
  if (chance(20))
    keep(b.create<ConvWeightGradOp>(x, y, window, strides, low, high, dilation, groups));
}

} // namespace dlc::check
