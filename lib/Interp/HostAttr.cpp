// Elements go through their bits, so NaNs and signs of zero survive.
#include "lib/Interp/HostAttr.h"
#include "dialects/dlc/Dlc.h"

using namespace mlir;

namespace dlc {

static APInt bitsAt(const HostTensor &tensor, int64_t i, unsigned width) {
  return APInt(64, scalar::load(tensor.type, tensor.at(i)).bits()).trunc(width);
}

static unsigned widthOf(Type element) { return element.isIndex() ? 64 : element.getIntOrFloatBitWidth(); }

DenseElementsAttr attrOf(const HostTensor &tensor, RankedTensorType type) {
  Type element = type.getElementType();
  if (isa<ComplexType>(element))
    return DenseElementsAttr::getFromRawBuffer(type, ArrayRef(tensor.data<char>(), size_t(tensor.bytes())));
  unsigned width = widthOf(element);
  auto floatType = dyn_cast<FloatType>(element);
  SmallVector<APInt> integers;
  SmallVector<APFloat> floats;
  for (int64_t i = 0, size = tensor.size(); i < size; ++i) {
    APInt bits = bitsAt(tensor, i, width);
    if (floatType)
      floats.push_back(APFloat(floatType.getFloatSemantics(), bits));
    else
      integers.push_back(std::move(bits));
  }
  return floatType ? DenseElementsAttr::get(type, floats) : DenseElementsAttr::get(type, integers);
}

TypedAttr scalarAttrOf(const HostTensor &tensor, Type type) {
  APInt bits = bitsAt(tensor, 0, widthOf(type));
  if (auto floatType = dyn_cast<FloatType>(type))
    return FloatAttr::get(type, APFloat(floatType.getFloatSemantics(), bits));
  return IntegerAttr::get(type, bits);
}

HostTensor tensorOf(TypedAttr attr) {
  Type type = attr.getType();
  HostTensor tensor(type.isIndex() ? DType::I64 : dtypeOf(type), {});
  APInt bits =
      isa<FloatAttr>(attr) ? cast<FloatAttr>(attr).getValue().bitcastToAPInt() : cast<IntegerAttr>(attr).getValue();
  scalar::store(scalar::Scalar::ofBits(tensor.type, bits.getZExtValue()), tensor.at(0));
  return tensor;
}

} // namespace dlc
