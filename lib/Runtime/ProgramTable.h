//===- ProgramTable.h - A command table, checked --------------------------===//
//
// The sections of a program blob as typed views. After read() succeeds every index, range, text and expression in them
// is known to be good, whoever made the bytes; code that walks a table checks nothing again. What depends on the
// symbols' values (sizes, offsets in the arena) is checked by Program when it knows them.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_PROGRAMTABLE_H
#define DLC_RUNTIME_PROGRAMTABLE_H

#include "lib/Runtime/Create.h"
#include "lib/Runtime/DimExpr.h"
#include "lib/Runtime/ProgramFormat.h"
#include "lib/Runtime/Status.h"

namespace dlc {

struct ProgramTable {
  const program::Header *header = nullptr;
  Span<char> texts;
  Span<program::Symbol> symbols;
  Span<program::Expr> exprs;
  Span<program::ExprOp> exprOps;
  Span<program::Tensor> inputs;
  Span<program::Tensor> outputs;
  Span<program::Buffer> buffers;
  Span<program::Constant> constants;
  Span<program::Kernel> kernels;
  Span<program::Stage> stages;
  Span<program::Command> commands;
  Span<uint32_t> lists;
  Span<program::Position> positions;
  Span<program::CustomCall> customCalls;
  Span<program::CallTensor> callTensors;
  Span<program::Condition> conditions;

  /// Checks the header of a blob of `size` bytes, so that its tableBytes can be trusted.
  static Status checkHeader(const void *bytes, size_t size);

  /// Reads and checks the table at `bytes`, which passed checkHeader, is 8-byte aligned and outlives this object.
  Status read(const void *bytes);

  /// A text, NUL-terminated.
  const char *text(program::TextRef ref) const { return texts.items + ref.offset; }
  ExprOps expr(uint32_t index) const { return {exprOps.items + exprs[index].first, exprs[index].count}; }
  /// 1 + the highest symbol that an expression reads; 0 if it is constant.
  uint32_t symbolsNeeded(uint32_t expr) const { return exprSymbols[expr]; }

  /// Writes an expression over the program's symbols as text.
  void format(uint32_t expr, char *out, size_t capacity) const;

private:
  PodArray<uint32_t> exprSymbols;
};

} // namespace dlc

#endif // DLC_RUNTIME_PROGRAMTABLE_H
