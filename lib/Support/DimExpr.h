// An extent: an integer polynomial over named symbols, with floordiv and ceildiv by a positive constant (contract C7).
// Kept in one sorted normal form, so two extents are provably equal exactly when their texts are. Static extents are
// constant polynomials. Plain data: no dialect, no MLIR.
#ifndef DLC_SUPPORT_DIMEXPR_H
#define DLC_SUPPORT_DIMEXPR_H
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dlc {

class DimExpr {
public:
  DimExpr() = default;
  DimExpr(int64_t constant);
  static DimExpr symbol(std::string_view name);
  /// floor(value / divisor) and ceil(value / divisor); `divisor` must be positive. Exact divisions are carried out.
  static DimExpr floorDiv(const DimExpr &value, int64_t divisor);
  static DimExpr ceilDiv(const DimExpr &value, int64_t divisor);
  /// Reads the form that `str` prints. Nothing if the text is malformed.
  static std::optional<DimExpr> parse(std::string_view text);

  DimExpr operator+(const DimExpr &other) const;
  DimExpr operator-(const DimExpr &other) const;
  DimExpr operator*(const DimExpr &other) const;
  bool operator==(const DimExpr &other) const { return terms == other.terms; }
  bool operator!=(const DimExpr &other) const { return !(*this == other); }

  /// The value when no symbol occurs.
  std::optional<int64_t> constant() const;
  bool isConstant() const { return constant().has_value(); }
  /// The exact quotient when `divisor` divides every term, as reshape's inferred extent needs.
  std::optional<DimExpr> exactDiv(const DimExpr &divisor) const;
  std::string str() const;
  /// Appends the names of all symbols in order of first appearance, without repeats.
  void collectSymbols(std::vector<std::string> &names) const;
  DimExpr substitute(const std::function<DimExpr(const std::string &)> &value) const;

  /// Folds the polynomial bottom-up. `Ops` provides constant(int64), symbol(name), add, mul, floorDiv(v, c) and
  /// ceilDiv(v, c): host evaluation, IR building and postfix code are three instances of it.
  template <class Value, class Ops> Value fold(Ops &ops) const;

private:
  struct Atom;
  /// Products of atoms, each atom in its text form: "B", "floordiv(B + 1, 2)". The empty product is the constant term.
  using Product = std::vector<std::string>;
  std::map<Product, int64_t> terms;

  void addTerm(const Product &product, int64_t coefficient);
  static DimExpr atom(std::string text);
  friend class DimParser;

public:
  /// One atom taken apart: a symbol, or a division of a polynomial.
  struct Division {
    bool ceil;
    DimExpr value() const { return *DimExpr::parse(text); }
    std::string text;
    int64_t divisor;
  };
  static std::optional<Division> asDivision(const std::string &atom);
  const std::map<Product, int64_t> &products() const { return terms; }
};

template <class Value, class Ops> Value DimExpr::fold(Ops &ops) const {
  std::optional<Value> sum;
  for (const auto &[product, coefficient] : terms) {
    std::optional<Value> factor;
    for (const std::string &text : product) {
      Value value = ops.constant(0);
      if (auto division = asDivision(text)) {
        Value inner = division->value().fold<Value>(ops);
        value = division->ceil ? ops.ceilDiv(inner, division->divisor) : ops.floorDiv(inner, division->divisor);
      } else {
        value = ops.symbol(text);
      }
      factor = factor ? ops.mul(*factor, value) : value;
    }
    if (!factor)
      factor = ops.constant(coefficient);
    else if (coefficient != 1)
      factor = ops.mul(*factor, ops.constant(coefficient));
    sum = sum ? ops.add(*sum, *factor) : *factor;
  }
  return sum ? *sum : ops.constant(0);
}

/// The value under a binding of symbols; nothing if one is unbound.
std::optional<int64_t> evaluateDim(const DimExpr &expr,
                                   const std::function<std::optional<int64_t>(const std::string &)> &value);

} // namespace dlc

#endif // DLC_SUPPORT_DIMEXPR_H
