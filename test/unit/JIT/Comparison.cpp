// Runs modules by the interpreter and by compiled packages.
#include "test/unit/JIT/Comparison.h"

#include "lib/Check/Outcome.h"
#include "lib/Runtime/Package.h"
#include "lib/Runtime/ThreadPool.h"

#include "mlir/IR/Iterators.h"

#include <cstring>
#include <random>

using namespace mlir;

namespace dlc {

std::vector<Variant> allVariants() {
  Options host, unfused, unsimplified, v3;
  host.verifyEach = true;
  unfused.fuse = false;
  unsimplified.simplify = false;
  v3.cpu = "haswell";
  return {{"host", host}, {"unfused", unfused}, {"unsimplified", unsimplified}, {"haswell", v3}};
}

static Session &sessionFor(const Options &options) {
  static std::map<std::string, std::unique_ptr<Session>> sessions;
  std::string key =
      options.cpu + (options.fuse ? "f" : "") + (options.simplify ? "s" : "") + (options.verifyEach ? "v" : "");
  auto &session = sessions[key];
  if (!session)
    EXPECT_TRUE(Session::create(options, session).isOk());
  return *session;
}

static jit::Engine &engineFor(const Options &options) {
  static std::map<Session *, std::unique_ptr<jit::Engine>> engines;
  auto &engine = engines[&sessionFor(options)];
  if (!engine)
    engine = std::make_unique<jit::Engine>(sessionFor(options));
  return *engine;
}

Outcome interpretText(const std::string &text, const std::vector<HostTensor> &inputs) {
  Session &session = sessionFor(Options());
  OwningOpRef<ModuleOp> module;
  Outcome outcome;
  outcome.status = session.parseText(text, "test", module);
  if (outcome.status.failed())
    return outcome;
  outcome.status = session.run(*module, Phase::Trace, Phase::Autodiff);
  if (outcome.status.failed())
    return outcome;
  func::FuncOp entry;
  outcome.status = session.entryOf(*module, entry);
  if (outcome.status.failed())
    return outcome;
  // An op whose results reach no output is no part of the program: its errors do not count (numerics N9).
  entry.walk<WalkOrder::PostOrder, ReverseIterator>([](Operation *op) {
    if (isOpTriviallyDead(op))
      op->erase();
  });
  InterpError error;
  SmallVector<HostTensor> outputs;
  if (failed(interpret(entry, inputs, outputs, error)))
    outcome.status = error.status;
  outcome.outputs.assign(outputs.begin(), outputs.end());
  return outcome;
}

/// Runs a package on new threads.
static Outcome runPackage(const Buffer &bytes, const std::vector<HostTensor> &inputs, unsigned threads) {
  Outcome outcome;
  ThreadPool *pool = nullptr;
  EXPECT_TRUE(ThreadPool::create(threads, pool).isOk());
  pool->neverRunInline();
  LoadOptions options;
  options.pool = pool;
  LoadedPackage *loaded = nullptr;
  outcome.status = LoadedPackage::load(bytes, 4, options, loaded);
  if (!outcome.status.failed()) {
    std::vector<TensorRef> ins(inputs.size()), outs(loaded->program().outputCount());
    for (size_t i = 0; i < inputs.size(); ++i) {
      ins[i].data = inputs[i].buffer.data();
      ins[i].dtype = inputs[i].type;
      ins[i].rank = uint32_t(inputs[i].rank());
      std::copy(inputs[i].shape.begin(), inputs[i].shape.end(), ins[i].dims);
    }
    outcome.status = loaded->program().inferOutputs(ins.data(), ins.size(), outs.data(), outs.size());
    if (!outcome.status.failed()) {
      for (TensorRef &out : outs) {
        outcome.outputs.emplace_back(out.dtype, std::vector<int64_t>(out.dims, out.dims + out.rank));
        std::memset(outcome.outputs.back().buffer.data(), 0xA5, outcome.outputs.back().bytes());
        out.data = outcome.outputs.back().buffer.data();
      }
      outcome.status = loaded->program().run(ins.data(), ins.size(), outs.data(), outs.size());
    }
  }
  LoadedPackage::destroy(loaded);
  ThreadPool::destroy(pool);
  return outcome;
}

std::vector<Outcome> compileAndRun(const std::string &text, const std::vector<std::vector<HostTensor>> &inputs,
                                   const Variant &variant) {
  Session &session = sessionFor(variant.options);
  OwningOpRef<ModuleOp> module;
  std::string package;
  Outcome compiled;
  compiled.status = session.parseText(text, "test", module);
  if (!compiled.status.failed())
    compiled.status = engineFor(variant.options).compile(*module, Phase::Trace, package);
  if (compiled.status.failed())
    return std::vector<Outcome>(2 * inputs.size(), compiled);
  Buffer bytes;
  EXPECT_TRUE(Buffer::allocate(package.size(), bytes).isOk());
  std::memcpy(bytes.data(), package.data(), package.size());
  std::vector<Outcome> outcomes;
  for (const std::vector<HostTensor> &list : inputs)
    for (unsigned threads : {1, 2})
      outcomes.push_back(runPackage(bytes, list, threads));
  return outcomes;
}

template <class T> static bool sameNumber(T x, T y) {
  return (std::isnan(x) && std::isnan(y)) || std::memcmp(&x, &y, sizeof x) == 0;
}

::testing::AssertionResult sameBits(const HostTensor &x, const HostTensor &y) {
  std::string difference = check::differenceOf("tensor", x, y);
  if (!difference.empty())
    return ::testing::AssertionFailure() << difference;
  return ::testing::AssertionSuccess();
}

void expectOneAnswer(const std::string &text, const std::vector<std::vector<HostTensor>> &inputs,
                     const std::vector<Variant> &variants) {
  std::vector<Outcome> expected;
  for (const std::vector<HostTensor> &list : inputs)
    expected.push_back(interpretText(text, list));
  for (const Variant &variant : variants) {
    std::vector<Outcome> outcomes = compileAndRun(text, inputs, variant);
    for (size_t k = 0; k < outcomes.size(); ++k) {
      const Outcome &right = expected[k / 2], &got = outcomes[k];
      SCOPED_TRACE(variant.name + ", " + std::to_string(k % 2 + 1) + " threads, inputs " + std::to_string(k / 2));
      ASSERT_EQ(right.status.kind(), got.status.kind()) << right.status.message() << "\n"
                                                        << got.status.message() << "\n"
                                                        << text;
      if (right.status.failed())
        continue;
      ASSERT_EQ(right.outputs.size(), got.outputs.size());
      for (size_t i = 0; i < got.outputs.size(); ++i)
        ASSERT_TRUE(sameBits(right.outputs[i], got.outputs[i])) << "output " << i << " of\n" << text;
    }
  }
}

HostTensor randomTensor(DType type, std::vector<int64_t> shape, uint64_t seed, bool isTame) {
  HostTensor tensor(type, std::move(shape));
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(-2, 2);
  scalar::HostScalarBuilder b;
  const double special[] = {0.0, -0.0, INFINITY, -INFINITY, NAN, 1e-40, 1.0, -1.0};
  for (int64_t i = 0, size = tensor.size(); i < size; ++i) {
    scalar::Scalar value;
    if (isFloat(type))
      value = scalar::Scalar::ofDouble(!isTame && random() % 16 == 0 ? special[random() % 8] : uniform(random));
    else
      value = scalar::Scalar::ofInteger(DType::I64,
                                        type == DType::Bool ? random() % 2 : random() % 7 - 3 * isSignedInt(type));
    scalar::store(b.cast(value, type), tensor.at(i));
  }
  return tensor;
}

std::vector<HostTensor> randomInputs(const std::string &text, uint64_t seed,
                                     const std::map<std::string, int64_t> &symbols) {
  Session &session = sessionFor(Options());
  OwningOpRef<ModuleOp> module;
  std::vector<HostTensor> inputs;
  Status status = session.parseText(text, "test", module);
  EXPECT_TRUE(status.isOk()) << status.message();
  func::FuncOp entry;
  if (!module || session.entryOf(*module, entry).failed())
    return inputs;
  for (Type type : entry.getArgumentTypes()) {
    std::vector<int64_t> shape;
    for (const DimExpr &dim : dimsOf(type))
      shape.push_back(*evaluateDim(dim, [&](const std::string &name) -> std::optional<int64_t> {
        auto place = symbols.find(name);
        return place == symbols.end() ? 3 : place->second;
      }));
    inputs.push_back(randomTensor(dtypeOf(type), shape, seed + inputs.size()));
  }
  return inputs;
}

} // namespace dlc
