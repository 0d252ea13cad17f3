// Solving for symbols one by one: an extent with a single open symbol, in which it is linear, gives its value.
#include "lib/Support/SymbolBinding.h"

namespace dlc {

Status SymbolBinding::add(const std::string &what, const std::vector<DimExpr> &dims,
                          const std::vector<int64_t> &shape) {
  if (dims.size() != shape.size())
    return Status::error(ErrorKind::Value, "expected %s of rank %zu, but got rank %zu", what.c_str(), dims.size(),
                         shape.size());
  for (size_t i = 0; i < dims.size(); ++i)
    equations.push_back({what, i, dims[i], shape[i]});
  return Status::ok();
}

std::optional<int64_t> SymbolBinding::lookup(const std::string &symbol) const {
  auto place = values.find(symbol);
  return place == values.end() ? std::nullopt : std::optional<int64_t>(place->second);
}

std::optional<int64_t> SymbolBinding::evaluate(const DimExpr &dim) const {
  return evaluateDim(dim, [this](const std::string &name) { return lookup(name); });
}

/// Gives a value to the only open symbol of an equation a * symbol + b = extent; true if it did.
bool SymbolBinding::solveOne(const Equation &equation) {
  DimExpr rest = equation.expected.substitute([this](const std::string &name) {
    auto value = lookup(name);
    return value ? DimExpr(*value) : DimExpr::symbol(name);
  });
  std::vector<std::string> open;
  rest.collectSymbols(open);
  if (open.size() != 1)
    return false;
  int64_t factor = 0, offset = 0;
  for (const auto &[product, coefficient] : rest.products()) {
    if (product.empty())
      offset = coefficient;
    else if (product.size() == 1 && product[0] == open[0])
      factor = coefficient;
    else
      return false;
  }
  int64_t numerator = equation.extent - offset;
  if (factor == 0 || numerator % factor != 0 || numerator / factor < 0)
    return false;
  values[open[0]] = numerator / factor;
  return true;
}

Status SymbolBinding::check(const Equation &equation) const {
  auto value = evaluate(equation.expected);
  std::string text = equation.expected.str();
  if (!value)
    return Status::error(ErrorKind::Value,
                         "expected extents that determine the symbols of %s in dimension %zu of %s, but got %lld",
                         text.c_str(), equation.dim, equation.what.c_str(), (long long)equation.extent);
  if (*value == equation.extent)
    return Status::ok();
  if (equation.expected.isConstant())
    return Status::error(ErrorKind::Value, "expected dimension %zu of %s to be %lld, but got %lld", equation.dim,
                         equation.what.c_str(), (long long)*value, (long long)equation.extent);
  return Status::error(ErrorKind::Value, "expected dimension %zu of %s to be %s = %lld, but got %lld", equation.dim,
                       equation.what.c_str(), text.c_str(), (long long)*value, (long long)equation.extent);
}

Status SymbolBinding::solve() {
  bool hasProgress = true;
  while (hasProgress) {
    hasProgress = false;
    for (const Equation &equation : equations)
      hasProgress |= solveOne(equation);
  }
  for (const Equation &equation : equations)
    DLC_RETURN_IF_FAILED(check(equation));
  return Status::ok();
}

} // namespace dlc
