// Small LLVM modules, compiled for any CPU of an architecture: they hold no code that computes.
#include "lib/Compiler/Aot/DataObject.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"
#include "llvm/TargetParser/Host.h"

using namespace llvm;

namespace dlc::aot {

static Status compile(Module &module, const Triple &triple, std::string &object) {
  std::string error;
  const llvm::Target *target = TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return Status::error(ErrorKind::Internal, "%s", error.c_str());
  std::unique_ptr<TargetMachine> machine(
      target->createTargetMachine(triple, "generic", "", TargetOptions(), Reloc::PIC_));
  module.setTargetTriple(triple);
  module.setDataLayout(machine->createDataLayout());
  SmallVector<char, 0> bytes;
  raw_svector_ostream stream(bytes);
  legacy::PassManager passes;
  if (machine->addPassesToEmitFile(passes, stream, nullptr, CodeGenFileType::ObjectFile))
    return Status::error(ErrorKind::Internal, "expected a target that emits object files");
  passes.run(module);
  object.assign(bytes.begin(), bytes.end());
  return Status::ok();
}

static GlobalVariable *addConstant(Module &module, Constant *value, StringRef name, uint64_t alignment) {
  auto *global =
      new GlobalVariable(module, value->getType(), /*isConstant=*/true, GlobalValue::ExternalLinkage, value, name);
  global->setAlignment(Align(alignment));
  global->setVisibility(GlobalValue::HiddenVisibility);
  return global;
}

Status makeDataObject(const Triple &triple, StringRef program, const std::vector<KernelObject> &kernels,
                      const std::vector<std::string> &calls, std::string &object) {
  LLVMContext context;
  Module module("program", context);
  auto *blob =
      addConstant(module, ConstantDataArray::getString(context, program, /*AddNull=*/false), "dlc_program_begin", 64);
  blob->setSection(".dlc.program"); // where `dlc inspect` finds it
  auto *bytes = Type::getInt8Ty(context);
  auto *end = ConstantExpr::getInBoundsGetElementPtr(
      bytes, blob, ConstantInt::get(Type::getInt64Ty(context), uint64_t(program.size())));
  GlobalAlias::create(bytes, 0, GlobalValue::ExternalLinkage, "dlc_program_end", end, &module)
      ->setVisibility(GlobalValue::HiddenVisibility);

  auto *i32 = Type::getInt32Ty(context);
  auto *pointer = PointerType::getUnqual(context);
  auto *entry = StructType::get(context, {i32, i32, pointer});
  auto *stageType = FunctionType::get(Type::getVoidTy(context), /*isVarArg=*/false);
  SmallVector<Constant *> entries;
  for (auto [kernel, code] : llvm::enumerate(kernels))
    for (auto [stage, symbol] : llvm::enumerate(code.stages))
      entries.push_back(
          ConstantStruct::get(entry, {ConstantInt::get(i32, kernel), ConstantInt::get(i32, stage),
                                      Function::Create(stageType, GlobalValue::ExternalLinkage, symbol, module)}));
  entries.push_back(ConstantAggregateZero::get(entry));
  addConstant(module, ConstantArray::get(ArrayType::get(entry, entries.size()), entries), "dlc_stage_table", 8);

  auto *callEntry = StructType::get(context, {pointer, pointer});
  auto *callType = FunctionType::get(i32, {pointer, pointer}, /*isVarArg=*/false);
  SmallVector<Constant *> callEntries;
  for (const std::string &name : calls) {
    auto *text = new GlobalVariable(module, ArrayType::get(bytes, name.size() + 1), /*isConstant=*/true,
                                    GlobalValue::PrivateLinkage, ConstantDataArray::getString(context, name), "name");
    callEntries.push_back(
        ConstantStruct::get(callEntry, {text, Function::Create(callType, GlobalValue::ExternalLinkage, name, module)}));
  }
  callEntries.push_back(ConstantAggregateZero::get(callEntry));
  addConstant(module, ConstantArray::get(ArrayType::get(callEntry, callEntries.size()), callEntries), "dlc_call_table",
              8);
  return compile(module, triple, object);
}

Status makeStubObject(const std::vector<std::string> &names, std::string &object) {
  LLVMContext context;
  Module module("stub", context);
  auto *type = FunctionType::get(Type::getVoidTy(context), /*isVarArg=*/false);
  for (const std::string &name : names) {
    auto *function = Function::Create(type, GlobalValue::ExternalLinkage, name, module);
    IRBuilder<>(BasicBlock::Create(context, "", function)).CreateRetVoid();
  }
  return compile(module, Triple(sys::getProcessTriple()), object);
}

} // namespace dlc::aot
