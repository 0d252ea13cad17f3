// One activation of an isolated body, a function or a kernel: its values and what its symbols stand for.
#ifndef DLC_INTERP_ACTIVATION_H
#define DLC_INTERP_ACTIVATION_H

#include "dialects/dlc/Dlc.h"
#include "lib/Interp/Interpreter.h"
#include "lib/Support/SymbolBinding.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

namespace dlc {

/// The errors that depend on data of one call (numerics N9): the lowest position wins, and the call goes on with
/// clamped indices. The ops of a callee share the position of the call, and the first of them to report wins.
struct DataErrors {
  std::optional<ErrorReport> lowest;
  std::optional<mlir::Location> location;
  std::string op;

  void keep(const ErrorReport &report, mlir::Operation *from);
};

/// What all activations of one interpretation share.
struct Interpretation {
  /// Where callees and kernels are looked up; it stays attached when a body is a clone.
  mlir::Operation *scope;
  const InterpOptions &options;
  InterpError &error;
  DataErrors reports;
  int64_t depth = 0;
};

/// Interprets the blocks of one activation. Scalars (index, i1) are held as rank-0 tensors.
class Activation {
public:
  /// Positions of ops are those of `slots`, one for each op that can fail, in order; without slots they count the ops.
  Activation(Interpretation &shared, std::optional<mlir::SmallVector<int64_t>> slots = std::nullopt)
      : shared(shared), slots(std::move(slots)) {}

  /// Runs the body of `isolated` under a binding of its symbols: specialised and verified first, when there are any.
  mlir::LogicalResult runIsolated(mlir::Operation *isolated, const SymbolBinding &binding,
                                  mlir::ArrayRef<HostTensor> inputs, mlir::SmallVectorImpl<HostTensor> &outputs);

private:
  using Tensors = mlir::SmallVector<HostTensor, 4>;

  /// Runs a block; `results` are the operands of its terminator.
  mlir::LogicalResult runBlock(mlir::Block &block, mlir::ArrayRef<HostTensor> arguments, Tensors &results);
  mlir::LogicalResult runOp(mlir::Operation *op);
  mlir::LogicalResult dispatch(mlir::Operation *op);
  /// Memory for the results of an op.
  mlir::LogicalResult allocate(mlir::Operation *op, Tensors &outputs);
  mlir::LogicalResult runEvaluable(EvaluateOpInterface op);
  mlir::LogicalResult runCall(CallOp op);
  mlir::LogicalResult runCustomCall(CustomCallOp op);
  mlir::LogicalResult runLaunch(mlir::Operation *op);
  mlir::LogicalResult runIf(mlir::Operation *op);
  mlir::LogicalResult runFor(mlir::Operation *op);
  mlir::LogicalResult runWhile(mlir::Operation *op);
  mlir::LogicalResult runExtract(mlir::Operation *op);
  mlir::LogicalResult runFromElements(mlir::Operation *op);
  mlir::LogicalResult runDim(mlir::Operation *op);
  /// Scalar arithmetic: what the op folds to over constants.
  mlir::LogicalResult runByFolding(mlir::Operation *op);

  Tensors get(mlir::ValueRange values);
  int64_t getIndex(mlir::Value value);
  void set(mlir::ValueRange values, mlir::ArrayRef<HostTensor> tensors);
  mlir::LogicalResult fail(mlir::Operation *op, Status status);
  /// Numbers the ops of a body.
  void number(mlir::Operation *isolated);
  /// Finds the ops of a body that nothing needs, if it makes custom calls: those are no part of the program.
  void findDead(mlir::Operation *isolated);

  Interpretation &shared;
  std::optional<mlir::SmallVector<int64_t>> slots;
  llvm::DenseMap<mlir::Operation *, int64_t> positions;
  llvm::DenseMap<mlir::Value, HostTensor> values;
  llvm::DenseSet<mlir::Operation *> dead;
};

/// Allocates the results of an op, whose types must be static. Io when memory is out.
Status allocateResults(mlir::Operation *op, mlir::SmallVectorImpl<HostTensor> &outputs);

/// Takes reports of one op and keeps the lowest element.
class OpContext final : public EvaluateContext {
public:
  explicit OpContext(int64_t position) : position(position) {}
  int64_t extent(const DimExpr &dim) override { return dim.constant().value_or(0); }
  void report(int64_t element, int64_t index, int64_t extent) override {
    record.report({position, element, index, extent});
  }
  ErrorRecord record;

private:
  int64_t position;
};

} // namespace dlc

#endif // DLC_INTERP_ACTIVATION_H
