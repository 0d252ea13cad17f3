// Resources are named by a hash of type and elements: equal constants share one, and one text has one form.
#include "lib/Compiler/ModuleText.h"

#include "dialects/dlc/Dlc.h"
#include "dialects/rt/Rt.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"

using namespace mlir;

namespace dlc {

/// Constants up to this many elements are read best where they are used.
static constexpr int64_t mostInline = 16;

/// Calls `visit(op, value)` for every constant of a module, of tensors and of the host program.
template <class Visit> static WalkResult walkConstants(ModuleOp module, Visit visit) {
  return module.walk([&](Operation *op) {
    if (isa<ConstantOp, rt::ConstantOp>(op))
      return visit(op, op->getAttrOfType<ElementsAttr>("value"));
    return WalkResult::advance();
  });
}

static DenseResourceElementsAttr resourceOf(DenseElementsAttr value) {
  std::string text;
  llvm::raw_string_ostream(text) << value.getType();
  llvm::SHA256 hash;
  hash.update(text);
  hash.update(StringRef(value.getRawData().data(), value.getRawData().size()));
  std::string name = "c_" + llvm::toHex(hash.final(), /*LowerCase=*/true).substr(0, 12);
  auto &manager = DenseResourceElementsHandle::getManagerInterface(value.getContext());
  auto *known = manager.getBlobManager().lookup(name);
  if (known && known->getBlob() && known->getBlob()->getData() == value.getRawData())
    return DenseResourceElementsAttr::get(
        value.getType(), DenseResourceElementsHandle(known, cast<BuiltinDialect>(manager.getDialect())));
  // The attribute's own bytes: the context keeps them as long as the resource.
  auto blob = UnmanagedAsmResourceBlob::allocateWithAlign(value.getRawData(), /*align=*/8);
  return DenseResourceElementsAttr::get(value.getType(), name, std::move(blob));
}

static bool isWholeBytes(Type element) { return element.isIntOrFloat() && element.getIntOrFloatBitWidth() % 8 == 0; }

void printModule(ModuleOp module, llvm::raw_ostream &out, bool places) {
  OwningOpRef<ModuleOp> copy = module.clone();
  walkConstants(*copy, [](Operation *op, ElementsAttr value) {
    // In a resource elements are whole bytes.
    auto dense = dyn_cast<DenseElementsAttr>(value);
    if (dense && !dense.isSplat() && dense.getNumElements() > mostInline && isWholeBytes(dense.getElementType()))
      op->setAttr("value", resourceOf(dense));
    return WalkResult::advance();
  });
  copy->walk([](rt::LaunchOp launch) { launch->removeAttr("rt.unfused"); });
  OpPrintingFlags flags;
  copy->print(out, places ? flags.enableDebugInfo() : flags);
}

LogicalResult inlineResources(ModuleOp module) {
  WalkResult result = walkConstants(module, [](Operation *op, ElementsAttr value) {
    auto resource = dyn_cast<DenseResourceElementsAttr>(value);
    if (!resource)
      return WalkResult::advance();
    DenseResourceElementsHandle handle = resource.getRawHandle();
    AsmResourceBlob *blob = handle.getBlob();
    if (!blob) {
      op->emitError("expected the elements of '") << handle.getKey() << "' at the end of the module, but got none";
      return WalkResult::interrupt();
    }
    ShapedType type = resource.getType();
    Type element = type.getElementType();
    if (!isWholeBytes(element) ||
        blob->getData().size() != size_t(type.getNumElements()) * (element.getIntOrFloatBitWidth() / 8)) {
      op->emitError("expected '") << handle.getKey() << "' to hold a " << type << ", but got " << blob->getData().size()
                                  << " bytes";
      return WalkResult::interrupt();
    }
    op->setAttr("value", DenseElementsAttr::getFromRawBuffer(type, blob->getData()));
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

} // namespace dlc
