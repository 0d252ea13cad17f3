// Kernels are compiled in parallel; then lld links them with the program and the kit.
#include "lib/Compiler/Artifact.h"

#include "lib/Compiler/Aot/DataObject.h"
#include "lib/Compiler/Aot/Kit.h"
#include "lib/Compiler/Aot/LinkInput.h"
#include "lib/Compiler/Aot/Linker.h"
#include "lib/Compiler/Aot/ModelObject.h"
#include "lib/Runtime/File.h"
#include "lib/Target/Cpu/CpuTarget.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/TargetParser/Host.h"

using namespace mlir;

namespace dlc {

namespace {

/// Everything that is linked into an artifact.
struct Parts {
  std::vector<aot::LinkInput> files; ///< The user's own.
  std::vector<aot::CallNeed> calls;  ///< Each name once, in order.
  std::string data;
  std::vector<KernelObject> kernels;
};

bool isForHere(const llvm::Triple &triple) {
  return triple.getArch() == llvm::Triple(llvm::sys::getProcessTriple()).getArch();
}

const llvm::Triple &tripleOf(const Session &session) {
  return static_cast<const cpu::CpuTarget &>(session.target()).getTriple();
}

/// A call whose function must be in the user's files, and is not.
Status missingFunction(const CustomCallDesc &call, const PositionDesc &position,
                       const std::vector<aot::LinkInput> &files) {
  std::string found = files.empty() ? "no files" : "none of this name";
  for (const aot::LinkInput &file : files)
    if (file.data.count(call.name))
      found = "data of this name in '" + file.path + "'";
  return Status::error(
      ErrorKind::Value,
      "expected a C function '%s' in the files of --link, for the custom call in '%s' at %s, but got %s",
      call.name.c_str(), position.op.c_str(), position.location.c_str(), found.c_str());
}

/// Finds the function of each custom call: in the user's files, or, of an object or library without such, nowhere yet.
Status resolveCalls(const ProgramDesc &program, bool mustLink, Parts &parts) {
  for (const CustomCallDesc &call : program.customCalls) {
    if (llvm::any_of(parts.calls, [&](const aot::CallNeed &known) { return known.name == call.name; }))
      continue;
    bool isLinked =
        llvm::any_of(parts.files, [&](const aot::LinkInput &f) { return f.functions.count(call.name) > 0; });
    if (!isLinked && (mustLink || !parts.files.empty()))
      return missingFunction(call, program.positions[call.position], parts.files);
    parts.calls.push_back({call.name, isLinked});
  }
  return Status::ok();
}

Status makeParts(Session &session, ModuleOp module, Phase from, bool mustLink, Parts &parts) {
  DLC_RETURN_IF_FAILED(session.run(module, from, Phase::Bufferize));
  HostProgram host;
  DLC_RETURN_IF_FAILED(session.hostProgram(module, host));
  DLC_RETURN_IF_FAILED(resolveCalls(host.desc, mustLink, parts));
  std::string program;
  if (std::string error = writeProgram(host.desc, program); !error.empty())
    return Status::error(ErrorKind::Internal, "%s", error.c_str());
  parts.kernels.resize(host.kernels.size());
  DLC_RETURN_IF_FAILED(session.forKernels(host.kernels, [&](size_t i) {
    // A clone: the module keeps its kernels closed.
    auto clone = OwningOpRef<rt::KernelOp>(cast<rt::KernelOp>(host.kernels[i]->clone()));
    return session.compileKernel(*clone, parts.kernels[i]);
  }));
  std::vector<std::string> linked;
  for (const aot::CallNeed &call : parts.calls)
    if (call.isLinked)
      linked.push_back(call.name);
  return aot::makeDataObject(tripleOf(session), program, parts.kernels, linked, parts.data);
}

Status addParts(aot::Link &link, const Parts &parts) {
  DLC_RETURN_IF_FAILED(link.input("program", parts.data));
  for (const KernelObject &kernel : parts.kernels)
    DLC_RETURN_IF_FAILED(link.input("kernel", kernel.bytes));
  for (const aot::LinkInput &file : parts.files)
    DLC_RETURN_IF_FAILED(link.input(file.path, file.bytes));
  return Status::ok();
}

Status linkExecutable(const Parts &parts, std::string &executable) {
  aot::Link link;
  for (const char *flag : {"-static", "--no-dynamic-linker", "--gc-sections", "--strip-all", "--build-id=none"})
    link.flag(flag);
  DLC_RETURN_IF_FAILED(link.input("crt1.o", aot::kitFile(aot::KitFile::Crt1)));
  DLC_RETURN_IF_FAILED(link.input("crti.o", aot::kitFile(aot::KitFile::Crti)));
  DLC_RETURN_IF_FAILED(addParts(link, parts));
  DLC_RETURN_IF_FAILED(link.input("libdlcrt.a", aot::kitFile(aot::KitFile::Runtime)));
  DLC_RETURN_IF_FAILED(link.input("libc.a", aot::kitFile(aot::KitFile::Libc)));
  DLC_RETURN_IF_FAILED(link.input("libclang_rt.builtins.a", aot::kitFile(aot::KitFile::Builtins)));
  DLC_RETURN_IF_FAILED(link.input("crtn.o", aot::kitFile(aot::KitFile::Crtn)));
  return link.run(executable);
}

/// One object with the model's C functions alone visible.
Status makeModelObject(const Parts &parts, const llvm::Triple &triple, llvm::StringRef model, std::string &object) {
  aot::Link link;
  for (const char *flag : {"-r", "--force-group-allocation", "--undefined=dlc_model_open"})
    link.flag(flag);
  DLC_RETURN_IF_FAILED(addParts(link, parts));
  if (isForHere(triple)) {
    DLC_RETURN_IF_FAILED(link.input("libdlcmodel.a", aot::kitFile(aot::KitFile::ModelLibrary)));
    DLC_RETURN_IF_FAILED(link.input("libclang_rt.builtins.a", aot::kitFile(aot::KitFile::Builtins)));
  } else {
    DLC_RETURN_IF_FAILED(link.input("libdlcmodel.a", aot::kitFile(aot::KitFile::ModelLibraryAArch64)));
  }
  std::string merged;
  DLC_RETURN_IF_FAILED(link.run(merged));
  return aot::renameModel(merged, model, object);
}

/// A library that stands for one of the machine where the artifact will run, so that the result says it needs it.
Status makeLibrary(const char *name, const std::vector<std::string> &functions, std::string &library) {
  std::string object;
  DLC_RETURN_IF_FAILED(aot::makeStubObject(functions, object));
  aot::Link link;
  for (const char *flag : {"-shared", "-soname", name})
    link.flag(flag);
  DLC_RETURN_IF_FAILED(link.input(name, object));
  return link.run(library);
}

/// Adds stand-ins of the libraries that a model's object needs: libc, and libm where the user's files do.
Status addLibraries(aot::Link &link, llvm::StringRef object, bool hasFiles) {
  std::vector<std::string> imports, ofLibc, ofLibm;
  DLC_RETURN_IF_FAILED(aot::importsOf(object, imports));
  for (const std::string &name : imports) {
    if (hasFiles && aot::isOfLibm(name))
      ofLibm.push_back(name);
    else if (!hasFiles || aot::isOfLibc(name)) // what is of neither is missing: lld says so
      ofLibc.push_back(name);
  }
  ofLibc.push_back("__register_atfork");
  llvm::erase(ofLibc, "pthread_atfork");
  std::string libc, libm;
  DLC_RETURN_IF_FAILED(makeLibrary("libc.so.6", ofLibc, libc));
  DLC_RETURN_IF_FAILED(link.input("libc.so.6", libc));
  if (ofLibm.empty())
    return Status::ok();
  DLC_RETURN_IF_FAILED(makeLibrary("libm.so.6", ofLibm, libm));
  return link.input("libm.so.6", libm);
}

Status linkShared(llvm::StringRef object, llvm::StringRef path, bool hasFiles, std::string &library) {
  aot::Link link;
  // nodelete: the thread pool's fork handlers stay registered.
  for (const char *flag :
       {"-shared", "--gc-sections", "--strip-all", "--build-id=none", "-z", "nodelete", "-z", "defs", "-soname"})
    link.flag(flag);
  link.flag(llvm::sys::path::filename(path));
  DLC_RETURN_IF_FAILED(link.input("model.o", object));
  DLC_RETURN_IF_FAILED(link.input("libdlcshared.a", aot::kitFile(aot::KitFile::SharedLibrary)));
  DLC_RETURN_IF_FAILED(addLibraries(link, object, hasFiles));
  return link.run(library);
}

Status write(const std::string &path, llvm::StringRef bytes, unsigned permissions = 0666) {
  FilePiece piece = {bytes.data(), bytes.size()};
  return writeFile(path.c_str(), &piece, 1, permissions);
}

} // namespace

Status assembleKernels(Session &session, ModuleOp module, Phase from, std::string &text) {
  DLC_RETURN_IF_FAILED(session.run(module, from, Phase::Lower));
  std::string error;
  if (!session.target().assembly(llvm::to_vector(module.getOps<rt::KernelOp>()), text, error))
    return Status::error(ErrorKind::Internal, "%s", error.c_str());
  return Status::ok();
}

std::string modelName(llvm::StringRef path) {
  llvm::StringRef stem = llvm::sys::path::stem(path);
  stem.consume_front("lib");
  std::string name;
  for (char c : stem)
    name += llvm::isAlnum(c) ? c : '_';
  return name.empty() || llvm::isDigit(name[0]) ? "model_" + name : name;
}

Status emitArtifact(Session &session, ModuleOp module, Phase from, ArtifactKind kind, const std::string &path,
                    const std::vector<std::string> &link) {
  if (session.target().name() != "cpu")
    return Status::error(ErrorKind::Unsupported, "expected target cpu for an object, library or executable, but got %s",
                         session.target().name().str().c_str());
  const llvm::Triple &triple = tripleOf(session);
  if (!isForHere(triple) && kind != ArtifactKind::Object)
    return Status::error(ErrorKind::Unsupported,
                         "expected an object for another architecture than this machine's, to be linked there, but got "
                         "a library or an executable for %s",
                         triple.getArchName().str().c_str());
  if (!isForHere(triple) && (!triple.isAArch64() || aot::kitFile(aot::KitFile::ModelLibraryAArch64).empty()))
    return Status::error(ErrorKind::Unsupported,
                         "expected an architecture whose runtime this dlc was built with, but "
                         "got %s",
                         triple.getArchName().str().c_str());
  Parts parts;
  DLC_RETURN_IF_FAILED(aot::readLinkInputs(link, triple, parts.files));
  if (kind == ArtifactKind::Executable)
    DLC_RETURN_IF_FAILED(aot::checkNamesFree(parts.files));
  DLC_RETURN_IF_FAILED(makeParts(session, module, from, kind == ArtifactKind::Executable, parts));
  std::string linked;
  if (kind == ArtifactKind::Executable) {
    DLC_RETURN_IF_FAILED(linkExecutable(parts, linked));
    return write(path, linked, 0777);
  }
  std::string name = modelName(path), object;
  DLC_RETURN_IF_FAILED(makeModelObject(parts, triple, name, object));
  if (kind == ArtifactKind::Object) {
    DLC_RETURN_IF_FAILED(write(path, object));
  } else {
    DLC_RETURN_IF_FAILED(linkShared(object, path, !parts.files.empty(), linked));
    DLC_RETURN_IF_FAILED(write(path, linked, 0777));
  }
  llvm::SmallString<128> header(llvm::sys::path::parent_path(path));
  llvm::sys::path::append(header, name + ".h");
  std::string text;
  std::vector<std::string> imports;
  if (kind == ArtifactKind::Object)
    DLC_RETURN_IF_FAILED(aot::importsOf(object, imports));
  DLC_RETURN_IF_FAILED(aot::modelHeader(module, name, parts.calls, imports, text));
  return write(header.str().str(), text);
}

} // namespace dlc
