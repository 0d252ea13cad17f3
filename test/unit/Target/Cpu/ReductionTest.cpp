// Kernels around a reduction, against `evaluate`.
#include "TestKernel.h"

#include <gtest/gtest.h>

using namespace mlir;

namespace dlc::cpu {

static Value reduce(TestKernel &k, Value x, ReduceKind kind, ArrayRef<int64_t> dims, Order order) {
  return k.b.create<ReduceOp>(x, kind, dims, order);
}

TEST(CpuReduction, sumsOfEveryLength) {
  for (Order order : {Order::lanes, Order::chain})
    for (int64_t size : {0, 1, 2, 10, 16, 31, 32, 33, 100, 1023, 1024, 1025, 2048, 2077, 7000}) {
      TestKernel k;
      Value rows = k.argument({3, size}, DType::F32), columns = k.argument({size, 19}, DType::F32);
      k.yield({reduce(k, rows, ReduceKind::sum, {1}, order)});
      EXPECT_EQ(k.check(), "") << size << " rows " << stringifyOrder(order).str();
      TestKernel c;
      columns = c.argument({size, 19}, DType::F32);
      c.yield({reduce(c, columns, ReduceKind::sum, {0}, order)});
      EXPECT_EQ(c.check(), "") << size << " columns " << stringifyOrder(order).str();
    }
}

TEST(CpuReduction, everyKindAndType) {
  DType types[] = {DType::I8,  DType::I32,  DType::I64, DType::U8, DType::U64,
                   DType::F16, DType::BF16, DType::F32, DType::F64};
  for (ReduceKind kind : {ReduceKind::sum, ReduceKind::prod, ReduceKind::max, ReduceKind::min})
    for (DType type : types)
      for (int64_t dim : {0, 1}) {
        TestKernel k;
        Value x = k.argument({37, 41}, type, {isUnsignedInt(type) ? 0.0 : -3.0, 3, 50});
        k.yield({reduce(k, x, kind, {dim}, dim == 1 ? Order::lanes : Order::chain)});
        EXPECT_EQ(k.check(), "") << stringifyReduceKind(kind).str() << " " << name(type) << " " << dim;
      }
  for (ReduceKind kind : {ReduceKind::all, ReduceKind::any})
    for (std::vector<int64_t> dims : {std::vector<int64_t>{0}, {1}, {0, 2}, {0, 1, 2}}) {
      TestKernel k;
      Value x = k.argument({3, 5, 4}, DType::Bool);
      k.yield({reduce(k, x, kind, dims, Order::lanes)});
      EXPECT_EQ(k.check(), "");
    }
}

TEST(CpuReduction, productsOfComplexNumbers) { // of little work through scratch, which ends at a page without access
  for (DType type : {DType::C64, DType::C128})
    for (Order order : {Order::lanes, Order::chain})
      for (int64_t size : {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 91, 1100}) {
        TestKernel k;
        Value x = k.argument({3, size}, type, {-1, 1, 20});
        k.yield({reduce(k, x, ReduceKind::prod, {1}, order)});
        EXPECT_EQ(k.check(), "") << name(type) << " " << stringifyOrder(order).str() << " " << size;
      }
}

TEST(CpuReduction, severalDimsInAnyListedOrder) {
  std::vector<std::vector<int64_t>> lists = {{0, 2}, {2, 0}, {1, 2}, {2, 1}, {0, 1}, {0, 1, 2}, {2, 1, 0}, {1}, {}};
  for (auto &dims : lists)
    for (Order order : {Order::lanes, Order::chain})
      for (int64_t last : {32, 37}) {
        TestKernel k;
        Value x = k.argument({13, 6, last}, DType::F32);
        k.yield({reduce(k, x, ReduceKind::sum, dims, order)});
        std::string text;
        for (int64_t dim : dims)
          text += std::to_string(dim) + " ";
        EXPECT_EQ(k.check(), "") << text << stringifyOrder(order).str() << last;
      }
}

TEST(CpuReduction, symbolicBatch) {
  for (std::vector<int64_t> dims : {std::vector<int64_t>{0}, {1}, {0, 1}})
    for (Order order : {Order::lanes, Order::chain}) {
      TestKernel k({"B"});
      Value x = k.argument({DimExpr::symbol("B"), DimExpr(50)}, DType::F32, {-1, 1, 100});
      k.yield({reduce(k, x, ReduceKind::sum, dims, order)});
      EXPECT_EQ(k.check({{{"B", 0}}, {{"B", 1}}, {{"B", 20}}, {{"B", 64}}, {{"B", 1024}}, {{"B", 3001}}}), "")
          << dims.size() << stringifyOrder(order).str();
    }
}

TEST(CpuReduction, producersAndEpilogue) { // a mean of exponentials, and what it came from
  for (Order order : {Order::lanes, Order::chain})
    for (int64_t dim : {0, 1}) {
      TestKernel k({"B"});
      Value x = k.argument({DimExpr::symbol("B"), DimExpr(37)}, DType::F32, {-2, 2});
      Value other = dim == 1 ? k.argument({DimExpr::symbol("B")}, DType::F32) : k.argument({DimExpr(37)}, DType::F32);
      Value shifted = k.b.sub(x, k.b.broadcast(other, dimsOf(x), {1 - dim}));
      Value sum = reduce(k, k.b.exp(shifted), ReduceKind::sum, {dim}, order);
      k.yield({k.b.mul(sum, k.b.full(sum, 0.25)), sum, k.b.log(k.b.add(sum, other))});
      EXPECT_EQ(k.check({{{"B", 1}}, {{"B", 7}}, {{"B", 1500}}}), "") << dim << stringifyOrder(order).str();
    }
}

TEST(CpuReduction, storesWhatItReads) {
  for (std::vector<int64_t> dims : {std::vector<int64_t>{2}, {1, 2}, {0}, {0, 1}, {0, 1, 2}})
    for (DType type : {DType::F32, DType::F16, DType::C64, DType::U8}) {
      TestKernel k({"B"});
      Value x = k.argument({DimExpr(5), DimExpr::symbol("B"), DimExpr(37)}, type, {0, 2, 30});
      Value square = k.b.mul(x, x), shifted = k.b.add(square, x);
      Order order = dims.back() == 2 ? Order::lanes : Order::chain;
      Value product = reduce(k, shifted, ReduceKind::prod, dims, order);
      k.yield({square, k.b.add(product, product), shifted, product});
      EXPECT_EQ(k.check({{{"B", 0}}, {{"B", 1}}, {{"B", 7}}, {{"B", 300}}}), "") << dims.size() << name(type);
    }
}

TEST(CpuReduction, producersThatMoveElements) {
  TestKernel k;
  Value x = k.argument({9, 40}, DType::F32), y = k.argument({9, 12}, DType::F32);
  Value padded = k.b.pad(x, 0.5, {0, 3}, {1, 2}, {0, 1});
  k.yield({reduce(k, padded, ReduceKind::sum, {1}, Order::lanes)});
  EXPECT_EQ(k.check(), "");
  TestKernel t;
  x = t.argument({9, 40}, DType::F32);
  t.yield({reduce(t, t.b.transpose(x, {1, 0}), ReduceKind::sum, {1}, Order::lanes)});
  EXPECT_EQ(t.check(), "");
  TestKernel c;
  x = c.argument({9, 40}, DType::F32);
  y = c.argument({9, 12}, DType::F32);
  Value joined = c.b.create<ConcatOp>(ValueRange{x, y}, 1);
  c.yield({reduce(c, joined, ReduceKind::max, {0}, Order::chain)});
  EXPECT_EQ(c.check(), "");
}

TEST(CpuReduction, specialElements) {
  for (ReduceKind kind : {ReduceKind::sum, ReduceKind::prod, ReduceKind::max, ReduceKind::min})
    for (int64_t dim : {0, 1}) {
      TestKernel k;
      Value x = k.argument({61, 67}, DType::F32, {-0.0, 0.0, 20});
      k.yield({reduce(k, x, kind, {dim}, dim == 1 ? Order::lanes : Order::chain)});
      EXPECT_EQ(k.check(), "") << stringifyReduceKind(kind).str() << dim;
    }
}

} // namespace dlc::cpu
