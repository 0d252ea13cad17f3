// Each kind of step is tried on a copy; a copy that verifies and passes the test replaces the program. Kinds are
// repeated until none makes progress.
#include "lib/Check/Reducer.h"

#include "lib/Check/Inputs.h"
#include "lib/Check/KnownExtents.h"
#include "lib/Check/Outcome.h"
#include "lib/Check/Surgery.h"
#include "lib/Interp/HostAttr.h"

#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringExtras.h"

#include <chrono>
#include <set>

using namespace mlir;

namespace dlc::check {

std::string programText(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream, OpPrintingFlags().useLocalScope());
  return text + "\n";
}

std::string textWithPlaces(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream, OpPrintingFlags().enableDebugInfo());
  return text;
}

namespace {

using Clock = std::chrono::steady_clock;

class Reducer {
public:
  Reducer(ModuleOp module, const Interesting &test, const ReduceLimits &limits)
      : best(module.clone()), test(test), limits(limits), start(Clock::now()) {
    bestText = programText(*best);
  }

  Reduction run() {
    bool hasProgress = true;
    while (hasProgress && !isOver()) {
      std::string before = bestText;
      step([](Anatomy &parts) { return parts.clean(), true; });
      step([](Anatomy &parts) { return Anatomy::peel(parts.module); });
      bindSymbols();
      step([](Anatomy &parts) { return parts.enterCallee(); });
      dropResults();
      inlineCalls();
      unwrapRegions();
      returnOperands();
      cutOps();
      forwardOperands();
      shrinkExtents();
      plainExamples();
      hasProgress = bestText != before;
    }
    Reduction result;
    result.module = std::move(best);
    result.text = bestText;
    result.tests = tests;
    result.lines = lineCount(bestText);
    result.seconds = seconds();
    return result;
  }

private:
  static unsigned lineCount(StringRef text) { return unsigned(text.trim().count('\n')) + 1; }
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start).count(); }
  bool isOver() const { return tests >= limits.tests || seconds() > limits.seconds; }

  /// Tries `edit` on a copy. True if the copy is the program now.
  bool step(llvm::function_ref<bool(Anatomy &)> edit) {
    if (isOver())
      return false;
    OwningOpRef<ModuleOp> copy = best->clone();
    auto parts = Anatomy::of(*copy);
    ScopedDiagnosticHandler quiet(copy->getContext(), [](Diagnostic &) { return success(); });
    if (!parts || !edit(*parts))
      return false;
    if (auto fresh = Anatomy::of(*copy)) // an edit may have changed what the entry consists of
      fresh->clean();
    if (failed(verify(*copy)))
      return false;
    std::string text = programText(*copy);
    if (text == bestText || !tried.insert(text).second)
      return false;
    ++tests;
    if (limits.progress)
      limits.progress(tests, lineCount(bestText));
    if (!test(text))
      return false;
    best = std::move(copy);
    bestText = std::move(text);
    return true;
  }

  std::vector<HostTensor> examples(func::FuncOp entry) {
    std::vector<HostTensor> inputs;
    if (examplesOf(entry, inputs).failed())
      inputs.clear();
    return inputs;
  }

  /// Gives symbols the values of the examples.
  void bindSymbols() {
    step([&](Anatomy &parts) {
      std::vector<HostTensor> inputs = examples(parts.entry);
      if (inputs.empty() || symbolsOf(parts.entry).empty() || specialise(parts.entry, inputs).failed())
        return false;
      if (!parts.callee)
        return true;
      std::vector<std::vector<int64_t>> passed; // the extents of the request's operands are static now
      for (Value operand : parts.request->getOperands().take_front(parts.callee.getNumArguments()))
        passed.push_back(cast<RankedTensorType>(operand.getType()).getShape().vec());
      return specialise(parts.callee, passed).isOk();
    });
  }

  /// One result at best; else as few as possible.
  void dropResults() {
    unsigned count = entry().getNumResults();
    for (unsigned i = count; i-- > 0 && count > 1;)
      if (step([&](Anatomy &parts) { return parts.keepResults({i}), true; }))
        return;
    for (unsigned i = count; i-- > 0 && entry().getNumResults() > 1;)
      step([&](Anatomy &parts) {
        SmallVector<unsigned> kept;
        for (unsigned j = 0; j < parts.entry.getNumResults(); ++j)
          if (j != i)
            kept.push_back(j);
        return i < parts.entry.getNumResults() ? (parts.keepResults(kept), true) : false;
      });
  }

  /// Returns what the last ops read instead of what they give.
  void returnOperands() {
    for (bool hasProgress = true; hasProgress;) {
      hasProgress = false;
      for (unsigned i = 0; i < Anatomy::of(*best)->body().getNumResults(); ++i)
        for (unsigned operand = 0; operand < 4 && !hasProgress; ++operand)
          hasProgress = step([&](Anatomy &parts) { return parts.returnOperand(i, operand); });
    }
  }

  void inlineCalls() {
    step([](Anatomy &parts) {
      if (!parts.callee || !isa<CallOp>(parts.request))
        return false;
      parts.inlineCall();
      return true;
    });
  }

  /// Branches and loops around what matters.
  void unwrapRegions() {
    bool isThere = true;
    for (unsigned index = 0; isThere && !isOver();) {
      bool isDone = false;
      for (unsigned side = 0; side < 2 && !isDone; ++side)
        isDone = step([&](Anatomy &parts) {
          SmallVector<Operation *> all;
          parts.body().walk([&](Operation *op) {
            if (op->getNumRegions() > 0 && op != parts.body())
              all.push_back(op);
          });
          isThere = index < all.size();
          return isThere && Anatomy::unwrap(all[index], side);
        });
      index += isDone ? 0 : 1;
    }
  }

  func::FuncOp entry() { return Anatomy::of(*best)->entry; }
  size_t opCount() {
    Block &block = Anatomy::of(*best)->body().getBody().front();
    return size_t(std::distance(block.begin(), block.end())) - 1;
  }

  /// What every op of the body gives, in order, on the examples; empty if that cannot be known.
  std::vector<SmallVector<HostTensor>> valuesOfOps() {
    std::vector<SmallVector<HostTensor>> values;
    Anatomy parts = *Anatomy::of(*best);
    std::vector<HostTensor> inputs = examples(parts.entry);
    if (inputs.size() != parts.entry.getNumArguments())
      return {};
    if (parts.callee) {
      std::vector<HostTensor> passed;
      for (Value operand : parts.request->getOperands().take_front(parts.callee.getNumArguments())) {
        if (auto argument = dyn_cast<BlockArgument>(operand)) {
          passed.push_back(inputs[argument.getArgNumber()]);
          continue;
        }
        SmallVector<HostTensor> constant;
        if (failed(evaluateOp(operand.getDefiningOp(), {}, constant)))
          return {};
        passed.push_back(constant[0]);
      }
      inputs = passed;
    }
    InterpOptions options;
    options.observe = [&](Operation *op, ArrayRef<HostTensor> results) {
      if (isa<func::FuncOp>(op->getParentOp()))
        values.emplace_back(results.begin(), results.end());
    };
    interpretFunction(parts.body(), inputs, options);
    return values;
  }

  /// What can be an input.
  static bool isTensor(Type type) { return isa<RankedTensorType>(type); }

  /// Turns the results of ops into inputs, many at once and then one by one; what fed them alone goes with them.
  void cutOps() {
    for (size_t size = std::max<size_t>(1, opCount() / 2); size > 0; size /= 2)
      for (size_t begin = 0; begin < opCount() && !isOver();) {
        auto values = valuesOfOps();
        if (values.size() != opCount())
          return;
        size_t end = std::min(begin + size, opCount());
        bool isCut = step([&](Anatomy &parts) {
          SmallVector<Operation *> chosen;
          for (auto [i, op] : llvm::enumerate(parts.body().getBody().front().without_terminator()))
            if (i >= begin && i < end && !isa<ConstantOp>(op) && llvm::all_of(op.getResultTypes(), isTensor))
              chosen.push_back(&op);
          for (Operation *op : chosen)
            for (auto [i, result] : llvm::enumerate(op->getResults())) {
              bool isReadOutside =
                  llvm::any_of(result.getUsers(), [&](Operation *user) { return !llvm::is_contained(chosen, user); });
              if (!isReadOutside)
                continue;
              size_t index = size_t(std::distance(op->getBlock()->begin(), op->getIterator()));
              result.replaceAllUsesWith(parts.addArgument(result.getType(), values[index][i]));
            }
          return !chosen.empty();
        });
        if (!isCut)
          begin = end;
      }
  }

  /// Replaces the results of ops by operands or arguments of the same type.
  void forwardOperands() {
    for (size_t index = opCount(); index-- > 0 && !isOver();)
      for (unsigned choice = 0; index < opCount(); ++choice) {
        bool hasChoice = false;
        bool isDone = step([&](Anatomy &parts) {
          Operation *op = &*std::next(parts.body().getBody().front().begin(), long(index));
          if (op->getNumResults() != 1 || isa<ConstantOp>(op))
            return false;
          SmallVector<Value> same;
          for (Value operand : op->getOperands())
            if (operand.getType() == op->getResult(0).getType() && !llvm::is_contained(same, operand))
              same.push_back(operand);
          hasChoice = choice < same.size();
          if (hasChoice)
            op->getResult(0).replaceAllUsesWith(same[choice]);
          return hasChoice;
        });
        if (isDone || !hasChoice)
          break;
      }
  }

  void shrinkExtents() {
    std::set<int64_t, std::greater<>> extents;
    for (Type type : entry().getArgumentTypes())
      for (const DimExpr &dim : dimsOf(type)) {
        if (!dim.isConstant())
          return;
        if (*dim.constant() > 1)
          extents.insert(*dim.constant());
      }
    for (int64_t extent : extents)
      for (int64_t to : {int64_t(1), int64_t(2), extent / 2, extent - (extent > 9 ? extent / 4 : 1)})
        if (to > 0 && to < extent && step([&](Anatomy &parts) { return succeeded(parts.resize(extent, to)); }))
          break;
  }

  /// Examples that are one value everywhere read better.
  void plainExamples() {
    for (unsigned i = 0; i < entry().getNumArguments(); ++i)
      for (double value : {1.0, 0.0, 2.0}) {
        auto example = entry().getArgAttrOfType<DenseElementsAttr>(i, "dlc.example");
        if (!example || example.isSplat())
          break;
        bool isDone = step([&](Anatomy &parts) {
          Type element = example.getElementType();
          HostTensor number(dtypeOf(element), {});
          double fitting = isa<IntegerType>(element) ? double(int64_t(value) & 1) : value;
          scalar::store(scalar::HostScalarBuilder().cast(scalar::Scalar::ofDouble(fitting), number.type), number.at(0));
          auto splat = attrOf(number, RankedTensorType::get({}, element));
          parts.entry.setArgAttr(i, "dlc.example", splat.resizeSplat(cast<ShapedType>(example.getType())));
          return true;
        });
        if (isDone)
          break;
      }
  }

  OwningOpRef<ModuleOp> best;
  std::string bestText;
  const Interesting &test;
  ReduceLimits limits;
  Clock::time_point start;
  unsigned tests = 0;
  std::set<std::string> tried;
};

} // namespace

Reduction reduce(ModuleOp module, const Interesting &test, const ReduceLimits &limits) {
  return Reducer(module, test, limits).run();
}

} // namespace dlc::check
