// dlc grad: the gradient function of a model, as IR or any form that `dlc compile` makes.
//
// @main becomes the private @primal; the new @main takes its arguments, and the cotangent of the output that is
// differentiated unless that is a scalar, and returns its results and the gradients.
#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "dialects/dlc/Dlc.h"
#include "jit/Emit.h"
#include "tools/dlc/Emit.h"
#include "tools/dlc/Subcommands.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace dlc::cli {

namespace {

struct GradFlags {
  ModelFlags model;
  EmitFlags emit;
  std::string wrt, of;
};

std::string nameOf(StringAttr name, llvm::StringRef fallback, unsigned index) {
  return name ? name.str() : (fallback + llvm::Twine(index)).str();
}

std::string argumentName(func::FuncOp function, unsigned i) {
  return nameOf(function.getArgAttrOfType<StringAttr>(i, "dlc.name"), "arg", i);
}
std::string resultName(func::FuncOp function, unsigned i) {
  return nameOf(function.getResultAttrOfType<StringAttr>(i, "dlc.name"), "out", i);
}

bool isFloatTensor(Type type) { return isa<FloatType>(elementTypeOf(type)); }

/// The arguments that `--wrt` lists.
Status chooseArguments(func::FuncOp function, llvm::StringRef list, llvm::SmallVectorImpl<int64_t> &wrt) {
  llvm::SmallVector<llvm::StringRef> names;
  list.split(names, ',');
  for (llvm::StringRef name : names) {
    unsigned index = 0;
    while (index < function.getNumArguments() && argumentName(function, index) != name)
      ++index;
    if (index == function.getNumArguments())
      return Status::error(ErrorKind::Value, "expected --wrt to name an input of '%s', but got '%s'",
                           function.getSymName().str().c_str(), name.str().c_str());
    if (!isFloatTensor(function.getArgumentTypes()[index]))
      return Status::error(ErrorKind::Type, "expected input '%s' of --wrt to hold floats, but it does not",
                           name.str().c_str());
    if (llvm::is_contained(wrt, int64_t(index)))
      return Status::error(ErrorKind::Value, "expected --wrt to name an input once, but got '%s' twice",
                           name.str().c_str());
    wrt.push_back(index);
  }
  return Status::ok();
}

/// The output that `--of` names; without it the only one that holds floats.
Status chooseOutput(func::FuncOp function, llvm::StringRef name, unsigned &of) {
  llvm::SmallVector<unsigned> floats;
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    if (isFloatTensor(function.getResultTypes()[i]) && (name.empty() || resultName(function, i) == name))
      floats.push_back(i);
  if (floats.empty() && !name.empty())
    return Status::error(ErrorKind::Value, "expected --of to name an output of '%s' that holds floats, but got '%s'",
                         function.getSymName().str().c_str(), name.str().c_str());
  if (floats.size() != 1)
    return Status::error(ErrorKind::Value, "expected --of to say which output, but '%s' has %zu that hold floats",
                         function.getSymName().str().c_str(), floats.size());
  of = floats[0];
  return Status::ok();
}

/// Puts a new @main in front of the model's function.
void addGradient(func::FuncOp primal, llvm::ArrayRef<int64_t> wrt, unsigned of) {
  OpBuilder b(primal);
  Location location = primal.getLoc();
  std::string name = primal.getSymName().str();
  auto outputType = cast<RankedTensorType>(primal.getResultTypes()[of]);
  bool isScalar = outputType.getRank() == 0;
  llvm::SmallVector<Type> inputs(primal.getArgumentTypes()), results(primal.getResultTypes());
  if (!isScalar)
    inputs.push_back(outputType);
  for (int64_t i : wrt)
    results.push_back(primal.getArgumentTypes()[size_t(i)]);
  SymbolTable symbols(primal->getParentOfType<ModuleOp>());
  (void)symbols.rename(primal, "primal");
  primal.setPrivate();

  auto gradient = func::FuncOp::create(b, location, name, b.getFunctionType(inputs, results));
  for (StringRef name : {"dlc.symbols", "dlc.conditions"})
    if (Attribute given = primal->getAttr(name))
      gradient->setAttr(name, given);
  if (isFast(primal))
    gradient->setAttr(fastName, b.getUnitAttr());
  for (unsigned i = 0; i < primal.getNumArguments(); ++i)
    gradient.setArgAttr(i, "dlc.name", b.getStringAttr(argumentName(primal, i)));
  if (!isScalar)
    gradient.setArgAttr(primal.getNumArguments(), "dlc.name", b.getStringAttr("ct_" + resultName(primal, of)));
  for (unsigned i = 0; i < primal.getNumResults(); ++i)
    gradient.setResultAttr(i, "dlc.name", b.getStringAttr(resultName(primal, i)));
  for (auto [i, argument] : llvm::enumerate(wrt))
    gradient.setResultAttr(primal.getNumResults() + unsigned(i), "dlc.name",
                           b.getStringAttr("grad_" + argumentName(primal, unsigned(argument))));

  b.setInsertionPointToStart(gradient.addEntryBlock());
  llvm::SmallVector<Value> operands(gradient.getArguments());
  if (isScalar)
    operands.push_back(ConstantOp::create(
        b, location, DenseElementsAttr::get(outputType, b.getFloatAttr(outputType.getElementType(), 1.0))));
  auto vjp = VjpOp::create(b, location, results, primal.getSymName(), operands, wrt, llvm::ArrayRef<int64_t>{of});
  func::ReturnOp::create(b, location, vjp.getResults());
}

Status runGrad(GradFlags &flags) {
  flags.model.options = jit::optionsFor(flags.emit.emit, flags.model.options);
  Model model;
  DLC_RETURN_IF_FAILED(openModel(flags.model, model));
  func::FuncOp function;
  DLC_RETURN_IF_FAILED(model.session->entryOf(*model.module, function));
  llvm::SmallVector<int64_t> wrt;
  DLC_RETURN_IF_FAILED(chooseArguments(function, flags.wrt, wrt));
  unsigned of;
  DLC_RETURN_IF_FAILED(chooseOutput(function, flags.of, of));
  addGradient(function, wrt, of);
  if (flags.emit.to.empty() && flags.emit.dump.empty() && flags.emit.isIr())
    flags.emit.to = "autodiff"; // what `grad` is asked for
  return emitModule(model, flags.emit);
}

void define(Command &command, const Environment &) {
  auto flags = std::make_shared<GradFlags>();
  flags->model.define(command);
  flags->emit.define(command);
  command.required("--wrt", "NAME[,..]", flags->wrt, "the inputs to differentiate with respect to");
  command.option("--of", "NAME", flags->of, "the output to differentiate (default: the only one that holds floats)");
  command.action([flags] { return runGrad(*flags); });
}

} // namespace

const Subcommand gradSubcommand = {"grad", "makes the gradient function of a model",
                                   "dlc grad model.mlir --wrt w,b --of loss", define};

} // namespace dlc::cli
