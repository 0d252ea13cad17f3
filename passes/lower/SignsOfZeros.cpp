// LLVM 22's matchSelectPattern asks about zeros for <= and >= only, as a comment there says.
#include "passes/lower/SignsOfZeros.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"

namespace dlc {

void keepSignsOfZeros(llvm::Module &module) {
  for (llvm::Function &function : module)
    for (llvm::Instruction &op : llvm::instructions(function)) {
      auto *select = llvm::dyn_cast<llvm::SelectInst>(&op);
      auto *compare = select ? llvm::dyn_cast<llvm::FCmpInst>(select->getCondition()) : nullptr;
      if (!compare || !llvm::CmpInst::isStrictPredicate(compare->getPredicate()))
        continue;
      llvm::Value *x = compare->getOperand(0), *y = compare->getOperand(1);
      llvm::Value *yes = select->getTrueValue(), *no = select->getFalseValue();
      if (!((x == yes && y == no) || (x == no && y == yes)))
        continue;
      llvm::IRBuilder<> b(select);
      select->setCondition(b.CreateFCmp(compare->getInversePredicate(), x, y));
      select->swapValues();
    }
}

} // namespace dlc
