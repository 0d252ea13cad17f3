// Kernels of pointwise ops alone, against `evaluate`.
#include "TestKernel.h"

#include <gtest/gtest.h>

using namespace mlir;

namespace dlc::cpu {

static const Values specials = {-3, 3, 7};

TEST(CpuPointwise, chainOfElementwiseOps) {
  for (int64_t size : {0, 1, 3, 16, 37, 5000}) {
    TestKernel k;
    Value x = k.argument({DimExpr(size)}, DType::F32, specials), y = k.argument({DimExpr(size)}, DType::F32, specials);
    Value sum = k.b.add(k.b.mul(x, y), k.b.exp(x));
    k.yield({sum, k.b.create<TanhOp>(sum)});
    EXPECT_EQ(k.check(), "") << size;
  }
}

TEST(CpuPointwise, broadcastOfBiasAndScalar) {
  TestKernel k({"B"});
  DimExpr batch = DimExpr::symbol("B");
  Value x = k.argument({batch, DimExpr(37)}, DType::F32, specials), bias = k.argument({DimExpr(37)}, DType::F32);
  Value scale = k.argument({}, DType::F32), column = k.argument({batch}, DType::F32);
  Value r = k.b.add(x, k.b.broadcast(bias, dimsOf(x), {1}));
  r = k.b.mul(r, k.b.broadcast(scale, dimsOf(x), {}));
  k.yield({k.b.create<ReluOp>(k.b.sub(r, k.b.broadcast(column, dimsOf(x), {0})))});
  EXPECT_EQ(k.check({{{"B", 0}}, {{"B", 1}}, {{"B", 5}}, {{"B", 64}}}), "");
}

TEST(CpuPointwise, stretchedDims) {
  TestKernel k;
  Value x = k.argument({3, 1, 5}, DType::F32), y = k.argument({1, 4, 1}, DType::F32);
  Dims to = {3, 4, 5};
  k.yield({k.b.add(k.b.broadcast(x, to, {0, 1, 2}), k.b.broadcast(y, to, {0, 1, 2}))});
  EXPECT_EQ(k.check(), "");
}

TEST(CpuPointwise, padConcatReverseSliceTranspose) {
  TestKernel k({"B"});
  DimExpr batch = DimExpr::symbol("B");
  Value x = k.argument({batch, DimExpr(7), DimExpr(5)}, DType::F32),
        y = k.argument({batch, DimExpr(2), DimExpr(5)}, DType::F32);
  Value joined = k.b.create<ConcatOp>(ValueRange{x, y}, 1);              // [B, 9, 5]
  Value padded = k.b.pad(joined, 1.5, {0, 1, 2}, {0, -1, 3}, {0, 1, 2}); // [B, 17, 18]
  Value turned = k.b.transpose(padded, {2, 0, 1});
  Value reversed = k.b.create<ReverseOp>(turned, ArrayRef<int64_t>{0, 2});
  DimExpr rows = dimsOf(reversed)[0];
  Value sliced =
      k.b.create<SliceOp>(reversed, ArrayRef<int64_t>{1, 0, 2},
                          DimsAttr::get(k.getContext(), {rows, batch, DimExpr(15)}), ArrayRef<int64_t>{2, 1, 3});
  k.yield({sliced});
  EXPECT_EQ(k.check({{{"B", 1}}, {{"B", 3}}, {{"B", 17}}}), "");
}

TEST(CpuPointwise, reshapeAndIota) {
  TestKernel k;
  Value x = k.argument({4, 6}, DType::I32);
  Value flat = k.b.reshape(x, {DimExpr(3), DimExpr(8)});
  Value rows = k.b.create<IotaOp>(DimsAttr::get(k.getContext(), {DimExpr(3), DimExpr(8)}), 0, k.type(DType::I32));
  Value columns = k.b.create<IotaOp>(DimsAttr::get(k.getContext(), {DimExpr(3), DimExpr(8)}), 1, k.type(DType::I32));
  k.yield({k.b.add(flat, k.b.mul(rows, columns))});
  EXPECT_EQ(k.check(), "");
}

TEST(CpuPointwise, gatherReportsTheFirstBadIndex) {
  for (bool isBad : {false, true}) {
    TestKernel k({"B"});
    DimExpr batch = DimExpr::symbol("B");
    Value table = k.argument({DimExpr(10), DimExpr(6)}, DType::F32);
    Value rows = k.argument({batch, DimExpr(3)}, DType::I32, {isBad ? -13.0 : -10.0, isBad ? 13.0 : 10.0});
    Value picked = k.b.create<GatherOp>(table, rows, 0, 0, IndexMode::error);
    k.yield({k.b.neg(picked)});
    EXPECT_EQ(k.check({{{"B", 1}}, {{"B", 20}}}), "") << isBad;
  }
}

TEST(CpuPointwise, gatherPerRowClamped) {
  TestKernel k;
  Value x = k.argument({12, 9}, DType::F32), index = k.argument({12}, DType::I64, {-20, 20});
  k.yield({k.b.create<GatherOp>(x, index, 1, 1, IndexMode::clamp)});
  EXPECT_EQ(k.check(), "");
}

TEST(CpuPointwise, castsAndBools) {
  DType types[] = {DType::Bool, DType::I8,  DType::I32,  DType::I64, DType::U8,
                   DType::U32,  DType::F16, DType::BF16, DType::F32, DType::F64};
  for (DType from : types)
    for (DType to : types) {
      TestKernel k;
      Value x = k.argument({41}, from, {-300, 300, 5});
      k.yield({k.b.cast(x, k.type(to)), x});
      EXPECT_EQ(k.check(), "") << name(from) << " to " << name(to);
    }
}

TEST(CpuPointwise, comparesAndSelects) {
  for (DType type : {DType::F32, DType::F64, DType::I32, DType::U8, DType::BF16}) {
    TestKernel k;
    Value x = k.argument({5, 29}, type, {0, 9, 6}), y = k.argument({5, 29}, type, {0, 9, 6});
    Value less = k.b.lt(x, y), equal = k.b.eq(x, y);
    Value either = k.b.create<OrOp>(less, equal);
    k.yield({k.b.select(either, x, k.b.add(x, y)), either, k.b.create<MaxOp>(x, y), k.b.create<MinOp>(x, y)});
    EXPECT_EQ(k.check(), "") << name(type);
  }
}

} // namespace dlc::cpu
