// The index maps of dot_general and the convolutions.
#include "passes/lower/ContractionTerms.h"

#include "mlir/IR/Matchers.h"

#include <numeric>

using namespace mlir;

namespace dlc {

bool ContractionTerms::isContraction(Operation *op) {
  return isa_and_nonnull<DotGeneralOp, ConvOp, ConvInputGradOp, ConvWeightGradOp>(op);
}

ContractionTerms::ContractionTerms(Operation *op) : op(op) {
  if (isa<DotGeneralOp>(op))
    describeDot();
  else if (isa<ConvOp>(op))
    describeConv();
  else if (isa<ConvInputGradOp>(op))
    describeInputGrad();
  else
    describeWeightGrad();
}

DimExpr ContractionTerms::size(ArrayRef<DimExpr> dims) {
  DimExpr product(1);
  for (const DimExpr &dim : dims)
    product = product * dim;
  return product;
}

static SmallVector<int64_t> freeDims(int64_t rank, ArrayRef<int64_t> batch, ArrayRef<int64_t> contract) {
  SmallVector<int64_t> dims;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(batch, dim) && !llvm::is_contained(contract, dim))
      dims.push_back(dim);
  return dims;
}

static Dims picked(Value x, ArrayRef<int64_t> list) {
  Dims all = dimsOf(x), dims;
  for (int64_t dim : list)
    dims.push_back(all[dim]);
  return dims;
}

void ContractionTerms::describeDot() {
  auto dot = cast<DotGeneralOp>(op);
  termOrder = dot.getOrder();
  batchDims = picked(dot.getLhs(), dot.getLhsBatch());
  kDims = picked(dot.getLhs(), dot.getLhsContract());
  mDims = picked(dot.getLhs(), freeDims(rankOf(dot.getLhs()), dot.getLhsBatch(), dot.getLhsContract()));
  nDims = picked(dot.getRhs(), freeDims(rankOf(dot.getRhs()), dot.getRhsBatch(), dot.getRhsContract()));
}

/// [first, middle...] of a tensor [first, middle..., last].
static Dims withoutLast(Value x) {
  Dims dims = dimsOf(x);
  dims.pop_back();
  return dims;
}
/// [window..., input channel] of weights [window..., input channel, output channel].
static DimExpr perGroup(Value x, int64_t groups) { return *dimsOf(x).back().exactDiv(DimExpr(groups)); }

void ContractionTerms::describeConv() {
  auto conv = cast<ConvOp>(op);
  batchDims = {DimExpr(conv.getGroups())};
  mDims = withoutLast(conv.getR());
  nDims = {perGroup(conv.getR(), conv.getGroups())};
  kDims = withoutLast(conv.getW());
}

void ContractionTerms::describeWeightGrad() {
  auto conv = cast<ConvWeightGradOp>(op);
  batchDims = {DimExpr(conv.getGroups())};
  mDims = withoutLast(conv.getR());
  nDims = {perGroup(conv.getR(), conv.getGroups())};
  kDims = withoutLast(conv.getY());
}

void ContractionTerms::describeInputGrad() {
  auto conv = cast<ConvInputGradOp>(op);
  batchDims = {DimExpr(conv.getGroups())};
  mDims = withoutLast(conv.getR());
  Dims w = dimsOf(conv.getW());
  nDims = {w[w.size() - 2]};
  kDims = Dims(w.begin(), w.end() - 2);
  kDims.push_back(perGroup(conv.getY(), conv.getGroups()));
  if (llvm::all_of(conv.getStrides(), [](int64_t stride) { return stride == 1; }))
    return;
  for (size_t i = 0; i + 2 < w.size(); ++i) {
    int64_t stride = conv.getStrides()[i], dilation = conv.getDilation()[i], low = conv.getLow()[i];
    int64_t window = *w[i].constant(), step = stride / std::gcd(dilation, stride), most = 0;
    StridedDim dim{{}, step, step * dilation / stride};
    for (int64_t residue = 0; residue < stride; ++residue) {
      int64_t first = 0;
      while (first < window && (residue + low - first * dilation) % stride != 0)
        ++first;
      int64_t count = first < window ? (window - 1 - first) / step + 1 : 0;
      dim.residues.push_back({first, count, count ? (residue + low - first * dilation) / stride : 0});
      most = std::max(most, count);
    }
    classes.push_back(dim);
    batchDims.push_back(DimExpr(stride));
    mDims[1 + i] = DimExpr::ceilDiv(mDims[1 + i], stride);
    kDims[i] = DimExpr(most);
  }
}

/// An extent to divide by, where it may be 0: then nothing that is found so is read.
static Value divisorOf(PointBuilder &b, Value extent) {
  APInt known;
  if (matchPattern(extent, m_ConstantInt(&known)) && !known.isZero())
    return extent;
  return b.b.createOrFold<arith::MaxSIOp>(b.location, extent, b.indexConstant(1));
}

/// Takes a flat index apart. A pack along the last dim stays one: it starts at a multiple of its width, which divides
/// the extent.
static SmallVector<LaneIndex> splitBy(PointBuilder &b, LaneIndex linear, ArrayRef<Value> extents) {
  SmallVector<LaneIndex> index(extents.size());
  for (size_t i = extents.size(); i-- > 0;) {
    if (i == 0) {
      index[0] = linear;
      break;
    }
    APInt extent;
    bool isKnown = matchPattern(extents[i], m_ConstantInt(&extent));
    if (!linear.lanes && linear.stride == 1 && isKnown && extent.getSExtValue() % b.width == 0) {
      LaneIndex first = b.uniform(linear.base);
      index[i] = {b.mod(first, extents[i]).base, 1, {}};
      linear = b.floorDiv(first, extents[i]);
      continue;
    }
    Value divisor = divisorOf(b, extents[i]);
    index[i] = b.mod(linear, divisor);
    linear = b.floorDiv(linear, divisor);
  }
  return index;
}

SmallVector<LaneIndex> ContractionTerms::split(PointBuilder &b, const LaneIndex &linear, ArrayRef<DimExpr> dims) const {
  SmallVector<Value> extents;
  for (const DimExpr &dim : dims)
    extents.push_back(b.extent(dim));
  return splitBy(b, linear, extents);
}

Value ContractionTerms::pick(PointBuilder &b, Value residue, const StridedDim &dim,
                             int64_t ResidueClass::*field) const {
  Value picked = b.indexConstant(dim.residues[0].*field);
  for (size_t i = 1; i < dim.residues.size(); ++i) {
    Value isThis = b.b.createOrFold<arith::CmpIOp>(b.location, arith::CmpIPredicate::eq, residue, b.indexConstant(i));
    Value here = b.indexConstant(dim.residues[i].*field);
    picked = b.b.createOrFold<arith::SelectOp>(b.location, isThis, here, picked);
  }
  return picked;
}

SmallVector<Value> ContractionTerms::termExtents(PointBuilder &b, ArrayRef<LaneIndex> batchIndex) const {
  SmallVector<Value> extents;
  for (auto [i, dim] : llvm::enumerate(kDims))
    extents.push_back(i < classes.size() ? pick(b, batchIndex[1 + i].base, classes[i], &ResidueClass::count)
                                         : b.extent(dim));
  return extents;
}

Value ContractionTerms::terms(PointBuilder &b, Value batch) const {
  if (classes.empty())
    return b.extent(k());
  Value count = b.indexConstant(1);
  for (Value extent : termExtents(b, split(b, b.uniform(batch), batchDims)))
    count = b.b.createOrFold<arith::MulIOp>(b.location, count, extent);
  return count;
}

/// Reads `x` where the coordinates `dims` of `index` lie inside; elsewhere, in the padding, it is +0.
PointValue ContractionTerms::readPadded(PointBuilder &b, Value x, ArrayRef<LaneIndex> index,
                                        ArrayRef<int64_t> dims) const {
  Dims extents = dimsOf(x);
  PointValue inside = {{arith::ConstantIntOp::create(b.b, b.location, 1, 1), DType::Bool}, true};
  for (int64_t dim : dims) {
    inside = b.logicalAnd(inside, b.compare(arith::CmpIPredicate::sge, index[dim], b.constant(0)));
    LaneIndex end = b.uniform(b.extent(extents[dim]));
    inside = b.logicalAnd(inside, b.compare(arith::CmpIPredicate::slt, index[dim], end));
  }
  PointValue value = b.guarded(inside, [&] { return b.read(x, index); });
  PointValue zero = {b.scalars.constant(value.value, 0.0), value.isUniform};
  return b.select(inside, value, zero);
}

/// Dims of the window that may read padding: those whose index can leave the operand.
template <class Op> static SmallVector<int64_t> paddedDims(Op op, bool isForward) {
  SmallVector<int64_t> dims;
  for (size_t i = 0; i < op.getStrides().size(); ++i)
    if (!isForward || op.getLow()[i] != 0 || op.getHigh()[i] != 0)
      dims.push_back(int64_t(i) + 1);
  return dims;
}

/// Where the window at output position `out` reads the input: `out * stride + within * dilation - low`.
template <class Op>
static LaneIndex sourceOf(PointBuilder &b, Op op, size_t i, const LaneIndex &out, const LaneIndex &within) {
  LaneIndex at = b.add(b.mul(out, op.getStrides()[i]), b.mul(within, op.getDilation()[i]));
  return op.getLow()[i] == 0 ? at : b.sub(at, b.constant(op.getLow()[i]));
}

PointValue ContractionTerms::left(PointBuilder &b, Value batch, const LaneIndex &m, const LaneIndex &k) const {
  auto groups = split(b, b.uniform(batch), batchDims), rows = split(b, m, mDims);
  auto terms = splitBy(b, k, termExtents(b, groups));
  if (auto dot = dyn_cast<DotGeneralOp>(op)) {
    SmallVector<LaneIndex> index(rankOf(dot.getLhs()));
    for (auto [i, dim] : llvm::enumerate(dot.getLhsBatch()))
      index[dim] = groups[i];
    for (auto [i, dim] : llvm::enumerate(dot.getLhsContract()))
      index[dim] = terms[i];
    for (auto [i, dim] : llvm::enumerate(freeDims(rankOf(dot.getLhs()), dot.getLhsBatch(), dot.getLhsContract())))
      index[dim] = rows[i];
    return b.read(dot.getLhs(), index);
  }
  SmallVector<LaneIndex> index;
  auto channel = [&](const LaneIndex &within, const DimExpr &perGroup) {
    return b.add(b.mul(groups[0], b.extent(perGroup)), within);
  };
  if (auto conv = dyn_cast<ConvOp>(op)) {
    index.push_back(rows[0]);
    for (size_t i = 0; i < conv.getStrides().size(); ++i)
      index.push_back(sourceOf(b, conv, i, rows[1 + i], terms[i]));
    index.push_back(channel(terms.back(), kDims.back()));
    return readPadded(b, conv.getX(), index, paddedDims(conv, true));
  }
  if (auto conv = dyn_cast<ConvWeightGradOp>(op)) {
    index.push_back(terms[0]);
    for (size_t i = 0; i < conv.getStrides().size(); ++i)
      index.push_back(sourceOf(b, conv, i, terms[1 + i], rows[i]));
    index.push_back(channel(rows.back(), mDims.back()));
    return readPadded(b, conv.getX(), index, paddedDims(conv, true));
  }
  auto conv = cast<ConvInputGradOp>(op);
  index.push_back(rows[0]);
  for (size_t i = 0; i < conv.getStrides().size(); ++i) {
    if (classes.empty()) {
      LaneIndex at = b.sub(rows[1 + i], b.mul(terms[i], conv.getDilation()[i]));
      index.push_back(conv.getLow()[i] == 0 ? at : b.add(at, b.constant(conv.getLow()[i])));
      continue;
    }
    Value first = pick(b, groups[1 + i].base, classes[i], &ResidueClass::firstOutput);
    index.push_back(b.sub(b.add(rows[1 + i], b.uniform(first)), b.mul(terms[i], classes[i].outputStep)));
  }
  index.push_back(channel(terms.back(), kDims.back()));
  return readPadded(b, conv.getY(), index, paddedDims(conv, false));
}

PointValue ContractionTerms::right(PointBuilder &b, Value batch, const LaneIndex &n, const LaneIndex &k) const {
  auto groups = split(b, b.uniform(batch), batchDims), columns = split(b, n, nDims);
  auto terms = splitBy(b, k, termExtents(b, groups));
  if (auto dot = dyn_cast<DotGeneralOp>(op)) {
    SmallVector<LaneIndex> index(rankOf(dot.getRhs()));
    for (auto [i, dim] : llvm::enumerate(dot.getRhsBatch()))
      index[dim] = groups[i];
    for (auto [i, dim] : llvm::enumerate(dot.getRhsContract()))
      index[dim] = terms[i];
    for (auto [i, dim] : llvm::enumerate(freeDims(rankOf(dot.getRhs()), dot.getRhsBatch(), dot.getRhsContract())))
      index[dim] = columns[i];
    return b.read(dot.getRhs(), index);
  }
  auto channel = [&](const LaneIndex &within, const DimExpr &perGroup) {
    return b.add(b.mul(groups[0], b.extent(perGroup)), within);
  };
  SmallVector<LaneIndex> index(terms);
  if (auto conv = dyn_cast<ConvInputGradOp>(op)) { // w[window..., n, group * perGroup + k]
    for (size_t i = 0; i < classes.size(); ++i) {
      Value first = pick(b, groups[1 + i].base, classes[i], &ResidueClass::firstWindow);
      index[i] = b.add(b.mul(terms[i], classes[i].windowStep), b.uniform(first));
    }
    index.back() = columns[0];
    index.push_back(channel(terms.back(), kDims.back()));
    return b.read(conv.getW(), index);
  }
  // w[k..., group * perGroup + n], and so is y for the weights' gradient.
  index.push_back(channel(columns[0], nDims[0]));
  return b.read(op->getOperand(1), index);
}

SmallVector<LaneIndex> ContractionTerms::resultIndex(PointBuilder &b, Value batch, const LaneIndex &m,
                                                     const LaneIndex &n) const {
  auto groups = split(b, b.uniform(batch), batchDims), rows = split(b, m, mDims), columns = split(b, n, nDims);
  SmallVector<LaneIndex> index;
  if (isa<DotGeneralOp>(op)) {
    index.append(groups);
    index.append(rows);
    index.append(columns);
    return index;
  }
  for (size_t i = 0; i < classes.size(); ++i) // position q of residue class r is q * stride + r
    rows[1 + i] = b.add(b.mul(rows[1 + i], int64_t(classes[i].residues.size())), groups[1 + i]);
  index.append(rows);
  index.push_back(b.add(b.mul(groups[0], b.extent(nDims[0])), columns[0]));
  return index;
}

PointValue ContractionTerms::isInside(PointBuilder &b, Value batch, const LaneIndex &m) const {
  PointValue inside = {{arith::ConstantIntOp::create(b.b, b.location, 1, 1), DType::Bool}, true};
  auto index = resultIndex(b, batch, m, b.constant(0));
  Dims dims = dimsOf(op->getResult(0));
  for (size_t i = 0; i < classes.size(); ++i)
    inside = b.logicalAnd(inside, b.compare(arith::CmpIPredicate::slt, index[1 + i], b.uniform(b.extent(dims[1 + i]))));
  return inside;
}

//===--- What is contiguous ---===//

/// Contiguity of a tensor whose last dim is the last of `inner` or of `outer`.
static ContractionTerms::Contiguity contiguityOf(int64_t rank, ArrayRef<int64_t> outer, ArrayRef<int64_t> inner,
                                                 Value x) {
  using Along = ContractionTerms::Along;
  if (rank == 0)
    return {};
  DimExpr run = dimsOf(x).back();
  if (!inner.empty() && inner.back() == rank - 1)
    return {Along::inner, run};
  if (!outer.empty() && outer.back() == rank - 1)
    return {Along::outer, run};
  return {};
}

ContractionTerms::Contiguity ContractionTerms::leftContiguity() const {
  if (auto dot = dyn_cast<DotGeneralOp>(op)) {
    int64_t rank = rankOf(dot.getLhs());
    return contiguityOf(rank, freeDims(rank, dot.getLhsBatch(), dot.getLhsContract()), dot.getLhsContract(),
                        dot.getLhs());
  }
  // Channels of the group: terms but for the weights' gradient, where they are rows.
  if (isa<ConvWeightGradOp>(op))
    return {Along::outer, mDims.back()};
  return {Along::inner, kDims.back()};
}

ContractionTerms::Contiguity ContractionTerms::rightContiguity() const {
  if (auto dot = dyn_cast<DotGeneralOp>(op)) {
    int64_t rank = rankOf(dot.getRhs());
    return contiguityOf(rank, freeDims(rank, dot.getRhsBatch(), dot.getRhsContract()), dot.getRhsContract(),
                        dot.getRhs());
  }
  if (isa<ConvInputGradOp>(op))
    return {Along::inner, kDims.back()};
  return {Along::outer, nDims.back()};
}

ContractionTerms::Contiguity ContractionTerms::resultContiguity() const {
  if (nDims.empty())
    return {};
  return {Along::outer, nDims.back()};
}

} // namespace dlc
