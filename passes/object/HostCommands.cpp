// Structured control flow to jumps, scalars to registers.
#include "passes/object/HostCommands.h"

#include "dialects/rt/Rt.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using dlc::program::ArithOpcode;

namespace dlc {

static bool isBool(Type type) { return type.isInteger(1); }
static unsigned widthOf(Type type) { return type.isIndex() ? 64 : type.getIntOrFloatBitWidth(); }

//===--- Registers ---===//

uint32_t HostCommands::registerOf(Value scalar) {
  auto [place, isNew] = registers.try_emplace(scalar, 0);
  if (isNew)
    place->second = newRegister();
  return place->second;
}

uint32_t HostCommands::constant(int64_t value) {
  uint32_t reg = newRegister();
  append(CommandDesc::setRegister(reg, value));
  return reg;
}

void HostCommands::computeInto(uint32_t to, ArithOpcode opcode, uint32_t a, uint32_t b) {
  append(CommandDesc::arithmetic(to, opcode, a, b));
}

uint32_t HostCommands::compute(ArithOpcode opcode, uint32_t a, uint32_t b) {
  uint32_t reg = newRegister();
  computeInto(reg, opcode, a, b);
  return reg;
}

void HostCommands::narrow(uint32_t reg, Type type) {
  unsigned width = widthOf(type);
  if (width == 64)
    return;
  computeInto(reg, ArithOpcode::And, reg, constant((INT64_C(1) << width) - 1));
  if (isBool(type))
    return;
  uint32_t sign = constant(INT64_C(1) << (width - 1));
  computeInto(reg, ArithOpcode::Xor, reg, sign);
  computeInto(reg, ArithOpcode::Sub, reg, sign);
}

void HostCommands::moveAll(ValueRange to, ValueRange from) {
  SmallVector<uint32_t> sources;
  for (auto [target, source] : llvm::zip_equal(to, from)) {
    sources.push_back(registerOf(source));
    if (to.size() > 1) { // a target may be another's source
      sources.back() = newRegister();
      move(sources.back(), registerOf(source));
    }
  }
  for (auto [target, source] : llvm::zip_equal(to, sources))
    move(registerOf(target), source);
}

/// Makes a jump go to where the next command will be.
void HostCommands::aim(size_t command) {
  CommandDesc &jump = desc.commands[command];
  jump.args[jump.opcode == program::Opcode::Jump ? 0 : 1] = uint32_t(desc.commands.size());
}

//===--- Control flow ---===//

LogicalResult HostCommands::writeBlock(Block &block) {
  for (Operation &op : block.without_terminator())
    if (failed(writeOp(&op)))
      return failure();
  if (desc.registerCount <= program::maxRegisters)
    return success();
  return block.getParentOp()->emitError("expected at most ")
         << program::maxRegisters << " scalars between kernels, but got " << desc.registerCount;
}

LogicalResult HostCommands::writeOp(Operation *op) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](scf::IfOp branch) { return writeIf(branch); })
      .Case([&](scf::ForOp loop) { return writeFor(loop); })
      .Case([&](scf::WhileOp loop) { return writeWhile(loop); })
      .Default(
          [&](Operation *) { return isa<arith::ArithDialect>(op->getDialect()) ? writeScalarOp(op) : writeOther(op); });
}

LogicalResult HostCommands::writeIf(scf::IfOp branch) {
  size_t toElse = desc.commands.size();
  append(CommandDesc::jumpIfZero(registerOf(branch.getCondition()), 0));
  auto writeBranch = [&](Block &block) {
    if (failed(writeBlock(block)))
      return failure();
    moveAll(branch.getResults(), block.getTerminator()->getOperands());
    return success();
  };
  if (failed(writeBranch(*branch.thenBlock())))
    return failure();
  if (!branch.elseBlock()) {
    aim(toElse);
    return success();
  }
  size_t toEnd = desc.commands.size();
  append(CommandDesc::jump(0));
  aim(toElse);
  if (failed(writeBranch(*branch.elseBlock())))
    return failure();
  aim(toEnd);
  return success();
}

void HostCommands::requirePositive(scf::ForOp loop, uint32_t step) {
  APInt known;
  if (matchPattern(loop.getStep(), m_ConstantInt(&known)) && known.isStrictlyPositive())
    return;
  append(CommandDesc::requirePositive(step, uint32_t(desc.positions.size())));
  desc.positions.push_back({"scf.for", rt::placeText(loop.getLoc())});
}

LogicalResult HostCommands::writeFor(scf::ForOp loop) {
  uint32_t counter = registerOf(loop.getInductionVar()), end = registerOf(loop.getUpperBound());
  uint32_t step = registerOf(loop.getStep()), test = newRegister(), next = newRegister();
  requirePositive(loop, step);
  move(counter, registerOf(loop.getLowerBound()));
  moveAll(loop.getRegionIterArgs(), loop.getInitArgs());
  size_t top = desc.commands.size();
  computeInto(test, ArithOpcode::Lt, counter, end);
  size_t toEnd = desc.commands.size();
  append(CommandDesc::jumpIfZero(test, 0));
  if (failed(writeBlock(*loop.getBody())))
    return failure();
  moveAll(loop.getRegionIterArgs(), loop.getBody()->getTerminator()->getOperands());
  // A counter that wraps has passed every bound.
  computeInto(next, ArithOpcode::Add, counter, step);
  computeInto(test, ArithOpcode::Lt, counter, next);
  size_t toEndByWrapping = desc.commands.size();
  append(CommandDesc::jumpIfZero(test, 0));
  move(counter, next);
  append(CommandDesc::jump(uint32_t(top)));
  aim(toEnd);
  aim(toEndByWrapping);
  moveAll(loop.getResults(), loop.getRegionIterArgs());
  return success();
}

LogicalResult HostCommands::writeWhile(scf::WhileOp loop) {
  moveAll(loop.getBeforeArguments(), loop.getInits());
  size_t top = desc.commands.size();
  if (failed(writeBlock(*loop.getBeforeBody())))
    return failure();
  scf::ConditionOp condition = loop.getConditionOp();
  moveAll(loop.getAfterArguments(), condition.getArgs());
  size_t toEnd = desc.commands.size();
  append(CommandDesc::jumpIfZero(registerOf(condition.getCondition()), 0));
  if (failed(writeBlock(*loop.getAfterBody())))
    return failure();
  moveAll(loop.getBeforeArguments(), loop.getYieldOp()->getOperands());
  append(CommandDesc::jump(uint32_t(top)));
  aim(toEnd);
  moveAll(loop.getResults(), loop.getAfterArguments());
  return success();
}

//===--- Scalars ---===//

static LogicalResult refuse(Operation *op, const llvm::Twine &rule) {
  return op->emitOpError("expected ") << rule << " between kernels, but got this";
}

/// The opcode of ops that work on sign-extended integers of every width, and what it is on i1.
static std::optional<ArithOpcode> opcodeOf(Operation *op, bool onBool) {
  using Answer = std::optional<ArithOpcode>;
  return llvm::TypeSwitch<Operation *, Answer>(op)
      .Case<arith::AddIOp>([&](auto) { return onBool ? ArithOpcode::Xor : ArithOpcode::Add; })
      .Case<arith::SubIOp>([&](auto) { return onBool ? ArithOpcode::Xor : ArithOpcode::Sub; })
      .Case<arith::MulIOp>([&](auto) { return onBool ? ArithOpcode::And : ArithOpcode::Mul; })
      .Case<arith::AndIOp>([](auto) { return ArithOpcode::And; })
      .Case<arith::OrIOp>([](auto) { return ArithOpcode::Or; })
      .Case<arith::XOrIOp>([](auto) { return ArithOpcode::Xor; })
      .Case<arith::MinSIOp>([&](auto) { return onBool ? ArithOpcode::Or : ArithOpcode::Min; })
      .Case<arith::MaxSIOp>([&](auto) { return onBool ? ArithOpcode::And : ArithOpcode::Max; })
      .Default([](Operation *) { return std::nullopt; });
}

LogicalResult HostCommands::writeScalarOp(Operation *op) {
  if (auto value = dyn_cast<arith::ConstantOp>(op)) {
    APInt bits = cast<IntegerAttr>(value.getValue()).getValue();
    int64_t number = isBool(value.getType()) ? int64_t(bits.getZExtValue()) : bits.getSExtValue();
    append(CommandDesc::setRegister(registerOf(value), number));
    return success();
  }
  Type type = op->getResult(0).getType();
  if (auto opcode = opcodeOf(op, isBool(type))) {
    uint32_t to = registerOf(op->getResult(0));
    computeInto(to, *opcode, registerOf(op->getOperand(0)), registerOf(op->getOperand(1)));
    if (isa<arith::AddIOp, arith::SubIOp, arith::MulIOp>(op))
      narrow(to, type);
    return success();
  }
  if (isa<arith::CmpIOp>(op))
    return writeCompare(op);
  if (isa<arith::SelectOp>(op)) {
    writeSelect(op);
    return success();
  }
  if (isa<arith::DivSIOp, arith::RemSIOp, arith::FloorDivSIOp, arith::CeilDivSIOp>(op))
    return writeDivision(op);
  if (writeCast(op))
    return success();
  return refuse(op, "arithmetic of signed integers");
}

LogicalResult HostCommands::writeCompare(Operation *op) {
  auto compare = cast<arith::CmpIOp>(op);
  uint32_t x = registerOf(compare.getLhs()), y = registerOf(compare.getRhs()), to = registerOf(compare);
  using P = arith::CmpIPredicate;
  P predicate = compare.getPredicate();
  bool isEquality = predicate == P::eq || predicate == P::ne;
  if (!isEquality && isBool(compare.getLhs().getType()))
    return refuse(op, "comparisons of i1 for equality alone");
  if (predicate == P::ult || predicate == P::ule || predicate == P::ugt || predicate == P::uge) {
    uint32_t lowest = constant(INT64_MIN);
    x = compute(ArithOpcode::Xor, x, lowest);
    y = compute(ArithOpcode::Xor, y, lowest);
  }
  if (predicate == P::sgt || predicate == P::sge || predicate == P::ugt || predicate == P::uge)
    std::swap(x, y);
  bool isStrict = predicate == P::slt || predicate == P::sgt || predicate == P::ult || predicate == P::ugt;
  computeInto(to,
              predicate == P::eq   ? ArithOpcode::Eq
              : predicate == P::ne ? ArithOpcode::Ne
              : isStrict           ? ArithOpcode::Lt
                                   : ArithOpcode::Le,
              x, y);
  return success();
}

/// y + c * (x - y), which wraps to the right answer.
void HostCommands::writeSelect(Operation *op) {
  auto select = cast<arith::SelectOp>(op);
  uint32_t y = registerOf(select.getFalseValue());
  uint32_t difference = compute(ArithOpcode::Sub, registerOf(select.getTrueValue()), y);
  uint32_t chosen = compute(ArithOpcode::Mul, registerOf(select.getCondition()), difference);
  computeInto(registerOf(select), ArithOpcode::Add, chosen, y);
}

/// Only by known divisors: others may be 0, which has no answer.
LogicalResult HostCommands::writeDivision(Operation *op) {
  APInt divisor;
  if (!matchPattern(op->getOperand(1), m_ConstantInt(&divisor)) || divisor.isZero() || divisor.isAllOnes())
    return refuse(op, "division by a constant other than 0 and -1");
  uint32_t x = registerOf(op->getOperand(0)), y = registerOf(op->getOperand(1)), to = registerOf(op->getResult(0));
  if (isa<arith::DivSIOp>(op)) // towards zero: without the remainder it is exact
    x = compute(ArithOpcode::Sub, x, compute(ArithOpcode::Rem, x, y));
  computeInto(to,
              isa<arith::RemSIOp>(op)       ? ArithOpcode::Rem
              : isa<arith::CeilDivSIOp>(op) ? ArithOpcode::CeilDiv
                                            : ArithOpcode::FloorDiv,
              x, y);
  return success();
}

bool HostCommands::writeCast(Operation *op) {
  if (!isa<arith::IndexCastOp, arith::IndexCastUIOp, arith::ExtSIOp, arith::ExtUIOp, arith::TruncIOp>(op))
    return false;
  Type from = op->getOperand(0).getType(), to = op->getResult(0).getType();
  uint32_t source = registerOf(op->getOperand(0)), reg = registerOf(op->getResult(0));
  bool isUnsigned = isa<arith::IndexCastUIOp, arith::ExtUIOp>(op);
  if (widthOf(to) <= widthOf(from)) {
    move(reg, source);
    narrow(reg, to);
  } else if (isBool(from) && !isUnsigned) {
    computeInto(reg, ArithOpcode::Sub, constant(0), source);
  } else if (isUnsigned) {
    computeInto(reg, ArithOpcode::And, source, constant((INT64_C(1) << widthOf(from)) - 1));
  } else {
    move(reg, source);
  }
  return true;
}

} // namespace dlc
