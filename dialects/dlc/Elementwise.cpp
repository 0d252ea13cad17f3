// The generated rules of elementwise rows are compiled here; by hand is what a row cannot say, and the types of their
// text form: one type where operands and result have the same, else a function type. Both are read for every op.
#include "dialects/dlc/Dlc.h"
#include "dialects/dlc/Scalar/Functions.h"

using namespace mlir;
using namespace dlc;

static scalar::Predicate predicateOf(ComparePredicate predicate) {
  switch (predicate) {
  case ComparePredicate::eq:
    return scalar::Predicate::Eq;
  case ComparePredicate::ne:
    return scalar::Predicate::Ne;
  case ComparePredicate::lt:
    return scalar::Predicate::Lt;
  case ComparePredicate::le:
    return scalar::Predicate::Le;
  case ComparePredicate::gt:
    return scalar::Predicate::Gt;
  case ComparePredicate::ge:
    return scalar::Predicate::Ge;
  }
  llvm_unreachable("all predicates are listed");
}

/// What is cast to f8 is a float still, but no cotangent or tangent can be added up in it.
static StringRef whyNoCastGrad(Type to) {
  return isa<FloatType>(to) && isStorage(dtypeOf(to)) ? "f8 only stores, so there is nothing to add derivatives in"
                                                      : "";
}

/// Reads the types of operands and result into `types`.
static ParseResult parseTypes(OpAsmParser &parser, ArrayRef<Type *> types) {
  SMLoc at = parser.getCurrentLocation();
  Type type;
  if (parser.parseType(type))
    return failure();
  auto function = dyn_cast<FunctionType>(type);
  if (!function) {
    for (Type *each : types)
      *each = type;
    return success();
  }
  if (function.getNumInputs() + 1 != types.size() || function.getNumResults() != 1)
    return parser.emitError(at) << "expected the types of " << types.size() - 1 << " operands and 1 result, but got "
                                << function.getNumInputs() << " and " << function.getNumResults();
  for (auto [i, operand] : llvm::enumerate(function.getInputs()))
    *types[i] = operand;
  *types.back() = function.getResult(0);
  return success();
}

static ParseResult parseElementwiseTypes(OpAsmParser &parser, Type &x, Type &r) { return parseTypes(parser, {&x, &r}); }
static ParseResult parseElementwiseTypes(OpAsmParser &parser, Type &x, Type &y, Type &r) {
  return parseTypes(parser, {&x, &y, &r});
}
static ParseResult parseElementwiseTypes(OpAsmParser &parser, Type &x, Type &y, Type &z, Type &r) {
  return parseTypes(parser, {&x, &y, &z, &r});
}

template <class... Types> static void printElementwiseTypes(OpAsmPrinter &printer, Operation *op, Types...) {
  Type result = op->getResult(0).getType();
  if (llvm::all_equal(op->getOperandTypes()) && op->getOperand(0).getType() == result)
    printer << result;
  else
    printer.printFunctionalType(op);
}

LogicalResult BitcastOp::verify() {
  Type from = elementTypeOf(getX());
  if (bitWidth(dtypeOf(from)) == bitWidth(dtypeOf(getTo())))
    return success();
  return emitOpError("expected 'to' to have the width of ") << from << ", but got " << getTo();
}

LogicalResult CompareOp::verify() {
  bool isEquality = getPredicate() == ComparePredicate::eq || getPredicate() == ComparePredicate::ne;
  if (!isa<ComplexType>(elementTypeOf(getX())) || isEquality)
    return success();
  return emitOpError("expected 'predicate' to be eq or ne for ")
         << elementTypeOf(getX()) << ", but got " << stringifyComparePredicate(getPredicate());
}

LogicalResult CastOp::verify() {
  Type from = elementTypeOf(getX());
  if (!isa<ComplexType>(from) || isa<ComplexType>(getTo()))
    return success();
  return emitOpError("expected 'to' to be complex for ")
         << from << ", but got " << getTo() << ": take real, imag or abs";
}

#define GET_OP_CLASSES
#include "dialects/dlc/DlcOps.cpp.inc"
