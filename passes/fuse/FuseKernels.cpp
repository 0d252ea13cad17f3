// Groups become kernels: bodies are cloned, symbols renamed, identical kernels merged, launches put in their place.
#include "passes/fuse/Passes.h"

#include "passes/fuse/Grouping.h"

#include "mlir/Analysis/TopologicalSortUtils.h"
#include "mlir/IR/AttrTypeSubElements.h"

using namespace mlir;

namespace dlc {
#define GEN_PASS_DEF_FUSEKERNELSPASS
#include "passes/fuse/Passes.h.inc"

namespace {

/// Gives every reader its own copy of ops that cost next to nothing, so that each kernel can hold its own.
void duplicateCheapOps(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
    auto point = dyn_cast<PointwiseOpInterface>(&op);
    if (!point || !point.isCheap() || point.isElementwise() || Grouping::isHost(&op))
      continue;
    SmallVector<OpOperand *> uses;
    for (OpOperand &use : op.getUses())
      uses.push_back(&use);
    OpBuilder b(&op);
    for (OpOperand *use : ArrayRef(uses).drop_front(uses.empty() ? 0 : 1))
      use->set(b.clone(op)->getResult(0));
    if (uses.empty())
      op.erase();
  }
}

/// Renames the symbols of all types and attributes in a kernel to s0, s1, ... in order of first appearance.
class SymbolRenaming {
public:
  /// Visits a type in the order that numbers the symbols.
  void number(Type type) {
    for (const DimExpr &dim : dimsOf(type)) {
      std::vector<std::string> names;
      dim.collectSymbols(names);
      for (const std::string &name : names)
        if (numbers.try_emplace(name, original.size()).second)
          original.push_back(DimExpr::symbol(name));
    }
  }
  DimExpr rename(const DimExpr &dim) const {
    return dim.substitute(
        [&](const std::string &name) { return DimExpr::symbol("s" + std::to_string(numbers.lookup(name))); });
  }
  void apply(Operation *root) const {
    AttrTypeReplacer replacer;
    replacer.addReplacement([&](DimsAttr attr) -> std::pair<Attribute, WalkResult> {
      SmallVector<DimExpr> dims;
      for (const DimExpr &dim : attr.getDims())
        dims.push_back(rename(dim));
      return {DimsAttr::get(attr.getContext(), dims), WalkResult::skip()};
    });
    replacer.recursivelyReplaceElementsIn(root, /*replaceAttrs=*/true, /*replaceLocs=*/false, /*replaceTypes=*/true);
  }
  const SmallVector<DimExpr> &originals() const { return original; }

private:
  llvm::StringMap<size_t> numbers;
  SmallVector<DimExpr> original;
};

class KernelMaker {
public:
  KernelMaker(ModuleOp module) : module(module), symbols(module) {}

  /// Makes the kernel of a group and launches it at the end of the block; the ops stay, without uses outside.
  void make(const Grouping::Group &group, ArrayRef<UnfusedEdge> edges);

private:
  rt::KernelOp shared(rt::KernelOp kernel);
  DenseI64ArrayAttr slots(const Grouping::Group &group);

  ModuleOp module;
  SymbolTable symbols;
  llvm::StringMap<rt::KernelOp> byText;
};

/// The kernel with the same text, if there is one already.
rt::KernelOp KernelMaker::shared(rt::KernelOp kernel) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  kernel.getKernelBody()->print(stream, OpPrintingFlags().useLocalScope());
  auto [place, isNew] = byText.try_emplace(text, kernel);
  if (!isNew) {
    kernel.erase();
    return place->second;
  }
  symbols.insert(kernel); // makes the name unique
  return kernel;
}

static std::string locationText(Location location) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  if (auto file = location->findInstanceOf<FileLineColLoc>())
    stream << file.getFilename().getValue() << ":" << file.getLine() << ":" << file.getColumn();
  return text;
}

/// Records the ops of a group that can fail in the module's list of positions.
DenseI64ArrayAttr KernelMaker::slots(const Grouping::Group &group) {
  Builder b(module.getContext());
  SmallVector<Attribute> positions;
  if (auto known = module->getAttrOfType<ArrayAttr>("rt.positions"))
    positions.append(known.begin(), known.end());
  SmallVector<int64_t> result;
  for (Operation *op : group) {
    if (!canFail(op))
      continue;
    result.push_back(cast<IntegerAttr>(op->getAttr("rt.position")).getInt());
    while (int64_t(positions.size()) <= result.back())
      positions.push_back(b.getStrArrayAttr({"", ""}));
    positions[result.back()] = b.getStrArrayAttr({op->getName().getStringRef(), locationText(op->getLoc())});
  }
  if (!result.empty())
    module->setAttr("rt.positions", b.getArrayAttr(positions));
  return b.getDenseI64ArrayAttr(result);
}

/// A short name that says what a kernel is about: its ordered op, else its last op.
static std::string nameOf(const Grouping::Group &group) {
  Operation *named = group.back();
  for (Operation *op : group)
    if (isa<OrderedOpInterface>(op))
      named = op;
  return "k_" + named->getName().stripDialect().str();
}

void KernelMaker::make(const Grouping::Group &group, ArrayRef<UnfusedEdge> edges) {
  llvm::SetVector<Value> inputs, outputs;
  for (Operation *op : group) {
    for (Value operand : op->getOperands())
      if (!operand.getDefiningOp() || !group.contains(operand.getDefiningOp()))
        inputs.insert(operand);
    for (Value result : op->getResults())
      for (Operation *user : result.getUsers())
        if (!group.contains(user->getBlock() == op->getBlock() ? user : op->getBlock()->findAncestorOpInBlock(*user)))
          outputs.insert(result);
  }
  if (outputs.empty())
    return;
  OpBuilder b(module.getBodyRegion());
  b.setInsertionPointToEnd(module.getBody());
  SmallVector<Location> locations;
  for (Operation *op : group)
    locations.push_back(op->getLoc());
  Location location = FusedLoc::get(module.getContext(), locations);
  auto kernel = rt::KernelOp::create(b, location, nameOf(group), b.getStrArrayAttr({}), DictionaryAttr(), StringAttr(),
                                     ArrayAttr());
  b.createBlock(&kernel.getBody());
  auto body = rt::BodyOp::create(b, location);
  Block *block = b.createBlock(&body.getRegion());
  IRMapping mapping;
  SymbolRenaming renaming;
  for (Value input : inputs) {
    mapping.map(input, block->addArgument(input.getType(), location));
    renaming.number(input.getType());
  }
  for (Operation *op : group) {
    b.clone(*op, mapping)->removeAttr("rt.position");
    for (Type type : op->getResultTypes())
      renaming.number(type);
  }
  SmallVector<Value> yielded;
  for (Value output : outputs)
    yielded.push_back(mapping.lookup(output));
  rt::YieldOp::create(b, location, yielded);
  SmallVector<std::string> names;
  for (size_t i = 0; i < renaming.originals().size(); ++i)
    names.push_back("s" + std::to_string(i));
  SmallVector<StringRef> nameRefs(names.begin(), names.end());
  renaming.apply(body);
  for (BlockArgument argument : block->getArguments()) {
    Dims dims;
    for (const DimExpr &dim : dimsOf(inputs[argument.getArgNumber()]))
      dims.push_back(renaming.rename(dim));
    argument.setType(tensorType(dims, elementTypeOf(argument)));
  }
  kernel.setSymbolsAttr(b.getStrArrayAttr(nameRefs));
  DenseI64ArrayAttr positions = slots(group);
  kernel = shared(kernel);

  b.setInsertionPoint(group.front()->getBlock()->getTerminator());
  auto launch =
      rt::LaunchOp::create(b, location, TypeRange(ValueRange(outputs.getArrayRef())), kernel.getSymName(),
                           inputs.getArrayRef(), DimsAttr::get(b.getContext(), renaming.originals()), positions);
  SmallVector<Attribute> reasons;
  for (const UnfusedEdge &edge : edges)
    if (group.contains(edge.consumer) && !group.contains(edge.producer))
      reasons.push_back(b.getStrArrayAttr(
          {edge.producer->getName().getStringRef(), edge.consumer->getName().getStringRef(), edge.reason,
           locationText(edge.producer->getLoc()), locationText(edge.consumer->getLoc())}));
  if (!reasons.empty())
    launch->setAttr("rt.unfused", b.getArrayAttr(reasons));
  for (auto [i, result] : llvm::enumerate(launch.getResults())) {
    Value output = outputs[i];
    output.replaceUsesWithIf(result, [&](OpOperand &use) { return !group.contains(use.getOwner()); });
  }
}

class FuseKernels : public impl::FuseKernelsPassBase<FuseKernels> {
public:
  using Base::Base;
  FuseKernels(const Target &target, FuseKernelsPassOptions options) : Base(options), target(&target) {}

  void runOnOperation() override {
    KernelMaker maker(getOperation());
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal())
        continue;
      if (!function.getBody().hasOneBlock()) {
        function.emitOpError("expected one block, but got ") << function.getBody().getBlocks().size();
        return signalPassFailure();
      }
      run(function.getBody().front(), maker);
    }
  }

private:
  void run(Block &block, KernelMaker &maker) {
    int64_t position = 0;
    for (Operation &op : block)
      if (canFail(&op))
        op.setAttr("rt.position", Builder(&getContext()).getI64IntegerAttr(position++));
    duplicateCheapOps(block);
    Grouping grouping(block, *target, fuse);
    std::vector<Grouping::Group> groups = grouping.inOrder();
    // Launches go to the end of the block in the order of groups; sorting then puts them and host ops in order.
    for (const Grouping::Group &group : groups)
      maker.make(group, grouping.unfused());
    for (const Grouping::Group &group : llvm::reverse(groups))
      for (Operation *op : llvm::reverse(group.getArrayRef()))
        op->erase();
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
      if (isOpTriviallyDead(&op))
        op.erase();
    sortTopologically(&block);
  }

  const Target *target = nullptr;
};

} // namespace

std::unique_ptr<Pass> createFuseKernelsPass(const Target &target, FuseKernelsPassOptions options) {
  return std::make_unique<FuseKernels>(target, options);
}

} // namespace dlc
