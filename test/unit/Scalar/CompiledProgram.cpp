//===- CompiledProgram.cpp - A scalar program as machine code -------------===//
//
// The function is void(ptr in0, ..., ptr out, i64 count) over memrefs passed as bare pointers. Code generation is that
// of the product: no LLVM optimisation pipeline, code generator at its default level, this machine's features.
//
//===----------------------------------------------------------------------===//
#include "CompiledProgram.h"

#include "passes/lower/AdmittedOps.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ExecutionEngine/Orc/CompileUtils.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/TargetSelect.h"

using namespace mlir;

namespace dlc::scalar {

struct CompiledProgram::Code {
  std::unique_ptr<llvm::orc::LLJIT> jit;
  void *entry = nullptr;
  unsigned operands = 0;
};

CompiledProgram::~CompiledProgram() = default;

static void emitFunction(ModuleOp module, llvm::ArrayRef<DType> inputs, DType output, unsigned lanes,
                         EmitBody program) {
  MLIRContext *context = module.getContext();
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  Location loc = builder.getUnknownLoc();
  SmallVector<Type> arguments;
  for (DType type : inputs)
    arguments.push_back(MemRefType::get({ShapedType::kDynamic}, memoryType(context, type)));
  arguments.push_back(MemRefType::get({ShapedType::kDynamic}, memoryType(context, output)));
  // A bare pointer has no extent, so memrefs are static and as large as any test.
  for (Type &type : arguments)
    type = MemRefType::get({int64_t(1) << 30}, cast<MemRefType>(type).getElementType());
  arguments.push_back(builder.getIndexType());
  auto function = func::FuncOp::create(builder, loc, "map", builder.getFunctionType(arguments, {}));
  Block *entry = function.addEntryBlock();
  builder.setInsertionPointToStart(entry);
  mlir::Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
  mlir::Value step = arith::ConstantIndexOp::create(builder, loc, lanes ? lanes : 1);
  auto loop = scf::ForOp::create(builder, loc, zero, entry->getArguments().back(), step);
  func::ReturnOp::create(builder, loc);
  builder.setInsertionPointToStart(loop.getBody());
  IRScalarBuilder b(builder, loc);
  SmallVector<IRScalar> operands;
  for (auto [k, type] : llvm::enumerate(inputs)) {
    mlir::Value memory = entry->getArgument(k), at = loop.getInductionVar();
    mlir::Value loaded;
    if (lanes)
      loaded = vector::LoadOp::create(builder, loc, VectorType::get({lanes}, memoryType(context, type)), memory, at);
    else
      loaded = memref::LoadOp::create(builder, loc, memory, at);
    operands.push_back(b.fromMemory(loaded, type));
  }
  mlir::Value result = b.toMemory(program(b, operands));
  mlir::Value memory = entry->getArgument(inputs.size()), at = loop.getInductionVar();
  if (lanes)
    vector::StoreOp::create(builder, loc, result, memory, at);
  else
    memref::StoreOp::create(builder, loc, result, memory, at);
}

static LogicalResult lowerToLLVM(ModuleOp module) {
  PassManager passes(module.getContext());
  passes.addPass(createCSEPass());
  passes.addPass(createSCFToControlFlowPass());
  passes.addPass(createConvertVectorToLLVMPass());
  passes.addPass(createConvertMathToLLVMPass());
  passes.addPass(createFinalizeMemRefToLLVMConversionPass());
  passes.addPass(createArithToLLVMConversionPass());
  passes.addPass(createConvertControlFlowToLLVMPass());
  ConvertFuncToLLVMPassOptions bare;
  bare.useBarePtrCallConv = true;
  passes.addPass(createConvertFuncToLLVMPass(bare));
  passes.addPass(createReconcileUnrealizedCastsPass());
  return passes.run(module);
}

static std::string listUndefined(llvm::MemoryBufferRef object, std::vector<std::string> &names) {
  auto file = llvm::object::ObjectFile::createObjectFile(object);
  if (!file)
    return toString(file.takeError());
  for (const llvm::object::SymbolRef &symbol : (*file)->symbols()) {
    auto flags = symbol.getFlags();
    auto name = symbol.getName();
    if (!flags || !name)
      return "unreadable symbol";
    if (*flags & llvm::object::SymbolRef::SF_Undefined && !name->empty())
      names.push_back(name->str());
  }
  return "";
}

/// The module's object code for `cpu`, or for this machine if empty; on failure null, with `error` set.
static std::unique_ptr<llvm::MemoryBuffer> compileObject(ModuleOp module, llvm::StringRef cpu, std::string &error) {
  llvm::LLVMContext llvmContext;
  std::unique_ptr<llvm::Module> llvmModule = translateModuleToLLVMIR(module, llvmContext);
  auto host = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!llvmModule || !host) {
    error = llvmModule ? toString(host.takeError()) : "translation failed";
    return nullptr;
  }
  if (!cpu.empty()) {
    host->setCPU(cpu.str());
    host->getFeatures() = llvm::SubtargetFeatures();
  }
  auto machine = host->createTargetMachine();
  if (!machine) {
    error = toString(machine.takeError());
    return nullptr;
  }
  llvmModule->setTargetTriple((*machine)->getTargetTriple());
  llvmModule->setDataLayout((*machine)->createDataLayout());
  auto object = llvm::orc::SimpleCompiler(**machine)(*llvmModule);
  if (!object) {
    error = toString(object.takeError());
    return nullptr;
  }
  return std::move(*object);
}

CompiledProgram::CompiledProgram(llvm::ArrayRef<DType> inputs, DType output, unsigned lanes, llvm::StringRef cpu,
                                 EmitBody program)
    : code(std::make_unique<Code>()) {
  static bool initialized = (llvm::InitializeNativeTarget(), llvm::InitializeNativeTargetAsmPrinter(), true);
  (void)initialized;
  DialectRegistry registry;
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadDialect<arith::ArithDialect, func::FuncDialect, math::MathDialect, memref::MemRefDialect, scf::SCFDialect,
                      vector::VectorDialect, LLVM::LLVMDialect>();
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  emitFunction(*module, inputs, output, lanes, program);
  code->operands = inputs.size();
  module->walk([&](Operation *op) {
    if (std::string reason = whyNotAdmitted(op); !reason.empty())
      rejected.insert(op->getName().getStringRef().str() + " " + reason);
  });
  if (failed(verify(*module)) || failed(lowerToLLVM(*module))) {
    error = "lowering failed";
    return;
  }
  std::unique_ptr<llvm::MemoryBuffer> object = compileObject(*module, cpu, error);
  if (object)
    error = listUndefined(object->getMemBufferRef(), undefinedSymbols);
  if (error.empty() && undefinedSymbols.empty())
    error = link(std::move(object));
}

std::string CompiledProgram::link(std::unique_ptr<llvm::MemoryBuffer> object) {
  auto jit = llvm::orc::LLJITBuilder().create();
  if (!jit)
    return toString(jit.takeError());
  if (llvm::Error e = (*jit)->addObjectFile(std::move(object)))
    return toString(std::move(e));
  auto symbol = (*jit)->lookup("map");
  if (!symbol)
    return toString(symbol.takeError());
  code->jit = std::move(*jit);
  code->entry = symbol->toPtr<void *>();
  return "";
}

void CompiledProgram::run(llvm::ArrayRef<const void *> inputs, void *output, int64_t count) const {
  assert(inputs.size() == code->operands && "one buffer an operand");
  using In = const void *;
  switch (inputs.size()) {
  case 1:
    return reinterpret_cast<void (*)(In, void *, int64_t)>(code->entry)(inputs[0], output, count);
  case 2:
    return reinterpret_cast<void (*)(In, In, void *, int64_t)>(code->entry)(inputs[0], inputs[1], output, count);
  default:
    return reinterpret_cast<void (*)(In, In, In, void *, int64_t)>(code->entry)(inputs[0], inputs[1], inputs[2], output,
                                                                                count);
  }
}

} // namespace dlc::scalar
