// dlc cache: what the cache on disk holds, and keeping it in order.
#include "lib/Cache/DiskStore.h"
#include "tools/dlc/Model.h"
#include "tools/dlc/Subcommands.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <ctime>
#include <map>

namespace dlc::cli {

namespace {

struct CacheFlags {
  std::string action;
  std::string folder;
  uint64_t limit = uint64_t(1) << 30;
  bool json = false;
};

void printStats(const cache::DiskStore &store, const CacheFlags &flags) {
  struct Sum {
    int64_t entries = 0, bytes = 0;
  };
  std::map<std::string, Sum> kinds;
  Sum all;
  for (const cache::EntryInfo &entry : store.list()) {
    for (Sum *sum : {&all, &kinds[entry.kind.empty() ? "damaged" : entry.kind]}) {
      ++sum->entries;
      sum->bytes += int64_t(entry.bytes);
    }
  }
  if (flags.json) {
    llvm::json::Object list;
    for (auto &[kind, sum] : kinds)
      list[kind] = llvm::json::Object{{"entries", sum.entries}, {"bytes", sum.bytes}};
    llvm::outs() << llvm::json::Value(llvm::json::Object{{"folder", store.options().folder},
                                                         {"entries", all.entries},
                                                         {"bytes", all.bytes},
                                                         {"capacity", int64_t(store.options().capacity)},
                                                         {"kinds", std::move(list)}})
                 << "\n";
    return;
  }
  llvm::outs() << store.options().folder << ": " << all.entries << " entries, " << all.bytes << " of "
               << store.options().capacity << " bytes\n";
  for (auto &[kind, sum] : kinds)
    llvm::outs() << "  " << kind << ": " << sum.entries << " entries, " << sum.bytes << " bytes\n";
}

void printList(const cache::DiskStore &store, const CacheFlags &flags) {
  llvm::json::Array list;
  for (const cache::EntryInfo &entry : store.list()) {
    if (flags.json) {
      list.push_back(llvm::json::Object{{"kind", entry.kind},
                                        {"key", entry.key},
                                        {"label", entry.label},
                                        {"bytes", int64_t(entry.bytes)},
                                        {"last_use", entry.lastUse},
                                        {"path", entry.path}});
      continue;
    }
    char time[32];
    std::time_t seconds = entry.lastUse;
    std::tm parts;
    localtime_r(&seconds, &parts);
    std::strftime(time, sizeof time, "%Y-%m-%d %H:%M:%S", &parts);
    std::string kind = entry.kind.empty() ? "damaged" : entry.kind;
    llvm::outs() << time << llvm::right_justify(std::to_string(entry.bytes), 10) << "  " << llvm::left_justify(kind, 8)
                 << " " << (entry.key.empty() ? entry.path : entry.key.substr(0, 16)) << "  " << entry.label << "\n";
  }
  if (flags.json)
    llvm::outs() << llvm::json::Value(std::move(list)) << "\n";
}

Status verifyStore(cache::DiskStore &store, const CacheFlags &flags) {
  cache::VerifyReport report = store.verify();
  if (flags.json) {
    llvm::outs() << llvm::json::Value(llvm::json::Object{{"whole", int64_t(report.whole)},
                                                         {"removed", int64_t(report.removed)},
                                                         {"problems", llvm::json::Array(report.problems)}})
                 << "\n";
    return Status::ok();
  }
  for (const std::string &problem : report.problems)
    llvm::outs() << problem << "\n";
  llvm::outs() << report.whole << " entries are whole, " << report.removed << " damaged ones were removed\n";
  return Status::ok();
}

Status runCache(CacheFlags &flags, Environment environment) {
  if (!flags.folder.empty())
    environment.cacheDir = flags.folder;
  if (environment.cacheDir.empty())
    return Status::error(ErrorKind::Value, "expected DLC_CACHE_DIR or HOME to be set, but got neither");
  cache::DiskStore store(storeOptions(environment));
  if (flags.action == "stats") {
    printStats(store, flags);
  } else if (flags.action == "list") {
    printList(store, flags);
  } else if (flags.action == "verify") {
    return verifyStore(store, flags);
  } else {
    bool isClear = flags.action == "clear";
    uint64_t removed = isClear ? store.clear() : store.collect(flags.limit);
    if (flags.json)
      llvm::outs() << llvm::json::Value(llvm::json::Object{{isClear ? "entries" : "bytes", int64_t(removed)}}) << "\n";
    else
      llvm::outs() << "removed " << removed << (isClear ? " entries\n" : " bytes\n");
  }
  return Status::ok();
}

void define(Command &command, const Environment &environment) {
  auto flags = std::make_shared<CacheFlags>();
  command.choice("ACTION", flags->action, {"stats", "list", "verify", "gc", "clear"}, "what to do");
  command.option("--dir", "D", flags->folder, "the cache's folder (default: DLC_CACHE_DIR, else ~/.cache/dlc)");
  command.option("--limit", flags->limit, 0, uint64_t(1) << 50, "with gc: the bytes to leave, of those used last");
  command.flag("--json", flags->json, "for programs");
  command.action([flags, environment] { return runCache(*flags, environment); });
}

} // namespace

const Subcommand cacheSubcommand = {"cache", "looks into the cache and keeps it in order",
                                    "dlc cache gc --limit 100000000", define};

} // namespace dlc::cli
