// What each op asks of extents, as ranges of symbols and conditions.
#include "dialects/dlc/SymbolRanges.h"

#include "dialects/dlc/Dlc.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace dlc {

namespace {
struct Range {
  int64_t min = 0, max = INT64_MAX, divisor = 1;
};

/// Inequalities of one symbol each, joined. Each side of an inequality is monotonic in the symbol, as extents are.
class Ranges {
public:
  void requireNotNegative(const DimExpr &expr) {
    std::vector<std::string> names;
    expr.collectSymbols(names);
    if (names.size() > 1 && mayBeNegative(expr) && !llvm::is_contained(conditions, expr))
      conditions.push_back(expr);
    if (names.size() != 1)
      return;
    auto at = [&](int64_t value) {
      return *expr.substitute([&](const std::string &) { return DimExpr(value); }).constant();
    };
    bool isLinear = at(1) - at(0) == at(2) - at(1) && at(2) - at(1) == at(3) - at(2);
    int64_t end = isLinear ? int64_t(1) << 40 : 1 << 20; // of products, whose values stay numbers
    bool isGoodFirst = at(0) >= 0;
    int64_t other = 1; // the first power of two where it is the other way round
    while (other <= end && (at(other) >= 0) == isGoodFirst)
      other *= 2;
    if (other > end)
      return;
    int64_t low = other / 2, high = other; // it turns in (low, high]
    while (high - low > 1) {
      int64_t middle = low + (high - low) / 2;
      ((at(middle) >= 0) == isGoodFirst ? low : high) = middle;
    }
    Range &range = ranges[names[0]];
    if (isGoodFirst)
      range.max = std::min(range.max, low);
    else
      range.min = std::max(range.min, high);
  }

  std::map<std::string, Range> ranges;
  SmallVector<DimExpr> conditions; ///< What must not be negative, of several symbols.

private:
  /// Sums of products of symbols are not; of quotients nothing is known here.
  static bool mayBeNegative(const DimExpr &expr) {
    return llvm::any_of(expr.products(), [](const auto &term) {
      return term.second < 0 || llvm::any_of(term.first, [](const std::string &atom) { return atom.back() == ')'; });
    });
  }
};
} // namespace

static constexpr StringLiteral conditionsName = "dlc.conditions", notNegative = "not_negative", notZero = "not_zero";

static void addConditions(func::FuncOp function, StringRef kind, ArrayRef<DimExpr> values) {
  NamedAttrList all(function->getAttrOfType<DictionaryAttr>(conditionsName));
  auto given = dyn_cast_or_null<DimsAttr>(all.get(kind));
  SmallVector<DimExpr> joined(given ? given.getDims() : ArrayRef<DimExpr>());
  for (const DimExpr &value : values)
    if (!llvm::is_contained(joined, value))
      joined.push_back(value);
  all.set(kind, DimsAttr::get(function.getContext(), joined));
  function->setAttr(conditionsName, all.getDictionary(function.getContext()));
}

void requireNotZero(func::FuncOp function, const DimExpr &value) { addConditions(function, notZero, value); }

void forEachCondition(func::FuncOp function, llvm::function_ref<void(bool, const DimExpr &)> visit) {
  auto conditions = function->getAttrOfType<DictionaryAttr>(conditionsName);
  for (StringRef kind : {notNegative, notZero})
    if (auto values = conditions ? conditions.getAs<DimsAttr>(kind) : DimsAttr())
      for (const DimExpr &value : values.getDims())
        visit(kind == notZero, value);
}

/// The inequalities of an op beside those that its results have extents.
static void addRequirements(Operation *op, Ranges &ranges) {
  auto fits = [&](const DimExpr &part, const DimExpr &whole) { ranges.requireNotNegative(whole - part); };
  auto isNotEmpty = [&](Value x, int64_t dim) { fits(DimExpr(1), dimsOf(x)[dim]); };
  auto windowFits = [&](auto window) {
    for (auto [i, extent] : llvm::enumerate(dimsOf(window.getX())))
      if (window.getWindow()[i] > 1)
        fits(DimExpr(window.getWindow()[i]), extent + DimExpr(window.getLow()[i] + window.getHigh()[i]));
  };
  llvm::TypeSwitch<Operation *>(op)
      .Case([&](SliceOp slice) {
        for (auto [limit, extent] : llvm::zip(slice.getLimits().getDims(), dimsOf(slice.getX())))
          fits(limit, extent);
      })
      .Case([&](DynamicSliceOp slice) {
        for (auto [size, extent] : llvm::zip(slice.getSizes().getDims(), dimsOf(slice.getX())))
          fits(size, extent);
      })
      .Case([&](DynamicUpdateSliceOp slice) {
        for (auto [size, extent] : llvm::zip(dimsOf(slice.getUpdate()), dimsOf(slice.getX())))
          fits(size, extent);
      })
      .Case([&](TopKOp top) { fits(DimExpr(top.getK()), dimsOf(top.getX())[top.getDim()]); })
      .Case<ArgmaxOp, ArgminOp>([&](auto arg) { isNotEmpty(arg.getX(), arg.getDim()); })
      .Case([&](ReduceOp reduce) {
        if (reduce.getKind() == ReduceKind::max || reduce.getKind() == ReduceKind::min)
          for (int64_t dim : reduce.getDims())
            isNotEmpty(reduce.getX(), dim);
      })
      .Case<ReduceWindowOp, WindowArgmaxOp>(windowFits);
}

void narrowSymbols(ModuleOp module) {
  Ranges found;
  module.walk([&](Operation *op) {
    for (Type type : op->getResultTypes())
      if (isa<RankedTensorType>(type))
        for (const DimExpr &extent : dimsOf(type))
          found.requireNotNegative(extent);
    addRequirements(op, found);
  });
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function.isPrivate())
      continue;
    if (!found.conditions.empty())
      addConditions(function, notNegative, found.conditions);
    if (found.ranges.empty())
      continue;
    NamedAttrList all(function->getAttrOfType<DictionaryAttr>("dlc.symbols"));
    for (const auto &[name, range] : found.ranges) {
      Range joined = range;
      if (auto given = dyn_cast_or_null<DenseI64ArrayAttr>(all.get(name)); given && given.size() == 3)
        joined = {std::max(range.min, given[0]), std::min(range.max, given[1]), given[2]};
      if (joined.min <= joined.max) // else no value has a meaning, and the op that asks for it says so by itself
        all.set(name, DenseI64ArrayAttr::get(module.getContext(), {joined.min, joined.max, joined.divisor}));
    }
    function->setAttr("dlc.symbols", all.getDictionary(module.getContext()));
  }
}

} // namespace dlc
