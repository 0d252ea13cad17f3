// What builders share: checked creation of ops, promotion, broadcasting, and reading of attributes.
#include "lib/Array/Trace.h"

#include "mlir/IR/Verifier.h"

using namespace mlir;

namespace dlc {

Builder::Builder(Trace &trace, StringRef name, Location location, DictionaryAttr attributes,
                 MutableArrayRef<Operand> operands)
    : trace(trace), name(name), location(location), attributes(attributes), operands(operands),
      irBuilder(trace.builder()), ops(irBuilder, location) {
  ops.leavesOutIdentities = true;
}

//===--- Checked creation ---===//

template <unsigned... N> static bool takesOperands(RegisteredOperationName op, size_t count) {
  return !((op.hasTrait<OpTrait::NOperands<N>::template Impl>() && count != N) || ...) &&
         !((op.hasTrait<OpTrait::AtLeastNOperands<N>::template Impl>() && count < N) || ...);
}

/// Whether the op takes this many operands.
static bool takesOperands(RegisteredOperationName op, size_t count) {
  if (op.hasTrait<OpTrait::ZeroOperands>())
    return count == 0;
  if (op.hasTrait<OpTrait::OneOperand>())
    return count == 1;
  return count > 0 && takesOperands<2, 3, 4, 5>(op, count);
}

namespace {

/// The properties of an op that is not made yet, as inference needs them.
class Properties {
public:
  Properties(RegisteredOperationName op)
      : op(op), storage((op.getOpPropertyByteSize() + sizeof(std::max_align_t) - 1) / sizeof(std::max_align_t)),
        value(storage.data()) {
    op.initOpProperties(value, OpaqueProperties(nullptr));
  }
  ~Properties() { op.destroyOpProperties(value); }
  Properties(const Properties &) = delete;
  Properties &operator=(const Properties &) = delete;

  RegisteredOperationName op;
  std::vector<std::max_align_t> storage;
  OpaqueProperties value;
};

} // namespace

Operation *Builder::create(StringRef opName, ValueRange values, DictionaryAttr given) {
  MLIRContext *context = irBuilder.getContext();
  auto op = RegisteredOperationName::lookup(opName, context);
  auto *inference = op ? op->getInterface<InferTypeOpInterface>() : nullptr;
  if (!inference) {
    fail("expected the name of an op, but got '", opName, "'");
    return nullptr;
  }
  if (!takesOperands(*op, values.size())) {
    fail("expected another number of operands, but got ", values.size());
    return nullptr;
  }
  NamedAttrList all(given);
  op->populateDefaultAttrs(all);
  for (StringAttr required : op->getAttributeNames())
    if (!all.get(required)) {
      fail("expected attribute '", required.getValue(), "', but found none");
      return nullptr;
    }
  auto report = [&] { return emitError(location) << "'" << opName << "' op "; };
  Properties properties(*op);
  DictionaryAttr dictionary = all.getDictionary(context);
  SmallVector<Type> types;
  bool hasProperties = op->getOpPropertyByteSize() > 0;
  if (failed(op->verifyInherentAttrs(all, report)) ||
      (hasProperties && failed(op->setOpPropertiesFromAttribute(*op, properties.value, dictionary, report))) ||
      failed(inference->inferReturnTypes(context, location, values, dictionary, properties.value, {}, types)))
    return nullptr;
  OperationState state(location, *op);
  state.addOperands(values);
  state.addTypes(types);
  state.addAttributes(dictionary.getValue());
  Operation *made = irBuilder.create(state);
  if (succeeded(verify(made, /*verifyRecursively=*/false)))
    return made;
  made->erase();
  return nullptr;
}

bool Builder::checkOperands(size_t count) {
  return operands.size() == count || fail("expected ", count, " operands, but got ", operands.size());
}

//===--- Promotion ---===//

static Type defaultElement(WeakKind kind, MLIRContext *context) {
  switch (kind) {
  case WeakKind::Bool:
    return IntegerType::get(context, 1);
  case WeakKind::Int:
    return IntegerType::get(context, 64);
  default:
    return Float32Type::get(context);
  }
}

Value Builder::materialize(const Operand &operand, Type element) {
  if (operand.isLiteral())
    return trace.literal(operand, element);
  return ops.cast(operand.value, element);
}

Value Builder::value(size_t i) {
  const Operand &operand = operands[i];
  if (operand.weak == WeakKind::None)
    return operand.value;
  return materialize(operand, defaultElement(operand.weak, irBuilder.getContext()));
}

/// The meet of two dtypes: the wider of one kind; complex over a float over an integer over bool; f16 with bf16 is f32,
/// a signed with a wider or equal unsigned integer the next wider signed one. Nothing for u64 with a signed integer.
static std::optional<DType> meet(DType a, DType b) {
  if (a == b)
    return a;
  if (isComplex(a) || isComplex(b)) {
    DType left = isComplex(a) ? partOf(a) : a, right = isComplex(b) ? partOf(b) : b;
    bool isWide = left == DType::F64 || right == DType::F64;
    return isWide ? DType::C128 : DType::C64;
  }
  if (b == DType::Bool || (isFloat(a) && !isFloat(b)))
    return a;
  if (a == DType::Bool || (isFloat(b) && !isFloat(a)))
    return b;
  if (isFloat(a))
    return byteWidth(a) == byteWidth(b) ? DType::F32 : byteWidth(a) > byteWidth(b) ? a : b;
  if (isSignedInt(a) == isSignedInt(b))
    return byteWidth(a) > byteWidth(b) ? a : b;
  DType isSigned = isSignedInt(a) ? a : b, isUnsigned = isSignedInt(a) ? b : a;
  if (byteWidth(isSigned) > byteWidth(isUnsigned))
    return isSigned;
  switch (isUnsigned) {
  case DType::U8:
    return DType::I16;
  case DType::U16:
    return DType::I32;
  case DType::U32:
    return DType::I64;
  default:
    return std::nullopt;
  }
}

/// Whether an integer literal is a number of an element type, and an extent surely one.
static bool holds(Type element, const Operand &operand) {
  auto type = dyn_cast<IntegerType>(element);
  if (!type || operand.weak != WeakKind::Int)
    return true;
  unsigned bits = type.getWidth();
  if (!operand.isLiteral()) // an extent, which may be any number of 63 bits
    return bits == 64;
  if (type.isUnsigned() || bits == 1)
    return operand.integer >= 0 && (bits == 64 || operand.integer < int64_t(1) << bits);
  return bits == 64 || (operand.integer >= -(int64_t(1) << (bits - 1)) && operand.integer < int64_t(1) << (bits - 1));
}

Type Builder::promote(ArrayRef<Operand> which) {
  Type element = commonElement(which);
  for (const Operand &operand : which)
    if (element && !holds(element, operand)) {
      auto diagnosticName = dlc::name(dtypeOf(element));
      operand.isLiteral() ? fail("expected an integer that ", diagnosticName, " holds, but got ", operand.integer)
                          : fail("expected 64 bits beside a symbolic extent, but got ", diagnosticName, ": cast one");
      return {};
    }
  return element;
}

Type Builder::promoteToCompare(ArrayRef<Operand> which) {
  Type element = commonElement(which);
  bool isBeyond = element && llvm::any_of(which, [&](const Operand &operand) { return !holds(element, operand); });
  bool isWide = isBeyond && element.isUnsignedInteger(64); // i64 does not hold its numbers: the message of promote
  return isBeyond && !isWide ? IntegerType::get(element.getContext(), 64) : isWide ? promote(which) : element;
}

Type Builder::commonElement(ArrayRef<Operand> which) {
  MLIRContext *context = irBuilder.getContext();
  std::optional<DType> strong;
  WeakKind weak = WeakKind::None;
  for (const Operand &operand : which) {
    weak = std::max(weak, operand.weak);
    if (operand.weak != WeakKind::None)
      continue;
    DType type = dtypeOf(operand.value.getType());
    if (strong && *strong != type && (isStorage(*strong) || isStorage(type))) {
      failType("expected operands of one element type where one only stores, but got ", dlc::name(*strong), " and ",
               dlc::name(type), ": cast it first");
      return {};
    }
    auto met = strong ? meet(*strong, type) : type;
    if (!met) {
      failType("expected element types that have a common one, but got ", dlc::name(*strong), " and ", dlc::name(type));
      return {};
    }
    strong = met;
  }
  if (!strong)
    return defaultElement(weak, context);
  if (isFourBits(*strong) && weak == WeakKind::Float) {
    failType("expected an integer beside ", dlc::name(*strong), ", but got a float: cast it first");
    return {};
  }
  bool isOutranked = (weak == WeakKind::Float && !isFloat(*strong) && !isComplex(*strong)) ||
                     (weak == WeakKind::Int && *strong == DType::Bool);
  return isOutranked ? defaultElement(weak, context) : typeOf(*strong, context);
}

//===--- Broadcasting ---===//

std::optional<Dims> Builder::broadcastShape(ValueRange values) {
  Dims shape;
  for (Value value : values) {
    Dims dims = dimsOf(value);
    if (dims.size() > shape.size())
      shape.insert(shape.begin(), dims.size() - shape.size(), DimExpr(1));
    size_t offset = shape.size() - dims.size();
    for (size_t i = 0; i < dims.size(); ++i) {
      DimExpr &extent = shape[offset + i];
      if (extent == dims[i] || dims[i] == DimExpr(1))
        continue;
      if (extent != DimExpr(1)) {
        std::string shapes;
        for (Value each : values)
          shapes += (shapes.empty() ? "" : " and ") + dimsText(dimsOf(each));
        fail("expected shapes that broadcast, but got ", shapes);
        return std::nullopt;
      }
      extent = dims[i];
    }
  }
  return shape;
}

Value Builder::broadcastTo(Value value, ArrayRef<DimExpr> shape) {
  SmallVector<int64_t> dims;
  int64_t rank = rankOf(value);
  for (int64_t i = 0; i < rank; ++i)
    dims.push_back(int64_t(shape.size()) - rank + i);
  return ops.broadcast(value, shape, dims);
}

//===--- Attributes ---===//

int64_t Builder::integer(StringRef attribute, int64_t fallback) {
  auto attr = attributes.getAs<IntegerAttr>(attribute);
  return attr ? attr.getInt() : fallback;
}

double Builder::number(StringRef attribute, double fallback) {
  auto attr = attributes.getAs<FloatAttr>(attribute);
  return attr ? attr.getValueAsDouble() : double(integer(attribute, int64_t(fallback)));
}

bool Builder::flag(StringRef attribute) {
  auto attr = attributes.getAs<BoolAttr>(attribute);
  return attr && attr.getValue();
}

StringRef Builder::text(StringRef attribute) {
  auto attr = attributes.getAs<StringAttr>(attribute);
  return attr ? attr.getValue() : StringRef();
}

std::optional<SmallVector<int64_t>> Builder::axes(int64_t rank) {
  SmallVector<int64_t> result;
  auto attr = attributes.getAs<DenseI64ArrayAttr>("axes");
  if (!attr) {
    for (int64_t i = 0; i < rank; ++i)
      result.push_back(i);
    return result;
  }
  for (int64_t axis : attr.asArrayRef()) {
    if (axis < -rank || axis >= rank) {
      fail("expected an axis in [", -rank, ", ", rank, "), but got ", axis);
      return std::nullopt;
    }
    result.push_back(axis < 0 ? axis + rank : axis);
  }
  llvm::sort(result);
  if (llvm::adjacent_find(result) != result.end()) {
    fail("expected distinct axes, but got one twice");
    return std::nullopt;
  }
  return result;
}

std::optional<int64_t> Builder::axis(int64_t rank, int64_t fallback) {
  int64_t axis = integer("axis", fallback);
  if (axis < -rank || axis >= rank) {
    fail("expected an axis in [", -rank, ", ", rank, "), but got ", axis);
    return std::nullopt;
  }
  return axis < 0 ? axis + rank : axis;
}

} // namespace dlc
