// Building, compiling, running and comparing. The reference walks the body and calls each op's `evaluate`.
#include "TestKernel.h"
#include "GuardedMemory.h"

#include "lib/Runtime/ErrorRecord.h"
#include "lib/Runtime/Rt.h"
#include "passes/lower/AdmittedOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"

#include <chrono>

using namespace mlir;

namespace dlc::cpu {

//===--- Building ---===//

static DialectRegistry translations() {
  DialectRegistry registry;
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  return registry;
}

TestKernel::TestKernel(std::vector<std::string> symbols)
    : context(translations(), MLIRContext::Threading::DISABLED), symbolNames(std::move(symbols)), builder(&context),
      b(builder, UnknownLoc::get(&context)) {
  context.loadDialect<DlcDialect, rt::RtDialect, arith::ArithDialect, cf::ControlFlowDialect, func::FuncDialect,
                      math::MathDialect, memref::MemRefDialect, scf::SCFDialect, vector::VectorDialect,
                      LLVM::LLVMDialect>();
  Location location = builder.getUnknownLoc();
  module = ModuleOp::create(location);
  builder.setInsertionPointToEnd(module->getBody());
  SmallVector<StringRef> names(symbolNames.begin(), symbolNames.end());
  kernel = rt::KernelOp::create(builder, location, "k", builder.getStrArrayAttr(names), nullptr, nullptr, nullptr);
  builder.setInsertionPointToEnd(&kernel.getBody().emplaceBlock());
  auto body = rt::BodyOp::create(builder, location);
  builder.setInsertionPointToEnd(&body.getRegion().emplaceBlock());
}

Value TestKernel::argument(ArrayRef<DimExpr> dims, DType dtype, Values values) {
  operandValues.push_back(values);
  return kernel.getKernelBody().getBlock()->addArgument(tensorType(dims, type(dtype)), builder.getUnknownLoc());
}

void TestKernel::yield(ValueRange results) { rt::YieldOp::create(builder, builder.getUnknownLoc(), results); }

//===--- Operands ---===//

static scalar::Scalar specialOf(DType type, uint64_t choice) {
  static const double specials[] = {double(NAN), double(HUGE_VAL), -double(HUGE_VAL), 0.0, -0.0, 1e-40, -1e-40, 1e30};
  scalar::HostScalarBuilder b;
  return b.cast(scalar::Scalar::ofDouble(specials[choice % 8]), type);
}

HostTensor TestKernel::makeInput(DType type, std::vector<int64_t> shape, const Values &values) {
  HostTensor tensor(type, std::move(shape));
  scalar::HostScalarBuilder b;
  for (int64_t i = 0, size = tensor.size(); i < size; ++i) {
    double unit = double(random() >> 11) * 0x1p-53;
    scalar::Scalar value = b.cast(scalar::Scalar::ofDouble(values.low + unit * (values.high - values.low)), type);
    if (type == DType::Bool)
      value = scalar::Scalar::ofBool(unit < 0.5);
    if (isFloat(type) && values.specialOneIn && random() % values.specialOneIn == 0)
      value = specialOf(type, random());
    scalar::store(value, tensor.at(i));
  }
  return tensor;
}

static std::vector<int64_t> shapeOf(Type type, const Symbols &symbols) {
  std::vector<int64_t> shape;
  for (const DimExpr &dim : dimsOf(type))
    shape.push_back(*evaluateDim(dim, [&](const std::string &name) { return std::optional(symbols.at(name)); }));
  return shape;
}

std::vector<HostTensor> TestKernel::makeInputs(const Symbols &symbols) {
  std::vector<HostTensor> inputs;
  for (auto [argument, values] : llvm::zip(kernel.getKernelBody().getBlock()->getArguments(), operandValues))
    inputs.push_back(makeInput(dtypeOf(argument.getType()), shapeOf(argument.getType(), symbols), values));
  return inputs;
}

//===--- Reference ---===//

namespace {
class ReferenceContext : public EvaluateContext {
public:
  explicit ReferenceContext(const Symbols &symbols) : symbols(symbols) {}
  int64_t extent(const DimExpr &dim) override {
    return *evaluateDim(dim, [&](const std::string &name) { return std::optional(symbols.at(name)); });
  }
  void report(int64_t element, int64_t index, int64_t extent) override {
    record.report({slot, element, index, extent});
  }
  int64_t slot = 0;
  ErrorRecord record;

private:
  const Symbols &symbols;
};
} // namespace

static std::vector<HostTensor> evaluateBody(rt::BodyOp body, ArrayRef<HostTensor> inputs, const Symbols &symbols,
                                            ReferenceContext &context) {
  DenseMap<Value, HostTensor> tensors;
  for (auto [argument, input] : llvm::zip(body.getBlock()->getArguments(), inputs))
    tensors[argument] = input;
  for (Operation &op : body.getBlock()->without_terminator()) {
    std::vector<HostTensor> operands, results;
    for (Value operand : op.getOperands())
      operands.push_back(tensors[operand]);
    for (Type type : op.getResultTypes())
      results.push_back(HostTensor(dtypeOf(type), shapeOf(type, symbols)));
    cast<EvaluateOpInterface>(op).evaluate(context, operands, results);
    for (auto [value, tensor] : llvm::zip(op.getResults(), results))
      tensors[value] = tensor;
    context.slot += canFail(&op);
  }
  std::vector<HostTensor> outputs;
  for (Value result : body.getYield().getResults())
    outputs.push_back(tensors[result]);
  return outputs;
}

//===--- Compiling ---===//

struct TestKernel::Program {
  struct Stage {
    dlc_stage entry;
    DimExpr tasks, shared, own;
  };
  std::vector<Stage> stages;
  std::unique_ptr<llvm::orc::LLJIT> jit;
  std::string error;
};

bool TestKernel::compile(const std::string &cpu, Tier tier, Program &program) {
  auto target = CpuTarget::create(cpu, program.error);
  if (!target)
    return false;
  OwningOpRef<ModuleOp> copy = module->clone();
  auto copied = *copy->getOps<rt::KernelOp>().begin();
  auto fail = [&](const Twine &what) {
    program.error = what.str();
    return false;
  };
  if (failed(verify(*copy)))
    return fail("the body does not verify");
  if (failed(target->describe(copied, tier)))
    return fail("describe failed");
  if (failed(target->emit(copied)) || failed(verify(*copy)))
    return fail("emit failed");
  if (failed(verifyAdmittedOps(copied)))
    return fail("emit wrote what may change bits");
  if (failed(target->lower(copied)) || failed(verify(*copy)))
    return fail("lower failed");
  KernelObject object;
  if (!target->object(copied, object, program.error))
    return false;
  auto jit = llvm::orc::LLJITBuilder().create();
  if (!jit)
    return fail(toString(jit.takeError()));
  program.jit = std::move(*jit);
  if (auto error = program.jit->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(object.bytes)))
    return fail(toString(std::move(error)));
  for (auto [name, stage] : llvm::zip(object.stages, copied.getStages())) {
    auto symbol = program.jit->lookup(name);
    if (!symbol)
      return fail(toString(symbol.takeError()));
    auto formula = [stage = stage](StringRef field) {
      return *DimExpr::parse(stage.getAs<StringAttr>(field).getValue().str());
    };
    program.stages.push_back({symbol->toPtr<dlc_stage>(), formula("tasks"), formula("shared"), formula("own")});
  }
  return true;
}

std::string TestKernel::emitted(const std::string &cpu) {
  std::string text, error;
  auto target = CpuTarget::create(cpu, error);
  OwningOpRef<ModuleOp> copy = module->clone();
  auto copied = *copy->getOps<rt::KernelOp>().begin();
  if (!target || failed(target->describe(copied, Tier::Optimized)) || failed(target->emit(copied)))
    return "failed: " + error;
  llvm::raw_string_ostream stream(text);
  copy->print(stream);
  return text;
}

std::string TestKernel::assembly(const std::string &cpu) {
  std::string text, error;
  auto target = CpuTarget::create(cpu, error);
  OwningOpRef<ModuleOp> copy = module->clone();
  auto copied = *copy->getOps<rt::KernelOp>().begin();
  if (!target || failed(target->describe(copied, Tier::Optimized)) || failed(target->emit(copied)) ||
      failed(target->lower(copied)) || !target->assembly(copied, text, error))
    return "failed: " + error;
  return text;
}

//===--- Running ---===//

namespace {
/// A dlc_rt that keeps the first error.
struct Services {
  dlc_rt rt;
  ErrorRecord record;
  static void report(const dlc_rt *rt, int64_t slot, int64_t element, int64_t index, int64_t extent) {
    auto *self = reinterpret_cast<Services *>(const_cast<dlc_rt *>(rt));
    self->record.report({slot, element, index, extent});
  }
  Services() : rt{report} {}
};

/// The buffers of one launch.
struct Launch {
  std::vector<GuardedMemory> memory;
  std::vector<void *> pointers;
  std::vector<int64_t> symbols;

  void add(const HostTensor &tensor, bool copies) {
    memory.emplace_back(size_t(tensor.bytes()));
    if (copies && tensor.bytes())
      std::memcpy(memory.back().data(), tensor.buffer.data(), size_t(tensor.bytes()));
    pointers.push_back(memory.back().data());
  }
};
} // namespace

static int64_t valueOf(const DimExpr &dim, const Symbols &symbols) {
  return *evaluateDim(dim, [&](const std::string &name) { return std::optional(symbols.at(name)); });
}

/// Where two tensors differ first: NaNs are equal.
static std::string firstDifference(const HostTensor &expected, const void *got) {
  scalar::HostScalarBuilder b;
  HostTensor mine = expected;
  for (int64_t i = 0, size = expected.size(); i < size; ++i) {
    scalar::Scalar x = scalar::load(expected.type, expected.at(i));
    scalar::Scalar y = scalar::load(expected.type, static_cast<const char *>(got) + i * byteWidth(expected.type));
    bool bothNaN = isFloat(x.type) && b.isNaN(x).asBool() && b.isNaN(y).asBool();
    if (!bothNaN && x.bits() != y.bits())
      return "element " + std::to_string(i) + " of " + std::to_string(size) + ": expected " +
             std::to_string(x.toDouble()) + ", but got " + std::to_string(y.toDouble());
  }
  return "";
}

template <class Stages>
static std::string runStages(const Stages &stages, Launch &launch, const Symbols &symbols, int64_t workers,
                             Services &services) {
  int64_t sharedBytes = 0;
  for (const auto &stage : stages)
    sharedBytes = std::max(sharedBytes, valueOf(stage.shared, symbols));
  GuardedMemory shared(static_cast<size_t>(sharedBytes));
  for (const auto &stage : stages) {
    int64_t tasks = valueOf(stage.tasks, symbols);
    // Workers of a stage run in any order: here the last one first.
    for (int64_t worker = workers; worker-- > 0;) {
      int64_t begin = tasks * worker / workers, end = tasks * (worker + 1) / workers;
      GuardedMemory own(static_cast<size_t>(valueOf(stage.own, symbols)));
      if (begin < end)
        stage.entry(launch.pointers.data(), launch.symbols.data(), shared.data(), own.data(), &services.rt, begin, end);
      if (!own.isTailIntact())
        return "own scratch is overrun";
    }
  }
  return shared.isTailIntact() ? "" : "shared scratch is overrun";
}

std::string TestKernel::checkOn(const std::string &cpu, const std::vector<Symbols> &bindings) {
  std::string difference = checkTier(cpu, Tier::Optimized, bindings);
  return difference.empty() ? checkTier(cpu, Tier::Baseline, bindings) : difference;
}

std::string TestKernel::checkTier(const std::string &cpu, Tier tier, const std::vector<Symbols> &bindings) {
  Program program;
  std::string where = "[" + (cpu.empty() ? "host" : cpu) + (tier == Tier::Baseline ? ", baseline] " : "] ");
  if (!compile(cpu, tier, program))
    return where + program.error;
  for (const Symbols &symbols : bindings) {
    std::vector<HostTensor> inputs = makeInputs(symbols);
    ReferenceContext reference(symbols);
    std::vector<HostTensor> outputs = evaluateBody(kernel.getKernelBody(), inputs, symbols, reference);
    std::string at = where;
    for (auto &[name, value] : symbols)
      at += name + "=" + std::to_string(value) + " ";
    for (int64_t workers : {1, 2, 3, 7}) {
      Launch launch;
      for (const HostTensor &input : inputs)
        launch.add(input, true);
      for (const HostTensor &output : outputs)
        launch.add(output, false);
      for (const std::string &name : symbolNames)
        launch.symbols.push_back(symbols.at(name));
      Services services;
      std::string difference = runStages(program.stages, launch, symbols, workers, services);
      at += std::to_string(workers) + " workers: ";
      if (!difference.empty())
        return at + difference;
      for (auto [i, memory] : llvm::enumerate(launch.memory))
        if (!memory.isTailIntact())
          return at + "buffer " + std::to_string(i) + " is overrun";
      for (auto [i, input] : llvm::enumerate(inputs))
        if (input.bytes() && std::memcmp(input.buffer.data(), launch.pointers[i], size_t(input.bytes())) != 0)
          return at + "operand " + std::to_string(i) + " was written";
      for (auto [i, output] : llvm::enumerate(outputs)) {
        difference = firstDifference(output, launch.pointers[inputs.size() + i]);
        if (!difference.empty())
          return at + "result " + std::to_string(i) + ", " + difference;
      }
      if (services.record.isSet() != reference.record.isSet())
        return at + (services.record.isSet() ? "an error that the definition has not" : "no error, but expected one");
      if (services.record.isSet() && std::memcmp(&services.record.get(), &reference.record.get(), sizeof(ErrorReport)))
        return at + "another error than the definition's";
    }
  }
  return "";
}

std::string TestKernel::check(std::vector<Symbols> bindings) {
  std::string difference = checkOn("haswell", bindings);
  return difference.empty() ? checkOn("", bindings) : difference;
}

double TestKernel::secondsPerCall(const std::string &cpu, const Symbols &symbols, double budget) {
  Program program;
  if (!compile(cpu, Tier::Optimized, program))
    return -1;
  Launch launch;
  for (const HostTensor &input : makeInputs(symbols))
    launch.add(input, true);
  for (Value result : kernel.getKernelBody().getYield().getResults())
    launch.add(HostTensor(dtypeOf(result.getType()), shapeOf(result.getType(), symbols)), false);
  for (const std::string &name : symbolNames)
    launch.symbols.push_back(symbols.at(name));
  int64_t sharedBytes = 0, ownBytes = 0;
  for (const auto &stage : program.stages) {
    sharedBytes = std::max(sharedBytes, valueOf(stage.shared, symbols));
    ownBytes = std::max(ownBytes, valueOf(stage.own, symbols));
  }
  GuardedMemory shared(static_cast<size_t>(sharedBytes)), own(static_cast<size_t>(ownBytes));
  Services services;
  using Clock = std::chrono::steady_clock;
  auto now = [] { return std::chrono::duration<double>(Clock::now().time_since_epoch()).count(); };
  double best = 1e9, end = now() + budget;
  int64_t calls = 1;
  while (now() < end) {
    double start = now();
    for (int64_t call = 0; call < calls; ++call)
      for (const auto &stage : program.stages)
        if (int64_t tasks = valueOf(stage.tasks, symbols))
          stage.entry(launch.pointers.data(), launch.symbols.data(), shared.data(), own.data(), &services.rt, 0, tasks);
    double elapsed = now() - start;
    best = std::min(best, elapsed / double(calls));
    if (elapsed < 1e-3)
      calls *= 2;
  }
  return best;
}

} // namespace dlc::cpu
