// Fibers by ucontext, code by ORC.
#include "EmulatedGrid.h"

#include "lib/Target/Cuda/CudaTarget.h"
#include "lib/Target/Cuda/Emitter.h"

#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/TargetSelect.h"

#include <cstring>
#include <ucontext.h>

namespace dlc::test {

namespace {

/// The threads of the block that is running.
struct Machine {
  struct Thread {
    ucontext_t context;
    std::vector<char> stack;
    int64_t barriers = 0, shuffles = 0; // how many it has arrived at
    bool isDone = false;
  };
  /// What the lanes of a warp hand over: two turns alternate, since no lane is two shuffles ahead of another.
  struct Warp {
    uint32_t words[2][32];
    int64_t arrived = 0;
  };
  std::vector<Thread> threads;
  std::vector<Warp> warps;
  ucontext_t scheduler;
  int64_t current = 0, block = 0, barrierArrivals = 0;
  bool hasProgress = false;
  void (*entry)(void **) = nullptr;
  void **arguments = nullptr;

  Thread &self() { return threads[current]; }
  void yield() { swapcontext(&self().context, &scheduler); }
};

Machine *machine = nullptr;

void threadMain() {
  machine->entry(machine->arguments);
  machine->self().isDone = true;
  machine->hasProgress = true;
  machine->yield();
}

int32_t threadId() { return int32_t(machine->current); }
int32_t blockId() { return int32_t(machine->block); }

void barrier(int32_t) {
  int64_t count = int64_t(machine->threads.size()), turn = machine->self().barriers++;
  ++machine->barrierArrivals;
  machine->hasProgress = true;
  while (machine->barrierArrivals < (turn + 1) * count)
    machine->yield();
}

uint32_t shuffle(uint32_t value, int32_t distance) {
  Machine::Thread &self = machine->self();
  Machine::Warp &warp = machine->warps[machine->current / 32];
  int64_t lane = machine->current % 32, turn = self.shuffles++;
  warp.words[turn % 2][lane] = value;
  ++warp.arrived;
  machine->hasProgress = true;
  while (warp.arrived < (turn + 1) * 32)
    machine->yield();
  int64_t source = lane + distance;
  return warp.words[turn % 2][source < 32 ? source : lane];
}

int32_t shuffleInteger(int32_t, int32_t value, int32_t distance, int32_t) {
  return int32_t(shuffle(uint32_t(value), distance));
}
float shuffleFloat(int32_t, float value, int32_t distance, int32_t) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  bits = shuffle(bits, distance);
  memcpy(&value, &bits, 4);
  return value;
}

struct Intrinsic {
  const char *name, *host;
  void *function;
};
const Intrinsic intrinsics[] = {
    {"llvm.nvvm.read.ptx.sreg.tid.x", "emulated_thread", (void *)threadId},
    {"llvm.nvvm.read.ptx.sreg.ctaid.x", "emulated_block", (void *)blockId},
    {"llvm.nvvm.barrier.cta.sync.aligned.all", "emulated_barrier", (void *)barrier},
    {"llvm.nvvm.shfl.sync.down.i32", "emulated_shuffle_integer", (void *)shuffleInteger},
    {"llvm.nvvm.shfl.sync.down.f32", "emulated_shuffle_float", (void *)shuffleFloat},
};

/// Replaces the intrinsics; the name of one that the emulator lacks, else nothing.
std::string useEmulator(llvm::Module &module) {
  for (llvm::Function &function : llvm::make_early_inc_range(module)) {
    if (!function.getName().starts_with("llvm.nvvm."))
      continue;
    const Intrinsic *found =
        llvm::find_if(intrinsics, [&](const Intrinsic &i) { return function.getName() == i.name; });
    if (found == std::end(intrinsics))
      return function.getName().str();
    auto host =
        llvm::Function::Create(function.getFunctionType(), llvm::Function::ExternalLinkage, found->host, module);
    function.replaceAllUsesWith(host);
    function.eraseFromParent();
  }
  return "";
}

/// `void grid(void **arguments)` around the kernel.
void addEntry(llvm::Module &module, llvm::Function &kernel) {
  llvm::IRBuilder<> b(module.getContext());
  auto type = llvm::FunctionType::get(b.getVoidTy(), {b.getPtrTy()}, false);
  auto entry = llvm::Function::Create(type, llvm::Function::ExternalLinkage, "grid", module);
  b.SetInsertPoint(llvm::BasicBlock::Create(module.getContext(), "", entry));
  llvm::SmallVector<llvm::Value *> arguments;
  for (llvm::Argument &argument : kernel.args()) {
    auto slot = b.CreateConstGEP1_64(b.getInt64Ty(), entry->getArg(0), argument.getArgNo());
    arguments.push_back(b.CreateLoad(argument.getType(), slot));
  }
  b.CreateCall(&kernel, arguments);
  b.CreateRetVoid();
}

} // namespace

EmulatedGrid::~EmulatedGrid() = default;

std::unique_ptr<EmulatedGrid> EmulatedGrid::compile(rt::KernelOp kernel, std::string &error) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  auto context = std::make_unique<llvm::LLVMContext>();
  auto module = cuda::CudaTarget::translate(kernel, *context, error);
  if (!module)
    return nullptr;
  if (std::string unknown = useEmulator(*module); !unknown.empty()) {
    error = "the emulator lacks " + unknown;
    return nullptr;
  }
  std::unique_ptr<EmulatedGrid> grid(new EmulatedGrid);
  grid->threads = cuda::threadsOf(kernel.getStages()[0]);
  std::string name =
      (kernel.getSymName() + "_" + kernel.getStages()[0].getAs<mlir::StringAttr>("name").getValue()).str();
  llvm::Function *function = module->getFunction(name);
  function->setCallingConv(llvm::CallingConv::C);
  addEntry(*module, *function);
  std::vector<std::pair<std::string, size_t>> globals;
  for (llvm::GlobalVariable &global : module->globals()) {
    global.setLinkage(llvm::GlobalValue::ExternalLinkage);
    if (!global.hasInitializer() || llvm::isa<llvm::UndefValue>(global.getInitializer()))
      global.setInitializer(llvm::Constant::getNullValue(global.getValueType()));
    globals.push_back({global.getName().str(), module->getDataLayout().getTypeAllocSize(global.getValueType())});
  }
  auto take = [&](llvm::Error failure) { return error = llvm::toString(std::move(failure)), nullptr; };
  auto machineBuilder = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!machineBuilder)
    return take(machineBuilder.takeError());
  machineBuilder->getOptions().AllowFPOpFusion = llvm::FPOpFusion::Strict;
  auto jit = llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(*machineBuilder).create();
  if (!jit)
    return take(jit.takeError());
  module->setTargetTriple((*jit)->getTargetTriple());
  module->setDataLayout((*jit)->getDataLayout());
  llvm::orc::SymbolMap symbols;
  for (const Intrinsic &intrinsic : intrinsics)
    symbols[(*jit)->mangleAndIntern(intrinsic.host)] = {llvm::orc::ExecutorAddr::fromPtr(intrinsic.function),
                                                        llvm::JITSymbolFlags::Exported};
  if (auto failure = (*jit)->getMainJITDylib().define(llvm::orc::absoluteSymbols(symbols)))
    return take(std::move(failure));
  if (auto failure = (*jit)->addIRModule({std::move(module), std::move(context)}))
    return take(std::move(failure));
  auto entry = (*jit)->lookup("grid");
  if (!entry)
    return take(entry.takeError());
  grid->entry = entry->toPtr<void (*)(void **)>();
  for (auto &[global, bytes] : globals) {
    auto place = (*jit)->lookup(global);
    if (!place)
      return take(place.takeError());
    grid->onChip.push_back({place->toPtr<char *>(), bytes});
  }
  grid->jit = std::move(*jit);
  return grid;
}

bool EmulatedGrid::run(int64_t blocks, std::vector<void *> arguments, Schedule schedule) {
  Machine state;
  machine = &state;
  state.entry = entry;
  state.arguments = arguments.data();
  state.threads.resize(threads);
  state.warps.resize((threads + 31) / 32);
  for (Machine::Thread &thread : state.threads)
    thread.stack.resize(64 << 10);
  for (state.block = 0; state.block < blocks; ++state.block) {
    for (const OnChip &memory : onChip)
      memset(memory.data, 0xff, memory.bytes);
    state.barrierArrivals = 0;
    for (Machine::Warp &warp : state.warps)
      warp.arrived = 0;
    for (Machine::Thread &thread : state.threads) {
      thread.barriers = thread.shuffles = 0;
      thread.isDone = false;
      getcontext(&thread.context);
      thread.context.uc_stack.ss_sp = thread.stack.data();
      thread.context.uc_stack.ss_size = thread.stack.size();
      thread.context.uc_link = nullptr;
      makecontext(&thread.context, threadMain, 0);
    }
    do {
      state.hasProgress = false;
      for (int64_t i = 0; i < threads; ++i) {
        state.current = schedule == Schedule::ascending ? i : threads - 1 - i;
        if (!state.self().isDone)
          swapcontext(&state.scheduler, &state.self().context);
      }
    } while (state.hasProgress);
    for (Machine::Thread &thread : state.threads)
      if (!thread.isDone)
        return false;
  }
  return true;
}

} // namespace dlc::test
