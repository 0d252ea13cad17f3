// Kernels around argmax and argmin. A task is a row of the result, lanes run along its last dim, and each point walks
// the operand along the op's dim with the best element so far and its index in registers.
#include "lib/Target/Cpu/Arg.h"

#include "lib/Target/Cpu/CpuPoint.h"
#include "lib/Target/Cpu/Emitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace dlc::cpu {

scalar::IRScalar buildBeats(scalar::IRScalarBuilder &s, scalar::IRScalar best, scalar::IRScalar next, bool largest) {
  scalar::IRScalar better = largest ? s.maximum(best, next) : s.minimum(best, next);
  DType type = best.type;
  if (!isFloat(type))
    return s.cmp(scalar::Predicate::Ne, better, best);
  DType bits = byteWidth(type) == 8 ? DType::I64 : byteWidth(type) == 4 ? DType::I32 : DType::I16;
  scalar::IRScalar differs = s.cmp(scalar::Predicate::Ne, s.bitcast(better, bits), s.bitcast(best, bits));
  return s.bitAnd(s.bitOr(s.isNaN(next), differs), s.bitNot(s.isNaN(best)));
}

static bool isArgmax(Operation *op) { return isa<ArgmaxOp>(op); }
static int64_t dimOf(Operation *op) {
  return isArgmax(op) ? int64_t(cast<ArgmaxOp>(op).getDim()) : int64_t(cast<ArgminOp>(op).getDim());
}

static DictionaryAttr describe(rt::KernelOp kernel, const Machine &machine) {
  rt::BodyOp body = kernel.getKernelBody();
  Operation *op = orderedOp(body);
  Dims dims = dimsOf(op->getResult(0)), from = dimsOf(op->getOperand(0));
  int64_t width = dims.empty() ? 1 : machine.lanes(widestElement(body));
  DimExpr columns = dims.empty() ? DimExpr(1) : dims.back(), rows(1);
  for (const DimExpr &dim : ArrayRef<DimExpr>(dims).drop_back(dims.empty() ? 0 : 1))
    rows = rows * dim;
  if (auto known = columns.constant())
    while (width > 1 && width / 2 >= *known)
      width /= 2;
  Stage stage;
  stage.name = "compute";
  stage.tasks = rows;
  stage.cost = DimExpr::ceilDiv(columns, width) * from[dimOf(op)] * DimExpr(2 + operationsPerElement(body) / 2);
  return makeDescriptor(kernel.getContext(), "arg", stage, {{"width", width}});
}

namespace {

/// Writes the points of one kernel.
class ArgWriter {
public:
  ArgWriter(StageBuilder &stage, rt::BodyOp body, int64_t width)
      : stage(stage), body(body), op(orderedOp(body)), dims(dimsOf(op->getResult(0))), width(width) {}

  void point(ArrayRef<Value> row, Value column, Value left) {
    CpuPoint at(stage, width);
    if (left)
      at.limit(left);
    SmallVector<LaneIndex> index;
    for (Value coordinate : row)
      index.push_back(at.uniform(coordinate));
    if (!dims.empty())
      index.push_back(at.contiguous(column));
    Value x = op->getOperand(0), one = stage.constant(1);
    DType type = dtypeOf(x.getType());
    auto read = [&](CpuPoint &at, Value place) -> IRValue {
      SmallVector<LaneIndex> source(index);
      source.insert(source.begin() + dimOf(op), at.uniform(place));
      return {at.spread(at.read(x, source)), type};
    };
    auto number = [&](Value place) { return at.spread(at.indexToValue(at.uniform(place))); };
    SmallVector<Value> state = {read(at, stage.constant(0)).value, number(stage.constant(0))};
    Value extent = stage.extent(dimsOf(x)[dimOf(op)]);
    state = stage.carry(one, extent, one, state, [&](Value place, ValueRange carried) -> SmallVector<Value> {
      at.forget();
      IRValue best = {carried[0], type}, where = {carried[1], DType::I64}, next = read(at, place);
      IRValue wins = buildBeats(at.scalars, best, next, isArgmax(op));
      return {at.scalars.select(wins, next, best).value,
              at.scalars.select(wins, {number(place), DType::I64}, where).value};
    });
    at.forget();
    PointValue result = {{state[1], DType::I64}, false};
    if (dims.empty()) // rank 0: the only lane is the only element
      result = {{vector::ExtractOp::create(stage.b, stage.location, state[1], ArrayRef<int64_t>{0}), DType::I64}, true};
    at.bind(op->getResult(0), result);
    for (auto [i, value] : llvm::enumerate(body.getYield().getResults()))
      at.storeResult(i, index, at.read(value, index));
  }

private:
  StageBuilder &stage;
  rt::BodyOp body;
  Operation *op;
  Dims dims;
  int64_t width;
};

} // namespace

static LogicalResult emit(OpBuilder &b, rt::KernelOp kernel) {
  rt::BodyOp body = kernel.getKernelBody();
  StageBuilder stage(b, kernel, body, "compute");
  int64_t width = parameter(kernel, "width");
  Dims dims = dimsOf(orderedOp(body)->getResult(0));
  ArrayRef<DimExpr> outer = ArrayRef<DimExpr>(dims).drop_back(dims.empty() ? 0 : 1);
  ArgWriter writer(stage, body, width);
  Value columns = dims.empty() ? stage.constant(1) : stage.extent(dims.back()), step = stage.constant(width);
  stage.forEach(stage.begin, stage.end, stage.constant(1), [&](Value task) {
    SmallVector<Value> row = stage.coordinates(task, outer);
    Value full = stage.sub(columns, stage.mod(columns, step));
    stage.forEach(stage.constant(0), full, step, [&](Value column) { writer.point(row, column, Value()); });
    if (auto known = getConstantIntValue(columns); known && *known % width == 0)
      return;
    Value isRest = arith::CmpIOp::create(b, stage.location, arith::CmpIPredicate::slt, full, columns);
    stage.ifThen(isRest, [&] { writer.point(row, full, stage.sub(columns, full)); });
  });
  stage.finish();
  return success();
}

const EmitterRow argEmitter = {"arg", [](Operation *root) { return isa_and_nonnull<ArgmaxOp, ArgminOp>(root); },
                               describe, emit};

} // namespace dlc::cpu
