// Elementwise builders: every elementwise op under its own name, with broadcasting and promotion, and the Array API's
// functions that are a few of them.
#include "lib/Array/Builders.h"

using namespace mlir;

namespace dlc {

namespace {

/// What element types an op's row admits.
enum class Admits { Float, Number, Bits, Analytic, Arithmetic, Complex, Computed, Any };
struct ElementwiseRow {
  const char *name; ///< "dlc.add"
  Admits admits;
  unsigned operands;
};
const ElementwiseRow rows[] = {
#include "lib/Array/ElementwiseRows.inc"
};

} // namespace

Value floatOperand(Builder &b, size_t i) {
  Type element = b.promote(b.operands[i]);
  return b.materialize(b.operands[i], isa<FloatType>(element) ? element : Float32Type::get(element.getContext()));
}

Value analyticOperand(Builder &b, size_t i) {
  Type element = b.promote(b.operands[i]);
  return isa<ComplexType>(element) ? b.materialize(b.operands[i], element) : floatOperand(b, i);
}

/// The element type in which the row computes: integers become f32 where only floats are admitted, bool an integer
/// where bool is not.
static Type admitted(Builder &b, Admits admits, Type element) {
  MLIRContext *context = element.getContext();
  switch (admits) {
  case Admits::Float:
    return isa<FloatType>(element) ? element : Type(Float32Type::get(context));
  case Admits::Analytic:
    return isa<FloatType, ComplexType>(element) ? element : Type(Float32Type::get(context));
  case Admits::Complex:
    if (isa<ComplexType>(element))
      return element;
    b.failType("expected complex elements, but got element type ", dlc::name(dtypeOf(element)));
    return {};
  case Admits::Number:
  case Admits::Arithmetic:
    return element.isInteger(1) ? Type(IntegerType::get(context, 64)) : element;
  case Admits::Bits:
    if (isa<IntegerType>(element))
      return element;
    b.failType("expected integers or bool, but got element type ", element);
    return {};
  case Admits::Computed:
  case Admits::Any:
    return element;
  }
  return {};
}

/// Casts the operands from `first` on to one element type, and all to one shape.
static bool alignOperands(Builder &b, Admits admits, size_t first, SmallVectorImpl<Value> &values) {
  Type element = b.promote(b.operands.drop_front(first));
  if (element)
    element = admitted(b, admits, element);
  if (!element)
    return false;
  for (size_t i = 0; i < b.operands.size(); ++i)
    values.push_back(i < first ? b.value(i) : b.materialize(b.operands[i], element));
  auto shape = b.broadcastShape(values);
  if (!shape)
    return false;
  for (Value &value : values)
    value = b.broadcastTo(value, *shape);
  return true;
}

static bool buildElementwise(Builder &b) {
  std::string name = ("dlc." + b.name).str();
  const ElementwiseRow *row = llvm::find_if(rows, [&](const ElementwiseRow &row) { return name == row.name; });
  if (!b.checkOperands(row->operands))
    return false;
  SmallVector<Value> values;
  size_t first = name == "dlc.select" ? 1 : 0;
  if (!alignOperands(b, row->admits, first, values))
    return false;
  if (first && !elementTypeOf(values[0]).isInteger(1))
    return b.failType("expected a condition of element type bool, but got ", dlc::name(dtypeOf(values[0].getType())));
  Operation *op = b.create(name, values, b.attributes);
  if (op)
    b.results.push_back(op->getResult(0));
  return op != nullptr;
}

/// Aligned operands of a binary function, as numbers.
static bool binary(Builder &b, Admits admits, Value &x, Value &y) {
  SmallVector<Value> values;
  if (!b.checkOperands(2) || !alignOperands(b, admits, 0, values))
    return false;
  x = values[0];
  y = values[1];
  return true;
}

static bool buildDivide(Builder &b) {
  Value x, y;
  if (!binary(b, Admits::Analytic, x, y))
    return false;
  b.results.push_back(b.ops.div(x, y));
  return true;
}

/// Where the remainder is not 0 and has another sign than the divisor: there truncation is not floor.
static Value needsStep(DlcBuilder &ops, Value remainder, Value divisor) {
  Value zero = ops.full(remainder, 0);
  Value isOff = ops.compare(ComparePredicate::ne, remainder, zero);
  Value differs = ops.compare(ComparePredicate::ne, ops.lt(remainder, zero), ops.lt(divisor, zero));
  return ops.logicalAnd(isOff, differs);
}

static bool buildRemainder(Builder &b) {
  Value x, y;
  if (!binary(b, Admits::Number, x, y))
    return false;
  Value remainder = b.ops.create<RemOp>(x, y);
  b.results.push_back(b.ops.select(needsStep(b.ops, remainder, y), b.ops.add(remainder, y), remainder));
  return true;
}

/// Floor of the exact quotient, where it is a float: what the remainder leaves is a multiple of the divisor, but for
/// rounding. x / 0 is as it is, and a zero has the sign of x / y. Steps have no derivative but 0.
static Value floorOfFloats(DlcBuilder &ops, Value x, Value y) {
  Type element = elementTypeOf(x), wide = wideElement(element);
  x = ops.create<StopGradientOp>(ops.cast(x, wide));
  y = ops.create<StopGradientOp>(ops.cast(y, wide));
  Value remainder = ops.create<RemOp>(x, y), plain = ops.div(x, y), zero = ops.full(x, 0);
  Value multiple = ops.create<RoundOp>(ops.div(ops.sub(x, remainder), y));
  Value quotient = ops.select(needsStep(ops, remainder, y), ops.sub(multiple, ops.full(multiple, 1)), multiple);
  quotient = ops.select(ops.eq(quotient, zero), ops.create<CopysignOp>(zero, plain), quotient);
  return ops.cast(ops.select(ops.eq(y, zero), plain, quotient), element);
}

static bool buildFloorDivide(Builder &b) {
  Value x, y;
  if (!binary(b, Admits::Number, x, y))
    return false;
  if (isa<FloatType>(elementTypeOf(x))) {
    b.results.push_back(floorOfFloats(b.ops, x, y));
    return true;
  }
  Value quotient = b.ops.div(x, y);
  b.results.push_back(b.ops.select(needsStep(b.ops, b.ops.create<RemOp>(x, y), y),
                                   b.ops.sub(quotient, b.ops.full(quotient, 1)), quotient));
  return true;
}

/// {to = type}: like the op cast, also of a literal, and nothing if it has the type.
static bool buildAstype(Builder &b) {
  auto to = b.attributes.getAs<TypeAttr>("to");
  if (!b.checkOperands(1) || !to)
    return b.fail("expected an operand and attribute 'to'");
  if (!b.operands[0].isLiteral() && isa<ComplexType>(elementTypeOf(b.operands[0].value)) &&
      !isa<ComplexType>(to.getValue()))
    return b.failType("expected a complex element type for complex elements, but got ",
                      dlc::name(dtypeOf(to.getValue())), ": take real, imag or abs");
  b.results.push_back(b.materialize(b.operands[0], to.getValue()));
  return true;
}

/// log(1 + e^x) without overflow: max(x, 0) + log1p(e^-|x|).
static bool buildSoftplus(Builder &b) {
  if (!b.checkOperands(1))
    return false;
  Value x = floatOperand(b, 0);
  Type element = elementTypeOf(x);
  Value wide = b.ops.cast(x, wideElement(element));
  Value tail = b.ops.create<Log1pOp>(b.ops.exp(b.ops.neg(b.ops.create<AbsOp>(wide))));
  b.results.push_back(b.ops.cast(b.ops.add(b.ops.create<ReluOp>(wide), tail), element));
  return true;
}

ArrayRef<NamedBuilder> elementwiseBuilders() {
  static const NamedBuilder builders[] = {
      {"astype", buildAstype, Takes::all}, {"divide", buildDivide, Takes::computed},
      {"floor_divide", buildFloorDivide},  {"remainder", buildRemainder},
      {"softplus", buildSoftplus},
  };
  return builders;
}

static Takes takenBy(Admits admits) {
  switch (admits) {
  case Admits::Float:
  case Admits::Number:
  case Admits::Bits:
    return Takes::reals;
  case Admits::Analytic:
  case Admits::Arithmetic:
  case Admits::Complex:
  case Admits::Computed:
    return Takes::computed;
  case Admits::Any:
    return Takes::all;
  }
  return Takes::reals;
}

/// Names of builders; every elementwise op is one.
const NamedBuilder *findBuilder(StringRef name) {
  static const llvm::StringMap<NamedBuilder> *all = [] {
    auto *map = new llvm::StringMap<NamedBuilder>;
    for (const ElementwiseRow &row : rows) {
      const char *name = row.name + 4;
      (*map)[name] = {name, buildElementwise, takenBy(row.admits)};
    }
    for (auto builders : {elementwiseBuilders(), reductionBuilders(), contractionBuilders(), shapeBuilders(),
                          compositeBuilders(), customCallBuilders()})
      for (const NamedBuilder &builder : builders)
        (*map)[builder.name] = builder;
    return map;
  }();
  auto found = all->find(name);
  return found == all->end() ? nullptr : &found->second;
}

} // namespace dlc
