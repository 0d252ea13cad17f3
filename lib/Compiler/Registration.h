// The dialects and passes of dlc by name, for tools that take IR from people: dlc-opt and dlc-lsp-server.
#ifndef DLC_COMPILER_REGISTRATION_H
#define DLC_COMPILER_REGISTRATION_H

#include "passes/Target.h"

#include "mlir/IR/DialectRegistry.h"

namespace dlc {

/// Adds every dialect that IR of any phase is written in.
void registerDialects(mlir::DialectRegistry &registry);

/// Registers the passes of all phases; those that ask a target ask this one, which must live as long as the process.
void registerPasses(const Target &target);

} // namespace dlc

#endif // DLC_COMPILER_REGISTRATION_H
