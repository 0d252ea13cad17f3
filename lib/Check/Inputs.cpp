// Draws are a function of (seed, argument, element) alone.
#include "lib/Check/Inputs.h"

#include "dialects/dlc/Dlc.h"
#include "dialects/dlc/SymbolRanges.h"
#include "lib/Interp/HostAttr.h"

#include <cmath>
#include <random>

using namespace mlir;

namespace dlc::check {

static constexpr char exampleName[] = "dlc.example";

std::vector<std::string> symbolsOf(func::FuncOp function) {
  std::vector<std::string> names;
  for (Type type : function.getArgumentTypes())
    for (const DimExpr &dim : dimsOf(type)) {
      std::vector<std::string> used;
      dim.collectSymbols(used);
      for (const std::string &name : used)
        if (!llvm::is_contained(names, name))
          names.push_back(name);
    }
  return names;
}

static bool meetConditions(func::FuncOp function, const Symbols &values) {
  bool isGood = true;
  forEachCondition(function, [&](bool isAboutZero, const DimExpr &value) {
    auto known = evaluateDim(value, [&](const std::string &name) -> std::optional<int64_t> {
      auto place = values.find(name);
      return place == values.end() ? std::nullopt : std::optional<int64_t>(place->second);
    });
    isGood &= !known || (isAboutZero ? *known != 0 : *known >= 0);
  });
  return isGood;
}

static Symbols drawAnySymbols(func::FuncOp function, std::mt19937_64 &random, const Symbols &given) {
  auto ranges = function->getAttrOfType<DictionaryAttr>("dlc.symbols");
  Symbols values;
  for (const std::string &name : symbolsOf(function)) {
    static const int64_t usual[] = {1, 2, 3, 4, 5, 6, 7};
    int64_t value = usual[random() % 7];
    auto range = ranges ? ranges.getAs<DenseI64ArrayAttr>(name) : DenseI64ArrayAttr();
    if (range && range.size() == 3) { // low, high, divisor
      int64_t divisor = std::max<int64_t>(1, range[2]);
      value = std::clamp(value * divisor, range[0], range[1]) / divisor * divisor;
      if (value < range[0])
        value += divisor;
    }
    auto place = given.find(name);
    values[name] = place == given.end() ? value : place->second;
  }
  return values;
}

Symbols drawSymbols(func::FuncOp function, uint64_t seed, const Symbols &given) {
  std::mt19937_64 random(seed ^ 0x5bd1e995);
  Symbols values = drawAnySymbols(function, random, given);
  for (unsigned tries = 1; tries < 1000 && !meetConditions(function, values); ++tries)
    values = drawAnySymbols(function, random, given);
  return values;
}

/// `specialOneIn`: how often a float is an edge case, or an integer a large one; 0: never.
static scalar::Scalar drawElement(std::mt19937_64 &random, DType type, uint64_t specialOneIn) {
  if (isComplex(type)) {
    scalar::HostScalarBuilder b;
    scalar::Scalar re = b.cast(drawElement(random, partOf(type), specialOneIn), partOf(type));
    return scalar::Scalar::ofParts(re, b.cast(drawElement(random, partOf(type), specialOneIn), partOf(type)));
  }
  static const double special[] = {0.0, -0.0, -0.0, 1.0, -1.0, 1e-40, 0.0, INFINITY, -0.0, -INFINITY, 0.5, NAN};
  uint64_t bits = random();
  bool isSpecial = specialOneIn && bits % specialOneIn == 0;
  if (isFloat(type))
    return scalar::Scalar::ofDouble(isSpecial ? special[random() % 12] : double(bits >> 11) * 0x1p-51 - 2);
  if (type == DType::Bool)
    return scalar::Scalar::ofInteger(DType::I64, bits & 1);
  if (isSpecial && random() % 2) // wraps in every integer type
    return scalar::Scalar::ofInteger(DType::I64, random());
  return scalar::Scalar::ofInteger(DType::I64, uint64_t(int64_t(bits / 24 % 8) - 3));
}

static std::vector<int64_t> shapeOf(Type type, const Symbols &symbols) {
  std::vector<int64_t> shape;
  for (const DimExpr &dim : dimsOf(type))
    shape.push_back(evaluateDim(dim, [&](const std::string &name) -> std::optional<int64_t> {
                      auto place = symbols.find(name);
                      return place == symbols.end() ? 3 : place->second;
                    }).value_or(1));
  return shape;
}

Status checkInputSize(func::FuncOp function, const Symbols &symbols) {
  constexpr int64_t most = int64_t(1) << 30;
  int64_t sum = 0;
  for (Type type : function.getArgumentTypes()) {
    int64_t bytes = byteWidth(dtypeOf(type));
    for (int64_t extent : shapeOf(type, symbols))
      if (__builtin_mul_overflow(bytes, extent, &bytes))
        bytes = most + 1;
    sum = bytes > most - sum ? most + 1 : sum + bytes;
  }
  if (sum > most)
    return Status::error(
        ErrorKind::Value,
        "expected random inputs of at most 1 GiB in all, but got more: choose smaller values by --dim");
  return Status::ok();
}

std::vector<HostTensor> randomInputs(func::FuncOp function, uint64_t seed, const Symbols &symbols) {
  std::mt19937_64 random(seed);
  std::vector<HostTensor> inputs;
  scalar::HostScalarBuilder b;
  for (Type type : function.getArgumentTypes()) {
    HostTensor tensor(dtypeOf(type), shapeOf(type, symbols));
    // One NaN hides every other difference in a sum: of three seeds one gives usual values alone, the others edge cases
    // to every other tensor.
    bool hasSpecial = seed % 3 != 0 && (seed % 3 + inputs.size()) % 2 == 0;
    uint64_t specialOneIn = !hasSpecial ? 0 : random() % 2 ? 6 : 16;
    for (int64_t i = 0, size = tensor.size(); i < size; ++i)
      scalar::store(b.cast(drawElement(random, tensor.type, specialOneIn), tensor.type), tensor.at(i));
    inputs.push_back(std::move(tensor));
  }
  return inputs;
}

void setExamples(func::FuncOp function, ArrayRef<HostTensor> inputs) {
  for (auto [i, input] : llvm::enumerate(inputs)) {
    Type element = elementTypeOf(function.getArgumentTypes()[i]);
    function.setArgAttr(unsigned(i), exampleName, attrOf(input, RankedTensorType::get(input.shape, element)));
  }
}

bool hasExamples(func::FuncOp function) {
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    if (!function.getArgAttrOfType<DenseElementsAttr>(i, exampleName))
      return false;
  return true;
}

Status examplesOf(func::FuncOp function, std::vector<HostTensor> &inputs) {
  inputs.clear();
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    auto example = function.getArgAttrOfType<DenseElementsAttr>(i, exampleName);
    if (!example || example.getElementType() != elementTypeOf(function.getArgumentTypes()[i]))
      return Status::error(ErrorKind::Value,
                           "expected argument %u to have an example of its element type, but it has none", i);
    HostTensor tensor(dtypeOf(example.getType()), example.getType().getShape().vec());
    int64_t at = 0;
    auto put = [&](scalar::Scalar value) { scalar::store(value, tensor.at(at++)); };
    auto bitsOf = [](DType type, const APInt &bits) { return scalar::Scalar::ofBits(type, bits.getZExtValue()); };
    if (isa<ComplexType>(example.getElementType()))
      for (const std::complex<APFloat> &value : example.getValues<std::complex<APFloat>>()) {
        DType part = partOf(tensor.type);
        put(scalar::Scalar::ofParts(bitsOf(part, value.real().bitcastToAPInt()),
                                    bitsOf(part, value.imag().bitcastToAPInt())));
      }
    else if (isa<FloatType>(example.getElementType()))
      for (const APFloat &value : example.getValues<APFloat>())
        put(bitsOf(tensor.type, value.bitcastToAPInt()));
    else
      for (const APInt &value : example.getValues<APInt>())
        put(bitsOf(tensor.type, value));
    inputs.push_back(std::move(tensor));
  }
  return Status::ok();
}

} // namespace dlc::check
