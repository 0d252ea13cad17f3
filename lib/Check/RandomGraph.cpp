// Modules around random ops: @f with the ops, @main that calls or differentiates it.
#include "lib/Check/RandomGraph.h"
#include "lib/Check/RandomOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace dlc::check {

GraphOptions optionsFor(uint64_t seed) {
  GraphOptions options;
  // Most programs hold the usual types, with which ops find operands more often; each of the others has its turn.
  options.dtypes = {DType::F64, DType::I32, DType::I64, DType::Bool};
  static const std::vector<DType> rare[] = {{DType::F16, DType::BF16, DType::Bool},
                                            {DType::I8, DType::U8, DType::Bool, DType::I64},
                                            {DType::I16, DType::U16, DType::U32, DType::U64},
                                            {DType::F16, DType::F64, DType::U8, DType::I64}};
  if (seed % 7 >= 4)
    options.dtypes = rare[seed / 7 % 4];
  options.symbolic = seed % 3 == 1;
  options.gradients = seed % 4 >= 2;
  options.secondOrder = options.gradients && seed % 5 == 0;
  if (options.secondOrder)
    options.maxOps = 10;
  return options;
}

/// A function of random ops; its type follows from the arguments and results that they ended up with.
static func::FuncOp buildFunction(OpBuilder &builder, StringRef name, uint64_t seed, const GraphOptions &options) {
  Location location = builder.getUnknownLoc();
  auto function = func::FuncOp::create(builder, location, name, builder.getFunctionType({}, {}));
  Block *entry = function.addEntryBlock();
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(entry);
  RandomOps ops(builder, *entry, seed, options);
  std::mt19937_64 random(seed ^ 0x9e3779b97f4a7c15);
  int count = options.minOps + int(random() % uint64_t(options.maxOps - options.minOps + 1));
  for (int tries = 0; int(entry->getOperations().size()) < count && tries < 10 * count; ++tries)
    ops.addOne();
  SmallVector<Value> results = ops.pickResults();
  func::ReturnOp::create(builder, location, results);
  function.setFunctionType(builder.getFunctionType(entry->getArgumentTypes(), ValueRange(results).getTypes()));
  return function;
}

static SmallVector<int64_t> floatPositions(TypeRange types) {
  SmallVector<int64_t> positions;
  for (auto [i, type] : llvm::enumerate(types))
    if (isa<FloatType>(getElementTypeOrSelf(type)))
      positions.push_back(int64_t(i));
  return positions;
}

/// A function that returns the results of another and their gradients wrt all float arguments.
static func::FuncOp buildDerivative(OpBuilder &builder, func::FuncOp function, StringRef name) {
  function.setPrivate();
  SmallVector<int64_t> wrt = floatPositions(function.getArgumentTypes()),
                       of = floatPositions(function.getResultTypes());
  SmallVector<Type> inputs(function.getArgumentTypes()), outputs(function.getResultTypes());
  for (int64_t i : of)
    inputs.push_back(function.getResultTypes()[i]);
  for (int64_t i : wrt)
    outputs.push_back(function.getArgumentTypes()[i]);
  auto gradient =
      func::FuncOp::create(builder, builder.getUnknownLoc(), name, builder.getFunctionType(inputs, outputs));
  Block *entry = gradient.addEntryBlock();
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(entry);
  auto vjp = VjpOp::create(builder, builder.getUnknownLoc(), outputs, function.getName(), entry->getArguments(),
                           builder.getDenseI64ArrayAttr(wrt), builder.getDenseI64ArrayAttr(of));
  func::ReturnOp::create(builder, builder.getUnknownLoc(), vjp.getResults());
  return gradient;
}

OwningOpRef<ModuleOp> buildRandomModule(MLIRContext &context, uint64_t seed, const GraphOptions &options) {
  context.loadDialect<DlcDialect, func::FuncDialect, scf::SCFDialect, arith::ArithDialect, tensor::TensorDialect>();
  OpBuilder builder(&context);
  OwningOpRef<ModuleOp> module = ModuleOp::create(builder, builder.getUnknownLoc());
  builder.setInsertionPointToEnd(module->getBody());
  func::FuncOp function = buildFunction(builder, options.gradients ? "f" : "main", seed, options);
  if (options.gradients)
    function = buildDerivative(builder, function, options.secondOrder ? "g" : "main");
  if (options.secondOrder)
    buildDerivative(builder, function, "main");
  return module;
}

} // namespace dlc::check
