// The table of emitters and the form of descriptors.
#include "lib/Target/Cuda/Emitter.h"

using namespace mlir;

namespace dlc::cuda {

/// Index arithmetic in 32 bits halves registers and time of address computations. It is safe when every extent is
/// known, no buffer has 2^31 elements, and no index comes from data, where a wide bad index must not wrap into range.
static int64_t indexBits(rt::BodyOp body) {
  auto isSmall = [](Type type) {
    auto size = product(dimsOf(type)).constant();
    return size && *size < INT32_MAX / 8;
  };
  for (Type type : body.getBlock()->getArgumentTypes())
    if (!isSmall(type))
      return 64;
  for (Operation &op : body.getBlock()->without_terminator())
    if (isa<GatherOp, ScatterOp, DynamicSliceOp, DynamicUpdateSliceOp>(op) ||
        !llvm::all_of(op.getResultTypes(), isSmall))
      return 64;
  return 32;
}

DictionaryAttr makeDescriptor(rt::KernelOp kernel, StringRef kind, const Grid &grid,
                              ArrayRef<std::pair<StringRef, int64_t>> parameters) {
  Builder b(kernel.getContext());
  auto number = [&](StringRef name, int64_t value) { return b.getNamedAttr(name, b.getI64IntegerAttr(value)); };
  auto text = [&](StringRef name, StringRef value) { return b.getNamedAttr(name, b.getStringAttr(value)); };
  DictionaryAttr stage = b.getDictionaryAttr({text("name", grid.name), text("tasks", grid.tasks.str()),
                                              text("cost", "1"), text("shared", "0"), text("own", "0"),
                                              number("threads", grid.threads), number("on_chip", grid.sharedBytes)});
  SmallVector<NamedAttribute> attributes = {text("kind", kind), b.getNamedAttr("stages", b.getArrayAttr({stage})),
                                            number("index_bits", indexBits(kernel.getKernelBody()))};
  for (auto [name, value] : parameters)
    attributes.push_back(number(name, value));
  return b.getDictionaryAttr(attributes);
}

int64_t parameter(rt::KernelOp kernel, StringRef name) {
  return kernel.getDescriptor()->getAs<IntegerAttr>(name).getInt();
}

int64_t threadsOf(DictionaryAttr stage) { return stage.getAs<IntegerAttr>("threads").getInt(); }

const EmitterRow *emitterFor(rt::KernelOp kernel) {
  static const EmitterRow *const rows[] = {&pointwiseEmitter, &reductionEmitter, &contractionEmitter,
                                           &dotEmitter,       &windowEmitter,    &argEmitter,
                                           &scatterEmitter,   &scanEmitter,      &sortEmitter};
  Operation *root = orderedOp(kernel.getKernelBody());
  for (const EmitterRow *row : rows)
    if (row->matches(root))
      return row;
  return nullptr;
}

} // namespace dlc::cuda
