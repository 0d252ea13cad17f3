// Every tensor of a function becomes a buffer; launches are rewritten and kernels never opened.
#include "passes/bufferize/Passes.h"

#include "passes/bufferize/BufferBlocks.h"
#include "passes/bufferize/Slots.h"

using namespace mlir;

namespace dlc {
#define GEN_PASS_DEF_PLANBUFFERSPASS
#include "passes/bufferize/Passes.h.inc"

namespace {

/// Moves the signature to attributes.
void writeSignature(func::FuncOp function, const DimExpr &arena) {
  Builder b(function.getContext());
  auto typeList = [&](TypeRange types) { return b.getTypeArrayAttr(SmallVector<Type>(types)); };
  function->setAttr("rt.arguments", typeList(function.getArgumentTypes()));
  function->setAttr("rt.results", typeList(function.getResultTypes()));
  auto names = [&](unsigned count, StringRef fallback, auto nameOf) {
    SmallVector<Attribute> list;
    for (unsigned i = 0; i < count; ++i) {
      StringAttr name = nameOf(i);
      list.push_back(name ? name : b.getStringAttr(fallback + Twine(i)));
    }
    return b.getArrayAttr(list);
  };
  function->setAttr("rt.argument_names", names(function.getNumArguments(), "arg", [&](unsigned i) {
                      return function.getArgAttrOfType<StringAttr>(i, "dlc.name");
                    }));
  function->setAttr("rt.result_names", names(function.getNumResults(), "out", [&](unsigned i) {
                      return function.getResultAttrOfType<StringAttr>(i, "dlc.name");
                    }));
  function->setAttr("rt.arena", DimsAttr::get(b.getContext(), ArrayRef(arena)));
  function.removeArgAttrsAttr();
  function.removeResAttrsAttr();
  function.setFunctionType(b.getFunctionType({}, {}));
}

LogicalResult bufferize(func::FuncOp function) {
  Slots slots(function);
  Region &body = function.getBody();
  Block &from = body.front(), *to = new Block;
  body.push_back(to);
  if (failed(BufferBlocks(slots, *to).writeFunction(from)))
    return failure();
  OpBuilder builder = OpBuilder::atBlockEnd(to);
  func::ReturnOp::create(builder, from.getTerminator()->getLoc());
  from.dropAllReferences();
  from.erase();
  writeSignature(function, slots.arena());
  return success();
}

class PlanBuffers : public impl::PlanBuffersPassBase<PlanBuffers> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal() && failed(bufferize(function)))
        return signalPassFailure();
  }
};

} // namespace
} // namespace dlc
