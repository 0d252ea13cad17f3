// Kernels around dot_general, against `evaluate`.
#include "TestKernel.h"

#include <gtest/gtest.h>

using namespace mlir;

namespace dlc::cpu {

struct DotCase {
  std::vector<int64_t> lhs, rhs, lhsBatch, rhsBatch, lhsContract, rhsContract;
};

static Value dot(TestKernel &k, Value x, Value y, const DotCase &d, Order order = Order::chain) {
  return k.b.create<DotGeneralOp>(x, y, d.lhsBatch, d.rhsBatch, d.lhsContract, d.rhsContract, order);
}

static Dims dimsFrom(ArrayRef<int64_t> shape) { return Dims(shape.begin(), shape.end()); }

static std::string text(ArrayRef<int64_t> shape) {
  std::string result = "[";
  for (int64_t extent : shape)
    result += std::to_string(extent) + " ";
  return result + "]";
}

static void expectEqual(const DotCase &d, Order order, DType type, Values values = {}) {
  TestKernel k;
  Value x = k.argument(dimsFrom(d.lhs), type, values), y = k.argument(dimsFrom(d.rhs), type, values);
  k.yield({dot(k, x, y, d, order)});
  EXPECT_EQ(k.check(), "") << text(d.lhs) << text(d.rhs) << stringifyOrder(order).str() << " " << name(type);
}

TEST(CpuContraction, matrixProductsOfManySizes) {
  int64_t sizes[][3] = {{1, 1, 1},     {2, 3, 4},     {6, 16, 4},      {7, 17, 9},  {12, 64, 33},
                        {0, 4, 5},     {4, 0, 5},     {4, 5, 0},       {1, 70, 40}, {2, 130, 31},
                        {13, 10, 100}, {64, 10, 128}, {97, 33, 1},     {31, 1, 20}, {100, 100, 100},
                        {3, 16, 1025}, {9, 70, 2100}, {130, 70, 1030}, {5, 600, 64}};
  for (auto [m, n, kk] : sizes)
    expectEqual({{m, kk}, {kk, n}, {}, {}, {1}, {0}}, Order::chain, DType::F32);
}

TEST(CpuContraction, transposedSides) {
  int64_t sizes[][3] = {{7, 17, 9}, {64, 48, 33}, {3, 1, 1100}, {70, 130, 20}, {100, 3, 1}};
  for (auto [m, n, kk] : sizes) {
    expectEqual({{m, kk}, {n, kk}, {}, {}, {1}, {1}}, Order::chain, DType::F32);
    expectEqual({{kk, m}, {kk, n}, {}, {}, {0}, {0}}, Order::chain, DType::F32);
    expectEqual({{kk, m}, {n, kk}, {}, {}, {0}, {1}}, Order::chain, DType::F32);
  }
}

TEST(CpuContraction, everyType) {
  for (DType type : {DType::F64, DType::F32, DType::F16, DType::I8, DType::I32, DType::I64, DType::U8})
    for (Order order : {Order::chain, Order::lanes}) {
      expectEqual({{13, 37}, {37, 19}, {}, {}, {1}, {0}}, order, type, {0, 9, 60});
      expectEqual({{13, 1100}, {1100}, {}, {}, {1}, {0}}, order, type, {0, 9, 0});
    }
}

/// Many rows and columns: both sides go to panels, whose heights divide the rows or leave a tail.
TEST(CpuContraction, bothSidesInPanels) {
  for (DType type : {DType::F32, DType::F64, DType::F16, DType::I32})
    for (bool lhsTurned : {false, true})
      for (bool rhsTurned : {false, true}) {
        bool isWide = type == DType::F32;
        int64_t m = isWide ? 131 : 72, n = isWide ? 517 : 300, kk = 70;
        DotCase d{{m, kk}, {kk, n}, {}, {}, {1}, {0}};
        if (lhsTurned)
          d.lhs = {kk, m}, d.lhsContract = {0};
        if (rhsTurned)
          d.rhs = {n, kk}, d.rhsContract = {1};
        expectEqual(d, Order::chain, type, {0, 9, 60});
      }
  expectEqual({{72, 1030}, {1030, 260}, {}, {}, {1}, {0}}, Order::chain, DType::F32);        // several blocks
  expectEqual({{2, 70, 65}, {2, 65, 515}, {0}, {0}, {2}, {1}}, Order::chain, DType::F32);    // batched
  expectEqual({{5, 14, 65}, {65, 520}, {}, {}, {2}, {0}}, Order::chain, DType::F32);         // rows of two dims
  expectEqual({{5, 65, 14}, {65, 520}, {}, {}, {1}, {0}}, Order::chain, DType::F32);         // that lie apart
  expectEqual({{5, 7, 70}, {5, 7, 1030}, {}, {}, {0, 1}, {0, 1}}, Order::chain, DType::F32); // terms of two dims

  TestKernel k({"B"}); // panels of a computed side, whose height is not known
  Value x = k.argument({DimExpr::symbol("B"), DimExpr(40)}, DType::F32), w = k.argument({40, 900}, DType::F32);
  k.yield({dot(k, k.b.create<ReluOp>(x), w, {{}, {}, {}, {}, {1}, {0}})});
  EXPECT_EQ(k.check({{{"B", 0}}, {{"B", 1}}, {{"B", 5}}, {{"B", 64}}, {{"B", 131}}}), "");
}

TEST(CpuContraction, dimsInAnyPlace) {
  std::vector<DotCase> cases = {
      {{3, 5, 7}, {3, 7, 9}, {0}, {0}, {2}, {1}},             // batched
      {{3, 5, 7}, {9, 3, 7}, {0}, {1}, {2}, {2}},             // batch inside
      {{4, 3, 7}, {7, 5, 6}, {}, {}, {2}, {0}},               // several free dims on both sides
      {{4, 3, 7}, {5, 7, 6}, {}, {}, {2}, {1}},               // a free dim before the contracted one
      {{3, 6, 5}, {6, 5, 8}, {}, {}, {1, 2}, {0, 1}},         // several contracted dims
      {{3, 6, 5}, {6, 5, 8}, {}, {}, {2, 1}, {1, 0}},         // in another listed order
      {{2, 3, 4, 5}, {2, 4, 5, 3}, {0, 1}, {0, 3}, {3}, {2}}, // two batch dims, free dims between
      {{7}, {7, 9}, {}, {}, {0}, {0}},                        // x . W
      {{9, 7}, {7}, {}, {}, {1}, {0}},                        // W . x
      {{7}, {7}, {}, {}, {0}, {0}},                           // dot
      {{3}, {4}, {}, {}, {}, {}},                             // outer product
      {{}, {}, {}, {}, {}, {}},
      {{2, 40, 33}, {2, 33, 64}, {0}, {0}, {2}, {1}},
      {{5, 40}, {5, 40}, {0}, {0}, {1}, {1}},
  };
  for (const DotCase &d : cases)
    for (Order order : {Order::chain, Order::lanes})
      expectEqual(d, order, DType::F32);
}

TEST(CpuContraction, lanesOfEveryLength) {
  for (int64_t length : {0, 1, 5, 31, 32, 33, 64, 1000, 1024, 1025, 1056, 3000}) {
    expectEqual({{length}, {length}, {}, {}, {0}, {0}}, Order::lanes, DType::F32, {-1, 1, 50});
    expectEqual({{6, length}, {length}, {}, {}, {1}, {0}}, Order::lanes, DType::F64);
    expectEqual({{length}, {9, length}, {}, {}, {0}, {1}}, Order::lanes, DType::F32);
  }
}

TEST(CpuContraction, symbolicBatchWithBiasAndActivation) {
  for (DType type : {DType::F32}) {
    TestKernel k({"B"});
    DimExpr batch = DimExpr::symbol("B");
    Value x = k.argument({batch, DimExpr(50)}, type), w = k.argument({50, 37}, type), bias = k.argument({37}, type);
    Value y = dot(k, x, w, {{}, {}, {}, {}, {1}, {0}});
    y = k.b.add(y, k.b.broadcast(bias, dimsOf(y), {1}));
    k.yield({k.b.create<ReluOp>(y), y});
    EXPECT_EQ(k.check({{{"B", 0}}, {{"B", 1}}, {{"B", 5}}, {{"B", 6}}, {{"B", 64}}, {{"B", 131}}}), "") << name(type);
  }
}

TEST(CpuContraction, symbolicTerms) { // a weight gradient
  TestKernel k({"B"});
  DimExpr batch = DimExpr::symbol("B");
  Value x = k.argument({batch, DimExpr(21)}, DType::F32), ct = k.argument({batch, DimExpr(37)}, DType::F32);
  k.yield({dot(k, x, ct, {{}, {}, {}, {}, {0}, {0}})});
  EXPECT_EQ(k.check({{{"B", 0}}, {{"B", 1}}, {{"B", 64}}, {{"B", 1024}}, {{"B", 2500}}}), "");
}

TEST(CpuContraction, largeEpilogueAndRowVector) {
  for (int64_t terms : {40, 1500}) {
    TestKernel k;
    Value x = k.argument({19, terms}, DType::F32), w = k.argument({terms, 70}, DType::F32),
          rows = k.argument({19}, DType::F32);
    Value y = dot(k, x, w, {{}, {}, {}, {}, {1}, {0}});
    y = k.b.mul(k.b.create<TanhOp>(y), k.b.broadcast(rows, dimsOf(y), {0}));
    k.yield({y, k.b.exp(y)});
    EXPECT_EQ(k.check(), "") << terms;
  }
}

TEST(CpuContraction, computedOperands) {
  TestKernel k({"B"});
  DimExpr batch = DimExpr::symbol("B");
  Value x = k.argument({batch, DimExpr(24)}, DType::F32), w = k.argument({33, 30}, DType::F32),
        scale = k.argument({30}, DType::F32);
  Value left = k.b.create<ReluOp>(k.b.pad(x, 0.5, {0, 2}, {0, 4}, {0, 0}));              // [B, 30]
  Value right = k.b.transpose(k.b.mul(w, k.b.broadcast(scale, dimsOf(w), {1})), {1, 0}); // [30, 33]
  k.yield({dot(k, left, right, {{}, {}, {}, {}, {1}, {0}})});
  EXPECT_EQ(k.check({{{"B", 3}}, {{"B", 40}}}), "");
}

TEST(CpuContraction, viewsAreReadInPlace) {
  TestKernel k;
  Value x = k.argument({50, 40}, DType::F32), w = k.argument({3, 64, 40}, DType::F32), v = k.argument({40}, DType::F32);
  Value left =
      k.b.create<SliceOp>(x, ArrayRef<int64_t>{1, 2}, DimsAttr::get(k.getContext(), {DimExpr(49), DimExpr(34)}),
                          ArrayRef<int64_t>{2, 1});                                          // [24, 32]
  Value right = k.b.create<ReverseOp>(k.b.transpose(w, {2, 0, 1}), ArrayRef<int64_t>{0, 2}); // [40, 3, 64]
  right = k.b.create<SliceOp>(right, ArrayRef<int64_t>{4, 0, 0},
                              DimsAttr::get(k.getContext(), {DimExpr(36), DimExpr(3), DimExpr(64)}),
                              ArrayRef<int64_t>{1, 1, 1});
  Value spread = k.b.broadcast(v, {DimExpr(7), DimExpr(40)}, {1});
  k.yield({dot(k, left, right, {{}, {}, {}, {}, {1}, {0}})});
  EXPECT_EQ(k.check(), "");
  TestKernel s;
  v = s.argument({40}, DType::F32);
  w = s.argument({40, 9}, DType::F32);
  spread = s.b.broadcast(v, {DimExpr(7), DimExpr(40)}, {1});
  s.yield({dot(s, spread, w, {{}, {}, {}, {}, {1}, {0}})});
  EXPECT_EQ(s.check(), "");
}

TEST(CpuContraction, randomShapes) {
  std::mt19937_64 random(7);
  auto pick = [&](std::initializer_list<int64_t> from) { return from.begin()[random() % from.size()]; };
  for (int round = 0; round < 60; ++round) {
    int64_t m = pick({1, 2, 3, 5, 8, 17, 64, 101, 200}), n = pick({1, 3, 8, 16, 31, 64, 65, 150}),
            kk = pick({1, 2, 9, 16, 27, 100, 257, 1024, 1500}), batch = pick({1, 1, 1, 3});
    if (m * n * kk > 3000000)
      continue;
    bool lhsTurned = random() % 2, rhsTurned = random() % 2;
    DotCase d{{batch, m, kk}, {batch, kk, n}, {0}, {0}, {2}, {1}};
    if (lhsTurned)
      d.lhs = {batch, kk, m}, d.lhsContract = {1};
    if (rhsTurned)
      d.rhs = {batch, n, kk}, d.rhsContract = {2};
    expectEqual(d, Order::chain, random() % 4 ? DType::F32 : DType::F64, {-1, 1, int(random() % 2 * 500)});
  }
}

} // namespace dlc::cpu
