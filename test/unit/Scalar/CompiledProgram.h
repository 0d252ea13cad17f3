//===- CompiledProgram.h - A scalar program as machine code ---------------===//
//
// Builds a loop around a scalar program over IR, lowers it by upstream passes, compiles it for this machine and runs
// it. The object must not import anything.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_TEST_UNIT_SCALAR_COMPILEDPROGRAM_H
#define DLC_TEST_UNIT_SCALAR_COMPILEDPROGRAM_H

#include "dialects/dlc/Scalar/IRScalarBuilder.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace dlc::scalar {

using EmitBody = llvm::function_ref<IRScalar(IRScalarBuilder &, llvm::ArrayRef<IRScalar>)>;

/// Machine code that maps `program` over arrays.
class CompiledProgram {
public:
  /// Compiles the program for operands of `inputs` in vectors of `lanes` (0: scalars), for
  /// `cpu` (empty: this machine). A failure is in `error`; an object with undefined symbols is not linked.
  CompiledProgram(llvm::ArrayRef<DType> inputs, DType output, unsigned lanes, llvm::StringRef cpu, EmitBody program);
  ~CompiledProgram();

  /// Runs on `count` elements, a multiple of the lanes; buffers hold dense elements, one input buffer an operand.
  void run(llvm::ArrayRef<const void *> inputs, void *output, int64_t count) const;

  std::string error;
  std::vector<std::string> undefinedSymbols;
  /// The ops that numerics N10 does not admit among those that were emitted, each with the reason.
  std::set<std::string> rejected;

private:
  struct Code;
  std::string link(std::unique_ptr<llvm::MemoryBuffer> object);
  std::unique_ptr<Code> code;
};

} // namespace dlc::scalar

#endif // DLC_TEST_UNIT_SCALAR_COMPILEDPROGRAM_H
