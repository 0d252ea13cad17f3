// Kernels are compiled in parallel; then lld links them with the program and the kit.
#include "lib/Compiler/Artifact.h"

#include "lib/Compiler/Aot/DataObject.h"
#include "lib/Compiler/Aot/Kit.h"
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
  std::vector<std::string> customCalls; ///< "'f' in 'dlc.custom_call' at model.mlir:3:8"
  std::string data;
  std::vector<KernelObject> kernels;
};

bool isForHere(const llvm::Triple &triple) {
  return triple.getArch() == llvm::Triple(llvm::sys::getProcessTriple()).getArch();
}

const llvm::Triple &tripleOf(const Session &session) {
  return static_cast<const cpu::CpuTarget &>(session.target()).getTriple();
}

Status makeParts(Session &session, ModuleOp module, Phase from, Parts &parts) {
  DLC_RETURN_IF_FAILED(session.run(module, from, Phase::Bufferize));
  HostProgram host;
  DLC_RETURN_IF_FAILED(session.hostProgram(module, host));
  for (const CustomCallDesc &call : host.desc.customCalls) {
    const PositionDesc &position = host.desc.positions[call.position];
    parts.customCalls.push_back("'" + call.name + "' in '" + position.op + "' at " + position.location);
  }
  std::string program;
  if (std::string error = writeProgram(host.desc, program); !error.empty())
    return Status::error(ErrorKind::Internal, "%s", error.c_str());
  parts.kernels.resize(host.kernels.size());
  DLC_RETURN_IF_FAILED(session.inParallel(host.kernels.size(), [&](size_t i) {
    // A clone: the module keeps its kernels closed.
    auto clone = OwningOpRef<rt::KernelOp>(cast<rt::KernelOp>(host.kernels[i]->clone()));
    return session.compileKernel(*clone, parts.kernels[i]);
  }));
  return aot::makeDataObject(tripleOf(session), program, parts.kernels, parts.data);
}

Status addParts(aot::Link &link, const Parts &parts) {
  DLC_RETURN_IF_FAILED(link.input("program", parts.data));
  for (const KernelObject &kernel : parts.kernels)
    DLC_RETURN_IF_FAILED(link.input("kernel", kernel.bytes));
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

/// A library that stands for the libc of the machine where the artifact will run, so that the result says it needs it.
Status makeLibc(const std::vector<std::string> &functions, std::string &libc) {
  std::string object;
  DLC_RETURN_IF_FAILED(aot::makeStubObject(functions, object));
  aot::Link link;
  for (const char *flag : {"-shared", "-soname", "libc.so.6"})
    link.flag(flag);
  DLC_RETURN_IF_FAILED(link.input("libc", object));
  return link.run(libc);
}

Status linkShared(llvm::StringRef object, llvm::StringRef path, std::string &library) {
  std::vector<std::string> imports;
  DLC_RETURN_IF_FAILED(aot::importsOf(object, imports));
  imports.push_back("__register_atfork");
  llvm::erase(imports, "pthread_atfork");
  std::string libc;
  DLC_RETURN_IF_FAILED(makeLibc(imports, libc));
  aot::Link link;
  // nodelete: the thread pool's fork handlers stay registered.
  for (const char *flag :
       {"-shared", "--gc-sections", "--strip-all", "--build-id=none", "-z", "nodelete", "-z", "defs", "-soname"})
    link.flag(flag);
  link.flag(llvm::sys::path::filename(path));
  DLC_RETURN_IF_FAILED(link.input("model.o", object));
  DLC_RETURN_IF_FAILED(link.input("libdlcshared.a", aot::kitFile(aot::KitFile::SharedLibrary)));
  DLC_RETURN_IF_FAILED(link.input("libc.so.6", libc));
  return link.run(library);
}

Status write(const std::string &path, llvm::StringRef bytes, unsigned permissions = 0666) {
  FilePiece piece = {bytes.data(), bytes.size()};
  return writeFile(path.c_str(), &piece, 1, permissions);
}

} // namespace

Status assembleKernels(Session &session, ModuleOp module, Phase from, std::string &text) {
  DLC_RETURN_IF_FAILED(session.run(module, from, Phase::Schedule));
  auto range = module.getOps<rt::KernelOp>();
  std::vector<rt::KernelOp> kernels(range.begin(), range.end());
  std::vector<std::string> texts(kernels.size());
  DLC_RETURN_IF_FAILED(session.inParallel(kernels.size(), [&](size_t i) {
    auto clone = OwningOpRef<rt::KernelOp>(cast<rt::KernelOp>(kernels[i]->clone()));
    return session.kernelAssembly(*clone, texts[i]);
  }));
  text = llvm::join(texts, "\n");
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

Status emitArtifact(Session &session, ModuleOp module, Phase from, ArtifactKind kind, const std::string &path) {
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
  DLC_RETURN_IF_FAILED(makeParts(session, module, from, parts));
  std::string linked;
  if (kind == ArtifactKind::Executable) {
    if (!parts.customCalls.empty())
      return Status::error(ErrorKind::Unsupported,
                           "expected no custom call in an executable, which has no function to call, but got %s: use "
                           "--emit=shared or obj, and register the function in the program that links it",
                           parts.customCalls.front().c_str());
    DLC_RETURN_IF_FAILED(linkExecutable(parts, linked));
    return write(path, linked, 0777);
  }
  std::string name = modelName(path), object;
  DLC_RETURN_IF_FAILED(makeModelObject(parts, triple, name, object));
  if (kind == ArtifactKind::Object) {
    DLC_RETURN_IF_FAILED(write(path, object));
  } else {
    DLC_RETURN_IF_FAILED(linkShared(object, path, linked));
    DLC_RETURN_IF_FAILED(write(path, linked, 0777));
  }
  llvm::SmallString<128> header(llvm::sys::path::parent_path(path));
  llvm::sys::path::append(header, name + ".h");
  std::string text;
  DLC_RETURN_IF_FAILED(aot::modelHeader(module, name, text));
  return write(header.str().str(), text);
}

} // namespace dlc
