// A trace records ops as dlc IR: a module whose function @main grows, and private functions inside it that are
// differentiated. A lazy trace (eager mode) takes tensors and scalars as inputs bound to their values, and computes on
// flush the values that somebody still holds; a program is compiled once for each structure. After flush or finish
// nothing can be appended.
#ifndef DLC_ARRAY_TRACE_H
#define DLC_ARRAY_TRACE_H

#include "dialects/dlc/Dlc.h"
#include "dlc-c/trace.h"
#include "lib/Array/CompilerContext.h"
#include "lib/Capi/Handles.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

#include <deque>
#include <memory>
#include <mutex>
#include <thread>

namespace dlc {

/// How strongly a value holds on to its dtype in promotion: an array's value does (None), a scalar's gives way.
enum class WeakKind : uint8_t { None, Bool, Int, Float };

/// What an op is applied to: a value, or a literal that becomes one when its element type is known.
struct Operand {
  mlir::Value value;
  WeakKind weak = WeakKind::None;
  int64_t integer = 0;
  double number = 0;
  bool isLiteral() const { return !value; }
};

class Trace {
public:
  /// `fast`: @main is `dlc.fast`.
  Trace(bool lazy, std::string engine, bool fast = false);
  ~Trace();

  /// A new argument of @main.
  Status input(DType type, llvm::ArrayRef<DimExpr> dims, llvm::StringRef name, bool weak, uint32_t &out);
  Status tensor(dlc_tensor *tensor, uint32_t &out);
  uint32_t scalar(WeakKind kind, int64_t integer, double number);
  /// An extent of inputs as a value of @main: its symbols are those of the inputs.
  Status extent(const DimExpr &extent, uint32_t &out);
  /// The same value, which gives way in promotion: of rank 0, and bool, i64 or f64.
  Status asWeak(uint32_t value, uint32_t &out);
  /// The program refuses extents of its inputs for which these are equal.
  Status requireDifferent(const DimExpr &one, const DimExpr &other);
  /// Appends what the op or builder `name` makes; `results` are new values with one reference each.
  Status append(llvm::StringRef name, llvm::ArrayRef<uint32_t> operands, llvm::StringRef attributes, uint32_t location,
                llvm::SmallVectorImpl<uint32_t> &results);

  /// Starts a function with arguments of these types. With `axes`, one for each, it sees one example of a batch: the
  /// dim of an argument that counts the examples is left out, unless its axis is -1.
  Status beginFunction(llvm::ArrayRef<uint32_t> arguments, llvm::ArrayRef<int64_t> axes,
                       llvm::SmallVectorImpl<uint32_t> &inner);
  Status endFunction(llvm::ArrayRef<uint32_t> results, uint32_t &function);
  void abandonFunction();
  struct Call {
    uint32_t function;
    llvm::ArrayRef<uint32_t> arguments;
    uint32_t location;
  };
  /// A call and its derivative; `seeds` are the cotangents of the results `of` (vjp), or the tangents of the arguments
  /// `wrt` (jvp).
  struct Derivative {
    llvm::ArrayRef<int64_t> wrt, of;
    llvm::ArrayRef<uint32_t> seeds;
  };
  Status vjp(const Call &call, const Derivative &derivative, llvm::SmallVectorImpl<uint32_t> &results);
  Status jvp(const Call &call, const Derivative &derivative, llvm::SmallVectorImpl<uint32_t> &results);
  /// A call for each example; values that the function captured are shared by all.
  Status vmap(const Call &call, llvm::ArrayRef<int64_t> inAxes, llvm::ArrayRef<int64_t> outAxes,
              llvm::SmallVectorImpl<uint32_t> &results);

  /// Ended functions as the regions of a branch or loop; each serves once. What a body carries keeps its types.
  struct BranchCall {
    uint32_t predicate, whenTrue, whenFalse;
    llvm::ArrayRef<uint32_t> arguments;
    uint32_t location;
  };
  Status branch(const BranchCall &call, llvm::SmallVectorImpl<uint32_t> &results);
  Status whileLoop(uint32_t condition, uint32_t body, llvm::ArrayRef<uint32_t> inits, uint32_t location,
                   llvm::SmallVectorImpl<uint32_t> &results);
  Status forLoop(uint32_t lower, uint32_t upper, uint32_t body, llvm::ArrayRef<uint32_t> inits, uint32_t location,
                 llvm::SmallVectorImpl<uint32_t> &results);

  Status finish(llvm::ArrayRef<uint32_t> outputs, mlir::OwningOpRef<mlir::ModuleOp> &out);
  Status flush();
  /// The tensor of a value after flush, one reference more.
  Status tensorOf(uint32_t value, dlc_tensor *&out);

  void describe(uint32_t value, dlc_value_info &info) const;
  Status dimText(uint32_t value, uint32_t dim, std::string &out) const;
  void retainValue(uint32_t value) { ++entries[value].references; }
  void releaseValue(uint32_t value);
  bool isDone() const { return done; }
  uint64_t length() const { return ops; }
  bool isAtBoundary() const;
  std::shared_ptr<CompilerContext> engine() const { return host; }

  std::atomic<uint32_t> references{1};

private:
  friend class Builder;
  struct Entry {
    Operand operand;
    uint32_t references = 1;
    dlc_tensor *result = nullptr; ///< Set by flush, and at once for an input bound to a tensor.
  };
  /// A function that is being built, @main first.
  struct Frame {
    explicit Frame(mlir::func::FuncOp function) : function(function) {}
    mlir::func::FuncOp function;
    llvm::SmallVector<mlir::Value> captured; ///< Values of the frame outside, in the order of the added arguments.
    llvm::DenseMap<mlir::Value, mlir::Value> inner;
  };
  struct Function {
    mlir::func::FuncOp function;
    llvm::SmallVector<mlir::Value> captured;
    bool isRegion = false; ///< Its ops are a region of a branch or loop now.
  };
  struct Binding {
    dlc_tensor *tensor;
    mlir::Value value;
  };

  uint32_t addEntry(Operand operand);
  /// Whether every symbol of an extent is one of the inputs'.
  bool isOfInputs(const DimExpr &extent) const;
  /// Appends an argument of a call as the innermost function sees it; a literal takes the element type of `expected`.
  Status addOperand(uint32_t id, mlir::Type expected, llvm::SmallVectorImpl<mlir::Value> &operands);
  /// The function of a call and its operands: the arguments, then what it captured.
  Status callee(const Call &call, mlir::func::FuncOp &function, llvm::SmallVectorImpl<mlir::Value> &operands);
  template <class Op>
  Status differentiate(const Call &call, const Derivative &derivative, llvm::SmallVectorImpl<uint32_t> &results);
  /// Verifies a call that was just made, and adds its results; erases it if it is wrong.
  template <class Op> Status keepCall(Op op, llvm::SmallVectorImpl<uint32_t> &results);
  Status checkOpen() const;
  /// The value as the innermost function sees it; it becomes an argument of the functions in between.
  Status use(mlir::Value value, mlir::Value &out);
  Status useEntry(uint32_t id, Operand &out);
  Status useScalar(uint32_t id, llvm::StringRef what, bool isBool, mlir::Value &out);
  Status useAll(llvm::ArrayRef<uint32_t> ids, llvm::ArrayRef<mlir::Type> types,
                llvm::SmallVectorImpl<mlir::Value> &out);
  Status findRegion(uint32_t index, Function *&out);
  /// Moves a function's ops to a block; `results` is what it returned.
  Status fillRegion(Function &function, mlir::ValueRange arguments, mlir::Block &to,
                    llvm::SmallVectorImpl<mlir::Value> &results);
  void addResults(mlir::Operation *op, uint64_t event, llvm::ArrayRef<uint32_t> operands, uint32_t location,
                  llvm::SmallVectorImpl<uint32_t> &results);
  mlir::Value addInput(mlir::Type type, llvm::StringRef name);
  mlir::Value bind(dlc_tensor *tensor);
  /// A literal as a rank-0 value: an input of a lazy trace, else a constant.
  mlir::Value literal(const Operand &operand, mlir::Type element);
  void record(llvm::ArrayRef<uint64_t> numbers, llvm::StringRef text = {});
  void closeMain(llvm::ArrayRef<mlir::Value> results);
  /// Whether an op, a callee's body included, makes a custom call that must happen.
  bool hasEffect(mlir::Operation *op);
  Status run(dlc_program *program, llvm::ArrayRef<uint32_t> live);
  mlir::OpBuilder builder() const;

  std::shared_ptr<CompilerContext> host;
  std::string engineName;
  bool lazy;
  std::atomic<bool> done{false};
  std::mutex flushing;                  ///< Held while results are computed: another thread may ask for one of them.
  std::atomic<std::thread::id> flusher; ///< The thread that computes them.
  Status failure;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::vector<Frame> frames;
  std::vector<Function> functions;
  std::deque<Entry> entries;
  std::vector<Binding> inputs; ///< One for each argument of @main; `tensor` is null unless bound.
  llvm::DenseMap<dlc_tensor *, uint32_t> bound;
  bool hasEffects = false; ///< Whether some op has; without one a trace of no live value computes nothing.
  uint64_t ops = 0;
  uint64_t lastEvent = 0;
  uint64_t key[2] = {0, 0}; ///< Hash of everything recorded, in order.
};

/// What a builder works with: the op's operands and attributes, and checked creation in the innermost function.
class Builder {
public:
  Builder(Trace &trace, llvm::StringRef name, mlir::Location location, mlir::DictionaryAttr attributes,
          llvm::MutableArrayRef<Operand> operands);

  /// Creates an op after checking operand count, attributes and inference; null after a failure, which is reported.
  mlir::Operation *create(llvm::StringRef op, mlir::ValueRange operands, mlir::DictionaryAttr attributes);
  /// Reports "'<name>' <message>" as a value error; false, so that it can be returned.
  template <class... Parts> bool fail(Parts &&...parts) {
    auto diagnostic = mlir::emitError(location) << "'" << name << "' ";
    (void)(diagnostic << ... << parts);
    return false;
  }
  /// The same for what breaks a rule of dtypes.
  template <class... Parts> bool failType(Parts &&...parts) {
    isTypeError = true;
    return fail(std::forward<Parts>(parts)...);
  }

  bool checkOperands(size_t count);
  /// The operand as a value of its own element type; literals get the default one of their kind.
  mlir::Value value(size_t i);
  /// The element type in which all of `which` meet; null after a failure, which is reported: literals must fit.
  mlir::Type promote(llvm::ArrayRef<Operand> which);
  /// The same for operands that are compared only: beside a literal that does not fit, integers widen.
  mlir::Type promoteToCompare(llvm::ArrayRef<Operand> which);
  /// The same as promote, whether literals fit or not.
  mlir::Type commonElement(llvm::ArrayRef<Operand> which);
  mlir::Value materialize(const Operand &operand, mlir::Type element);
  /// The shape to which all broadcast; nothing after a failure, which is reported.
  std::optional<Dims> broadcastShape(mlir::ValueRange values);
  mlir::Value broadcastTo(mlir::Value value, llvm::ArrayRef<DimExpr> shape);

  /// Attributes: what is absent has the fallback.
  int64_t integer(llvm::StringRef attribute, int64_t fallback);
  /// A float, or an integer as one.
  double number(llvm::StringRef attribute, double fallback);
  bool flag(llvm::StringRef attribute);
  llvm::StringRef text(llvm::StringRef attribute);
  /// An axis list, normalised to [0, rank) and ascending; all axes if absent. Nothing after a failure.
  std::optional<llvm::SmallVector<int64_t>> axes(int64_t rank);
  /// The attribute "axis", normalised; nothing after a failure.
  std::optional<int64_t> axis(int64_t rank, int64_t fallback = -1);

  Trace &trace;
  llvm::StringRef name;
  mlir::Location location;
  mlir::DictionaryAttr attributes;
  llvm::MutableArrayRef<Operand> operands;
  mlir::OpBuilder irBuilder;
  DlcBuilder ops;
  llvm::SmallVector<mlir::Value, 2> results;
  bool isTypeError = false;
};

/// Appends a composite to the innermost function and sets `results`; false after reporting a failure.
using BuildFunction = bool (*)(Builder &b);

} // namespace dlc

struct dlc_trace : dlc::Trace {
  using Trace::Trace;
};

#endif // DLC_ARRAY_TRACE_H
