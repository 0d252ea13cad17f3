// Registration of the dialect and its attributes; the rules of the ops are in the family files.
#include "dialects/dlc/Dlc.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dlc;

#include "dialects/dlc/DlcDialect.cpp.inc"
#include "dialects/dlc/DlcEnums.cpp.inc"
#include "dialects/dlc/DlcInterfaces.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/dlc/DlcAttrs.cpp.inc"

void DlcDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/dlc/DlcAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/dlc/DlcOps.cpp.inc"
      >();
}

Operation *DlcDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type, Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || elements.getType() != type)
    return nullptr;
  return ConstantOp::create(builder, loc, elements);
}

//===--- Attributes of other ops ---===//

LogicalResult DlcDialect::verifyOperationAttribute(Operation *op, NamedAttribute attribute) {
  if (attribute.getName() != fastName)
    return success();
  if (!isa<func::FuncOp>(op))
    return op->emitOpError("expected 'dlc.fast' on a function, but got it on '") << op->getName() << "'";
  if (!isa<UnitAttr>(attribute.getValue()))
    return op->emitOpError("expected 'dlc.fast' to be a unit attribute, but got ") << attribute.getValue();
  return success();
}

LogicalResult DlcDialect::verifyRegionArgAttribute(Operation *op, unsigned, unsigned i, NamedAttribute attribute) {
  if (attribute.getName() == fastName)
    return op->emitOpError("expected 'dlc.fast' on a function, but got it on argument ") << i;
  return success();
}

LogicalResult DlcDialect::verifyRegionResultAttribute(Operation *op, unsigned, unsigned i, NamedAttribute attribute) {
  if (attribute.getName() == fastName)
    return op->emitOpError("expected 'dlc.fast' on a function, but got it on result ") << i;
  return success();
}

DimsAttr DimsAttr::get(MLIRContext *context, ArrayRef<DimExpr> dims) {
  SmallVector<StringAttr> texts;
  for (const DimExpr &dim : dims)
    texts.push_back(StringAttr::get(context, dim.str()));
  return get(context, texts);
}

SmallVector<DimExpr> DimsAttr::getDims() const {
  SmallVector<DimExpr> dims;
  for (StringAttr text : getTexts())
    dims.push_back(*DimExpr::parse(text.getValue()));
  return dims;
}

/// `<[B, 2*N + 1, 128]>`; the entries are read up to a comma or bracket outside of parentheses.
Attribute DimsAttr::parse(AsmParser &parser, Type) {
  SmallVector<DimExpr> dims;
  auto parseDim = [&]() -> ParseResult {
    std::string text;
    int depth = 0;
    SMLoc at = parser.getCurrentLocation();
    while (true) {
      StringRef word;
      int64_t number;
      if (succeeded(parser.parseOptionalMinus())) { // first: an optional integer would take it, and then a number
        text += "-";
        continue;
      }
      OptionalParseResult integer = parser.parseOptionalInteger(number);
      if (integer.has_value() && succeeded(*integer))
        text += std::to_string(number);
      else if (succeeded(parser.parseOptionalKeyword(&word)))
        text += word;
      else if (succeeded(parser.parseOptionalStar()))
        text += "*";
      else if (succeeded(parser.parseOptionalPlus()))
        text += "+";
      else if (succeeded(parser.parseOptionalLParen())) {
        text += "(";
        ++depth;
      } else if (depth > 0 && succeeded(parser.parseOptionalRParen())) {
        text += ")";
        --depth;
      } else if (depth > 0 && succeeded(parser.parseOptionalComma()))
        text += ",";
      else
        break;
    }
    auto dim = DimExpr::parse(text);
    if (!dim)
      return parser.emitError(at, "expected an extent such as 2*B + 1, but got '") << text << "'";
    dims.push_back(*dim);
    return success();
  };
  if (parser.parseLess() || parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseDim) ||
      parser.parseGreater())
    return {};
  return get(parser.getContext(), dims);
}

void DimsAttr::print(AsmPrinter &printer) const {
  printer << "<[";
  llvm::interleaveComma(getTexts(), printer, [&](StringAttr text) { printer << text.getValue(); });
  printer << "]>";
}
