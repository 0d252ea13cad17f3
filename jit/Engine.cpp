// Phases, images and packages.
#include "jit/Engine.h"

#include "jit/ImageLinker.h"
#include "lib/Runtime/Package.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ThreadPool.h"

#include <chrono>

using namespace mlir;

namespace dlc::jit {

Status Engine::imageOf(rt::KernelOp kernel, std::string &image, CompileReport &report) {
  std::string key = kernel.getKey()->str();
  {
    std::lock_guard<std::mutex> lock(mutex);
    auto known = images.find(key);
    if (known != images.end()) {
      image = known->second;
      ++report.inMemory;
      return Status::ok();
    }
  }
  bool isStored = store && store->find(key, image);
  if (!isStored) {
    // A clone: the module keeps its kernels closed, and what is compiled is thrown away.
    auto clone = OwningOpRef<rt::KernelOp>(cast<rt::KernelOp>(kernel->clone()));
    KernelObject object;
    DLC_RETURN_IF_FAILED(session.compileKernel(*clone, object));
    DLC_RETURN_IF_FAILED(linkImage(object, image));
    if (store)
      store->add(key, image);
  }
  std::lock_guard<std::mutex> lock(mutex);
  images.emplace(key, image);
  ++(isStored ? report.onDisk : report.compiled);
  return Status::ok();
}

Status Engine::compile(ModuleOp module, Phase from, std::string &package, CompileReport *report) {
  auto start = std::chrono::steady_clock::now();
  CompileReport local;
  DLC_RETURN_IF_FAILED(session.run(module, from, Phase::Bufferize));
  HostProgram host;
  DLC_RETURN_IF_FAILED(session.hostProgram(module, host));
  std::string program;
  if (std::string error = writeProgram(host.desc, program); !error.empty())
    return Status::error(ErrorKind::Internal, "%s", error.c_str());

  std::vector<std::string> code(host.kernels.size());
  std::vector<Status> statuses(host.kernels.size());
  unsigned threads = session.options().compileThreads;
  if (threads == 0)
    threads = llvm::hardware_concurrency().compute_thread_count();
  auto compileOne = [&](size_t i) { statuses[i] = imageOf(host.kernels[i], code[i], local); };
  if (threads > 1 && host.kernels.size() > 1) {
    llvm::StdThreadPool pool(llvm::hardware_concurrency(threads));
    for (size_t i = 0; i < host.kernels.size(); ++i)
      pool.async([&, i] { compileOne(i); });
    pool.wait();
  } else {
    for (size_t i = 0; i < host.kernels.size(); ++i)
      compileOne(i);
  }
  for (const Status &status : statuses)
    DLC_RETURN_IF_FAILED(status);

  std::vector<PackageEntry> entries(1);
  entries[0].kind = EntryKind::Program;
  entries[0].data = program.data();
  entries[0].bytes = program.size();
  for (size_t i = 0; i < host.kernels.size(); ++i) {
    PackageEntry entry;
    entry.kind = EntryKind::Image;
    std::copy(host.desc.kernels[i].key.begin(), host.desc.kernels[i].key.end(), entry.key);
    entry.data = code[i].data();
    entry.bytes = code[i].size();
    entries.push_back(entry);
  }
  Buffer bytes;
  DLC_RETURN_IF_FAILED(encodePackage({entries.data(), entries.size()}, bytes));
  package.assign(static_cast<const char *>(bytes.data()), bytes.size());
  local.kernels = unsigned(host.kernels.size());
  local.milliseconds = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  if (report)
    *report = local;
  return Status::ok();
}

} // namespace dlc::jit
