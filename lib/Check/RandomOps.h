// A growing pool of values and the ways to make one more: each draws operands from the pool, or new arguments when
// none fits, and adds one op.
#ifndef DLC_CHECK_RANDOMOPS_H
#define DLC_CHECK_RANDOMOPS_H

#include "dialects/dlc/Dlc.h"
#include "lib/Check/RandomGraph.h"

#include <functional>
#include <random>

namespace dlc::check {

// What the constraints of DlcBase.td admit: elements that are computed with are floats, integers or bool, numbers if
// not bool, arithmetic if they are numbers or complex; f8 and integers of 4 bits are none of these.
bool isFloatTensor(mlir::Value x);
bool isBoolTensor(mlir::Value x);
bool isNumberTensor(mlir::Value x);
bool isOrderedTensor(mlir::Value x);
bool isComplexTensor(mlir::Value x);
bool isArithmeticTensor(mlir::Value x);
bool isStorageTensor(mlir::Value x);

class RandomOps {
public:
  RandomOps(mlir::OpBuilder &builder, mlir::Block &entry, uint64_t seed, const GraphOptions &options);

  /// Adds an op, or nothing if the drawn kind finds no operands.
  void addOne();
  /// Values that a function may return: the newest, and a few more.
  llvm::SmallVector<mlir::Value> pickResults();

private:
  using Value = mlir::Value;

  uint64_t draw(uint64_t below) { return random() % below; }
  bool chance(int percent) { return draw(100) < uint64_t(percent); }
  template <class T> T pick(std::initializer_list<T> from) { return from.begin()[draw(from.size())]; }

  mlir::Type randomElement();
  mlir::Type randomFloat();
  /// Most often the usual one.
  mlir::Type randomInteger(mlir::Type usual);
  Dims randomShape(int64_t maxRank);
  Value newArgument(llvm::ArrayRef<DimExpr> dims, mlir::Type element);
  Value find(std::function<bool(Value)> accepts);
  /// Another value of the type of `x`: from the pool, a constant, or a new argument.
  Value mate(Value x);
  Value constantLike(Value x);
  /// A bool tensor of the shape of `like`.
  Value condition(Value like);
  /// A value of an element type, cast from `x` as far as that goes: what is complex gives its real part first.
  Value castTo(Value x, mlir::Type element);
  Value createByName(llvm::StringRef name, llvm::ArrayRef<Value> operands);
  Value indices(llvm::ArrayRef<DimExpr> dims);
  bool fits(llvm::ArrayRef<DimExpr> dims) const;
  bool isStatic(Value x, int64_t dim) const { return dimsOf(x)[dim].isConstant(); }
  /// Puts a value into the pool, unless a transform has no rule for the op that makes it.
  void keep(Value x);
  bool hasRules(mlir::Operation *op) const;

  void addElementwise();
  void addArithmetic();
  void addChoice();
  void addBits();
  void addCast();
  void addBroadcast();
  void addReshape();
  void addTranspose();
  void addSlice();
  void addPad();
  void addConcat();
  void addReverse();
  void addIota();
  void addGather();
  void addScatter();
  void addReduce();
  void addArg();
  void addWindow();
  void addDot();
  void addConv();
  void addCustomCall();
  void addRandom();
  void addScan();
  void addSort();
  void addDynamic();
  void addBitcast();
  void addComposite();
  void addOverDim();
  void addNorm();
  void addAttention();
  void addCell();
  void addQuantized();
  void addCrossEntropy();

  // RandomControlFlow.cpp
  void addControlFlow();
  mlir::ValueRange addIf(mlir::ValueRange inits);
  mlir::ValueRange addFor(mlir::ValueRange inits);
  mlir::ValueRange addWhile(mlir::ValueRange inits);
  void inRegion(mlir::Block &block, std::function<void()> fill);
  void addBody();
  llvm::SmallVector<Value> drawLike(mlir::ValueRange fallbacks);
  Value scalarOf(mlir::Type element);
  Value smallArgument(mlir::Type element);
  Value smallIndex();

  mlir::OpBuilder &builder;
  mlir::Block &entry;
  std::mt19937_64 random;
  GraphOptions options;
  DlcBuilder b;
  llvm::SmallVector<Value> pool;
  int depth = 0; ///< Regions around the ops that are added.
};

} // namespace dlc::check

#endif // DLC_CHECK_RANDOMOPS_H
