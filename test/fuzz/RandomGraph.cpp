// Modules around random ops: @f with the ops, @main that calls or differentiates it.
#include "test/fuzz/RandomGraph.h"
#include "test/fuzz/RandomOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <cmath>

using namespace mlir;

namespace dlc {

GraphOptions optionsFor(uint64_t seed) {
  GraphOptions options;
  options.symbolic = seed % 3 == 1;
  options.gradients = seed % 4 >= 2;
  options.minOps = seed % 5 == 0 ? 5 : 15;
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

std::vector<HostTensor> randomInputs(ModuleOp module, uint64_t seed, int64_t symbol) {
  std::mt19937_64 random(seed);
  std::vector<HostTensor> inputs;
  scalar::HostScalarBuilder b;
  const double special[] = {0.0, -0.0, -0.0, 1.0, -1.0, 1e-40, 0.0, INFINITY, -0.0, -INFINITY, 0.5, NAN};
  for (Type type : module.lookupSymbol<func::FuncOp>("main").getArgumentTypes()) {
    std::vector<int64_t> shape;
    for (const DimExpr &dim : dimsOf(type))
      shape.push_back(*evaluateDim(dim, [&](const std::string &) { return std::optional<int64_t>(symbol); }));
    HostTensor tensor(dtypeOf(type), shape);
    for (int64_t i = 0, size = tensor.size(); i < size; ++i) {
      double uniform = double(random() >> 11) * 0x1p-51 - 2;
      int64_t integer = int64_t(random() % 8) - (tensor.type == DType::Bool ? 0 : 3);
      scalar::Scalar value =
          isFloat(tensor.type)
              ? scalar::Scalar::ofDouble(random() % 12 == 0 ? special[random() % 12] : uniform)
              : scalar::Scalar::ofInteger(DType::I64, uint64_t(integer) & (tensor.type == DType::Bool ? 1 : ~0ull));
      scalar::store(b.cast(value, tensor.type), tensor.at(i));
    }
    inputs.push_back(std::move(tensor));
  }
  return inputs;
}

} // namespace dlc
