//===- DimExpr.cpp - Expressions over dims --------------------------------===//
//
// A verified expression never underflows its stack, never exceeds maxExprStack and ends with one value.
//
//===----------------------------------------------------------------------===//
#include "lib/Runtime/DimExpr.h"

#include <stdarg.h>
#include <stdio.h>

using namespace dlc;
using namespace dlc::program;

bool dlc::verifyExpr(ExprOps ops, uint32_t &symbolsNeeded) {
  symbolsNeeded = 0;
  if (ops.size == 0 || ops.size > maxExprOps)
    return false;
  uint32_t depth = 0;
  for (const ExprOp &op : ops) {
    if (op.reserved != 0 || op.opcode > ExprOpcode::Min)
      return false;
    if (op.opcode == ExprOpcode::Const || op.opcode == ExprOpcode::Sym) {
      if (++depth > maxExprStack)
        return false;
      if (op.opcode == ExprOpcode::Const)
        continue;
      if (op.value < 0 || op.value >= INT32_MAX)
        return false;
      if (static_cast<uint32_t>(op.value) >= symbolsNeeded)
        symbolsNeeded = static_cast<uint32_t>(op.value) + 1;
      continue;
    }
    if (depth < 2 || op.value != 0)
      return false;
    --depth;
  }
  return depth == 1;
}

static bool combine(ExprOpcode opcode, int64_t a, int64_t b, int64_t &out) {
  switch (opcode) {
  case ExprOpcode::Add:
    return !__builtin_add_overflow(a, b, &out);
  case ExprOpcode::Mul:
    return !__builtin_mul_overflow(a, b, &out);
  case ExprOpcode::FloorDiv:
    if (b < 1)
      return false;
    out = a / b - (a % b < 0);
    return true;
  case ExprOpcode::CeilDiv:
    if (b < 1)
      return false;
    out = a / b + (a % b > 0);
    return true;
  case ExprOpcode::Max:
    out = a > b ? a : b;
    return true;
  case ExprOpcode::Min:
    out = a < b ? a : b;
    return true;
  case ExprOpcode::Const:
  case ExprOpcode::Sym:
    break;
  }
  return false;
}

bool dlc::evaluateExpr(ExprOps ops, const int64_t *symbols, int64_t &value) {
  int64_t stack[maxExprStack];
  uint32_t depth = 0;
  for (const ExprOp &op : ops) {
    if (op.opcode == ExprOpcode::Const) {
      stack[depth++] = op.value;
    } else if (op.opcode == ExprOpcode::Sym) {
      stack[depth++] = symbols[op.value];
    } else {
      --depth;
      if (!combine(op.opcode, stack[depth - 1], stack[depth], stack[depth - 1]))
        return false;
    }
  }
  value = stack[0];
  return true;
}

namespace {
/// Prints by walking the postfix form from its end: the last op is the root.
class Printer {
public:
  Printer(ExprOps ops, const char *(*nameOf)(const void *, uint32_t), const void *context, char *out, size_t capacity)
      : ops(ops), nameOf(nameOf), context(context), out(out), capacity(capacity) {}

  /// Prints the expression that ends before `end`; in parentheses if it is a sum below a product.
  void print(size_t end, bool inProduct) {
    const ExprOp &root = ops[end - 1];
    switch (root.opcode) {
    case ExprOpcode::Const:
      return put("%lld", static_cast<long long>(root.value));
    case ExprOpcode::Sym:
      return put("%s", nameOf(context, static_cast<uint32_t>(root.value)));
    case ExprOpcode::Add:
      return printSum(end, inProduct);
    case ExprOpcode::Mul:
      return printProduct(end);
    case ExprOpcode::FloorDiv:
      return printCall(end, "floordiv");
    case ExprOpcode::CeilDiv:
      return printCall(end, "ceildiv");
    case ExprOpcode::Max:
      return printCall(end, "max");
    case ExprOpcode::Min:
      return printCall(end, "min");
    }
  }

private:
  /// Where the right operand of the op at `end` - 1 starts, which is where the left one ends.
  size_t splitOf(size_t end) const {
    size_t at = end - 1;
    for (int needed = 1; needed > 0; --at)
      needed += ops[at - 1].opcode == ExprOpcode::Const || ops[at - 1].opcode == ExprOpcode::Sym ? -1 : 1;
    return at;
  }
  void printProduct(size_t end) {
    print(splitOf(end), true);
    put("*");
    print(end - 1, true);
  }
  /// A right operand that is negative, or a product by such a constant, is subtracted.
  void printSum(size_t end, bool parentheses) {
    put(parentheses ? "(" : "");
    print(splitOf(end), false);
    const ExprOp &right = ops[end - 2];
    bool isProduct = right.opcode == ExprOpcode::Mul && ops[end - 3].opcode == ExprOpcode::Const;
    int64_t factor = isProduct ? ops[end - 3].value : right.opcode == ExprOpcode::Const ? right.value : 0;
    if (factor >= 0 || factor == INT64_MIN) {
      put(" + ");
      print(end - 1, false);
    } else if (isProduct) {
      put(" - ");
      print(end - 3, true);
      if (factor != -1)
        put("*%lld", static_cast<long long>(-factor));
    } else {
      put(" - %lld", static_cast<long long>(-factor));
    }
    put(parentheses ? ")" : "");
  }
  void printCall(size_t end, const char *function) {
    size_t split = splitOf(end);
    put("%s(", function);
    print(split, false);
    put(", ");
    print(end - 1, false);
    put(")");
  }
  __attribute__((format(printf, 2, 3))) void put(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(out + used, capacity - used, format, arguments);
    va_end(arguments);
    if (written > 0)
      used = used + static_cast<size_t>(written) < capacity ? used + static_cast<size_t>(written) : capacity - 1;
  }

  ExprOps ops;
  const char *(*nameOf)(const void *, uint32_t);
  const void *context;
  char *out;
  size_t capacity;
  size_t used = 0;
};
} // namespace

void dlc::formatExpr(ExprOps ops, const char *(*nameOf)(const void *, uint32_t), const void *context, char *out,
                     size_t capacity) {
  Printer(ops, nameOf, context, out, capacity).print(ops.size, false);
}
