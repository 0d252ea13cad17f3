// PTX of whole programs: what the numeric rules forbid is not there, and ptxas takes it without spills.
#include "lib/Compiler/Session.h"
#include "lib/Target/Cuda/CudaTarget.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

using namespace dlc;

namespace {

/// PTX of all kernels of a program.
std::string ptxOf(const std::string &text, const std::string &chip) {
  Options options;
  options.target = "cuda";
  options.cpu = chip;
  std::unique_ptr<Session> session;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  Status status = Session::create(options, session);
  if (status.isOk())
    status = session->parseText(text, "test.mlir", module);
  if (status.isOk())
    status = session->run(*module, Phase::Trace, Phase::Lower);
  EXPECT_TRUE(status.isOk()) << status.message();
  if (status.failed())
    return "";
  std::string ptx, error;
  auto kernels = llvm::to_vector(module->getOps<rt::KernelOp>());
  EXPECT_TRUE(session->target().assembly(kernels, ptx, error)) << error;
  return ptx;
}

/// A classifier of 8 x 8 images: two convolutions with bias and relu, pooling, two linear layers, softmax.
std::string classifier(const std::string &batch) {
  auto tensor = [&](const std::string &rest) {
    bool isNumber = std::isdigit(batch[0]);
    std::string dims = rest;
    std::replace(dims.begin(), dims.end(), 'x', ',');
    return "tensor<" + (isNumber ? batch : "?") + "x" + rest + "xf32" +
           (isNumber ? "" : ", #dlc.dims<[" + batch + ", " + dims + "]>") + ">";
  };
  auto shape = [&](const std::string &rest) { return "shape = #dlc.dims<[" + batch + ", " + rest + "]>"; };
  auto unary = [&](const std::string &name, const std::string &op, const std::string &x, const std::string &type) {
    return "%" + name + " = dlc." + op + " %" + x + " : (" + type + ") -> " + type + "\n";
  };
  auto binary = [&](const std::string &name, const std::string &op, const std::string &x, const std::string &y,
                    const std::string &type) {
    return "%" + name + " = dlc." + op + " %" + x + ", %" + y + " : (" + type + ", " + type + ") -> " + type + "\n";
  };
  auto spread = [&](const std::string &name, const std::string &x, const std::string &from, const std::string &to,
                    const std::string &dims) {
    return "%" + name + " = dlc.broadcast %" + x + " {" + shape(to) + ", dims = array<i64: " + dims + ">} : (" + from +
           ") -> " + tensor([&] {
             std::string joined = to;
             joined.erase(std::remove(joined.begin(), joined.end(), ' '), joined.end());
             std::replace(joined.begin(), joined.end(), ',', 'x');
             return joined;
           }()) +
           "\n";
  };
  std::string image = tensor("8x8x1"), wide = tensor("8x8x16"), deep = tensor("8x8x32"), pooled = tensor("4x4x32");
  std::string flat = tensor("512"), hidden = tensor("64"), logits = tensor("10");
  std::string row = "tensor<" + (std::isdigit(batch[0]) ? batch + "xf32>" : "?xf32, #dlc.dims<[" + batch + "]>>");
  std::string convolution = "{strides = array<i64: 1, 1>, low = array<i64: 1, 1>, high = array<i64: 1, 1>, "
                            "dilation = array<i64: 1, 1>}";
  std::string dot = "{lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, "
                    "rhs_contract = array<i64: 0>, order = #dlc.order<chain>}";
  std::string text = "func.func @main(%x: " + image +
                     ", %w1: tensor<3x3x1x16xf32>, %b1: tensor<16xf32>, %w2: tensor<3x3x16x32xf32>, %b2: "
                     "tensor<32xf32>, %w3: tensor<512x64xf32>, %b3: tensor<64xf32>, %w4: tensor<64x10xf32>, %b4: "
                     "tensor<10xf32>) -> " +
                     logits + " {\n";
  text += "%c1 = dlc.conv %x, %w1 " + convolution + " : (" + image + ", tensor<3x3x1x16xf32>) -> " + wide + "\n";
  text += spread("s1", "b1", "tensor<16xf32>", "8, 8, 16", "3") + binary("a1", "add", "c1", "s1", wide) +
          unary("r1", "relu", "a1", wide);
  text += "%c2 = dlc.conv %r1, %w2 " + convolution + " : (" + wide + ", tensor<3x3x16x32xf32>) -> " + deep + "\n";
  text += spread("s2", "b2", "tensor<32xf32>", "8, 8, 32", "3") + binary("a2", "add", "c2", "s2", deep) +
          unary("r2", "relu", "a2", deep);
  text += "%p = dlc.reduce_window %r2 {kind = #dlc.reduce_kind<max>, window = array<i64: 1, 2, 2, 1>, strides = "
          "array<i64: 1, 2, 2, 1>, low = array<i64: 0, 0, 0, 0>, high = array<i64: 0, 0, 0, 0>} : (" +
          deep + ") -> " + pooled + "\n";
  text += "%f = dlc.reshape %p {" + shape("512") + "} : (" + pooled + ") -> " + flat + "\n";
  text += "%d1 = dlc.dot_general %f, %w3 " + dot + " : (" + flat + ", tensor<512x64xf32>) -> " + hidden + "\n";
  text += spread("s3", "b3", "tensor<64xf32>", "64", "1") + binary("a3", "add", "d1", "s3", hidden) +
          unary("r3", "relu", "a3", hidden);
  text += "%d2 = dlc.dot_general %r3, %w4 " + dot + " : (" + hidden + ", tensor<64x10xf32>) -> " + logits + "\n";
  text += spread("s4", "b4", "tensor<10xf32>", "10", "1") + binary("a4", "add", "d2", "s4", logits);
  auto reduce = [&](const std::string &name, const std::string &kind, const std::string &x) {
    return "%" + name + " = dlc.reduce %" + x + " {kind = #dlc.reduce_kind<" + kind +
           ">, dims = array<i64: 1>, order = #dlc.order<lanes>} : (" + logits + ") -> " + row + "\n";
  };
  text += reduce("m", "max", "a4") + spread("s5", "m", row, "10", "0") + binary("z", "sub", "a4", "s5", logits) +
          unary("e", "exp", "z", logits) + reduce("n", "sum", "e") + spread("s6", "n", row, "10", "0") +
          binary("y", "div", "e", "s6", logits) + "return %y : " + logits + "\n}\n";
  return text;
}

bool has(const std::string &text, const char *what) { return text.find(what) != std::string::npos; }

} // namespace

TEST(Ptx, SpeaksTheRulesOfExactness) {
  std::string ptx = ptxOf(classifier("64"), "sm_80");
  for (const char *wanted : {".target sm_80", "ld.global.nc.v4", "st.global.v4", "shfl.sync.down", "fma.rn.f32",
                             "add.rn.f32", "div.rn.f32", "bar"})
    EXPECT_TRUE(has(ptx, wanted)) << wanted;
  for (const char *unwanted : {"__nv", ".extern", "approx", ".ftz", "add.f32", "mul.f32", "sub.f32", "local"})
    EXPECT_FALSE(has(ptx, unwanted)) << unwanted;
}

TEST(Ptx, NegatesWithoutAMinusThatPtxasLoses) {
  for (const char *type : {"i32", "i16", "i8"}) {
    std::string x = std::string("tensor<6x75x") + type + ">", r = std::string("tensor<75x") + type + ">";
    std::string ptx = ptxOf("func.func @main(%x: " + x + ") -> " + r + " { %0 = dlc.neg %x : " + x +
                                " %1 = dlc.reduce %0 {dims = array<i64: 0>, kind = #dlc.reduce_kind<max>, "
                                "order = #dlc.order<chain>} : (" +
                                x + ") -> " + r + " return %1 : " + r + " }",
                            "sm_90");
    EXPECT_TRUE(has(ptx, "not.b") && has(ptx, "max.s")) << ptx;
    EXPECT_FALSE(has(ptx, "\tneg.")) << ptx;
  }
}

TEST(Ptx, BitsOfNaNsAreChosenAsIntegers) {
  std::string ptx = ptxOf("func.func @main(%x: tensor<85xf32>) -> tensor<85xi32> { %0 = dlc.sqrt %x : (tensor<85xf32>) "
                          "-> tensor<85xf32> %1 = dlc.bitcast %0 {to = i32} : (tensor<85xf32>) -> tensor<85xi32> "
                          "return %1 : tensor<85xi32> }",
                          "sm_90");
  EXPECT_TRUE(has(ptx, "selp.b32")) << ptx;
}

/// What ptxas says of PTX; its exit code must be 0.
static std::string assemble(const std::string &ptxas, const std::string &chip, const std::string &ptx) {
  llvm::SmallString<64> input, output, log;
  for (auto [path, suffix] : {std::pair(&input, "ptx"), {&output, "cubin"}, {&log, "log"}})
    EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("dlc", suffix, *path));
  std::error_code error;
  llvm::raw_fd_ostream(input, error) << ptx;
  std::string arch = "-arch=" + chip;
  std::optional<llvm::StringRef> redirects[] = {std::nullopt, log.str(), log.str()};
  int code = llvm::sys::ExecuteAndWait(ptxas, {"ptxas", arch, "-v", "-o", output, input}, std::nullopt, redirects);
  std::string said = (*llvm::MemoryBuffer::getFile(log))->getBuffer().str();
  EXPECT_EQ(code, 0) << said;
  for (auto &path : {input, output, log})
    llvm::sys::fs::remove(path);
  return said;
}

static void expectNoSpills(const std::string &said) {
  int64_t kernels = 0;
  for (size_t at = said.find("bytes spill"); at != std::string::npos; at = said.find("bytes spill", at + 1), ++kernels)
    EXPECT_EQ(said.substr(at - 3, 3), " 0 ") << said;
  EXPECT_GT(kernels, 0) << said;
  EXPECT_TRUE(has(said, "0 bytes stack frame")) << said;
}

/// x [m, k] times y [k, n].
static std::string product(const std::string &m, const std::string &k, const std::string &n, const std::string &type) {
  auto tensor = [&](const std::string &a, const std::string &b) { return "tensor<" + a + "x" + b + "x" + type + ">"; };
  std::string x = tensor(m, k), y = tensor(k, n), r = tensor(m, n);
  return "func.func @main(%x: " + x + ", %y: " + y + ") -> " + r +
         " { %0 = dlc.dot_general %x, %y {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: "
         "1>, "
         "rhs_contract = array<i64: 0>, order = #dlc.order<chain>} : (" +
         x + ", " + y + ") -> " + r + " return %0 : " + r + " }";
}

TEST(Ptx, PtxasTakesItWithoutSpills) {
  auto ptxas = llvm::sys::findProgramByName("ptxas");
  if (!ptxas)
    GTEST_SKIP() << "ptxas is not on PATH: pip install nvidia-cuda-nvcc and add its bin/ to PATH";
  std::vector<std::string> programs = {classifier("1"), classifier("64"), classifier("4096"), classifier("B")};
  for (const char *type : {"f32", "f64", "i64", "bf16"}) // one block of 1,024 terms, and several
    for (const char *k : {"512", "4096", "1000"})
      programs.push_back(product("4096", k, "4096", type));
  for (const char *chip : {"sm_80", "sm_90"})
    for (const std::string &program : programs)
      expectNoSpills(assemble(*ptxas, chip, ptxOf(program, chip)));
}
