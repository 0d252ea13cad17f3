//===- DimExprTest.cpp - Expressions over dims ----------------------------===//
#include "lib/Runtime/DimExpr.h"
#include "passes/object/ProgramWriter.h"

#include "gtest/gtest.h"

using namespace dlc;
using program::ExprOp;
using program::ExprOpcode;

namespace {
ExprOps view(const std::vector<ExprOp> &ops) { return {ops.data(), ops.size()}; }

int64_t evaluate(const ExprDesc &expr, std::vector<int64_t> symbols, bool expectGood = true) {
  uint32_t needed = 0;
  EXPECT_TRUE(verifyExpr(view(expr.ops), needed));
  EXPECT_LE(needed, symbols.size());
  int64_t value = 0;
  EXPECT_EQ(evaluateExpr(view(expr.ops), symbols.data(), value), expectGood);
  return value;
}

std::string format(const ExprDesc &expr, size_t capacity = 200) {
  std::string text(capacity, '?');
  formatExpr(
      view(expr.ops), [](const void *, uint32_t symbol) { return symbol == 0 ? "N" : "M"; }, nullptr, text.data(),
      capacity);
  return text.c_str();
}
const ExprDesc n = ExprDesc::symbol(0), m = ExprDesc::symbol(1);
} // namespace

TEST(DimExprTest, Evaluates) {
  EXPECT_EQ(evaluate(7, {}), 7);
  EXPECT_EQ(evaluate(n * m + ExprDesc(3), {4, 5}), 23);
  EXPECT_EQ(evaluate(ExprDesc::floorDiv(n, 4), {-7}), -2);
  EXPECT_EQ(evaluate(ExprDesc::floorDiv(n, 4), {7}), 1);
  EXPECT_EQ(evaluate(ExprDesc::ceilDiv(n, 4), {-7}), -1);
  EXPECT_EQ(evaluate(ExprDesc::ceilDiv(n, 4), {8}), 2);
  EXPECT_EQ(evaluate(ExprDesc::max(n, m), {4, 5}), 5);
  EXPECT_EQ(evaluate(ExprDesc::min(n, m), {4, 5}), 4);
}

TEST(DimExprTest, OverflowAndBadDivisorsFail) {
  evaluate(n + ExprDesc(1), {INT64_MAX}, false);
  evaluate(n * m, {INT64_MAX, 2}, false);
  evaluate(ExprDesc::floorDiv(n, m), {4, 0}, false);
  evaluate(ExprDesc::ceilDiv(n, m), {4, -1}, false);
}

TEST(DimExprTest, RefusesMalformedForms) {
  uint32_t needed;
  auto refuses = [&](std::vector<ExprOp> ops) { return !verifyExpr(view(ops), needed); };
  ExprOp one = {ExprOpcode::Const, 0, 1}, add = {ExprOpcode::Add, 0, 0};
  EXPECT_TRUE(refuses({}));
  EXPECT_TRUE(refuses({add}));
  EXPECT_TRUE(refuses({one, add}));
  EXPECT_TRUE(refuses({one, one}));
  EXPECT_TRUE(refuses({{ExprOpcode(8), 0, 1}}));
  EXPECT_TRUE(refuses({{ExprOpcode::Const, 1, 1}}));
  EXPECT_TRUE(refuses({{ExprOpcode::Sym, 0, -1}}));
  EXPECT_TRUE(refuses({{ExprOpcode::Sym, 0, INT64_MAX}}));
  EXPECT_TRUE(refuses({one, one, {ExprOpcode::Add, 0, 5}}));
  std::vector<ExprOp> deep(33, one);
  deep.insert(deep.end(), 32, add);
  EXPECT_TRUE(refuses(deep));
  std::vector<ExprOp> full(32, one);
  full.insert(full.end(), 31, add);
  EXPECT_FALSE(refuses(full));
}

TEST(DimExprTest, Formats) {
  EXPECT_EQ(format(n), "N");
  EXPECT_EQ(format(n * ExprDesc(2) + ExprDesc(-1)), "N*2 - 1");
  EXPECT_EQ(format(n + m * ExprDesc(-1)), "N - M");
  EXPECT_EQ(format(n + (m + n) * ExprDesc(-3)), "N - (M + N)*3");
  EXPECT_EQ(format((n + m) * n), "(N + M)*N");
  EXPECT_EQ(format(ExprDesc::max(ExprDesc::ceilDiv(n, 8), m + ExprDesc(1))), "max(ceildiv(N, 8), M + 1)");
  EXPECT_EQ(format(ExprDesc::min(ExprDesc::floorDiv(n, 8), m)), "min(floordiv(N, 8), M)");
  EXPECT_EQ(format(ExprDesc::max(n, m), 6), "max(N");
}
