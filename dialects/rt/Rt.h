// The rt dialect: kernels and the host program.
#ifndef DLC_DIALECT_RT_RT_H
#define DLC_DIALECT_RT_RT_H

#include "dialects/dlc/Dlc.h"

#include "mlir/IR/RegionKindInterface.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"

namespace dlc::rt {
class BodyOp;
class YieldOp;

/// "file:line:column" of the first place in a file that a location names; empty if there is none.
std::string placeText(mlir::Location location);
} // namespace dlc::rt

#include "dialects/rt/RtDialect.h.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/rt/RtTypes.h.inc"
#define GET_OP_CLASSES
#include "dialects/rt/RtOps.h.inc"

#endif // DLC_DIALECT_RT_RT_H
