// Random bits, uniform and normal numbers: each element is a function of (state, element index) alone, so any device,
// schedule or slice gives the same stream (numerics N7). For each op: infer, evaluate, buildAt, and the rules.
#include "dialects/dlc/Dlc.h"
#include "dialects/dlc/Scalar/Functions.h"

using namespace mlir;
using namespace dlc;

template <class Adaptor>
static LogicalResult inferRandom(const InferError &error, Adaptor op, Type element, SmallVectorImpl<Type> &types) {
  Dims state = dimsOf(op.getState());
  if (state.empty() || state.back() != DimExpr(2))
    return error.fail("expected the last dimension of 'state' to be 2 (seed and counter), but got ", dimsText(state));
  state.pop_back();
  state.append(op.getShape().getDims());
  types.push_back(tensorType(state, element));
  return success();
}

template <class Adaptor>
static LogicalResult inferFloats(StringRef name, std::optional<Location> location, Adaptor op,
                                 SmallVectorImpl<Type> &types) {
  InferError error(name, location);
  if (!isa<FloatType>(op.getElement()))
    return error.fail("expected 'element' to be a float type, but got ", op.getElement());
  return inferRandom(error, op, op.getElement(), types);
}

LogicalResult RandomBitsOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, Adaptor op,
                                             SmallVectorImpl<Type> &types) {
  return inferRandom(InferError(getOperationName(), location), op, IntegerType::get(context, 32, IntegerType::Unsigned),
                     types);
}
LogicalResult UniformOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                          SmallVectorImpl<Type> &types) {
  return inferFloats(getOperationName(), location, op, types);
}
LogicalResult NormalOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor op,
                                         SmallVectorImpl<Type> &types) {
  return inferFloats(getOperationName(), location, op, types);
}

/// Calls `program(seed, counter, element)` for every element of the result; each example counts its own.
template <class Program> static void evaluateRandom(const HostTensor &state, HostTensor &output, Program program) {
  int64_t examples = state.size() / 2, size = examples ? output.size() / examples : 0;
  for (int64_t n = 0; n < examples; ++n) {
    HostValue seed = scalar::load(DType::I64, state.at(2 * n)), counter = scalar::load(DType::I64, state.at(2 * n + 1));
    for (int64_t i = 0; i < size; ++i)
      scalar::store(program(seed, counter, scalar::load(DType::I64, &i)), output.at(n * size + i));
  }
}

/// The same as code: `program` gets scalars when the whole pack reads one element, else vectors.
template <class Program>
static PointValue buildRandom(PointBuilder &b, Value state, ArrayRef<LaneIndex> index, Value result, Program program) {
  int64_t examples = rankOf(state) - 1;
  Dims dims = dimsOf(result);
  SmallVector<LaneIndex> atSeed(index.take_front(examples)), atCounter = atSeed;
  atSeed.push_back(b.constant(0));
  atCounter.push_back(b.constant(1));
  PointValue seed = b.read(state, atSeed), counter = b.read(state, atCounter);
  PointValue element =
      b.indexToValue(b.linearize(index.drop_front(examples), ArrayRef<DimExpr>(dims).drop_front(examples)));
  bool isUniform = element.isUniform && seed.isUniform && counter.isUniform;
  auto shaped = [&](const PointValue &x) { return isUniform ? x.value : IRValue{b.spread(x), x.value.type}; };
  return {program(shaped(seed), shaped(counter), shaped(element)), isUniform};
}

void RandomBitsOp::evaluate(EvaluateContext &, ArrayRef<HostTensor> inputs, MutableArrayRef<HostTensor> outputs) {
  scalar::HostScalarBuilder b;
  evaluateRandom(inputs[0], outputs[0], [&](HostValue seed, HostValue counter, HostValue element) {
    return scalar::randomBits(b, seed, counter, element);
  });
}
void UniformOp::evaluate(EvaluateContext &, ArrayRef<HostTensor> inputs, MutableArrayRef<HostTensor> outputs) {
  scalar::HostScalarBuilder b;
  evaluateRandom(inputs[0], outputs[0], [&](HostValue seed, HostValue counter, HostValue element) {
    return scalar::uniform(b, seed, counter, element, dtypeOf(getElement()));
  });
}
void NormalOp::evaluate(EvaluateContext &, ArrayRef<HostTensor> inputs, MutableArrayRef<HostTensor> outputs) {
  scalar::HostScalarBuilder b;
  evaluateRandom(inputs[0], outputs[0], [&](HostValue seed, HostValue counter, HostValue element) {
    return scalar::normal(b, seed, counter, element, dtypeOf(getElement()));
  });
}

PointValue RandomBitsOp::buildAt(PointBuilder &b, ArrayRef<LaneIndex> index) {
  return buildRandom(b, getState(), index, getR(), [&](IRValue seed, IRValue counter, IRValue element) {
    return scalar::randomBits(b.scalars, seed, counter, element);
  });
}
PointValue UniformOp::buildAt(PointBuilder &b, ArrayRef<LaneIndex> index) {
  return buildRandom(b, getState(), index, getR(), [&](IRValue seed, IRValue counter, IRValue element) {
    return scalar::uniform(b.scalars, seed, counter, element, dtypeOf(getElement()));
  });
}
PointValue NormalOp::buildAt(PointBuilder &b, ArrayRef<LaneIndex> index) {
  return buildRandom(b, getState(), index, getR(), [&](IRValue seed, IRValue counter, IRValue element) {
    return scalar::normal(b.scalars, seed, counter, element, dtypeOf(getElement()));
  });
}

SmallVector<Value> RandomBitsOp::buildVjp(DlcBuilder &, ArrayRef<Value>) { return {Value()}; }
SmallVector<Value> UniformOp::buildVjp(DlcBuilder &, ArrayRef<Value>) { return {Value()}; }
SmallVector<Value> NormalOp::buildVjp(DlcBuilder &, ArrayRef<Value>) { return {Value()}; }

SmallVector<Value> RandomBitsOp::buildJvp(DlcBuilder &, ArrayRef<Value>) { return {Value()}; }
SmallVector<Value> UniformOp::buildJvp(DlcBuilder &, ArrayRef<Value>) { return {Value()}; }
SmallVector<Value> NormalOp::buildJvp(DlcBuilder &, ArrayRef<Value>) { return {Value()}; }

SmallVector<Batched> RandomBitsOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &) {
  return {{b.again(*this, {moveBatch(b, operands[0], 0)}), 0}};
}
SmallVector<Batched> UniformOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &) {
  return {{b.again(*this, {moveBatch(b, operands[0], 0)}), 0}};
}
SmallVector<Batched> NormalOp::buildBatched(DlcBuilder &b, ArrayRef<Batched> operands, const DimExpr &) {
  return {{b.again(*this, {moveBatch(b, operands[0], 0)}), 0}};
}
