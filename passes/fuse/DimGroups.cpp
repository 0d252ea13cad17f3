// Every op says which dims of its operands and results it walks with one index. An op that does not say so keeps all of
// them.
#include "passes/fuse/DimGroups.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace dlc {

DimGroups::DimGroups(rt::BodyOp body) : body(body) {
  unsigned count = 0;
  auto number = [&](Value value) {
    firstBorder[value] = count;
    count += unsigned(std::max<int64_t>(0, rankOf(value) - 1));
  };
  llvm::for_each(body.getBlock()->getArguments(), number);
  for (Operation &op : body.getBlock()->without_terminator())
    llvm::for_each(op.getResults(), number);
  ties.grow(count);
  for (Operation &op : body.getBlock()->without_terminator())
    visit(&op);
  ties.compress();
  isKept.resize(ties.getNumClasses());
  for (unsigned border : kept)
    isKept.set(ties[border]);
}

void DimGroups::align(ArrayRef<Value> tensors, ArrayRef<Column> columns) {
  SmallVector<SmallVector<bool>> isPair(tensors.size());
  for (auto [pairs, tensor] : llvm::zip(isPair, tensors))
    pairs.resize(std::max<int64_t>(0, rankOf(tensor) - 1));
  for (size_t c = 0; c + 1 < columns.size(); ++c) {
    const Column &here = columns[c], &next = columns[c + 1];
    auto goesOn = [](auto pair) {
      auto [a, b] = pair;
      return a < 0 ? b < 0 : b == a + 1;
    };
    if (here.empty() || next.empty() || !llvm::all_of(llvm::zip(here, next), goesOn))
      continue;
    std::optional<unsigned> first;
    for (auto [tensor, pairs, dim] : llvm::zip(tensors, isPair, here)) {
      if (dim < 0)
        continue;
      pairs[dim] = true;
      unsigned place = border(tensor, dim);
      if (first)
        ties.join(*first, place);
      first = place;
    }
  }
  for (auto [tensor, pairs] : llvm::zip(tensors, isPair))
    for (auto [i, isOne] : llvm::enumerate(pairs))
      if (!isOne)
        kept.push_back(border(tensor, int64_t(i)));
}

void DimGroups::visit(Operation *op) {
  SmallVector<Value> tensors(op->getOperands());
  llvm::append_range(tensors, op->getResults());
  SmallVector<Column> columns;
  TypeSwitch<Operation *>(op)
      .Case([&](BroadcastOp broadcast) {
        Dims from = dimsOf(broadcast.getX()), to = dimsOf(broadcast.getR());
        ArrayRef<int64_t> dims = broadcast.getDims();
        for (int64_t dim = 0, source = 0; dim < int64_t(to.size()); ++dim) {
          bool isMapped = source < int64_t(dims.size()) && dims[source] == dim;
          bool isStretched = isMapped && from[source] != to[dim]; // it repeats one element, whatever lies beside it
          if (isStretched)
            columns.emplace_back();
          columns.push_back({isMapped ? source++ : -1, dim});
          if (isStretched)
            columns.emplace_back();
        }
      })
      .Case([&](IotaOp iota) {
        for (int64_t dim = 0; dim < rankOf(iota.getR()); ++dim) {
          if (dim == int64_t(iota.getDim()))
            columns.append({{}, {dim}, {}});
          else
            columns.push_back({dim});
        }
      })
      .Case([&](TransposeOp transpose) {
        for (auto [dim, source] : llvm::enumerate(transpose.getPerm()))
          columns.push_back({source, int64_t(dim)});
      })
      .Case([&](ReduceOp reduce) {
        int64_t result = 0;
        if (llvm::is_sorted(reduce.getDims())) // the order of elements is that of memory
          for (int64_t dim = 0; dim < rankOf(reduce.getX()); ++dim)
            columns.push_back({dim, llvm::is_contained(reduce.getDims(), dim) ? -1 : result++});
      })
      .Case([&](DotGeneralOp dot) {
        int64_t result = 0;
        auto addFree = [&](Value x, ArrayRef<int64_t> batch, ArrayRef<int64_t> terms, bool isLhs) {
          for (int64_t dim = 0; dim < rankOf(x); ++dim)
            if (!llvm::is_contained(batch, dim) && !llvm::is_contained(terms, dim))
              columns.push_back({isLhs ? dim : -1, isLhs ? -1 : dim, result++});
        };
        for (auto [lhs, rhs] : llvm::zip(dot.getLhsBatch(), dot.getRhsBatch()))
          columns.push_back({lhs, rhs, result++});
        addFree(dot.getLhs(), dot.getLhsBatch(), dot.getLhsContract(), true);
        addFree(dot.getRhs(), dot.getRhsBatch(), dot.getRhsContract(), false);
        for (auto [lhs, rhs] : llvm::zip(dot.getLhsContract(), dot.getRhsContract()))
          columns.push_back({lhs, rhs, -1});
      })
      .Default([&](Operation *) {
        auto point = dyn_cast<PointwiseOpInterface>(op);
        if (isa<ConstantOp>(op) || (point && point.isElementwise()))
          for (int64_t dim = 0; dim < rankOf(op->getResult(0)); ++dim)
            columns.emplace_back(tensors.size(), dim);
      });
  align(tensors, columns);
}

int64_t DimGroups::groupOf(Value x, int64_t dim) const {
  int64_t group = 0;
  for (int64_t i = 0; i < dim; ++i)
    group += isKept[ties[border(x, i)]];
  return group;
}

SmallVector<int64_t> DimGroups::groupsOf(Value x, ArrayRef<int64_t> dims) const {
  SmallVector<int64_t> groups;
  for (int64_t dim : dims)
    if (int64_t group = groupOf(x, dim); groups.empty() || groups.back() != group)
      groups.push_back(group);
  return groups;
}

Dims DimGroups::merged(Value value, ArrayRef<DimExpr> dims) const {
  Dims result;
  for (auto [i, dim] : llvm::enumerate(dims)) {
    if (size_t(groupOf(value, int64_t(i))) < result.size())
      result.back() = result.back() * dim;
    else
      result.push_back(dim);
  }
  return result;
}

/// Says of merged dims what the op's attributes say of the dims as they are; the types are still those.
void DimGroups::update(Operation *op) {
  MLIRContext *context = op->getContext();
  auto shape = [&](Value x) { return DimsAttr::get(context, merged(x, dimsOf(x))); };
  TypeSwitch<Operation *>(op)
      .Case([&](ConstantOp constant) {
        auto type = tensorType(merged(constant.getR(), dimsOf(constant.getR())), elementTypeOf(constant.getR()));
        constant.setValueAttr(cast<DenseElementsAttr>(constant.getValue()).resizeSplat(type));
      })
      .Case([&](BroadcastOp broadcast) {
        broadcast.setDims(groupsOf(broadcast.getR(), broadcast.getDims()));
        broadcast.setShapeAttr(shape(broadcast.getR()));
      })
      .Case([&](IotaOp iota) {
        iota.setDim(groupOf(iota.getR(), iota.getDim()));
        iota.setShapeAttr(shape(iota.getR()));
      })
      .Case([&](TransposeOp transpose) { transpose.setPerm(groupsOf(transpose.getX(), transpose.getPerm())); })
      .Case([&](ReduceOp reduce) { reduce.setDims(groupsOf(reduce.getX(), reduce.getDims())); })
      .Case([&](DotGeneralOp dot) {
        dot.setLhsBatch(groupsOf(dot.getLhs(), dot.getLhsBatch()));
        dot.setRhsBatch(groupsOf(dot.getRhs(), dot.getRhsBatch()));
        dot.setLhsContract(groupsOf(dot.getLhs(), dot.getLhsContract()));
        dot.setRhsContract(groupsOf(dot.getRhs(), dot.getRhsContract()));
      });
}

void DimGroups::apply() {
  Block &block = *body.getBlock();
  for (Operation &op : block.without_terminator())
    update(&op);
  auto retype = [&](Value value) { value.setType(tensorType(merged(value, dimsOf(value)), elementTypeOf(value))); };
  llvm::for_each(block.getArguments(), retype);
  for (Operation &op : block.without_terminator())
    llvm::for_each(op.getResults(), retype);
}

} // namespace dlc
