// From the ops to loops: for each op, which loops there are and how its tensors are indexed by them.
#include "lib/Target/Cpu/Collapse.h"
#include "lib/Target/Cpu/Contraction.h"

using namespace mlir;

namespace dlc::cpu {

static LinearIndex along(Loop loop, size_t place, int64_t factor = 1, int64_t constant = 0) {
  return {constant, {{loop, unsigned(place), factor}}};
}

bool ContractionOperand::isPadded() const {
  return llvm::any_of(low, [](int64_t n) { return n != 0; }) || llvm::any_of(high, [](int64_t n) { return n != 0; });
}

Dims ContractionOperand::paddedDims() const {
  Dims dims = dimsOf(tensor);
  for (size_t i = 0; i < dims.size(); ++i)
    dims[i] = dims[i] + DimExpr(low[i] + high[i]);
  return dims;
}

static ContractionOperand operandOf(Value tensor) {
  size_t rank = size_t(rankOf(tensor));
  ContractionOperand operand;
  operand.tensor = tensor;
  operand.index.resize(rank);
  operand.low.assign(rank, 0);
  operand.high.assign(rank, 0);
  return operand;
}

//===--- dot_general ---===//

static Problem loopsOf(DotGeneralOp op) {
  Problem p;
  p.a = operandOf(op.getLhs());
  p.b = operandOf(op.getRhs());
  Dims lhs = dimsOf(op.getLhs()), rhs = dimsOf(op.getRhs());
  for (auto [i, dims] : llvm::enumerate(llvm::zip(op.getLhsBatch(), op.getRhsBatch()))) {
    p[Loop::batch].push_back(lhs[std::get<0>(dims)]);
    p.a.index[std::get<0>(dims)] = p.b.index[std::get<1>(dims)] = along(Loop::batch, i);
    p.result.push_back(along(Loop::batch, i));
  }
  for (auto [i, dims] : llvm::enumerate(llvm::zip(op.getLhsContract(), op.getRhsContract()))) {
    p[Loop::term].push_back(lhs[std::get<0>(dims)]);
    p.a.index[std::get<0>(dims)] = p.b.index[std::get<1>(dims)] = along(Loop::term, i);
  }
  auto addFree = [&](ContractionOperand &side, const Dims &dims, Loop loop, ArrayRef<int64_t> batch,
                     ArrayRef<int64_t> contract) {
    for (int64_t dim = 0; dim < int64_t(dims.size()); ++dim)
      if (!llvm::is_contained(batch, dim) && !llvm::is_contained(contract, dim)) {
        side.index[dim] = along(loop, p[loop].size());
        p.result.push_back(along(loop, p[loop].size()));
        p[loop].push_back(dims[dim]);
      }
  };
  addFree(p.a, lhs, Loop::row, op.getLhsBatch(), op.getLhsContract());
  addFree(p.b, rhs, Loop::column, op.getRhsBatch(), op.getRhsContract());
  return p;
}

//===--- convolutions ---===//

/// How far the positions that a convolution reads lie beyond the end of a dim: exactly if all is known, else at most
/// `bound`.
static int64_t beyond(const DimExpr &last, const DimExpr &extent, int64_t bound) {
  auto known = (last - extent + DimExpr(1)).constant();
  return std::max<int64_t>(0, known ? *known : bound);
}

static Problem loopsOf(ConvOp op) {
  Problem p;
  p.a = operandOf(op.getX());
  p.b = operandOf(op.getW());
  Dims x = dimsOf(op.getX()), w = dimsOf(op.getW()), y = dimsOf(op.getR());
  size_t spatial = x.size() - 2;
  int64_t groups = op.getGroups();
  DimExpr ins = w[spatial], outs = *w.back().exactDiv(DimExpr(groups));
  p[Loop::batch] = {DimExpr(groups)};
  p[Loop::row].assign(y.begin(), y.end() - 1);
  p[Loop::column] = {outs};
  p[Loop::term].assign(w.begin(), w.end() - 1);
  p.a.index[0] = along(Loop::row, 0);
  p.result.push_back(along(Loop::row, 0));
  for (size_t i = 0; i < spatial; ++i) {
    int64_t stride = op.getStrides()[i], dilation = op.getDilation()[i], low = op.getLow()[i];
    p.a.index[1 + i] = {-low, {{Loop::row, unsigned(1 + i), stride}, {Loop::term, unsigned(i), dilation}}};
    p.a.low[1 + i] = low;
    DimExpr last = (y[1 + i] - DimExpr(1)) * DimExpr(stride) + (w[i] - DimExpr(1)) * DimExpr(dilation) - DimExpr(low);
    p.a.high[1 + i] = beyond(last, x[1 + i], op.getHigh()[i]);
    p.b.index[i] = along(Loop::term, i);
    p.result.push_back(along(Loop::row, 1 + i));
  }
  int64_t insKnown = ins.constant().value_or(0), outsKnown = outs.constant().value_or(0);
  p.a.index[1 + spatial] = along(Loop::term, spatial);
  p.b.index[spatial] = along(Loop::term, spatial);
  p.b.index[1 + spatial] = along(Loop::column, 0);
  p.result.push_back(along(Loop::column, 0));
  if (groups > 1) { // several groups have known channels
    p.a.index[1 + spatial].parts.push_back({Loop::batch, 0, insKnown});
    p.b.index[1 + spatial].parts.push_back({Loop::batch, 0, outsKnown});
    p.result.back().parts.push_back({Loop::batch, 0, outsKnown});
  }
  return p;
}

static Problem loopsOf(ConvWeightGradOp op) {
  Problem p;
  p.a = operandOf(op.getX());
  p.b = operandOf(op.getY());
  Dims x = dimsOf(op.getX()), w = dimsOf(op.getR()), y = dimsOf(op.getY());
  size_t spatial = x.size() - 2;
  int64_t groups = op.getGroups();
  DimExpr ins = w[spatial], outs = *w.back().exactDiv(DimExpr(groups));
  p[Loop::batch] = {DimExpr(groups)};
  p[Loop::row].assign(w.begin(), w.end() - 1);
  p[Loop::column] = {outs};
  p[Loop::term].assign(y.begin(), y.end() - 1);
  p.a.index[0] = p.b.index[0] = along(Loop::term, 0);
  for (size_t i = 0; i < spatial; ++i) {
    int64_t stride = op.getStrides()[i], dilation = op.getDilation()[i], low = op.getLow()[i];
    p.a.index[1 + i] = {-low, {{Loop::term, unsigned(1 + i), stride}, {Loop::row, unsigned(i), dilation}}};
    p.a.low[1 + i] = low;
    DimExpr last = (y[1 + i] - DimExpr(1)) * DimExpr(stride) + (w[i] - DimExpr(1)) * DimExpr(dilation) - DimExpr(low);
    p.a.high[1 + i] = beyond(last, x[1 + i], op.getHigh()[i]);
    p.b.index[1 + i] = along(Loop::term, 1 + i);
    p.result.push_back(along(Loop::row, i));
  }
  p.a.index[1 + spatial] = along(Loop::row, spatial);
  p.b.index[1 + spatial] = along(Loop::column, 0);
  p.result.push_back(along(Loop::row, spatial));
  p.result.push_back(along(Loop::column, 0));
  if (groups > 1) {
    p.a.index[1 + spatial].parts.push_back({Loop::batch, 0, *ins.constant()});
    p.b.index[1 + spatial].parts.push_back({Loop::batch, 0, *outs.constant()});
    p.result.back().parts.push_back({Loop::batch, 0, *outs.constant()});
  }
  return p;
}

static int64_t floorDiv(int64_t x, int64_t y) { return x / y - (x % y < 0); }

/// The window positions that meet the grid of outputs at input positions congruent to `phase`: first, step, count.
struct PhaseWindow {
  int64_t first = 0, step = 1, count = 0;
  PhaseWindow(int64_t phase, int64_t low, int64_t dilation, int64_t stride, int64_t window) {
    for (int64_t within = 0, last = -1; within < window; ++within)
      if ((phase + low - within * dilation) % stride == 0) {
        (count == 0 ? first : step) = count == 0 ? within : within - last;
        last = within;
        ++count;
      }
  }
};

/// Input positions of one phase (their remainders by the strides) have the same holes, hence one numbering of terms.
static Problem loopsOf(ConvInputGradOp op, ArrayRef<int64_t> phase) {
  Problem p;
  p.a = operandOf(op.getY());
  p.b = operandOf(op.getW());
  Dims x = dimsOf(op.getR()), w = dimsOf(op.getW()), y = dimsOf(op.getY());
  size_t spatial = x.size() - 2;
  int64_t groups = op.getGroups();
  DimExpr ins = w[spatial], outs = *w.back().exactDiv(DimExpr(groups));
  p[Loop::batch] = {DimExpr(groups)};
  p[Loop::row] = {y[0]};
  p[Loop::column] = {ins};
  p.a.index[0] = along(Loop::row, 0);
  p.result.push_back(along(Loop::row, 0));
  for (size_t i = 0; i < spatial; ++i) {
    int64_t stride = op.getStrides()[i], dilation = op.getDilation()[i], low = op.getLow()[i];
    int64_t window = *w[i].constant();
    PhaseWindow positions(phase[i], low, dilation, stride, window);
    p[Loop::row].push_back(DimExpr::ceilDiv(x[1 + i] - DimExpr(phase[i]), stride));
    p[Loop::term].push_back(DimExpr(positions.count));
    p.a.index[1 + i] = {
        (phase[i] + low - positions.first * dilation) / stride,
        {{Loop::row, unsigned(1 + i), 1}, {Loop::term, unsigned(i), -(positions.step * dilation / stride)}}};
    if (positions.count == 0)
      p.a.index[1 + i] = along(Loop::row, 1 + i);
    p.a.low[1 + i] = std::max<int64_t>(0, -floorDiv(low - (window - 1) * dilation, stride));
    auto extent = x[1 + i].constant(), grid = y[1 + i].constant();
    p.a.high[1 + i] = extent && grid ? std::max<int64_t>(0, floorDiv(*extent - 1 + low, stride) - *grid + 1)
                                     : std::max<int64_t>(0, ((window - 1) * dilation - op.getHigh()[i]) / stride + 1);
    p.b.index[i] = along(Loop::term, i, positions.step, positions.first);
    p.result.push_back(along(Loop::row, 1 + i, stride, phase[i]));
  }
  p[Loop::term].push_back(outs);
  p.a.index[1 + spatial] = along(Loop::term, spatial);
  p.b.index[spatial] = along(Loop::column, 0);
  p.b.index[1 + spatial] = along(Loop::term, spatial);
  p.result.push_back(along(Loop::column, 0));
  if (groups > 1) {
    p.a.index[1 + spatial].parts.push_back({Loop::batch, 0, *outs.constant()});
    p.b.index[1 + spatial].parts.push_back({Loop::batch, 0, *outs.constant()});
    p.result.back().parts.push_back({Loop::batch, 0, *ins.constant()});
  }
  return p;
}

//===--- normal form ---===//

/// Exchanges the sides: products commute, and the loop that becomes lanes should not be the empty one.
static void swapSides(Problem &p) {
  std::swap(p.a, p.b);
  std::swap(p[Loop::row], p[Loop::column]);
  auto exchange = [](MutableArrayRef<LinearIndex> index) {
    for (LinearIndex &dim : index)
      for (LinearIndex::Part &part : dim.parts)
        part.loop = part.loop == Loop::row ? Loop::column : part.loop == Loop::column ? Loop::row : part.loop;
  };
  exchange(p.a.index);
  exchange(p.b.index);
  exchange(p.result);
}

/// Whether the last dims are the column loops in order.
static bool endsWithColumns(ArrayRef<LinearIndex> index, size_t columns) {
  if (index.size() < columns)
    return false;
  for (size_t i = 0; i < columns; ++i) {
    const LinearIndex &dim = index[index.size() - columns + i];
    if (dim.constant != 0 || dim.parts.size() != 1 || dim.parts[0].loop != Loop::column || dim.parts[0].place != i ||
        dim.parts[0].factor != 1)
      return false;
  }
  return true;
}

/// Leaves one column loop: several become one where every tensor holds them as one stretch, else all but the last
/// become batch loops.
static void unifyColumns(Problem &p, rt::BodyOp body) {
  size_t columns = p[Loop::column].size();
  if (columns == 0)
    p[Loop::column].push_back(DimExpr(1));
  if (columns <= 1)
    return;
  bool isOne = endsWithColumns(p.result, columns) && endsWithColumns(p.b.index, columns) &&
               collapsedSuffix(p.b.tensor) >= int64_t(columns) &&
               collapsedSuffix(body.getYield().getResults()) >= int64_t(columns);
  unsigned firstBatch = unsigned(p[Loop::batch].size());
  auto rewrite = [&](MutableArrayRef<LinearIndex> index) {
    for (LinearIndex &dim : index) {
      SmallVector<LinearIndex::Part, 2> parts;
      for (LinearIndex::Part part : dim.parts) {
        if (part.loop != Loop::column)
          parts.push_back(part);
        else if (part.place + 1 == columns)
          parts.push_back({Loop::column, 0, part.factor});
        else if (!isOne)
          parts.push_back({Loop::batch, firstBatch + part.place, part.factor});
      }
      dim.parts = parts;
    }
  };
  rewrite(p.b.index);
  rewrite(p.result);
  if (isOne) {
    p[Loop::column] = {sizeOf(p[Loop::column])};
    return;
  }
  p[Loop::batch].append(p[Loop::column].begin(), p[Loop::column].end() - 1);
  p[Loop::column] = {p[Loop::column].back()};
}

Contraction contractionOf(rt::BodyOp body, Operation *op) {
  Contraction c;
  c.op = op;
  c.type = dtypeOf(op->getOperand(0).getType());
  c.accumulator = c.type == DType::F16 || c.type == DType::BF16 ? DType::F32 : c.type;
  c.order = Order::chain;
  if (auto dot = dyn_cast<DotGeneralOp>(op)) {
    c.order = isFloat(c.type) ? dot.getOrder() : Order::chain; // integers have no order
    c.problems.push_back(loopsOf(dot));
  } else if (auto conv = dyn_cast<ConvOp>(op)) {
    c.problems.push_back(loopsOf(conv));
  } else if (auto weights = dyn_cast<ConvWeightGradOp>(op)) {
    c.problems.push_back(loopsOf(weights));
  } else {
    auto inputs = cast<ConvInputGradOp>(op);
    std::vector<int64_t> strides(inputs.getStrides().begin(), inputs.getStrides().end());
    forEachIndex(strides, [&](const std::vector<int64_t> &phase) { c.problems.push_back(loopsOf(inputs, phase)); });
  }
  for (Problem &p : c.problems) {
    p.isBaseline = cast<rt::KernelOp>(body->getParentOp()).getBaseline();
    // The loop that becomes lanes or shares loads should not be the empty one: columns, and rows in `lanes` order.
    Loop wanted = c.order == Order::lanes ? Loop::row : Loop::column;
    Loop other = c.order == Order::lanes ? Loop::column : Loop::row;
    if (p[wanted].empty() && !p[other].empty())
      swapSides(p);
    unifyColumns(p, body);
  }
  return c;
}

LaneIndex evaluateIndex(PointBuilder &b, const LinearIndex &index, const LoopCoordinates &at) {
  LaneIndex sum = b.constant(index.constant);
  for (const LinearIndex::Part &part : index.parts) {
    LaneIndex coordinate = part.loop == Loop::column  ? at.column
                           : part.loop == Loop::batch ? at.batch[part.place]
                           : part.loop == Loop::row   ? at.rows[part.place]
                                                      : at.terms[part.place];
    coordinate = part.factor == 1 ? coordinate : b.mul(coordinate, part.factor);
    sum = index.constant == 0 && &part == index.parts.begin() ? coordinate : b.add(sum, coordinate);
  }
  return sum;
}

SmallVector<LaneIndex> evaluateIndices(PointBuilder &b, ArrayRef<LinearIndex> indices, const LoopCoordinates &at) {
  SmallVector<LaneIndex> result;
  for (const LinearIndex &index : indices)
    result.push_back(evaluateIndex(b, index, at));
  return result;
}

SmallVector<LaneIndex> uniform(PointBuilder &b, ArrayRef<Value> coordinates) {
  SmallVector<LaneIndex> result;
  for (Value coordinate : coordinates)
    result.push_back(b.uniform(coordinate));
  return result;
}

} // namespace dlc::cpu
