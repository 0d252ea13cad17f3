//===- CustomCall.h - Functions of the user's own, by name ----------------===//
//
// The registry of the process. It only grows: names stay, and what a name stands for is replaced by an atomic store, so
// a look-up takes no lock that a fork() could leave held. Each library that holds the runtime has a registry of its
// own; that of a library which another one opened asks the other one's.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_CUSTOMCALL_H
#define DLC_RUNTIME_CUSTOMCALL_H

#include "include/dlc-c/custom_call.h"
#include "lib/Runtime/Create.h"
#include "lib/Runtime/Status.h"
#include "lib/Runtime/TensorRef.h"

namespace dlc {

/// What a name stands for. Without a function the name is not registered.
struct CustomFunction {
  dlc_custom_function function = nullptr;
  void *userData = nullptr;
};

/// Registers a function, or takes the name back if it has none; `userData` must live as long as a call may run. Value
/// if the name is empty, Io if memory is out.
Status registerCustomCall(const char *name, CustomFunction function);

/// What is registered now; from `source` of shareCustomCalls, if that was called.
CustomFunction findCustomCall(const char *name);

/// From now on findCustomCall asks `find`.
void shareCustomCalls(CustomFunction (*find)(const char *name));

/// Calls the function of that name: once, or for each index of the first `batchDims` dims of all tensors, row-major,
/// with what lies behind the index; a tensor has 1 there for what all examples share. Value if there is no function;
/// else what the function failed with, after the call's name, which ends the walk.
Status callCustom(const char *name, const char *attributes, Span<TensorRef> inputs, Span<TensorRef> outputs,
                  uint32_t batchDims);

} // namespace dlc

#endif // DLC_RUNTIME_CUSTOMCALL_H
