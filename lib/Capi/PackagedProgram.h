// A program of the C ABI that runs from a package. Both libraries make them: libdlc from the cache and from files,
// libdlc-compiler from what it has just compiled.
#ifndef DLC_CAPI_PACKAGEDPROGRAM_H
#define DLC_CAPI_PACKAGEDPROGRAM_H

#include "lib/Capi/Handles.h"
#include "lib/Runtime/Buffer.h"

namespace dlc {

class ThreadPool;

/// Loads a package to run on `pool` (null: on the caller's thread), which must outlive it.
Status loadPackagedProgram(const Buffer &package, ThreadPool *pool, dlc_program *&out);

} // namespace dlc

#endif // DLC_CAPI_PACKAGEDPROGRAM_H
