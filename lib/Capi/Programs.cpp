// Programs of the C ABI: from files, and from the disk cache by the key of a traced function (contract C6).
#include "lib/Cache/DiskStore.h"
#include "lib/Capi/BuildId.h"
#include "lib/Capi/PackagedProgram.h"
#include "lib/Capi/Process.h"
#include "lib/Runtime/CustomCall.h"
#include "lib/Runtime/File.h"
#include "lib/Runtime/Package.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <vector>
#if defined(__x86_64__)
#include <cpuid.h>
#endif
#include <sys/auxv.h>

using namespace dlc;

void dlc_program_retain(dlc_program *program) { program->references.fetch_add(1, std::memory_order_relaxed); }
void dlc_program_release(dlc_program *program) {
  if (program && program->references.fetch_sub(1, std::memory_order_acq_rel) == 1)
    delete program;
}
size_t dlc_program_input_count(const dlc_program *program) { return program->inputCount(); }
size_t dlc_program_output_count(const dlc_program *program) { return program->outputCount(); }
dlc_status *dlc_program_run(dlc_program *program, dlc_tensor *const *inputs, size_t input_count, dlc_tensor **outputs,
                            size_t output_count) {
  return toHandle(program->run(inputs, input_count, outputs, output_count));
}

dlc_status *dlc_register_custom_call(const char *name, dlc_custom_function function, void *user_data) {
  return toHandle(registerCustomCall(name, {function, user_data}));
}

void dlc_string_free(char *text) { free(text); }

dlc_status *dlc_program_open(const char *path, dlc_program **out) {
  Buffer bytes;
  Status status = readFile(path, bytes);
  if (!status.failed())
    status = loadPackagedProgram(bytes, processPool(), *out).withContext("%s", path);
  return toHandle(status);
}

//===--- The disk cache ---===//

/// What code for this CPU depends on: its model and features, as the CPU reports them.
static void addCpu(cache::Sha256 &hash) {
#if defined(__x86_64__)
  for (unsigned leaf : {0u, 1u, 7u}) {
    unsigned registers[4] = {};
    __get_cpuid_count(leaf, 0, &registers[0], &registers[1], &registers[2], &registers[3]);
    if (leaf == 1)
      registers[1] = 0; // the number of the core that asks
    hash.update(registers, sizeof(registers));
  }
#endif
  unsigned long capabilities[2] = {getauxval(AT_HWCAP), getauxval(AT_HWCAP2)};
  hash.update(capabilities, sizeof(capabilities));
}

const char *dlc_build_id(void) {
  static const std::string *id = [] {
    cache::Sha256 hash;
    hash.update(buildId, sizeof(buildId));
    addCpu(hash);
    return new std::string(cache::toHex(hash.final()));
  }();
  return id->c_str();
}

/// The store of the folder that is set now; null if there is none.
static std::shared_ptr<cache::DiskStore> store() {
  static std::mutex *mutex = new std::mutex;
  static auto *current = new std::shared_ptr<cache::DiskStore>;
  std::lock_guard<std::mutex> lock(*mutex);
  std::string folder = processCacheDir();
  if (!*current || (*current)->options().folder != folder) {
    cache::StoreOptions options;
    options.folder = folder;
    *current = folder.empty() ? nullptr : std::make_shared<cache::DiskStore>(options);
  }
  return *current;
}

static cache::Key keyOf(const uint8_t *bytes) {
  cache::Key key;
  std::copy(bytes, bytes + key.size(), key.begin());
  return key;
}

static constexpr char noteName[] = "note";

/// The text entry of that name as a string on malloc's heap.
static Status readNote(const Buffer &bytes, char *&note) {
  Package package;
  DLC_RETURN_IF_FAILED(Package::parse(bytes, package));
  uint8_t key[entryKeyBytes] = {};
  memcpy(key, noteName, sizeof(noteName));
  size_t at = package.find(EntryKind::Text, key, 0);
  if (at == package.size())
    return Status::error(ErrorKind::Corrupt, "expected a note in the package, but found none");
  PackageEntry entry;
  DLC_RETURN_IF_FAILED(package.read(at, entry));
  note = static_cast<char *>(malloc(entry.bytes + 1));
  memcpy(note, entry.data, entry.bytes);
  note[entry.bytes] = 0;
  return Status::ok();
}

static uint64_t countImages(const Buffer &bytes) {
  Package package;
  if (Package::parse(bytes, package).failed())
    return 0;
  uint64_t count = 0;
  for (size_t i = 0; i < package.size(); ++i)
    count += package[i].kind == EntryKind::Image;
  return count;
}

dlc_status *dlc_program_find(const uint8_t *key, dlc_program **out, char **note) {
  *out = nullptr;
  *note = nullptr;
  auto disk = store();
  Buffer bytes;
  if (!disk || !disk->find(cache::Kind::Program, keyOf(key), bytes))
    return nullptr;
  // An entry that was whole but cannot be loaded is of another build: it counts as absent.
  if (readNote(bytes, *note).failed())
    return nullptr;
  if (loadPackagedProgram(bytes, processPool(), *out).failed()) {
    free(*note);
    *note = nullptr;
    *out = nullptr;
    return nullptr;
  }
  dlc_code_counts counts = {};
  counts.programs_found = 1;
  counts.kernels_found = countImages(bytes);
  countCode(counts);
  return nullptr;
}

/// Adds a package with a note to the store. A package that cannot be read back or written is not kept.
static void keepPackage(cache::DiskStore &disk, const cache::Key &key, const std::string &label,
                        const std::string &note, const Buffer &bytes) {
  Package package;
  if (Package::parse(bytes, package).failed())
    return;
  std::vector<PackageEntry> entries;
  for (size_t i = 0; i < package.size(); ++i)
    entries.push_back(package[i]);
  PackageEntry text;
  text.kind = EntryKind::Text;
  memcpy(text.key, noteName, sizeof(noteName));
  text.data = note.data();
  text.bytes = note.size();
  entries.push_back(text);
  Buffer payload;
  if (!encodePackage({entries.data(), entries.size()}, payload).failed())
    disk.add(cache::Kind::Program, key, label, payload.data(), payload.size());
}

dlc_status *dlc_program_store(dlc_program *program, const uint8_t *key, const char *label, const char *note) {
  if (auto disk = store())
    program->whenPackaged([disk, key = keyOf(key), label = std::string(label), note = std::string(note)](
                              const Buffer &bytes) { keepPackage(*disk, key, label, note, bytes); });
  return nullptr;
}
