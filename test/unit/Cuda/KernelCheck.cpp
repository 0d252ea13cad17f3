// Random operands, the interpreter's answer, and what runs of a kernel give.
#include "KernelCheck.h"

#include "CudaDevice.h"
#include "EmulatedGrid.h"
#include "lib/Target/Cuda/Emitter.h"
#include "passes/lower/KernelShape.h"

#include <array>
#include <cmath>
#include <cstring>
#include <map>
#include <random>

namespace dlc::test {

namespace {

struct Context : EvaluateContext {
  std::map<std::string, int64_t> symbols;
  int64_t slot = 0;                                               ///< of the op that is evaluated
  std::map<int64_t, std::vector<std::array<int64_t, 3>>> reports; ///< by slot
  int64_t extent(const DimExpr &dim) override {
    return *evaluateDim(dim, [&](const std::string &name) -> std::optional<int64_t> { return symbols.at(name); });
  }
  void report(int64_t element, int64_t index, int64_t extent) override {
    reports[slot].push_back({element, index, extent});
  }
};

/// Values of many magnitudes, with the special ones and any bits among them.
void fill(HostTensor &tensor, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  scalar::HostScalarBuilder b;
  DType type = isComplex(tensor.type) ? partOf(tensor.type) : tensor.type;
  for (int64_t i = 0; i < tensor.bytes() / byteWidth(type); ++i) {
    char *place = tensor.data<char>() + i * byteWidth(type);
    double value = normal(random);
    if (isFloat(type) && random() % 64 == 0) {
      const double special[] = {0.0, -0.0, 1e-40, -1e-42, 1e30, INFINITY, NAN};
      value = special[random() % std::size(special)];
    }
    if (!isFloat(type))
      value = double(int(random() % 7) - 3);
    scalar::store(b.cast(scalar::Scalar::ofDouble(value), type), place);
    if (isFloat(type) && random() % 16 == 0) {
      uint64_t bits = random();
      memcpy(place, &bits, byteWidth(type));
    }
  }
}

std::vector<int64_t> shapeOf(mlir::Type type, Context &context) {
  std::vector<int64_t> shape;
  for (const DimExpr &dim : dimsOf(type))
    shape.push_back(context.extent(dim));
  return shape;
}

/// The elements of every tensor of the body together, as far as a double counts them.
double sizeOf(rt::BodyOp body, Context &context) {
  double size = 0;
  auto add = [&](mlir::Type type) {
    double product = 1;
    for (int64_t extent : shapeOf(type, context))
      product *= double(extent);
    size += product;
  };
  for (mlir::Type type : body.getBlock()->getArgumentTypes())
    add(type);
  for (mlir::Operation &op : body.getBlock()->without_terminator())
    for (mlir::Type type : op.getResultTypes())
      add(type);
  return size;
}

/// What the body computes, op by op.
std::vector<HostTensor> evaluateBody(rt::BodyOp body, const std::vector<HostTensor> &inputs, Context &context) {
  llvm::DenseMap<mlir::Value, HostTensor> values;
  for (auto [argument, input] : llvm::zip(body.getBlock()->getArguments(), inputs))
    values[argument] = input;
  for (mlir::Operation &op : body.getBlock()->without_terminator()) {
    std::vector<HostTensor> operands, results;
    for (mlir::Value operand : op.getOperands())
      operands.push_back(values[operand]);
    for (mlir::Type type : op.getResultTypes())
      results.push_back(HostTensor(dtypeOf(type), shapeOf(type, context)));
    context.slot = errorSlot(&op);
    mlir::cast<EvaluateOpInterface>(op).evaluate(context, operands, results);
    for (auto [value, result] : llvm::zip(op.getResults(), results))
      values[value] = result;
  }
  std::vector<HostTensor> outputs;
  for (mlir::Value result : body.getYield().getResults())
    outputs.push_back(values[result]);
  return outputs;
}

/// Where two tensors differ in bits, all NaNs being one; "" if nowhere.
std::string difference(const HostTensor &got, const HostTensor &want) {
  scalar::HostScalarBuilder b;
  DType type = isComplex(want.type) ? partOf(want.type) : want.type;
  for (int64_t i = 0; i < want.bytes() / byteWidth(type); ++i) {
    auto part = [&](const HostTensor &tensor) { return scalar::load(type, tensor.data<char>() + i * byteWidth(type)); };
    scalar::Scalar x = part(got), y = part(want);
    bool bothNaN = isFloat(type) && b.isNaN(x).asBool() && b.isNaN(y).asBool();
    if (!bothNaN && x.bits() != y.bits())
      return "element " + std::to_string(i) + " of " + std::to_string(want.size()) + ": expected " +
             std::to_string(y.toDouble()) + ", but got " + std::to_string(x.toDouble());
  }
  return "";
}

struct ErrorSlot {
  int32_t lock, set;
  int64_t element, index, extent;
};

/// One kernel on one binding of its symbols.
struct Run {
  int64_t blocks = 0, threads = 0;
  std::vector<HostTensor> inputs, want, got;
  std::map<int64_t, std::vector<std::array<int64_t, 3>>> reports;
  std::vector<ErrorSlot> slots;

  /// Arguments whose outputs hold garbage.
  std::vector<KernelArgument> arguments(const std::vector<int64_t> &binding) {
    std::vector<KernelArgument> arguments;
    got.clear();
    for (const HostTensor &input : inputs)
      arguments.push_back({input.buffer.data(), size_t(input.bytes())});
    for (const HostTensor &tensor : want) {
      got.push_back(HostTensor(tensor.type, tensor.shape));
      memset(got.back().buffer.data(), 0xee, got.back().bytes());
      arguments.push_back({got.back().buffer.data(), size_t(got.back().bytes())});
    }
    for (int64_t symbol : binding)
      arguments.push_back({nullptr, 0, symbol});
    slots.assign(slots.size(), ErrorSlot());
    arguments.push_back({slots.data(), slots.size() * sizeof(ErrorSlot)});
    return arguments;
  }

  void compare(const char *where, std::vector<std::string> &problems) const {
    for (size_t i = 0; i < want.size(); ++i)
      if (std::string text = difference(got[i], want[i]); !text.empty())
        problems.push_back(std::string(where) + ": result " + std::to_string(i) + ", " + text);
    for (auto [slot, kept] : llvm::enumerate(slots)) {
      auto found = reports.find(int64_t(slot));
      if (kept.set != (found == reports.end() ? 0 : 1))
        problems.push_back(std::string(where) + (kept.set ? ": an error without cause" : ": no error"));
      else if (kept.set && std::array<int64_t, 3>{kept.element, kept.index, kept.extent} !=
                               *std::min_element(found->second.begin(), found->second.end()))
        problems.push_back(std::string(where) + ": not the first error");
      if (kept.lock != 0)
        problems.push_back(std::string(where) + ": the lock of the errors is held");
    }
  }
};

} // namespace

KernelReport checkKernel(Session &session, rt::KernelOp kernel, const std::vector<std::vector<int64_t>> &bindings,
                         const KernelChecks &checks) {
  KernelReport report;
  mlir::OwningOpRef<rt::KernelOp> copy(kernel.clone()); // lowering replaces the body
  rt::BodyOp body = copy->getKernelBody();
  mlir::DictionaryAttr stage = kernel.getStages()[0];
  KernelObject object;
  if (Status status = session.compileKernel(kernel, object); status.failed())
    return report.problems.push_back(status.message()), report;
  std::string error;
  std::unique_ptr<EmulatedGrid> grid;
  if (checks.emulate && !(grid = EmulatedGrid::compile(kernel, error)))
    return report.problems.push_back(error), report;
  for (const std::vector<int64_t> &binding : bindings) {
    Context context;
    for (auto [i, name] : llvm::enumerate(kernel.getSymbols().getAsValueRange<mlir::StringAttr>()))
      context.symbols[name.str()] = binding[i];
    constexpr double most = 1 << 30;
    if (sizeOf(body, context) > most) {
      report.problems.push_back("expected at most 2^30 elements in all: choose smaller extents");
      continue;
    }
    Run run;
    for (mlir::Type type : body.getBlock()->getArgumentTypes()) {
      run.inputs.push_back(HostTensor(dtypeOf(type), shapeOf(type, context)));
      fill(run.inputs.back(), unsigned(run.inputs.size()));
    }
    if (checks.evaluate)
      run.want = evaluateBody(body, run.inputs, context);
    else
      for (mlir::Value result : body.getYield().getResults())
        run.want.push_back(HostTensor(dtypeOf(result.getType()), shapeOf(result.getType(), context)));
    run.reports = context.reports;
    run.slots.resize(size_t(std::distance(body.getBlock()->begin(), body.getBlock()->end())) + 1); // one an op at most
    run.blocks = report.blocks = context.extent(*DimExpr::parse(stage.getAs<mlir::StringAttr>("tasks").str()));
    run.threads = report.threads = cuda::threadsOf(stage);
    for (auto order : {EmulatedGrid::Schedule::ascending, EmulatedGrid::Schedule::descending}) {
      std::vector<void *> words;
      for (const KernelArgument &argument : run.arguments(binding))
        words.push_back(argument.data ? argument.data : reinterpret_cast<void *>(argument.number));
      if (grid && !grid->run(run.blocks, words, order))
        report.problems.push_back("threads wait for each other");
      else if (grid)
        run.compare("emulated", report.problems);
    }
    CudaDevice *device = CudaDevice::get();
    if (!device)
      continue;
    std::string problem = device->run(object.bytes, object.stages[0], run.blocks, run.threads, run.arguments(binding),
                                      checks.rounds, report.seconds);
    if (!problem.empty())
      report.problems.push_back(device->name() + ": " + problem);
    else if (checks.evaluate)
      run.compare(device->name().c_str(), report.problems);
  }
  return report;
}

} // namespace dlc::test
