// Building a trace: inputs, literals, ops, and the functions inside it.
#include "lib/Array/Builders.h"

#include "dialects/dlc/SymbolRanges.h"

#include "mlir/IR/Verifier.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;

namespace dlc {

Trace::Trace(bool lazy, std::string engine, bool fast)
    : host(CompilerContext::current()), engineName(std::move(engine)), lazy(lazy) {
  MLIRContext &context = host->context();
  Location unknown = UnknownLoc::get(&context);
  module = ModuleOp::create(unknown);
  OpBuilder builder = OpBuilder::atBlockEnd(module->getBody());
  auto main = func::FuncOp::create(builder, unknown, "main", builder.getFunctionType({}, {}));
  main.addEntryBlock();
  frames.emplace_back(main);
  if (fast) {
    main->setAttr(fastName, builder.getUnitAttr());
    record({24});
  }
}

Trace::~Trace() {
  for (Entry &entry : entries)
    release(entry.result);
  for (Binding &binding : inputs)
    release(binding.tensor);
}

Status Trace::checkOpen() const {
  if (!done)
    return Status::ok();
  return Status::error(ErrorKind::Value, "expected a trace that is being recorded, but got one that has ended");
}

OpBuilder Trace::builder() const {
  return OpBuilder::atBlockEnd(&const_cast<func::FuncOp &>(frames.back().function).getBody().front());
}

/// Mixes an event into the structural key. The key decides which program a lazy trace runs, so it has 128 bits.
void Trace::record(ArrayRef<uint64_t> numbers, StringRef text) {
  SmallVector<uint64_t, 32> words{key[0], key[1]};
  words.append(numbers.begin(), numbers.end());
  if (!text.empty()) {
    auto hash = llvm::xxh3_128bits(llvm::arrayRefFromStringRef(text));
    words.push_back(hash.low64);
    words.push_back(hash.high64);
  }
  auto bytesOf = [](ArrayRef<uint64_t> values) {
    return ArrayRef<uint8_t>(reinterpret_cast<const uint8_t *>(values.data()), values.size() * sizeof(uint64_t));
  };
  auto hash = llvm::xxh3_128bits(bytesOf(words));
  key[0] = hash.low64;
  key[1] = hash.high64;
  lastEvent = llvm::xxh3_64bits(bytesOf(ArrayRef<uint64_t>(words).drop_front(2)));
}

uint32_t Trace::addEntry(Operand operand) {
  entries.push_back({operand, 1, nullptr});
  return uint32_t(entries.size() - 1);
}

void Trace::releaseValue(uint32_t value) {
  Entry &entry = entries[value];
  if (--entry.references > 0)
    return;
  release(entry.result);
  entry.result = nullptr;
}

//===--- Inputs and literals ---===//

Value Trace::addInput(Type type, StringRef name) {
  func::FuncOp main = frames.front().function;
  MLIRContext *context = main.getContext();
  unsigned index = main.getNumArguments();
  DictionaryAttr attributes;
  if (!name.empty())
    attributes = DictionaryAttr::get(
        context, NamedAttribute(StringAttr::get(context, "dlc.name"), StringAttr::get(context, name)));
  (void)main.insertArgument(index, type, attributes, UnknownLoc::get(context));
  inputs.push_back({nullptr, main.getArgument(index)});
  return main.getArgument(index);
}

Status Trace::input(DType type, ArrayRef<DimExpr> dims, StringRef name, bool weak, uint32_t &out) {
  DLC_RETURN_IF_FAILED(checkOpen());
  if (weak && !dims.empty())
    return Status::error(ErrorKind::Value, "expected a weak input to have rank 0, but got %zu", dims.size());
  Operand operand;
  operand.value = addInput(tensorType(dims, typeOf(type, &host->context())), name);
  if (weak)
    operand.weak = isFloat(type) ? WeakKind::Float : type == DType::Bool ? WeakKind::Bool : WeakKind::Int;
  out = addEntry(operand);
  record({1, uint64_t(type), dims.size()}, dimsText(dims));
  return Status::ok();
}

Value Trace::bind(dlc_tensor *tensor) {
  Dims dims(tensor->value.shape.begin(), tensor->value.shape.end());
  Value value = addInput(tensorType(dims, typeOf(tensor->value.type, &host->context())), {});
  retain(tensor);
  inputs.back().tensor = tensor;
  return value;
}

/// The elements as MLIR stores them: bool as bits, integers of 4 bits zero-extended.
static DenseElementsAttr elementsOf(const HostTensor &tensor, RankedTensorType type) {
  if (tensor.type == DType::Bool) {
    SmallVector<bool> bits(tensor.data<uint8_t>(), tensor.data<uint8_t>() + tensor.size());
    return DenseElementsAttr::get(type, bits);
  }
  if (isFourBits(tensor.type)) {
    SmallVector<char> bytes(tensor.data<char>(), tensor.data<char>() + tensor.size());
    for (char &byte : bytes)
      byte &= 15;
    return DenseElementsAttr::getFromRawBuffer(type, bytes);
  }
  return DenseElementsAttr::getFromRawBuffer(type, ArrayRef<char>(tensor.data<char>(), size_t(tensor.bytes())));
}

Status Trace::tensor(dlc_tensor *tensor, uint32_t &out) {
  DLC_RETURN_IF_FAILED(checkOpen());
  const HostTensor &value = tensor->value;
  Dims dims(value.shape.begin(), value.shape.end());
  auto found = bound.find(tensor);
  if (found != bound.end() && entries[found->second].references > 0) {
    out = found->second;
    retainValue(out);
    return Status::ok();
  }
  Operand operand;
  if (lazy) {
    operand.value = bind(tensor);
    out = addEntry(operand);
    retain(tensor);
    entries[out].result = tensor;
    bound[tensor] = out;
    record({2, uint64_t(value.type), dims.size()}, dimsText(dims));
    return Status::ok();
  }
  RankedTensorType type = tensorType(dims, typeOf(value.type, &host->context()));
  OpBuilder at = builder();
  operand.value = ConstantOp::create(at, at.getUnknownLoc(), elementsOf(value, type));
  out = addEntry(operand);
  return Status::ok();
}

uint32_t Trace::scalar(WeakKind kind, int64_t integer, double number) {
  record({3, uint64_t(kind)});
  return addEntry({{}, kind, integer, number});
}

bool Trace::isOfInputs(const DimExpr &extent) const {
  std::vector<std::string> symbols, known;
  extent.collectSymbols(symbols);
  for (const Binding &input : inputs)
    for (const DimExpr &dim : dimsOf(input.value))
      dim.collectSymbols(known);
  return llvm::all_of(symbols, [&](const std::string &symbol) { return llvm::is_contained(known, symbol); });
}

Status Trace::asWeak(uint32_t value, uint32_t &out) {
  DLC_RETURN_IF_FAILED(checkOpen());
  Operand operand;
  DLC_RETURN_IF_FAILED(useEntry(value, operand));
  if (operand.weak == WeakKind::None) {
    DType type = dtypeOf(operand.value.getType());
    bool isOfPython = type == DType::Bool || type == DType::I64 || type == DType::F64;
    if (rankOf(operand.value) != 0 || !isOfPython)
      return Status::error(ErrorKind::Type, "expected a bool, i64 or f64 of rank 0, but got %s of rank %lld",
                           dlc::name(type), static_cast<long long>(rankOf(operand.value)));
    operand.weak = type == DType::F64 ? WeakKind::Float : type == DType::I64 ? WeakKind::Int : WeakKind::Bool;
  }
  out = addEntry(operand);
  record({28, value});
  return Status::ok();
}

Status Trace::requireDifferent(const DimExpr &one, const DimExpr &other) {
  DLC_RETURN_IF_FAILED(checkOpen());
  DimExpr difference = one - other;
  if (!difference.isConstant() && isOfInputs(difference)) {
    requireNotZero(frames.front().function, difference);
    record({26}, difference.str());
  }
  return Status::ok();
}

Status Trace::extent(const DimExpr &extent, uint32_t &out) {
  DLC_RETURN_IF_FAILED(checkOpen());
  if (!isOfInputs(extent))
    return Status::error(ErrorKind::Value, "expected an extent of the function's arguments, but got '%s'",
                         extent.str().c_str());
  OpBuilder at = OpBuilder::atBlockEnd(&frames.front().function.getBody().front());
  Operand operand;
  operand.value = DlcBuilder(at, at.getUnknownLoc()).extent(extent, at.getI64Type());
  operand.weak = WeakKind::Int;
  out = addEntry(operand);
  record({25}, extent.str());
  return Status::ok();
}

/// `integer` or `number` as an element of `type`.
static HostTensor scalarTensor(const Operand &operand, DType type) {
  HostTensor tensor(type, {});
  scalar::HostScalarBuilder builder;
  scalar::Scalar wide = operand.weak == WeakKind::Float
                            ? scalar::Scalar::ofDouble(operand.number)
                            : scalar::Scalar::ofInteger(DType::I64, uint64_t(operand.integer));
  scalar::store(builder.cast(wide, type), tensor.buffer.data());
  return tensor;
}

Value Trace::literal(const Operand &operand, Type element) {
  HostTensor tensor = scalarTensor(operand, dtypeOf(element));
  if (!lazy) {
    OpBuilder at = builder();
    return ConstantOp::create(at, at.getUnknownLoc(), elementsOf(tensor, RankedTensorType::get({}, element)));
  }
  dlc_tensor *handle = toHandle(std::move(tensor));
  Value value = bind(handle);
  release(handle);
  Status status = use(value, value);
  assert(!status.failed() && "an argument of @main is visible everywhere");
  (void)status;
  return value;
}

//===--- Values across functions ---===//

Status Trace::use(Value value, Value &out) {
  Operation *owner = value.getParentBlock()->getParentOp();
  size_t home = frames.size();
  while (home > 0 && frames[home - 1].function != owner)
    --home;
  if (home == 0)
    return Status::error(ErrorKind::Value, "expected an array of a function that is being traced, but got one that was "
                                           "kept from a function that has ended: return it instead");
  out = value;
  for (size_t i = home; i < frames.size(); ++i) {
    Frame &frame = frames[i];
    Value &inner = frame.inner[out];
    if (!inner) {
      inner = frame.function.getBody().front().addArgument(out.getType(), out.getLoc());
      frame.captured.push_back(out);
    }
    out = inner;
  }
  return Status::ok();
}

Status Trace::useEntry(uint32_t id, Operand &out) {
  if (id >= entries.size())
    return Status::error(ErrorKind::Value, "expected the number of a value below %zu, but got %u", entries.size(), id);
  out = entries[id].operand;
  return out.isLiteral() ? Status::ok() : use(out.value, out.value);
}

//===--- Ops ---===//

static ErrorKind kindOf(const Builder &b, StringRef message) {
  bool isAboutTypes = message.contains("element type") || message.contains("must be ranked tensor of");
  return b.isTypeError || isAboutTypes ? ErrorKind::Type : ErrorKind::Value;
}

/// Whether the builder can do with what it is given: f8 and integers of 4 bits only store, and much is of reals alone.
static bool checkTakes(Builder &b, Takes takes) {
  for (const Operand &operand : b.operands) {
    if (takes == Takes::all || !operand.value)
      continue;
    DType type = dtypeOf(operand.value.getType());
    if (isStorage(type))
      return b.failType("expected elements to compute with, but got element type ", dlc::name(type),
                        ", which only stores: cast it first");
    if (takes == Takes::reals && isComplex(type))
      return b.failType("expected real elements, but got element type ", dlc::name(type));
  }
  return true;
}

/// A raw op: operands as they are.
static bool buildRaw(Builder &b) {
  SmallVector<Value> values;
  for (size_t i = 0; i < b.operands.size(); ++i)
    values.push_back(b.value(i));
  Operation *op = b.create(b.name, values, b.attributes);
  if (op)
    b.results.assign(op->result_begin(), op->result_end());
  return op != nullptr;
}

Status Trace::append(StringRef name, ArrayRef<uint32_t> ids, StringRef attributes, uint32_t location,
                     SmallVectorImpl<uint32_t> &results) {
  DLC_RETURN_IF_FAILED(checkOpen());
  SmallVector<Operand> operands(ids.size());
  for (auto [id, operand] : llvm::zip(ids, operands))
    DLC_RETURN_IF_FAILED(useEntry(id, operand));
  static const NamedBuilder raw = {"", buildRaw, Takes::all};
  const NamedBuilder *builder = name.starts_with("dlc.") ? &raw : findBuilder(name);
  if (!builder)
    return Status::error(ErrorKind::Value, "expected the name of an op or builder, but got '%s'", name.str().c_str());

  TraceDiagnostics collector(host->context());
  DictionaryAttr dictionary = host->attributes(attributes);
  if (!dictionary)
    return collector.status(ErrorKind::Value);
  Builder b(*this, name, host->location(location), dictionary, operands);
  Block *block = b.irBuilder.getBlock();
  Operation *last = block->empty() ? nullptr : &block->back();
  if (!checkTakes(b, builder->takes) || !builder->build(b)) {
    // What a failed builder appended must not stay.
    while (!block->empty() && &block->back() != last)
      block->back().erase();
    Status status = collector.status(ErrorKind::Value);
    return kindOf(b, status.message()) == ErrorKind::Type ? collector.status(ErrorKind::Type) : status;
  }
  ++ops;
  SmallVector<uint64_t, 16> event{4, ids.size()};
  event.append(ids.begin(), ids.end());
  // Ops that can fail carry their place: the program's errors name it.
  bool canFail = name.contains("gather") || name.contains("scatter") || name.contains("take") ||
                 name.contains("dynamic") || name.contains("cross_entropy") || name == "custom_call";
  event.push_back(canFail ? location : 0);
  record(event, (name + attributes).str());
  hasEffects |= name == "custom_call" && dictionary.contains("has_side_effect");
  for (Value result : b.results)
    results.push_back(addEntry({result, WeakKind::None, 0, 0}));
  return Status::ok();
}

void Trace::describe(uint32_t value, dlc_value_info &info) const {
  const Operand &operand = entries[value].operand;
  info.id = value;
  info.weak = operand.weak != WeakKind::None;
  info.rank = 0;
  if (operand.isLiteral()) {
    info.dtype = dlc_dtype(operand.weak == WeakKind::Float  ? DType::F64
                           : operand.weak == WeakKind::Bool ? DType::Bool
                                                            : DType::I64);
    return;
  }
  auto type = cast<RankedTensorType>(operand.value.getType());
  info.dtype = dlc_dtype(dtypeOf(type));
  info.rank = uint32_t(type.getRank());
  for (auto [i, extent] : llvm::enumerate(type.getShape()))
    info.dims[i] = ShapedType::isDynamic(extent) ? -1 : extent;
}

Status Trace::dimText(uint32_t value, uint32_t dim, std::string &out) const {
  const Operand &operand = entries[value].operand;
  if (operand.isLiteral() || dim >= rankOf(operand.value))
    return Status::error(ErrorKind::Value, "expected a dimension of the value, but got %u", dim);
  out = dimsOf(operand.value)[dim].str();
  return Status::ok();
}

} // namespace dlc
