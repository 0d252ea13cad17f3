// Small programs, one or more for each op: the gradient cases, and those of the ops that have no derivative.
#ifndef DLC_TEST_PASSES_BATCHCASES_H
#define DLC_TEST_PASSES_BATCHCASES_H

#include "test/unit/Passes/GradientCases.h"

namespace dlc {

std::vector<GradientCase> batchCases();

} // namespace dlc

#endif // DLC_TEST_PASSES_BATCHCASES_H
