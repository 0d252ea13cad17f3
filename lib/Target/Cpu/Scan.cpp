// Kernels around cumulative. Lanes run along the last dim where another one is scanned; a scan along the last dim is a
// chain of scalars.
//
// When more than one block of 1,024 is possible there are three stages (numerics N7): `totals` writes the total of each
// block to the shared scratch [block][row], `prefix` turns totals into those of all blocks before, one after the other,
// and `scan` walks each block again and combines what comes before with its own running value. So one long row runs on
// all threads.
#include "lib/Target/Cpu/Combine.h"
#include "lib/Target/Cpu/Emitter.h"
#include "lib/Target/Cpu/OrderedBox.h"

using namespace mlir;

namespace dlc::cpu {

namespace {
/// A scan as describe and emit both see it.
struct Scan {
  explicit Scan(rt::BodyOp body)
      : body(body), op(cast<CumulativeOp>(orderedOp(body))), dim(op.getDim()), rows(dimsOf(op.getX())),
        type(dtypeOf(op.getX().getType())), accumulator(accumulatorOf(type)), blocks(ArrayRef(rows[dim])),
        isLast(dim + 1 == int64_t(rows.size())) {
    rows.erase(rows.begin() + dim);
  }

  rt::BodyOp body;
  CumulativeOp op;
  int64_t dim;
  Dims rows; // all dims but the scanned one
  DType type, accumulator;
  Blocks blocks;
  bool isLast;
};
} // namespace

static DictionaryAttr describe(rt::KernelOp kernel, const Machine &machine) {
  Scan s(kernel.getKernelBody());
  int64_t lanes = machine.lanes(std::max<int64_t>(widestElement(s.body), byteWidth(s.accumulator)));
  int64_t work = operationsPerElement(s.body);
  int64_t width = s.isLast ? 1 : powerOfTwo(s.rows.back(), lanes * (work <= 3 && !kernel.getBaseline() ? 4 : 1));
  int64_t length = std::min<int64_t>(s.blocks.count.constant().value_or(blockLength), blockLength);
  DimExpr rows = columnTasks(s.rows, width);
  Stage totals, prefix, scan;
  scan.name = "scan";
  scan.tasks = rows * s.blocks.capacity;
  scan.cost = DimExpr(1 + length * std::max<int64_t>(1, width / lanes) * (1 + work / 2));
  if (!s.blocks.areSeveral)
    return makeDescriptor(kernel.getContext(), "scan", scan, {{"width", width}});
  totals = prefix = scan;
  totals.name = "totals";
  prefix.name = "prefix";
  prefix.tasks = rows;
  prefix.cost = s.blocks.capacity;
  scan.shared = totals.shared = prefix.shared = s.blocks.capacity * sizeOf(s.rows) * DimExpr(byteWidth(s.accumulator));
  return makeDescriptor(kernel.getContext(), "scan", {totals, prefix, scan}, {{"width", width}});
}

namespace {
class ScanEmitter {
public:
  ScanEmitter(OpBuilder &b, rt::KernelOp kernel, Scan &s)
      : b(b), kernel(kernel), s(s), width(parameter(kernel, "width")) {}

  void totalsStage() {
    inBlocks("totals", [&](StageBuilder &stage, Value block, CpuPoint &at, ArrayRef<LaneIndex> row) {
      IRValue total = walk(stage, block, at, row, [](CpuPoint &, ArrayRef<LaneIndex>, IRValue) {});
      at.store(partials(stage), partialIndex(stage, at, block, row), {total, at.width == 1});
    });
  }

  void prefixStage() {
    StageBuilder stage(b, kernel, s.body, "prefix");
    Value zero = stage.constant(0), one = stage.constant(1);
    stage.forEach(stage.begin, stage.end, one, [&](Value task) {
      forColumns(stage, s.rows, task, width, [&](CpuPoint &at, ArrayRef<LaneIndex> row) {
        Value start = neutral(at, s.op.getKind(), s.accumulator, at.width).value;
        stage.carry(zero, s.blocks.number(stage), one, start, [&](Value block, ValueRange sums) -> SmallVector<Value> {
          CpuPoint inner(stage, at.width);
          inner.guardAs(at);
          IRValue before = {sums[0], s.accumulator}, total = loadPartial(stage, inner, block, row);
          inner.store(partials(stage), partialIndex(stage, inner, block, row), {before, at.width == 1});
          return {combine(inner, s.op.getKind(), before, total).value};
        });
      });
    });
    stage.finish();
  }

  void scanStage() {
    inBlocks("scan", [&](StageBuilder &stage, Value block, CpuPoint &at, ArrayRef<LaneIndex> row) {
      std::optional<IRValue> before;
      if (s.blocks.areSeveral)
        before = loadPartial(stage, at, block, row);
      walk(stage, block, at, row, [&](CpuPoint &inner, ArrayRef<LaneIndex> index, IRValue sum) {
        IRValue value = before ? combine(inner, s.op.getKind(), *before, sum) : sum;
        inner.bind(s.op.getR(), {inner.scalars.cast(value, s.type), inner.width == 1});
        for (auto [i, result] : llvm::enumerate(s.body.getYield().getResults()))
          inner.storeResult(i, index, inner.read(result, index));
      });
    });
  }

private:
  Value partials(StageBuilder &stage) {
    return stage.shared(scalar::memoryType(b.getContext(), s.accumulator), stage.constant(0));
  }
  LaneIndex partialIndex(StageBuilder &stage, CpuPoint &at, Value block, ArrayRef<LaneIndex> row) {
    return at.add(at.uniform(stage.mul(block, stage.extent(sizeOf(s.rows)))), at.linearize(row, s.rows));
  }
  IRValue loadPartial(StageBuilder &stage, CpuPoint &at, Value block, ArrayRef<LaneIndex> row) {
    return at.load(partials(stage), s.accumulator, partialIndex(stage, at, block, row)).value;
  }

  /// A stage whose tasks are pairs of a block and a row of lanes.
  void inBlocks(StringRef name, llvm::function_ref<void(StageBuilder &, Value, CpuPoint &, ArrayRef<LaneIndex>)> body) {
    StageBuilder stage(b, kernel, s.body, name);
    Value perBlock = stage.extent(columnTasks(s.rows, width));
    stage.forEach(stage.begin, stage.end, stage.constant(1), [&](Value task) {
      s.blocks.forTask(stage, task, perBlock, [&](Value block, Value within) {
        forColumns(stage, s.rows, within, width,
                   [&](CpuPoint &at, ArrayRef<LaneIndex> row) { body(stage, block, at, row); });
      });
    });
    stage.finish();
  }

  /// Walks a block; `visit` gets the running value of each element and its index. Returns the last running value.
  IRValue walk(StageBuilder &stage, Value block, CpuPoint &at, ArrayRef<LaneIndex> row,
               llvm::function_ref<void(CpuPoint &, ArrayRef<LaneIndex>, IRValue)> visit) {
    auto [low, high] = s.blocks.bounds(stage, block);
    Value start = neutral(at, s.op.getKind(), s.accumulator, at.width).value;
    auto sums = stage.carry(low, high, stage.constant(1), start, [&](Value i, ValueRange sums) -> SmallVector<Value> {
      CpuPoint inner(stage, at.width);
      inner.guardAs(at);
      SmallVector<LaneIndex> index(row);
      index.insert(index.begin() + s.dim, inner.uniform(i));
      PointValue x = inner.read(s.op.getX(), index);
      IRValue next = inner.scalars.cast(at.width == 1 ? x.value : IRValue{inner.spread(x), s.type}, s.accumulator);
      IRValue sum = combine(inner, s.op.getKind(), {sums[0], s.accumulator}, next);
      visit(inner, index, sum);
      return {sum.value};
    });
    return {sums[0], s.accumulator};
  }

  OpBuilder &b;
  rt::KernelOp kernel;
  Scan &s;
  int64_t width;
};
} // namespace

static LogicalResult emit(OpBuilder &b, rt::KernelOp kernel) {
  Scan s(kernel.getKernelBody());
  ScanEmitter emitter(b, kernel, s);
  if (s.blocks.areSeveral) {
    emitter.totalsStage();
    emitter.prefixStage();
  }
  emitter.scanStage();
  return success();
}

const EmitterRow scanEmitter = {"scan", [](Operation *root) { return isa_and_nonnull<CumulativeOp>(root); }, describe,
                                emit};

} // namespace dlc::cpu
