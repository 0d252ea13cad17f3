// Text, sampling and runs shared by the tests of derivatives and batches.
#include "test/unit/Passes/CaseProgram.h"

#include "passes/autodiff/Passes.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"

#include "gtest/gtest.h"

namespace dlc {

std::string joined(const std::vector<std::string> &parts) {
  std::string text;
  for (const std::string &part : parts)
    text += (text.empty() ? "" : ", ") + part;
  return text;
}

std::string parameters(const GradientCase &test) {
  std::vector<std::string> parts;
  for (size_t i = 0; i < test.arguments.size(); ++i)
    parts.push_back("%a" + std::to_string(i) + ": " + test.arguments[i]);
  return joined(parts);
}

std::string values(const GradientCase &test) {
  std::vector<std::string> parts;
  for (size_t i = 0; i < test.arguments.size(); ++i)
    parts.push_back("%a" + std::to_string(i));
  return joined(parts);
}

std::vector<int64_t> floatArguments(const GradientCase &test) {
  std::vector<int64_t> positions;
  for (size_t i = 0; i < test.arguments.size(); ++i)
    if (test.arguments[i].find("f64") != std::string::npos)
      positions.push_back(int64_t(i));
  return positions;
}

int64_t extentsOf(const std::string &type, std::vector<int64_t> &shape) {
  int64_t size = 1;
  for (size_t at = type.find('<') + 1; std::isdigit(type[at]);) {
    size_t end;
    shape.push_back(std::stoll(type.substr(at), &end));
    size *= shape.back();
    at += end + 1;
  }
  return size;
}

std::vector<HostTensor> sample(const GradientCase &test, std::mt19937_64 &random) {
  std::vector<HostTensor> inputs;
  for (size_t i = 0; i < test.arguments.size(); ++i) {
    const std::string &type = test.arguments[i];
    std::vector<int64_t> shape;
    int64_t size = extentsOf(type, shape);
    Interval domain = test.domain.size() == 1 ? test.domain[0] : test.domain[i];
    std::uniform_real_distribution<double> real(domain.low, domain.high);
    DType dtype = type.find("f64") != std::string::npos   ? DType::F64
                  : type.find("i64") != std::string::npos ? DType::I64
                  : type.find("i32") != std::string::npos ? DType::I32
                                                          : DType::Bool;
    HostTensor tensor(dtype, shape);
    for (int64_t k = 0; k < size; ++k) {
      if (dtype == DType::F64)
        tensor.data<double>()[k] = real(random);
      else if (dtype == DType::I64)
        tensor.data<int64_t>()[k] = int64_t(random() % 3);
      else if (dtype == DType::I32)
        tensor.data<int32_t>()[k] = int32_t(random() % 7) - 3;
      else
        tensor.data<uint8_t>()[k] = random() % 2;
    }
    inputs.push_back(tensor);
  }
  return inputs;
}

double dot(const HostTensor &x, const HostTensor &y) {
  double sum = 0;
  for (int64_t i = 0; i < x.size(); ++i)
    sum += x.data<double>()[i] * y.data<double>()[i];
  return sum;
}

Program::Program(const std::string &text) : context(makeContext()), module(parse(*context, text)) {
  if (!module) {
    ADD_FAILURE() << text;
    return;
  }
  mlir::PassManager passes(context.get());
  passes.addPass(createAutodiffPass());
  isOk = mlir::succeeded(passes.run(*module));
  EXPECT_TRUE(isOk) << text;
}

llvm::SmallVector<HostTensor> Program::run(llvm::StringRef function, const std::vector<HostTensor> &inputs) {
  llvm::SmallVector<HostTensor> outputs;
  InterpError error;
  if (mlir::failed(interpret(functionOf(*module, function), inputs, outputs, error)))
    ADD_FAILURE() << error.status.message();
  return outputs;
}

void expectACaseOrAReasonForEveryOp() {
  std::string all;
  for (const GradientCase &test : gradientCases())
    all += test.body + "\n";
  auto context = makeContext();
  context->loadAllAvailableDialects();
  for (mlir::RegisteredOperationName name : context->getRegisteredOperations()) {
    if (name.getDialectNamespace() != "dlc")
      continue;
    std::string op = name.stripDialect().str(), reason;
    for (const WithoutGradient &without : opsWithoutGradient())
      if (without.op == op)
        reason = without.reason;
    EXPECT_NE(!reason.empty(), all.find("dlc." + op + " ") != std::string::npos) << op;
    ::testing::Test::RecordProperty(op, reason.empty() ? "case" : reason);
  }
}

} // namespace dlc
