// Builders of contractions: matmul by the Array API's rules, tensordot, and convolutions with promoted operands. The
// order of additions is the default one (numerics N3, N5).
#include "lib/Array/Builders.h"

using namespace mlir;

namespace dlc {

/// Two operands in their common element type; bool is not contracted.
static bool promoteTwo(Builder &b, Value &x, Value &y) {
  if (!b.checkOperands(2))
    return false;
  Type element = b.promote(b.operands);
  if (!element)
    return false;
  if (element.isInteger(1))
    return b.failType("expected numbers, but got element type bool");
  x = b.materialize(b.operands[0], element);
  y = b.materialize(b.operands[1], element);
  return true;
}

static std::string shapes(Value x, Value y) { return dimsText(dimsOf(x)) + " and " + dimsText(dimsOf(y)); }

/// The batch dims of both sides broadcast to one shape.
static bool alignBatch(Builder &b, Value &x, Value &y) {
  Dims dx = dimsOf(x), dy = dimsOf(y);
  size_t rows = dx.size() - 2, columns = dy.size() - 2, batch = std::max(rows, columns);
  Dims shape(batch, DimExpr(1));
  for (const auto &[dims, count] : {std::pair(dx, rows), std::pair(dy, columns)})
    for (size_t i = 0; i < count; ++i) {
      DimExpr &extent = shape[batch - count + i];
      if (extent != DimExpr(1) && dims[i] != DimExpr(1) && extent != dims[i])
        return b.fail("expected batch dimensions that broadcast, but got shapes ", shapes(x, y));
      if (extent == DimExpr(1))
        extent = dims[i];
    }
  Dims tx = shape, ty = shape;
  tx.append(dx.end() - 2, dx.end());
  ty.append(dy.end() - 2, dy.end());
  x = b.broadcastTo(x, tx);
  y = b.broadcastTo(y, ty);
  return true;
}

/// Ranks as in the Array API: vectors contract their only dim; a right operand of rank 2 has no batch dims, so that the
/// leading dims of the left one are rows of one product.
static bool buildMatmul(Builder &b) {
  Value x, y;
  if (!promoteTwo(b, x, y))
    return false;
  int64_t rx = rankOf(x), ry = rankOf(y);
  if (rx == 0 || ry == 0)
    return b.fail("expected operands of rank 1 or more, but got shapes ", shapes(x, y));
  DimExpr left = dimsOf(x)[rx - 1], right = dimsOf(y)[ry == 1 ? 0 : ry - 2];
  if (left != right)
    return b.fail("expected the last dimension of the left operand to equal dimension ", ry == 1 ? 0 : ry - 2,
                  " of the right one, but got ", left.str(), " and ", right.str(), " in shapes ", shapes(x, y));
  SmallVector<int64_t> batch;
  if (rx > 2 ? ry > 2 : ry > 2 && rx == 2) {
    if (!alignBatch(b, x, y))
      return false;
    for (int64_t i = 0; i < rankOf(x) - 2; ++i)
      batch.push_back(i);
  }
  rx = rankOf(x);
  ry = rankOf(y);
  // A vector on the left of a batch of matrices: its product has the batch dims, then the columns, as dot_general has.
  b.results.push_back(b.ops.dot(x, y, batch, batch, {rx - 1}, {ry == 1 ? 0 : ry - 2}));
  return true;
}

/// {lhs_batch, rhs_batch, lhs_contract, rhs_contract}: dot_general in the default order.
static bool buildDotGeneral(Builder &b) {
  Value x, y;
  if (!promoteTwo(b, x, y))
    return false;
  auto list = [&](StringRef name) {
    auto attr = b.attributes.getAs<DenseI64ArrayAttr>(name);
    return attr ? SmallVector<int64_t>(attr.asArrayRef()) : SmallVector<int64_t>();
  };
  SmallVector<int64_t> lhsBatch = list("lhs_batch"), rhsBatch = list("rhs_batch");
  SmallVector<int64_t> lhsContract = list("lhs_contract"), rhsContract = list("rhs_contract");
  InferError error(b.name, b.location);
  SmallVector<int64_t> lhsAll(lhsBatch), rhsAll(rhsBatch);
  lhsAll.append(lhsContract);
  rhsAll.append(rhsContract);
  if (failed(error.checkDims("lhs dims", lhsAll, rankOf(x))) || failed(error.checkDims("rhs dims", rhsAll, rankOf(y))))
    return false;
  Order order = defaultDotOrder(rankOf(x), rankOf(y), lhsBatch, lhsContract, rhsContract);
  OpBuilder &ir = b.irBuilder;
  NamedAttrList attributes;
  attributes.set("lhs_batch", ir.getDenseI64ArrayAttr(lhsBatch));
  attributes.set("rhs_batch", ir.getDenseI64ArrayAttr(rhsBatch));
  attributes.set("lhs_contract", ir.getDenseI64ArrayAttr(lhsContract));
  attributes.set("rhs_contract", ir.getDenseI64ArrayAttr(rhsContract));
  attributes.set("order", OrderAttr::get(ir.getContext(), order));
  Operation *op = b.create("dlc.dot_general", {x, y}, attributes.getDictionary(ir.getContext()));
  if (op)
    b.results.push_back(op->getResult(0));
  return op != nullptr;
}

/// {strides, low, high, dilation, groups} of a convolution: operands are promoted, attributes as in the op.
static bool buildConv(Builder &b) {
  Value x, y;
  if (!promoteTwo(b, x, y))
    return false;
  Operation *op = b.create(("dlc." + b.name).str(), {x, y}, b.attributes);
  if (op)
    b.results.push_back(op->getResult(0));
  return op != nullptr;
}

ArrayRef<NamedBuilder> contractionBuilders() {
  static const NamedBuilder builders[] = {
      {"matmul", buildMatmul, Takes::computed},
      {"dot_general", buildDotGeneral, Takes::computed},
      {"conv", buildConv},
      {"conv_input_grad", buildConv},
      {"conv_weight_grad", buildConv},
  };
  return builders;
}

} // namespace dlc
