// Modules around random ops: a function of them, and what transforms make of it.
#include "lib/Check/RandomGraph.h"
#include "lib/Check/RandomOps.h"
#include "lib/Check/RandomTransforms.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace dlc::check {

static std::vector<DType> allDTypes() {
  std::vector<DType> all;
  for (unsigned i = 0; i < numDTypes; ++i)
    all.push_back(DType(i));
  return all;
}

int64_t GraphOptions::derivatives() const {
  return llvm::count(transforms, Transform::Vjp) + llvm::count(transforms, Transform::Jvp);
}
bool GraphOptions::has(Transform transform) const { return llvm::is_contained(transforms, transform); }

/// Plain gradients most of the time; else any other transform, and pairs of them.
static std::vector<Transform> transformsFor(uint64_t n) {
  using T = Transform;
  static const std::vector<T> others[] = {{T::Jvp},           {T::Vmap},         {T::Vjp, T::Vjp},
                                          {T::Vmap, T::Vjp},  {T::Vjp, T::Vmap}, {T::Vjp, T::Jvp},
                                          {T::Jvp, T::Vjp},   {T::Vmap, T::Jvp}, {T::Jvp, T::Vmap},
                                          {T::Call, T::Vjp},  {T::Call},         {T::Vjp, T::Vmap, T::Vjp},
                                          {T::Vmap, T::Vmap}, {T::Jvp, T::Jvp}};
  return n % 2 ? others[n / 2 % std::size(others)] : std::vector<T>{T::Vjp};
}

GraphOptions optionsFor(uint64_t seed) {
  GraphOptions options;
  // Most programs hold the usual types, with which ops find operands more often; each of the others has its turn.
  options.dtypes = {DType::F64, DType::I32, DType::I64, DType::Bool};
  static const std::vector<DType> rare[] = {{DType::F16, DType::BF16, DType::Bool},
                                            {DType::I8, DType::U8, DType::Bool, DType::I64},
                                            {DType::I16, DType::U16, DType::U32, DType::U64},
                                            {DType::F16, DType::F64, DType::U8, DType::I64},
                                            {DType::F8E4M3, DType::F8E5M2, DType::I4, DType::U4, DType::I8},
                                            {DType::F8E5M2, DType::U4, DType::F8E4M3, DType::I4},
                                            {DType::C64, DType::C128, DType::F64, DType::C64},
                                            {DType::C128, DType::I32, DType::C64, DType::Bool},
                                            allDTypes()};
  uint64_t draws = seed * 0x9e3779b97f4a7c15 >> 32; // so that what they decide occurs together with all else
  if (seed % 7 >= 4)
    options.dtypes = rare[draws % std::size(rare)];
  options.symbolic = seed % 3 == 1;
  if (seed % 4 >= 2)
    options.transforms = transformsFor(draws / 8);
  if (options.transforms.size() > 1)
    options.maxOps = 10;
  return options;
}

/// A function of random ops; its type follows from the arguments and results that they ended up with.
static void buildFunction(OpBuilder &builder, StringRef name, uint64_t seed, const GraphOptions &options) {
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
}

OwningOpRef<ModuleOp> buildRandomModule(MLIRContext &context, uint64_t seed, const GraphOptions &options) {
  context.loadDialect<DlcDialect, func::FuncDialect, scf::SCFDialect, arith::ArithDialect, tensor::TensorDialect>();
  OpBuilder builder(&context);
  OwningOpRef<ModuleOp> module = ModuleOp::create(builder, builder.getUnknownLoc());
  builder.setInsertionPointToEnd(module->getBody());
  buildFunction(builder, "main", seed, options);
  for (auto [i, transform] : llvm::enumerate(options.transforms))
    transformMain(*module, transform, seed + i);
  return module;
}

} // namespace dlc::check
