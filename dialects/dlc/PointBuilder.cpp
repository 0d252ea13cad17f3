// Index arithmetic that keeps the cheapest form: uniform, then strided, then one index a lane.
#include "dialects/dlc/Dlc.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace dlc {

static std::optional<int64_t> constantOf(Value value) {
  APInt number;
  if (value && matchPattern(value, m_ConstantInt(&number)))
    return number.getSExtValue();
  return std::nullopt;
}

Value PointBuilder::indexConstant(int64_t value) { return arith::ConstantIndexOp::create(b, location, value); }
LaneIndex PointBuilder::constant(int64_t value) { return {indexConstant(value), 0, {}}; }

Value PointBuilder::spread(const PointValue &point) {
  if (!point.isUniform)
    return point.value.value;
  auto type = VectorType::get({width}, point.value.value.getType());
  return vector::BroadcastOp::create(b, location, type, point.value.value);
}

Value PointBuilder::spread(const LaneIndex &index) {
  if (index.lanes)
    return index.lanes;
  auto type = VectorType::get({width}, b.getIndexType());
  Value all = vector::BroadcastOp::create(b, location, type, index.base);
  if (index.stride == 0)
    return all;
  SmallVector<int64_t> steps;
  for (int64_t lane = 0; lane < width; ++lane)
    steps.push_back(lane * index.stride);
  Value offsets = arith::ConstantOp::create(b, location, DenseIntElementsAttr::get(type, [&] {
                                              SmallVector<APInt> values;
                                              for (int64_t step : steps)
                                                values.push_back(APInt(64, step, true));
                                              return values;
                                            }()));
  return arith::AddIOp::create(b, location, all, offsets);
}

LaneIndex PointBuilder::add(const LaneIndex &x, const LaneIndex &y) {
  if (x.lanes || y.lanes)
    return {{}, 0, arith::AddIOp::create(b, location, spread(x), spread(y))};
  return {b.createOrFold<arith::AddIOp>(location, x.base, y.base), x.stride + y.stride, {}};
}

LaneIndex PointBuilder::sub(const LaneIndex &x, const LaneIndex &y) {
  if (x.lanes || y.lanes)
    return {{}, 0, arith::SubIOp::create(b, location, spread(x), spread(y))};
  return {b.createOrFold<arith::SubIOp>(location, x.base, y.base), x.stride - y.stride, {}};
}

LaneIndex PointBuilder::mul(const LaneIndex &x, Value factor) {
  auto known = constantOf(factor);
  if (x.lanes || (x.stride != 0 && !known))
    return {{}, 0, arith::MulIOp::create(b, location, spread(x), spread(uniform(factor)))};
  return {b.createOrFold<arith::MulIOp>(location, x.base, factor), x.stride * known.value_or(0), {}};
}

LaneIndex PointBuilder::mul(const LaneIndex &x, int64_t factor) { return mul(x, indexConstant(factor)); }

LaneIndex PointBuilder::floorDiv(const LaneIndex &x, Value divisor) {
  if (constantOf(divisor) == 1)
    return x;
  if (!x.isUniform())
    return {{}, 0, arith::DivUIOp::create(b, location, spread(x), spread(uniform(divisor)))};
  return {b.createOrFold<arith::DivUIOp>(location, x.base, divisor), 0, {}};
}

LaneIndex PointBuilder::mod(const LaneIndex &x, Value divisor) {
  if (constantOf(divisor) == 1)
    return constant(0);
  if (!x.isUniform())
    return {{}, 0, arith::RemUIOp::create(b, location, spread(x), spread(uniform(divisor)))};
  return {b.createOrFold<arith::RemUIOp>(location, x.base, divisor), 0, {}};
}

PointValue PointBuilder::compare(arith::CmpIPredicate predicate, const LaneIndex &x, const LaneIndex &y) {
  bool isUniform = x.isUniform() && y.isUniform();
  Value result = isUniform ? b.createOrFold<arith::CmpIOp>(location, predicate, x.base, y.base)
                           : b.createOrFold<arith::CmpIOp>(location, predicate, spread(x), spread(y));
  return {{result, DType::Bool}, isUniform};
}

PointValue PointBuilder::logicalAnd(const PointValue &x, const PointValue &y) {
  if (x.isUniform && constantOf(x.value.value))
    return *constantOf(x.value.value) ? y : x;
  if (y.isUniform && constantOf(y.value.value))
    return *constantOf(y.value.value) ? x : y;
  bool isUniform = x.isUniform && y.isUniform;
  Value left = isUniform ? x.value.value : spread(x), right = isUniform ? y.value.value : spread(y);
  return {{arith::AndIOp::create(b, location, left, right), DType::Bool}, isUniform};
}

PointValue PointBuilder::select(const PointValue &condition, const PointValue &x, const PointValue &y) {
  if (condition.isUniform && constantOf(condition.value.value))
    return *constantOf(condition.value.value) ? x : y;
  bool isUniform = condition.isUniform && x.isUniform && y.isUniform;
  Value left = isUniform ? x.value.value : spread(x), right = isUniform ? y.value.value : spread(y);
  return {{arith::SelectOp::create(b, location, condition.isUniform ? condition.value.value : spread(condition), left,
                                   right),
           x.value.type},
          isUniform};
}

PointValue PointBuilder::indexToValue(const LaneIndex &x) {
  bool isUniform = x.isUniform();
  Value index = isUniform ? x.base : spread(x);
  Type type = b.getI64Type();
  if (!isUniform)
    type = VectorType::get({width}, type);
  return {{arith::IndexCastOp::create(b, location, type, index), DType::I64}, isUniform};
}

LaneIndex PointBuilder::valueToIndex(const PointValue &x) {
  Value value = x.value.value;
  Type type = b.getIndexType();
  if (auto vector = dyn_cast<VectorType>(value.getType()))
    type = VectorType::get(vector.getShape(), type);
  Value index = isUnsignedInt(x.value.type) ? Value(arith::IndexCastUIOp::create(b, location, type, value))
                                            : Value(arith::IndexCastOp::create(b, location, type, value));
  if (x.isUniform)
    return {index, 0, {}};
  return {{}, 0, index};
}

LaneIndex PointBuilder::linearize(ArrayRef<LaneIndex> index, ArrayRef<DimExpr> dims) {
  if (index.empty())
    return constant(0);
  LaneIndex linear = index[0];
  for (size_t i = 1; i < index.size(); ++i)
    linear = add(mul(linear, extent(dims[i])), index[i]);
  return linear;
}

SmallVector<LaneIndex> PointBuilder::delinearize(LaneIndex linear, ArrayRef<DimExpr> dims) {
  SmallVector<LaneIndex> index(dims.size());
  for (size_t i = dims.size(); i-- > 0;) {
    if (i == 0) {
      index[0] = linear;
      break;
    }
    Value divisor = extent(dims[i]);
    if (dims[i].constant().value_or(0) == 0) // an empty box divides by nothing
      divisor = b.createOrFold<arith::MaxSIOp>(location, divisor, indexConstant(1));
    index[i] = mod(linear, divisor);
    linear = floorDiv(linear, divisor);
  }
  return index;
}

/// Whether an op is one rounded operation of the user's on reals. Complex division is a program that relies on each.
static bool isArithmetic(Operation *op) {
  return isa<AddOp, SubOp, MulOp, DivOp>(op) && !isa<ComplexType>(elementTypeOf(op->getResult(0)));
}

PointValue
PointBuilder::elementwise(Operation *op, ArrayRef<LaneIndex> index,
                          llvm::function_ref<IRValue(scalar::IRScalarBuilder &, ArrayRef<IRValue>)> payload) {
  SmallVector<PointValue> operands;
  bool isUniform = true;
  for (Value operand : op->getOperands()) {
    operands.push_back(read(operand, index));
    isUniform &= operands.back().isUniform;
  }
  SmallVector<IRValue> args;
  for (const PointValue &operand : operands)
    args.push_back(isUniform ? operand.value : IRValue{spread(operand), operand.value.type});
  return {payload(isArithmetic(op) ? sums : scalars, args), isUniform};
}

PointValue PointBuilder::guarded(PointValue condition, llvm::function_ref<PointValue()> body) {
  Guard outer = guard;
  if (!(condition.isUniform && constantOf(condition.value.value) == 1)) {
    PointValue all = condition;
    if (outer.lanes) {
      bool isUniform = !isa<VectorType>(outer.lanes.getType());
      all = logicalAnd({{outer.lanes, DType::Bool}, isUniform}, condition);
    }
    guard.lanes = all.value.value;
  }
  PointValue result = body();
  guard = outer;
  return result;
}

} // namespace dlc
