// Sessions run single-threaded: whoever wants more processors starts more processes.
#include "lib/Check/Workbench.h"

#include "lib/Check/Calls.h"
#include "lib/Check/KnownExtents.h"
#include "lib/Runtime/Package.h"

#include <cstring>

using namespace mlir;

namespace dlc::check {

std::vector<Way> allWays() {
  Options host, unfused, unsimplified, plain, avx2, baseline;
  unfused.fuse = unsimplified.simplify = plain.fuse = plain.simplify = false;
  avx2.cpu = "x86-64-v3";
  baseline.tier = Tier::Baseline;
  return {{"host, 1 thread", host, 1},         {"host, 2 threads", host, 2},  {"not fused", unfused, 1},
          {"not simplified", unsimplified, 1}, {"neither of both", plain, 2}, {"AVX2, 2 threads", avx2, 2},
          {"baseline, 2 threads", baseline, 2}};
}

Way knownExtentsWay() {
  Way way;
  way.name = "known extents, 2 threads";
  way.threads = 2;
  way.knowsExtents = true;
  return way;
}

Workbench::Workbench(SessionHook hook) : hook(std::move(hook)) { registerCheckCalls(); }

Workbench::~Workbench() {
  for (auto &[threads, pool] : pools)
    ThreadPool::destroy(pool);
}

Status Workbench::bench(const Options &options, Bench *&out) {
  std::string key = options.target + " " + options.cpu + (options.fuse ? " f" : " -") + (options.simplify ? "s" : "-") +
                    (options.verifyEach ? "v" : "-") + (options.tier == Tier::Baseline ? "b" : "-");
  Bench &bench = benches[key];
  if (!bench.session) {
    Options single = options;
    single.compileThreads = 1;
    Status status = Session::create(single, bench.session);
    if (status.failed()) {
      benches.erase(key);
      return status;
    }
    bench.session->context().disableMultithreading();
    if (hook)
      hook(*bench.session);
    bench.engine = std::make_unique<jit::Engine>(*bench.session);
  }
  out = &bench;
  return Status::ok();
}

Status Workbench::session(const Options &options, Session *&out) {
  Bench *found;
  DLC_RETURN_IF_FAILED(bench(options, found));
  out = found->session.get();
  return Status::ok();
}

Status Workbench::parse(const Options &options, llvm::StringRef text, OwningOpRef<ModuleOp> &module,
                        func::FuncOp &entry) {
  Session *place;
  DLC_RETURN_IF_FAILED(session(options, place));
  DLC_RETURN_IF_FAILED(place->parseText(text, "program", module));
  return place->entryOf(*module, entry);
}

/// Sets the estimated cost of a task so high that the runtime shares tasks out.
static void shareOut(ModuleOp module) {
  Builder b(module.getContext());
  for (auto kernel : module.getOps<rt::KernelOp>()) {
    SmallVector<Attribute> stages;
    for (DictionaryAttr stage : kernel.getStages()) {
      NamedAttrList fields(stage);
      fields.set("cost", b.getStringAttr("1000000"));
      stages.push_back(fields.getDictionary(b.getContext()));
    }
    NamedAttrList descriptor(*kernel.getDescriptor());
    descriptor.set("stages", b.getArrayAttr(stages));
    kernel.setDescriptorAttr(descriptor.getDictionary(b.getContext()));
  }
}

Status Workbench::compile(const Options &options, ModuleOp module, Phase from, std::string &package) {
  Bench *place;
  DLC_RETURN_IF_FAILED(bench(options, place));
  DLC_RETURN_IF_FAILED(place->session->run(module, from, Phase::Schedule));
  shareOut(module); // after the kernels got their keys: their code is the same
  return place->engine->compile(module, Phase::Schedule, package);
}

Status Workbench::compile(const Way &way, llvm::StringRef text, ArrayRef<HostTensor> inputs, std::string &package,
                          OwningOpRef<ModuleOp> &module) {
  func::FuncOp entry;
  DLC_RETURN_IF_FAILED(parse(way.options, text, module, entry));
  if (way.knowsExtents)
    DLC_RETURN_IF_FAILED(makeExtentsKnown(*module, entry, inputs));
  return compile(way.options, *module, Phase::Trace, package);
}

Outcome Workbench::runPackage(const std::string &package, ArrayRef<HostTensor> inputs, unsigned threads, size_t slack) {
  Outcome outcome;
  auto keep = [&](Status status) { return (outcome.status = std::move(status)).isOk(); };
  ThreadPool *&pool = pools[threads];
  Buffer bytes;
  if ((!pool && !keep(ThreadPool::create(threads, pool))) || !keep(Buffer::allocate(package.size(), bytes)))
    return outcome;
  std::memcpy(bytes.data(), package.data(), package.size());
  LoadOptions options;
  options.pool = pool;
  LoadedPackage *loaded = nullptr;
  if (!keep(LoadedPackage::load(bytes, hostIsaLevel(), options, loaded)))
    return outcome;
  std::vector<TensorRef> ins(inputs.size()), outs(loaded->program().outputCount());
  std::vector<Buffer> room(ins.size() + outs.size());
  for (size_t i = 0; i < inputs.size(); ++i) { // copies: a kernel that writes to its inputs must not go unseen
    ins[i].dtype = inputs[i].type;
    ins[i].rank = uint32_t(inputs[i].rank());
    std::copy(inputs[i].shape.begin(), inputs[i].shape.end(), ins[i].dims);
    if (!keep(Buffer::allocate(size_t(inputs[i].bytes()) + slack, room[i])))
      break;
    std::memcpy(ins[i].data = room[i].data(), inputs[i].buffer.data(), size_t(inputs[i].bytes()));
  }
  Program &program = loaded->program();
  if (outcome.status.isOk() && keep(program.inferOutputs(ins.data(), ins.size(), outs.data(), outs.size()))) {
    for (size_t i = 0; i < outs.size() && outcome.status.isOk(); ++i) {
      outcome.outputs.emplace_back(outs[i].dtype, std::vector<int64_t>(outs[i].dims, outs[i].dims + outs[i].rank));
      size_t size = size_t(outcome.outputs[i].bytes());
      Buffer &memory = room[ins.size() + i];
      if (keep(Buffer::allocate(size + slack, memory)))
        std::memset(outs[i].data = memory.data(), 0xA5, size + slack);
    }
    if (outcome.status.isOk() && keep(program.run(ins.data(), ins.size(), outs.data(), outs.size())))
      for (size_t i = 0; i < outs.size(); ++i)
        std::memcpy(outcome.outputs[i].buffer.data(), outs[i].data, size_t(outcome.outputs[i].bytes()));
  }
  LoadedPackage::destroy(loaded);
  return outcome;
}

Outcome Workbench::run(const Way &way, llvm::StringRef text, ArrayRef<HostTensor> inputs) {
  Outcome outcome;
  OwningOpRef<ModuleOp> module;
  std::string package;
  outcome.status = compile(way, text, inputs, package, module);
  return outcome.status.failed() ? outcome : runPackage(package, inputs, way.threads);
}

} // namespace dlc::check
