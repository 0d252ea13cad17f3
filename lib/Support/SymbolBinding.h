// Values for symbols, found from the extents that a caller passes where a signature has polynomials. Afterwards every
// symbol of the signature has one value and every extent equals its polynomial, or the status says which does not.
#ifndef DLC_SUPPORT_SYMBOLBINDING_H
#define DLC_SUPPORT_SYMBOLBINDING_H

#include "lib/Runtime/Status.h"
#include "lib/Support/DimExpr.h"

#include <map>

namespace dlc {

class SymbolBinding {
public:
  /// Declares that `dims` of the tensor that messages call `what` ("argument 0") were passed as `shape`. Value if the
  /// ranks differ.
  Status add(const std::string &what, const std::vector<DimExpr> &dims, const std::vector<int64_t> &shape);

  /// Solves for the symbols and checks everything that was added. A symbol gets its value from an extent that it
  /// equals, or from one that is a * symbol + b once the others are known. Value if an extent contradicts or a symbol
  /// stays open.
  Status solve();

  void set(const std::string &symbol, int64_t value) { values[symbol] = value; }
  bool empty() const { return values.empty(); }
  std::optional<int64_t> lookup(const std::string &symbol) const;
  /// The value of an extent; nothing if a symbol in it has none.
  std::optional<int64_t> evaluate(const DimExpr &dim) const;

private:
  struct Equation {
    std::string what;
    size_t dim;
    DimExpr expected;
    int64_t extent;
  };
  bool solveOne(const Equation &equation);
  Status check(const Equation &equation) const;

  std::vector<Equation> equations;
  std::map<std::string, int64_t> values;
};

} // namespace dlc

#endif // DLC_SUPPORT_SYMBOLBINDING_H
