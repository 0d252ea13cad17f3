// Kernels around a contraction in `chain` order (numerics N5, N6).
//
// Stage `pack` (if needed) writes to the shared scratch: panels of b, unless b is small or few rows would pay for them;
// panels of a, when each serves many columns; else a copy of a, when a is computed, narrow or padded. Stage `compute`:
// a task is a block of rows and columns of one batch:
//
//   for each block of 1,024 terms                 the sums of blocks are added left to right
//     for each panel of columns                   b: stays in the first-level cache
//       for each tile of rows                     a: stays in the second-level cache
//         fma chains over the terms               MicroKernel.cpp; nothing but loads and fma
//         + partial sums of the blocks before     own scratch, only if there is more than one block
//         after the last block: the epilogue, and the only stores to the results
//
// Tiles are register-sized; tails of rows have tiles of their own heights; tails of columns are masked at the stores
// (and at the loads of b, when it is not packed).
#include "lib/Target/Cpu/ContractionSchedule.h"
#include "passes/lower/ContractionTerms.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace dlc::cpu {

/// The terms of a sum: the most of all problems if they are known, else a mean.
static DimExpr termsOf(const Contraction &c) {
  DimExpr sum = 0;
  std::optional<int64_t> most = 0;
  for (const Problem &p : c.problems) {
    DimExpr terms = p.size(Loop::term);
    sum = sum + terms;
    auto known = terms.constant();
    most = most && known ? std::optional(std::max(*most, *known)) : std::nullopt;
  }
  return most ? DimExpr(*most) : DimExpr::ceilDiv(sum, int64_t(c.problems.size()));
}

static DictionaryAttr describe(rt::KernelOp kernel, const Machine &machine) {
  rt::BodyOp body = kernel.getKernelBody();
  Contraction c = contractionOf(body, orderedOp(body));
  if (c.order == Order::lanes)
    return describeLanes(kernel, c, machine);
  ContractionSchedule s = ContractionSchedule::choose(body, c, machine);
  SmallVector<Stage> stages;
  SharedScratch shared(c, s);
  if (s.copiesA || s.packsA || s.packsB) {
    Stage pack;
    pack.name = "pack";
    pack.tasks = s.copiesA ? copyTasks(c.problems.front().a) : DimExpr(0);
    for (const Problem &p : c.problems) {
      pack.tasks = pack.tasks + (s.packsA ? panelTasks(p, Side::a, c.accumulator, s.rows) : DimExpr(0));
      pack.tasks = pack.tasks + (s.packsB ? panelTasks(p, Side::b, c.accumulator, s.width) : DimExpr(0));
    }
    int64_t positions = positionsOfTask(c.problems.front(), Side::b, c.accumulator, s.width);
    DimExpr elements = c.problems.front().size(Loop::term) * DimExpr(positions);
    pack.cost = DimExpr(1) + (s.packsB ? DimExpr::floorDiv(elements, 4 * s.lanes) : DimExpr(20));
    pack.shared = shared.size;
    stages.push_back(pack);
  }
  Stage compute;
  compute.name = "compute";
  compute.tasks = DimExpr(0);
  for (const Problem &p : c.problems)
    compute.tasks = compute.tasks + s.tasks(p);
  int64_t lanes = std::min(s.width, s.lanes), registers = (s.columnBlock + lanes - 1) / lanes;
  compute.cost = DimExpr(1) + DimExpr::floorDiv(DimExpr(s.rowBlock * registers) * termsOf(c), 6);
  compute.shared = shared.size;
  compute.own = DimExpr(OwnScratch(c, s).size);
  stages.push_back(compute);
  return makeDescriptor(kernel.getContext(), "contraction", stages, s.parameters());
}

namespace {
/// A place in a task: coordinates of a tile.
struct TilePlace {
  SmallVector<Value> batch;
  Value rowStart, columnStart;          // of the task
  Value row, column;                    // of the tile, flattened
  SmallVector<SmallVector<Value>> rows; // coordinates of each row
};

class ContractionEmitter {
public:
  ContractionEmitter(OpBuilder &b, rt::KernelOp kernel, const Contraction &c)
      : b(b), kernel(kernel), body(kernel.getKernelBody()), c(c), s(ContractionSchedule::read(kernel, c)), shared(c, s),
        own(c, s), element(scalar::memoryType(b.getContext(), c.accumulator)) {}

  void packStage() {
    StageBuilder stage(b, kernel, body, "pack");
    Value first = stage.constant(0);
    if (s.copiesA) {
      const ContractionOperand &a = c.problems.front().a;
      first = forTasks(stage, first, copyTasks(a), [&](Value task) {
        emitCopy(stage, a, c.accumulator, scratch(stage, shared.copy), task, s.lanes);
      });
    }
    auto panels = [&](Side side, int64_t width, ArrayRef<DimExpr> offsets) {
      for (auto [p, offset] : llvm::zip(c.problems, offsets))
        first = forTasks(stage, first, panelTasks(p, side, c.accumulator, width),
                         [&, &p = p, &offset = offset](Value task) {
                           emitPanels(stage, p, side, c.accumulator, scratch(stage, offset), task, width, s.lanes);
                         });
    };
    panels(Side::a, s.rows, shared.aPanels);
    panels(Side::b, s.width, shared.bPanels);
    stage.finish();
  }

  void computeStage() {
    StageBuilder stage(b, kernel, body, "compute");
    Value first = stage.constant(0);
    for (auto [i, p] : llvm::enumerate(c.problems))
      first = forTasks(stage, first, s.tasks(p), [&, &p = p, i = i](Value task) { problemTask(stage, p, i, task); });
    stage.finish();
  }

private:
  Value scratch(StageBuilder &stage, const DimExpr &offset) { return stage.shared(element, stage.extent(offset)); }

  /// Runs `body` for the tasks of this call among `count` tasks from `first` on; gives the first task after them.
  Value forTasks(StageBuilder &stage, Value first, const DimExpr &count, llvm::function_ref<void(Value)> body) {
    Value next = stage.add(first, stage.extent(count));
    stage.forEach(stage.max(stage.begin, first), stage.min(stage.end, next), stage.constant(1),
                  [&](Value task) { body(stage.sub(task, first)); });
    return next;
  }

  /// The memory and the layout that the chains read an operand by.
  struct OperandMemory {
    Value memory;
    DType type; // of its elements
    OperandLayout layout;
  };
  OperandMemory memoryOfA(StageBuilder &stage, const Problem &p, size_t i) {
    if (s.packsA)
      return {scratch(stage, shared.aPanels[i]), c.accumulator, panelLayout(p, s.rows)};
    if (s.copiesA)
      return {scratch(stage, shared.copy), c.accumulator,
              layoutOf(p, p.a, DimExpr(0), rowMajorStrides(p.a.paddedDims()))};
    return loaded(stage, p, p.a);
  }
  OperandMemory memoryOfB(StageBuilder &stage, const Problem &p, size_t i) {
    if (s.packsB)
      return {scratch(stage, shared.bPanels[i]), c.accumulator, panelLayout(p, s.width)};
    return loaded(stage, p, p.b);
  }
  OperandMemory loaded(StageBuilder &stage, const Problem &p, const ContractionOperand &operand) {
    MemoryView view = *viewOf(loadedFor(operand.tensor));
    return {stage.operandBuffer(view.argument), dtypeOf(view.argument.getType()),
            layoutOf(p, operand, view.offset, view.strides)};
  }
  /// Within a panel of this many positions.
  OperandLayout panelLayout(const Problem &p, int64_t width) {
    OperandLayout layout;
    for (const DimExpr &stride : rowMajorStrides(p[Loop::term]))
      layout.strides[size_t(Loop::term)].push_back(stride * DimExpr(width));
    return layout;
  }
  /// Where the first term of a row or column lies in the panels.
  Value inPanel(StageBuilder &stage, const Problem &p, Side side, Value batch, Value position, int64_t width) {
    Value panels = stage.extent(DimExpr::ceilDiv(p.size(p.ownLoop(side)), width)), size = stage.constant(width);
    Value panel = stage.add(stage.mul(batch, panels), stage.floorDiv(position, size));
    return stage.add(stage.mul(panel, stage.extent(p.size(Loop::term) * DimExpr(width))), stage.mod(position, size));
  }

  Value offset(StageBuilder &stage, ArrayRef<Value> coordinates, ArrayRef<DimExpr> strides) {
    Value sum = stage.constant(0);
    for (auto [coordinate, stride] : llvm::zip(coordinates, strides))
      sum = stage.add(sum, stage.mul(coordinate, stage.extent(stride)));
    return sum;
  }

  void problemTask(StageBuilder &stage, const Problem &p, size_t i, Value task) {
    OperandMemory left = memoryOfA(stage, p, i), right = memoryOfB(stage, p, i);
    SmallVector<TermLoop> terms = joinTerms(p[Loop::term], left.layout[Loop::term], right.layout[Loop::term]);
    Value rows = stage.extent(p.size(Loop::row)), columns = stage.extent(p.size(Loop::column));
    Value rowBlocks = stage.ceilDiv(rows, stage.constant(s.rowBlock));
    Value columnBlocks = stage.ceilDiv(columns, stage.constant(s.columnBlock));
    Value block = stage.floorDiv(task, columnBlocks);
    TilePlace place;
    Value batch = stage.floorDiv(block, rowBlocks);
    place.batch = stage.coordinates(batch, p[Loop::batch]);
    place.rowStart = stage.mul(stage.mod(block, rowBlocks), stage.constant(s.rowBlock));
    place.columnStart = stage.mul(stage.mod(task, columnBlocks), stage.constant(s.columnBlock));
    Value rowEnd = stage.min(rows, stage.add(place.rowStart, stage.constant(s.rowBlock)));
    Value columnEnd = stage.min(columns, stage.add(place.columnStart, stage.constant(s.columnBlock)));
    Value aStart;
    if (!s.packsA)
      aStart = stage.add(stage.extent(left.layout.base), offset(stage, place.batch, left.layout[Loop::batch]));
    Value one = stage.constant(1), width = stage.constant(s.width);
    Blocks blocks(p[Loop::term]);
    stage.forEach(stage.constant(0), blocks.number(stage), one, [&](Value termBlock) {
      stage.forEach(place.columnStart, columnEnd, width, [&](Value column) {
        place.column = column;
        Value bStart;
        if (s.packsB) {
          bStart = inPanel(stage, p, Side::b, batch, column, s.width);
        } else {
          bStart = stage.add(stage.extent(right.layout.base), offset(stage, place.batch, right.layout[Loop::batch]));
          bStart = stage.add(bStart, stage.mul(column, stage.extent(right.layout[Loop::column][0])));
        }
        bStart = stage.opaque(bStart);
        forTiles(stage, p, place.rowStart, rowEnd, [&](Value row, int64_t height) {
          place.row = row;
          placeRows(stage, p, place, height);
          int64_t columnStep = s.packsB || s.width == 1 ? 1 : right.layout[Loop::column][0].constant().value_or(1);
          int64_t unroll = height == s.rows ? s.unroll : 1; // low tiles wait for their chains, not for branches
          Tile tile{left.memory, right.memory, {},        bStart,     nullptr,       s.width,
                    columnStep,  unroll,       left.type, right.type, c.accumulator, std::nullopt};
          if (s.packsA) {
            Value start = stage.opaque(inPanel(stage, p, Side::a, batch, row, s.rows));
            for (int64_t i = 0; i < height; ++i)
              tile.aRows.push_back(stage.add(start, stage.constant(i)));
            if (unroll > 1)
              tile.prefetch = prefetchOf(stage, p, place, bStart, blocks, termBlock);
          } else {
            for (ArrayRef<Value> coordinates : place.rows)
              tile.aRows.push_back(stage.opaque(stage.add(aStart, offset(stage, coordinates, left.layout[Loop::row]))));
          }
          emitTile(stage, p, place, tile, terms, blocks, termBlock);
        });
      });
    });
  }

  /// The tiles that share a panel of b bring the next one, each its part. Measured: without it, and without what a tile
  /// reads ahead of its own panel of a, 1,024 terms run at 0.85 of the speed on a core that prefetches little by
  /// itself.
  Prefetch prefetchOf(StageBuilder &stage, const Problem &p, const TilePlace &place, Value bStart, const Blocks &blocks,
                      Value termBlock) {
    int64_t tiles = (s.rowBlock + s.rows - 1) / s.rows;
    auto [low, high] = blocks.bounds(stage, termBlock);
    Value width = stage.constant(s.width), share = stage.floorDiv(stage.sub(high, low), stage.constant(tiles));
    Value turn = stage.floorDiv(stage.sub(place.row, place.rowStart), stage.constant(s.rows));
    Value next = stage.add(bStart, stage.extent(p.size(Loop::term) * DimExpr(s.width)));
    Value term = stage.add(low, stage.mul(turn, share));
    return {16 * s.rows, 4 * s.rows, stage.add(next, stage.mul(term, width)), s.width, tiles};
  }

  /// Tiles of full height, then those of the rows that are left.
  void forTiles(StageBuilder &stage, const Problem &p, Value low, Value high,
                llvm::function_ref<void(Value, int64_t)> body) {
    SmallVector<int64_t> heights = {s.rows};
    heights.append(s.tailHeights(p));
    for (int64_t height : heights) {
      Value step = stage.constant(height);
      Value full = height == 1 ? high : stage.sub(high, stage.mod(stage.sub(high, low), step));
      stage.forEach(low, full, step, [&](Value row) { body(row, height); });
      low = full;
    }
  }

  /// Coordinates of the rows of a tile: divisions for the first, counting for the others.
  void placeRows(StageBuilder &stage, const Problem &p, TilePlace &place, int64_t height) {
    const Dims &dims = p[Loop::row];
    SmallVector<Value> at = stage.coordinates(place.row, dims);
    place.rows = {at};
    Value zero = stage.constant(0), one = stage.constant(1);
    for (int64_t row = 1; row < height; ++row) {
      for (size_t dim = dims.size(); dim-- > 0;) {
        Value next = stage.add(at[dim], one);
        if (dim == 0) {
          at[0] = next;
          break;
        }
        Value isOver =
            b.createOrFold<arith::CmpIOp>(stage.location, arith::CmpIPredicate::eq, next, stage.extent(dims[dim]));
        Value stays = at[dim - 1];
        at[dim] = stage.opaque(b.createOrFold<arith::SelectOp>(stage.location, isOver, zero, next));
        // The next dim takes the carry: it counts from one before when there is none.
        at[dim - 1] = b.createOrFold<arith::SelectOp>(stage.location, isOver, stays, stage.sub(stays, one));
      }
      place.rows.push_back(at);
    }
  }

  void emitTile(StageBuilder &stage, const Problem &p, const TilePlace &place, Tile &tile, ArrayRef<TermLoop> terms,
                const Blocks &blocks, Value termBlock) {
    auto known = p.size(Loop::column).constant();
    bool isNeverTail = known && *known % s.width == 0, isAlwaysTail = known && *known < s.width;
    Value columns = stage.extent(p.size(Loop::column));
    auto sumsOf = [&](bool isTail) {
      tile.columnsLeft = isTail && !s.packsB ? stage.sub(columns, place.column) : Value();
      auto [low, high] = blocks.bounds(stage, termBlock);
      SmallVector<Value> sums = buildChains(stage, terms, tile, low, high, !blocks.areSeveral);
      return blocks.areSeveral ? addPartials(stage, place, sums, termBlock) : sums;
    };
    auto finish = [&](ArrayRef<Value> sums, bool isTail) {
      finishTile(stage, p, place, sums, blocks, termBlock, isTail);
    };
    if (isNeverTail || isAlwaysTail)
      return finish(sumsOf(!isNeverTail), !isNeverTail); // no columns leave no tail either
    Value isFull = stage.isLess(stage.add(place.column, stage.constant(s.width - 1)), columns);
    if (s.packsB) { // a panel has all its columns: only what is stored differs
      SmallVector<Value> sums = sumsOf(false);
      stage.ifThen(isFull, [&] { finish(sums, false); }, [&] { finish(sums, true); });
      return;
    }
    stage.ifThen(isFull, [&] { finish(sumsOf(false), false); }, [&] { finish(sumsOf(true), true); });
  }

  Value partials(StageBuilder &stage) { return stage.own(element, stage.constant(own.partials)); }
  Value partialPosition(StageBuilder &stage, const TilePlace &place, size_t row) {
    Value at = stage.add(stage.sub(place.row, place.rowStart), stage.constant(int64_t(row)));
    return stage.add(stage.mul(at, stage.constant(s.columnBlock)), stage.sub(place.column, place.columnStart));
  }

  /// The sums of this block and all before it.
  SmallVector<Value> addPartials(StageBuilder &stage, const TilePlace &place, ArrayRef<Value> sums, Value termBlock) {
    SmallVector<Type> types(sums.size(), sums[0].getType());
    Value isFirst =
        b.createOrFold<arith::CmpIOp>(stage.location, arith::CmpIPredicate::eq, termBlock, stage.constant(0));
    auto branch = scf::IfOp::create(b, stage.location, types, isFirst, true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    scf::YieldOp::create(b, stage.location, sums);
    b.setInsertionPointToStart(branch.elseBlock());
    SmallVector<Value> totals;
    for (auto [row, sum] : llvm::enumerate(sums)) {
      Value before = vector::LoadOp::create(b, stage.location, cast<VectorType>(sum.getType()), partials(stage),
                                            partialPosition(stage, place, row));
      if (isa<FloatType>(element))
        totals.push_back(arith::AddFOp::create(b, stage.location, before, sum));
      else
        totals.push_back(arith::AddIOp::create(b, stage.location, before, sum));
    }
    scf::YieldOp::create(b, stage.location, totals);
    return SmallVector<Value>(branch.getResults());
  }

  void finishTile(StageBuilder &stage, const Problem &p, const TilePlace &place, ArrayRef<Value> sums,
                  const Blocks &blocks, Value termBlock, bool isTail) {
    auto results = [&] {
      if (s.isEpilogueSmall)
        storeRows(stage, p, place, sums, isTail);
      else
        storeFromTile(stage, p, place, sums);
    };
    if (!blocks.areSeveral)
      return results();
    Value last = stage.sub(blocks.number(stage), stage.constant(1));
    Value isLast = b.createOrFold<arith::CmpIOp>(stage.location, arith::CmpIPredicate::eq, termBlock, last);
    stage.ifThen(isLast, results, [&] {
      for (auto [row, sum] : llvm::enumerate(sums))
        vector::StoreOp::create(b, stage.location, sum, partials(stage), partialPosition(stage, place, row));
    });
  }

  /// Binds the contraction's value, rounded to its type, and stores the kernel's results at one row.
  void storeResults(CpuPoint &at, const Problem &p, const LoopCoordinates &place, PointValue value) {
    value.value = at.scalars.cast(value.value, c.type);
    at.bind(c.result(), value);
    SmallVector<LaneIndex> index = evaluateIndices(at, p.result, place);
    for (auto [i, result] : llvm::enumerate(body.getYield().getResults()))
      at.storeResult(i, index, at.read(result, index));
  }

  void storeRows(StageBuilder &stage, const Problem &p, const TilePlace &place, ArrayRef<Value> sums, bool isTail) {
    Value left = stage.sub(stage.extent(p.size(Loop::column)), place.column);
    for (auto [row, sum] : llvm::enumerate(sums)) {
      CpuPoint at(stage, s.width);
      if (isTail)
        at.limitSome(left);
      bool isScalar = s.width == 1;
      LaneIndex column = isScalar ? at.uniform(place.column) : at.contiguous(place.column);
      Value value = isScalar ? Value(vector::ExtractOp::create(b, stage.location, sum, ArrayRef<int64_t>{0})) : sum;
      storeResults(at, p, {uniform(at, place.batch), uniform(at, place.rows[row]), {}, column},
                   {{value, c.accumulator}, isScalar});
    }
  }

  /// A large epilogue is written once: the tile goes to memory and is taken up again register by register.
  void storeFromTile(StageBuilder &stage, const Problem &p, const TilePlace &place, ArrayRef<Value> sums) {
    Value memory = stage.own(element, stage.constant(own.tile)), width = stage.constant(s.width);
    for (auto [row, sum] : llvm::enumerate(sums))
      vector::StoreOp::create(b, stage.location, sum, memory, stage.constant(int64_t(row) * s.width));
    Value zero = stage.constant(0), one = stage.constant(1);
    Value columns = stage.min(width, stage.sub(stage.extent(p.size(Loop::column)), place.column));
    int64_t lanes = std::min(s.lanes, s.width);
    auto known = p.size(Loop::column).constant();
    stage.forEach(zero, stage.constant(int64_t(sums.size())), one, [&](Value row) {
      SmallVector<Value> coordinates = stage.coordinates(stage.add(place.row, row), p[Loop::row]);
      stage.forEach(zero, columns, stage.constant(lanes), [&](Value lane) {
        CpuPoint at(stage, lanes);
        bool isScalar = lanes == 1;
        if (!isScalar && !(known && *known % lanes == 0))
          at.limitSome(stage.sub(columns, lane));
        Value from = stage.add(stage.mul(row, width), lane), column = stage.add(place.column, lane);
        PointValue value = at.load(memory, c.accumulator, isScalar ? at.uniform(from) : at.contiguous(from));
        storeResults(at, p,
                     {uniform(at, place.batch),
                      uniform(at, coordinates),
                      {},
                      isScalar ? at.uniform(column) : at.contiguous(column)},
                     value);
      });
    });
  }

  OpBuilder &b;
  rt::KernelOp kernel;
  rt::BodyOp body;
  const Contraction &c;
  ContractionSchedule s;
  SharedScratch shared;
  OwnScratch own;
  Type element;
};
} // namespace

static LogicalResult emit(OpBuilder &b, rt::KernelOp kernel) {
  rt::BodyOp body = kernel.getKernelBody();
  Contraction c = contractionOf(body, orderedOp(body));
  if (c.order == Order::lanes) {
    emitLanes(b, kernel, c);
    return success();
  }
  ContractionEmitter emitter(b, kernel, c);
  if (kernel.getStages().size() > 1)
    emitter.packStage();
  emitter.computeStage();
  return success();
}

const EmitterRow contractionEmitter = {"contraction", ContractionTerms::isContraction, describe, emit};

} // namespace dlc::cpu
