// Elementwise ops, from the rows of the op table: any row may be drawn for operands that it admits, so a new row takes
// part without a word here.
#include "lib/Check/RandomOps.h"

#include "mlir/IR/Verifier.h"

using namespace mlir;

namespace dlc::check {

namespace {
/// The element types that an op takes, by the names of DlcBase.td.
enum class Admits { Float, Number, Bits, Complex, Analytic, Arithmetic, Computed, Any };
struct ElementwiseRow {
  const char *name;
  Admits admits;
  unsigned operands;
};
const ElementwiseRow rows[] = {
#include "lib/Check/ElementwiseRows.inc"
};
} // namespace

bool isStorageTensor(Value x) { return isStorage(dtypeOf(x.getType())); }
bool isFloatTensor(Value x) { return isFloat(dtypeOf(x.getType())) && !isStorageTensor(x); }
bool isBoolTensor(Value x) { return elementTypeOf(x).isInteger(1); }
bool isNumberTensor(Value x) { return isOrderedTensor(x) && !isBoolTensor(x); }
bool isOrderedTensor(Value x) { return !isComplexTensor(x) && !isStorageTensor(x); }
bool isComplexTensor(Value x) { return isComplex(dtypeOf(x.getType())); }
bool isArithmeticTensor(Value x) { return isNumberTensor(x) || isComplexTensor(x); }

static bool admits(Admits what, Value x) {
  switch (what) {
  case Admits::Float:
    return isFloatTensor(x);
  case Admits::Analytic:
    return isFloatTensor(x) || isComplexTensor(x);
  case Admits::Number:
    return isNumberTensor(x);
  case Admits::Arithmetic:
    return isArithmeticTensor(x);
  case Admits::Complex:
    return isComplexTensor(x);
  case Admits::Bits:
    return isOrderedTensor(x) && !isFloatTensor(x);
  case Admits::Computed:
    return !isStorageTensor(x);
  case Admits::Any:
    return true;
  }
  return false;
}

Value RandomOps::condition(Value like) {
  Value found = find([&](Value c) { return isBoolTensor(c) && dimsOf(c) == dimsOf(like); });
  if (found && chance(50))
    return found;
  if (isStorageTensor(like)) // nothing compares
    like = castTo(like, builder.getF32Type());
  uint64_t predicates = isComplexTensor(like) ? 2 : 6; // no order
  Value made = b.compare(ComparePredicate(draw(predicates)), like, mate(like));
  keep(made);
  return made;
}

/// Creates an op whose result types are inferred; null if the operands or attributes do not suit it.
Value RandomOps::createByName(StringRef name, ArrayRef<Value> operands) {
  OperationState state(b.location, name);
  state.addOperands(operands);
  auto info = RegisteredOperationName::lookup(name, builder.getContext());
  auto *infer = info ? info->getInterface<InferTypeOpInterface>() : nullptr;
  if (!infer)
    return {};
  for (StringAttr attribute : info->getAttributeNames())
    if (attribute == "predicate")
      state.addAttribute(attribute, ComparePredicateAttr::get(builder.getContext(), ComparePredicate(draw(6))));
    else if (attribute == "to") {
      Type element = randomElement();
      bool isWithout = options.derivatives() && isa<FloatType>(element) && isStorage(dtypeOf(element)); // see castTo
      state.addAttribute(attribute, TypeAttr::get(isWithout ? builder.getF32Type() : element));
    }
  ScopedDiagnosticHandler quiet(builder.getContext(), [](Diagnostic &) { return success(); });
  Operation *op = Operation::create(state.location, *info, SmallVector<Type>(), operands,
                                    state.attributes.getDictionary(builder.getContext()), OpaqueProperties(nullptr),
                                    BlockRange(), 0);
  SmallVector<Type> types;
  bool fitsTypes = succeeded(infer->inferReturnTypes(builder.getContext(), b.location, operands,
                                                     op->getAttrDictionary(), op->getPropertiesStorage(), {}, types));
  op->destroy();
  if (!fitsTypes)
    return {};
  state.addTypes(types);
  op = builder.create(state);
  if (failed(verify(op)) || !hasRules(op)) {
    op->erase();
    return {};
  }
  return op->getResult(0);
}

void RandomOps::addElementwise() {
  Value x = chance(40) ? find(isComplexTensor) : Value(); // few programs have any
  if (!x)
    x = find([](Value) { return true; });
  SmallVector<const ElementwiseRow *> fitting;
  for (const ElementwiseRow &row : rows)
    if (admits(row.admits, x))
      fitting.push_back(&row);
  const ElementwiseRow &row = *fitting[draw(fitting.size())];
  SmallVector<Value> operands;
  bool isSelect = StringRef(row.name) == "dlc.select";
  for (unsigned i = 0; i < row.operands; ++i)
    operands.push_back(i + 1 == row.operands ? x : isSelect && i == 0 ? condition(x) : mate(x));
  if (!isSelect)
    std::swap(operands.front(), operands[draw(operands.size())]);
  if (Value made = createByName(row.name, operands))
    keep(made);
}

void RandomOps::addArithmetic() {
  Value x = find(isArithmeticTensor);
  if (!x)
    return;
  static const char *const usual[] = {"dlc.add", "dlc.add", "dlc.sub", "dlc.mul",  "dlc.mul", "dlc.max",
                                      "dlc.min", "dlc.div", "dlc.neg", "dlc.relu", "dlc.tanh"};
  StringRef name = usual[draw(std::size(usual))];
  bool isUnary = name == "dlc.neg" || name == "dlc.relu" || name == "dlc.tanh";
  if (Value made = isUnary ? createByName(name, {x}) : createByName(name, {x, mate(x)}))
    keep(made);
}

void RandomOps::addChoice() {
  Value x = find([](Value) { return true; });
  Value c = condition(x);
  keep(b.select(c, x, mate(x)));
}

void RandomOps::addBits() {
  Value x = find([](Value v) { return isOrderedTensor(v) && !isFloatTensor(v); });
  if (!x)
    return;
  SmallVector<const ElementwiseRow *> fitting;
  for (const ElementwiseRow &row : rows)
    if (row.admits == Admits::Bits)
      fitting.push_back(&row);
  const ElementwiseRow &row = *fitting[draw(fitting.size())];
  SmallVector<Value> operands = {x};
  for (unsigned i = 1; i < row.operands; ++i)
    operands.push_back(mate(x));
  if (Value made = createByName(row.name, operands))
    keep(made);
}

void RandomOps::addCast() {
  Value x = pool[draw(pool.size())];
  x = castTo(x, randomElement());
  keep(x);
  if (isStorageTensor(x) || isComplexTensor(x) || chance(30)) // and on, so that types that few ops take do not pile up
    keep(castTo(x, randomElement()));
}

Value RandomOps::castTo(Value x, Type element) {
  if (isComplexTensor(x) && !isa<ComplexType>(element))
    x = chance(50) ? b.real(x) : b.imag(x);
  if (options.derivatives() && isFloatTensor(x) && isa<FloatType>(element) && isStorage(dtypeOf(element)))
    x = b.create<StopGradientOp>(x); // f8 has no derivatives
  return b.cast(x, element);
}

} // namespace dlc::check
