//===- Float32Errors.h - f32 functions against f64 ones and MPFR ----------===//
//
// How far a function of f32 is from the real one, on as many arguments as there are. Compiled code of the f32 program
// runs beside compiled code of the f64 program, which uses other coefficients and 29 more digits. MPFR is asked where
// that is not enough: near a bound, near the largest error so far, and where the f64 program cancels or disagrees about
// a special value. Where only the argument is wider (lgamma, digamma, atan2 of f32 compute in f64), and for what both
// programs share, the f64 program is held against MPFR on arguments of its own.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_TEST_UNIT_SCALAR_FLOAT32ERRORS_H
#define DLC_TEST_UNIT_SCALAR_FLOAT32ERRORS_H

#include "FunctionOracle.h"

#include <cstdint>
#include <memory>
#include <string>

namespace dlc::scalar {

/// Writes to error[i] how far got[i] is from want[i], in units of the last place of want[i] as an f32 (see errorInUlp);
/// infinity where NaNs, infinities or signs of zeros disagree.
void errorsInUlp(const float *got, const double *want, double *error, size_t count);

/// The errors of one function of f32.
class Float32Errors {
public:
  /// Compiles both forms of `function`; a failure is in `failure`.
  explicit Float32Errors(const Function &function);
  ~Float32Errors();

  /// Tries the first `count` samples, a multiple of 4,096 of at most 2^32. Any run of the samples of one operand is
  /// spread evenly over the bit patterns.
  void trySamples(uint64_t count);

  /// Tries every bit pattern of the one operand. Ends early once an error is above the bound.
  void tryAll();

  /// Holds the f64 form against MPFR, and the f32 form against the interpreter, on the first `count` samples.
  void checkReference(uint64_t count);

  std::string failure;
  double worst = 0;               ///< the largest error, in ulp, to a relative 2^-12, if it is above 0.49
  float worstAt[2] = {0, 0};      ///< where
  uint64_t asked = 0;             ///< for how many arguments MPFR decided
  double worstOfReference = 0;    ///< the largest error of the f64 form, in ulp of f64
  double referenceAt[2] = {0, 0}; ///< where
  uint64_t unlikeInterpreter = 0; ///< results of checkReference with other bits than the interpreter's

private:
  void placeSamples(uint64_t first);
  void tryPlaced();
  void askMpfr(const float *x, float got);
  struct Compiled;
  Function function;
  std::unique_ptr<Compiled> compiled;
};

} // namespace dlc::scalar

#endif // DLC_TEST_UNIT_SCALAR_FLOAT32ERRORS_H
