// Registration, verifiers and text form of the rt dialect.
#include "dialects/rt/Rt.h"

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::rt;

//===--- Text form: `@k[s0, s1]` of a kernel, `@k over <[B, 2*N]>` of its launch; neither says so if there is none
//---===//

static ParseResult parseSymbols(OpAsmParser &parser, ArrayAttr &symbols) {
  SmallVector<Attribute> names;
  auto parseName = [&]() -> ParseResult {
    StringRef name;
    if (parser.parseKeyword(&name))
      return failure();
    names.push_back(parser.getBuilder().getStringAttr(name));
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::OptionalSquare, parseName))
    return failure();
  symbols = parser.getBuilder().getArrayAttr(names);
  return success();
}

static void printSymbols(OpAsmPrinter &printer, Operation *, ArrayAttr symbols) {
  if (symbols.empty())
    return;
  printer << "[";
  llvm::interleaveComma(symbols.getAsValueRange<StringAttr>(), printer);
  printer << "]";
}

static ParseResult parseLaunchDims(OpAsmParser &parser, DimsAttr &dims) {
  if (failed(parser.parseOptionalKeyword("over"))) {
    dims = DimsAttr::get(parser.getContext(), ArrayRef<DimExpr>());
    return success();
  }
  dims = dyn_cast_or_null<DimsAttr>(DimsAttr::parse(parser, Type()));
  return success(bool(dims));
}

static void printLaunchDims(OpAsmPrinter &printer, Operation *, DimsAttr dims) {
  if (dims.size() == 0)
    return;
  printer << " over ";
  dims.print(printer);
}

#include "dialects/rt/RtDialect.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/rt/RtTypes.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/rt/RtOps.cpp.inc"

void RtDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/rt/RtTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/rt/RtOps.cpp.inc"
      >();
}

std::string dlc::rt::placeText(Location location) {
  auto file = location->findInstanceOf<FileLineColLoc>();
  return file ? llvm::formatv("{0}:{1}:{2}", file.getFilename().getValue(), file.getLine(), file.getColumn()).str()
              : "";
}

BodyOp KernelOp::getKernelBody() {
  for (Operation &op : getBody().front())
    if (auto body = dyn_cast<BodyOp>(op))
      return body;
  return {};
}

SmallVector<RankedTensorType> KernelOp::getBufferTypes() {
  SmallVector<RankedTensorType> types;
  if (auto signature = getSignature()) {
    for (Type type : signature->getAsValueRange<TypeAttr>())
      types.push_back(cast<RankedTensorType>(type));
    return types;
  }
  BodyOp body = getKernelBody();
  for (Type type : body.getBlock()->getArgumentTypes())
    types.push_back(cast<RankedTensorType>(type));
  for (Type type : body.getYield().getResults().getTypes())
    types.push_back(cast<RankedTensorType>(type));
  return types;
}

SmallVector<DictionaryAttr> KernelOp::getStages() {
  SmallVector<DictionaryAttr> stages;
  if (auto descriptor = getDescriptor())
    for (Attribute stage : descriptor->getAs<ArrayAttr>("stages"))
      stages.push_back(cast<DictionaryAttr>(stage));
  return stages;
}

void YieldOp::build(OpBuilder &, OperationState &) {}

YieldOp BodyOp::getYield() { return cast<YieldOp>(getBlock()->getTerminator()); }

/// `rt.body (%x: tensor<4xf32>) { ... }`
ParseResult BodyOp::parse(OpAsmParser &parser, OperationState &state) {
  SmallVector<OpAsmParser::Argument> arguments;
  if (parser.parseArgumentList(arguments, OpAsmParser::Delimiter::Paren, /*allowType=*/true) ||
      parser.parseOptionalAttrDictWithKeyword(state.attributes))
    return failure();
  Region *region = state.addRegion();
  if (parser.parseRegion(*region, arguments))
    return failure();
  ensureTerminator(*region, parser.getBuilder(), state.location);
  return success();
}

void BodyOp::print(OpAsmPrinter &printer) {
  printer << " (";
  llvm::interleaveComma(getRegion().getArguments(), printer,
                        [&](BlockArgument argument) { printer.printRegionArgument(argument); });
  printer << ") ";
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs());
  printer.printRegion(getRegion(), /*printEntryBlockArgs=*/false);
}

static Type tensorOf(Type type) {
  if (auto buffer = dyn_cast<BufferType>(type))
    return buffer.getTensor();
  return type;
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto kernel = symbols.lookupNearestSymbolFrom<KernelOp>(*this, getKernelAttr());
  if (!kernel)
    return emitOpError("expected '") << getKernel() << "' to be a kernel of this module, but found none";
  if (kernel.getSymbols().size() != getDims().size())
    return emitOpError("expected ") << kernel.getSymbols().size() << " dims for '" << getKernel() << "', but got "
                                    << getDims().size();
  llvm::StringMap<DimExpr> binding;
  for (auto [name, dim] : llvm::zip(kernel.getSymbols().getAsValueRange<StringAttr>(), getDims().getDims()))
    binding[name] = dim;
  SmallVector<Type> got;
  for (Value operand : getOperands())
    got.push_back(tensorOf(operand.getType()));
  for (Type type : getResultTypes())
    got.push_back(type);
  auto expected = kernel.getBufferTypes();
  if (got.size() != expected.size())
    return emitOpError("expected ") << expected.size() << " operands and results, but got " << got.size();
  for (auto [i, pair] : llvm::enumerate(llvm::zip(got, expected))) {
    auto [have, want] = pair;
    Dims dims;
    for (const DimExpr &dim : dimsOf(want))
      dims.push_back(dim.substitute([&](const std::string &name) { return binding.lookup(name); }));
    if (have != tensorType(dims, want.getElementType()))
      return emitOpError("expected operand or result ")
             << i << " to be " << tensorType(dims, want.getElementType()) << ", but got " << have;
  }
  return success();
}

/// On tensors a launch only reads values; on buffers it writes memory.
void LaunchOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  if (getNumResults() == 0)
    effects.emplace_back(MemoryEffects::Write::get());
}
