// Copies of callees are made on demand, one for each set of extents: recursion meets the copy that it started from.
#include "lib/Check/KnownExtents.h"

#include "dialects/dlc/Dlc.h"
#include "dialects/dlc/Specialize.h"
#include "lib/Check/Reference.h"
#include "lib/Compiler/Session.h"
#include "lib/Support/SymbolBinding.h"

#include "mlir/IR/Verifier.h"

#include <map>

using namespace mlir;

namespace dlc::check {

using Shapes = std::vector<std::vector<int64_t>>;

static Shapes shapesOf(ArrayRef<HostTensor> inputs) {
  Shapes shapes;
  for (const HostTensor &input : inputs)
    shapes.push_back(input.shape);
  return shapes;
}

Status specialise(func::FuncOp function, ArrayRef<std::vector<int64_t>> shapes) {
  SymbolBinding binding;
  if (shapes.size() != function.getNumArguments())
    return Status::error(ErrorKind::Value, "expected %u inputs, but got %zu", function.getNumArguments(),
                         shapes.size());
  for (auto [i, shape] : llvm::enumerate(shapes)) {
    Dims dims = dimsOf(function.getArgumentTypes()[i]);
    DLC_RETURN_IF_FAILED(binding.add("input " + std::to_string(i), {dims.begin(), dims.end()}, shape));
  }
  DLC_RETURN_IF_FAILED(binding.solve());
  if (binding.empty())
    return Status::ok();
  substituteSymbols(function, [&](const std::string &name) {
    auto value = binding.lookup(name);
    return value ? DimExpr(*value) : DimExpr::symbol(name);
  });
  DiagnosticCollector collector(*function.getContext());
  if (failed(verify(function)))
    return collector.status(ErrorKind::Value, "the extents of the inputs contradict each other");
  return Status::ok();
}

Status specialise(func::FuncOp function, ArrayRef<HostTensor> inputs) { return specialise(function, shapesOf(inputs)); }

namespace {

class Specialiser {
public:
  explicit Specialiser(ModuleOp module) : symbols(module) {}

  Status run(func::FuncOp function, const Shapes &shapes) {
    DLC_RETURN_IF_FAILED(specialise(function, shapes));
    for (StringRef name : {"dlc.symbols", "dlc.conditions"}) // of symbols that are gone
      function->removeAttr(name);
    SmallVector<Operation *> requests;
    function.walk([&](Operation *op) {
      if (isRequest(op))
        requests.push_back(op);
    });
    for (Operation *request : requests)
      DLC_RETURN_IF_FAILED(bindCallee(request));
    return Status::ok();
  }

private:
  Status bindCallee(Operation *request) {
    auto name = request->getAttrOfType<FlatSymbolRefAttr>("callee");
    auto callee = symbols.lookup<func::FuncOp>(name.getValue());
    if (!callee || callee.isExternal())
      return Status::ok(); // for the compiler to refuse
    Shapes shapes;
    for (unsigned i = 0; i < callee.getNumArguments(); ++i) {
      auto type = cast<RankedTensorType>(request->getOperand(i).getType());
      shapes.push_back(type.getShape().vec());
      auto vmap = dyn_cast<VmapOp>(request);
      if (vmap && vmap.getInAxes()[i] >= 0)
        shapes.back().erase(shapes.back().begin() + vmap.getInAxes()[i]);
    }
    StringAttr &copyName = copies[{name.getValue().str(), shapes}];
    if (!copyName) {
      func::FuncOp copy = callee.clone();
      copy.setPrivate();
      copyName = symbols.insert(copy);
      request->setAttr("callee", FlatSymbolRefAttr::get(copyName));
      return run(copy, shapes);
    }
    request->setAttr("callee", FlatSymbolRefAttr::get(copyName));
    return Status::ok();
  }

  SymbolTable symbols;
  std::map<std::pair<std::string, Shapes>, StringAttr> copies;
};

} // namespace

Status makeExtentsKnown(ModuleOp module, func::FuncOp entry, ArrayRef<HostTensor> inputs) {
  DLC_RETURN_IF_FAILED(Specialiser(module).run(entry, shapesOf(inputs)));
  DiagnosticCollector collector(*module.getContext());
  if (failed(verify(module)))
    return collector.status(ErrorKind::Value, "the extents of the inputs contradict each other");
  return Status::ok();
}

} // namespace dlc::check
