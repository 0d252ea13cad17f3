// Makes images (contract C5): links the object of one kernel by JITLink into one position-independent range of bytes
// with no relocation left, no import and no writable data. Anything else is refused.
#ifndef DLC_JIT_IMAGELINKER_H
#define DLC_JIT_IMAGELINKER_H

#include "lib/Runtime/Status.h"
#include "passes/Target.h"

#include <string>

namespace dlc::jit {

/// Links `object` into `image`: an ImageHeader, whose entries are the kernel's stages, and the code. Any thread.
Status linkImage(const KernelObject &object, std::string &image);

} // namespace dlc::jit

#endif // DLC_JIT_IMAGELINKER_H
