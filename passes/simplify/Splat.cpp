// Constants are compared by bits: -0 and 0 differ.
#include "passes/simplify/Splat.h"
#include "dialects/dlc/Dlc.h"

using namespace mlir;

namespace dlc {

Value splatSource(Value x) {
  auto broadcast = x.getDefiningOp<BroadcastOp>();
  return broadcast && rankOf(broadcast.getX()) == 0 ? broadcast.getX() : Value();
}

Attribute splatConstant(Value x) {
  while (auto broadcast = x.getDefiningOp<BroadcastOp>())
    x = broadcast.getX();
  auto constant = x.getDefiningOp<ConstantOp>();
  return constant && constant.getValue().isSplat() ? constant.getValue().getSplatValue<Attribute>() : Attribute();
}

bool isSplatOf(Value x, double number) {
  Attribute attr = splatConstant(x);
  if (auto real = dyn_cast_or_null<FloatAttr>(attr)) {
    APFloat expected(number);
    bool losesInfo;
    expected.convert(real.getValue().getSemantics(), APFloat::rmNearestTiesToEven, &losesInfo);
    return !losesInfo && real.getValue().bitwiseIsEqual(expected);
  }
  auto integer = dyn_cast_or_null<IntegerAttr>(attr);
  return integer &&
         integer.getValue() == APInt(integer.getValue().getBitWidth(), uint64_t(int64_t(number)), true, true);
}

bool isSplatOfBits(Value x, bool bit) {
  auto integer = dyn_cast_or_null<IntegerAttr>(splatConstant(x));
  return integer && (bit ? integer.getValue().isAllOnes() : integer.getValue().isZero());
}

bool isSplatZero(Value x, bool isNegative) {
  return isSplatOf(x, isNegative && isa<FloatType>(elementTypeOf(x)) ? -0.0 : 0.0);
}

Value repeat(OpBuilder &builder, Location location, Value scalar, Type type) {
  return DlcBuilder(builder, location).broadcast(scalar, dimsOf(type), {});
}

} // namespace dlc
