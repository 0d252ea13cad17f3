// dlc explain: how a model is compiled: its kernels and where their code comes from, each edge that is not fused and
// why, and where its memory goes.
#include "dialects/rt/Rt.h"
#include "jit/DiskImages.h"
#include "tools/dlc/Model.h"
#include "tools/dlc/Subcommands.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

using namespace mlir;

namespace dlc::cli {

namespace {

struct KernelRow {
  std::string name, kind, ops, source, key;
  int64_t launches = 0, codeBytes = 0;
  double milliseconds = 0;
  std::string stages; ///< "compute: B*4 tasks"
};

/// An edge that is not fused, as rt.unfused has it.
struct EdgeRow {
  std::string producer, consumer, reason, producerPlace, consumerPlace;
};

/// A branch or loop, and what its own blocks do.
struct RegionRow {
  std::string kind, place;
  int64_t depth = 0, launches = 0, copies = 0, swaps = 0;
};

/// A call of a function of the user's own.
struct CallRow {
  std::string target, place;
};

struct CopyRow {
  std::string shape, reason;
};

struct Report {
  std::string model, function, arena;
  std::vector<RegionRow> regions;
  std::vector<KernelRow> kernels;
  std::vector<CallRow> calls;
  std::vector<EdgeRow> edges;
  std::vector<CopyRow> copies;
  int64_t launches = 0, readBacks = 0, slices = 0, constantBytes = 0;
  double milliseconds = 0;
};

const char *sourceText(jit::KernelSource source) {
  switch (source) {
  case jit::KernelSource::Compiled:
    return "compiled";
  case jit::KernelSource::Memory:
    return "in memory";
  case jit::KernelSource::Disk:
    return "cached";
  }
  return "";
}

/// A formula of a kernel with its symbols s0, s1, ... replaced by the extents of a launch.
std::string atLaunch(llvm::StringRef formula, llvm::ArrayRef<DimExpr> extents) {
  auto parsed = DimExpr::parse(formula.str());
  if (!parsed)
    return formula.str();
  return parsed
      ->substitute([&](const std::string &symbol) {
        size_t index = 0;
        bool isOfKernel = llvm::StringRef(symbol).starts_with("s") &&
                          !llvm::StringRef(symbol).drop_front().getAsInteger(10, index) && index < extents.size();
        return isOfKernel ? extents[index] : DimExpr::symbol(symbol);
      })
      .str();
}

/// `extents` are those of the first launch.
void describeKernel(rt::KernelOp kernel, llvm::ArrayRef<DimExpr> extents, KernelRow &row) {
  row.kind = kernel.getDescriptor()->getAs<StringAttr>("kind").str();
  for (Operation &op : kernel.getKernelBody().getBlock()->without_terminator())
    row.ops += (row.ops.empty() ? "" : " ") + op.getName().stripDialect().str();
  for (DictionaryAttr stage : kernel.getStages()) {
    auto field = [&](llvm::StringRef name) { return stage.getAs<StringAttr>(name).str(); };
    row.stages +=
        (row.stages.empty() ? "" : "; ") + field("name") + ": " + atLaunch(field("tasks"), extents) + " tasks";
    for (const char *scratch : {"shared", "own"})
      if (field(scratch) != "0")
        row.stages += ", " + atLaunch(field(scratch), extents) + " bytes of " + scratch + " scratch";
  }
}

CopyRow describeCopy(rt::CopyOp copy) {
  std::string shape = dimsText(dimsOf(copy.getSource().getType().getTensor()));
  Value to = copy.getDestination();
  while (auto view = to.getDefiningOp<rt::ViewOp>())
    to = view.getSource();
  if (isa<scf::ForOp, scf::WhileOp>(copy->getParentOp()))
    return {shape, "to what a loop carries: its next value is not made by the loop's own kernels"};
  if (isa<scf::IfOp>(copy->getParentOp()))
    return {shape, "to what a branch gives: it is not made by the branch's own kernels"};
  if (to.getDefiningOp<rt::ArenaOp>())
    return {shape, "to what a loop carries: its first value is also something else"};
  return {shape, "to an output: another output, an input, or what a loop carries is that value, too"};
}

/// The row of the branch or loop around an op; null at the top.
RegionRow *rowAround(Operation *op, llvm::DenseMap<Operation *, size_t> &rows, Report &report) {
  auto found = rows.find(op->getParentOp());
  return found == rows.end() ? nullptr : &report.regions[found->second];
}

void addEdges(Operation *op, Report &report) {
  if (auto edges = op->getAttrOfType<ArrayAttr>("rt.unfused"))
    for (auto edge : edges.getAsRange<ArrayAttr>()) {
      auto text = [&](unsigned i) { return cast<StringAttr>(edge[i]).str(); };
      report.edges.push_back({text(0), text(1), text(2), text(3), text(4)});
    }
}

/// Reads what the passes noted in a bufferized module.
void readModule(ModuleOp module, func::FuncOp function, const jit::CompileReport &compiled, Report &report) {
  llvm::MapVector<StringAttr, KernelRow> rows;
  llvm::DenseMap<StringAttr, llvm::SmallVector<DimExpr>> extents;
  llvm::DenseMap<Operation *, size_t> regions;
  function.walk<WalkOrder::PreOrder>([&](Operation *op) {
    RegionRow *around = rowAround(op, regions, report);
    if (isa<scf::IfOp, scf::ForOp, scf::WhileOp>(op)) {
      regions[op] = report.regions.size();
      int64_t depth = around ? around->depth + 1 : 0;
      report.regions.push_back({op->getName().stripDialect().str(), rt::placeText(op->getLoc()), depth});
    } else if (auto launch = dyn_cast<rt::LaunchOp>(op)) {
      ++report.launches;
      ++rows[launch.getKernelAttr().getAttr()].launches;
      extents.try_emplace(launch.getKernelAttr().getAttr(), launch.getDims().getDims());
      if (around)
        ++around->launches;
      addEdges(launch, report);
    } else if (auto call = dyn_cast<rt::CustomCallOp>(op)) {
      report.calls.push_back({call.getTarget().str(), rt::placeText(call.getLoc())});
      addEdges(call, report);
    } else if (auto copy = dyn_cast<rt::CopyOp>(op)) {
      report.copies.push_back(describeCopy(copy));
      if (around)
        ++around->copies;
    } else if (isa<rt::SwapOp>(op)) {
      ++around->swaps;
    } else if (isa<rt::LoadOp>(op)) {
      ++report.readBacks;
    } else if (isa<rt::ArenaOp>(op)) {
      ++report.slices;
    } else if (auto constant = dyn_cast<rt::ConstantOp>(op)) {
      auto type = constant.getBuffer().getType().getTensor();
      report.constantBytes += type.getNumElements() * byteWidth(dtypeOf(type));
    }
  });
  for (auto &[symbol, row] : rows) {
    row.name = symbol.str();
    describeKernel(module.lookupSymbol<rt::KernelOp>(symbol), extents[symbol], row);
    for (const jit::CompileReport::Kernel &kernel : compiled.list)
      if (kernel.name == row.name) {
        row.key = kernel.key;
        row.source = sourceText(kernel.source);
        row.codeBytes = int64_t(kernel.codeBytes);
        row.milliseconds = kernel.milliseconds;
      }
    report.kernels.push_back(row);
  }
  report.function = function.getSymName().str();
  report.arena = function->getAttrOfType<DimsAttr>("rt.arena").getDims()[0].str();
  report.milliseconds = compiled.milliseconds;
}

/// "1 launch", "2 launches".
std::string counted(int64_t count, llvm::StringRef one, llvm::StringRef many) {
  return std::to_string(count) + " " + (count == 1 ? one : many).str();
}

void printText(const Report &report) {
  auto &out = llvm::outs();
  out << report.model << ": @" << report.function << " is " << counted(report.launches, "launch", "launches") << " of "
      << counted(int64_t(report.kernels.size()), "kernel", "kernels") << ", "
      << counted(int64_t(report.copies.size()), "copy", "copies") << "; compiled in "
      << llvm::format("%.1f", report.milliseconds) << " ms\n\nkernels:\n";
  for (const KernelRow &row : report.kernels)
    out << "  " << row.name << ": " << row.kind << ", " << counted(row.launches, "launch", "launches") << "; "
        << row.source << " (" << row.codeBytes << " bytes of code"
        << (row.source == "compiled" ? llvm::formatv(", {0:f1} ms", row.milliseconds).str() : "") << ")\n    "
        << row.ops << "\n    " << row.stages << "\n";
  if (!report.regions.empty())
    out << "\ncontrol flow (" << counted(report.readBacks, "scalar is", "scalars are") << " read from tensors):\n";
  for (const RegionRow &row : report.regions)
    out << std::string(2 + 2 * row.depth, ' ') << row.kind << (row.place.empty() ? "" : " at " + row.place) << ": "
        << counted(row.launches, "launch", "launches") << ", " << counted(row.copies, "copy", "copies") << ", "
        << counted(row.swaps, "swap", "swaps") << "\n";
  if (!report.calls.empty())
    out << "\ncustom calls:\n";
  for (const CallRow &call : report.calls)
    out << "  '" << call.target << "'" << (call.place.empty() ? "" : " at " + call.place) << "\n";
  out << "\nnot fused:\n";
  for (const EdgeRow &edge : report.edges) {
    auto side = [](const std::string &op, const std::string &place) {
      return place.empty() ? op : op + " at " + place;
    };
    out << "  " << side(edge.producer, edge.producerPlace) << " into " << side(edge.consumer, edge.consumerPlace)
        << ": " << edge.reason << "\n";
  }
  if (report.edges.empty())
    out << "  nothing\n";
  out << "\nmemory:\n  arena: " << report.arena << " bytes for " << report.slices
      << " values\n  constants: " << report.constantBytes << " bytes\n";
  for (const CopyRow &copy : report.copies)
    out << "  copy of a value " << copy.shape << " " << copy.reason << "\n";
}

void printJson(const Report &report) {
  llvm::json::Array kernels, edges, regions, calls;
  for (const CallRow &call : report.calls)
    calls.push_back(llvm::json::Object{{"target", call.target}, {"place", call.place}});
  for (const RegionRow &row : report.regions)
    regions.push_back(llvm::json::Object{{"kind", row.kind},
                                         {"place", row.place},
                                         {"depth", row.depth},
                                         {"launches", row.launches},
                                         {"copies", row.copies},
                                         {"swaps", row.swaps}});
  for (const KernelRow &row : report.kernels)
    kernels.push_back(llvm::json::Object{{"name", row.name},
                                         {"kind", row.kind},
                                         {"ops", row.ops},
                                         {"launches", row.launches},
                                         {"source", row.source},
                                         {"key", row.key},
                                         {"code_bytes", row.codeBytes},
                                         {"stages", row.stages},
                                         {"milliseconds", row.milliseconds}});
  for (const EdgeRow &edge : report.edges)
    edges.push_back(llvm::json::Object{{"producer", edge.producer},
                                       {"consumer", edge.consumer},
                                       {"reason", edge.reason},
                                       {"producer_place", edge.producerPlace},
                                       {"consumer_place", edge.consumerPlace}});
  llvm::outs() << llvm::json::Value(llvm::json::Object{{"model", report.model},
                                                       {"function", report.function},
                                                       {"launches", report.launches},
                                                       {"copies", int64_t(report.copies.size())},
                                                       {"milliseconds", report.milliseconds},
                                                       {"arena", report.arena},
                                                       {"constant_bytes", report.constantBytes},
                                                       {"kernels", std::move(kernels)},
                                                       {"control_flow", std::move(regions)},
                                                       {"custom_calls", std::move(calls)},
                                                       {"read_backs", report.readBacks},
                                                       {"unfused", std::move(edges)}})
               << "\n";
}

struct ExplainFlags {
  ModelFlags model;
  bool json = false;
};

Status runExplain(ExplainFlags &flags, const Environment &environment) {
  Model model;
  DLC_RETURN_IF_FAILED(openModel(flags.model, model));
  if (model.session->target().name() != "cpu")
    return Status::error(ErrorKind::Unsupported, "expected target cpu to explain, but got %s",
                         model.session->target().name().str().c_str());
  cache::DiskStore store(storeOptions(environment));
  jit::DiskImages images(store);
  jit::Engine engine(*model.session, &images);
  std::string package;
  jit::CompileReport compiled;
  DLC_RETURN_IF_FAILED(engine.compile(*model.module, Phase::Trace, package, &compiled));
  func::FuncOp function;
  DLC_RETURN_IF_FAILED(model.session->entryOf(*model.module, function));
  Report report;
  report.model = flags.model.model;
  readModule(*model.module, function, compiled, report);
  flags.json ? printJson(report) : printText(report);
  return Status::ok();
}

void define(Command &command, const Environment &environment) {
  auto flags = std::make_shared<ExplainFlags>();
  flags->model.define(command);
  command.flag("--json", flags->json, "for programs");
  command.action([flags, environment] { return runExplain(*flags, environment); });
}

} // namespace

const Subcommand explainSubcommand = {"explain", "says how a model is compiled, and why so", "dlc explain model.mlir",
                                      define};

} // namespace dlc::cli
