// Sums of products: dot_general (numerics N5) and the three convolutions (N6). For each op: infer, evaluate, buildVjp.
#include "dialects/dlc/Dlc.h"

using namespace mlir;
using namespace dlc;

using Index = std::vector<int64_t>;

Order dlc::defaultDotOrder(int64_t lhsRank, int64_t rhsRank, ArrayRef<int64_t> lhsBatch, ArrayRef<int64_t> lhsContract,
                           ArrayRef<int64_t> rhsContract) {
  if (lhsContract.empty())
    return Order::chain;
  bool lastOfBoth = lhsContract.back() == lhsRank - 1 && rhsContract.back() == rhsRank - 1;
  int64_t used = int64_t(lhsBatch.size() + lhsContract.size());
  return lastOfBoth && (lhsRank == used || rhsRank == used) ? Order::lanes : Order::chain;
}

namespace {
/// A sum of products that takes its terms one by one, in the order of N5.
template <class T> class BlockedSum {
public:
  explicit BlockedSum(Order order) : order(order) {}

  void add(T x, T y) {
    if (count == 1024)
      endBlock();
    T &sum = lanes[order == Order::lanes ? count % 32 : 0];
    sum = fused(x, y, order == Order::lanes && count < 32 ? T(0) : count == 0 ? T(0) : sum);
    ++count;
  }

  T result() {
    if (count > 0 || isFirst)
      endBlock();
    return total;
  }

private:
  void endBlock() {
    T block = count == 0 ? T(0) : lanes[0];
    if (order == Order::lanes && count > 0) {
      int64_t present = std::min<int64_t>(count, 32);
      for (int64_t half = 16; half > 0; half /= 2)
        for (int64_t lane = 0; lane < half; ++lane)
          if (lane + half < present)
            lanes[lane] = plus(lanes[lane], lanes[lane + half]);
      block = lanes[0];
    }
    total = isFirst ? block : plus(total, block);
    isFirst = false;
    count = 0;
  }

  Order order;
  T lanes[32] = {}, total = T(0);
  int64_t count = 0;
  bool isFirst = true;
};
} // namespace

//===--- dot_general ---===//

static SmallVector<int64_t> freeDims(int64_t rank, ArrayRef<int64_t> batch, ArrayRef<int64_t> contract) {
  SmallVector<int64_t> dims;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(batch, dim) && !llvm::is_contained(contract, dim))
      dims.push_back(dim);
  return dims;
}

static SmallVector<int64_t> joined(ArrayRef<int64_t> x, ArrayRef<int64_t> y) {
  SmallVector<int64_t> both(x);
  both.append(y.begin(), y.end());
  return both;
}

static LogicalResult checkElements(const InferError &error, StringRef lhs, Value a, StringRef rhs, Value b) {
  if (elementTypeOf(a) == elementTypeOf(b))
    return success();
  return error.fail("expected '", lhs, "' and '", rhs, "' of one element type, but got ", elementTypeOf(a), " and ",
                    elementTypeOf(b));
}

LogicalResult DotGeneralOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                             SmallVectorImpl<Type> &types) {
  InferError error(getOperationName(), location);
  Dims lhs = dimsOf(op.getLhs()), rhs = dimsOf(op.getRhs()), to;
  if (failed(checkElements(error, "lhs", op.getLhs(), "rhs", op.getRhs())) ||
      failed(error.checkCount("rhs_batch", op.getRhsBatch().size(), op.getLhsBatch().size())) ||
      failed(error.checkCount("rhs_contract", op.getRhsContract().size(), op.getLhsContract().size())) ||
      failed(error.checkDims("lhs_batch and lhs_contract", joined(op.getLhsBatch(), op.getLhsContract()),
                             int64_t(lhs.size()))) ||
      failed(error.checkDims("rhs_batch and rhs_contract", joined(op.getRhsBatch(), op.getRhsContract()),
                             int64_t(rhs.size()))))
    return failure();
  auto left = joined(op.getLhsBatch(), op.getLhsContract()), right = joined(op.getRhsBatch(), op.getRhsContract());
  for (auto [i, j] : llvm::zip(left, right))
    if (failed(error.checkEqual("lhs", i, lhs[i], "rhs", j, rhs[j])))
      return failure();
  for (int64_t dim : op.getLhsBatch())
    to.push_back(lhs[dim]);
  for (int64_t dim : freeDims(int64_t(lhs.size()), op.getLhsBatch(), op.getLhsContract()))
    to.push_back(lhs[dim]);
  for (int64_t dim : freeDims(int64_t(rhs.size()), op.getRhsBatch(), op.getRhsContract()))
    to.push_back(rhs[dim]);
  types.push_back(tensorType(to, elementTypeOf(op.getLhs())));
  return success();
}

/// Offsets of the listed dims of a tensor, flattened row-major in the listed order.
static Index offsetsOf(const HostTensor &x, ArrayRef<int64_t> dims) {
  Index shape, offsets, strides = x.strides();
  for (int64_t dim : dims)
    shape.push_back(x.shape[dim]);
  forEachIndex(shape, [&](const Index &index) {
    int64_t offset = 0;
    for (auto [i, dim] : llvm::enumerate(dims))
      offset += index[i] * strides[dim];
    offsets.push_back(offset);
  });
  return offsets;
}

/// With a last dim of 1.
static Value withLastDim(DlcBuilder &b, Value x) {
  Dims dims = dimsOf(x);
  dims.push_back(DimExpr(1));
  return b.reshape(x, dims);
}

/// Each part contracts one dim more, the last one listed, which holds the two products that a term has.
Value DotGeneralOp::buildFromParts(DlcBuilder &b) {
  Value lhs = withLastDim(b, getLhs()), rhs = withLastDim(b, getRhs());
  Value lhsRe = b.real(lhs), lhsIm = b.imag(lhs), rhsRe = b.real(rhs), rhsIm = b.imag(rhs);
  SmallVector<int64_t> lhsContract = joined(getLhsContract(), {rankOf(getLhs())});
  SmallVector<int64_t> rhsContract = joined(getRhsContract(), {rankOf(getRhs())});
  auto dot = [&](Value lhsFirst, Value lhsSecond, Value rhsFirst, Value rhsSecond) -> Value {
    Value left = b.create<ConcatOp>(SmallVector<Value>{lhsFirst, lhsSecond}, rankOf(getLhs()));
    Value right = b.create<ConcatOp>(SmallVector<Value>{rhsFirst, rhsSecond}, rankOf(getRhs()));
    return b.create<DotGeneralOp>(left, right, getLhsBatch(), getRhsBatch(), lhsContract, rhsContract, getOrder());
  };
  Value re = dot(lhsRe, b.neg(lhsIm), rhsRe, rhsIm), im = dot(lhsRe, lhsIm, rhsIm, rhsRe);
  return b.complex(re, im);
}

void DotGeneralOp::evaluate(EvaluateContext &context, ArrayRef<HostTensor> inputs,
                            MutableArrayRef<HostTensor> outputs) {
  if (isPartwise(*this))
    return evaluateByParts(*this, context, inputs, outputs);
  const HostTensor &lhs = inputs[0], &rhs = inputs[1];
  Index lhsBatch = offsetsOf(lhs, getLhsBatch()), rhsBatch = offsetsOf(rhs, getRhsBatch());
  Index lhsFree = offsetsOf(lhs, freeDims(lhs.rank(), getLhsBatch(), getLhsContract()));
  Index rhsFree = offsetsOf(rhs, freeDims(rhs.rank(), getRhsBatch(), getRhsContract()));
  Index lhsTerms = offsetsOf(lhs, getLhsContract()), rhsTerms = offsetsOf(rhs, getRhsContract());
  withAccumulator(lhs.type, [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> x = readAll<T>(lhs), y = readAll<T>(rhs), results;
    for (size_t b = 0; b < lhsBatch.size(); ++b)
      for (int64_t m : lhsFree)
        for (int64_t n : rhsFree) {
          BlockedSum<T> sum(getOrder());
          for (size_t k = 0; k < lhsTerms.size(); ++k)
            sum.add(x[lhsBatch[b] + m + lhsTerms[k]], y[rhsBatch[b] + n + rhsTerms[k]]);
          results.push_back(sum.result());
        }
    writeAll(outputs[0], results);
  });
}

/// The gradient of one side: the cotangent against the other side, its dims brought back into the side's order.
static Value dotGradSide(DlcBuilder &b, Value ct, Value side, Value other, ArrayRef<int64_t> batch,
                         ArrayRef<int64_t> otherBatch, ArrayRef<int64_t> contract, ArrayRef<int64_t> otherContract,
                         bool isLhs) {
  int64_t batches = int64_t(batch.size());
  SmallVector<int64_t> sideFree = freeDims(rankOf(side), batch, contract);
  SmallVector<int64_t> otherFree = freeDims(rankOf(other), otherBatch, otherContract);
  SmallVector<int64_t> ctBatch, ctContract;
  for (int64_t i = 0; i < batches; ++i)
    ctBatch.push_back(i);
  int64_t first = batches + (isLhs ? int64_t(sideFree.size()) : 0);
  for (int64_t i = 0; i < int64_t(otherFree.size()); ++i)
    ctContract.push_back(first + i);
  Value grad = b.dot(ct, other, ctBatch, otherBatch, ctContract, otherFree);
  // grad: batch, free dims of the side, then the other's contracted dims in ascending order.
  SmallVector<int64_t> ascending(otherContract);
  llvm::sort(ascending);
  SmallVector<int64_t> perm(rankOf(side));
  for (auto [i, dim] : llvm::enumerate(batch))
    perm[dim] = int64_t(i);
  for (auto [i, dim] : llvm::enumerate(sideFree))
    perm[dim] = batches + int64_t(i);
  for (auto [dim, otherDim] : llvm::zip(contract, otherContract))
    perm[dim] = batches + int64_t(sideFree.size()) + (llvm::find(ascending, otherDim) - ascending.begin());
  return b.transpose(grad, perm);
}

SmallVector<Value> DotGeneralOp::buildVjp(DlcBuilder &b, ArrayRef<Value> cts) {
  return {dotGradSide(b, cts[0], getLhs(), getRhs(), getLhsBatch(), getRhsBatch(), getLhsContract(), getRhsContract(),
                      true),
          dotGradSide(b, cts[0], getRhs(), getLhs(), getRhsBatch(), getLhsBatch(), getRhsContract(), getLhsContract(),
                      false)};
}

/// The tangent of a product: one product for each operand that has a tangent, added first to last.
static SmallVector<Value> bilinearJvp(DlcBuilder &b, Operation *op, ArrayRef<Value> tangents) {
  Value x = op->getOperand(0), y = op->getOperand(1);
  Value left = tangents[0] ? b.again(op, {tangents[0], y}) : Value();
  Value right = tangents[1] ? b.again(op, {x, tangents[1]}) : Value();
  return {b.sum(left, right)};
}

SmallVector<Value> DotGeneralOp::buildJvp(DlcBuilder &b, ArrayRef<Value> tangents) {
  return bilinearJvp(b, *this, tangents);
}

/// A batch of one operand is one more free dim of it, a batch of both is one more batch dim, the first.
SmallVector<Batched> DotGeneralOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &) {
  const Batched &lhs = operands[0], &rhs = operands[1];
  int64_t left = lhs.dim.value_or(rankOf(lhs.value)), right = rhs.dim.value_or(rankOf(rhs.value));
  SmallVector<int64_t> lhsBatch = dimsBeside(left, getLhsBatch()), rhsBatch = dimsBeside(right, getRhsBatch());
  SmallVector<int64_t> lhsContract = dimsBeside(left, getLhsContract());
  SmallVector<int64_t> rhsContract = dimsBeside(right, getRhsContract());
  // Where the batch lies in the result: behind the batch dims, and the free dims that come before it.
  auto freeBefore = [](int64_t at, ArrayRef<int64_t> batch, ArrayRef<int64_t> contract) {
    return int64_t(freeDims(at, batch, contract).size());
  };
  int64_t dim = int64_t(lhsBatch.size()) + freeBefore(left, lhsBatch, lhsContract);
  if (!lhs.dim)
    dim += freeBefore(right, rhsBatch, rhsContract);
  if (lhs.dim && rhs.dim) {
    lhsBatch.insert(lhsBatch.begin(), left);
    rhsBatch.insert(rhsBatch.begin(), right);
    dim = 0;
  }
  return {
      {b.create<DotGeneralOp>(lhs.value, rhs.value, lhsBatch, rhsBatch, lhsContract, rhsContract, getOrder()), dim}};
}

//===--- convolutions ---===//

/// The extents of a convolution beside its attributes. Symbolic extents are allowed for the batch only.
static LogicalResult checkConvAttributes(const InferError &error, size_t spatial, ArrayRef<int64_t> strides,
                                         ArrayRef<int64_t> low, ArrayRef<int64_t> high, ArrayRef<int64_t> dilation,
                                         int64_t groups) {
  if (spatial < 1 || spatial > 3)
    return error.fail("expected operands with 1 to 3 spatial dimensions, but got ", spatial);
  if (failed(error.checkCount("strides", strides.size(), spatial)) ||
      failed(error.checkCount("low", low.size(), spatial)) || failed(error.checkCount("high", high.size(), spatial)) ||
      failed(error.checkCount("dilation", dilation.size(), spatial)))
    return failure();
  for (size_t i = 0; i < spatial; ++i) {
    if (strides[i] < 1 || dilation[i] < 1)
      return error.fail("expected entries ", i, " of 'strides' and 'dilation' to be positive, but got ", strides[i],
                        " and ", dilation[i]);
    if (low[i] < 0 || high[i] < 0)
      return error.fail("expected entries ", i, " of 'low' and 'high' not to be negative, but got ", low[i], " and ",
                        high[i]);
  }
  if (groups < 1)
    return error.fail("expected 'groups' to be positive, but got ", groups);
  return success();
}

/// Extent of a spatial dim of the output.
static DimExpr convExtent(const DimExpr &input, int64_t window, int64_t stride, int64_t padding, int64_t dilation) {
  return DimExpr::floorDiv(input + DimExpr(padding - (window - 1) * dilation - 1), stride) + DimExpr(1);
}

LogicalResult ConvOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                       SmallVectorImpl<Type> &types) {
  InferError error(getOperationName(), location);
  Dims x = dimsOf(op.getX()), w = dimsOf(op.getW());
  if (x.size() != w.size() || x.size() < 3)
    return error.fail("expected 'x' and 'w' of one rank, 3 to 5, but got ", x.size(), " and ", w.size());
  size_t spatial = x.size() - 2;
  int64_t groups = op.getGroups();
  if (failed(checkElements(error, "x", op.getX(), "w", op.getW())) ||
      failed(checkConvAttributes(error, spatial, op.getStrides(), op.getLow(), op.getHigh(), op.getDilation(), groups)))
    return failure();
  if (x.back() != w[spatial] * DimExpr(groups))
    return error.fail("expected dimension ", spatial + 1, " of 'x' to equal dimension ", spatial,
                      " of 'w' times 'groups', but got ", x.back().str(), " and ", w[spatial].str(), " times ", groups);
  if (!w.back().exactDiv(DimExpr(groups)))
    return error.fail("expected dimension ", spatial + 1, " of 'w' to be a multiple of 'groups', but got ",
                      w.back().str(), " and ", groups);
  Dims to = {x[0]};
  for (size_t i = 0; i < spatial; ++i) {
    auto window = w[i].constant();
    if (!window || *window < 1)
      return error.fail("expected dimension ", i, " of 'w' to be a positive constant, but got ", w[i].str());
    to.push_back(
        convExtent(x[1 + i], *window, op.getStrides()[i], op.getLow()[i] + op.getHigh()[i], op.getDilation()[i]));
    auto extent = to.back().constant();
    if (extent && *extent < 1)
      return error.fail("expected the window of spatial dimension ", i, " to fit its padded extent, but got ",
                        (*window - 1) * op.getDilation()[i] + 1, " and ",
                        (x[1 + i] + DimExpr(op.getLow()[i] + op.getHigh()[i])).str());
  }
  to.push_back(w.back());
  types.push_back(tensorType(to, elementTypeOf(op.getX())));
  return success();
}

LogicalResult ConvInputGradOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                                SmallVectorImpl<Type> &types) {
  InferError error(getOperationName(), location);
  Dims y = dimsOf(op.getY()), w = dimsOf(op.getW()), spatial(op.getSpatial().getDims());
  if (y.size() != w.size() || y.size() < 3)
    return error.fail("expected 'y' and 'w' of one rank, 3 to 5, but got ", y.size(), " and ", w.size());
  size_t count = y.size() - 2;
  if (failed(checkElements(error, "y", op.getY(), "w", op.getW())) ||
      failed(checkConvAttributes(error, count, op.getStrides(), op.getLow(), op.getHigh(), op.getDilation(),
                                 op.getGroups())) ||
      failed(error.checkCount("spatial", spatial.size(), count)) ||
      failed(error.checkEqual("y", int64_t(count) + 1, y.back(), "w", int64_t(count) + 1, w.back())))
    return failure();
  if (!w.back().exactDiv(DimExpr(op.getGroups())))
    return error.fail("expected dimension ", count + 1, " of 'w' to be a multiple of 'groups', but got ",
                      w.back().str(), " and ", op.getGroups());
  Dims to = {y[0]};
  for (size_t i = 0; i < count; ++i) {
    auto window = w[i].constant();
    if (!window || *window < 1)
      return error.fail("expected dimension ", i, " of 'w' to be a positive constant, but got ", w[i].str());
    DimExpr expected =
        convExtent(spatial[i], *window, op.getStrides()[i], op.getLow()[i] + op.getHigh()[i], op.getDilation()[i]);
    if (expected != y[1 + i])
      return error.fail("expected dimension ", i + 1, " of 'y' to be ", expected.str(), " for spatial extent ",
                        spatial[i].str(), ", but got ", y[1 + i].str());
    to.push_back(spatial[i]);
  }
  to.push_back(w[count] * DimExpr(op.getGroups()));
  types.push_back(tensorType(to, elementTypeOf(op.getY())));
  return success();
}

LogicalResult ConvWeightGradOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                                 SmallVectorImpl<Type> &types) {
  InferError error(getOperationName(), location);
  Dims x = dimsOf(op.getX()), y = dimsOf(op.getY()), to;
  if (x.size() != y.size() || x.size() < 3)
    return error.fail("expected 'x' and 'y' of one rank, 3 to 5, but got ", x.size(), " and ", y.size());
  size_t count = x.size() - 2;
  if (failed(checkElements(error, "x", op.getX(), "y", op.getY())) ||
      failed(checkConvAttributes(error, count, op.getStrides(), op.getLow(), op.getHigh(), op.getDilation(),
                                 op.getGroups())) ||
      failed(error.checkCount("window_shape", op.getWindowShape().size(), count)) ||
      failed(error.checkEqual("x", 0, x[0], "y", 0, y[0])))
    return failure();
  for (size_t i = 0; i < count; ++i) {
    int64_t window = op.getWindowShape()[i];
    if (window < 1)
      return error.fail("expected entry ", i, " of 'window_shape' to be positive, but got ", window);
    DimExpr expected =
        convExtent(x[1 + i], window, op.getStrides()[i], op.getLow()[i] + op.getHigh()[i], op.getDilation()[i]);
    if (expected != y[1 + i])
      return error.fail("expected dimension ", i + 1, " of 'y' to be ", expected.str(), " for a window of ", window,
                        ", but got ", y[1 + i].str());
    to.push_back(DimExpr(window));
  }
  auto channels = x.back().exactDiv(DimExpr(op.getGroups()));
  if (!channels)
    return error.fail("expected dimension ", count + 1, " of 'x' to be a multiple of 'groups', but got ",
                      x.back().str(), " and ", op.getGroups());
  if (!y.back().exactDiv(DimExpr(op.getGroups())))
    return error.fail("expected dimension ", count + 1, " of 'y' to be a multiple of 'groups', but got ",
                      y.back().str(), " and ", op.getGroups());
  to.push_back(*channels);
  to.push_back(y.back());
  types.push_back(tensorType(to, elementTypeOf(op.getX())));
  return success();
}

namespace {
/// The geometry that the three convolutions share: which input position a window position of an output position reads.
struct ConvGeometry {
  ArrayRef<int64_t> strides, low, dilation;
  Index window, input, output; // spatial extents

  /// The spatial input position, or nothing when it lies in the padding.
  std::optional<Index> source(const Index &out, const Index &within) const {
    Index at(out.size());
    for (size_t i = 0; i < at.size(); ++i) {
      at[i] = out[i] * strides[i] + within[i] * dilation[i] - low[i];
      if (at[i] < 0 || at[i] >= input[i])
        return std::nullopt;
    }
    return at;
  }
};

template <class Op> ConvGeometry geometryOf(Op op, const HostTensor &x, const HostTensor &w, const HostTensor &y) {
  size_t spatial = size_t(x.rank()) - 2;
  ConvGeometry g{op.getStrides(), op.getLow(), op.getDilation(), {}, {}, {}};
  g.window.assign(w.shape.begin(), w.shape.begin() + spatial);
  g.input.assign(x.shape.begin() + 1, x.shape.begin() + 1 + spatial);
  g.output.assign(y.shape.begin() + 1, y.shape.begin() + 1 + spatial);
  return g;
}

/// [first, middle..., last] in the row-major strides of a tensor.
int64_t place(const Index &strides, int64_t first, const Index &middle, int64_t last) {
  int64_t offset = first * strides[0] + last;
  for (size_t i = 0; i < middle.size(); ++i)
    offset += middle[i] * strides[i + 1];
  return offset;
}
/// The same for weights: [window..., input channel, output channel].
int64_t weightPlace(const Index &strides, const Index &within, int64_t in, int64_t out) {
  int64_t offset = in * strides[within.size()] + out;
  for (size_t i = 0; i < within.size(); ++i)
    offset += within[i] * strides[i];
  return offset;
}
} // namespace

void ConvOp::evaluate(EvaluateContext &, ArrayRef<HostTensor> inputs, MutableArrayRef<HostTensor> outputs) {
  const HostTensor &xs = inputs[0], &ws = inputs[1], &ys = outputs[0];
  ConvGeometry g = geometryOf(*this, xs, ws, ys);
  Index xStride = xs.strides(), wStride = ws.strides();
  int64_t outs = ys.shape.back(), ins = ws.shape[g.window.size()], outsPerGroup = outs / getGroups();
  withAccumulator(xs.type, [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> x = readAll<T>(xs), w = readAll<T>(ws), results;
    for (int64_t n = 0; n < xs.shape[0]; ++n)
      forEachIndex(g.output, [&](const Index &out) {
        for (int64_t o = 0; o < outs; ++o) {
          BlockedSum<T> sum(Order::chain);
          forEachIndex(g.window, [&](const Index &within) {
            auto at = g.source(out, within);
            for (int64_t c = 0; c < ins; ++c)
              sum.add(at ? x[place(xStride, n, *at, o / outsPerGroup * ins + c)] : T(0),
                      w[weightPlace(wStride, within, c, o)]);
          });
          results.push_back(sum.result());
        }
      });
    writeAll(outputs[0], results);
  });
}

void ConvInputGradOp::evaluate(EvaluateContext &, ArrayRef<HostTensor> inputs, MutableArrayRef<HostTensor> outputs) {
  const HostTensor &ys = inputs[0], &ws = inputs[1], &xs = outputs[0];
  ConvGeometry g = geometryOf(*this, xs, ws, ys);
  Index yStride = ys.strides(), wStride = ws.strides();
  int64_t ins = ws.shape[g.window.size()], outsPerGroup = ys.shape.back() / getGroups();
  withAccumulator(ys.type, [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> y = readAll<T>(ys), w = readAll<T>(ws), results;
    for (int64_t n = 0; n < xs.shape[0]; ++n)
      forEachIndex(g.input, [&](const Index &at) {
        for (int64_t c = 0; c < xs.shape.back(); ++c) {
          int64_t group = c / ins;
          BlockedSum<T> sum(Order::chain);
          forEachIndex(g.window, [&](const Index &within) {
            Index out(at.size());
            bool isInside = true;
            for (size_t i = 0; i < at.size(); ++i) {
              int64_t from = at[i] + g.low[i] - within[i] * g.dilation[i];
              if (from % g.strides[i] != 0)
                return; // a hole: no term
              out[i] = from / g.strides[i];
              isInside &= from >= 0 && out[i] < g.output[i];
            }
            for (int64_t o = 0; o < outsPerGroup; ++o)
              sum.add(isInside ? y[place(yStride, n, out, group * outsPerGroup + o)] : T(0),
                      w[weightPlace(wStride, within, c % ins, group * outsPerGroup + o)]);
          });
          results.push_back(sum.result());
        }
      });
    writeAll(outputs[0], results);
  });
}

void ConvWeightGradOp::evaluate(EvaluateContext &, ArrayRef<HostTensor> inputs, MutableArrayRef<HostTensor> outputs) {
  const HostTensor &xs = inputs[0], &ys = inputs[1], &ws = outputs[0];
  ConvGeometry g = geometryOf(*this, xs, ws, ys);
  Index xStride = xs.strides(), yStride = ys.strides();
  int64_t ins = ws.shape[g.window.size()], outs = ys.shape.back(), outsPerGroup = outs / getGroups();
  withAccumulator(xs.type, [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> x = readAll<T>(xs), y = readAll<T>(ys), results;
    forEachIndex(g.window, [&](const Index &within) {
      for (int64_t c = 0; c < ins; ++c)
        for (int64_t o = 0; o < outs; ++o) {
          BlockedSum<T> sum(Order::chain);
          for (int64_t n = 0; n < xs.shape[0]; ++n)
            forEachIndex(g.output, [&](const Index &out) {
              auto at = g.source(out, within);
              sum.add(at ? x[place(xStride, n, *at, o / outsPerGroup * ins + c)] : T(0), y[place(yStride, n, out, o)]);
            });
          results.push_back(sum.result());
        }
    });
    writeAll(outputs[0], results);
  });
}

static Dims middleDims(Value x) {
  Dims dims = dimsOf(x);
  return Dims(dims.begin() + 1, dims.end() - 1);
}
static SmallVector<int64_t> windowOf(Value w) {
  SmallVector<int64_t> window(cast<RankedTensorType>(w.getType()).getShape().drop_back(2));
  return window;
}

SmallVector<Value> ConvOp::buildVjp(DlcBuilder &b, ArrayRef<Value> cts) {
  return {b.create<ConvInputGradOp>(cts[0], getW(), DimsAttr::get(getContext(), middleDims(getX())), getStrides(),
                                    getLow(), getHigh(), getDilation(), getGroups()),
          b.create<ConvWeightGradOp>(getX(), cts[0], windowOf(getW()), getStrides(), getLow(), getHigh(), getDilation(),
                                     getGroups())};
}

SmallVector<Value> ConvOp::buildJvp(DlcBuilder &b, ArrayRef<Value> tangents) { return bilinearJvp(b, *this, tangents); }

SmallVector<Value> ConvInputGradOp::buildVjp(DlcBuilder &b, ArrayRef<Value> cts) {
  return {b.create<ConvOp>(cts[0], getW(), getStrides(), getLow(), getHigh(), getDilation(), getGroups()),
          b.create<ConvWeightGradOp>(cts[0], getY(), windowOf(getW()), getStrides(), getLow(), getHigh(), getDilation(),
                                     getGroups())};
}

SmallVector<Value> ConvInputGradOp::buildJvp(DlcBuilder &b, ArrayRef<Value> tangents) {
  return bilinearJvp(b, *this, tangents);
}

SmallVector<Value> ConvWeightGradOp::buildVjp(DlcBuilder &b, ArrayRef<Value> cts) {
  return {b.create<ConvInputGradOp>(getY(), cts[0], DimsAttr::get(getContext(), middleDims(getX())), getStrides(),
                                    getLow(), getHigh(), getDilation(), getGroups()),
          b.create<ConvOp>(getX(), cts[0], getStrides(), getLow(), getHigh(), getDilation(), getGroups())};
}

SmallVector<Value> ConvWeightGradOp::buildJvp(DlcBuilder &b, ArrayRef<Value> tangents) {
  return bilinearJvp(b, *this, tangents);
}
