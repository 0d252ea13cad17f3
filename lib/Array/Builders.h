// The composites that frontends call by name, one function each. Every one checks what a user can get wrong first, so
// that the ops it then makes cannot fail. docs/python.md lists them.
#ifndef DLC_ARRAY_BUILDERS_H
#define DLC_ARRAY_BUILDERS_H

#include "lib/Array/Trace.h"

namespace dlc {

/// The element types that a builder's operands may have: bool and numbers, complex ones too, or all.
enum class Takes { reals, computed, all };

struct NamedBuilder {
  const char *name;
  BuildFunction build;
  Takes takes = Takes::reals;
};

/// The builder of that name; null if there is none.
const NamedBuilder *findBuilder(llvm::StringRef name);

llvm::ArrayRef<NamedBuilder> elementwiseBuilders();
llvm::ArrayRef<NamedBuilder> reductionBuilders();
llvm::ArrayRef<NamedBuilder> contractionBuilders();
llvm::ArrayRef<NamedBuilder> shapeBuilders();
llvm::ArrayRef<NamedBuilder> compositeBuilders();
llvm::ArrayRef<NamedBuilder> customCallBuilders();

/// The operand as a float value: integers and bool become f32.
mlir::Value floatOperand(Builder &b, size_t i);
/// The same, but complex numbers stay.
mlir::Value analyticOperand(Builder &b, size_t i);

} // namespace dlc

#endif // DLC_ARRAY_BUILDERS_H
