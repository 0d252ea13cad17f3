// The normal form of extents: a sorted map from sorted products of atoms to non-zero coefficients.
#include "lib/Support/DimExpr.h"

#include <algorithm>
#include <cctype>

namespace dlc {

DimExpr::DimExpr(int64_t constant) { addTerm({}, constant); }

DimExpr DimExpr::atom(std::string text) {
  DimExpr result;
  result.addTerm({std::move(text)}, 1);
  return result;
}

DimExpr DimExpr::symbol(std::string_view name) { return atom(std::string(name)); }

void DimExpr::addTerm(const Product &product, int64_t coefficient) {
  if (coefficient == 0)
    return;
  auto [place, isNew] = terms.try_emplace(product, coefficient);
  if (!isNew && (place->second += coefficient) == 0)
    terms.erase(place);
}

DimExpr DimExpr::operator+(const DimExpr &other) const {
  DimExpr result = *this;
  for (const auto &[product, coefficient] : other.terms)
    result.addTerm(product, coefficient);
  return result;
}

DimExpr DimExpr::operator-(const DimExpr &other) const { return *this + other * DimExpr(-1); }

DimExpr DimExpr::operator*(const DimExpr &other) const {
  DimExpr result;
  for (const auto &[left, a] : terms)
    for (const auto &[right, b] : other.terms) {
      Product product = left;
      product.insert(product.end(), right.begin(), right.end());
      std::sort(product.begin(), product.end());
      result.addTerm(product, a * b);
    }
  return result;
}

std::optional<int64_t> DimExpr::constant() const {
  if (terms.empty())
    return 0;
  if (terms.size() == 1 && terms.begin()->first.empty())
    return terms.begin()->second;
  return std::nullopt;
}

static int64_t floorDivide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

/// Splits value = divisor * quotient + rest, moving every term that the divisor divides into the quotient.
static void splitMultiples(const DimExpr &value, int64_t divisor, DimExpr &quotient, DimExpr &rest) {
  for (const auto &[product, coefficient] : value.products()) {
    DimExpr term(1);
    for (const std::string &atom : product)
      term = term * DimExpr::symbol(atom);
    if (coefficient % divisor == 0)
      quotient = quotient + term * DimExpr(coefficient / divisor);
    else
      rest = rest + term * DimExpr(coefficient);
  }
}

DimExpr DimExpr::floorDiv(const DimExpr &value, int64_t divisor) {
  DimExpr quotient, rest;
  splitMultiples(value, divisor, quotient, rest);
  if (auto number = rest.constant())
    return quotient + DimExpr(floorDivide(*number, divisor));
  return quotient + atom("floordiv(" + rest.str() + ", " + std::to_string(divisor) + ")");
}

DimExpr DimExpr::ceilDiv(const DimExpr &value, int64_t divisor) {
  DimExpr quotient, rest;
  splitMultiples(value, divisor, quotient, rest);
  if (auto number = rest.constant())
    return quotient + DimExpr(-floorDivide(-*number, divisor));
  return quotient + atom("ceildiv(" + rest.str() + ", " + std::to_string(divisor) + ")");
}

std::optional<DimExpr> DimExpr::exactDiv(const DimExpr &divisor) const {
  if (divisor.terms.size() != 1)
    return *this == divisor ? std::optional<DimExpr>(DimExpr(1)) : std::nullopt;
  const auto &[factors, scale] = *divisor.terms.begin();
  DimExpr result;
  for (const auto &[product, coefficient] : terms) {
    Product rest = product;
    for (const std::string &factor : factors) {
      auto place = std::find(rest.begin(), rest.end(), factor);
      if (place == rest.end())
        return std::nullopt;
      rest.erase(place);
    }
    if (coefficient % scale)
      return std::nullopt;
    result.addTerm(rest, coefficient / scale);
  }
  return result;
}

std::string DimExpr::str() const {
  if (terms.empty())
    return "0";
  std::string text, constant;
  for (const auto &[product, coefficient] : terms) {
    bool negative = coefficient < 0;
    std::string term;
    uint64_t magnitude = negative ? 0 - uint64_t(coefficient) : uint64_t(coefficient);
    if (product.empty() || magnitude != 1)
      term = std::to_string(magnitude);
    for (const std::string &atom : product)
      term += (term.empty() ? "" : "*") + atom;
    if (product.empty()) {
      constant = (negative ? "-" : "") + term;
      continue;
    }
    text += text.empty() ? (negative ? "-" : "") : (negative ? " - " : " + ");
    text += term;
  }
  if (constant.empty())
    return text;
  if (text.empty())
    return constant;
  return text + (constant[0] == '-' ? " - " + constant.substr(1) : " + " + constant);
}

std::optional<DimExpr::Division> DimExpr::asDivision(const std::string &atom) {
  bool floor = atom.rfind("floordiv(", 0) == 0, ceil = atom.rfind("ceildiv(", 0) == 0;
  if (!floor && !ceil)
    return std::nullopt;
  size_t open = atom.find('('), comma = atom.rfind(", ");
  return Division{ceil, atom.substr(open + 1, comma - open - 1), std::stoll(atom.substr(comma + 2))};
}

void DimExpr::collectSymbols(std::vector<std::string> &names) const {
  for (const auto &[product, coefficient] : terms)
    for (const std::string &atom : product) {
      if (auto division = asDivision(atom))
        division->value().collectSymbols(names);
      else if (std::find(names.begin(), names.end(), atom) == names.end())
        names.push_back(atom);
    }
}

namespace {
struct SubstituteOps {
  const std::function<DimExpr(const std::string &)> &value;
  DimExpr constant(int64_t c) { return DimExpr(c); }
  DimExpr symbol(const std::string &name) { return value(name); }
  DimExpr add(const DimExpr &a, const DimExpr &b) { return a + b; }
  DimExpr mul(const DimExpr &a, const DimExpr &b) { return a * b; }
  DimExpr floorDiv(const DimExpr &a, int64_t c) { return DimExpr::floorDiv(a, c); }
  DimExpr ceilDiv(const DimExpr &a, int64_t c) { return DimExpr::ceilDiv(a, c); }
};
} // namespace

DimExpr DimExpr::substitute(const std::function<DimExpr(const std::string &)> &value) const {
  SubstituteOps ops{value};
  return fold<DimExpr>(ops);
}

std::optional<int64_t> evaluateDim(const DimExpr &expr,
                                   const std::function<std::optional<int64_t>(const std::string &)> &value) {
  return expr
      .substitute([&](const std::string &name) {
        auto number = value(name);
        return number ? DimExpr(*number) : DimExpr::symbol(name);
      })
      .constant();
}

/// Recursive descent over `sum := ['-'] term (('+'|'-') term)*`, `term := factor ('*' factor)*`.
class DimParser {
public:
  explicit DimParser(std::string_view text) : text(text) {}

  std::optional<DimExpr> whole() {
    auto result = sum();
    skipSpace();
    return result && at == text.size() ? result : std::nullopt;
  }

private:
  std::optional<DimExpr> sum() {
    if (++depth > 64)
      return std::nullopt;
    bool negative = eat('-');
    auto result = term();
    if (result && negative)
      result = DimExpr(0) - *result;
    while (result) {
      bool plus = eat('+');
      if (!plus && !eat('-'))
        break;
      auto next = term();
      if (!next)
        return std::nullopt;
      result = plus ? *result + *next : *result - *next;
    }
    --depth;
    return result;
  }

  std::optional<DimExpr> term() {
    auto result = factor();
    while (result && eat('*')) {
      auto next = factor();
      if (!next)
        return std::nullopt;
      result = *result * *next;
    }
    return result;
  }

  std::optional<DimExpr> factor() {
    skipSpace();
    if (at < text.size() && std::isdigit((unsigned char)text[at]))
      return number();
    std::string name;
    while (at < text.size() && (std::isalnum((unsigned char)text[at]) || text[at] == '_'))
      name += text[at++];
    if (name.empty())
      return std::nullopt;
    if (name != "floordiv" && name != "ceildiv")
      return DimExpr::symbol(name);
    if (!eat('('))
      return std::nullopt;
    auto value = sum();
    if (!value || !eat(','))
      return std::nullopt;
    skipSpace();
    auto divisor = number();
    if (!divisor || *divisor->constant() <= 0 || !eat(')'))
      return std::nullopt;
    return name == "ceildiv" ? DimExpr::ceilDiv(*value, *divisor->constant())
                             : DimExpr::floorDiv(*value, *divisor->constant());
  }

  std::optional<DimExpr> number() {
    int64_t value = 0;
    size_t start = at;
    while (at < text.size() && std::isdigit((unsigned char)text[at]))
      if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, text[at++] - '0', &value))
        return std::nullopt;
    return at > start ? std::optional<DimExpr>(DimExpr(value)) : std::nullopt;
  }

  bool eat(char c) {
    skipSpace();
    if (at >= text.size() || text[at] != c)
      return false;
    ++at;
    return true;
  }
  void skipSpace() {
    while (at < text.size() && text[at] == ' ')
      ++at;
  }

  std::string_view text;
  size_t at = 0;
  int depth = 0;
};

std::optional<DimExpr> DimExpr::parse(std::string_view text) { return DimParser(text).whole(); }

} // namespace dlc
