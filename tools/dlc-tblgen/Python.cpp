// -gen-dlc-python and -gen-dlc-python-stub: dlc/ops.py and dlc/ops.pyi. A function assembles the text of its attributes
// and applies the op; elementwise ops go through the builder of their name, which broadcasts and promotes.
#include "Generators.h"

#include "mlir/TableGen/Operator.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TableGen/Record.h"

#include <string>

using mlir::tblgen::NamedAttribute;
using mlir::tblgen::Operator;

namespace {

/// A parameter of a function.
struct Parameter {
  std::string name, hint, fallback;
  /// The Python expression that makes its attribute text; "" for an operand.
  std::string text;
};

} // namespace

/// The Python function of dlc._attributes that writes an attribute, and the hint of its argument.
static std::pair<std::string, std::string> attributeForm(const mlir::tblgen::Attribute &attr) {
  llvm::StringRef name = attr.getAttrDefName();
  if (attr.getDef().isSubClassOf("EnumAttr"))
    return {("_attributes.enum(\"" + attr.getDef().getValueAsString("mnemonic") + "\", ").str(), "str"};
  return llvm::StringSwitch<std::pair<std::string, std::string>>(name)
      .Case("DenseI64ArrayAttr", {"_attributes.i64s(", "Sequence[int]"})
      .Case("I64Attr", {"_attributes.i64(", "int"})
      .Case("F64Attr", {"_attributes.f64(", "float"})
      .Case("BoolAttr", {"_attributes.flag(", "bool"})
      .Case("Dlc_DimsAttr", {"_attributes.dims(", "Sequence[int | Dim]"})
      .Case("TypeAttr", {"_attributes.element(", "DType"})
      .Default({"", ""});
}

static std::string pythonName(llvm::StringRef name) {
  bool isKeyword = name == "and" || name == "or" || name == "not";
  return (name + (isKeyword ? "_" : "")).str();
}

/// "0" as it is; "false" as "False"; "::dlc::IndexMode::error" as "\"error\"".
static std::string fallbackOf(const mlir::tblgen::Attribute &attr) {
  if (!attr.hasDefaultValue())
    return "";
  llvm::StringRef value = attr.getDefaultValue();
  if (value == "true" || value == "false")
    return value == "true" ? "True" : "False";
  size_t colon = value.rfind(':');
  return colon == llvm::StringRef::npos ? value.str() : "\"" + value.substr(colon + 1).str() + "\"";
}

static std::vector<Parameter> parametersOf(const Operator &op) {
  std::vector<Parameter> parameters;
  for (int i = 0; i < op.getNumOperands(); ++i) {
    const auto &operand = op.getOperand(i);
    parameters.push_back({operand.name.str(), operand.isVariadic() ? "Sequence[ArrayLike]" : "ArrayLike", "", ""});
  }
  for (const NamedAttribute &attribute : op.getAttributes()) {
    auto base = attribute.attr.getBaseAttr();
    auto [text, hint] = attributeForm(base);
    parameters.push_back({attribute.name.str(), hint, fallbackOf(attribute.attr), text});
  }
  return parameters;
}

static std::string signatureOf(const Operator &op, bool hints) {
  std::string text = "def " + pythonName(op.getDef().getValueAsString("opName")) + "(";
  bool isFirst = true;
  for (const Parameter &parameter : parametersOf(op)) {
    text += isFirst ? "" : ", ";
    text += parameter.name + (hints ? ": " + parameter.hint : "");
    if (!parameter.fallback.empty())
      text += (hints ? " = " : "=") + parameter.fallback;
    isFirst = false;
  }
  std::string result = "Array";
  if (op.getNumResults() > 1) {
    result = "tuple[Array";
    for (int i = 1; i < op.getNumResults(); ++i)
      result += ", Array";
    result += "]";
  }
  return text + ")" + (hints ? " -> " + result : "") + ":";
}

/// The first line of a docstring, and the description indented under it.
static std::string docstringOf(const Operator &op) {
  llvm::StringRef math = op.getDef().getValueAsString("math");
  std::string text = "    \"\"\"" + (math.empty() ? op.getSummary() : math).trim().str() + ".";
  if (op.getDef().isSubClassOf("Dlc_Elementwise"))
    text += "\n\n    Operands are broadcast and promoted.\n    ";
  else if (op.hasDescription()) {
    text += "\n";
    llvm::SmallVector<llvm::StringRef> lines;
    op.getDescription().trim().split(lines, '\n');
    for (llvm::StringRef line : lines)
      text += "\n    " + line.trim().str();
    text += "\n    ";
  }
  return text + "\"\"\"\n";
}

static void emitFunction(const Operator &op, llvm::raw_ostream &os) {
  bool isElementwise = op.getDef().isSubClassOf("Dlc_Elementwise");
  std::string operands, attributes;
  for (const Parameter &parameter : parametersOf(op)) {
    if (parameter.text.empty())
      operands +=
          (operands.empty() ? "" : " ") + std::string(parameter.hint == "ArrayLike" ? "" : "*") + parameter.name + ",";
    else
      attributes +=
          std::string(attributes.empty() ? "" : ", ") + parameter.name + "=" + parameter.text + parameter.name + ")";
  }
  llvm::StringRef name = op.getDef().getValueAsString("opName");
  os << "\n\n" << signatureOf(op, false) << "\n" << docstringOf(op);
  os << "    return " << (op.getNumResults() > 1 ? "apply_tuple" : "apply") << "(\"" << (isElementwise ? "" : "dlc.")
     << name << "\", (" << operands << ")";
  if (!attributes.empty())
    os << ", _attributes.dictionary(" << attributes << ")";
  os << ")\n";
}

template <class Visit> static void forEachFunction(const llvm::RecordKeeper &records, Visit visit) {
  for (const llvm::Record *record : records.getAllDerivedDefinitions("Dlc_Op"))
    if (record->getValueAsBit("pythonName"))
      visit(Operator(record));
}

bool emitPython(const llvm::RecordKeeper &records, llvm::raw_ostream &os) {
  os << "\"\"\"The ops of the dlc dialect as functions. Generated by dlc-tblgen -gen-dlc-python.\n\n"
        "Elementwise ops broadcast and promote; all others are strict, and take the attributes of the op.\n\"\"\"\n\n"
        "from dlc import _attributes\nfrom dlc._tracing import apply, apply_tuple\n";
  forEachFunction(records, [&](const Operator &op) { emitFunction(op, os); });
  return false;
}

bool emitPythonStub(const llvm::RecordKeeper &records, llvm::raw_ostream &os) {
  os << "# Generated by dlc-tblgen -gen-dlc-python-stub.\nfrom collections.abc import Sequence\n\n"
        "from dlc._array import Array, ArrayLike\nfrom dlc._dim import Dim\nfrom dlc._dtypes import DType\n\n";
  forEachFunction(records, [&](const Operator &op) { os << signatureOf(op, true) << " ...\n"; });
  return false;
}
