// dlc.vjp takes the callee's arguments, then one cotangent for each entry of `of`; its results are the callee's, then
// one gradient for each entry of `wrt`. Every edit below keeps these lists in step.
#include "lib/Check/Surgery.h"

#include "dialects/dlc/DeadOps.h"
#include "lib/Check/Outcome.h"
#include "lib/Interp/HostAttr.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace dlc::check {

std::optional<Anatomy> Anatomy::of(ModuleOp module) {
  Anatomy parts;
  parts.module = module;
  parts.entry = module.lookupSymbol<func::FuncOp>("main");
  if (!parts.entry)
    for (auto function : module.getOps<func::FuncOp>())
      if (function.isPublic() && !function.isExternal())
        parts.entry = function;
  if (!parts.entry || parts.entry.isExternal() || !parts.entry.getBody().hasOneBlock())
    return std::nullopt;
  int64_t others = 0;
  for (Operation &op : parts.entry.getBody().front().without_terminator())
    if (isa<CallOp, VjpOp>(op) && !parts.request)
      parts.request = &op;
    else if (!isa<ConstantOp>(op))
      ++others;
  if (parts.request && others == 0) {
    auto name = parts.request->getAttrOfType<FlatSymbolRefAttr>("callee");
    parts.callee = module.lookupSymbol<func::FuncOp>(name.getAttr());
    bool isAlone = parts.callee && !parts.callee.isExternal() && parts.callee.getBody().hasOneBlock();
    if (auto uses = isAlone ? SymbolTable::getSymbolUses(parts.callee, module) : std::nullopt)
      isAlone = std::distance(uses->begin(), uses->end()) == 1;
    if (!isAlone)
      parts.callee = {};
  }
  if (!parts.callee)
    parts.request = nullptr;
  return parts;
}

Value Anatomy::addArgument(Type type, const HostTensor &example) {
  Builder b(module.getContext());
  Location location = entry.getLoc();
  NamedAttrList attrs;
  attrs.append("dlc.example", attrOf(example, RankedTensorType::get(example.shape, elementTypeOf(type))));
  unsigned index = entry.getNumArguments();
  (void)entry.insertArgument(index, type, attrs.getDictionary(b.getContext()), location);
  Value outer = entry.getArgument(index);
  if (!callee)
    return outer;
  unsigned place = callee.getNumArguments();
  request->insertOperands(place, outer); // cotangents come after the arguments
  (void)callee.insertArgument(place, type, DictionaryAttr(), location);
  return callee.getArgument(place);
}

void Anatomy::rebuildRequest(ArrayRef<unsigned> keptResults) {
  OpBuilder b(request);
  OperationState state(request->getLoc(), request->getName());
  state.addOperands(request->getOperands());
  state.addAttributes(request->getAttrs());
  for (unsigned i : keptResults)
    state.addTypes(request->getResult(i).getType());
  Operation *fresh = b.create(state);
  for (auto [to, from] : llvm::enumerate(keptResults))
    request->getResult(from).replaceAllUsesWith(fresh->getResult(unsigned(to)));
  request->erase();
  request = fresh;
}

/// Results of the callee and gradients that the entry does not read.
void Anatomy::dropCalleeResults() {
  auto vjp = dyn_cast<VjpOp>(request);
  SmallVector<int64_t> wrt, of;
  SmallVector<unsigned> kept;
  llvm::BitVector dropped(callee.getNumResults());
  unsigned count = callee.getNumResults();
  SmallVector<int64_t> newIndex(count, -1);
  int64_t next = 0;
  for (unsigned i = 0; i < count; ++i) {
    bool isNeeded = !request->getResult(i).use_empty() || (vjp && llvm::is_contained(vjp.getOf(), int64_t(i)));
    if (isNeeded) {
      kept.push_back(i);
      newIndex[i] = next++;
    } else {
      dropped.set(i);
    }
  }
  if (vjp) {
    for (int64_t i : vjp.getOf())
      of.push_back(newIndex[size_t(i)]);
    for (auto [place, i] : llvm::enumerate(vjp.getWrt()))
      if (!request->getResult(count + unsigned(place)).use_empty()) {
        wrt.push_back(i);
        kept.push_back(count + unsigned(place));
      }
  }
  if (kept.size() == request->getNumResults())
    return;
  rebuildRequest(kept);
  if (auto fresh = dyn_cast<VjpOp>(request)) {
    fresh.setWrt(wrt);
    fresh.setOf(of);
  }
  callee.getBody().front().getTerminator()->eraseOperands(dropped);
  (void)callee.eraseResults(dropped);
}

/// Arguments of the callee that nothing reads and nobody differentiates.
void Anatomy::dropCalleeArguments() {
  for (unsigned i = callee.getNumArguments(); i-- > 0;) {
    auto vjp = dyn_cast<VjpOp>(request);
    if (!callee.getArgument(i).use_empty() || (vjp && llvm::is_contained(vjp.getWrt(), int64_t(i))))
      continue;
    (void)callee.eraseArgument(i);
    request->eraseOperand(i);
    if (!vjp)
      continue;
    SmallVector<int64_t> wrt(vjp.getWrt());
    for (int64_t &index : wrt)
      index -= index > int64_t(i);
    vjp.setWrt(wrt);
  }
}

void Anatomy::clean() {
  if (callee) {
    dropCalleeResults();
    eraseDeadOps(callee);
    dropCalleeArguments();
  }
  eraseDeadOps(entry);
  for (unsigned i = entry.getNumArguments(); i-- > 0;)
    if (entry.getArgument(i).use_empty())
      (void)entry.eraseArgument(i);
  for (auto function : llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
    if (function.isPrivate() && SymbolTable::symbolKnownUseEmpty(function, module))
      function.erase();
}

void Anatomy::keepResults(ArrayRef<unsigned> kept) {
  llvm::BitVector dropped(entry.getNumResults(), true);
  for (unsigned i : kept)
    dropped.reset(i);
  entry.getBody().front().getTerminator()->eraseOperands(dropped);
  (void)entry.eraseResults(dropped);
  clean();
}

/// Values that are neither all alike nor of few bits.
static HostTensor cotangentExample(RankedTensorType type) {
  HostTensor tensor(dtypeOf(type), type.getShape().vec());
  scalar::HostScalarBuilder b;
  for (int64_t i = 0, size = tensor.size(); i < size; ++i)
    scalar::store(b.cast(scalar::Scalar::ofDouble(1.1 + 0.7 * double(i % 5)), tensor.type), tensor.at(i));
  return tensor;
}

bool Anatomy::returnOperand(unsigned i, unsigned operand) {
  func::FuncOp function = body();
  Operation *end = function.getBody().front().getTerminator();
  Operation *op = end->getOperand(i).getDefiningOp();
  if (!op || op->getNumRegions() > 0 || operand >= op->getNumOperands() ||
      !isa<RankedTensorType>(op->getOperand(operand).getType()))
    return false;
  auto type = cast<RankedTensorType>(op->getOperand(operand).getType());
  auto vjp = dyn_cast_or_null<VjpOp>(request);
  const int64_t *seed = vjp ? llvm::find(vjp.getOf(), int64_t(i)) : nullptr;
  bool isSeeded = vjp && seed != vjp.getOf().end();
  if (isSeeded && (!isa<FloatType>(type.getElementType()) || !type.hasStaticShape()))
    return false;
  end->setOperand(i, op->getOperand(operand));
  auto retype = [](func::FuncOp changed) {
    Operation *back = changed.getBody().front().getTerminator();
    changed.setFunctionType(
        FunctionType::get(changed.getContext(), changed.getArgumentTypes(), back->getOperandTypes()));
  };
  retype(function);
  if (!request)
    return true;
  request->getResult(i).setType(type);
  if (isSeeded) {
    unsigned place = callee.getNumArguments() + unsigned(seed - vjp.getOf().begin());
    NamedAttrList attrs;
    attrs.append("dlc.example", attrOf(cotangentExample(type), type));
    unsigned index = entry.getNumArguments();
    (void)entry.insertArgument(index, type, attrs.getDictionary(module.getContext()), entry.getLoc());
    request->setOperand(place, entry.getArgument(index));
  }
  retype(entry);
  return true;
}

void Anatomy::inlineCall() {
  OpBuilder b(request);
  IRMapping mapping;
  mapping.map(callee.getArguments(), request->getOperands());
  Block &block = callee.getBody().front();
  for (Operation &op : block.without_terminator())
    b.clone(op, mapping);
  SmallVector<Value> results;
  for (Value result : block.getTerminator()->getOperands())
    results.push_back(mapping.lookup(result));
  request->replaceAllUsesWith(results);
  request->erase();
  request = nullptr;
  callee.erase();
  callee = {};
}

bool Anatomy::enterCallee() {
  if (!callee)
    return false;
  SmallVector<Attribute> examples;
  for (Value operand : request->getOperands().take_front(callee.getNumArguments())) {
    auto argument = dyn_cast<BlockArgument>(operand);
    examples.push_back(argument ? entry.getArgAttr(argument.getArgNumber(), "dlc.example") : Attribute());
    if (!examples.back())
      return false;
  }
  for (auto [i, example] : llvm::enumerate(examples))
    callee.setArgAttr(unsigned(i), "dlc.example", example);
  StringAttr name = entry.getSymNameAttr();
  entry.erase();
  callee.setName(name);
  callee.setPublic();
  entry = callee;
  callee = {};
  request = nullptr;
  return true;
}

bool Anatomy::peel(ModuleOp module) {
  auto main = module.lookupSymbol<func::FuncOp>("main");
  Operation *request = main && !main.isExternal() ? &main.getBody().front().front() : nullptr;
  if (!request || !isa<JvpOp, VmapOp>(request))
    return false;
  auto callee = module.lookupSymbol<func::FuncOp>(request->getAttrOfType<FlatSymbolRefAttr>("callee").getAttr());
  for (unsigned i = 0; callee && i < callee.getNumArguments(); ++i) {
    auto argument = dyn_cast<BlockArgument>(request->getOperand(i));
    auto example =
        argument ? main.getArgAttrOfType<DenseElementsAttr>(argument.getArgNumber(), "dlc.example") : nullptr;
    if (!example)
      return false;
    SmallVector<int64_t> shape(example.getType().getShape());
    if (auto vmap = dyn_cast<VmapOp>(request); vmap && vmap.getInAxes()[i] >= 0) {
      shape[unsigned(vmap.getInAxes()[i])] = 1; // the first of the batch
      example = resized(example, shape);
      shape.erase(shape.begin() + vmap.getInAxes()[i]);
      example = example.reshape(RankedTensorType::get(shape, example.getElementType()));
    }
    callee.setArgAttr(i, "dlc.example", example);
  }
  if (!callee)
    return false;
  main.erase();
  callee.setName("main");
  callee.setPublic();
  return true;
}

bool Anatomy::unwrap(Operation *op, unsigned side) {
  Block *block = nullptr;
  SmallVector<Value> arguments;
  if (auto branch = dyn_cast<scf::IfOp>(op)) {
    block = side == 0 ? branch.thenBlock() : branch.elseBlock();
  } else if (auto loop = dyn_cast<scf::ForOp>(op); loop && side == 0) {
    block = loop.getBody();
    arguments.push_back(loop.getLowerBound());
    llvm::append_range(arguments, loop.getInitArgs());
  } else if (auto loop = dyn_cast<scf::WhileOp>(op); loop && side == 0) {
    block = loop.getBeforeBody();
    llvm::append_range(arguments, loop.getInits());
  }
  if (!block)
    return false;
  for (auto [argument, value] : llvm::zip_equal(block->getArguments(), arguments))
    argument.replaceAllUsesWith(value);
  Operation *end = block->getTerminator();
  SmallVector<Value> results(end->getOperands().take_back(op->getNumResults()));
  end->erase();
  op->getBlock()->getOperations().splice(op->getIterator(), block->getOperations());
  op->replaceAllUsesWith(results);
  op->erase();
  return true;
}

//===--- Extents ---===//

DenseElementsAttr resized(DenseElementsAttr attr, ArrayRef<int64_t> shape) {
  auto type = RankedTensorType::get(shape, attr.getElementType());
  if (attr.isSplat())
    return attr.resizeSplat(type);
  auto choose = [&](auto all) {
    auto chosen = all;
    chosen.clear();
    ArrayRef<int64_t> from = attr.getType().getShape();
    forEachIndex(shape.vec(), [&](const std::vector<int64_t> &index) {
      int64_t linear = 0;
      for (size_t i = 0; i < index.size(); ++i)
        linear = linear * from[i] + (from[i] ? index[i] % from[i] : 0);
      chosen.push_back(all[size_t(linear)]);
    });
    return DenseElementsAttr::get(type, ArrayRef(chosen));
  };
  using Complex = std::complex<APFloat>;
  if (isa<ComplexType>(attr.getElementType()))
    return choose(SmallVector<Complex>(attr.getValues<Complex>()));
  return choose(SmallVector<Attribute>(attr.getValues<Attribute>()));
}

LogicalResult Anatomy::inferAgain(func::FuncOp function) {
  for (Operation &op : function.getBody().front().without_terminator()) {
    auto infer = dyn_cast<InferTypeOpInterface>(op);
    if (!infer)
      continue;
    SmallVector<Type> types;
    if (failed(infer.inferReturnTypes(op.getContext(), std::nullopt, op.getOperands(), op.getAttrDictionary(),
                                      op.getPropertiesStorage(), op.getRegions(), types)))
      return failure();
    for (auto [result, type] : llvm::zip_equal(op.getResults(), types))
      result.setType(type);
  }
  Operation *end = function.getBody().front().getTerminator();
  function.setFunctionType(
      FunctionType::get(function.getContext(), function.getArgumentTypes(), end->getOperandTypes()));
  return success();
}

LogicalResult Anatomy::resize(int64_t from, int64_t to) {
  auto changed = [&](RankedTensorType type) {
    SmallVector<int64_t> shape(type.getShape());
    llvm::replace(shape, from, to);
    return RankedTensorType::get(shape, type.getElementType(), type.getEncoding());
  };
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](DimsAttr attr) -> std::pair<Attribute, WalkResult> {
    SmallVector<DimExpr> dims = attr.getDims();
    for (DimExpr &dim : dims)
      if (dim == DimExpr(from))
        dim = DimExpr(to);
    return {DimsAttr::get(attr.getContext(), dims), WalkResult::skip()};
  });
  replacer.addReplacement(
      [&](RankedTensorType type) -> std::pair<Type, WalkResult> { return {changed(type), WalkResult::skip()}; });
  replacer.addReplacement([&](DenseElementsAttr attr) -> std::pair<Attribute, WalkResult> {
    return {resized(attr, changed(cast<RankedTensorType>(attr.getType())).getShape()), WalkResult::skip()};
  });
  replacer.recursivelyReplaceElementsIn(module, /*replaceAttrs=*/true, /*replaceLocs=*/false, /*replaceTypes=*/true);
  if (callee && failed(inferAgain(callee)))
    return failure();
  if (request) { // its types follow from the callee's
    SmallVector<Type> operands(callee.getArgumentTypes()), results(callee.getResultTypes());
    if (auto vjp = dyn_cast<VjpOp>(request)) {
      for (int64_t i : vjp.getOf())
        operands.push_back(callee.getResultTypes()[unsigned(i)]);
      for (int64_t i : vjp.getWrt())
        results.push_back(callee.getArgumentTypes()[unsigned(i)]);
    }
    for (auto [value, type] : llvm::zip_equal(request->getOperands(), operands)) {
      auto argument = dyn_cast<BlockArgument>(value);
      if (!argument)
        continue;
      argument.setType(type);
      auto example = entry.getArgAttrOfType<DenseElementsAttr>(argument.getArgNumber(), "dlc.example");
      auto shape = cast<RankedTensorType>(type).getShape();
      if (example && cast<RankedTensorType>(type).hasStaticShape() &&
          int64_t(shape.size()) == example.getType().getRank())
        entry.setArgAttr(argument.getArgNumber(), "dlc.example", resized(example, shape));
    }
    for (auto [value, type] : llvm::zip_equal(request->getResults(), results))
      value.setType(type);
  }
  return inferAgain(entry);
}

} // namespace dlc::check
