// Modules and tensors for tests: parsed from text, made from numbers, compared by bits.
#ifndef DLC_TEST_INTERP_MODULES_H
#define DLC_TEST_INTERP_MODULES_H

#include "dialects/rt/Rt.h"
#include "lib/Interp/Interpreter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Parser/Parser.h"

#include <cstring>

namespace dlc {

/// A context with the dialects that programs use before bufferize.
inline std::unique_ptr<mlir::MLIRContext> makeContext() {
  mlir::DialectRegistry registry;
  registry.insert<DlcDialect, rt::RtDialect, mlir::arith::ArithDialect, mlir::func::FuncDialect, mlir::scf::SCFDialect,
                  mlir::tensor::TensorDialect>();
  return std::make_unique<mlir::MLIRContext>(registry, mlir::MLIRContext::Threading::DISABLED);
}

inline mlir::OwningOpRef<mlir::ModuleOp> parse(mlir::MLIRContext &context, llvm::StringRef text) {
  return mlir::parseSourceString<mlir::ModuleOp>(text, &context);
}

inline mlir::func::FuncOp functionOf(mlir::ModuleOp module, llvm::StringRef name = "main") {
  return module.lookupSymbol<mlir::func::FuncOp>(name);
}

template <class T> HostTensor tensorOf(DType type, std::vector<int64_t> shape, const std::vector<T> &values) {
  HostTensor tensor(type, std::move(shape));
  if (!values.empty())
    std::memcpy(tensor.buffer.data(), values.data(), values.size() * sizeof(T));
  return tensor;
}
inline HostTensor floats(std::vector<int64_t> shape, const std::vector<float> &values) {
  return tensorOf(DType::F32, std::move(shape), values);
}
inline HostTensor longs(std::vector<int64_t> shape, const std::vector<int64_t> &values) {
  return tensorOf(DType::I64, std::move(shape), values);
}

template <class T> std::vector<T> valuesOf(const HostTensor &tensor) {
  return std::vector<T>(tensor.data<T>(), tensor.data<T>() + tensor.size());
}

} // namespace dlc

#endif // DLC_TEST_INTERP_MODULES_H
