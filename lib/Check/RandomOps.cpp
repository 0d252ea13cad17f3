// The kinds of ops, family by family. Every choice comes from one generator, so a seed fixes the program.
#include "lib/Check/RandomOps.h"
#include "lib/Check/Calls.h"

using namespace mlir;

namespace dlc::check {

RandomOps::RandomOps(OpBuilder &builder, Block &entry, uint64_t seed, const GraphOptions &options)
    : builder(builder), entry(entry), random(seed), options(options), b(builder, builder.getUnknownLoc()) {
  if (options.symbolic) // an argument has to determine B
    keep(newArgument({DimExpr::symbol("B"), DimExpr(3)}, builder.getF32Type()));
  for (int i = 0; i < 2; ++i) {
    Dims shape = randomShape(3); // by itself: compilers differ in which argument of a call comes first
    keep(newArgument(shape, i == 0 ? builder.getF32Type() : randomElement()));
  }
}

void RandomOps::addOne() {
  constexpr int maxDepth = 3;
  if (options.controlFlow && depth < maxDepth && chance(depth ? 15 : 25))
    return addControlFlow();
  using Kind = void (RandomOps::*)();
  const Kind kinds[] = {
      &RandomOps::addElementwise, &RandomOps::addElementwise, &RandomOps::addElementwise, &RandomOps::addArithmetic,
      &RandomOps::addArithmetic,  &RandomOps::addArithmetic,  &RandomOps::addChoice,      &RandomOps::addElementwise,
      &RandomOps::addBits,        &RandomOps::addCast,        &RandomOps::addBroadcast,   &RandomOps::addBroadcast,
      &RandomOps::addReshape,     &RandomOps::addTranspose,   &RandomOps::addTranspose,   &RandomOps::addSlice,
      &RandomOps::addPad,         &RandomOps::addConcat,      &RandomOps::addReverse,     &RandomOps::addIota,
      &RandomOps::addGather,      &RandomOps::addScatter,     &RandomOps::addReduce,      &RandomOps::addReduce,
      &RandomOps::addReduce,      &RandomOps::addArg,         &RandomOps::addWindow,      &RandomOps::addDot,
      &RandomOps::addDot,         &RandomOps::addConv,        &RandomOps::addRandom,      &RandomOps::addScan,
      &RandomOps::addSort,        &RandomOps::addDynamic,     &RandomOps::addBitcast,     &RandomOps::addComposite,
      &RandomOps::addCustomCall};
  (this->*kinds[draw(std::size(kinds))])();
}

SmallVector<Value> RandomOps::pickResults() {
  SmallVector<Value> results;
  for (Value value : llvm::reverse(pool))
    if (results.size() < 4 && value.use_empty() && !isa<BlockArgument>(value))
      results.push_back(value);
  results.push_back(pool[draw(pool.size())]);
  return results;
}

bool RandomOps::hasRules(Operation *op) const {
  auto have = [](TypeRange types) { return llvm::any_of(types, hasDerivative); };
  auto rule = dyn_cast<DifferentiableOpInterface>(op);
  if (!rule || !have(op->getOperandTypes()) || !have(op->getResultTypes()))
    return true; // a composite has those of its parts, and integers need none
  return (!options.has(Transform::Vjp) || rule.whyNotDifferentiable().empty()) &&
         (!options.has(Transform::Jvp) || rule.whyNoJvp().empty()) &&
         (options.derivatives() < 2 || !isa<DigammaOp>(op)); // the derivative of digamma has none
}

void RandomOps::keep(Value x) {
  if (!x.getDefiningOp() || hasRules(x.getDefiningOp()))
    pool.push_back(x);
}

//===--- operands ---===//

Type RandomOps::randomElement() {
  if (options.dtypes.empty() || chance(40))
    return builder.getF32Type();
  return typeOf(options.dtypes[draw(options.dtypes.size())], builder.getContext());
}

Type RandomOps::randomInteger(Type usual) {
  DType one = DType(unsigned(DType::I8) + unsigned(draw(8))); // to u64
  return chance(70) ? usual : typeOf(one, builder.getContext());
}

Type RandomOps::randomFloat() {
  return typeOf(pick({DType::F32, DType::F32, DType::F64, DType::F16, DType::BF16}), builder.getContext());
}

Dims RandomOps::randomShape(int64_t maxRank) {
  Dims dims;
  for (int64_t i = 0, rank = int64_t(draw(uint64_t(maxRank) + 1)); i < rank; ++i)
    dims.push_back(DimExpr(pick<int64_t>({1, 2, 3, 4, 5, 8, 17})));
  if (options.symbolic && !dims.empty() && chance(70))
    dims[draw(dims.size())] = DimExpr::symbol("B");
  return fits(dims) ? dims : Dims{DimExpr(4)};
}

bool RandomOps::fits(ArrayRef<DimExpr> dims) const {
  int64_t size = 1;
  for (const DimExpr &dim : dims)
    size *= std::max<int64_t>(1, *evaluateDim(dim, [](const std::string &) { return std::optional<int64_t>(7); }));
  return size <= options.maxElements;
}

Value RandomOps::newArgument(ArrayRef<DimExpr> dims, Type element) {
  return entry.addArgument(tensorType(dims, element), builder.getUnknownLoc());
}

Value RandomOps::find(std::function<bool(Value)> accepts) {
  SmallVector<Value> found;
  for (Value value : pool)
    if (accepts(value))
      found.push_back(value);
  if (found.empty())
    return {};
  // The newest values are the most interesting ones.
  return found[chance(50) ? found.size() - 1 : draw(found.size())];
}

Value RandomOps::constantLike(Value x) {
  double value = pick<double>({0, 0, 1, 1, -1, 2, 0.5, -0.0, -0.0, 3});
  if (isBoolTensor(x))
    value = double(draw(2));
  return b.full(x, value);
}

Value RandomOps::mate(Value x) {
  if (chance(25))
    return constantLike(x);
  if (chance(75))
    if (Value found = find([&](Value y) { return y.getType() == x.getType() && (y != x || chance(30)); }))
      return found;
  Value argument = newArgument(dimsOf(x), elementTypeOf(x));
  keep(argument);
  return argument;
}

/// Integers, small ones for the most part.
Value RandomOps::indices(ArrayRef<DimExpr> dims) {
  return newArgument(dims, randomInteger(chance(50) ? builder.getI64Type() : builder.getI32Type()));
}

//===--- functions of a user ---===//

/// Derivatives stop in front of a call, and a batch of it is refused.
void RandomOps::addCustomCall() {
  if (options.has(Transform::Vmap))
    return;
  Value x = pool[draw(pool.size())];
  bool isRotation = chance(60);
  SmallVector<Value> operands = {x};
  while (!isRotation && operands.size() < 4 && chance(50))
    operands.push_back(pool[draw(pool.size())]);
  for (Value &operand : operands)
    if (options.derivatives() && hasDerivative(operand.getType()))
      operand = b.create<StopGradientOp>(operand);
  SmallVector<Type> results = {x.getType()};
  if (!isRotation)
    results = {tensorType({}, builder.getI64Type()), tensorType({}, builder.getF32Type())};
  StringAttr text = isRotation ? builder.getStringAttr(std::to_string(draw(5))) : StringAttr();
  bool mayAct = depth == 0 || options.derivatives() == 0; // the derivative of a branch runs it again
  auto call =
      CustomCallOp::create(builder, b.location, results, builder.getStringAttr(isRotation ? rotateCall : digestCall),
                           operands, text, mayAct && chance(30) ? builder.getUnitAttr() : UnitAttr());
  for (Value result : call.getResults())
    keep(result);
}

//===--- random numbers ---===//

void RandomOps::addRandom() {
  Value state = newArgument({DimExpr(2)}, builder.getI64Type());
  Attribute shape = DimsAttr::get(builder.getContext(), randomShape(3));
  Type element = randomFloat();
  switch (draw(3)) {
  case 0:
    return keep(castTo(b.create<RandomBitsOp>(state, cast<DimsAttr>(shape)), randomElement()));
  case 1:
    return keep(b.create<UniformOp>(state, cast<DimsAttr>(shape), TypeAttr::get(element)));
  default:
    return keep(b.create<NormalOp>(state, cast<DimsAttr>(shape), TypeAttr::get(element)));
  }
}

void RandomOps::addIota() {
  Dims dims = randomShape(3);
  if (dims.empty())
    return;
  Type element = chance(50) ? randomInteger(builder.getI32Type()) : randomFloat();
  IntegerAttr dim = builder.getI64IntegerAttr(int64_t(draw(dims.size())));
  keep(b.create<IotaOp>(DimsAttr::get(builder.getContext(), dims), dim, TypeAttr::get(element)));
}

} // namespace dlc::check
