// Walks a bufferized function and writes down its signature, buffers, kernels and commands.
#include "passes/object/HostProgram.h"

#include "dialects/dlc/SymbolRanges.h"
#include "lib/Support/HostTensor.h"
#include "passes/object/HostCommands.h"

#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace dlc {

namespace {
struct PostfixOps {
  ArrayRef<std::string> names;
  ExprDesc constant(int64_t value) { return value; }
  ExprDesc symbol(const std::string &name) {
    return ExprDesc::symbol(uint32_t(llvm::find(names, name) - names.begin()));
  }
  ExprDesc add(const ExprDesc &x, const ExprDesc &y) { return x + y; }
  ExprDesc mul(const ExprDesc &x, const ExprDesc &y) { return x * y; }
  ExprDesc floorDiv(const ExprDesc &x, int64_t c) { return ExprDesc::floorDiv(x, c); }
  ExprDesc ceilDiv(const ExprDesc &x, int64_t c) { return ExprDesc::ceilDiv(x, c); }
};
} // namespace

ExprDesc exprOf(const DimExpr &dim, ArrayRef<std::string> names) {
  PostfixOps ops{names};
  return dim.fold<ExprDesc>(ops);
}

namespace {

class Writer {
public:
  Writer(func::FuncOp function, HostProgram &program)
      : function(function), module(function->getParentOfType<ModuleOp>()), program(program), desc(program.desc),
        writeOther([this](Operation *op) { return writeOp(op); }), commands(desc, writeOther) {}

  LogicalResult run() {
    desc.name = function.getSymName().str();
    if (failed(writeSignature()))
      return failure();
    writePositions();
    if (failed(commands.writeBlock(function.getBody().front())))
      return failure();
    desc.commands.push_back(CommandDesc::end());
    desc.arenaBytes = expr(function->getAttrOfType<DimsAttr>("rt.arena").getDims()[0]);
    return success();
  }

private:
  ExprDesc expr(const DimExpr &dim) { return exprOf(dim, symbols); }
  LogicalResult writeSignature();
  void bindSymbols(uint32_t input, RankedTensorType type);
  void writeConditions();
  void writePositions();
  LogicalResult writeOp(Operation *op);
  void writeLaunch(rt::LaunchOp launch);
  void writeConstant(rt::ConstantOp op);
  void writeCustomCall(rt::CustomCallOp op);
  uint32_t kernelIndex(rt::KernelOp kernel);
  uint32_t addBuffer(Value value, program::BufferKind kind, uint32_t index, ExprDesc offset, RankedTensorType type);

  func::FuncOp function;
  ModuleOp module;
  HostProgram &program;
  ProgramDesc &desc;
  std::function<LogicalResult(Operation *)> writeOther;
  HostCommands commands; ///< Writes control flow and scalars, and calls writeOp for the rest.
  SmallVector<std::string> symbols;
  DenseMap<Value, uint32_t> buffers;
  llvm::MapVector<Operation *, uint32_t> kernels;
};

ExprDesc bytesOf(RankedTensorType type, ArrayRef<std::string> symbols) {
  DimExpr bytes(byteWidth(dtypeOf(type)));
  for (const DimExpr &dim : dimsOf(type))
    bytes = bytes * dim;
  return exprOf(bytes, symbols);
}

/// A symbol is bound by the first dim that is it alone, scaled and shifted by constants at most.
void Writer::bindSymbols(uint32_t input, RankedTensorType type) {
  Dims dims = dimsOf(type);
  for (size_t dim = 0; dim < dims.size(); ++dim) {
    const DimExpr &extent = dims[dim];
    std::vector<std::string> names;
    extent.collectSymbols(names);
    if (names.size() != 1 || llvm::is_contained(symbols, names[0]))
      continue;
    DimExpr symbol = DimExpr::symbol(names[0]);
    auto at = [&](int64_t value) {
      return extent.substitute([&](const std::string &) { return DimExpr(value); }).constant();
    };
    int64_t offset = *at(0), scale = *at(1) - offset;
    if (extent != symbol * DimExpr(scale) + DimExpr(offset) || scale == 0)
      continue;
    SymbolDesc entry;
    entry.name = names[0];
    entry.min = 0;
    entry.input = input;
    entry.dim = uint32_t(dim);
    entry.scale = scale;
    entry.offset = offset;
    if (auto ranges = function->getAttrOfType<DictionaryAttr>("dlc.symbols"))
      if (auto range = ranges.getAs<DenseI64ArrayAttr>(names[0]); range && range.size() == 3) {
        entry.min = range[0];
        entry.max = range[1];
        entry.divisor = range[2];
      }
    symbols.push_back(names[0]);
    desc.symbols.push_back(entry);
  }
}

void Writer::writeConditions() {
  forEachCondition(function, [&](bool isAboutZero, const DimExpr &value) {
    std::vector<std::string> used;
    value.collectSymbols(used);
    auto isBound = [&](const std::string &name) { return llvm::is_contained(symbols, name); };
    if (llvm::all_of(used, isBound))
      desc.conditions.push_back(
          {isAboutZero ? program::ConditionKind::NotZero : program::ConditionKind::NotNegative, expr(value)});
  });
}

LogicalResult Writer::writeSignature() {
  auto types = [&](StringRef name) { return function->getAttrOfType<ArrayAttr>(name).getAsValueRange<TypeAttr>(); };
  auto names = [&](StringRef name) { return function->getAttrOfType<ArrayAttr>(name).getAsValueRange<StringAttr>(); };
  for (auto [i, type] : llvm::enumerate(types("rt.arguments")))
    bindSymbols(uint32_t(i), cast<RankedTensorType>(type));
  writeConditions();
  auto write = [&](std::vector<TensorDesc> &list, StringRef typesName, StringRef namesName) -> LogicalResult {
    for (auto [type, name] : llvm::zip(types(typesName), names(namesName))) {
      TensorDesc tensor;
      tensor.name = name.str();
      tensor.dtype = dtypeOf(type);
      for (const DimExpr &dim : dimsOf(type)) {
        std::vector<std::string> used;
        dim.collectSymbols(used);
        for (const std::string &symbol : used)
          if (!llvm::is_contained(symbols, symbol))
            return function.emitOpError("expected symbol '")
                   << symbol << "' to be an extent of an argument, but it is only part of '" << dim.str() << "'";
        tensor.dims.push_back(expr(dim));
      }
      list.push_back(std::move(tensor));
    }
    return success();
  };
  if (failed(write(desc.inputs, "rt.arguments", "rt.argument_names")))
    return failure();
  return write(desc.outputs, "rt.results", "rt.result_names");
}

void Writer::writePositions() {
  if (auto positions = module->getAttrOfType<ArrayAttr>("rt.positions"))
    for (Attribute attr : positions) {
      auto pair = cast<ArrayAttr>(attr);
      desc.positions.push_back({cast<StringAttr>(pair[0]).str(), cast<StringAttr>(pair[1]).str()});
    }
}

uint32_t Writer::addBuffer(Value value, program::BufferKind kind, uint32_t index, ExprDesc offset,
                           RankedTensorType type) {
  BufferDesc buffer;
  buffer.kind = kind;
  buffer.index = index;
  buffer.offset = std::move(offset);
  buffer.bytes = bytesOf(type, symbols);
  desc.buffers.push_back(std::move(buffer));
  return buffers[value] = uint32_t(desc.buffers.size()) - 1;
}

void Writer::writeConstant(rt::ConstantOp op) {
  auto type = op.getBuffer().getType().getTensor();
  HostTensor tensor(dtypeOf(type), std::vector<int64_t>(type.getShape()));
  OpBuilder b(op);
  auto constant = dlc::ConstantOp::create(b, op.getLoc(), op.getValue());
  struct NoContext : EvaluateContext {
    int64_t extent(const DimExpr &dim) override { return *dim.constant(); }
    void report(int64_t, int64_t, int64_t) override {}
  } context;
  constant.evaluate(context, {}, tensor);
  constant.erase();
  program.constantBytes.emplace_back(tensor.data<char>(), size_t(tensor.bytes()));
  ConstantDesc entry;
  entry.bytes = program.constantBytes.back().size();
  desc.constants.push_back(entry);
  addBuffer(op.getBuffer(), program::BufferKind::Constant, uint32_t(desc.constants.size()) - 1, 0, type);
}

void Writer::writeCustomCall(rt::CustomCallOp op) {
  CustomCallDesc call;
  call.name = op.getTarget().str();
  call.attributes = op.getText().value_or("").str();
  call.position = uint32_t(op.getPosition());
  call.batchDims = uint32_t(op.getBatchDims());
  auto write = [&](OperandRange operands, std::vector<CallTensorDesc> &list) {
    for (Value operand : operands) {
      auto type = cast<rt::BufferType>(operand.getType()).getTensor();
      CallTensorDesc tensor{buffers.lookup(operand), dtypeOf(type), {}};
      for (const DimExpr &dim : dimsOf(type))
        tensor.dims.push_back(expr(dim));
      list.push_back(std::move(tensor));
    }
  };
  write(op.getInputs(), call.inputs);
  write(op.getOutputs(), call.outputs);
  commands.append(CommandDesc::callCustom(uint32_t(desc.customCalls.size())));
  desc.customCalls.push_back(std::move(call));
}

uint32_t Writer::kernelIndex(rt::KernelOp kernel) {
  auto [place, isNew] = kernels.insert({kernel, uint32_t(kernels.size())});
  if (!isNew)
    return place->second;
  KernelDesc entry;
  entry.name = kernel.getSymName().str();
  if (auto key = kernel.getKey()) {
    std::string raw = llvm::fromHex(*key);
    std::copy(raw.begin(), raw.end(), entry.key.begin());
  }
  SmallVector<std::string> names;
  for (StringRef name : kernel.getSymbols().getAsValueRange<StringAttr>())
    names.push_back(name.str());
  for (DictionaryAttr stage : kernel.getStages()) {
    auto formula = [&](StringRef field) {
      return exprOf(*DimExpr::parse(stage.getAs<StringAttr>(field).getValue()), names);
    };
    entry.stages.push_back(
        {stage.getAs<StringAttr>("name").str(), formula("tasks"), formula("cost"), formula("shared"), formula("own")});
  }
  entry.bufferCount = uint32_t(kernel.getBufferTypes().size());
  entry.scalarCount = uint32_t(names.size());
  desc.kernels.push_back(std::move(entry));
  program.kernels.push_back(kernel);
  return place->second;
}

void Writer::writeLaunch(rt::LaunchOp launch) {
  auto kernel = SymbolTable::lookupNearestSymbolFrom<rt::KernelOp>(launch, launch.getKernelAttr());
  uint32_t index = kernelIndex(kernel);
  std::vector<uint32_t> operands, slots;
  for (Value operand : launch.getOperands())
    operands.push_back(buffers.lookup(operand));
  for (int64_t slot : launch.getSlots())
    slots.push_back(uint32_t(slot));
  desc.kernels[index].slotCount = uint32_t(slots.size());
  std::vector<ScalarDesc> scalars;
  for (const DimExpr &dim : launch.getDims().getDims())
    scalars.push_back(expr(dim));
  desc.commands.push_back(CommandDesc::launch(index, operands, scalars, slots));
}

LogicalResult Writer::writeOp(Operation *op) {
  if (auto input = dyn_cast<rt::InputOp>(op)) {
    addBuffer(input.getBuffer(), program::BufferKind::Input, uint32_t(input.getIndex()), 0,
              input.getBuffer().getType().getTensor());
  } else if (auto output = dyn_cast<rt::OutputOp>(op)) {
    addBuffer(output.getBuffer(), program::BufferKind::Output, uint32_t(output.getIndex()), 0,
              output.getBuffer().getType().getTensor());
  } else if (auto slice = dyn_cast<rt::ArenaOp>(op)) {
    addBuffer(slice.getBuffer(), program::BufferKind::Arena, 0, expr(slice.getOffset().getDims()[0]),
              slice.getBuffer().getType().getTensor());
  } else if (auto constant = dyn_cast<rt::ConstantOp>(op)) {
    writeConstant(constant);
  } else if (auto view = dyn_cast<rt::ViewOp>(op)) {
    buffers[view.getBuffer()] = buffers.lookup(view.getSource());
  } else if (auto copy = dyn_cast<rt::CopyOp>(op)) {
    desc.commands.push_back(CommandDesc::copy(buffers.lookup(copy.getDestination()), buffers.lookup(copy.getSource())));
  } else if (auto launch = dyn_cast<rt::LaunchOp>(op)) {
    writeLaunch(launch);
  } else if (auto call = dyn_cast<rt::CustomCallOp>(op)) {
    writeCustomCall(call);
  } else if (auto swap = dyn_cast<rt::SwapOp>(op)) {
    commands.append(CommandDesc::swapBuffers(buffers.lookup(swap.getFirst()), buffers.lookup(swap.getSecond())));
  } else if (auto load = dyn_cast<rt::LoadOp>(op)) {
    commands.append(CommandDesc::loadScalar(commands.registerOf(load.getScalar()), buffers.lookup(load.getSource()),
                                            dtypeOf(load.getSource().getType().getTensor())));
  } else if (auto store = dyn_cast<rt::StoreOp>(op)) {
    commands.append(CommandDesc::storeScalar(buffers.lookup(store.getDestination()),
                                             commands.registerOf(store.getScalar()),
                                             dtypeOf(store.getDestination().getType().getTensor())));
  } else if (auto extent = dyn_cast<rt::ExtentOp>(op)) {
    commands.append(
        CommandDesc::setRegister(commands.registerOf(extent.getScalar()), expr(extent.getValue().getDims()[0])));
  } else {
    return op->emitOpError("expected a command of the host program, but got this");
  }
  return success();
}

} // namespace

LogicalResult describeHostProgram(func::FuncOp function, HostProgram &program) {
  if (failed(Writer(function, program).run()))
    return failure();
  for (auto [constant, bytes] : llvm::zip(program.desc.constants, program.constantBytes))
    constant.data = bytes.data();
  return success();
}

} // namespace dlc
