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
  auto which = b.operands.drop_front(first);
  Type element = b.name == "compare" ? b.promoteToCompare(which) : b.promote(which);
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
  bool isRounding = llvm::is_contained({"dlc.ceil", "dlc.floor", "dlc.round", "dlc.trunc"}, name);
  if (isRounding && isa_and_nonnull<IntegerType>(b.promote(b.operands))) {
    b.results.push_back(b.value(0));
    return true;
  }
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

/// With the sign of the divisor, a float zero too; there a difference that is zero keeps the derivative.
static bool buildRemainder(Builder &b) {
  Value x, y;
  if (!binary(b, Admits::Number, x, y))
    return false;
  DlcBuilder &ops = b.ops;
  Value remainder = ops.create<RemOp>(x, y);
  Value stepped = ops.select(needsStep(ops, remainder, y), ops.add(remainder, y), remainder);
  if (isa<FloatType>(elementTypeOf(x))) {
    Value zero = ops.full(x, 0), none = ops.sub(ops.create<StopGradientOp>(stepped), stepped);
    Value signedZero = ops.create<CopysignOp>(zero, ops.create<StopGradientOp>(y));
    stepped = ops.select(ops.eq(stepped, zero), ops.sub(signedZero, none), stepped);
  }
  b.results.push_back(stepped);
  return true;
}

/// Shifts by less than 0, or by the width or more, move every bit out; a signed integer then keeps its sign alone.
template <class OpTy> static bool buildShift(Builder &b) {
  Value x, count;
  if (!binary(b, Admits::Bits, x, count))
    return false;
  DlcBuilder &ops = b.ops;
  auto element = cast<IntegerType>(elementTypeOf(x));
  if (element.getWidth() == 1)
    return b.failType("expected integers, but got element type bool");
  Value last = ops.full(x, element.getWidth() - 1);
  Value isOut = ops.gt(count, last);
  if (!element.isUnsigned())
    isOut = ops.create<OrOp>(isOut, ops.lt(count, ops.full(x, 0)));
  Value shifted = ops.create<OpTy>(x, ops.select(isOut, last, count));
  bool keepsSign = std::is_same_v<OpTy, ShrOp> && !element.isUnsigned();
  b.results.push_back(keepsSign ? shifted : ops.select(isOut, ops.full(x, 0), shifted));
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

/// Two float operands and what they are computed in: f64, where no square of a narrower type overflows.
static bool wideFloats(Builder &b, Value &x, Value &y, Type &element) {
  if (!binary(b, Admits::Float, x, y))
    return false;
  element = elementTypeOf(x);
  Type wide = Float64Type::get(element.getContext());
  x = b.ops.cast(x, wide);
  y = b.ops.cast(y, wide);
  return true;
}

/// sqrt(x x + y y): the squares of f64 are kept in range by a power of two; infinite if an operand is, even beside NaN.
static bool buildHypot(Builder &b) {
  Value x, y;
  Type element;
  if (!wideFloats(b, x, y, element))
    return false;
  DlcBuilder &ops = b.ops;
  Value length;
  if (element.isF64()) {
    x = ops.create<AbsOp>(x);
    y = ops.create<AbsOp>(y);
    Value large = ops.create<MaxOp>(x, y), small = ops.create<MinOp>(x, y);
    auto choose = [&](double low, double middle, double high) {
      Value isLow = ops.lt(large, ops.full(large, 0x1p-500)), isHigh = ops.gt(large, ops.full(large, 0x1p+500));
      return ops.select(isLow, ops.full(large, low),
                        ops.select(isHigh, ops.full(large, high), ops.full(large, middle)));
    };
    Value scale = choose(0x1p+600, 1, 0x1p-600), back = choose(0x1p-600, 1, 0x1p+600);
    large = ops.mul(large, scale);
    small = ops.mul(small, scale);
    length = ops.mul(ops.create<SqrtOp>(ops.fma(small, small, ops.mul(large, large))), back);
  } else {
    length = ops.create<SqrtOp>(ops.add(ops.mul(x, x), ops.mul(y, y)));
  }
  Value infinity = ops.full(x, std::numeric_limits<double>::infinity());
  for (Value operand : {x, y})
    length = ops.select(ops.create<IsInfOp>(operand), infinity, length);
  b.results.push_back(ops.cast(length, element));
  return true;
}

/// log10(e) log(x), in two parts for f64, where powers of 10 give their exponent; of complex x part by part.
static bool buildLog10(Builder &b) {
  if (!b.checkOperands(1))
    return false;
  DlcBuilder &ops = b.ops;
  const double high = 0x1.bcb7b1526e50ep-2, low = 0x1.95355baaafad3p-57; // log10(e)
  Value x = analyticOperand(b, 0);
  Type element = elementTypeOf(x);
  if (isa<ComplexType>(element)) {
    Value log = ops.log(x), re = ops.real(log), im = ops.imag(log);
    b.results.push_back(ops.complex(ops.mul(re, ops.full(re, high)), ops.mul(im, ops.full(im, high))));
    return true;
  }
  Value wide = ops.cast(x, Float64Type::get(element.getContext()));
  Value log = ops.log(wide), factor = ops.full(log, high), product = ops.mul(log, factor);
  if (element.isF64()) {
    Value rest = ops.fma(log, ops.full(log, low), ops.fma(log, factor, ops.neg(product)));
    Value sum = ops.add(product, ops.select(ops.create<IsFiniteOp>(product), rest, ops.full(log, 0)));
    Value whole = ops.create<RoundOp>(ops.create<StopGradientOp>(sum));
    Value isPower = ops.eq(ops.pow(ops.full(whole, 10), whole), ops.create<StopGradientOp>(wide));
    isPower = ops.logicalAnd(isPower, ops.create<IsFiniteOp>(whole));
    isPower = ops.logicalAnd(isPower, ops.ge(wide, ops.full(wide, 0x1p-1022))); // smaller ones are powers by rounding
    Value step = ops.sub(whole, ops.create<StopGradientOp>(sum));
    product = ops.add(sum, ops.select(isPower, step, ops.full(step, 0)));
  }
  b.results.push_back(ops.cast(product, element));
  return true;
}

/// The larger plus log1p(e^-|x - y|), which for two equal infinities is their own distance, 0.
static bool buildLogaddexp(Builder &b) {
  Value x, y;
  if (!binary(b, Admits::Float, x, y))
    return false;
  Type element = elementTypeOf(x);
  x = b.ops.cast(x, wideElement(element));
  y = b.ops.cast(y, wideElement(element));
  Value distance = b.ops.create<AbsOp>(b.ops.sub(x, y));
  distance = b.ops.select(b.ops.eq(x, y), b.ops.full(x, 0), distance);
  Value tail = b.ops.create<Log1pOp>(b.ops.exp(b.ops.neg(distance)));
  b.results.push_back(b.ops.cast(b.ops.add(b.ops.create<MaxOp>(x, y), tail), element));
  return true;
}

/// Neighbours of a float differ by one in its bits as an integer.
static bool buildNextafter(Builder &b) {
  Value x, y;
  if (!binary(b, Admits::Float, x, y))
    return false;
  DlcBuilder &ops = b.ops;
  Type element = elementTypeOf(x);
  Type integer = IntegerType::get(element.getContext(), element.getIntOrFloatBitWidth());
  x = ops.create<StopGradientOp>(x);
  y = ops.create<StopGradientOp>(y);
  Value bits = ops.create<BitcastOp>(x, integer), one = ops.full(bits, 1), zero = ops.full(x, 0);
  Value grows = ops.eq(ops.gt(y, x), ops.gt(x, zero));
  Value next = ops.create<BitcastOp>(ops.select(grows, ops.add(bits, one), ops.sub(bits, one)), element);
  Value least = ops.create<CopysignOp>(ops.create<BitcastOp>(one, element), y);
  next = ops.select(ops.eq(x, zero), least, next);
  next = ops.select(ops.eq(x, y), y, next);
  Value isNumber = ops.eq(ops.add(x, y), ops.add(x, y));
  Value isOpposite = ops.logicalAnd(ops.create<IsInfOp>(x), ops.create<IsInfOp>(y)); // whose sum is NaN, too
  next = ops.select(isOpposite, next, ops.select(isNumber, next, ops.add(x, y)));
  b.results.push_back(next);
  return true;
}

static bool buildReciprocal(Builder &b) {
  if (!b.checkOperands(1))
    return false;
  Value x = analyticOperand(b, 0);
  b.results.push_back(b.ops.div(b.ops.full(x, 1), x));
  return true;
}

static bool buildSignbit(Builder &b) {
  if (!b.checkOperands(1))
    return false;
  Value x = floatOperand(b, 0);
  b.results.push_back(b.ops.lt(b.ops.create<CopysignOp>(b.ops.full(x, 1), x), b.ops.full(x, 0)));
  return true;
}

ArrayRef<NamedBuilder> elementwiseBuilders() {
  static const NamedBuilder builders[] = {
      {"astype", buildAstype, Takes::all},
      {"divide", buildDivide, Takes::computed},
      {"floor_divide", buildFloorDivide},
      {"remainder", buildRemainder},
      {"softplus", buildSoftplus},
      {"hypot", buildHypot},
      {"logaddexp", buildLogaddexp},
      {"log10", buildLog10, Takes::computed},
      {"nextafter", buildNextafter},
      {"reciprocal", buildReciprocal, Takes::computed},
      {"signbit", buildSignbit},
      {"bitwise_left_shift", buildShift<ShlOp>},
      {"bitwise_right_shift", buildShift<ShrOp>},
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
