//===- Run.h - Running a program on files ---------------------------------===//
//
// What `dlc run` and every AOT executable do once they have a program: read the inputs from .npy files, run it, write
// the outputs to .npy files or print a summary.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_RUN_H
#define DLC_RUNTIME_RUN_H

#include "lib/Runtime/Create.h"
#include "lib/Runtime/Program.h"

#include <stdio.h>

namespace dlc {

/// One `--input NAME=FILE.npy`.
struct InputFile {
  const char *name;
  const char *path;
};

struct RunRequest {
  Span<InputFile> inputs;          ///< One for each input of the program, in any order.
  const char *outputDir = nullptr; ///< Where NAME.npy of each output goes; null: print a summary instead.
  unsigned repeat = 1;             ///< Above 1, times are printed too.
};

/// Runs `program`, initialised if it needs that, as `request` says; summaries and times go to `out`.
Status runOnFiles(Program &program, const RunRequest &request, FILE *out);

/// Prints name, type and first elements of a tensor in one line.
void printSummary(const char *tensorName, const TensorRef &tensor, FILE *out);

/// Writes a tensor to `directory`/`tensorName`.npy.
Status writeTensor(const char *tensorName, const TensorRef &tensor, const char *directory);

/// Prints the inputs, outputs and symbols of `program`, indented, one a line.
void printSignature(const Program &program, FILE *out);

} // namespace dlc

#endif // DLC_RUNTIME_RUN_H
