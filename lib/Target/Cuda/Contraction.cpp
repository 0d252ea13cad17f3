// Kernels around dot_general and the convolutions in the order `chain`.
#include "lib/Target/Cuda/Contraction.h"

#include "lib/Target/Cuda/Emitter.h"
#include "lib/Target/Cuda/OrderedSum.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace dlc::cuda {

static DType accumulatorOf(const ContractionTerms &terms) {
  return accumulatorOf(dtypeOf(terms.op->getOperand(0).getType()));
}

static DictionaryAttr describe(rt::KernelOp kernel) {
  ContractionTerms terms(orderedOp(kernel.getKernelBody()));
  Tile tile = chooseTile(terms, accumulatorOf(terms));
  Grid grid;
  grid.threads = tile.threads();
  grid.sharedBytes = onChipBytes(tile, accumulatorOf(terms));
  grid.tasks = terms.batch() * DimExpr::ceilDiv(terms.m(), tile.m) * DimExpr::ceilDiv(terms.n(), tile.n);
  return makeDescriptor(kernel, "contraction", grid,
                        {{"tile_m", tile.m},
                         {"tile_n", tile.n},
                         {"tile_k", tile.k},
                         {"thread_m", tile.threadM},
                         {"thread_n", tile.threadN}});
}

namespace {

/// One of the two factors: how its slice of a tile gets on chip.
struct Side {
  bool isLeft;
  int64_t rows;        ///< of the tile: m or n
  int64_t width;       ///< elements of one access
  bool isAlongK;       ///< whether neighbouring threads and lanes run along k
  DimExpr extent;      ///< m or n of the result
  Value first;         ///< of the tile's rows
  Memory memory;       ///< [2][tile.k][rows + padding]
  int64_t rowElements; ///< rows + padding
  int64_t packs(const Tile &tile) const { return rows * tile.k / width; }
};

class TileBuilder {
public:
  TileBuilder(GridBuilder &grid, const Tile &tile)
      : grid(grid), terms(orderedOp(grid.body)), tile(tile), type(accumulatorOf(terms)), threads(tile.threads()),
        groupM(std::min<int64_t>(4, tile.threadM)), groupN(std::min<int64_t>(4, tile.threadN)) {}

  void build() {
    Value columns = grid.extent(DimExpr::ceilDiv(terms.n(), tile.n));
    Value rows = grid.extent(DimExpr::ceilDiv(terms.m(), tile.m));
    Value n = grid.mul(grid.mod(grid.block, columns), grid.constant(tile.n)), rest = grid.floorDiv(grid.block, columns);
    bool isOneBatch = terms.batch() == DimExpr(1);
    batch = isOneBatch ? grid.constant(0) : grid.floorDiv(rest, rows);
    Value m = grid.mul(isOneBatch ? rest : grid.mod(rest, rows), grid.constant(tile.m));
    left = makeSide(true, tile.m, terms.m(), m, terms.leftContiguity());
    right = makeSide(false, tile.n, terms.n(), n, terms.rightContiguity());
    Value threadColumns = grid.constant(tile.n / tile.threadN);
    threadRow = grid.mul(grid.floorDiv(grid.thread, threadColumns), grid.constant(groupM));
    threadColumn = grid.mul(grid.mod(grid.thread, threadColumns), grid.constant(groupN));
    CudaPoint at(grid, 1);
    count = terms.terms(at, batch);

    store(left, fetch(left, grid.constant(0)), grid.constant(0));
    store(right, fetch(right, grid.constant(0)), grid.constant(0));
    grid.barrier();
    storeResult(sums());
  }

private:
  Side makeSide(bool isLeft, int64_t rows, const DimExpr &extent, Value first,
                ContractionTerms::Contiguity contiguity) {
    DType element = dtypeOf(terms.op->getOperand(isLeft ? 0 : 1).getType());
    Side side{isLeft, rows, 1, contiguity.along == ContractionTerms::Along::inner, extent, first, {}, 0};
    int64_t width = accessBytes / byteWidth(element), along = side.isAlongK ? tile.k : rows;
    if (contiguity.along != ContractionTerms::Along::none)
      while (width > 1 && (!contiguity.run.exactDiv(width) || along % width != 0))
        width /= 2;
    else
      width = 1;
    side.width = width;
    side.rowElements = rows + rowPadding(type);
    side.memory = grid.onChip(scalar::elementType(grid.b.getContext(), type), 2 * tile.k * side.rowElements);
    return side;
  }

  /// Row and term of a pack within the tile.
  std::pair<Value, Value> place(const Side &side, int64_t round) {
    Value pack = grid.add(grid.thread, grid.constant(round * threads)), width = grid.constant(side.width);
    Value line = grid.constant((side.isAlongK ? tile.k : side.rows) / side.width);
    Value fast = grid.mul(grid.mod(pack, line), width), slow = grid.floorDiv(pack, line);
    grid.setDivisor(fast, side.width);
    return side.isAlongK ? std::pair(slow, fast) : std::pair(fast, slow);
  }

  int64_t rounds(const Side &side) const { return (side.packs(tile) + threads - 1) / threads; }
  bool isPartial(const Side &side, int64_t round) const { return (round + 1) * threads > side.packs(tile); }
  Value isWithin(const Side &side, int64_t round) {
    Value pack = grid.add(grid.thread, grid.constant(round * threads));
    return grid.less(pack, grid.constant(side.packs(tile)));
  }
  bool isWholeSlices() const {
    auto known = terms.k().constant();
    return known && !terms.isRagged() && *known > 0 && *known % tile.k == 0;
  }

  /// This thread's packs of slice number `slice`, in registers. Terms past the end are (+0, -0): their product is
  /// neutral (numerics N5).
  SmallVector<Value> fetch(const Side &side, Value slice) {
    SmallVector<Value> packs;
    if (isWholeSlices()) // past the end: once more the last slice, which nobody reads
      slice = grid.min(slice, grid.constant(*terms.k().constant() / tile.k - 1));
    Value start = grid.mul(slice, grid.constant(tile.k));
    for (int64_t round = 0; round < rounds(side); ++round) {
      auto [row, term] = place(side, round);
      Value outer = grid.add(side.first, row), k = grid.add(start, term);
      CudaPoint at(grid, side.width);
      Value isTerm = isWholeSlices() ? Value() : grid.less(k, count);
      if (!side.extent.exactDiv(side.rows))
        at.require(grid.less(outer, grid.extent(side.extent)));
      if (isTerm)
        at.require(isTerm);
      if (isPartial(side, round))
        at.require(isWithin(side, round));
      LaneIndex outerIndex = side.isAlongK ? at.uniform(outer) : at.contiguous(outer);
      LaneIndex termIndex = side.isAlongK ? at.contiguous(k) : at.uniform(k);
      PointValue value =
          side.isLeft ? terms.left(at, batch, outerIndex, termIndex) : terms.right(at, batch, outerIndex, termIndex);
      IRValue wide = at.scalars.cast(value.value, type);
      if (isTerm) {
        IRValue fill = at.scalars.constant(wide, isFloat(type) && !side.isLeft ? -0.0 : 0.0);
        wide.value = grid.choose(isTerm, wide.value, fill.value);
      }
      packs.push_back(side.width == 1 ? wide.value : at.spread(PointValue{wide, value.isUniform}));
    }
    return packs;
  }

  /// Position of a row and term in half `half` of a side's memory.
  Value position(const Side &side, Value half, Value term, Value row) {
    Value line = grid.add(grid.mul(half, grid.constant(tile.k)), term);
    return grid.add(grid.mul(line, grid.constant(side.rowElements)), row);
  }

  void store(const Side &side, ArrayRef<Value> packs, Value half) {
    for (auto [round, pack] : llvm::enumerate(packs)) {
      auto [row, term] = place(side, int64_t(round));
      auto write = [&, row = row, term = term, pack = pack] {
        if (!side.isAlongK && side.width > 1) {
          grid.storeVector(side.memory, position(side, half, term, row), pack);
          return;
        }
        for (int64_t lane = 0; lane < side.width; ++lane) {
          Value element = side.width == 1 ? pack : Value(vector::ExtractOp::create(grid.b, grid.location, pack, lane));
          grid.store(side.memory, position(side, half, grid.add(term, grid.constant(lane)), row), element);
        }
      };
      if (isPartial(side, int64_t(round)))
        grid.ifThen(isWithin(side, int64_t(round)), write);
      else
        write();
    }
  }

  /// A thread's rows (or columns) of one term: groups of neighbours, the groups spread over the tile.
  SmallVector<Value> fragment(const Side &side, Value half, int64_t term, Value first, int64_t count, int64_t group) {
    SmallVector<Value> elements;
    for (int64_t start = 0; start < count; start += group) {
      Value row = grid.add(first, grid.constant(start / group * (side.rows / (count / group))));
      Value at = position(side, half, grid.constant(term), row);
      if (group == 1) {
        elements.push_back(grid.load(side.memory, at));
        continue;
      }
      Value pack = grid.loadVector(side.memory, at, group);
      for (int64_t lane = 0; lane < group; ++lane)
        elements.push_back(vector::ExtractOp::create(grid.b, grid.location, pack, lane));
    }
    return elements;
  }

  /// Adds the terms of a slice to the accumulators.
  SmallVector<Value> multiply(Value half, SmallVector<Value> sums) {
    scalar::IRScalarBuilder scalars(grid.b, grid.location);
    for (int64_t term = 0; term < tile.k; ++term) {
      auto xs = fragment(left, half, term, threadRow, tile.threadM, groupM);
      auto ys = fragment(right, half, term, threadColumn, tile.threadN, groupN);
      for (int64_t i = 0; i < tile.threadM; ++i)
        for (int64_t j = 0; j < tile.threadN; ++j) {
          Value &sum = sums[i * tile.threadN + j];
          sum = scalars.fma({xs[i], type}, {ys[j], type}, {sum, type}).value;
        }
    }
    return sums;
  }

  /// The chains of the slices [first, last): while one is multiplied, the next comes in.
  SmallVector<Value> chain(Value first, Value last) {
    CudaPoint at(grid, 1);
    SmallVector<Value> zeros(tile.threadM * tile.threadN, constantOf(at, type, 0.0).value);
    Value one = grid.constant(1), two = grid.constant(2);
    return grid.carry(first, last, one, zeros, [&](Value slice, ValueRange sums) {
      Value next = grid.add(slice, one), half = grid.mod(slice, two);
      auto lefts = fetch(left, next), rights = fetch(right, next);
      auto result = multiply(half, SmallVector<Value>(sums));
      store(left, lefts, grid.mod(next, two));
      store(right, rights, grid.mod(next, two));
      grid.barrier();
      return result;
    });
  }

  SmallVector<Value> sums() {
    Value slices = grid.ceilDiv(count, grid.constant(tile.k)), zero = grid.constant(0), one = grid.constant(1);
    if (auto known = terms.k().constant(); known && *known <= blockTerms)
      return chain(zero, slices);
    scalar::IRScalarBuilder scalars(grid.b, grid.location);
    CudaPoint at(grid, 1);
    SmallVector<Value> zeros(tile.threadM * tile.threadN, constantOf(at, type, 0.0).value);
    Value perBlock = grid.constant(blockTerms / tile.k), blocks = grid.ceilDiv(count, grid.constant(blockTerms));
    return grid.carry(zero, blocks, one, zeros, [&](Value block, ValueRange totals) {
      Value first = grid.mul(block, perBlock), isFirst = grid.equal(block, zero);
      auto sums = chain(first, grid.min(slices, grid.add(first, perBlock)));
      for (auto [sum, total] : llvm::zip(sums, totals))
        sum = grid.choose(isFirst, sum, scalars.add({total, type}, {sum, type}).value);
      return sums;
    });
  }

  //===--- The end of the tile ---===//

  Value spreadOver(Value first, int64_t start, int64_t group, int64_t count, int64_t rows) {
    return grid.add(first, grid.constant(start / group * (rows / (count / group)) + start % group));
  }

  void ifInside(const DimExpr &extent, int64_t tileRows, Value index, llvm::function_ref<void()> body) {
    if (extent.exactDiv(tileRows))
      body();
    else
      grid.ifThen(grid.less(index, grid.extent(extent)), body);
  }

  void storeResult(ArrayRef<Value> sums) {
    auto contiguity = terms.resultContiguity();
    bool isPacked = groupN > 1 && contiguity.along == ContractionTerms::Along::outer && contiguity.run.exactDiv(groupN);
    int64_t width = isPacked ? groupN : 1;
    for (int64_t i = 0; i < tile.threadM; ++i) {
      Value m = grid.add(left.first, spreadOver(threadRow, i, groupM, tile.threadM, tile.m));
      ifInside(terms.m(), tile.m, m, [&] {
        auto columns = [&] {
          for (int64_t j = 0; j < tile.threadN; j += width) {
            Value n = grid.add(right.first, spreadOver(threadColumn, j, groupN, tile.threadN, tile.n));
            ifInside(terms.n(), tile.n, n, [&] { storePack(m, n, sums.slice(i * tile.threadN + j, width)); });
          }
        };
        if (!terms.isRagged())
          return columns();
        CudaPoint at(grid, 1);
        grid.ifThen(terms.isInside(at, batch, at.uniform(m)).value.value, columns);
      });
    }
  }

  void storePack(Value m, Value n, ArrayRef<Value> sums) {
    int64_t width = int64_t(sums.size());
    CudaPoint at(grid, width);
    Value result = terms.op->getResult(0);
    Value value = sums[0];
    if (width > 1)
      value = vector::FromElementsOp::create(grid.b, grid.location, VectorType::get({width}, value.getType()), sums);
    at.bind(result, {at.scalars.cast({value, type}, dtypeOf(result.getType())), width == 1});
    at.storeResults(terms.resultIndex(at, batch, at.uniform(m), at.contiguous(n)));
  }

  GridBuilder &grid;
  ContractionTerms terms;
  Tile tile;
  DType type;
  int64_t threads, groupM, groupN;
  Side left, right;
  Value batch, count, threadRow, threadColumn;
};

} // namespace

static void emit(OpBuilder &b, rt::KernelOp kernel) {
  GridBuilder grid(b, kernel, kernel.getKernelBody());
  Tile tile = {parameter(kernel, "tile_m"), parameter(kernel, "tile_n"), parameter(kernel, "tile_k"),
               parameter(kernel, "thread_m"), parameter(kernel, "thread_n")};
  TileBuilder(grid, tile).build();
  grid.finish();
}

static bool matches(Operation *root) {
  return ContractionTerms::isContraction(root) && ContractionTerms(root).order() == Order::chain;
}

const EmitterRow contractionEmitter = {"contraction", matches, describe, emit};

} // namespace dlc::cuda
