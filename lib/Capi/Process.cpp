// Version, options of the process, and status objects of the C ABI.
#include "lib/Capi/Process.h"
#include "lib/Capi/Handles.h"
#include "lib/Runtime/ThreadPool.h"

#include <mutex>
#include <set>
#include <string>

using namespace dlc;

namespace {

/// Pools are never ended: programs that were loaded with one go on using it.
struct Process {
  std::mutex mutex;
  ThreadPool *pool = nullptr;
  uint32_t threads = 0; ///< 0 until it is set or asked for
  std::string cacheDir;
  bool fuse = true;
  std::set<std::string> cpus = {""}; ///< names stay: they are handed out
  const char *cpu = cpus.begin()->c_str();
  dlc_tiers tiers = DLC_TIERS_BOTH;
  dlc_code_counts counts = {};

  uint32_t count() {
    if (!threads)
      threads = ThreadPool::availableCpus();
    return threads;
  }
};

Process &process() {
  static Process *instance = new Process;
  return *instance;
}

} // namespace

ThreadPool *dlc::processPool() {
  Process &state = process();
  std::lock_guard<std::mutex> lock(state.mutex);
  if (!state.pool && ThreadPool::create(state.count(), state.pool).failed())
    state.pool = nullptr;
  return state.pool;
}

const char *dlc::processCacheDir() { return process().cacheDir.c_str(); }

void dlc::countCode(const dlc_code_counts &more) {
  Process &state = process();
  std::lock_guard<std::mutex> lock(state.mutex);
  state.counts.programs_found += more.programs_found;
  state.counts.programs_compiled += more.programs_compiled;
  state.counts.kernels_found += more.kernels_found;
  state.counts.kernels_shared += more.kernels_shared;
  state.counts.kernels_compiled += more.kernels_compiled;
}

void dlc_code_counts_get(dlc_code_counts *out) {
  Process &state = process();
  std::lock_guard<std::mutex> lock(state.mutex);
  *out = state.counts;
}

uint32_t dlc_abi_version(void) { return DLC_ABI_VERSION; }
const char *dlc_version(void) { return "0.1.0"; }

dlc_status *dlc_set_num_threads(uint32_t count) {
  if (count > ThreadPool::maxWorkers)
    return toHandle(Status::error(ErrorKind::Value, "expected a number of threads in [0, %u], but got %u",
                                  ThreadPool::maxWorkers, count));
  Process &state = process();
  std::lock_guard<std::mutex> lock(state.mutex);
  if (state.threads != count)
    state.pool = nullptr;
  state.threads = count;
  return nullptr;
}

uint32_t dlc_num_threads(void) {
  Process &state = process();
  std::lock_guard<std::mutex> lock(state.mutex);
  return state.count();
}

dlc_status *dlc_set_cache_dir(const char *path) {
  Process &state = process();
  std::lock_guard<std::mutex> lock(state.mutex);
  state.cacheDir = path;
  return nullptr;
}

const char *dlc_cache_dir(void) { return processCacheDir(); }

void dlc::setProcessCompileOptions(const dlc_compile_options &options) {
  Process &state = process();
  std::lock_guard<std::mutex> lock(state.mutex);
  state.fuse = options.fuse;
  state.cpu = state.cpus.insert(options.cpu ? options.cpu : "").first->c_str();
  state.tiers = options.tiers;
}

void dlc_get_compile_options(dlc_compile_options *out) {
  Process &state = process();
  std::lock_guard<std::mutex> lock(state.mutex);
  *out = {state.fuse, state.cpu, state.tiers};
}

dlc_status_kind dlc_status_get_kind(const dlc_status *status) {
  return status ? static_cast<dlc_status_kind>(status->status.kind()) : DLC_OK;
}
const char *dlc_status_message(const dlc_status *status) { return status ? status->status.message() : ""; }
void dlc_status_release(dlc_status *status) { delete status; }
