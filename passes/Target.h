// The one interface that a target fills in (contract C2). Phases know this class; the folders under lib/Target know
// how.
#ifndef DLC_PASSES_TARGET_H
#define DLC_PASSES_TARGET_H

#include "dialects/rt/Rt.h"

#include <string>

namespace dlc {

/// Machine code of one kernel: an object file, with one function a stage.
struct KernelObject {
  std::string bytes;
  std::vector<std::string> stages; ///< symbol names, in order
};

/// What a program's code is made for; its bits are the same. Baseline: to be there soon. Optimized: to run fast.
enum class Tier { Baseline, Optimized };

class Target {
public:
  virtual ~Target() = default;
  virtual llvm::StringRef name() const = 0;
  /// Everything beside the kernel that its code depends on: ISA features, for the kernel's key.
  virtual std::string features() const = 0;
  /// Adds the dialects (and their translations) that only this target's code uses.
  virtual void registerDialects(mlir::DialectRegistry &) const {}

  /// Asked by fuse: may `producer`, a pointwise op, be inlined where `consumer` of the kernel reads it? Empty for yes,
  /// else the reason, which `explain` prints.
  virtual std::string accepts(mlir::Operation *consumer, mlir::Operation *producer) const = 0;
  /// Asked by fuse: may a kernel around `reduce` store values of the shape of what it reduces too, each where it is
  /// read?
  virtual bool storesWhatItReduces(ReduceOp) const { return false; }
  /// Asked by fuse: may a program call functions of the user's own between its kernels? Empty for yes, else the reason.
  virtual std::string acceptsCustomCalls() const { return ""; }
  /// Asked by schedule: chooses tiles, vectors, stages and scratch; sets the kernel's descriptor, and `baseline` if the
  /// target has code of that tier.
  virtual llvm::LogicalResult describe(rt::KernelOp kernel, Tier tier) const = 0;
  /// Asked about an optimized kernel that has its descriptor: what does it take to compile that a baseline one does
  /// not, in units of some 200 us? 0 if there is none.
  virtual int64_t effortAboveBaseline(rt::KernelOp) const { return 0; }
  /// Asked by lower: replaces the body by one function a stage, in scf, vector and memref, which the verifier of
  /// numerics N10 then checks; and brings that to the LLVM dialect.
  virtual llvm::LogicalResult emit(rt::KernelOp kernel) const = 0;
  virtual llvm::LogicalResult lower(rt::KernelOp kernel) const = 0;
  /// Asked by object: makes machine code of a lowered kernel. `error` says what went wrong.
  virtual bool object(rt::KernelOp kernel, KernelObject &object, std::string &error) const = 0;
  /// The code of lowered kernels as one text: assembly, or a module of PTX.
  virtual bool assembly(llvm::ArrayRef<rt::KernelOp> kernels, std::string &text, std::string &error) const = 0;
};

} // namespace dlc

#endif // DLC_PASSES_TARGET_H
