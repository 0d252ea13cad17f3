// The list of numerics N10 and the reasons for what is not on it. Operations are known by name, so that a target brings
// its dialects without this file linking them.
#include "passes/lower/AdmittedOps.h"

#include "dialects/rt/Rt.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace dlc {

namespace {
enum class Rule {
  /// Moves data, computes on integers or steers control: keeps bits whatever its types.
  always,
  /// Rounds as IEEE 754 says, on f32 and f64.
  float32Or64,
  /// As the function of its kind below says.
  narrowing,
  widening,
  bitcast,
  reduction,
  atomic,
  call,
  never
};
} // namespace

static Rule ruleOf(StringRef name) {
  return llvm::StringSwitch<Rule>(name)
      .Cases({"arith.constant",   "arith.select",      "arith.cmpi",  "arith.addi",  "arith.subi",
              "arith.muli",       "arith.divsi",       "arith.divui", "arith.remsi", "arith.remui",
              "arith.ceildivsi",  "arith.floordivsi",  "arith.andi",  "arith.ori",   "arith.xori",
              "arith.shli",       "arith.shrsi",       "arith.shrui", "arith.maxsi", "arith.maxui",
              "arith.minsi",      "arith.minui",       "arith.extsi", "arith.extui", "arith.trunci",
              "arith.index_cast", "arith.index_castui"},
             Rule::always)
      .Cases({"arith.addf", "arith.subf", "arith.mulf", "arith.divf", "arith.negf", "arith.cmpf", "arith.maximumf",
              "arith.minimumf", "arith.sitofp", "arith.uitofp", "math.fma", "math.sqrt", "math.floor", "math.ceil",
              "math.trunc", "math.roundeven", "math.absf", "math.copysign"},
             Rule::float32Or64)
      .Case("arith.truncf", Rule::narrowing)
      .Case("arith.extf", Rule::widening)
      .Cases({"arith.bitcast", "vector.bitcast"}, Rule::bitcast)
      .Case("vector.reduction", Rule::reduction)
      .Cases({"vector.load", "vector.store", "vector.maskedload", "vector.maskedstore", "vector.gather",
              "vector.scatter", "vector.broadcast", "vector.extract", "vector.insert", "vector.shuffle",
              "vector.from_elements", "vector.create_mask", "vector.constant_mask", "vector.step", "memref.load",
              "memref.prefetch", "memref.store"},
             Rule::always)
      .Cases({"scf.for", "scf.if", "scf.while", "scf.condition", "scf.yield", "func.func", "func.return",
              "builtin.module", "builtin.unrealized_conversion_cast"},
             Rule::always)
      .Cases({"llvm.getelementptr", "llvm.load", "llvm.store", "llvm.insertvalue", "llvm.extractvalue",
              "llvm.mlir.constant", "llvm.mlir.poison", "llvm.mlir.global", "llvm.mlir.addressof", "llvm.cmpxchg",
              "llvm.freeze"},
             Rule::always)
      .Case("llvm.atomicrmw", Rule::atomic)
      .Case("llvm.call", Rule::call)
      .Cases({"gpu.module", "gpu.func", "gpu.return", "gpu.block_id", "gpu.thread_id", "gpu.barrier", "gpu.shuffle"},
             Rule::always)
      .Default(Rule::never);
}

/// What is known of operations that somebody may reach for.
static std::string reasonOf(StringRef name) {
  StringRef reason = llvm::StringSwitch<StringRef>(name)
                         .Case("vector.fma", "lowers to llvm.fmuladd, which may be a mul and an add")
                         .Cases({"vector.contract", "vector.outerproduct", "vector.multi_reduction", "vector.scan",
                                 "gpu.all_reduce", "gpu.subgroup_reduce"},
                                "leaves the order of additions to its lowering")
                         .Cases({"arith.maxnumf", "arith.minnumf"}, "drops NaN and leaves the order of zeros open")
                         .Case("arith.remf", "is a call of fmod")
                         .Cases({"arith.fptosi", "arith.fptoui"}, "is poison out of range, where a cast saturates")
                         .Cases({"func.call", "gpu.launch_func"}, "calls a function, and an object imports none")
                         .Default("");
  if (!reason.empty())
    return reason.str();
  if (name.starts_with("math."))
    return "is an approximation or a library call, where dlc has programs of its own";
  if (name.starts_with("dlc."))
    return "no emitter has opened";
  return "is not on the list of numerics N10";
}

static bool hasNarrowFloat(Type type) {
  if (auto shaped = dyn_cast<ShapedType>(type))
    type = shaped.getElementType();
  return isa<FloatType>(type) && !type.isF32() && !type.isF64();
}

static bool isFloatValue(Type type) { return isa<FloatType>(getElementTypeOrSelf(type)); }

static std::string spelled(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

static std::string whyNotNarrowing(Operation *op) {
  Type from = getElementTypeOrSelf(op->getOperand(0)), to = getElementTypeOrSelf(op->getResult(0));
  if (!(from.isF64() && to.isF32()) && !(from.isF32() && to.isF16()))
    return "narrows " + spelled(from) + " to " + spelled(to) +
           " by a library call or an instruction that flushes subnormals";
  if (auto mode = cast<arith::TruncFOp>(op).getRoundingmode(); mode && *mode != arith::RoundingMode::to_nearest_even)
    return "does not round to nearest even";
  return "";
}

/// f16 appears between its bits and its conversion from or to f32 alone, which is one instruction; other narrow floats
/// nowhere.
static std::string whyNotNarrowFloat(Operation *op, Rule rule) {
  for (Type type :
       llvm::concat<Type>(SmallVector<Type>(op->getOperandTypes()), SmallVector<Type>(op->getResultTypes())))
    if (hasNarrowFloat(type)) {
      Type element = getElementTypeOrSelf(type);
      bool isPassing = rule == Rule::bitcast || rule == Rule::widening || rule == Rule::narrowing;
      if (!element.isF16() || !isPassing)
        return "has a value of " + spelled(element) + ", which code carries as its bits";
    }
  return "";
}

/// A kernel that is fast may have the flags of fastMath (numerics N11), another one none.
static std::string whyNotFlags(Operation *op) {
  auto flags = dyn_cast<arith::ArithFastMathInterface>(op);
  arith::FastMathFlagsAttr attr = flags ? flags.getFastMathFlagsAttr() : nullptr;
  if (!attr || attr.getValue() == arith::FastMathFlags::none)
    return "";
  auto kernel = op->getParentOfType<rt::KernelOp>();
  if (!kernel || !kernel.getFast())
    return "has fastmath flags";
  bool isKnown = (attr.getValue() & scalar::fastMath) == attr.getValue();
  return isKnown ? "" : "has fastmath flags for which NaN, infinities or the sign of zero have no meaning";
}

std::string whyNotAdmitted(Operation *op) {
  StringRef name = op->getName().getStringRef();
  Rule rule = ruleOf(name);
  if (rule == Rule::never)
    return reasonOf(name);
  if (std::string reason = whyNotFlags(op); !reason.empty())
    return reason;
  if (rule == Rule::narrowing)
    return whyNotNarrowing(op);
  if (std::string reason = whyNotNarrowFloat(op, rule); !reason.empty())
    return reason;
  switch (rule) {
  case Rule::reduction:
    return isFloatValue(op->getOperand(0).getType()) ? "leaves the order of additions to its lowering" : "";
  case Rule::atomic:
    return cast<LLVM::AtomicRMWOp>(op).getBinOp() == LLVM::AtomicBinOp::xchg
               ? ""
               : "combines in the order in which threads arrive";
  case Rule::call:
    return cast<LLVM::CallOp>(op).getCallee() ? reasonOf("func.call") : "";
  default:
    return "";
  }
}

LogicalResult verifyAdmittedOps(Operation *root) {
  bool isAdmitted = true;
  root->walk([&](Operation *op) {
    if (op == root)
      return;
    std::string reason = whyNotAdmitted(op);
    if (reason.empty())
      return;
    op->emitOpError("expected an operation that keeps bits (numerics N10), but got one that ") << reason;
    isAdmitted = false;
  });
  return success(isAdmitted);
}

} // namespace dlc
