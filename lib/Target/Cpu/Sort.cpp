// Kernels around sort and top_k. A task sorts one row in its worker's own scratch: elements become unsigned keys whose
// order is that of numerics N7, and (key, place) pairs are sorted. Where few are kept, each element goes down past the
// larger ones that are kept so far, or is dropped; long rows are sorted by the eight bits of a digit at a time. Both
// are stable, and a stable order is unique, so the choice changes no bits.
#include "lib/Target/Cpu/CpuPoint.h"
#include "lib/Target/Cpu/Emitter.h"
#include "lib/Target/Cpu/OrderedBox.h"
#include "passes/lower/OrderKey.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace dlc::cpu {

static constexpr int64_t insertionLimit = 64, buckets = 256;

namespace {
/// A sort as describe and emit both see it: keys and places lie twice in the scratch, then a histogram.
struct Sort {
  explicit Sort(rt::BodyOp body) : body(body), op(orderedOp(body)), x(op->getOperand(0)), rows(dimsOf(x)) {
    auto sort = dyn_cast<SortOp>(op);
    dim = sort ? sort.getDim() : cast<TopKOp>(op).getDim();
    isDescending = sort ? sort.getDescending() : cast<TopKOp>(op).getLargest();
    count = rows[dim];
    kept = dimsOf(op->getResult(0))[dim];
    rows.erase(rows.begin() + dim);
    DType key = orderKeyType(dtypeOf(x.getType()));
    keyType = byteWidth(key) == 8 ? DType::U64 : DType::U32;
    auto known = count.constant();
    placeType = known && *known <= INT32_MAX ? DType::U32 : DType::U64;
    auto few = kept.constant();
    mayBeLong = !few || *few > insertionLimit;
    mayBeShort = !few || !mayBeLong;
  }

  static DimExpr aligned(const DimExpr &bytes) { return DimExpr::ceilDiv(bytes, 64) * DimExpr(64); }
  /// Pairs that the scratch holds at once.
  DimExpr pairs() const { return mayBeLong ? count : kept; }
  DimExpr keyBytes() const { return aligned(pairs() * DimExpr(byteWidth(keyType))); }
  DimExpr placeBytes() const { return aligned(pairs() * DimExpr(byteWidth(placeType))); }
  DimExpr scratch() const {
    DimExpr once = keyBytes() + placeBytes();
    return mayBeLong ? once * DimExpr(2) + DimExpr(buckets * 8) : once;
  }

  rt::BodyOp body;
  Operation *op;
  Value x;
  Dims rows; // all dims but the sorted one
  int64_t dim;
  bool isDescending, mayBeLong, mayBeShort;
  DimExpr count, kept;
  DType keyType, placeType;
};
} // namespace

static DictionaryAttr describe(rt::KernelOp kernel, const Machine &) {
  Sort s(kernel.getKernelBody());
  Stage stage;
  stage.name = "sort";
  stage.tasks = sizeOf(s.rows);
  stage.cost = s.count * DimExpr(s.mayBeLong ? 4 * byteWidth(s.keyType) : 2) + DimExpr(20);
  stage.own = s.scratch();
  return makeDescriptor(kernel.getContext(), "sort", stage, {});
}

namespace {
/// Writes the code of one task.
class SortWriter {
public:
  SortWriter(StageBuilder &stage, Sort &s) : stage(stage), b(stage.b), s(s) {
    DimExpr half = s.keyBytes() + s.placeBytes();
    for (int i = 0; i < (s.mayBeLong ? 2 : 1); ++i) {
      DimExpr begin = half * DimExpr(i);
      arrays[i] = {stage.own(typeOf(s.keyType), stage.extent(begin)),
                   stage.own(typeOf(s.placeType), stage.extent(begin + s.keyBytes()))};
    }
    if (s.mayBeLong)
      histogram = stage.own(b.getI64Type(), stage.extent(half * DimExpr(2)));
    zero = stage.constant(0);
    one = stage.constant(1);
    count = stage.extent(s.count);
    kept = stage.extent(s.kept);
  }

  void task(Value row) {
    coordinates = stage.coordinates(row, s.rows);
    if (!s.mayBeLong) {
      byInsertion();
    } else if (!s.mayBeShort) {
      byDigits();
    } else {
      Value areFew = stage.isLess(kept, stage.constant(insertionLimit + 1));
      stage.ifThen(areFew, [&] { byInsertion(); }, [&] { byDigits(); });
    }
    writeResults();
  }

private:
  struct Pairs {
    Value keys, places;
  };
  Type typeOf(DType type) { return scalar::memoryType(b.getContext(), type); }
  Value load(Value memory, Value i) { return memref::LoadOp::create(b, stage.location, memory, i); }
  void store(Value memory, Value i, Value value) { memref::StoreOp::create(b, stage.location, value, memory, i); }
  void move(const Pairs &from, Value i, const Pairs &to, Value j) {
    store(to.keys, j, load(from.keys, i));
    store(to.places, j, load(from.places, i));
  }

  SmallVector<LaneIndex> indexOf(CpuPoint &at, Value place) {
    SmallVector<LaneIndex> index;
    for (Value coordinate : coordinates)
      index.push_back(at.uniform(coordinate));
    index.insert(index.begin() + s.dim, at.uniform(place));
    return index;
  }

  /// The unsigned key of an element; the smallest comes first.
  Value keyAt(Value i) {
    CpuPoint at(stage, 1);
    IRValue key = orderKey(at.scalars, at.read(s.x, indexOf(at, i)).value, true);
    key = at.scalars.bitcast(key, s.keyType);
    if (!isUnsignedInt(orderKeyType(dtypeOf(s.x.getType()))))
      key = at.scalars.bitXor(key, at.scalars.integer(key, int64_t(uint64_t(1) << (8 * byteWidth(s.keyType) - 1))));
    return s.isDescending ? at.scalars.bitNot(key).value : key.value;
  }
  Value placeOf(Value i) { return arith::IndexCastOp::create(b, stage.location, typeOf(s.placeType), i); }
  Value isLarger(Value x, Value y) { return arith::CmpIOp::create(b, stage.location, arith::CmpIPredicate::ugt, x, y); }

  /// Keeps the first of all elements so far in order; an equal one that comes later stays behind.
  void byInsertion() {
    if (s.kept == DimExpr(0))
      return;
    Pairs &pairs = arrays[0];
    Value last = stage.sub(kept, one);
    stage.forEach(zero, count, one, [&](Value i) {
      Value key = keyAt(i), isBetter = isLarger(load(pairs.keys, last), key);
      Value isKept = arith::OrIOp::create(b, stage.location, stage.isLess(i, kept), isBetter);
      stage.ifThen(isKept, [&] { insert(pairs, key, i, stage.min(i, last)); });
    });
  }

  /// Puts a pair where it belongs among those before `hole`; larger ones go up by one.
  void insert(const Pairs &pairs, Value key, Value place, Value hole) {
    auto loop = scf::WhileOp::create(
        b, stage.location, TypeRange{b.getIndexType()}, ValueRange{hole},
        [&](OpBuilder &, Location, ValueRange at) {
          Value before = load(pairs.keys, stage.max(stage.sub(at[0], one), zero));
          Value goesOn = arith::AndIOp::create(b, stage.location, isLarger(before, key), stage.isLess(zero, at[0]));
          scf::ConditionOp::create(b, stage.location, goesOn, at);
        },
        [&](OpBuilder &, Location, ValueRange at) {
          Value before = stage.sub(at[0], one);
          move(pairs, before, pairs, at[0]);
          scf::YieldOp::create(b, stage.location, before);
        });
    store(pairs.keys, loop.getResult(0), key);
    store(pairs.places, loop.getResult(0), placeOf(place));
  }

  /// From the lowest digit up; the number of digits is even, so the pairs end where they began.
  void byDigits() {
    stage.forEach(zero, count, one, [&](Value i) {
      store(arrays[0].keys, i, keyAt(i));
      store(arrays[0].places, i, placeOf(i));
    });
    Value shifts = stage.constant(8 * byteWidth(s.keyType));
    stage.forEach(zero, shifts, stage.constant(16), [&](Value shift) {
      byDigit(arrays[0], arrays[1], shift);
      byDigit(arrays[1], arrays[0], stage.add(shift, stage.constant(8)));
    });
  }

  void byDigit(const Pairs &from, const Pairs &to, Value shift) {
    Value all = stage.constant(buckets), none = arith::ConstantIntOp::create(b, stage.location, 0, 64);
    Value single = arith::ConstantIntOp::create(b, stage.location, 1, 64);
    auto add = [&](Value x, Value y) -> Value { return arith::AddIOp::create(b, stage.location, x, y); };
    auto digit = [&](Value i) -> Value {
      Value key = load(from.keys, i), by = arith::IndexCastOp::create(b, stage.location, key.getType(), shift);
      Value mask = arith::ConstantIntOp::create(b, stage.location, key.getType(), buckets - 1);
      Value bits = arith::AndIOp::create(b, stage.location, arith::ShRUIOp::create(b, stage.location, key, by), mask);
      return arith::IndexCastUIOp::create(b, stage.location, b.getIndexType(), bits);
    };
    stage.forEach(zero, all, one, [&](Value i) { store(histogram, i, none); });
    stage.forEach(zero, count, one, [&](Value i) {
      Value bucket = digit(i);
      store(histogram, bucket, add(load(histogram, bucket), single));
    });
    stage.carry(zero, all, one, none, [&](Value i, ValueRange before) -> SmallVector<Value> {
      Value here = load(histogram, i);
      store(histogram, i, before[0]);
      return {add(before[0], here)};
    });
    stage.forEach(zero, count, one, [&](Value i) {
      Value bucket = digit(i), next = load(histogram, bucket);
      store(histogram, bucket, add(next, single));
      move(from, i, to, arith::IndexCastOp::create(b, stage.location, b.getIndexType(), next));
    });
  }

  void writeResults() {
    Value known = s.count.isConstant() ? kept : stage.min(kept, count); // a symbol may turn out to be too small
    stage.forEach(zero, known, one, [&](Value i) {
      CpuPoint at(stage, 1);
      Value place = load(arrays[0].places, i);
      place = arith::IndexCastUIOp::create(b, stage.location, b.getIndexType(), place);
      at.bind(s.op->getResult(0), at.read(s.x, indexOf(at, place)));
      at.bind(s.op->getResult(1), at.indexToValue(at.uniform(place)));
      SmallVector<LaneIndex> index = indexOf(at, i);
      for (auto [k, result] : llvm::enumerate(s.body.getYield().getResults()))
        at.storeResult(k, index, at.read(result, index));
    });
  }

  StageBuilder &stage;
  OpBuilder &b;
  Sort &s;
  Pairs arrays[2];
  Value histogram, zero, one, count, kept;
  SmallVector<Value> coordinates; // of the row, in all dims but the sorted one
};
} // namespace

static LogicalResult emit(OpBuilder &b, rt::KernelOp kernel) {
  Sort s(kernel.getKernelBody());
  StageBuilder stage(b, kernel, s.body, "sort");
  SortWriter writer(stage, s);
  stage.forEach(stage.begin, stage.end, stage.constant(1), [&](Value row) { writer.task(row); });
  stage.finish();
  return success();
}

const EmitterRow sortEmitter = {"sort", [](Operation *root) { return isa_and_nonnull<SortOp, TopKOp>(root); }, describe,
                                emit};

} // namespace dlc::cpu
