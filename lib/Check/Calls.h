// User functions that random programs call: deterministic, for any number of tensors of any element types.
#ifndef DLC_CHECK_CALLS_H
#define DLC_CHECK_CALLS_H

namespace dlc::check {

/// dlc.custom_call "dlc.check.rotate": one tensor whose elements, row-major, are those of the operand rotated by the
/// number that the attributes hold.
inline constexpr char rotateCall[] = "dlc.check.rotate";
/// dlc.custom_call "dlc.check.digest": a number in [0, 1000) of type i64 and one of type f32, both of rank 0, that
/// depend on every bit of every operand, all NaNs being one.
inline constexpr char digestCall[] = "dlc.check.digest";

/// Registers both. Every Workbench does, so that what fuzzing wrote runs wherever programs are checked.
void registerCheckCalls();

} // namespace dlc::check

#endif // DLC_CHECK_CALLS_H
