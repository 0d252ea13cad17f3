// Contractions in `lanes` order (numerics N5): dot products and W·x. 32 neighbouring terms are lanes, each an fma
// chain; after 1,024 terms a tree over the lanes; blocks are added left to right. Four rows share each load of b.
// Elements are read where they are used, with their producers, since each element of a is used once.
#include "lib/Target/Cpu/ContractionSchedule.h"
#include "lib/Target/Cpu/LaneTree.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace dlc::cpu {

DictionaryAttr describeLanes(rt::KernelOp kernel, const Contraction &c, const Machine &machine) {
  const Problem &p = c.problems.front();
  int64_t terms = p.size(Loop::term).constant().value_or(blockLength), width = 1;
  while (width < terms && width < 32)
    width *= 2;
  int64_t rows = std::min<int64_t>(4, p.size(Loop::row).constant().value_or(4));
  Stage compute;
  compute.name = "compute";
  compute.tasks =
      p.size(Loop::batch) * p.size(Loop::column) * DimExpr::ceilDiv(p.size(Loop::row), std::max<int64_t>(1, rows));
  compute.cost =
      DimExpr(1) + DimExpr::floorDiv(p.size(Loop::term) * DimExpr(rows), 2 * machine.lanes(byteWidth(c.accumulator)));
  return makeDescriptor(kernel.getContext(), "contraction", compute,
                        {{"width", width}, {"rows", std::max<int64_t>(1, rows)}});
}

namespace {
class LanesEmitter {
public:
  LanesEmitter(OpBuilder &b, rt::KernelOp kernel, const Contraction &c)
      : b(b), stage(b, kernel, kernel.getKernelBody(), "compute"), c(c), p(c.problems.front()),
        width(parameter(kernel, "width")), rows(parameter(kernel, "rows")) {}

  void run() {
    stage.forEach(stage.begin, stage.end, stage.constant(1), [&](Value task) { tileTask(task); });
    stage.finish();
  }

private:
  void tileTask(Value task) {
    Value size = stage.extent(p.size(Loop::row)), columns = stage.extent(p.size(Loop::column));
    Value tiles = stage.ceilDiv(size, stage.constant(rows)), rest = stage.floorDiv(task, tiles);
    Value first = stage.mul(stage.mod(task, tiles), stage.constant(rows));
    Value column = stage.mod(rest, columns);
    SmallVector<Value> batch = stage.coordinates(stage.floorDiv(rest, columns), p[Loop::batch]);
    SmallVector<SmallVector<Value>> rowAt; // rows beyond the end repeat the last
    for (int64_t row = 0; row < rows; ++row) {
      Value at = stage.add(first, stage.constant(row));
      Value last = stage.sub(size, stage.constant(1));
      rowAt.push_back(stage.coordinates(row == 0 ? at : stage.min(at, last), p[Loop::row]));
    }
    Blocks blocks(p[Loop::term]);
    CpuPoint scalar(stage, 1);
    SmallVector<Value> totals(size_t(rows), zero(1).value);
    totals =
        stage.carry(stage.constant(0), blocks.number(stage), stage.constant(1), totals,
                    [&](Value block, ValueRange carried) { return addBlock(block, batch, column, rowAt, carried); });
    for (int64_t row = 0; row < rows; ++row) {
      auto store = [&] {
        CpuPoint at(stage, 1);
        LoopCoordinates place{uniform(at, batch), uniform(at, rowAt[row]), {}, at.uniform(column)};
        at.bind(c.result(), {at.scalars.cast({totals[row], c.accumulator}, c.type), true});
        SmallVector<LaneIndex> index = evaluateIndices(at, p.result, place);
        for (auto [i, result] : llvm::enumerate(stage.body.getYield().getResults()))
          at.storeResult(i, index, at.read(result, index));
      };
      if (row == 0)
        store();
      else
        stage.ifThen(stage.isLess(stage.add(first, stage.constant(row)), size), store);
    }
  }

  IRValue zero(int64_t lanes, double value = 0) {
    PointBuilder &at = constants();
    Type element = scalar::elementType(b.getContext(), c.accumulator);
    Type type = lanes == 1 ? element : Type(VectorType::get({lanes}, element));
    IRValue like = {arith::ConstantOp::create(b, stage.location, cast<TypedAttr>(b.getZeroAttr(type))), c.accumulator};
    return std::signbit(value) ? at.scalars.constant(like, value) : like;
  }
  PointBuilder &constants() {
    if (!point)
      point = std::make_unique<CpuPoint>(stage, 1);
    return *point;
  }

  /// The sums of one block of every row, each added to what the blocks before came to.
  SmallVector<Value> addBlock(Value block, ArrayRef<Value> batch, Value column, ArrayRef<SmallVector<Value>> rowAt,
                              ValueRange totals) {
    auto [low, high] = Blocks(p[Loop::term]).bounds(stage, block);
    Value count = stage.sub(high, low), step = stage.constant(width);
    Value full = stage.sub(high, stage.mod(count, step));
    CpuPoint wide(stage, width);
    // Lanes that have a term start from +0, as does the first, for the sum of none; the others hold -0, which changes
    // no sum.
    Value start = zero(width).value;
    if (width > 1) {
      Value present = stage.max(count, stage.constant(1));
      Value has = vector::CreateMaskOp::create(b, stage.location, VectorType::get({width}, b.getI1Type()), present);
      start = arith::SelectOp::create(b, stage.location, has, start, zero(width, -0.0).value);
    }
    SmallVector<Value> sums(rowAt.size(), start);
    auto products = [&](CpuPoint &at, Value term, ValueRange sums) {
      SmallVector<Value> next;
      LoopCoordinates place{uniform(at, batch), {}, coordinatesOfLanes(at, term, p[Loop::term]), at.uniform(column)};
      IRValue y = element(at, p.b, place, -0.0);
      for (auto [row, sum] : llvm::zip(rowAt, sums)) {
        place.rows = uniform(at, row);
        IRValue x = element(at, p.a, place, 0.0);
        next.push_back(at.scalars.fma(x, y, {sum, c.accumulator}).value);
      }
      return next;
    };
    sums = stage.carry(low, full, step, sums, [&](Value term, ValueRange carried) {
      CpuPoint at(stage, width);
      return products(at, term, carried);
    });
    auto known = p.size(Loop::term).constant();
    if (width > 1 && !(known && *known % width == 0)) {
      CpuPoint at(stage, width);
      at.limit(stage.sub(high, full));
      sums = products(at, full, sums);
    }
    SmallVector<Value> results;
    Value isFirst = b.createOrFold<arith::CmpIOp>(stage.location, arith::CmpIPredicate::eq, block, stage.constant(0));
    for (auto [sum, total] : llvm::zip(sums, totals)) {
      IRValue whole = combineLanes(wide, {sum, c.accumulator},
                                   [&](const IRValue &x, const IRValue &y) { return wide.scalars.add(x, y); });
      Value added = wide.scalars.add({total, c.accumulator}, whole).value;
      results.push_back(arith::SelectOp::create(b, stage.location, isFirst, whole.value, added));
    }
    return results;
  }

  /// Terms of an operand; lanes outside of the guard hold `missing`.
  IRValue element(CpuPoint &at, const ContractionOperand &operand, const LoopCoordinates &place, double missing) {
    PointValue value = at.read(operand.tensor, evaluateIndices(at, operand.index, place));
    value.value = at.scalars.cast(value.value, c.accumulator);
    if (width == 1)
      return value.value;
    if (at.guard.lanes)
      value = at.select({{at.guard.lanes, DType::Bool}, false}, value, {zero(width, missing), false});
    return {at.spread(value), c.accumulator};
  }

  OpBuilder &b;
  StageBuilder stage;
  const Contraction &c;
  const Problem &p;
  int64_t width, rows;
  std::unique_ptr<CpuPoint> point;
};
} // namespace

void emitLanes(OpBuilder &b, rt::KernelOp kernel, const Contraction &c) { LanesEmitter(b, kernel, c).run(); }

} // namespace dlc::cpu
