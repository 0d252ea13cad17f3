// The fma chains of a tile. Rows are separate vectors carried by the loop over terms, unrolled unless there is
// little work; each term loads the lanes of b once, broadcasts one element of a for each row, and does one fma a row.
// Every four terms what comes next is prefetched, if the tile says so. Nothing is stored here. Measured: 95 to 99 % of
// the peak of a core, when rows and lanes fill its registers (the schedule's business).
#include "lib/Target/Cpu/Contraction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace dlc::cpu {

namespace {
class ChainBuilder {
public:
  ChainBuilder(StageBuilder &stage, ArrayRef<TermLoop> terms, const Tile &tile)
      : stage(stage), b(stage.b), location(stage.location), terms(terms), tile(tile), scalars(b, location) {
    type = VectorType::get({tile.width}, scalar::memoryType(b.getContext(), tile.accumulator));
    auto lanes = VectorType::get({tile.width}, b.getI1Type());
    if (tile.columnsLeft)
      mask = vector::CreateMaskOp::create(b, location, lanes, tile.columnsLeft);
    if (tile.columnStep == 1)
      return;
    SmallVector<int32_t> steps;
    for (int64_t column = 0; column < tile.width; ++column)
      steps.push_back(int32_t(column * tile.columnStep));
    columns = arith::ConstantOp::create(b, location, b.getI32VectorAttr(steps));
    if (!mask)
      mask = arith::ConstantOp::create(b, location, DenseElementsAttr::get(lanes, true));
  }

  SmallVector<Value> build(Value low, Value high, bool isWhole) {
    Value zero = arith::ConstantOp::create(b, location, b.getZeroAttr(type));
    SmallVector<Value> sums(tile.aRows.size(), zero);
    if (isWhole && isShort())
      return straight(sums);
    if (terms.size() <= 1)
      return run(low, high, none(), none(), sums);
    SmallVector<DimExpr> outer;
    for (const TermLoop &loop : terms.drop_back())
      outer.push_back(loop.extent);
    Value inner = stage.extent(terms.back().extent), one = stage.constant(1);
    Value safe = terms.back().extent.isConstant() ? inner : stage.max(inner, one);
    Value outerLow = isWhole ? none() : stage.floorDiv(low, safe);
    Value outerHigh = isWhole ? stage.extent(sizeOf(outer)) : stage.ceilDiv(high, safe);
    return stage.carry(outerLow, outerHigh, one, sums, [&](Value o, ValueRange carried) {
      Value aOffset = none(), bOffset = none();
      for (auto [loop, coordinate] : llvm::zip(terms, stage.coordinates(o, outer))) {
        aOffset = stage.add(aOffset, stage.mul(coordinate, stage.extent(loop.a)));
        bOffset = stage.add(bOffset, stage.mul(coordinate, stage.extent(loop.b)));
      }
      Value from = none(), to = inner;
      if (!isWhole) {
        Value start = stage.mul(o, inner);
        from = stage.max(stage.sub(low, start), none());
        to = stage.min(stage.sub(high, start), inner);
      }
      return run(from, to, aOffset, bOffset, SmallVector<Value>(carried));
    });
  }

private:
  Value none() { return stage.constant(0); }

  /// So few terms that no loop is worth its branches.
  bool isShort() {
    int64_t count = 1;
    for (const TermLoop &loop : terms)
      count *= loop.extent.constant().value_or(1 << 10);
    return count <= 4 * tile.unroll;
  }

  SmallVector<Value> straight(SmallVector<Value> sums) {
    std::vector<int64_t> extents;
    for (const TermLoop &loop : terms)
      extents.push_back(*loop.extent.constant());
    forEachIndex(extents, [&](const std::vector<int64_t> &index) {
      DimExpr aOffset(0), bOffset(0);
      for (auto [loop, coordinate] : llvm::zip(terms, index)) {
        aOffset = aOffset + loop.a * DimExpr(coordinate);
        bOffset = bOffset + loop.b * DimExpr(coordinate);
      }
      sums = step(stage.extent(aOffset), stage.extent(bOffset), sums);
    });
    return sums;
  }

  /// The terms [from, to) of the innermost loop: as many at a time as the schedule says, then one by one.
  SmallVector<Value> run(Value from, Value to, Value aOffset, Value bOffset, SmallVector<Value> sums) {
    Value aStride = stage.extent(terms.empty() ? DimExpr(0) : terms.back().a);
    Value bStride = stage.extent(terms.empty() ? DimExpr(0) : terms.back().b);
    Value one = stage.constant(1), many = stage.constant(tile.unroll);
    auto term = [&](Value k, ArrayRef<Value> carried) {
      return step(stage.add(aOffset, stage.mul(k, aStride)), stage.add(bOffset, stage.mul(k, bStride)), carried);
    };
    Value middle = tile.unroll == 1 ? to : stage.sub(to, stage.mod(stage.sub(to, from), many));
    sums = stage.carry(from, middle, many, sums, [&](Value k, ValueRange carried) {
      SmallVector<Value> next(carried);
      if (tile.prefetch && terms.size() <= 1)
        prefetch(stage.add(tile.aRows.front(), stage.mul(k, aStride)), stage.sub(k, from));
      for (int64_t i = 0; i < tile.unroll; ++i)
        next = term(stage.add(k, stage.constant(i)), next);
      return next;
    });
    if (middle == to)
      return sums;
    auto knownMiddle = getConstantIntValue(middle), knownTo = getConstantIntValue(to);
    if (knownMiddle && knownTo) { // the last are known: no loop
      for (int64_t k = *knownMiddle; k < *knownTo; ++k)
        sums = term(stage.constant(k), sums);
      return sums;
    }
    return stage.carry(middle, to, one, sums,
                       [&](Value k, ValueRange carried) { return term(k, SmallVector<Value>(carried)); });
  }

  void prefetch(Value aAt, Value done) {
    const Prefetch &p = *tile.prefetch;
    auto bring = [&](Value memory, Value at) {
      memref::PrefetchOp::create(b, location, memory, at, /*isWrite=*/false, /*localityHint=*/3, /*isDataCache=*/true);
    };
    int64_t line = 64 / std::max<int64_t>(1, type.getElementTypeBitWidth() / 8);
    for (int64_t at = 0; at < p.positions; at += line)
      bring(tile.a, stage.add(aAt, stage.constant(p.ahead + at)));
    Value step = stage.floorDiv(stage.mul(done, stage.constant(p.stepTimes)), stage.constant(p.stepOver));
    bring(tile.b, stage.add(p.start, step));
  }

  /// One term: aOffset and bOffset count elements from the tile's starts.
  SmallVector<Value> step(Value aOffset, Value bOffset, ArrayRef<Value> sums) {
    Value at = stage.add(tile.bStart, bOffset), lanes;
    auto stored = VectorType::get({tile.width}, cast<MemRefType>(tile.b.getType()).getElementType());
    if (mask) {
      Value zero = arith::ConstantOp::create(b, location, b.getZeroAttr(stored));
      if (columns)
        lanes = vector::GatherOp::create(b, location, stored, tile.b, ValueRange{at}, columns, mask, zero);
      else
        lanes = vector::MaskedLoadOp::create(b, location, stored, tile.b, at, mask, zero);
    } else {
      lanes = vector::LoadOp::create(b, location, stored, tile.b, at);
    }
    lanes = widened(lanes, tile.bType);
    SmallVector<Value> next;
    for (auto [row, sum] : llvm::zip(tile.aRows, sums)) {
      Value scalar = widened(memref::LoadOp::create(b, location, tile.a, stage.add(row, aOffset)), tile.aType);
      Value all = vector::BroadcastOp::create(b, location, type, scalar);
      if (isa<FloatType>(type.getElementType()))
        next.push_back(math::FmaOp::create(b, location, all, lanes, sum));
      else
        next.push_back(arith::AddIOp::create(b, location, arith::MulIOp::create(b, location, all, lanes), sum));
    }
    return next;
  }

  /// What was loaded, in the type of the sums.
  Value widened(Value loaded, DType type) {
    if (type == tile.accumulator)
      return loaded;
    return scalars.cast(scalars.fromMemory(loaded, type), tile.accumulator).value;
  }

  StageBuilder &stage;
  OpBuilder &b;
  Location location;
  ArrayRef<TermLoop> terms;
  const Tile &tile;
  scalar::IRScalarBuilder scalars;
  VectorType type;
  Value mask, columns; // which columns are loaded, and where they lie unless side by side
};
} // namespace

SmallVector<Value> buildChains(StageBuilder &stage, ArrayRef<TermLoop> terms, const Tile &tile, Value low, Value high,
                               bool isWhole) {
  return ChainBuilder(stage, terms, tile).build(low, high, isWhole);
}

} // namespace dlc::cpu
