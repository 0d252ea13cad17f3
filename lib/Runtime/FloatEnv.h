//===- FloatEnv.h - The floating-point state of running code (N1) ---------===//
//
// While a FloatEnv lives, its thread rounds to nearest even, keeps subnormals and traps on nothing; when it ends, the
// thread has its former state back, sticky flags included.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_FLOATENV_H
#define DLC_RUNTIME_FLOATENV_H

#include <stdint.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
#elif !defined(__aarch64__)
#error "expected x86-64 or aarch64"
#endif

namespace dlc {

class FloatEnv {
public:
  FloatEnv() : saved(get()) { set(standard); }
  ~FloatEnv() { set(saved); }
  FloatEnv(const FloatEnv &) = delete;
  FloatEnv &operator=(const FloatEnv &) = delete;

private:
#if defined(__x86_64__)
  using Word = uint32_t;
  static constexpr Word standard = 0x1f80; // All exceptions masked, nearest, no FTZ, no DAZ.
  static Word get() { return _mm_getcsr(); }
  static void set(Word word) { _mm_setcsr(word); }
#else
  using Word = uint64_t;
  static constexpr Word standard = 0; // Nearest, no FZ, no default NaN, no traps.
  static Word get() {
    Word word;
    __asm__ volatile("mrs %0, fpcr" : "=r"(word));
    return word;
  }
  static void set(Word word) { __asm__ volatile("msr fpcr, %0" : : "r"(word)); }
#endif
  Word saved;
};

} // namespace dlc

#endif // DLC_RUNTIME_FLOATENV_H
