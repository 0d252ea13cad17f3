// Programs around a gradient case: their text, the autodiff phase over them, and runs by the interpreter.
#ifndef DLC_TEST_PASSES_CASEPROGRAM_H
#define DLC_TEST_PASSES_CASEPROGRAM_H

#include "test/unit/Interp/Modules.h"
#include "test/unit/Passes/GradientCases.h"

#include <random>

namespace dlc {

std::string joined(const std::vector<std::string> &parts);
/// "%a0: tensor<5xf64>, %a1: ...", and "%a0, %a1, ...".
std::string parameters(const GradientCase &test);
std::string values(const GradientCase &test);
/// Positions of the arguments that are differentiated.
std::vector<int64_t> floatArguments(const GradientCase &test);
/// Appends the extents of a tensor type's text to `shape`; their product.
int64_t extentsOf(const std::string &type, std::vector<int64_t> &shape);
/// Inputs in the domain of a case.
std::vector<HostTensor> sample(const GradientCase &test, std::mt19937_64 &random);
double dot(const HostTensor &x, const HostTensor &y);
/// Fails the test for each op that has neither a gradient case nor a reason, and records for all which it is.
void expectACaseOrAReasonForEveryOp();

/// A module whose derivatives and batches are resolved; a failure to parse or resolve fails the test.
class Program {
public:
  explicit Program(const std::string &text);
  llvm::SmallVector<HostTensor> run(llvm::StringRef function, const std::vector<HostTensor> &inputs);

  std::unique_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  bool isOk = false;
};

} // namespace dlc

#endif // DLC_TEST_PASSES_CASEPROGRAM_H
