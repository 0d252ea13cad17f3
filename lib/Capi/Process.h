// The state of the process behind the C ABI: the thread pool, the folder of the cache, and counts of where code came
// from. Made at first use.
#ifndef DLC_CAPI_PROCESS_H
#define DLC_CAPI_PROCESS_H

#include "dlc-c/dlc.h"

namespace dlc {

class ThreadPool;

/// The pool that programs loaded now run on; null if it could not be made, and then they run on the caller's thread.
ThreadPool *processPool();
const char *processCacheDir();
/// Sets options that were checked.
void setProcessCompileOptions(const dlc_compile_options &options);
/// Adds to the counts of the process.
void countCode(const dlc_code_counts &more);

} // namespace dlc

#endif // DLC_CAPI_PROCESS_H
