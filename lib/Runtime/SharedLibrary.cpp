//===- SharedLibrary.cpp - What a model as shared library has of its own --===//
//
// glibc keeps pthread_atfork in an archive, for it needs to know the library that registers. The compiler has no such
// archive where it runs, so a shared library brings this one; it is never unloaded (-z nodelete).
//
//===----------------------------------------------------------------------===//
extern "C" {

int __register_atfork(void (*prepare)(), void (*parent)(), void (*child)(), void *library);

/// Its address is what libc knows the library by.
__attribute__((visibility("hidden"))) void *__dso_handle = nullptr;

__attribute__((visibility("hidden"))) int pthread_atfork(void (*prepare)(), void (*parent)(), void (*child)()) {
  return __register_atfork(prepare, parent, child, &__dso_handle);
}

} // extern "C"
