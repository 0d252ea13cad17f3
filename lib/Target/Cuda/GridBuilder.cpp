// The frame of a grid: prologue, memory, barriers and shuffles.
#include "lib/Target/Cuda/GridBuilder.h"

#include "lib/Target/Cuda/Emitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace dlc::cuda {

constexpr unsigned globalSpace = 1, onChipSpace = 3; // NVPTX's numbers

static gpu::GPUModuleOp deviceModule(OpBuilder &b, rt::KernelOp kernel) {
  for (auto module : kernel.getBody().front().getOps<gpu::GPUModuleOp>())
    return module;
  b.setInsertionPointToEnd(&kernel.getBody().front());
  return gpu::GPUModuleOp::create(b, kernel.getLoc(), "device");
}

GridBuilder::GridBuilder(OpBuilder &b, rt::KernelOp kernel, rt::BodyOp body)
    : LoopBuilder(b, kernel.getLoc()), kernel(kernel), body(body), operands(body.getBlock()->getNumArguments()) {
  device = deviceModule(b, kernel);
  b.setInsertionPointToEnd(device.getBody());
  Type pointer = LLVM::LLVMPointerType::get(b.getContext(), globalSpace);
  DictionaryAttr stage = kernel.getStages().front();
  size_t buffers = kernel.getBufferTypes().size(), symbols = kernel.getSymbols().size();
  SmallVector<Type> inputs(buffers, pointer);
  inputs.append(symbols, b.getI64Type());
  inputs.push_back(pointer);
  std::string name = (kernel.getSymName() + "_" + stage.getAs<StringAttr>("name").getValue()).str();
  function = gpu::GPUFuncOp::create(b, location, name, b.getFunctionType(inputs, {}));
  function->setAttr(gpu::GPUDialect::getKernelFuncAttrName(), b.getUnitAttr());
  function.setKnownBlockSizeAttr(b.getDenseI32ArrayAttr({int32_t(threadsOf(stage)), 1, 1}));
  for (size_t i = 0; i < buffers; ++i) {
    function.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(), b.getUnitAttr());
    function.setArgAttr(i, LLVM::LLVMDialect::getAlignAttrName(), b.getI32IntegerAttr(64));
    if (i < operands)
      function.setArgAttr(i, LLVM::LLVMDialect::getReadonlyAttrName(), b.getUnitAttr());
  }
  function.setArgAttr(inputs.size() - 1, LLVM::LLVMDialect::getAlignAttrName(), b.getI32IntegerAttr(64));
  b.setInsertionPointToStart(&function.getBody().front());
  errors = function.getArguments().back();
  block = gpu::BlockIdOp::create(b, location, gpu::Dimension::x);
  thread = gpu::ThreadIdOp::create(b, location, gpu::Dimension::x);
  entryEnd = gpu::ReturnOp::create(b, location);
  b.setInsertionPoint(entryEnd);
  // What is computed once stays above the loops: everything else is written after this marker.
  entryEnd = arith::ConstantIndexOp::create(b, location, 0);
}

void GridBuilder::finish() {
  if (entryEnd->use_empty())
    entryEnd->erase();
}

Value GridBuilder::argumentAt(unsigned i) { return function.getArgument(i); }

Type GridBuilder::elementAt(unsigned i) {
  return scalar::memoryType(b.getContext(), dtypeOf(kernel.getBufferTypes()[i].getElementType()));
}

Memory GridBuilder::onChip(Type element, int64_t count) {
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(device.getBody());
  unsigned number = llvm::range_size(device.getOps<LLVM::GlobalOp>());
  std::string name = (function.getName() + "_shared" + Twine(number)).str();
  auto global = LLVM::GlobalOp::create(b, location, LLVM::LLVMArrayType::get(element, count), /*isConstant=*/false,
                                       LLVM::Linkage::Internal, name, Attribute(), /*alignment=*/16, onChipSpace);
  b.setInsertionPoint(entryEnd);
  return {LLVM::AddressOfOp::create(b, location, global), element, false};
}

void GridBuilder::barrier() { gpu::BarrierOp::create(b, location); }

Value GridBuilder::shuffleDown(Value value, int64_t distance) {
  Type type = value.getType(), i32 = b.getI32Type();
  unsigned bits = type.getIntOrFloatBitWidth();
  auto word = [&](Value part) -> Value {
    return gpu::ShuffleOp::create(b, location, part, int32_t(distance), int32_t(warpSize), gpu::ShuffleMode::DOWN)
        .getShuffleResult();
  };
  if (type.isF32() || type.isInteger(32))
    return word(value);
  Type whole = b.getIntegerType(bits);
  Value plain = type == whole ? value : Value(arith::BitcastOp::create(b, location, whole, value)), moved;
  if (bits < 32) {
    moved = arith::TruncIOp::create(b, location, whole, word(arith::ExtUIOp::create(b, location, i32, plain)));
  } else {
    moved = arith::ExtUIOp::create(b, location, whole, word(arith::TruncIOp::create(b, location, i32, plain)));
    for (unsigned at = 32; at < bits; at += 32) {
      Value distant = arith::ConstantIntOp::create(b, location, whole, at);
      Value part = arith::ShRUIOp::create(b, location, plain, distant);
      part = arith::ExtUIOp::create(b, location, whole, word(arith::TruncIOp::create(b, location, i32, part)));
      moved = arith::OrIOp::create(b, location, arith::ShLIOp::create(b, location, part, distant), moved);
    }
  }
  return type == whole ? moved : Value(arith::BitcastOp::create(b, location, type, moved));
}

namespace {
/// Builds the value of a polynomial from the kernel's symbols.
struct ExtentOps {
  GridBuilder &grid;
  llvm::function_ref<Value(const std::string &)> load;
  Value constant(int64_t value) { return grid.constant(value); }
  Value symbol(const std::string &name) { return load(name); }
  Value add(Value x, Value y) { return grid.add(x, y); }
  Value mul(Value x, Value y) { return grid.mul(x, y); }
  Value floorDiv(Value x, int64_t c) { return arith::FloorDivSIOp::create(grid.b, grid.location, x, constant(c)); }
  Value ceilDiv(Value x, int64_t c) { return arith::CeilDivSIOp::create(grid.b, grid.location, x, constant(c)); }
};
} // namespace

Value GridBuilder::extent(const DimExpr &dim) {
  if (auto known = dim.constant())
    return constant(*known);
  Value &cached = extents[dim.str()];
  if (cached)
    return cached;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(entryEnd);
  auto load = [&](const std::string &name) -> Value {
    auto names = kernel.getSymbols().getAsValueRange<StringAttr>();
    unsigned position = std::distance(names.begin(), llvm::find(names, name));
    Value symbol = argumentAt(kernel.getBufferTypes().size() + position);
    return arith::IndexCastOp::create(b, location, b.getIndexType(), symbol);
  };
  ExtentOps ops{*this, load};
  Value value = dim.fold<Value>(ops);
  return extents[dim.str()] = value;
}

int64_t GridBuilder::divisorOf(Value value) const {
  constexpr int64_t most = 1024;
  if (auto known = divisors.find(value); known != divisors.end())
    return known->second & -known->second;
  APInt number;
  if (matchPattern(value, m_ConstantInt(&number))) {
    int64_t n = number.getSExtValue();
    return n == 0 ? most : std::min(most, n & -n);
  }
  Operation *op = value.getDefiningOp();
  if (!op || op->getNumOperands() < 2)
    return 1;
  int64_t x = divisorOf(op->getOperand(0)), y = divisorOf(op->getOperand(1));
  if (isa<arith::MulIOp>(op))
    return std::min(most, x * y);
  if (isa<arith::AddIOp, arith::SubIOp, arith::MinSIOp, arith::RemUIOp>(op))
    return std::min(x, y);
  if (isa<arith::SelectOp>(op))
    return std::min(y, divisorOf(op->getOperand(2)));
  return 1;
}

Value GridBuilder::address(const Memory &memory, Value index) {
  Value offset = arith::IndexCastOp::create(b, location, b.getI64Type(), index);
  return LLVM::GEPOp::create(b, location, memory.pointer.getType(), memory.element, memory.pointer, ValueRange{offset});
}

unsigned GridBuilder::alignmentOf(const Memory &memory, Value index) const {
  int64_t bytes = memory.element.getIntOrFloatBitWidth() / 8;
  return unsigned(std::min<int64_t>(accessBytes, divisorOf(index) * bytes));
}

static Value loadAs(GridBuilder &grid, const Memory &memory, Type type, Value index, unsigned alignment) {
  auto load = LLVM::LoadOp::create(grid.b, grid.location, type, grid.address(memory, index), alignment);
  load.setInvariant(memory.isConstant);
  return load;
}

Value GridBuilder::load(const Memory &memory, Value index) {
  return loadAs(*this, memory, memory.element, index, memory.element.getIntOrFloatBitWidth() / 8);
}

void GridBuilder::store(const Memory &memory, Value index, Value value) {
  LLVM::StoreOp::create(b, location, value, address(memory, index), memory.element.getIntOrFloatBitWidth() / 8);
}

Value GridBuilder::loadVector(const Memory &memory, Value index, int64_t width) {
  return loadAs(*this, memory, VectorType::get({width}, memory.element), index, alignmentOf(memory, index));
}

void GridBuilder::storeVector(const Memory &memory, Value index, Value vector) {
  LLVM::StoreOp::create(b, location, vector, address(memory, index), alignmentOf(memory, index));
}

} // namespace dlc::cuda
