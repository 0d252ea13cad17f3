// The table of emitters and the form of descriptors.
#include "lib/Target/Cpu/Emitter.h"

using namespace mlir;

namespace dlc::cpu {

DictionaryAttr makeDescriptor(MLIRContext *context, StringRef kind, ArrayRef<Stage> stages,
                              ArrayRef<std::pair<StringRef, int64_t>> parameters) {
  Builder b(context);
  SmallVector<Attribute> list;
  for (const Stage &stage : stages)
    list.push_back(b.getDictionaryAttr({b.getNamedAttr("name", b.getStringAttr(stage.name)),
                                        b.getNamedAttr("tasks", b.getStringAttr(stage.tasks.str())),
                                        b.getNamedAttr("cost", b.getStringAttr(stage.cost.str())),
                                        b.getNamedAttr("shared", b.getStringAttr(stage.shared.str())),
                                        b.getNamedAttr("own", b.getStringAttr(stage.own.str()))}));
  SmallVector<NamedAttribute> attributes = {b.getNamedAttr("kind", b.getStringAttr(kind)),
                                            b.getNamedAttr("stages", b.getArrayAttr(list))};
  for (auto [name, value] : parameters)
    attributes.push_back(b.getNamedAttr(name, b.getI64IntegerAttr(value)));
  return b.getDictionaryAttr(attributes);
}

int64_t parameter(rt::KernelOp kernel, StringRef name) {
  return kernel.getDescriptor()->getAs<IntegerAttr>(name).getInt();
}

bool hasLittleWork(rt::KernelOp kernel) {
  int64_t time = 0;
  for (DictionaryAttr stage : kernel.getStages()) {
    auto formula = [&](StringRef name) { return *DimExpr::parse(stage.getAs<StringAttr>(name).str()); };
    auto known = (formula("tasks") * formula("cost")).constant();
    if (!known || *known > littleTime)
      return false;
    time += *known;
  }
  return time <= littleTime;
}

bool wantsLittleCode(rt::KernelOp kernel) { return kernel.getBaseline() || hasLittleWork(kernel); }

ArrayRef<EmitterRow> emitterTable() {
  static const EmitterRow rows[] = {pointwiseEmitter, reductionEmitter, contractionEmitter, windowEmitter,
                                    scatterEmitter,   argEmitter,       scanEmitter,        sortEmitter};
  return rows;
}

const EmitterRow *emitterFor(rt::KernelOp kernel) {
  Operation *root = orderedOp(kernel.getKernelBody());
  for (const EmitterRow &row : emitterTable())
    if (row.matches(root))
      return &row;
  return nullptr;
}

Operation *orderedOp(rt::BodyOp body) {
  for (Operation &op : *body.getBlock())
    if (isa<OrderedOpInterface>(op))
      return &op;
  return nullptr;
}

int64_t widestElement(rt::BodyOp body) {
  int64_t widest = 1;
  auto visit = [&](Type type) { widest = std::max<int64_t>(widest, byteWidth(dtypeOf(type))); };
  for (Operation &op : *body.getBlock()) {
    for (Type type : op.getResultTypes())
      visit(type);
    for (Type type : op.getOperandTypes())
      visit(type);
  }
  return widest;
}

int64_t operationsPerElement(rt::BodyOp body) {
  int64_t count = 1;
  for (Operation &op : *body.getBlock())
    if (auto point = dyn_cast<PointwiseOpInterface>(op))
      count += point.isCheap() ? 1 : 10;
  return count;
}

} // namespace dlc::cpu
