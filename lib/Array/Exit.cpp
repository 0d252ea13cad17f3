// Nothing of libdlc-compiler.so is destroyed when the process ends: its threads may be compiling until the last moment,
// with objects that LLVM makes at first use and would destroy before any handler of ours. The library is never
// unloaded, so what destructors would free goes with the process; buffered output must be flushed where it is written.

/// In the place of libc's for everything that is linked into the library.
extern "C" __attribute__((visibility("hidden"))) int __cxa_atexit(void (*)(void *), void *, void *) { return 0; }
