// A kernel under test: its body is built of dlc ops, compiled by the CPU target for several ISAs, run as the runtime
// would run it with several numbers of workers, and compared bit for bit with `evaluate` of the body's ops.
#ifndef DLC_TEST_UNIT_TARGET_CPU_TESTKERNEL_H
#define DLC_TEST_UNIT_TARGET_CPU_TESTKERNEL_H

#include "lib/Target/Cpu/CpuTarget.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"

#include <map>
#include <random>

namespace dlc::cpu {

using Symbols = std::map<std::string, int64_t>;

/// What the elements of an operand are like.
struct Values {
  double low = -2, high = 2;
  /// One element in so many is special: a NaN, an infinity, a zero of either sign, a subnormal. 0: none.
  int specialOneIn = 0;
};

class TestKernel {
public:
  /// `symbols` are the names of the dims that types mention.
  explicit TestKernel(std::vector<std::string> symbols = {});

  mlir::Value argument(llvm::ArrayRef<DimExpr> dims, DType type, Values values = {});
  mlir::Type type(DType dtype) { return typeOf(dtype, &context); }
  mlir::MLIRContext *getContext() { return &context; }
  void yield(mlir::ValueRange results);

  /// Compiles for haswell and for this machine, as optimized and as baseline code, runs under each binding of the
  /// symbols with 1, 2, 3 and 7 workers, and says what differs from the definition first; empty when nothing does.
  std::string check(std::vector<Symbols> bindings = {{}});
  /// The same for one CPU by name (empty: this machine).
  std::string checkOn(const std::string &cpu, const std::vector<Symbols> &bindings);
  /// The kernel right after emit, as text; for looking.
  std::string emitted(const std::string &cpu);
  std::string assembly(const std::string &cpu);
  /// Seconds per call on this thread after compiling for `cpu`, the least of some rounds; negative on failure.
  double secondsPerCall(const std::string &cpu, const Symbols &symbols, double budget);

  std::mt19937_64 random{42};

private:
  struct Program;
  bool compile(const std::string &cpu, Tier tier, Program &program);
  std::string checkTier(const std::string &cpu, Tier tier, const std::vector<Symbols> &bindings);
  std::vector<HostTensor> makeInputs(const Symbols &symbols);
  HostTensor makeInput(DType type, std::vector<int64_t> shape, const Values &values);

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  rt::KernelOp kernel;
  std::vector<std::string> symbolNames;
  std::vector<Values> operandValues;

public:
  mlir::OpBuilder builder;
  DlcBuilder b;
};

} // namespace dlc::cpu

#endif // DLC_TEST_UNIT_TARGET_CPU_TESTKERNEL_H
