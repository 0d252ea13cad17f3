// -gen-dlc-op-tests: the table of all ops that the generated tests read (test/ops), as JSON: operands with what they
// admit, attributes with their values where these can be listed, the fields `oracle`, `domain` and `ulp` of rows, and
// whether a row has a derivative that is not zero everywhere.
#include "Generators.h"

#include "mlir/TableGen/Operator.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TableGen/Record.h"

using llvm::json::OStream;

/// What a constraint admits, by the name of its definition; "" for one that has none.
static llvm::StringRef admits(llvm::StringRef constraint) {
  return llvm::StringSwitch<llvm::StringRef>(constraint)
      .Case("Dlc_FloatTensor", "float")
      .Case("Dlc_IntTensor", "int")
      .Case("Dlc_NumberTensor", "number")
      .Case("Dlc_BitsTensor", "bits")
      .Case("Dlc_BoolTensor", "bool")
      .Case("Dlc_OrderedTensor", "ordered")
      .Case("Dlc_ComputedTensor", "computed")
      .Case("Dlc_AnalyticTensor", "analytic")
      .Case("Dlc_ArithmeticTensor", "arithmetic")
      .Case("Dlc_ComplexTensor", "complex")
      .Case("Dlc_PartTensor", "part")
      .Case("Dlc_PlainTensor", "plain")
      .Case("Dlc_Tensor", "any")
      .Default("");
}

static void writeValues(OStream &json, const mlir::tblgen::Operator &op) {
  json.attributeArray("operands", [&] {
    for (const auto &operand : op.getOperands())
      json.object([&] {
        json.attribute("name", operand.name);
        json.attribute("admits", admits(operand.constraint.getDefName()));
      });
  });
  json.attributeArray("results", [&] {
    for (const auto &result : op.getResults())
      json.value(admits(result.constraint.getDefName()));
  });
}

static void writeAttributes(OStream &json, const mlir::tblgen::Operator &op) {
  json.attributeArray("attributes", [&] {
    for (const auto &named : op.getAttributes()) {
      const llvm::Record &record = named.attr.getBaseAttr().getDef();
      bool isEnum = record.isSubClassOf("EnumAttr");
      json.object([&] {
        json.attribute("name", named.name);
        json.attribute("kind", isEnum ? "enum" : record.getName());
        if (!isEnum)
          return;
        json.attribute("mnemonic", record.getValueAsString("mnemonic"));
        json.attributeArray("cases", [&] {
          for (const llvm::Record *one : record.getValueAsDef("enum")->getValueAsListOfDefs("enumerants"))
            json.value(one->getValueAsString("str"));
        });
      });
    }
  });
}

/// Whether a row of an elementwise op gives a cotangent to an operand.
static bool givesCotangents(const llvm::Record &record) {
  if (!record.isSubClassOf("Dlc_Elementwise") || !record.getValueAsString("whyNot").empty())
    return false;
  return llvm::any_of(record.getValueAsListOfStrings("vjp"), [](llvm::StringRef code) { return code != "Value()"; });
}

bool emitOpTests(const llvm::RecordKeeper &records, llvm::raw_ostream &os) {
  OStream json(os, 1);
  json.array([&] {
    for (const llvm::Record *record : records.getAllDerivedDefinitions("Dlc_Op")) {
      mlir::tblgen::Operator op(record);
      json.object([&] {
        json.attribute("name", record->getValueAsString("opName"));
        json.attribute("elementwise", record->isSubClassOf("Dlc_Elementwise"));
        writeValues(json, op);
        writeAttributes(json, op);
        json.attribute("oracle", record->getValueAsString("oracle"));
        json.attributeArray("domain", [&] {
          for (llvm::StringRef end : record->getValueAsListOfStrings("domain"))
            json.value(end);
        });
        json.attribute("ulp", record->getValueAsInt("ulp"));
        json.attribute("derivative", givesCotangents(*record));
      });
    }
  });
  os << "\n";
  return false;
}
