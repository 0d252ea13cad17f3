// JITLink with a memory manager that lays everything out in one buffer at address 0.
#include "jit/ImageLinker.h"

#include "lib/Runtime/Image.h"

#include "llvm/ExecutionEngine/JITLink/JITLink.h"
#include "llvm/ExecutionEngine/JITLink/x86_64.h"
#include "llvm/ExecutionEngine/Orc/SymbolStringPool.h"
#include "llvm/Support/MemoryBuffer.h"

#include <map>

using namespace llvm;
using namespace llvm::jitlink;

namespace dlc::jit {

namespace {

/// What a link makes.
struct Linked {
  std::vector<char> code;
  std::map<std::string, uint64_t> entries;
  std::string error;
};

/// Segments follow each other in one buffer; "finalizing" them is keeping that buffer.
class ImageMemory : public JITLinkMemoryManager {
public:
  explicit ImageMemory(Linked &linked) : linked(linked) {}

  void allocate(const JITLinkDylib *, LinkGraph &graph, OnAllocatedFunction done) override {
    BasicLayout layout(graph);
    uint64_t offset = 0;
    for (auto &[group, segment] : layout.segments()) {
      uint64_t bytes = segment.ContentSize + segment.ZeroFillSize;
      if ((group.getMemProt() & orc::MemProt::Write) == orc::MemProt::Write && bytes)
        return done(createStringError("writable data"));
      offset = alignTo(offset, std::max<uint64_t>(64, segment.Alignment.value()));
      segment.Addr = orc::ExecutorAddr(offset);
      offset += bytes;
    }
    linked.code.assign(alignTo(offset, 64), 0);
    for (auto &[group, segment] : layout.segments())
      segment.WorkingMem = linked.code.data() + segment.Addr.getValue();
    if (auto error = layout.apply())
      return done(std::move(error));
    done(std::make_unique<InFlight>());
  }
  void deallocate(std::vector<FinalizedAlloc> allocs, OnDeallocatedFunction done) override {
    for (auto &alloc : allocs)
      alloc.release();
    done(Error::success());
  }

private:
  struct InFlight : InFlightAlloc {
    void finalize(OnFinalizedFunction done) override { done(FinalizedAlloc(orc::ExecutorAddr(1))); }
    void abandon(OnAbandonedFunction done) override { done(Error::success()); }
  };
  Linked &linked;
};

/// Refuses imports, absolute addresses and writable data; records where the stages start.
class ImageContext : public JITLinkContext {
public:
  ImageContext(Linked &linked, const KernelObject &object)
      : JITLinkContext(nullptr), linked(linked), memory(linked), object(object) {}

  JITLinkMemoryManager &getMemoryManager() override { return memory; }
  void notifyFailed(Error error) override { linked.error = toString(std::move(error)); }
  void lookup(const LookupMap &symbols, std::unique_ptr<JITLinkAsyncLookupContinuation> next) override {
    std::string names;
    for (auto &[name, flags] : symbols)
      names += (" " + *name).str();
    if (names.empty())
      return next->run(AsyncLookupResult());
    next->run(createStringError("imports:" + names));
  }
  Error notifyResolved(LinkGraph &graph) override {
    for (auto *symbol : graph.defined_symbols())
      if (symbol->hasName())
        linked.entries[(*symbol->getName()).str()] = symbol->getAddress().getValue();
    return Error::success();
  }
  void notifyFinalized(JITLinkMemoryManager::FinalizedAlloc alloc) override { alloc.release(); }
  LinkGraphPassFunction getMarkLivePass(const Triple &) const override {
    return [this](LinkGraph &graph) {
      for (auto *symbol : graph.defined_symbols())
        if (symbol->hasName() && llvm::is_contained(object.stages, (*symbol->getName()).str()))
          symbol->setLive(true);
      return Error::success();
    };
  }
  Error modifyPassConfig(LinkGraph &graph, PassConfiguration &config) override {
    if (!graph.getTargetTriple().isX86())
      return Error::success();
    config.PreFixupPasses.push_back([](LinkGraph &graph) -> Error {
      for (auto *block : graph.blocks())
        for (auto &edge : block->edges())
          if (edge.isRelocation() && edge.getKind() <= x86_64::Pointer8)
            return createStringError("absolute address in section " + block->getSection().getName());
      return Error::success();
    });
    return Error::success();
  }

private:
  Linked &linked;
  ImageMemory memory;
  const KernelObject &object;
};

} // namespace

Status linkImage(const KernelObject &object, std::string &image) {
  auto pool = std::make_shared<orc::SymbolStringPool>();
  Linked linked;
  auto graph = createLinkGraphFromObject(MemoryBufferRef(object.bytes, "kernel"), pool);
  if (!graph)
    return Status::error(ErrorKind::Internal, "%s", toString(graph.takeError()).c_str());
  if (auto *section = (*graph)->findSectionByName(".eh_frame")) // kernels never unwind
    (*graph)->removeSection(*section);
  link(std::move(*graph), std::make_unique<ImageContext>(linked, object));
  if (!linked.error.empty())
    return Status::error(ErrorKind::Internal, "a kernel makes no image: %s", linked.error.c_str());
  std::vector<uint64_t> entries;
  for (const std::string &stage : object.stages) {
    auto place = linked.entries.find(stage);
    if (place == linked.entries.end())
      return Status::error(ErrorKind::Internal, "a kernel makes no image: stage %s is missing", stage.c_str());
    entries.push_back(place->second);
  }
  ImageHeader header;
  makeImageHeader(linked.code.size(), entries.data(), uint32_t(entries.size()), header);
  image.assign(reinterpret_cast<const char *>(&header), sizeof header);
  image.append(linked.code.data(), linked.code.size());
  return Status::ok();
}

} // namespace dlc::jit
