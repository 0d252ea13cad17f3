// Builders of composites: operands are promoted to one float type, shapes and axes checked, and the op made as one.
#include "lib/Array/Builders.h"

using namespace mlir;

namespace dlc {

/// The operands [first, first + count) in the float type in which they meet; integers and bool become f32.
static bool floatOperands(Builder &b, size_t first, size_t count, SmallVectorImpl<Value> &values) {
  MutableArrayRef<Operand> which = b.operands.slice(first, count);
  Type element = b.promote(which);
  if (!element)
    return false;
  if (!isa<FloatType>(element))
    element = Float32Type::get(element.getContext());
  for (const Operand &operand : which)
    values.push_back(b.materialize(operand, element));
  return true;
}

/// Checked creation; every result becomes one of the builder's.
static bool make(Builder &b, StringRef op, ValueRange operands, ArrayRef<NamedAttribute> attributes) {
  Operation *made = b.create(op, operands, b.irBuilder.getDictionaryAttr(attributes));
  if (made)
    b.results.append(made->result_begin(), made->result_end());
  return made != nullptr;
}

static NamedAttribute number(Builder &b, StringRef name, int64_t value) {
  return b.irBuilder.getNamedAttr(name, b.irBuilder.getI64IntegerAttr(value));
}

/// The builder's own attribute, which must be there.
static bool given(Builder &b, StringRef name, SmallVectorImpl<NamedAttribute> &attributes) {
  Attribute attribute = b.attributes.get(name);
  if (!attribute)
    return b.fail("expected attribute '", name, "', but found none");
  attributes.push_back(b.irBuilder.getNamedAttr(name, attribute));
  return true;
}

//===--- exponentials, activations ---===//

static bool checkNotEmpty(Builder &b, Value x, ArrayRef<int64_t> axes) {
  Dims dims = dimsOf(x);
  for (int64_t axis : axes)
    if (dims[axis] == DimExpr(0))
      return b.fail("expected elements along axis ", axis, ", but got extent 0");
  return true;
}

/// {axis}
template <class OpTy> static bool buildOverAxis(Builder &b) {
  if (!b.checkOperands(1))
    return false;
  Value x = floatOperand(b, 0);
  auto axis = b.axis(rankOf(x));
  if (!axis || !checkNotEmpty(b, x, *axis))
    return false;
  b.results.push_back(b.ops.create<OpTy>(x, *axis));
  return true;
}

/// {axes, keepdims}
static bool buildLogSumExp(Builder &b) {
  if (!b.checkOperands(1))
    return false;
  Value x = floatOperand(b, 0);
  auto axes = b.axes(rankOf(x));
  if (!axes || !checkNotEmpty(b, x, *axes))
    return false;
  Value r = b.ops.create<LogSumExpOp>(x, *axes);
  if (b.flag("keepdims")) {
    Dims kept = dimsOf(x);
    for (int64_t axis : *axes)
      kept[axis] = DimExpr(1);
    r = b.ops.reshape(r, kept);
  }
  b.results.push_back(r);
  return true;
}

/// {axis}: logits, then labels.
static bool buildCrossEntropy(Builder &b) {
  if (!b.checkOperands(2))
    return false;
  Value x = floatOperand(b, 0), labels = b.value(1);
  auto axis = b.axis(rankOf(x));
  if (!axis)
    return false;
  if (!isa<IntegerType>(elementTypeOf(labels)) || elementTypeOf(labels).isInteger(1))
    return b.failType("expected labels of an integer element type, but got ", dlc::name(dtypeOf(labels.getType())));
  return make(b, "dlc.cross_entropy", {x, labels}, number(b, "dim", *axis));
}

/// {approximate}: "none" or "tanh".
static bool buildGelu(Builder &b) {
  auto form = b.text("approximate").empty() ? GeluForm::none : symbolizeGeluForm(b.text("approximate"));
  if (!b.checkOperands(1) || !form)
    return b.fail("expected an operand and approximate to be none or tanh, but got '", b.text("approximate"), "'");
  b.results.push_back(b.ops.create<GeluOp>(floatOperand(b, 0), *form));
  return true;
}

//===--- norms ---===//

/// {normalized, epsilon}: x, then weight and bias as far as there are some.
static bool buildNorm(Builder &b) {
  SmallVector<Value> values;
  SmallVector<NamedAttribute> attributes;
  if (b.operands.empty())
    return b.fail("expected at least one operand, but got none");
  return given(b, "normalized", attributes) && given(b, "epsilon", attributes) &&
         floatOperands(b, 0, b.operands.size(), values) && make(b, ("dlc." + b.name).str(), values, attributes);
}

/// {axis, epsilon}: x, the statistics unless it makes them, then weight and bias as far as there are some.
static bool buildBatchNorm(Builder &b) {
  SmallVector<Value> values;
  SmallVector<NamedAttribute> attributes;
  if (b.operands.empty())
    return b.fail("expected at least one operand, but got none");
  if (!given(b, "epsilon", attributes) || !floatOperands(b, 0, b.operands.size(), values))
    return false;
  auto axis = b.axis(rankOf(values[0]));
  if (!axis)
    return false;
  attributes.push_back(number(b, "dim", *axis));
  return make(b, ("dlc." + b.name).str(), values, attributes);
}

//===--- attention, cells ---===//

/// {scale, causal}: q, k, v, then a mask if there is one.
static bool buildAttention(Builder &b) {
  SmallVector<Value> values;
  SmallVector<NamedAttribute> attributes;
  if (b.operands.size() != 3 && b.operands.size() != 4)
    return b.fail("expected 3 or 4 operands, but got ", b.operands.size());
  if (!given(b, "scale", attributes) || !given(b, "causal", attributes) || !floatOperands(b, 0, 3, values))
    return false;
  if (b.operands.size() == 4) {
    Value mask = b.value(3);
    if (!elementTypeOf(mask).isInteger(1))
      mask = b.ops.cast(mask, elementTypeOf(values[0]));
    Dims dims = dimsOf(mask); // dims in front of the mask's are 1
    while (dims.size() < size_t(rankOf(values[0])))
      dims.insert(dims.begin(), DimExpr(1));
    values.push_back(b.ops.reshape(mask, dims));
  }
  return make(b, "dlc.attention", values, attributes);
}

static bool buildCell(Builder &b) {
  SmallVector<Value> values;
  if (b.operands.empty())
    return b.fail("expected at least one operand, but got none");
  return floatOperands(b, 0, b.operands.size(), values) && make(b, ("dlc." + b.name).str(), values, {});
}

//===--- quantisation ---===//

/// {axis}: -1 counts from the end; without it the parameters are of rank 0.
static bool quantizedDim(Builder &b, Value x, SmallVectorImpl<NamedAttribute> &attributes) {
  auto axis = b.attributes.get("axis") ? b.axis(rankOf(x)) : -1;
  if (axis)
    attributes.push_back(number(b, "dim", *axis));
  return axis.has_value();
}

/// {to, axis}: x, scale, zero point.
static bool buildQuantize(Builder &b) {
  SmallVector<Value> values;
  SmallVector<NamedAttribute> attributes;
  if (!b.checkOperands(3) || !given(b, "to", attributes) || !floatOperands(b, 0, 2, values) ||
      !quantizedDim(b, values[0], attributes))
    return false;
  values.push_back(b.materialize(b.operands[2], cast<TypeAttr>(attributes[0].getValue()).getValue()));
  return make(b, "dlc.quantize", values, attributes);
}

/// {axis}: x, scale, zero point.
static bool buildDequantize(Builder &b) {
  if (!b.checkOperands(3))
    return false;
  Value x = b.value(0), scale = floatOperand(b, 1);
  SmallVector<NamedAttribute> attributes;
  if (!isa<IntegerType>(elementTypeOf(x)) || elementTypeOf(x).isInteger(1))
    return b.failType("expected quantised elements of an integer type, but got ", dlc::name(dtypeOf(x.getType())));
  return quantizedDim(b, x, attributes) &&
         make(b, "dlc.dequantize", {x, scale, b.materialize(b.operands[2], elementTypeOf(x))}, attributes);
}

ArrayRef<NamedBuilder> compositeBuilders() {
  static const NamedBuilder builders[] = {
      {"softmax", buildOverAxis<SoftmaxOp>},
      {"log_softmax", buildOverAxis<LogSoftmaxOp>},
      {"logsumexp", buildLogSumExp},
      {"cross_entropy", buildCrossEntropy},
      {"gelu", buildGelu},
      {"layer_norm", buildNorm},
      {"rms_norm", buildNorm},
      {"batch_norm", buildBatchNorm},
      {"batch_norm_training", buildBatchNorm},
      {"attention", buildAttention},
      {"lstm_cell", buildCell},
      {"gru_cell", buildCell},
      {"quantize", buildQuantize},
      {"dequantize", buildDequantize},
  };
  return builders;
}

} // namespace dlc
