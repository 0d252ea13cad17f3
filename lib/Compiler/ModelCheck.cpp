// A scan of characters, then a walk over functions.
#include "lib/Compiler/ModelCheck.h"

#include "dialects/dlc/Dlc.h"
#include "lib/Runtime/TensorRef.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/JSON.h"

using namespace mlir;

namespace dlc {

//===--- Text ---===//

namespace {

/// Counts brackets and operators of MLIR text outside of strings and comments.
class NestingScan {
public:
  explicit NestingScan(StringRef text) : text(text) {}

  /// True if the text nests too deep; `at` is where.
  bool isTooDeep() {
    for (; at < text.size(); ++at) {
      char c = text[at];
      if (c == '"')
        skipString();
      else if (text.substr(at).starts_with("//"))
        at = std::min(text.find('\n', at), text.size());
      else if (text.substr(at).starts_with("->"))
        ++at;
      else if (StringRef("([{<").contains(c))
        operators.push_back(0);
      else if (StringRef(")]}>").contains(c) && operators.size() > 1)
        operators.pop_back();
      else if (c == ',' || c == '=')
        operators.back() = 0;
      else if (StringRef("+-*").contains(c))
        ++operators.back();
      if (operators.size() > maxNesting || operators.back() > maxOperators)
        return true;
    }
    return false;
  }
  std::pair<size_t, size_t> lineAndColumn() const {
    StringRef before = text.take_front(at);
    return {before.count('\n') + 1, before.size() - (before.rfind('\n') + 1) + 1};
  }
  bool hasManyOperators() const { return operators.back() > maxOperators; }

private:
  void skipString() {
    for (++at; at < text.size() && text[at] != '"' && text[at] != '\n'; ++at)
      at += text[at] == '\\';
  }

  StringRef text;
  size_t at = 0;
  std::vector<unsigned> operators = {0}; ///< of each open bracket
};

} // namespace

Status checkNesting(StringRef text, StringRef name) {
  if (text.starts_with("ML\xefR"))
    return Status::ok();
  NestingScan scan(text);
  if (!scan.isTooDeep())
    return Status::ok();
  auto [line, column] = scan.lineAndColumn();
  std::string rule = scan.hasManyOperators() ? "at most " + std::to_string(maxOperators) + " operators in a row"
                                             : "brackets that nest at most " + std::to_string(maxNesting) + " deep";
  return Status::error(ErrorKind::Corrupt, "%s:%zu:%zu: expected %s, but got more", name.str().c_str(), line, column,
                       rule.c_str());
}

//===--- Modules ---===//

namespace {

/// Values are smaller than this, so that sums and products of sizes keep clear of 2^63.
constexpr double maxBytes = double(uint64_t(1) << 50);

bool isElementType(Type type) {
  for (unsigned i = 0; i < numDTypes; ++i)
    if (typeOf(DType(i), type.getContext()) == type)
      return true;
  return false;
}

/// Why dlc has no such tensor; "" if it has.
std::string whyNotTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return "expected a ranked tensor";
  if (tensor.getRank() > int64_t(maxRank))
    return "expected a rank of at most " + std::to_string(maxRank);
  if (!isElementType(tensor.getElementType()))
    return "expected an element type of dlc";
  auto encoding = dyn_cast_or_null<DimsAttr>(tensor.getEncoding());
  if (!tensor.hasStaticShape() && !encoding)
    return "expected a symbol for each dynamic dimension, as in tensor<?xf32, #dlc.dims<[B]>>";
  double bytes = byteWidth(dtypeOf(tensor));
  for (const DimExpr &dim : dimsOf(tensor)) {
    double magnitude = 0;
    for (const auto &[product, coefficient] : dim.products())
      magnitude += std::abs(double(coefficient));
    bytes *= magnitude;
    if (bytes >= maxBytes)
      return "expected a size below 2^50 bytes";
  }
  return "";
}

/// Regions nested below an op, counted without recursion.
LogicalResult checkDepth(ModuleOp module) {
  std::vector<std::pair<Operation *, unsigned>> open = {{module, 1}};
  while (!open.empty()) {
    auto [op, depth] = open.back();
    open.pop_back();
    if (depth > maxNesting)
      return op->emitError("expected regions that nest at most ") << maxNesting << " deep, but got more";
    for (Region &region : op->getRegions())
      for (Operation &inner : region.getOps())
        if (inner.getNumRegions())
          open.push_back({&inner, depth + 1});
  }
  return success();
}

/// Whether every tensor that an op defines is one that dlc has, and whether dlc may define it so.
LogicalResult checkOp(Operation *op) {
  bool hasTensor = false;
  for (Type type : op->getResultTypes()) {
    if (!isa<TensorType>(type))
      continue;
    hasTensor = true;
    if (std::string why = whyNotTensor(type); !why.empty())
      return op->emitOpError(why) << ", but got " << type;
  }
  if (auto constant = dyn_cast<ConstantOp>(op); constant && !isa<DenseElementsAttr>(constant.getValue()))
    return op->emitOpError("expected elements as dense<...>, but got ") << constant.getValue();
  StringRef dialect = op->getName().getDialectNamespace();
  bool isForeign = dialect == "arith" || dialect == "math" || dialect == "vector" || dialect == "llvm";
  if (hasTensor && isForeign)
    return op->emitError("expected tensors to be computed by ops of dlc, but got '") << op->getName() << "'";
  return success();
}

class FunctionCheck {
public:
  explicit FunctionCheck(func::FuncOp function) : function(function) {}

  LogicalResult run() {
    for (auto [i, type] : llvm::enumerate(function.getArgumentTypes()))
      if (failed(checkPort("argument", unsigned(i), type, function.getArgAttr(unsigned(i), "dlc.name"))))
        return failure();
    names.clear();
    for (auto [i, type] : llvm::enumerate(function.getResultTypes()))
      if (failed(checkPort("result", unsigned(i), type, function.getResultAttr(unsigned(i), "dlc.name"))))
        return failure();
    if (failed(checkSymbols()) || failed(checkConditions()))
      return failure();
    WalkResult walked = function.walk([](Operation *op) { return WalkResult(checkOp(op)); });
    return failure(walked.wasInterrupted());
  }

private:
  LogicalResult checkPort(StringRef kind, unsigned i, Type type, Attribute name) {
    if (std::string why = whyNotTensor(type); !why.empty())
      return function.emitError(why) << " as " << kind << " " << i << " of '" << function.getSymName() << "', but got "
                                     << type;
    if (!name)
      return success();
    auto text = dyn_cast<StringAttr>(name);
    auto isControl = [](char c) { return (unsigned char)c < 0x20 || c == 0x7f; };
    if (!text || text.empty() || llvm::any_of(text.getValue(), isControl) || !llvm::json::isUTF8(text.getValue()))
      return function.emitError("expected 'dlc.name' of ")
             << kind << " " << i << " to be a string of printable UTF-8, but got " << name;
    if (!names.insert(text.getValue()).second)
      return function.emitError("expected unique names of ") << kind << "s, but got " << name << " twice";
    return success();
  }

  /// Of each symbol: minimum, maximum and divisor.
  LogicalResult checkSymbols() {
    Attribute attribute = function->getAttr("dlc.symbols");
    auto ranges = dyn_cast_or_null<DictionaryAttr>(attribute);
    if (attribute && !ranges)
      return function.emitError("expected 'dlc.symbols' to be a dictionary, but got ") << attribute;
    for (NamedAttribute entry : ranges ? ranges.getValue() : ArrayRef<NamedAttribute>()) {
      auto range = dyn_cast<DenseI64ArrayAttr>(entry.getValue());
      if (!range || range.size() != 3 || range[0] < 0 || range[1] < range[0] || range[2] < 1)
        return function.emitError("expected minimum, maximum and divisor of symbol '")
               << entry.getName().strref() << "' as array<i64: 0, 8, 1>, but got " << entry.getValue();
    }
    return success();
  }

  /// Lists of what must not be negative, or not 0.
  LogicalResult checkConditions() {
    Attribute attribute = function->getAttr("dlc.conditions");
    auto conditions = dyn_cast_or_null<DictionaryAttr>(attribute);
    if (attribute && !conditions)
      return function.emitError("expected 'dlc.conditions' to be a dictionary, but got ") << attribute;
    for (NamedAttribute entry : conditions ? conditions.getValue() : ArrayRef<NamedAttribute>())
      if ((entry.getName() != "not_negative" && entry.getName() != "not_zero") || !isa<DimsAttr>(entry.getValue()))
        return function.emitError(
                   "expected 'not_negative' and 'not_zero' in 'dlc.conditions' to be #dlc.dims, but got ")
               << entry.getName() << " = " << entry.getValue();
    return success();
  }

  func::FuncOp function;
  llvm::StringSet<> names;
};

} // namespace

LogicalResult checkModel(ModuleOp module) {
  if (failed(checkDepth(module)))
    return failure();
  for (auto function : module.getOps<func::FuncOp>())
    if (failed(FunctionCheck(function).run()))
      return failure();
  return success();
}

} // namespace dlc
