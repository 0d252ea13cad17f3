// The pack stage of contractions. Producers are computed here, once an element, elements are brought to the
// accumulation type, and padding becomes zeros in memory, so that the chains only ever load.
#include "lib/Target/Cpu/Collapse.h"
#include "lib/Target/Cpu/Contraction.h"
#include "lib/Target/Cpu/LaneTree.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace dlc::cpu {

/// Calls `body(point, i)` for i = low, low + lanes, ...: whole vectors, then one with the lanes that are left.
static void forLanes(StageBuilder &stage, Value low, Value high, int64_t lanes,
                     llvm::function_ref<void(CpuPoint &, Value)> body) {
  Value step = stage.constant(lanes);
  Value full = lanes == 1 ? high : stage.sub(high, stage.mod(stage.sub(high, low), step));
  stage.forEach(low, full, step, [&](Value i) {
    CpuPoint at(stage, lanes);
    body(at, i);
  });
  if (lanes == 1 || full == high ||
      (getConstantIntValue(full) && getConstantIntValue(full) == getConstantIntValue(high)))
    return;
  stage.ifThen(stage.isLess(full, high), [&] {
    CpuPoint at(stage, lanes);
    at.limit(stage.sub(high, full));
    body(at, full);
  });
}

static LaneIndex run(CpuPoint &at, Value first) { return at.width == 1 ? at.uniform(first) : at.contiguous(first); }

static PointValue zeroAt(CpuPoint &at, DType type) {
  Type element = scalar::elementType(at.b.getContext(), type);
  return {{arith::ConstantOp::create(at.b, at.location, cast<TypedAttr>(at.b.getZeroAttr(element))), type}, true};
}

//===--- Copies ---===//

/// How many trailing dims make one row of the copy, the work of a task: two where they are one stretch, so that few
/// channels still fill vectors.
static size_t rowDims(const ContractionOperand &operand) {
  size_t rank = operand.index.size();
  if (rank < 2)
    return rank;
  bool isPadded = operand.low.back() != 0 || operand.high.back() != 0;
  return !isPadded && collapsedSuffix(operand.tensor) >= 2 ? 2 : 1;
}

DimExpr copyTasks(const ContractionOperand &operand) {
  Dims dims = operand.paddedDims();
  return sizeOf(ArrayRef<DimExpr>(dims).drop_back(rowDims(operand)));
}

void emitCopy(StageBuilder &stage, const ContractionOperand &operand, DType accumulator, Value memory, Value task,
              int64_t lanes) {
  Dims dims = dimsOf(operand.tensor), padded = operand.paddedDims();
  size_t rank = dims.size(), inRow = rowDims(operand), first = rank - inRow;
  SmallVector<Value> outer;
  Value isInside;
  for (auto [i, coordinate] : llvm::enumerate(stage.coordinates(task, ArrayRef<DimExpr>(padded).take_front(first)))) {
    outer.push_back(stage.sub(coordinate, stage.constant(operand.low[i])));
    if (operand.low[i] == 0 && operand.high[i] == 0)
      continue;
    Value isHere = arith::AndIOp::create(stage.b, stage.location, stage.isLess(stage.constant(-1), outer.back()),
                                         stage.isLess(outer.back(), stage.extent(dims[i])));
    isInside = isInside ? Value(arith::AndIOp::create(stage.b, stage.location, isInside, isHere)) : isHere;
  }
  DimExpr inner = inRow == 2 ? dims.back() : DimExpr(1);
  DimExpr left = rank ? inner * DimExpr(operand.low[first]) : DimExpr(0);
  DimExpr middle = rank ? inner * dims[first] : DimExpr(1);
  DimExpr length = rank ? inner * padded[first] : DimExpr(1);
  Value start = stage.mul(task, stage.extent(length));
  auto zeros = [&](const DimExpr &from, const DimExpr &to) {
    if (from != to)
      forLanes(stage, stage.extent(from), stage.extent(to), lanes,
               [&](CpuPoint &at, Value i) { at.store(memory, run(at, stage.add(start, i)), zeroAt(at, accumulator)); });
  };
  auto elements = [&] {
    zeros(DimExpr(0), left);
    forLanes(stage, stage.constant(0), stage.extent(middle), lanes, [&](CpuPoint &at, Value i) {
      SmallVector<LaneIndex> index = uniform(at, outer);
      if (inRow == 2)
        index.push_back(at.constant(0));
      if (inRow > 0)
        index.push_back(run(at, i));
      PointValue value = at.read(operand.tensor, index);
      value.value = at.scalars.cast(value.value, accumulator);
      at.store(memory, run(at, stage.add(start, stage.add(stage.extent(left), i))), value);
    });
    zeros(left + middle, length);
  };
  if (isInside)
    stage.ifThen(isInside, elements, [&] { zeros(DimExpr(0), length); });
  else
    elements();
}

//===--- Panels ---===//

/// Below so many elements of an operand, reading them one by one takes less time than compiling what is faster.
constexpr int64_t fewElements = 1024;

DimExpr panelsOf(const Problem &problem, Side side, int64_t width) {
  return problem.size(Loop::batch) * DimExpr::ceilDiv(problem.size(problem.ownLoop(side)), width);
}

/// Whether terms, not positions, are neighbours in memory.
static bool liesAlongTerms(const Problem &problem, Side side) {
  ArrayRef<LinearIndex> index = problem.operand(side).index;
  if (index.empty() || index.back().parts.empty())
    return false;
  const LinearIndex::Part &part = index.back().parts[0];
  return part.loop == Loop::term && part.factor == 1 && part.place + 1 == problem[Loop::term].size();
}

/// Whether panels are read along terms, which are so many that turning squares in registers is worth its code.
static bool isAlongTerms(const Problem &problem, Side side) {
  DimExpr elements = problem.size(Loop::batch) * problem.size(Loop::term) * problem.size(problem.ownLoop(side));
  return !problem.isBaseline && elements.constant().value_or(fewElements) >= fewElements &&
         liesAlongTerms(problem, side);
}

/// Panels side by side, so that 256 bytes of a term are read before the next, which may lie in another page. Measured:
/// half the time of one panel after the other, for panels of 64 bytes.
int64_t positionsOfTask(const Problem &problem, Side side, DType accumulator, int64_t width) {
  return isAlongTerms(problem, side) ? width : width * std::max<int64_t>(1, 256 / (width * byteWidth(accumulator)));
}

DimExpr panelTasks(const Problem &problem, Side side, DType accumulator, int64_t width) {
  return problem.size(Loop::batch) *
         DimExpr::ceilDiv(problem.size(problem.ownLoop(side)), positionsOfTask(problem, side, accumulator, width));
}

/// Rows to columns: after the step of distance d, blocks of d x d lanes have changed places.
static SmallVector<Value> transposeLanes(StageBuilder &stage, SmallVector<Value> rows) {
  int64_t lanes = int64_t(rows.size());
  for (int64_t distance = 1; distance < lanes; distance *= 2)
    for (int64_t row = 0; row < lanes; ++row) {
      if (row & distance)
        continue;
      SmallVector<int64_t> low, high;
      for (int64_t lane = 0; lane < lanes; ++lane) {
        low.push_back(lane & distance ? lanes + lane - distance : lane);
        high.push_back(lane & distance ? lanes + lane : lane + distance);
      }
      Value x = rows[row], y = rows[row + distance];
      rows[row] = vector::ShuffleOp::create(stage.b, stage.location, x, y, low);
      rows[row + distance] = vector::ShuffleOp::create(stage.b, stage.location, x, y, high);
    }
  return rows;
}

namespace {
/// Where panels go and what they hold: `width` positions (rows of a, columns of b) a term. Vectors are powers of two;
/// where the width is none, as the height of a tile may be, one vector covers it and is cut before it is stored.
class PanelWriter {
public:
  PanelWriter(StageBuilder &stage, const Problem &problem, Side side, DType accumulator, Value memory, Value task,
              int64_t width, int64_t lanes)
      : stage(stage), p(problem), side(side), operand(problem.operand(side)), own(problem[problem.ownLoop(side)]),
        accumulator(accumulator), memory(memory), width(width), cover(int64_t(llvm::PowerOf2Ceil(width))),
        lanes(cover == width ? std::min(width, lanes) : cover),
        together(positionsOfTask(problem, side, accumulator, width) / width) {
    DimExpr panels = DimExpr::ceilDiv(sizeOf(own), width), inBatch = DimExpr::ceilDiv(sizeOf(own), width * together);
    Value batchIndex = stage.floorDiv(task, stage.extent(inBatch)), many = stage.constant(together);
    Value panel = stage.mul(stage.mod(task, stage.extent(inBatch)), many);
    batch = stage.coordinates(batchIndex, p[Loop::batch]);
    panelSize = stage.extent(p.size(Loop::term) * DimExpr(width));
    first = stage.mul(panel, stage.constant(width));
    start = stage.mul(stage.add(stage.mul(batchIndex, stage.extent(panels)), panel), panelSize);
    count = panels.exactDiv(DimExpr(together)) ? many : stage.min(many, stage.sub(stage.extent(panels), panel));
    positions = stage.extent(sizeOf(own));
    if (auto view = viewOf(operand.tensor); view && !wantsLittleCode(stage.kernel)) {
      source = stage.operandBuffer(view->argument);
      layout = layoutOf(p, operand, view->offset, view->strides);
    }
  }

  void write() {
    if (isAlongTerms(p, side) && lanes > 1)
      return writeAlongTerms();
    auto known = sizeOf(own).constant();
    if (known && *known % width == 0)
      return writeAlongPositions(false);
    Value last = stage.sub(stage.add(first, stage.mul(count, stage.constant(width))), stage.constant(1));
    stage.ifThen(
        stage.isLess(last, positions), [&] { writeAlongPositions(false); }, [&] { writeAlongPositions(true); });
  }

private:
  Value position(ArrayRef<Value> terms) {
    Value flat = stage.constant(0);
    for (auto [coordinate, dim] : llvm::zip(terms, p[Loop::term]))
      flat = stage.add(stage.mul(flat, stage.extent(dim)), coordinate);
    return stage.add(start, stage.mul(flat, stage.constant(width)));
  }

  /// The elements at these terms and positions, in the accumulation type.
  PointValue read(CpuPoint &at, SmallVector<LaneIndex> terms, SmallVector<LaneIndex> here) {
    LoopCoordinates place{uniform(at, batch), {}, std::move(terms), {}};
    if (side == Side::a)
      place.rows = std::move(here);
    else
      place.column = here.front();
    PointValue value = at.read(operand.tensor, evaluateIndices(at, operand.index, place));
    return {at.scalars.cast(value.value, accumulator), value.isUniform};
  }
  Value elements(CpuPoint &at, SmallVector<LaneIndex> terms, SmallVector<LaneIndex> here) {
    return at.spread(read(at, std::move(terms), std::move(here)));
  }

  /// Asks for the source's memory of `count` neighbours, which will be read soon. Rows of a tensor lie in pages of
  /// their own, where a core's prefetchers start anew each time.
  void bringNear(ArrayRef<Value> terms, ArrayRef<Value> here, int64_t count, int hint) {
    if (!source)
      return;
    Value at = stage.extent(layout.base);
    auto walk = [&](ArrayRef<Value> coordinates, ArrayRef<DimExpr> strides) {
      for (auto [coordinate, stride] : llvm::zip(coordinates, strides))
        at = stage.add(at, stage.mul(coordinate, stage.extent(stride)));
    };
    walk(batch, layout[Loop::batch]);
    walk(terms, layout[Loop::term]);
    walk(here, layout[p.ownLoop(side)]);
    int64_t line = 64 / std::max<int64_t>(1, byteWidth(accumulator));
    for (int64_t i = 0; i < count; i += line)
      memref::PrefetchOp::create(stage.b, stage.location, source, stage.add(at, stage.constant(i)), false, hint, true);
  }

  void store(Value vector, Value at) {
    if (cast<VectorType>(vector.getType()).getNumElements() > width)
      vector = vector::ShuffleOp::create(stage.b, stage.location, vector, vector, llvm::to_vector(llvm::seq(width)));
    vector::StoreOp::create(stage.b, stage.location, vector, memory, at);
  }

  void writeAlongPositions(bool isTail) {
    carryOver(stage, p[Loop::term], stage.constant(0), stage.extent(p.size(Loop::term)), true, {},
              [&](ArrayRef<Value> terms, ValueRange) -> SmallVector<Value> {
                stage.forEach(stage.constant(0), count, stage.constant(1),
                              [&](Value panel) { writeTerm(terms, panel, isTail); });
                return {};
              });
  }

  /// One term of a panel, the `panel`-th of the task.
  void writeTerm(ArrayRef<Value> terms, Value panel, bool isTail) {
    Value here = stage.add(first, stage.mul(panel, stage.constant(width)));
    Value memoryHere = stage.add(position(terms), stage.mul(panel, panelSize));
    if (p.isBaseline && liesAlongTerms(p, side)) { // element by element: no gathers, which take much code
      Value count = isTail ? stage.min(stage.sub(positions, here), stage.constant(width)) : stage.constant(width);
      stage.forEach(stage.constant(0), count, stage.constant(1), [&](Value i) {
        CpuPoint at(stage, 1);
        SmallVector<LaneIndex> place = uniform(at, stage.coordinates(stage.add(here, i), own));
        at.store(memory, at.uniform(stage.add(memoryHere, i)), read(at, uniform(at, terms), place));
      });
      return;
    }
    CpuPoint at(stage, cover);
    SmallVector<Value> soon(terms);
    if (!soon.empty())
      soon.back() = stage.add(soon.back(), stage.constant(8));
    bringNear(soon, stage.coordinates(here, own), width, 3);
    if (isTail)
      at.limit(stage.min(stage.sub(positions, here), stage.constant(width)));
    else if (cover > width)
      at.limit(stage.constant(width));
    store(elements(at, uniform(at, terms), coordinatesOfLanes(at, here, own)), memoryHere);
  }

  /// The operand's neighbours are terms: squares of lanes x lanes are read along terms and turned in registers.
  void writeAlongTerms() {
    Dims outer(p[Loop::term].begin(), p[Loop::term].end() - 1);
    Value zero = stage.constant(0), inner = stage.extent(p[Loop::term].back());
    carryOver(stage, outer, zero, stage.extent(sizeOf(outer)), true, {},
              [&](ArrayRef<Value> terms, ValueRange) -> SmallVector<Value> {
                stage.forEach(zero, stage.constant(width), stage.constant(lanes), [&](Value offset) {
                  forLanes(stage, zero, inner, lanes,
                           [&](CpuPoint &at, Value term) { writeSquare(at, terms, offset, term); });
                });
                return {};
              });
  }

  void writeSquare(CpuPoint &outer, ArrayRef<Value> terms, Value offset, Value term) {
    SmallVector<Value> rows;
    Value last = stage.sub(positions, stage.constant(1));
    for (int64_t row = 0; row < lanes; ++row) { // positions beyond the end repeat the last: their sums are never stored
      if (row >= width) {
        rows.push_back(rows.back());
        continue;
      }
      CpuPoint at(stage, lanes);
      at.guardAs(outer);
      Value here = stage.add(first, stage.add(offset, stage.constant(row)));
      SmallVector<Value> soon(terms);
      soon.push_back(term);
      bringNear(soon, stage.coordinates(stage.add(here, stage.constant(width)), own), lanes, 3);
      here = stage.min(here, last);
      SmallVector<LaneIndex> place = uniform(at, terms);
      place.push_back(at.contiguous(term));
      rows.push_back(elements(at, place, uniform(at, stage.coordinates(here, own))));
    }
    SmallVector<Value> all(terms);
    for (auto [i, turned] : llvm::enumerate(transposeLanes(stage, rows))) {
      Value at = stage.add(term, stage.constant(int64_t(i)));
      auto store = [&, turned = turned] {
        all.push_back(at);
        this->store(turned, stage.add(position(all), offset));
        all.pop_back();
      };
      if (outer.guard.lanes)
        stage.ifThen(stage.isLess(at, stage.extent(p[Loop::term].back())), store);
      else
        store();
    }
  }

  StageBuilder &stage;
  const Problem &p;
  Side side;
  const ContractionOperand &operand;
  const Dims &own;
  DType accumulator;
  Value memory;
  int64_t width, cover, lanes, together;
  SmallVector<Value> batch;
  Value first, start, panelSize, count, positions; // `first` and `start` are of the task's first panel
  Value source;                                    // memory, if elements are read as they lie
  OperandLayout layout;
};
} // namespace

void emitPanels(StageBuilder &stage, const Problem &problem, Side side, DType accumulator, Value memory, Value task,
                int64_t width, int64_t lanes) {
  PanelWriter(stage, problem, side, accumulator, memory, task, width, lanes).write();
}

} // namespace dlc::cpu
