// -gen-dlc-docs: the reference of the ops, one page of Markdown a family of rows (a .td file). A line
// `<!-- page NAME -->` starts a page; under it, a section an op with its formula, operands, attributes and derivative.
#include "Generators.h"

#include "mlir/TableGen/Operator.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TableGen/Error.h"
#include "llvm/TableGen/Record.h"

#include <map>
#include <string>
#include <vector>

using mlir::tblgen::NamedAttribute;
using mlir::tblgen::NamedTypeConstraint;
using mlir::tblgen::Operator;

/// The file without folder and ending where a row is: "Elementwise".
static std::string familyOf(const llvm::Record &record) {
  const llvm::MemoryBuffer *buffer =
      llvm::SrcMgr.getMemoryBuffer(llvm::SrcMgr.FindBufferContainingLoc(record.getLoc()[0]));
  return llvm::sys::path::stem(buffer->getBufferIdentifier()).str();
}

/// What a type constraint admits, in words.
static std::string typesOf(const NamedTypeConstraint &value) {
  std::string words = llvm::StringSwitch<std::string>(value.constraint.getDefName())
                          .Case("Dlc_FloatTensor", "tensor of floats")
                          .Case("Dlc_IntTensor", "tensor of integers")
                          .Case("Dlc_NumberTensor", "tensor of floats or integers")
                          .Case("Dlc_BitsTensor", "tensor of integers or bool")
                          .Case("Dlc_BoolTensor", "tensor of bool")
                          .Case("Dlc_OrderedTensor", "tensor of floats, integers or bool")
                          .Case("Dlc_ComputedTensor", "tensor of floats, integers, bool or complex numbers")
                          .Case("Dlc_AnalyticTensor", "tensor of floats or complex numbers")
                          .Case("Dlc_ArithmeticTensor", "tensor of floats, integers or complex numbers")
                          .Case("Dlc_ComplexTensor", "tensor of complex numbers")
                          .Case("Dlc_PartTensor", "tensor of f32 or f64")
                          .Case("Dlc_PlainTensor", "tensor of floats or integers, f8 and 4 bits too")
                          .Case("Dlc_Tensor", "tensor of any element type")
                          .Default(value.constraint.getSummary().split(" values").first.str());
  return (value.isVariadic() ? "any number: " : "") + words;
}

static std::string defaultOf(const NamedAttribute &attribute) {
  if (!attribute.attr.hasDefaultValue())
    return "";
  llvm::StringRef value = attribute.attr.getDefaultValue();
  size_t colon = value.rfind(':');
  return ", by default `" + (colon == llvm::StringRef::npos ? value : value.substr(colon + 1)).str() + "`";
}

/// What an attribute holds; of an enumeration, its words.
static std::string formOf(const mlir::tblgen::Attribute &attribute) {
  const llvm::Record &record = attribute.getBaseAttr().getDef();
  if (!record.isSubClassOf("EnumAttr"))
    return llvm::StringSwitch<std::string>(attribute.getBaseAttr().getAttrDefName())
        .Case("DenseI64ArrayAttr", "list of i64")
        .Case("I64Attr", "i64")
        .Case("Dlc_DimsAttr", "list of extents")
        .Case("TypeAttr", "element type")
        .Default(attribute.getSummary().str());
  std::string words;
  for (const llvm::Record *word : record.getValueAsDef("enum")->getValueAsListOfDefs("enumerants"))
    words += (words.empty() ? "one of `" : ", `") + word->getValueAsString("str").str() + "`";
  return words;
}

/// A code string of a row without what only C++ needs.
static std::string formula(llvm::StringRef code) {
  std::string text;
  for (size_t at = 0; at < code.size(); ++at) {
    bool startsWord = at == 0 || !(llvm::isAlnum(code[at - 1]) || code[at - 1] == '_' || code[at - 1] == '.');
    if (startsWord && code.substr(at).starts_with("b."))
      ++at;
    else
      text += code[at];
  }
  return text;
}

/// The sentence about derivatives.
static std::string derivativeOf(const Operator &op) {
  const llvm::Record &record = op.getDef();
  if (!record.isSubClassOf("Dlc_Elementwise"))
    return "";
  if (llvm::StringRef reason = record.getValueAsString("whyNot"); !reason.empty())
    return "It has no derivative: " + reason.str() + ".";
  std::string text;
  auto cotangents = record.getValueAsListOfStrings("vjp");
  for (auto [i, code] : llvm::enumerate(cotangents)) {
    std::string operand = "`" + op.getOperand(int(i)).name.str() + "`";
    text += (text.empty() ? "" : ", ") + operand + " ";
    text += code == "Value()" ? "none" : "`" + formula(code) + "`";
  }
  return "Cotangents, of the result's `ct`: " + text + ".";
}

static void emitOp(const Operator &op, llvm::raw_ostream &os) {
  const llvm::Record &record = op.getDef();
  llvm::StringRef math = record.getValueAsString("math");
  os << "\n## " << op.getOperationName() << "\n\n";
  if (!math.empty())
    os << "`" << math << "`\n\n";
  if (op.hasSummary() && !op.getSummary().empty())
    os << llvm::toUpper(op.getSummary()[0]) << op.getSummary().drop_front() << ".\n\n";
  if (op.hasDescription()) {
    llvm::SmallVector<llvm::StringRef> lines;
    op.getDescription().trim().split(lines, '\n');
    for (llvm::StringRef line : lines)
      os << line.trim() << "\n";
    os << "\n";
  }
  os << "| | |\n|---|---|\n";
  for (const NamedTypeConstraint &operand : op.getOperands())
    os << "| operand `" << operand.name << "` | " << typesOf(operand) << " |\n";
  for (const NamedAttribute &attribute : op.getAttributes())
    os << "| attribute `" << attribute.name << "` | " << formOf(attribute.attr) << defaultOf(attribute) << " |\n";
  for (const NamedTypeConstraint &result : op.getResults())
    os << "| result `" << result.name << "` | " << typesOf(result) << " |\n";
  if (int64_t ulp = record.getValueAsInt("ulp"))
    os << "\nTested within " << ulp << " ulp of the exact value.\n";
  if (std::string derivative = derivativeOf(op); !derivative.empty())
    os << "\n" << derivative << "\n";
}

bool emitDocs(const llvm::RecordKeeper &records, llvm::raw_ostream &os) {
  std::map<std::string, std::vector<const llvm::Record *>> families;
  for (const llvm::Record *record : records.getAllDerivedDefinitions("Dlc_Op"))
    families[familyOf(*record)].push_back(record);
  for (auto &[family, rows] : families) {
    llvm::sort(rows, [](const llvm::Record *a, const llvm::Record *b) {
      return a->getValueAsString("opName") < b->getValueAsString("opName");
    });
    os << "<!-- page " << llvm::StringRef(family).lower() << " -->\n# " << family << " ops\n";
    for (const llvm::Record *record : rows)
      emitOp(Operator(record), os);
    os << "\n";
  }
  return false;
}
