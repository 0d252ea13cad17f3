// Types with symbolic extents, and the correspondence of MLIR's element types with DType.
#include "dialects/dlc/Types.h"
#include "dialects/dlc/Dlc.h"

using namespace mlir;

namespace dlc {

Dims dimsOf(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  Dims named;
  if (auto encoding = dyn_cast_or_null<DimsAttr>(tensor.getEncoding()))
    named = Dims(encoding.getDims());
  Dims dims;
  for (auto [i, extent] : llvm::enumerate(tensor.getShape()))
    if (!ShapedType::isDynamic(extent))
      dims.push_back(DimExpr(extent));
    else
      dims.push_back(i < named.size() ? named[i] : DimExpr::symbol("unknown" + std::to_string(i)));
  return dims;
}

RankedTensorType tensorType(ArrayRef<DimExpr> dims, Type element) {
  SmallVector<int64_t> shape;
  bool isStatic = true;
  for (const DimExpr &dim : dims) {
    auto constant = dim.constant();
    isStatic &= constant.has_value();
    shape.push_back(constant ? *constant : ShapedType::kDynamic);
  }
  return RankedTensorType::get(shape, element,
                               isStatic ? Attribute() : Attribute(DimsAttr::get(element.getContext(), dims)));
}

RankedTensorType withElement(Type type, Type element) {
  auto tensor = cast<RankedTensorType>(type);
  return RankedTensorType::get(tensor.getShape(), element, tensor.getEncoding());
}

Type elementTypeOf(Type type) { return getElementTypeOrSelf(type); }
Type partElement(Type element) {
  auto complex = dyn_cast<ComplexType>(element);
  return complex ? complex.getElementType() : element;
}
Type complexElement(Type part) { return ComplexType::get(part); }
Type boolType(MLIRContext *context) { return IntegerType::get(context, 1); }
bool hasDerivative(Type type) {
  DType element = dtypeOf(type);
  return (isFloat(element) && !isStorage(element)) || isComplex(element);
}
int64_t rankOf(Value value) { return cast<RankedTensorType>(value.getType()).getRank(); }

DType dtypeOf(Type type) {
  type = getElementTypeOrSelf(type);
  if (type.isF64())
    return DType::F64;
  if (type.isF32())
    return DType::F32;
  if (type.isF16())
    return DType::F16;
  if (type.isBF16())
    return DType::BF16;
  if (isa<Float8E4M3FNType>(type))
    return DType::F8E4M3;
  if (isa<Float8E5M2Type>(type))
    return DType::F8E5M2;
  if (auto complex = dyn_cast<ComplexType>(type))
    return complex.getElementType().isF64() ? DType::C128 : DType::C64;
  auto integer = cast<IntegerType>(type);
  bool isUnsigned = integer.isUnsigned();
  switch (integer.getWidth()) {
  case 1:
    return DType::Bool;
  case 4:
    return isUnsigned ? DType::U4 : DType::I4;
  case 8:
    return isUnsigned ? DType::U8 : DType::I8;
  case 16:
    return isUnsigned ? DType::U16 : DType::I16;
  case 32:
    return isUnsigned ? DType::U32 : DType::I32;
  default:
    return isUnsigned ? DType::U64 : DType::I64;
  }
}

Type typeOf(DType type, MLIRContext *context) {
  Builder b(context);
  switch (type) {
  case DType::F64:
    return b.getF64Type();
  case DType::F32:
    return b.getF32Type();
  case DType::F16:
    return b.getF16Type();
  case DType::BF16:
    return b.getBF16Type();
  case DType::F8E4M3:
    return Float8E4M3FNType::get(context);
  case DType::F8E5M2:
    return Float8E5M2Type::get(context);
  case DType::C64:
    return ComplexType::get(b.getF32Type());
  case DType::C128:
    return ComplexType::get(b.getF64Type());
  case DType::Bool:
    return b.getI1Type();
  default:
    return IntegerType::get(context, bitWidth(type),
                            isUnsignedInt(type) ? IntegerType::Unsigned : IntegerType::Signless);
  }
}

std::string dimsText(ArrayRef<DimExpr> dims) {
  std::string text = "[";
  for (const DimExpr &dim : dims)
    text += (text.size() > 1 ? ", " : "") + dim.str();
  return text + "]";
}

} // namespace dlc
