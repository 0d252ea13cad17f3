// Inputs for programs that are checked: random ones that suit their dtypes, and examples that a program carries itself,
// as the argument attribute `dlc.example`, so that a file reproduces what was seen.
#ifndef DLC_CHECK_INPUTS_H
#define DLC_CHECK_INPUTS_H

#include "lib/Runtime/Status.h"
#include "lib/Support/HostTensor.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <map>
#include <string>
#include <vector>

namespace dlc::check {

using Symbols = std::map<std::string, int64_t>;

/// The names of all symbols of the arguments, in order of first appearance.
std::vector<std::string> symbolsOf(mlir::func::FuncOp function);
/// A value for each symbol: from `given`, else drawn within the range that the function states (`dlc.symbols`), so that
/// its conditions (`dlc.conditions`) hold if any of many draws meets them.
Symbols drawSymbols(mlir::func::FuncOp function, uint64_t seed, const Symbols &given = {});

/// Value if inputs of these symbols are too large to be held, checked and written down.
Status checkInputSize(mlir::func::FuncOp function, const Symbols &symbols);

/// Pseudo-random inputs: floats in [-2, 2) with a few special values, small integers of both signs.
std::vector<HostTensor> randomInputs(mlir::func::FuncOp function, uint64_t seed, const Symbols &symbols);

/// Gives every argument its example.
void setExamples(mlir::func::FuncOp function, llvm::ArrayRef<HostTensor> inputs);
/// The examples of all arguments, bit for bit. Value if some argument has none.
Status examplesOf(mlir::func::FuncOp function, std::vector<HostTensor> &inputs);
/// Whether every argument has an example.
bool hasExamples(mlir::func::FuncOp function);

} // namespace dlc::check

#endif // DLC_CHECK_INPUTS_H
