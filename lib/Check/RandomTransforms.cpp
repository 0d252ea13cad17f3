// A function that calls another by one of the ops that the autodiff phase resolves.
#include "lib/Check/RandomTransforms.h"

#include <random>

using namespace mlir;

namespace dlc::check {

/// Adds @main with the types of a call; the caller makes the op and returns its results.
static func::FuncOp addMain(OpBuilder &builder, TypeRange arguments, TypeRange results) {
  auto main =
      func::FuncOp::create(builder, builder.getUnknownLoc(), "main", builder.getFunctionType(arguments, results));
  builder.setInsertionPointToEnd(main.addEntryBlock());
  return main;
}

void tangentMain(ModuleOp module) {
  if (module.walk([](Operation *op) { return WalkResult(isa<TrigammaOp>(op) ? failure() : success()); })
          .wasInterrupted())
    return;
  auto primal = module.lookupSymbol<func::FuncOp>("main");
  primal.setName("primal");
  primal.setPrivate();
  SmallVector<Type> arguments(primal.getArgumentTypes()), results(primal.getResultTypes());
  SmallVector<int64_t> wrt, of;
  auto addFloats = [](SmallVector<Type> &types, SmallVector<int64_t> &positions) {
    for (int64_t i = 0, count = int64_t(types.size()); i < count; ++i)
      if (isa<FloatType>(elementTypeOf(types[i]))) {
        positions.push_back(i);
        types.push_back(types[i]);
      }
  };
  addFloats(arguments, wrt);
  addFloats(results, of);
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  func::FuncOp main = addMain(builder, arguments, results);
  auto jvp = JvpOp::create(builder, builder.getUnknownLoc(), results, "primal", main.getArguments(), wrt, of);
  func::ReturnOp::create(builder, builder.getUnknownLoc(), jvp.getResults());
}

VmapOp batchMain(ModuleOp module, uint64_t seed, const DimExpr &extent) {
  std::mt19937_64 random(seed ^ 0xba7c4);
  auto one = module.lookupSymbol<func::FuncOp>("main");
  one.setName("one");
  auto axisOf = [&](Type type) { return int64_t(random() % uint64_t(cast<RankedTensorType>(type).getRank() + 1)); };
  SmallVector<int64_t> in, out;
  for (Type type : one.getArgumentTypes())
    in.push_back(random() % 4 ? axisOf(type) : -1);
  if (llvm::all_of(in, [](int64_t axis) { return axis < 0; }))
    in[0] = axisOf(one.getArgumentTypes()[0]);
  for (Type type : one.getResultTypes())
    out.push_back(axisOf(type));
  SmallVector<Type> arguments, results;
  for (auto [type, axis] : llvm::zip(one.getArgumentTypes(), in))
    arguments.push_back(VmapOp::batchedType(type, axis, extent));
  for (auto [type, axis] : llvm::zip(one.getResultTypes(), out))
    results.push_back(VmapOp::batchedType(type, axis, extent));
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  func::FuncOp main = addMain(builder, arguments, results);
  auto vmap = VmapOp::create(builder, builder.getUnknownLoc(), results, "one", main.getArguments(), in, out);
  func::ReturnOp::create(builder, builder.getUnknownLoc(), vmap.getResults());
  return vmap;
}

} // namespace dlc::check
