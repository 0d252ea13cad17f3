// The generated rules of elementwise rows are compiled here; by hand is only what a row cannot say.
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

LogicalResult BitcastOp::verify() {
  Type from = elementTypeOf(getX());
  if (byteWidth(dtypeOf(from)) == byteWidth(dtypeOf(getTo())))
    return success();
  return emitOpError("expected 'to' to have the width of ") << from << ", but got " << getTo();
}

#define GET_OP_CLASSES
#include "dialects/dlc/DlcOps.cpp.inc"
