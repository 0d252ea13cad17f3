// Tiles by ISA, blocks by size, and when a side is copied or packed. The tiles are measured: more registers than the
// machine has cost half the speed and more, fewer leave the fma units idle.
#include "lib/Target/Cpu/ContractionSchedule.h"

using namespace mlir;

namespace dlc::cpu {

namespace {
/// A tile: `rows` rows of `registers` registers each, for results with up to `mostRows` rows and `mostColumns`
/// registers of columns. The first row that fits is taken.
struct TileRow {
  Isa isa;
  int64_t mostRows, mostColumns;
  int64_t rows, registers;
};
constexpr int64_t any = int64_t(1) << 40;
} // namespace

static constexpr TileRow tileTable[] = {
    {Isa::Avx2, 1, any, 1, 8},    {Isa::Avx2, 2, any, 2, 4},    {Isa::Avx2, any, 1, 10, 1},
    {Isa::Avx2, any, any, 6, 2},  {Isa::Avx512, 1, any, 1, 8},  {Isa::Avx512, 2, any, 2, 8},
    {Isa::Avx512, any, 1, 14, 1}, {Isa::Avx512, any, 2, 12, 2}, {Isa::Avx512, any, any, 6, 4},
    {Isa::Neon, 1, any, 1, 8},    {Isa::Neon, 2, any, 2, 8},    {Isa::Neon, any, 1, 14, 1},
    {Isa::Neon, any, any, 6, 4}, // by the count of registers alone: not measured
};

static int64_t roundUp(int64_t x, int64_t to) { return (x + to - 1) / to * to; }

static int64_t powerOfTwoAtLeast(int64_t x) {
  int64_t power = 1;
  while (power < x)
    power *= 2;
  return power;
}

/// The operand as it lies in memory, when the chains may load it there: in the type that they compute in or, where
/// there is next to no work, as two-byte floats.
static std::optional<MemoryView> directView(const Contraction &c, const ContractionOperand &operand, bool isTiny) {
  Value loaded = isTiny ? loadedFor(operand.tensor) : operand.tensor;
  DType type = dtypeOf(loaded.getType());
  bool isLoadable = type == c.accumulator || (isTiny && isFloat(type) && byteWidth(type) == 2);
  return isLoadable && !operand.isPadded() ? viewOf(loaded) : std::nullopt;
}

/// Whether columns of b that are no neighbours may be gathered: they are one dim of it (of several that are one
/// stretch, the last may be a dim of extent 1 with any stride), their places are known, and count in 32 bits.
static bool mayGather(const Problem &p, const DimExpr &step, int64_t width) {
  auto known = step.constant();
  if (!known || std::abs(*known) >= (int64_t(1) << 31) / width)
    return false;
  Dims dims = dimsOf(p.b.tensor);
  for (auto [dim, index] : llvm::zip(dims, p.b.index))
    for (const LinearIndex::Part &part : index.parts)
      if (part.loop == Loop::column && dim == p.size(Loop::column))
        return true;
  return false;
}

/// Whether the chains read b where it lies: its columns are neighbours, or gathered where there is next to no work; and
/// there are too few rows to pay for a copy, or it is small, or the code of a copy would take too long. Small is what
/// the second-level cache holds and the prefetchers follow: steps from row to row of at most half a page, of which each
/// brings a tile of `width` columns. Measured, by docs/perf/gemm.md.
static bool readsB(const Contraction &c, int64_t bytes, int64_t width, bool isTiny) {
  for (const Problem &p : c.problems) {
    auto view = directView(c, p.b, isTiny);
    if (!view)
      return false;
    auto columns = p.size(Loop::column).constant(), terms = p.size(Loop::term).constant();
    OperandLayout layout = layoutOf(p, p.b, view->offset, view->strides);
    const DimExpr &columnStep = layout[Loop::column][0];
    if (columnStep != DimExpr(1) && columns != 1 &&
        !(isTiny && dtypeOf(view->argument.getType()) == c.accumulator && mayGather(p, columnStep, width)))
      return false;
    int64_t rows = p.size(Loop::row).constant().value_or(any), size = columns && terms ? *columns * *terms : any;
    DimExpr step = layout[Loop::term].empty() ? DimExpr(0) : layout[Loop::term].back();
    if (!p.isBaseline && rows > 64 && (size > 4096 * width || step.constant().value_or(any) * bytes > 2048))
      return false;
  }
  return true;
}

/// Whether what follows the contraction is a few cheap operations.
static bool hasSmallEpilogue(rt::BodyOp body, const Contraction &c) {
  SmallVector<Value> pending(body.getYield().getResults());
  DenseSet<Operation *> seen;
  while (!pending.empty()) {
    Operation *op = pending.pop_back_val().getDefiningOp();
    if (!op || op == c.op || !seen.insert(op).second)
      continue;
    if (!cast<PointwiseOpInterface>(op).isCheap())
      return false;
    pending.append(op->operand_begin(), op->operand_end());
  }
  return seen.size() <= 8;
}

/// Multiply-adds of a whole contraction; `any` where a size is unknown.
static int64_t workOf(const Contraction &c) {
  int64_t work = 0;
  for (const Problem &p : c.problems) {
    int64_t product = 1;
    for (Loop loop : {Loop::batch, Loop::row, Loop::column, Loop::term}) {
      auto known = p.size(loop).constant();
      if (!known)
        return any;
      product = std::min(any, product * std::min(any >> 20, *known));
    }
    work += product;
  }
  return work;
}

/// The height of tiles, from 3 to `highest`, that leaves the fewest tails, each of which has code of its own; 1, which
/// leaves none, where a number of rows is unknown.
static int64_t lowHeight(const Contraction &c, int64_t highest) {
  if (llvm::any_of(c.problems, [](const Problem &p) { return !p.size(Loop::row).isConstant(); }))
    return 1;
  int64_t best = highest, fewest = any;
  for (int64_t height = highest; height >= std::min<int64_t>(highest, 3); --height) {
    int64_t tails =
        llvm::count_if(c.problems, [&](const Problem &p) { return *p.size(Loop::row).constant() % height != 0; });
    if (tails < fewest) {
      best = height;
      fewest = tails;
    }
  }
  return best;
}

/// The rows of tiles where there is little work: each row of a convolution finds its own place, and each of several
/// problems has tiles of its own.
static int64_t mostRows(const Contraction &c, bool isTiny) {
  if (isa<DotGeneralOp>(c.op) && !c.problems.front().isBaseline)
    return 8;
  return isTiny && c.problems.size() > 1 ? 2 : 4;
}

ContractionSchedule ContractionSchedule::choose(rt::BodyOp body, const Contraction &c, const Machine &machine) {
  const Problem &p = c.problems.front();
  int64_t bytes = std::max<int64_t>(4, byteWidth(c.accumulator));
  ContractionSchedule s;
  s.lanes = machine.lanes(bytes);
  DimExpr rows = p.size(Loop::row), columns = p.size(Loop::column), terms = p.size(Loop::term);
  int64_t rowsKnown = rows.constant().value_or(any), columnsKnown = columns.constant().value_or(any);
  for (const TileRow &row : tileTable)
    if (row.isa == machine.isa && rowsKnown <= row.mostRows && columnsKnown <= row.mostColumns * s.lanes) {
      s.rows = row.rows;
      s.width = std::min(row.registers * s.lanes, powerOfTwoAtLeast(columnsKnown));
      break;
    }
  // Few rows: tiles of about one height, or of one that leaves no tail. Many rows: a tail costs less than low tiles.
  // Little work, or code that shall soon be there: low tiles.
  int64_t highest = s.rows;
  int64_t time = p.isBaseline ? 0 : workOf(c) / (6 * s.lanes);
  bool isTiny = time <= littleTime / 10; // a gather costs ten loads, a narrow load twice a wide one
  s.unroll = time <= littleTime ? 1 : 4;
  if (time <= littleTime) {
    s.rows = lowHeight(c, std::min(highest, mostRows(c, isTiny)));
  } else if (rowsKnown <= 8 * highest) {
    int64_t tiles = std::max<int64_t>(1, (rowsKnown + highest - 1) / highest);
    s.rows = std::max<int64_t>(1, (rowsKnown + tiles - 1) / tiles);
    for (int64_t height = highest; height * 3 >= highest * 2 && height > 1; --height)
      if (rowsKnown % height == 0) {
        s.rows = height;
        break;
      }
  }
  if (p.isBaseline)
    s.width = std::min(s.width, s.lanes);
  // Blocks: a stays in the second-level cache; large products have tasks for every thread. Blocks of baseline code are
  // small, so that their costs tell what a call takes.
  s.rowBlock = roundUp(std::clamp<int64_t>(rowsKnown, 1, p.isBaseline ? 8 : 96), s.rows);
  s.columnBlock = roundUp(std::clamp<int64_t>(columnsKnown, 1, p.isBaseline ? 64 : 512), s.width);
  int64_t depth = terms.constant().value_or(blockLength);
  auto tasks = [&] {
    return (rowsKnown + s.rowBlock - 1) / s.rowBlock * ((columnsKnown + s.columnBlock - 1) / s.columnBlock) *
           p.size(Loop::batch).constant().value_or(1);
  };
  while (tasks() < 8 && s.rowBlock * s.columnBlock * depth > (int64_t(1) << 20)) {
    if (s.rowBlock >= 4 * s.rows)
      s.rowBlock = roundUp(s.rowBlock / 2, s.rows);
    else if (s.columnBlock > s.width)
      s.columnBlock = roundUp(s.columnBlock / 2, s.width);
    else
      break;
  }
  s.packsB = !readsB(c, bytes, s.width, isTiny);
  s.packsA = s.packsB && isa<DotGeneralOp>(c.op) && rowsKnown >= 4 * s.rows && columnsKnown >= 4 * s.width;
  s.copiesA = !s.packsA && !directView(c, p.a, isTiny);
  s.isEpilogueSmall = hasSmallEpilogue(body, c);
  return s;
}

SmallVector<std::pair<StringRef, int64_t>> ContractionSchedule::parameters() const {
  return {{"rows", rows},          {"width", width},
          {"row_block", rowBlock}, {"column_block", columnBlock},
          {"lanes", lanes},        {"unroll", unroll},
          {"copies_a", copiesA},   {"packs_a", packsA},
          {"packs_b", packsB},     {"epilogue_small", isEpilogueSmall}};
}

ContractionSchedule ContractionSchedule::read(rt::KernelOp kernel, const Contraction &c) {
  auto at = [&](StringRef name) { return parameter(kernel, name); };
  return {at("rows"),   at("width"),         at("row_block"),    at("column_block"), at("lanes"),
          at("unroll"), at("copies_a") != 0, at("packs_a") != 0, at("packs_b") != 0, at("epilogue_small") != 0};
}

SmallVector<int64_t> ContractionSchedule::tailHeights(const Problem &problem) const {
  DimExpr size = problem.size(Loop::row);
  if (auto known = size.constant())
    return *known % rows ? SmallVector<int64_t>{*known % rows} : SmallVector<int64_t>{};
  SmallVector<int64_t> heights;
  if (size.exactDiv(DimExpr(rows)))
    return heights;
  for (int64_t height = rows / 2; height > 0; height /= 2)
    heights.push_back(height);
  return heights;
}

DimExpr ContractionSchedule::tasks(const Problem &p) const {
  return p.size(Loop::batch) * DimExpr::ceilDiv(p.size(Loop::row), rowBlock) *
         DimExpr::ceilDiv(p.size(Loop::column), columnBlock);
}

bool hasSeveralBlocks(const Contraction &c) {
  return llvm::any_of(c.problems, [](const Problem &p) { return Blocks(p[Loop::term]).areSeveral; });
}

/// Bytes of `elements`, to the next cache line.
static DimExpr lineBytes(const DimExpr &elements, DType type) {
  return DimExpr::ceilDiv(elements * DimExpr(byteWidth(type)), 64) * DimExpr(64);
}

SharedScratch::SharedScratch(const Contraction &c, const ContractionSchedule &schedule) {
  if (schedule.copiesA)
    size = size + lineBytes(sizeOf(c.problems.front().a.paddedDims()), c.accumulator);
  auto addPanels = [&](const Problem &p, Side side, int64_t width, SmallVectorImpl<DimExpr> &offsets) {
    offsets.push_back(size);
    size = size + lineBytes(panelsOf(p, side, width) * p.size(Loop::term) * DimExpr(width), c.accumulator);
  };
  for (const Problem &p : c.problems) {
    if (schedule.packsA)
      addPanels(p, Side::a, schedule.rows, aPanels);
    if (schedule.packsB)
      addPanels(p, Side::b, schedule.width, bPanels);
  }
}

OwnScratch::OwnScratch(const Contraction &c, const ContractionSchedule &schedule) {
  int64_t bytes = byteWidth(c.accumulator);
  if (hasSeveralBlocks(c))
    size += roundUp(schedule.rowBlock * schedule.columnBlock * bytes, 64);
  tile = size;
  if (!schedule.isEpilogueSmall)
    size += roundUp(schedule.rows * schedule.width * bytes, 64);
}

} // namespace dlc::cpu
