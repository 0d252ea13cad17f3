// The frame of a stage: prologue, scratch, loops and index arithmetic.
#include "lib/Target/Cpu/StageBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace dlc::cpu {

StageBuilder::StageBuilder(OpBuilder &b, rt::KernelOp kernel, rt::BodyOp body, StringRef stage)
    : b(b), location(kernel.getLoc()), kernel(kernel), body(body), operands(body.getBlock()->getNumArguments()) {
  b.setInsertionPointToEnd(&kernel.getBody().front());
  Type pointer = LLVM::LLVMPointerType::get(b.getContext()), i64 = b.getI64Type();
  auto type = b.getFunctionType({pointer, pointer, pointer, pointer, pointer, i64, i64}, {});
  std::string name = (kernel.getSymName() + "_" + stage).str();
  function = func::FuncOp::create(b, location, name, type);
  Block *entry = function.addEntryBlock();
  b.setInsertionPointToStart(entry);
  buffers = entry->getArgument(0);
  symbols = entry->getArgument(1);
  sharedBase = entry->getArgument(2);
  ownBase = entry->getArgument(3);
  services = entry->getArgument(4);
  begin = arith::IndexCastOp::create(b, location, b.getIndexType(), entry->getArgument(5));
  end = arith::IndexCastOp::create(b, location, b.getIndexType(), entry->getArgument(6));
  entryEnd = func::ReturnOp::create(b, location);
  b.setInsertionPoint(entryEnd);
  // What is computed once stays above the loops: everything else is written after this marker.
  entryEnd = arith::ConstantIndexOp::create(b, location, 0);
}

void StageBuilder::finish() {
  if (entryEnd->use_empty())
    entryEnd->erase();
}

/// A flat memref over a raw pointer: its descriptor, seen as a memref until both are lowered.
Value StageBuilder::memory(Value pointer, Type element) {
  Type i64 = b.getI64Type();
  auto array = LLVM::LLVMArrayType::get(i64, 1);
  auto descriptor =
      LLVM::LLVMStructType::getLiteral(b.getContext(), {pointer.getType(), pointer.getType(), i64, array, array});
  Value zero = LLVM::ConstantOp::create(b, location, i64, b.getI64IntegerAttr(0));
  Value one = LLVM::ConstantOp::create(b, location, i64, b.getI64IntegerAttr(1));
  Value many = LLVM::ConstantOp::create(b, location, i64, b.getI64IntegerAttr(INT64_MAX));
  Value value = LLVM::PoisonOp::create(b, location, descriptor);
  value = LLVM::InsertValueOp::create(b, location, value, pointer, ArrayRef<int64_t>{0});
  value = LLVM::InsertValueOp::create(b, location, value, pointer, ArrayRef<int64_t>{1});
  value = LLVM::InsertValueOp::create(b, location, value, zero, ArrayRef<int64_t>{2});
  value = LLVM::InsertValueOp::create(b, location, value, many, ArrayRef<int64_t>{3, 0});
  value = LLVM::InsertValueOp::create(b, location, value, one, ArrayRef<int64_t>{4, 0});
  Type type = MemRefType::get({ShapedType::kDynamic}, element);
  return UnrealizedConversionCastOp::create(b, location, type, value).getResult(0);
}

Value StageBuilder::buffer(unsigned i) {
  Value &cached = bufferCache[i];
  if (cached)
    return cached;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(entryEnd);
  Type pointer = buffers.getType();
  Value slot = LLVM::GEPOp::create(b, location, pointer, pointer, buffers, ArrayRef<LLVM::GEPArg>{int32_t(i)});
  Value data = LLVM::LoadOp::create(b, location, pointer, slot);
  Type element = kernel.getBufferTypes()[i].getElementType();
  return cached = memory(data, scalar::memoryType(b.getContext(), dtypeOf(element)));
}

Value StageBuilder::words(Value memory) {
  Value &cached = wordCache[memory];
  if (cached)
    return cached;
  auto source = memory.getDefiningOp<UnrealizedConversionCastOp>();
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointAfter(source);
  Type type = MemRefType::get({ShapedType::kDynamic}, b.getI64Type());
  return cached = UnrealizedConversionCastOp::create(b, location, type, source.getOperand(0)).getResult(0);
}

Value StageBuilder::shared(Type element, Value offset) {
  Value bytes = arith::IndexCastOp::create(b, location, b.getI64Type(), offset);
  Value at = LLVM::GEPOp::create(b, location, sharedBase.getType(), b.getI8Type(), sharedBase, ValueRange{bytes});
  return memory(at, element);
}

Value StageBuilder::own(Type element, Value offset) {
  Value bytes = arith::IndexCastOp::create(b, location, b.getI64Type(), offset);
  Value at = LLVM::GEPOp::create(b, location, ownBase.getType(), b.getI8Type(), ownBase, ValueRange{bytes});
  return memory(at, element);
}

Value StageBuilder::constant(int64_t value) { return arith::ConstantIndexOp::create(b, location, value); }

namespace {
/// Builds the value of a polynomial from the kernel's symbols.
struct ExtentOps {
  StageBuilder &stage;
  llvm::function_ref<Value(const std::string &)> load;
  Value constant(int64_t value) { return stage.constant(value); }
  Value symbol(const std::string &name) { return load(name); }
  Value add(Value x, Value y) { return stage.add(x, y); }
  Value mul(Value x, Value y) { return stage.mul(x, y); }
  Value floorDiv(Value x, int64_t c) { return arith::FloorDivSIOp::create(stage.b, stage.location, x, constant(c)); }
  Value ceilDiv(Value x, int64_t c) { return arith::CeilDivSIOp::create(stage.b, stage.location, x, constant(c)); }
};
} // namespace

Value StageBuilder::extent(const DimExpr &dim) {
  if (auto known = dim.constant())
    return constant(*known);
  Value &cached = extentCache[dim.str()];
  if (cached)
    return cached;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(entryEnd);
  auto load = [&](const std::string &name) -> Value {
    int32_t position = 0;
    for (StringRef symbol : kernel.getSymbols().getAsValueRange<StringAttr>()) {
      if (symbol == name)
        break;
      ++position;
    }
    Value slot =
        LLVM::GEPOp::create(b, location, symbols.getType(), b.getI64Type(), symbols, ArrayRef<LLVM::GEPArg>{position});
    Value number = LLVM::LoadOp::create(b, location, b.getI64Type(), slot);
    return arith::IndexCastOp::create(b, location, b.getIndexType(), number);
  };
  ExtentOps ops{*this, load};
  return cached = dim.fold<Value>(ops);
}

/// How often a loop runs, if that is known.
static std::optional<int64_t> tripCount(Value low, Value high, Value step) {
  auto from = getConstantIntValue(low), to = getConstantIntValue(high), by = getConstantIntValue(step);
  if (!from || !to || !by)
    return std::nullopt;
  return *from < *to ? llvm::divideCeil(*to - *from, *by) : 0;
}

void StageBuilder::forEach(Value low, Value high, Value step, llvm::function_ref<void(Value)> body) {
  auto trips = tripCount(low, high, step);
  if (trips == 0)
    return;
  if (trips == 1)
    return body(low);
  auto loop = scf::ForOp::create(b, location, low, high, step);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(loop.getBody()->getTerminator());
  body(loop.getInductionVar());
}

SmallVector<Value> StageBuilder::carry(Value low, Value high, Value step, ValueRange initial,
                                       llvm::function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto trips = tripCount(low, high, step);
  if (trips == 0)
    return SmallVector<Value>(initial);
  if (trips == 1)
    return body(low, initial);
  auto inWords = [&](ValueRange values) {
    return llvm::map_to_vector(values, [&](Value x) { return scalar::asWords(b, location, x); });
  };
  auto asInitial = [&](ValueRange values) {
    SmallVector<Value> converted;
    for (auto [value, first] : llvm::zip(values, initial))
      converted.push_back(scalar::fromWords(b, location, value, first.getType()));
    return converted;
  };
  auto loop = scf::ForOp::create(b, location, low, high, step, inWords(initial));
  if (initial.empty()) // then the loop comes with its terminator
    loop.getBody()->getTerminator()->erase();
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToEnd(loop.getBody());
    SmallVector<Value> next = body(loop.getInductionVar(), asInitial(loop.getRegionIterArgs()));
    scf::YieldOp::create(b, location, inWords(next));
  }
  return asInitial(loop.getResults());
}

void StageBuilder::forDoubling(Value limit, llvm::function_ref<void(Value)> body) {
  auto loop = scf::WhileOp::create(
      b, location, TypeRange{b.getIndexType()}, ValueRange{constant(1)},
      [&](OpBuilder &, Location, ValueRange step) {
        scf::ConditionOp::create(b, location, isLess(step[0], limit), step);
      },
      [&](OpBuilder &, Location, ValueRange step) {
        body(step[0]);
        scf::YieldOp::create(b, location, add(step[0], step[0]));
      });
  (void)loop;
}

void StageBuilder::forHalving(int64_t first, llvm::function_ref<void(Value)> body) {
  Value most = constant(first);
  forEach(constant(0), constant(llvm::bit_width(uint64_t(first))), constant(1),
          [&](Value level) { body(b.createOrFold<arith::ShRUIOp>(location, most, level)); });
}

void StageBuilder::ifThen(Value condition, llvm::function_ref<void()> then, llvm::function_ref<void()> otherwise) {
  if (auto known = getConstantIntValue(condition)) {
    if (*known)
      then();
    else if (otherwise)
      otherwise();
    return;
  }
  auto branch = scf::IfOp::create(b, location, condition, bool(otherwise));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(branch.thenBlock()->getTerminator());
  then();
  if (!otherwise)
    return;
  b.setInsertionPoint(branch.elseBlock()->getTerminator());
  otherwise();
}

Value StageBuilder::add(Value x, Value y) { return b.createOrFold<arith::AddIOp>(location, x, y); }
Value StageBuilder::sub(Value x, Value y) { return b.createOrFold<arith::SubIOp>(location, x, y); }
Value StageBuilder::mul(Value x, Value y) { return b.createOrFold<arith::MulIOp>(location, x, y); }
Value StageBuilder::floorDiv(Value x, Value y) { return b.createOrFold<arith::DivUIOp>(location, x, y); }
Value StageBuilder::mod(Value x, Value y) { return b.createOrFold<arith::RemUIOp>(location, x, y); }
Value StageBuilder::min(Value x, Value y) { return b.createOrFold<arith::MinSIOp>(location, x, y); }
Value StageBuilder::max(Value x, Value y) { return b.createOrFold<arith::MaxSIOp>(location, x, y); }
Value StageBuilder::isLess(Value x, Value y) {
  return b.createOrFold<arith::CmpIOp>(location, arith::CmpIPredicate::slt, x, y);
}
Value StageBuilder::opaque(Value x) {
  if (getConstantIntValue(x))
    return x;
  Value number = arith::IndexCastOp::create(b, location, b.getI64Type(), x);
  return arith::IndexCastOp::create(b, location, x.getType(), LLVM::FreezeOp::create(b, location, number));
}

Value StageBuilder::ceilDiv(Value x, Value y) { return floorDiv(add(x, sub(y, constant(1))), y); }

SmallVector<Value> StageBuilder::coordinates(Value linear, ArrayRef<DimExpr> dims) {
  SmallVector<Value> result(dims.size());
  for (size_t i = dims.size(); i-- > 0;) {
    if (i == 0) {
      result[0] = linear;
      break;
    }
    Value size = extent(dims[i]);
    result[i] = mod(linear, size);
    linear = floorDiv(linear, size);
  }
  return result;
}

} // namespace dlc::cpu
