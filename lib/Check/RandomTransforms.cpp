// A function that calls another by one of the ops that the autodiff phase resolves.
#include "lib/Check/RandomTransforms.h"
#include "lib/Check/RandomOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <random>

using namespace mlir;

namespace dlc::check {

/// Renames @main and makes it private: @f, @f1, @f2, ... from inside to outside.
static func::FuncOp takeMain(ModuleOp module) {
  auto main = module.lookupSymbol<func::FuncOp>("main");
  int64_t count = llvm::count_if(module.getOps<func::FuncOp>(), [](func::FuncOp f) { return f.isPrivate(); });
  main.setName(count ? "f" + std::to_string(count) : "f");
  main.setPrivate();
  return main;
}

/// Adds @main with the types of a call; the caller makes the op and returns its results.
static func::FuncOp addMain(OpBuilder &builder, TypeRange arguments, TypeRange results) {
  auto main =
      func::FuncOp::create(builder, builder.getUnknownLoc(), "main", builder.getFunctionType(arguments, results));
  builder.setInsertionPointToEnd(main.addEntryBlock());
  return main;
}

static void callMain(ModuleOp module) {
  func::FuncOp callee = takeMain(module);
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  func::FuncOp main = addMain(builder, callee.getArgumentTypes(), callee.getResultTypes());
  auto call =
      CallOp::create(builder, builder.getUnknownLoc(), callee.getResultTypes(), callee.getName(), main.getArguments());
  func::ReturnOp::create(builder, builder.getUnknownLoc(), call.getResults());
}

/// What a derivative in one of the two modes takes and gives: `to` gets another entry for each of `from` that has
/// derivatives.
static SmallVector<int64_t> append(SmallVector<Type> &to, TypeRange from) {
  SmallVector<int64_t> positions;
  for (auto [i, type] : llvm::enumerate(from))
    if (hasDerivative(type)) {
      positions.push_back(int64_t(i));
      to.push_back(type);
    }
  return positions;
}

template <class Op> static void differentiateMain(ModuleOp module) {
  constexpr bool isReverse = std::is_same_v<Op, VjpOp>;
  func::FuncOp primal = takeMain(module);
  TypeRange from = primal.getArgumentTypes(), to = primal.getResultTypes();
  SmallVector<Type> arguments(from), results(to);
  SmallVector<int64_t> wrt = append(isReverse ? results : arguments, from);
  SmallVector<int64_t> of = append(isReverse ? arguments : results, to);
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  func::FuncOp main = addMain(builder, arguments, results);
  auto op = Op::create(builder, builder.getUnknownLoc(), results, primal.getName(), main.getArguments(), wrt, of);
  func::ReturnOp::create(builder, builder.getUnknownLoc(), op.getResults());
}

/// A batch of `extent` examples, some arguments being shared by all.
static void batchMain(ModuleOp module, uint64_t seed, const DimExpr &extent) {
  std::mt19937_64 random(seed ^ 0xba7c4);
  func::FuncOp one = takeMain(module);
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
  auto vmap = VmapOp::create(builder, builder.getUnknownLoc(), results, one.getName(), main.getArguments(), in, out);
  func::ReturnOp::create(builder, builder.getUnknownLoc(), vmap.getResults());
}

/// A convolution of a batch has as many times the groups, which are constants.
static bool hasConv(ModuleOp module) {
  auto isConv = [](Operation *op) {
    return isa<ConvOp, ConvInputGradOp, ConvWeightGradOp>(op) ? WalkResult::interrupt() : WalkResult::advance();
  };
  return module.walk(isConv).wasInterrupted();
}

void transformMain(ModuleOp module, Transform transform, uint64_t seed) {
  switch (transform) {
  case Transform::Call:
    return callMain(module);
  case Transform::Vjp:
    return differentiateMain<VjpOp>(module);
  case Transform::Jvp:
    return differentiateMain<JvpOp>(module);
  case Transform::Vmap:
    if (module.lookupSymbol<func::FuncOp>("main").getNumArguments() > 0)
      batchMain(module, seed, seed % 3 || hasConv(module) ? DimExpr(int64_t(1 + seed % 4)) : DimExpr::symbol("N"));
  }
}

} // namespace dlc::check
