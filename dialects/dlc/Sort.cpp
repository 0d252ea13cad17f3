// sort and top_k: stable, in the order of max and min with NaN above everything (numerics N7). For each op: infer,
// evaluate, buildVjp, buildJvp, buildBatched.
#include "dialects/dlc/Dlc.h"

using namespace mlir;
using namespace dlc;

using Index = std::vector<int64_t>;

/// Whether `x` comes before `y` in ascending order: -0 below +0, NaN above everything.
static bool isBelow(const scalar::Scalar &x, const scalar::Scalar &y) {
  scalar::HostScalarBuilder b;
  if (isFloat(x.type) && b.isNaN(x).asBool())
    return false;
  if (isFloat(x.type) && b.isNaN(y).asBool())
    return true;
  return x.bits() != y.bits() && b.minimum(x, y).bits() == x.bits();
}

/// Sorts each row along `dim` and writes as many places as the outputs have.
static void evaluateSort(const HostTensor &x, int64_t dim, bool isDescending, MutableArrayRef<HostTensor> outputs) {
  HostTensor &values = outputs[0], &indices = outputs[1];
  int64_t count = x.shape[dim], stride = x.strides()[dim], outStride = values.strides()[dim];
  Index rows = x.shape, strides = x.strides(), outStrides = values.strides();
  rows[dim] = values.shape[dim] == 0 ? 0 : 1;
  forEachIndex(rows, [&](const Index &index) {
    int64_t base = linearIndex(index, strides), outBase = linearIndex(index, outStrides);
    std::vector<int64_t> places;
    for (int64_t i = 0; i < count; ++i)
      places.push_back(i);
    std::stable_sort(places.begin(), places.end(), [&](int64_t i, int64_t j) {
      scalar::Scalar left = scalar::load(x.type, x.at(base + i * stride));
      scalar::Scalar right = scalar::load(x.type, x.at(base + j * stride));
      return isDescending ? isBelow(right, left) : isBelow(left, right);
    });
    for (int64_t i = 0; i < values.shape[dim]; ++i) {
      memcpy(values.at(outBase + i * outStride), x.at(base + places[i] * stride), byteWidth(x.type));
      indices.data<int64_t>()[outBase + i * outStride] = places[i];
    }
  });
}

/// Each cotangent goes back to the place that its value came from.
static SmallVector<Value> sortGradient(DlcBuilder &b, Value x, Value indices, Value ct, int64_t dim) {
  return {ct ? b.scatterAlong(b.full(x, 0), indices, ct, dim) : Value()};
}

//===--- sort ---===//

LogicalResult SortOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, Adaptor op,
                                       SmallVectorImpl<Type> &types) {
  if (failed(InferError(getOperationName(), location).checkDim("dim", op.getDim(), rankOf(op.getX()))))
    return failure();
  types.push_back(op.getX().getType());
  types.push_back(withElement(op.getX().getType(), IntegerType::get(context, 64)));
  return success();
}

void SortOp::evaluate(EvaluateContext &, ArrayRef<HostTensor> inputs, MutableArrayRef<HostTensor> outputs) {
  evaluateSort(inputs[0], getDim(), getDescending(), outputs);
}

SmallVector<Value> SortOp::buildVjp(DlcBuilder &b, ArrayRef<Value> cts) {
  return sortGradient(b, getX(), getIndices(), cts[0], getDim());
}
SmallVector<Value> SortOp::buildJvp(DlcBuilder &b, ArrayRef<Value> tangents) {
  return {b.gatherAlong(tangents[0], getIndices(), getDim()), Value()};
}
SmallVector<Batched> SortOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &) {
  int64_t at = *operands[0].dim;
  auto sort = SortOp::create(b.builder, b.location, operands[0].value, dimBeside(at, getDim()), getDescending());
  return {{sort.getValues(), at}, {sort.getIndices(), at}};
}

//===--- top_k ---===//

LogicalResult TopKOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, Adaptor op,
                                       SmallVectorImpl<Type> &types) {
  InferError error(getOperationName(), location);
  Dims dims = dimsOf(op.getX());
  int64_t dim = op.getDim(), k = op.getK();
  if (failed(error.checkDim("dim", dim, int64_t(dims.size()))))
    return failure();
  auto extent = dims[dim].constant();
  if (k < 0 || (extent && k > *extent))
    return error.fail("expected 'k' to be in [0, ", dims[dim].str(), "], the extent of dimension ", dim,
                      " of 'x', but got ", k);
  dims[dim] = DimExpr(k);
  types.push_back(tensorType(dims, elementTypeOf(op.getX())));
  types.push_back(tensorType(dims, IntegerType::get(context, 64)));
  return success();
}

void TopKOp::evaluate(EvaluateContext &, ArrayRef<HostTensor> inputs, MutableArrayRef<HostTensor> outputs) {
  evaluateSort(inputs[0], getDim(), getLargest(), outputs);
}

SmallVector<Value> TopKOp::buildVjp(DlcBuilder &b, ArrayRef<Value> cts) {
  return sortGradient(b, getX(), getIndices(), cts[0], getDim());
}
SmallVector<Value> TopKOp::buildJvp(DlcBuilder &b, ArrayRef<Value> tangents) {
  return {b.gatherAlong(tangents[0], getIndices(), getDim()), Value()};
}
SmallVector<Batched> TopKOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &) {
  int64_t at = *operands[0].dim;
  auto top = TopKOp::create(b.builder, b.location, operands[0].value, getK(), dimBeside(at, getDim()), getLargest());
  return {{top.getValues(), at}, {top.getIndices(), at}};
}
