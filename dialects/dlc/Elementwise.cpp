// The generated rules of elementwise rows are compiled here; nothing about them is written by hand.
#include "dialects/dlc/Dlc.h"
#include "dialects/dlc/Scalar/Functions.h"

using namespace mlir;
using namespace dlc;

#define GET_OP_CLASSES
#include "dialects/dlc/DlcOps.cpp.inc"
