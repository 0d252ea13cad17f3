// Groups become kernels: bodies are cloned, symbols renamed, identical kernels merged, launches put in their place.
#include "passes/fuse/DimGroups.h"
#include "passes/fuse/Passes.h"

#include "dialects/dlc/DeadOps.h"
#include "passes/fuse/Grouping.h"

#include "mlir/IR/AttrTypeSubElements.h"

using namespace mlir;

namespace dlc {
#define GEN_PASS_DEF_FUSEKERNELSPASS
#include "passes/fuse/Passes.h.inc"

namespace {

/// Whether an op is nothing but another way to read its operand: one that moves elements, or takes a part of each from
/// memory.
static bool isCheapView(Operation *op) {
  auto point = dyn_cast<PointwiseOpInterface>(op);
  if (!point || !point.isCheap())
    return false;
  if (!point.isElementwise())
    return true;
  if (!isa<RealOp, ImagOp>(op))
    return false;
  Value source = op->getOperand(0);
  while (auto reshape = source.getDefiningOp<ReshapeOp>())
    source = reshape.getX();
  return isa<BlockArgument>(source);
}

void eraseUnread(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op))
      op.erase();
}

/// Gives every reader that may hold it in its kernel its own copy of ops that cost next to nothing. All others, for
/// which it must be in memory, share one.
void duplicateCheapOps(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
    if (!isCheapView(&op) || Grouping::isHost(&op))
      continue;
    SmallVector<OpOperand *> uses;
    bool isShared = false;
    for (OpOperand &use : op.getUses())
      if (use.getOwner()->getBlock() == &block && !Grouping::isHost(use.getOwner()))
        uses.push_back(&use);
      else
        isShared = true;
    OpBuilder b(&op);
    for (OpOperand *use : ArrayRef(uses).drop_front(isShared || uses.empty() ? 0 : 1))
      use->set(b.clone(op)->getResult(0));
    if (op.use_empty())
      op.erase();
  }
}

/// Copies what repeats values from above a block to where the block reads it: such an op is never worth a buffer.
class SinkRepeats {
public:
  explicit SinkRepeats(Block &block) : block(block), first(&block.front()) {
    for (Operation &op : llvm::make_early_inc_range(block.without_terminator()))
      if (!Grouping::isHost(&op))
        sinkOperands(&op);
  }

private:
  void sinkOperands(Operation *op) {
    for (OpOperand &operand : op->getOpOperands()) {
      Operation *def = operand.get().getDefiningOp();
      if (def && def->getBlock() != &block && isa<ConstantOp, BroadcastOp, IotaOp>(def) && !Grouping::isHost(def))
        operand.set(copyOf(def)->getResult(0));
    }
  }

  /// The copy of an op from above the block; copies stand in front of what was there, each behind those that it reads.
  Operation *copyOf(Operation *def) {
    if (Operation *known = copies.lookup(def))
      return known;
    Operation *copy = def->clone();
    sinkOperands(copy);
    OpBuilder(first).insert(copy);
    copies[def] = copy;
    return copy;
  }

  Block &block;
  Operation *first; ///< the first op that is no copy
  DenseMap<Operation *, Operation *> copies;
};

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

  /// Whether the kernels that are made from here on may change bits.
  void setFast(bool isFast) { makesFast = isFast; }

  /// Makes the kernel of a group and launches it at the end of the block; the ops stay, without uses outside. Null if
  /// nothing reads the group.
  rt::LaunchOp make(const Grouping::Group &group, ArrayRef<UnfusedEdge> edges);

  /// Records the position of an op that can fail in the module's list; returns it.
  int64_t record(Operation *op);
  /// What `rt.unfused` says of the edges into an op or group, the edges inside of it left out.
  ArrayAttr reasonsInto(const Grouping::Group &group, ArrayRef<UnfusedEdge> edges);

private:
  rt::KernelOp shared(rt::KernelOp kernel);
  DenseI64ArrayAttr slots(const Grouping::Group &group);

  ModuleOp module;
  SymbolTable symbols;
  bool makesFast = false;
  llvm::StringMap<rt::KernelOp> byText; ///< by "fast" for those that are, how many symbols, and the body
  llvm::StringMap<unsigned> uses;       ///< how many kernels were given a name
};

/// The kernel with the same text, symbols and numerics, if there is one already.
rt::KernelOp KernelMaker::shared(rt::KernelOp kernel) {
  std::string text = kernel.getFast() ? "fast" : "";
  llvm::raw_string_ostream stream(text);
  stream << kernel.getSymbols().size(); // merged dims may name fewer: [s0, 0] is [0]
  kernel.getKernelBody()->print(stream, OpPrintingFlags().useLocalScope());
  auto [place, isNew] = byText.try_emplace(text, kernel);
  if (!isNew) {
    kernel.erase();
    return place->second;
  }
  std::string name = kernel.getSymName().str();
  if (unsigned number = ++uses[name]; number > 1)
    kernel.setSymName(name + "_" + std::to_string(number));
  symbols.insert(kernel); // changes a name that the module has for something else
  return kernel;
}

int64_t KernelMaker::record(Operation *op) {
  Builder b(module.getContext());
  SmallVector<Attribute> positions;
  if (auto known = module->getAttrOfType<ArrayAttr>("rt.positions"))
    positions.append(known.begin(), known.end());
  int64_t position = cast<IntegerAttr>(op->getAttr("rt.position")).getInt();
  while (int64_t(positions.size()) <= position)
    positions.push_back(b.getStrArrayAttr({"", ""}));
  positions[position] = b.getStrArrayAttr({op->getName().getStringRef(), rt::placeText(op->getLoc())});
  module->setAttr("rt.positions", b.getArrayAttr(positions));
  return position;
}

/// The positions of the ops of a group that can fail.
DenseI64ArrayAttr KernelMaker::slots(const Grouping::Group &group) {
  SmallVector<int64_t> result;
  for (Operation *op : group)
    if (canFail(op))
      result.push_back(record(op));
  return Builder(module.getContext()).getDenseI64ArrayAttr(result);
}

ArrayAttr KernelMaker::reasonsInto(const Grouping::Group &group, ArrayRef<UnfusedEdge> edges) {
  Builder b(module.getContext());
  SmallVector<Attribute> reasons;
  for (const UnfusedEdge &edge : edges)
    if (group.contains(edge.consumer) && !group.contains(edge.producer))
      reasons.push_back(b.getStrArrayAttr(
          {edge.producer->getName().getStringRef(), edge.consumer->getName().getStringRef(), edge.reason,
           rt::placeText(edge.producer->getLoc()), rt::placeText(edge.consumer->getLoc())}));
  return reasons.empty() ? ArrayAttr() : b.getArrayAttr(reasons);
}

/// A name that says what a kernel holds: its ordered ops, then its elementwise ops, each once; of many the first three
/// and the last. Ops that only move elements are named where there is nothing else.
static std::string nameOf(const Grouping::Group &group) {
  constexpr size_t most = 4;
  llvm::SetVector<StringRef> words;
  for (Operation *op : group)
    if (isa<OrderedOpInterface>(op))
      words.insert(op->getName().stripDialect());
  for (Operation *op : group)
    if (auto point = dyn_cast<PointwiseOpInterface>(op); point && point.isElementwise())
      words.insert(op->getName().stripDialect());
  if (words.empty())
    words.insert(group.back()->getName().stripDialect());
  std::string name = "k";
  for (auto [i, word] : llvm::enumerate(words))
    if (i < most - 1 || i + 1 == words.size())
      name += ("_" + word).str();
  return name;
}

/// The memory of a tensor with other dims.
static Value viewed(OpBuilder &b, Location location, Value x, ArrayRef<DimExpr> dims) {
  Value source = x;
  while (dimsOf(source) != dims && source.getDefiningOp<ReshapeOp>())
    source = source.getDefiningOp<ReshapeOp>().getX();
  if (dimsOf(source) == dims)
    return source;
  for (Operation *user : source.getUsers())
    if (auto known = dyn_cast<ReshapeOp>(user);
        known && known->getBlock() == b.getInsertionBlock() && dimsOf(known.getR()) == dims)
      return known.getR();
  return DlcBuilder(b, location).reshape(source, dims);
}

rt::LaunchOp KernelMaker::make(const Grouping::Group &group, ArrayRef<UnfusedEdge> edges) {
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
    return {};
  OpBuilder b(module.getBodyRegion());
  b.setInsertionPointToEnd(module.getBody());
  SmallVector<Location> locations;
  for (Operation *op : group)
    locations.push_back(op->getLoc());
  Location location = FusedLoc::get(module.getContext(), locations);
  auto kernel = rt::KernelOp::create(b, location, nameOf(group), b.getStrArrayAttr({}), DictionaryAttr(), StringAttr(),
                                     ArrayAttr(), makesFast);
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
  // The kernel sees its operands and results with fewer dims; in the program they keep theirs.
  DimGroups dims(body);
  auto mergedDims = [&](Value inside, Value outside) { return dims.merged(inside, dimsOf(outside)); };
  b.setInsertionPoint(group.front()->getBlock()->getTerminator());
  SmallVector<Value> operands;
  for (auto [argument, input] : llvm::zip(block->getArguments(), inputs))
    operands.push_back(viewed(b, location, input, mergedDims(argument, input)));
  SmallVector<Type> types;
  for (auto [inside, output] : llvm::zip(yielded, outputs))
    types.push_back(tensorType(mergedDims(inside, output), elementTypeOf(output)));
  dims.apply();
  DenseI64ArrayAttr positions = slots(group);
  kernel = shared(kernel);

  auto launch = rt::LaunchOp::create(b, location, types, kernel.getSymName(), operands,
                                     DimsAttr::get(b.getContext(), renaming.originals()), positions);
  if (ArrayAttr reasons = reasonsInto(group, edges))
    launch->setAttr("rt.unfused", reasons);
  for (auto [i, result] : llvm::enumerate(launch.getResults())) {
    Value output = outputs[i], view = viewed(b, location, result, dimsOf(output));
    for (OpOperand &use : llvm::make_early_inc_range(output.getUses()))
      if (Operation *reader = use.getOwner(); !group.contains(reader))
        use.set(isa<ReshapeOp>(reader) ? Value(result) : view);
  }
  return launch;
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
      if (failed(checkCustomCalls(function)))
        return signalPassFailure();
      numberReporters(function);
      eraseDeadOps(function); // as simplify does: what nobody reads must not fail in a kernel that others read
      maker.setFast(isFast(function));
      run(function.getBody().front(), maker);
    }
  }

private:
  LogicalResult checkCustomCalls(func::FuncOp function) {
    std::string reason = target->acceptsCustomCalls();
    auto refused = function.walk([&](CustomCallOp call) {
      if (reason.empty())
        return WalkResult::advance();
      call.emitOpError("expected a target that makes custom calls, but got ") << target->name() << ": " << reason;
      return WalkResult::interrupt();
    });
    return success(!refused.wasInterrupted());
  }

  /// Positions count over the program as written (contract C9).
  void numberReporters(func::FuncOp function) {
    int64_t position = 0;
    function.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (canFail(op))
        op->setAttr("rt.position", Builder(&getContext()).getI64IntegerAttr(position++));
    });
  }

  /// Regions first: what they read of the block's values are operands of their launches then.
  void run(Block &block, KernelMaker &maker) {
    const OrderEdges written = orderOfErrors(block);
    for (Operation &op : block)
      for (Region &region : op.getRegions())
        for (Block &inner : region)
          run(inner, maker);
    SinkRepeats{block};
    duplicateCheapOps(block);
    Grouping grouping(block, *target, written, fuse);
    std::vector<Grouping::Group> groups = grouping.inOrder();
    for (auto call : block.getOps<CustomCallOp>()) {
      maker.record(call);
      Grouping::Group alone;
      alone.insert(call);
      if (ArrayAttr reasons = maker.reasonsInto(alone, grouping.unfused()))
        call->setAttr("rt.unfused", reasons);
    }
    // Launches go to the end of the block in the order of groups; sorting then puts them and host ops in order.
    DenseMap<Operation *, Operation *> launches;
    for (const Grouping::Group &group : groups)
      if (Operation *launch = maker.make(group, grouping.unfused()))
        for (Operation *op : group)
          launches[op] = launch;
    auto standing = [&](Operation *op) { return Grouping::isHost(op) ? op : launches.lookup(op); };
    OrderEdges edges;
    for (const auto &[from, later] : written)
      for (Operation *to : later)
        if (Operation *first = standing(from), *second = standing(to); first && second)
          edges[first].push_back(second);
    for (const Grouping::Group &group : llvm::reverse(groups))
      for (Operation *op : llvm::reverse(group.getArrayRef()))
        op->erase();
    sortBlock(block, edges);
    eraseUnread(block);
  }

  const Target *target = nullptr;
};

} // namespace

std::unique_ptr<Pass> createFuseKernelsPass(const Target &target, FuseKernelsPassOptions options) {
  return std::make_unique<FuseKernels>(target, options);
}

} // namespace dlc
