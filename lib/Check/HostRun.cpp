// Bytes that nobody wrote are 0xA5, so what a program reads too early differs from what it should read.
#include "lib/Check/HostRun.h"

#include "dialects/dlc/Dlc.h"
#include "dialects/dlc/Specialize.h"
#include "lib/Support/SymbolBinding.h"

#include <cstring>

using namespace mlir;

namespace dlc::check {

rt::KernelOp kernelOf(rt::LaunchOp launch) {
  return SymbolTable::lookupNearestSymbolFrom<rt::KernelOp>(launch, launch.getKernelAttr());
}

Operation *namesake(rt::KernelOp kernel) {
  rt::BodyOp body = kernel.getKernelBody();
  Operation *named = nullptr;
  if (body)
    for (Operation &op : body.getBlock()->without_terminator())
      if (!named || !isa<OrderedOpInterface>(named))
        named = &op;
  return named;
}

SmallVector<int64_t> dimsOfLaunch(rt::LaunchOp launch) {
  SmallVector<int64_t> values;
  for (const DimExpr &dim : launch.getDims().getDims())
    values.push_back(dim.constant().value_or(0));
  return values;
}

namespace {

/// Where a buffer's bytes lie.
struct Place {
  char *data = nullptr;
  RankedTensorType type;
  int64_t bytes() const { return type.getNumElements() * byteWidth(dtypeOf(type)); }
  HostTensor read() const {
    HostTensor tensor(dtypeOf(type), type.getShape().vec());
    std::memcpy(tensor.buffer.data(), data, size_t(bytes()));
    return tensor;
  }
};

class HostRun {
public:
  HostRun(func::FuncOp function, std::vector<LaunchValues> &launches) : function(function), launches(launches) {}

  Outcome run(ArrayRef<HostTensor> inputs) {
    Outcome outcome;
    auto types = [&](StringRef name) { return function->getAttrOfType<ArrayAttr>(name).getAsValueRange<TypeAttr>(); };
    for (const HostTensor &input : inputs) {
      arguments.emplace_back(input.data<char>(), input.data<char>() + input.bytes());
      arguments.back().resize(arguments.back().size() + 1);
    }
    for (Type type : types("rt.results")) {
      auto tensor = cast<RankedTensorType>(type);
      outcome.outputs.emplace_back(dtypeOf(tensor), tensor.getShape().vec());
      std::memset(outcome.outputs.back().buffer.data(), 0xA5, size_t(outcome.outputs.back().bytes()));
    }
    results = outcome.outputs;
    auto arenaBytes = function->getAttrOfType<DimsAttr>("rt.arena").getDims()[0].constant();
    arena.assign(size_t(arenaBytes.value_or(0)) + 1, char(0xA5));
    for (Operation &op : function.getBody().front().without_terminator()) {
      outcome.status = runOp(&op);
      if (outcome.status.failed())
        return outcome;
    }
    if (report) {
      outcome.report = report;
      outcome.status = Status::error(ErrorKind::Index, "an index is out of range");
    }
    return outcome;
  }

private:
  Status runOp(Operation *op) {
    auto typeOf = [](Value buffer) { return cast<rt::BufferType>(buffer.getType()).getTensor(); };
    if (auto input = dyn_cast<rt::InputOp>(op)) {
      places[input.getBuffer()] = {arguments[size_t(input.getIndex())].data(), typeOf(input.getBuffer())};
    } else if (auto output = dyn_cast<rt::OutputOp>(op)) {
      places[output.getBuffer()] = {results[size_t(output.getIndex())].data<char>(), typeOf(output.getBuffer())};
    } else if (auto slice = dyn_cast<rt::ArenaOp>(op)) {
      int64_t offset = slice.getOffset().getDims()[0].constant().value_or(-1);
      Place place{arena.data() + offset, typeOf(slice.getBuffer())};
      if (offset < 0 || offset + place.bytes() >= int64_t(arena.size()))
        return Status::error(ErrorKind::Internal,
                             "expected a slice inside the arena of %zu bytes, but got %lld at %lld", arena.size() - 1,
                             (long long)place.bytes(), (long long)offset);
      places[slice.getBuffer()] = place;
    } else if (auto constant = dyn_cast<rt::ConstantOp>(op)) {
      places[constant.getBuffer()] = {bytesOf(constant), typeOf(constant.getBuffer())};
    } else if (auto view = dyn_cast<rt::ViewOp>(op)) {
      places[view.getBuffer()] = {places.lookup(view.getSource()).data, typeOf(view.getBuffer())};
    } else if (auto copy = dyn_cast<rt::CopyOp>(op)) {
      Place to = places.lookup(copy.getDestination()), from = places.lookup(copy.getSource());
      std::memmove(to.data, from.data, size_t(std::min(to.bytes(), from.bytes())));
    } else if (auto launch = dyn_cast<rt::LaunchOp>(op)) {
      return runLaunch(launch);
    } else {
      return Status::error(ErrorKind::Unsupported, "expected a straight host program, but got '%s'",
                           op->getName().getStringRef().str().c_str());
    }
    return Status::ok();
  }

  Status runLaunch(rt::LaunchOp launch) {
    rt::KernelOp kernel = kernelOf(launch);
    size_t count = kernel.getKernelBody().getBlock()->getNumArguments();
    LaunchValues entry;
    entry.launch = launch;
    for (Value operand : launch.getOperands().take_front(count))
      entry.inputs.push_back(places.lookup(operand).read());
    InterpError error;
    if (failed(interpretKernel(kernel, dimsOfLaunch(launch), launch.getSlots(), entry.inputs, entry.outputs, error)) &&
        !error.report)
      return error.status;
    if (error.report && (!report || error.report->position < report->position))
      report = error.report;
    for (auto [operand, output] : llvm::zip(launch.getOperands().drop_front(count), entry.outputs))
      std::memcpy(places.lookup(operand).data, output.buffer.data(), size_t(output.bytes()));
    launches.push_back(std::move(entry));
    return Status::ok();
  }

  char *bytesOf(rt::ConstantOp op) {
    OpBuilder b(op);
    auto constant = ConstantOp::create(b, op.getLoc(), op.getValue());
    SmallVector<HostTensor> value;
    (void)evaluateOp(constant, {}, value);
    constant.erase();
    constants.push_back(value[0]);
    return constants.back().data<char>();
  }

  func::FuncOp function;
  std::vector<LaunchValues> &launches;
  std::vector<std::vector<char>> arguments;
  std::vector<HostTensor> results, constants;
  std::vector<char> arena;
  DenseMap<Value, Place> places;
  std::optional<ErrorReport> report;
};

/// Binds the symbols of a bufferized function, whose signature is in attributes, and replaces them.
Status specialiseBufferized(func::FuncOp function, ArrayRef<HostTensor> inputs) {
  SymbolBinding binding;
  auto types = function->getAttrOfType<ArrayAttr>("rt.arguments").getAsValueRange<TypeAttr>();
  for (auto [i, pair] : llvm::enumerate(llvm::zip(types, inputs))) {
    Dims dims = dimsOf(std::get<0>(pair));
    DLC_RETURN_IF_FAILED(
        binding.add("input " + std::to_string(i), {dims.begin(), dims.end()}, std::get<1>(pair).shape));
  }
  DLC_RETURN_IF_FAILED(binding.solve());
  substituteSymbols(function, [&](const std::string &name) {
    auto value = binding.lookup(name);
    return value ? DimExpr(*value) : DimExpr::symbol(name);
  });
  return Status::ok();
}

} // namespace

Outcome runBufferized(func::FuncOp function, ArrayRef<HostTensor> inputs, std::vector<LaunchValues> &launches) {
  if (Status status = specialiseBufferized(function, inputs); status.failed()) {
    Outcome outcome;
    outcome.status = status;
    return outcome;
  }
  return HostRun(function, launches).run(inputs);
}

Outcome runScheduled(func::FuncOp function, ArrayRef<HostTensor> inputs, std::vector<LaunchValues> &launches) {
  DenseMap<Value, HostTensor> values;
  for (auto [value, tensor] : llvm::zip_equal(function.getArguments(), inputs))
    values[value] = tensor;
  InterpOptions options;
  options.observe = [&](Operation *op, ArrayRef<HostTensor> outputs) {
    if (op->getParentOp() != function) // an op of a kernel's body
      return;
    for (auto [value, tensor] : llvm::zip_equal(op->getResults(), outputs))
      values[value] = tensor;
    if (!isa<rt::LaunchOp>(op))
      return;
    LaunchValues entry;
    entry.launch = op;
    for (Value operand : op->getOperands())
      entry.inputs.push_back(values.lookup(operand));
    entry.outputs.assign(outputs.begin(), outputs.end());
    launches.push_back(std::move(entry));
  };
  return interpretFunction(function, inputs, options);
}

} // namespace dlc::check
