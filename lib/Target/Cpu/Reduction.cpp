// Kernels around a reduce, in the order of numerics N4.
//
// Two walks over a block:
// - columns: neighbouring outputs are lanes, each a chain over the block. For `chain`, and for what has no order when
//   the operand's last dim is kept.
// - lanes: 32 neighbouring elements of the reduced index are lanes, then a tree over them. One output at a time.
//
// In a fast kernel (numerics N11) the walk goes where memory does, whatever the order. Results of the operand's shape
// are stored as they are read. Where combining takes much code and there is little work, the lanes of a block are in
// memory.
//
// When more than one block is possible there are two stages: `reduce` writes a partial result for each block and output
// to the shared scratch [block][output], its tasks are pairs of both, so a reduction to a single element still runs on
// all threads; `combine` folds the blocks as a balanced tree, from the bottom up and in place. Combining neighbours at
// distance 1, 2, 4, ... gives the tree that splits at the largest power of two below the count.
#include "lib/Target/Cpu/Collapse.h"
#include "lib/Target/Cpu/Combine.h"
#include "lib/Target/Cpu/CpuPoint.h"
#include "lib/Target/Cpu/Emitter.h"
#include "lib/Target/Cpu/LaneTree.h"
#include "lib/Target/Cpu/OrderedBox.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace dlc::cpu {

/// Whether every order has the same result.
static bool isFree(ReduceOp op) {
  DType type = dtypeOf(op.getX().getType());
  return (!isFloat(type) && !isComplex(type)) || (op.getKind() != ReduceKind::sum && op.getKind() != ReduceKind::prod);
}

/// Whether the reduced dims are the last ones in their order.
static bool isTrailing(ReduceOp op) {
  ArrayRef<int64_t> reduced = op.getDims();
  for (auto [k, dim] : llvm::enumerate(reduced))
    if (dim != int64_t(rankOf(op.getX()) - reduced.size() + k))
      return false;
  return true;
}

bool walksRows(ReduceOp op) {
  int64_t rank = rankOf(op.getX()), reduced = int64_t(op.getDims().size());
  bool isLastReduced = llvm::is_contained(op.getDims(), rank - 1);
  bool isAlongLanes = isFree(op) ? isLastReduced : op.getOrder() == Order::lanes;
  if (isAlongLanes != isLastReduced)
    return false;
  return !isAlongLanes || (isTrailing(op) && (reduced == 1 || collapsedSuffix(op.getX()) >= reduced));
}

namespace {
/// A reduction as describe and emit both see it.
struct Reduction {
  explicit Reduction(rt::KernelOp kernel)
      : isFast(kernel.getFast()), body(kernel.getKernelBody()), op(cast<ReduceOp>(orderedOp(body))),
        from(dimsOf(op.getX())), reduced(op.getDims()), type(dtypeOf(op.getX().getType())),
        accumulator(accumulatorOf(type)), isAlongLanes(walksLanes()), blocks(pick(reduced), lengthOfBlocks()) {
    for (int64_t dim = 0; dim < int64_t(from.size()); ++dim)
      if (!llvm::is_contained(reduced, dim))
        kept.push_back(dim);
    DenseSet<Operation *> after = {op};
    for (Operation &next : *body.getBlock())
      if (llvm::any_of(next.getOperands(), [&](Value x) { return after.contains(x.getDefiningOp()); }))
        after.insert(&next);
    for (auto [i, result] : llvm::enumerate(body.getYield().getResults()))
      (after.contains(result.getDefiningOp()) ? reducedResults : readResults).push_back(unsigned(i));
    keptDims = pick(kept);
    reducedDims = pick(reduced);
  }

  /// Whether neighbouring elements of the reduced index are lanes.
  bool walksLanes() {
    if (!isFree(op) && !isFast)
      return op.getOrder() == Order::lanes;
    int64_t last = int64_t(from.size()) - 1;
    while (isFast && last > 0 && from[last] == DimExpr(1)) // the innermost dim that has neighbours
      --last;
    return reduced.size() == from.size() || llvm::is_contained(reduced, last);
  }

  Dims pick(ArrayRef<int64_t> dims) const {
    Dims picked;
    for (int64_t dim : dims)
      picked.push_back(from[dim]);
    return picked;
  }
  int64_t lengthOfBlocks() {
    if (isFree(op))
      return blockLength;
    return reduceBlockLength(!isFast ? op.getOrder() : isAlongLanes ? Order::lanes : Order::chain);
  }
  DimExpr outerSize() const { return keptDims.empty() ? DimExpr(1) : sizeOf(ArrayRef(keptDims).drop_back()); }
  DimExpr columns() const { return keptDims.empty() ? DimExpr(1) : keptDims.back(); }

  IRValue combine(PointBuilder &b, IRValue x, IRValue y) { return cpu::combine(b, op.getKind(), x, y); }
  IRValue neutral(PointBuilder &b, int64_t width) { return cpu::neutral(b, op.getKind(), accumulator, width); }
  /// Whether to combine two numbers takes many operations.
  bool isCostly() { return op.getKind() == ReduceKind::prod && isComplex(accumulator); }
  /// The result over nothing.
  IRValue ofNothing(PointBuilder &b, int64_t width);
  Value result(unsigned i) { return body.getYield().getResults()[i]; }
  /// An element of the operand as an accumulator, a vector of the builder's width or a scalar if that is 1. Stores the
  /// results that have an element there.
  IRValue element(CpuPoint &at, ArrayRef<LaneIndex> index) {
    PointValue value = at.read(op.getX(), index);
    for (unsigned i : readResults)
      at.storeResult(i, index, at.read(result(i), index));
    PointValue wide = {at.scalars.cast(value.value, accumulator), value.isUniform};
    return at.width == 1 ? wide.value : IRValue{at.spread(wide), accumulator};
  }

  bool isFast;
  rt::BodyOp body;
  ReduceOp op;
  Dims from;
  SmallVector<int64_t> reduced, kept;
  SmallVector<unsigned> reducedResults; ///< results of the kernel that the reduced value makes
  SmallVector<unsigned> readResults;    ///< those of the operand's shape, of what is read
  DType type, accumulator;
  bool isAlongLanes;
  Dims keptDims, reducedDims;
  Blocks blocks;
};
} // namespace

IRValue Reduction::ofNothing(PointBuilder &b, int64_t width) {
  IRValue like = zeroOf(b, accumulator, width);
  if (op.getKind() == ReduceKind::all)
    return b.scalars.boolean(like, true);
  if (op.getKind() == ReduceKind::prod)
    return b.scalars.constant(like, 1);
  return like;
}

//===--- describe ---===//

static DictionaryAttr describe(rt::KernelOp kernel, const Machine &machine) {
  Reduction r(kernel);
  int64_t lanes = machine.lanes(std::max<int64_t>(widestElement(r.body), byteWidth(r.accumulator)));
  int64_t work = operationsPerElement(r.body);
  int64_t length = std::min(r.blocks.count.constant().value_or(r.blocks.length), r.blocks.length);
  // Columns: eight registers of chains hide the latency of an addition; four when the operand is computed. One is the
  // least code.
  int64_t registers = kernel.getBaseline() ? 1 : work <= 3 ? 8 : work <= 12 ? 4 : 1;
  int64_t width = r.isAlongLanes ? powerOfTwo(DimExpr(length), 32) : powerOfTwo(r.columns(), lanes * registers);
  DimExpr keptSize = sizeOf(r.keptDims);
  int64_t most = std::clamp<int64_t>(keptSize.constant().value_or(64), 1, 64);
  int64_t outputs = std::clamp<int64_t>(8192 / std::max<int64_t>(1, length), 1, most);
  int64_t group = width; // of lanes in registers at a time
  if (r.isCostly())
    group = std::min(width, machine.lanes(byteWidth(r.accumulator) / 2)); // of the parts of complex numbers
  Stage reduce, combine;
  reduce.name = "reduce";
  if (r.isAlongLanes && r.isCostly()) // lanesInMemory: a group from half of the lanes on
    reduce.own = DimExpr((width / 2 + std::max(group, width / 2)) * byteWidth(r.accumulator));
  if (!r.isAlongLanes) {
    reduce.tasks = r.outerSize() * DimExpr::ceilDiv(r.columns(), width) * r.blocks.capacity;
    reduce.cost = DimExpr(1 + length * width * work / (4 * lanes));
  } else {
    reduce.tasks = r.blocks.areSeveral ? keptSize * r.blocks.capacity : DimExpr::ceilDiv(keptSize, outputs);
    reduce.cost = DimExpr(1 + length * (r.blocks.areSeveral ? 1 : outputs) * work / (2 * lanes));
  }
  SmallVector<Stage> stages = {reduce};
  int64_t columns = powerOfTwo(r.columns(), lanes);
  if (r.blocks.areSeveral) {
    combine.name = "combine";
    combine.tasks = r.outerSize() * DimExpr::ceilDiv(r.columns(), columns);
    combine.cost = DimExpr(20);
    stages[0].shared = combine.shared = r.blocks.capacity * keptSize * DimExpr(byteWidth(r.accumulator));
    stages.push_back(combine);
  }
  return makeDescriptor(kernel.getContext(), "reduce", stages,
                        {{"width", width}, {"group", group}, {"outputs", outputs}, {"columns", columns}});
}

//===--- emit ---===//

namespace {
class ReductionEmitter {
public:
  ReductionEmitter(OpBuilder &b, rt::KernelOp kernel, Reduction &r)
      : b(b), kernel(kernel), r(r), width(parameter(kernel, "width")), group(parameter(kernel, "group")),
        outputs(parameter(kernel, "outputs")), columns(parameter(kernel, "columns")) {}

  void reduceStage() {
    StageBuilder stage(b, kernel, r.body, "reduce");
    Value one = stage.constant(1);
    stage.forEach(stage.begin, stage.end, one, [&](Value task) {
      if (r.isAlongLanes)
        lanesTask(stage, task);
      else
        columnsTask(stage, task);
    });
    stage.finish();
  }

  void combineStage() {
    StageBuilder stage(b, kernel, r.body, "combine");
    Value one = stage.constant(1), blocks = r.blocks.number(stage);
    stage.forEach(stage.begin, stage.end, one, [&](Value task) {
      forColumns(stage, task, columns, [&](CpuPoint &outer, ArrayRef<LaneIndex> index) {
        auto load = [&](CpuPoint &at, Value block) {
          return at.load(partials(stage), r.accumulator, partialIndex(stage, at, block, index)).value;
        };
        stage.forDoubling(blocks, [&](Value distance) {
          Value pair = stage.add(distance, distance);
          stage.forEach(stage.constant(0), stage.sub(blocks, distance), pair, [&](Value block) {
            CpuPoint at(stage, columns);
            at.guardAs(outer);
            IRValue sum = r.combine(at, load(at, block), load(at, stage.add(block, distance)));
            at.store(partials(stage), partialIndex(stage, at, block, index), {sum, columns == 1});
          });
        });
        storeResults(outer, index, load(outer, stage.constant(0)));
      });
    });
    stage.finish();
  }

private:
  Value partials(StageBuilder &stage) {
    return stage.shared(scalar::memoryType(b.getContext(), r.accumulator), stage.constant(0));
  }
  LaneIndex partialIndex(StageBuilder &stage, CpuPoint &at, Value block, ArrayRef<LaneIndex> index) {
    Value row = stage.mul(block, stage.extent(sizeOf(r.keptDims)));
    return at.add(at.uniform(row), at.linearize(index, r.keptDims));
  }

  /// Binds the reduced value, rounded to the result's type, and stores what it makes at `index`.
  void storeResults(CpuPoint &at, ArrayRef<LaneIndex> index, IRValue value) {
    at.bind(r.op.getR(), {at.scalars.cast(value, r.type), at.width == 1});
    for (unsigned i : r.reducedResults)
      at.storeResult(i, index, at.read(r.result(i), index));
  }

  void forColumns(StageBuilder &stage, Value task, int64_t lanes,
                  llvm::function_ref<void(CpuPoint &, ArrayRef<LaneIndex>)> body) {
    cpu::forColumns(stage, r.keptDims, task, lanes, body);
  }

  /// Finishes one block of some outputs: as a partial result, or, when it is the only one, as the result.
  void finishBlock(StageBuilder &stage, CpuPoint &at, Value block, ArrayRef<LaneIndex> index, IRValue value) {
    auto known = r.blocks.count.constant();
    if (known && *known == 0)
      value = r.ofNothing(at, at.width);
    if (!r.blocks.areSeveral)
      return storeResults(at, index, value);
    if (!known) {
      Value isEmpty = b.createOrFold<arith::CmpIOp>(stage.location, arith::CmpIPredicate::eq,
                                                    stage.extent(r.blocks.count), stage.constant(0));
      PointValue nothing = {r.ofNothing(at, at.width), at.width == 1};
      value = at.select({{isEmpty, DType::Bool}, true}, nothing, {value, at.width == 1}).value;
    }
    at.store(partials(stage), partialIndex(stage, at, block, index), {value, at.width == 1});
  }

  void columnsTask(StageBuilder &stage, Value task) {
    Value perBlock = stage.extent(r.outerSize() * DimExpr::ceilDiv(r.columns(), width));
    r.blocks.forTask(stage, task, perBlock, [&](Value block, Value within) {
      forColumns(stage, within, width, [&](CpuPoint &at, ArrayRef<LaneIndex> index) {
        auto [low, high] = r.blocks.bounds(stage, block);
        Value start = r.neutral(at, at.width).value;
        SmallVector<Value> sum = carryOver(stage, r.reducedDims, low, high, !r.blocks.areSeveral, start,
                                           [&](ArrayRef<Value> coordinates, ValueRange sums) -> SmallVector<Value> {
                                             CpuPoint inner(stage, at.width);
                                             inner.guardAs(at);
                                             SmallVector<LaneIndex> source = operandIndex(index);
                                             for (auto [dim, coordinate] : llvm::zip(r.reduced, coordinates))
                                               source[dim] = inner.uniform(coordinate);
                                             IRValue next = r.element(inner, source);
                                             return {r.combine(inner, {sums[0], r.accumulator}, next).value};
                                           });
        finishBlock(stage, at, block, index, {sum[0], r.accumulator});
      });
    });
  }

  /// The operand's index at an output's index, the reduced dims left open.
  SmallVector<LaneIndex> operandIndex(ArrayRef<LaneIndex> index) {
    SmallVector<LaneIndex> source(r.from.size());
    for (auto [dim, at] : llvm::zip(r.kept, index))
      source[dim] = at;
    return source;
  }

  void lanesTask(StageBuilder &stage, Value task) {
    Value size = stage.extent(sizeOf(r.keptDims)), one = stage.constant(1);
    r.blocks.forTask(stage, task, size, [&](Value block, Value within) {
      if (r.blocks.areSeveral)
        return lanesOutput(stage, block, within);
      Value low = stage.mul(within, stage.constant(outputs));
      Value high = stage.min(size, stage.add(low, stage.constant(outputs)));
      stage.forEach(low, high, one, [&](Value output) { lanesOutput(stage, block, output); });
    });
  }

  /// Whether the lanes of a block are not all there in the last round.
  bool hasTail() {
    auto known = r.blocks.count.constant();
    return width > 1 && !(known && std::min(*known, *known % r.blocks.length) % width == 0);
  }

  /// How a round leaves out lanes; null: not at all.
  using Limit = void (CpuPoint::*)(Value);
  /// Combines the elements from `i` on, below `high`, with what the builder's lanes have so far.
  IRValue next(StageBuilder &stage, CpuPoint &at, ArrayRef<LaneIndex> index, Value i, Value high, Value sum,
               Limit limit) {
    if (limit)
      (at.*limit)(stage.sub(high, i));
    IRValue element = r.element(at, lanesIndex(stage, at, index, i));
    if (limit) {
      PointValue present = {{at.guard.lanes, DType::Bool}, false};
      element = at.select(present, {element, false}, {r.neutral(at, at.width), false}).value;
    }
    return r.combine(at, {sum, r.accumulator}, element);
  }

  void lanesOutput(StageBuilder &stage, Value block, Value output) {
    CpuPoint at(stage, 1);
    SmallVector<LaneIndex> index;
    for (Value coordinate : stage.coordinates(output, r.keptDims))
      index.push_back(at.uniform(coordinate));
    auto [low, high] = r.blocks.bounds(stage, block);
    IRValue result = width > 1 && r.isCostly() && wantsLittleCode(kernel)
                         ? lanesInMemory(stage, at, index, low, high)
                         : lanesInRegisters(stage, at, index, low, high);
    finishBlock(stage, at, block, index, result);
  }

  IRValue lanesInRegisters(StageBuilder &stage, CpuPoint &at, ArrayRef<LaneIndex> index, Value low, Value high) {
    // Where there is little work, the lanes that are left have their round in the loop: that is less code.
    bool isTailInLoop = hasTail() && wantsLittleCode(kernel);
    Value step = stage.constant(width);
    Value full = isTailInLoop ? high : stage.sub(high, stage.mod(stage.sub(high, low), step));
    auto round = [&](Value i, Value sum, Limit limit) {
      CpuPoint inner(stage, width);
      return next(stage, inner, index, i, high, sum, limit);
    };
    CpuPoint wide(stage, width);
    Value start = r.neutral(wide, width).value;
    IRValue lanes = {stage.carry(low, full, step, start,
                                 [&](Value i, ValueRange sums) -> SmallVector<Value> {
                                   return {round(i, sums[0], isTailInLoop ? &CpuPoint::limitSome : nullptr).value};
                                 })[0],
                     r.accumulator};
    if (hasTail() && !isTailInLoop)
      lanes = round(full, lanes.value, &CpuPoint::limit);
    return combineLanes(at, lanes, [&](const IRValue &x, const IRValue &y) { return r.combine(at, x, y); });
  }

  /// The same with the lanes in memory, one register of them at a time: the least code where combining takes much of
  /// it.
  IRValue lanesInMemory(StageBuilder &stage, CpuPoint &one, ArrayRef<LaneIndex> index, Value low, Value high) {
    Value memory = stage.own(scalar::memoryType(b.getContext(), r.accumulator), stage.constant(0));
    Value none = stage.constant(0), all = stage.constant(width), some = stage.constant(group);
    Limit limit = hasTail() ? &CpuPoint::limitSome : nullptr;
    stage.forEach(none, all, some, [&](Value lane) {
      CpuPoint at(stage, group);
      Value start = r.neutral(at, group).value;
      Value sum =
          stage.carry(stage.add(low, lane), high, all, start, [&](Value i, ValueRange sums) -> SmallVector<Value> {
            CpuPoint inner(stage, group);
            return {next(stage, inner, index, i, high, sums[0], limit).value};
          })[0];
      at.store(memory, at.contiguous(lane), {{sum, r.accumulator}, false});
    });
    // What lanes from half on get is never looked at, nor what lies behind the last one.
    stage.forHalving(width / 2, [&](Value half) {
      stage.forEach(none, half, some, [&](Value lane) {
        CpuPoint at(stage, group);
        auto load = [&](Value from) { return at.load(memory, r.accumulator, at.contiguous(from)).value; };
        IRValue sum = r.combine(at, load(lane), load(stage.add(half, lane)));
        at.store(memory, at.contiguous(lane), {sum, false});
      });
    });
    return one.load(memory, r.accumulator, one.constant(0)).value;
  }

  /// The operand's index for neighbouring elements of the reduced index from `i` on.
  SmallVector<LaneIndex> lanesIndex(StageBuilder &stage, CpuPoint &at, ArrayRef<LaneIndex> index, Value i) {
    SmallVector<LaneIndex> source = operandIndex(index);
    ArrayRef<int64_t> reduced = r.reduced;
    SmallVector<Value> read = {r.op.getX()};
    for (unsigned i : r.readResults)
      read.push_back(r.result(i));
    SmallVector<LaneIndex> coordinates;
    if (reduced.size() > 1 && isTrailing(r.op) && collapsedSuffix(read) >= int64_t(reduced.size())) {
      coordinates.assign(reduced.size() - 1, at.constant(0));
      coordinates.push_back(at.width == 1 ? at.uniform(i) : at.contiguous(i));
    } else {
      coordinates = coordinatesOfLanes(at, i, r.reducedDims);
    }
    for (auto [dim, coordinate] : llvm::zip(reduced, coordinates))
      source[dim] = coordinate;
    return source;
  }

  OpBuilder &b;
  rt::KernelOp kernel;
  Reduction &r;
  int64_t width, group, outputs, columns;
};
} // namespace

static LogicalResult emit(OpBuilder &b, rt::KernelOp kernel) {
  Reduction r(kernel);
  ReductionEmitter emitter(b, kernel, r);
  emitter.reduceStage();
  if (r.blocks.areSeveral)
    emitter.combineStage();
  return success();
}

const EmitterRow reductionEmitter = {"reduce", [](Operation *root) { return isa_and_nonnull<ReduceOp>(root); },
                                     describe, emit};

} // namespace dlc::cpu
