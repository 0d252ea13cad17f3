// The generators of dlc-tblgen: each reads the rows of dialects/dlc and prints one file.
#ifndef DLC_TOOLS_TBLGEN_GENERATORS_H
#define DLC_TOOLS_TBLGEN_GENERATORS_H

namespace llvm {
class RecordKeeper;
class raw_ostream;
} // namespace llvm

/// The reference of the ops in Markdown.
bool emitDocs(const llvm::RecordKeeper &records, llvm::raw_ostream &os);
/// {"dlc.add", Admits::Number, 2}, ...: what lib/Array knows of elementwise ops.
bool emitElementwiseRows(const llvm::RecordKeeper &records, llvm::raw_ostream &os);
/// dlc/ops.py: one Python function an op.
bool emitPython(const llvm::RecordKeeper &records, llvm::raw_ostream &os);
/// dlc/ops.pyi: their types.
bool emitPythonStub(const llvm::RecordKeeper &records, llvm::raw_ostream &os);
/// JSON of all ops for the generated tests.
bool emitOpTests(const llvm::RecordKeeper &records, llvm::raw_ostream &os);

#endif // DLC_TOOLS_TBLGEN_GENERATORS_H
