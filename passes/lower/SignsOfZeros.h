// What LLVM's code generators get wrong about the sign of zero, written so that they do not meet it.
#ifndef DLC_PASSES_LOWER_SIGNSOFZEROS_H
#define DLC_PASSES_LOWER_SIGNSOFZEROS_H

namespace llvm {
class Module;
}

namespace dlc {

/// Turns `x < y ? x : y` into `!(x < y) ? y : x`, and so for `>`, right before code generation for a target that has an
/// instruction for minNum: LLVM 22 takes the first form for it, which may give the other zero of 0 and -0.
void keepSignsOfZeros(llvm::Module &module);

} // namespace dlc

#endif // DLC_PASSES_LOWER_SIGNSOFZEROS_H
