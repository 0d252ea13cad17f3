// The files of a user's own that an artifact is linked with: object files and static libraries, and what they define.
#ifndef DLC_COMPILER_AOT_LINKINPUT_H
#define DLC_COMPILER_AOT_LINKINPUT_H

#include "lib/Runtime/Status.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/TargetParser/Triple.h"

#include <set>
#include <string>
#include <vector>

namespace dlc::aot {

/// A file, and the names that it defines for others.
struct LinkInput {
  std::string path, bytes;
  std::set<std::string> functions, data;
  std::set<std::string> strong; ///< Those of both that are not weak.
};

/// Reads files, each of which must be an ELF object or an archive of them, for the architecture of `triple`.
Status readLinkInputs(const std::vector<std::string> &paths, const llvm::Triple &triple, std::vector<LinkInput> &out);

/// Fails if a file defines a name that an executable's runtime or C library has: it would take its place.
Status checkNamesFree(const std::vector<LinkInput> &inputs);

/// Whether a name is a function of the C library as far as musl's, which the kit holds, knows it: under its own name,
/// or as glibc's headers rename it (__isoc99_sscanf, __memcpy_chk).
bool isOfLibc(llvm::StringRef name);

/// Whether a name is of <math.h>, which glibc has in a library of its own.
bool isOfLibm(llvm::StringRef name);

} // namespace dlc::aot

#endif // DLC_COMPILER_AOT_LINKINPUT_H
