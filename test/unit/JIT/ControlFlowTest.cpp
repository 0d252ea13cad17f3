// Branches and loops, end to end: the command table gives what the interpreter gives, whatever memory tensors take
// turns in.
#include "test/unit/JIT/Comparison.h"

namespace dlc {
namespace {

HostTensor integer(DType type, int64_t value) {
  HostTensor tensor(type, {});
  scalar::HostScalarBuilder b;
  scalar::store(b.cast(scalar::Scalar::ofInteger(DType::I64, uint64_t(value)), type), tensor.data<char>());
  return tensor;
}

/// @main of `body`, which sees %x and %y of type tensor<37xf32> and %n of type tensor<i64>, and the constants 0 and 1.
std::string program(const std::string &body, const std::string &results) {
  return "func.func @main(%x: tensor<37xf32>, %y: tensor<37xf32>, %n: tensor<i64>) -> (" + results + ") {\n" +
         R"(  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %count = tensor.extract %n[] : tensor<i64>
  %end = arith.index_cast %count : i64 to index
)" + body +
         "}\n";
}

/// Every form gives what the interpreter gives, which must be no error.
void expectAnswer(const std::string &text, const std::vector<HostTensor> &inputs) {
  Outcome outcome = interpretText(text, inputs);
  ASSERT_TRUE(outcome.status.isOk()) << outcome.status.message() << "\n" << text;
  expectOneAnswer(text, {inputs});
}

/// Loops of 0, 1, 2 and 5 trips.
void checkLoop(const std::string &body, const std::string &results = "tensor<37xf32>") {
  std::string text = program(body, results);
  for (int64_t trips : {0, 1, 2, 5}) {
    SCOPED_TRACE(trips);
    expectAnswer(text,
                 {randomTensor(DType::F32, {37}, 1), randomTensor(DType::F32, {37}, 2), integer(DType::I64, trips)});
    if (::testing::Test::HasFatalFailure())
      return;
  }
}

TEST(ControlFlow, LoopUpdatesInPlaceOrSwaps) {
  // %a is read by the op that makes the next one: two slices swap.
  checkLoop(R"(
    %0 = scf.for %i = %zero to %end step %one iter_args(%a = %x) -> (tensor<37xf32>) {
      %1 = dlc.mul %a, %y : (tensor<37xf32>, tensor<37xf32>) -> tensor<37xf32>
      scf.yield %1 : tensor<37xf32>
    }
    return %0 : tensor<37xf32>
  )");
  // %a is dead when the next one is made: one slice.
  checkLoop(R"(
    %0 = scf.for %i = %zero to %end step %one iter_args(%a = %x) -> (tensor<37xf32>) {
      %1 = dlc.reduce %a {dims = array<i64: 0>, kind = #dlc.reduce_kind<sum>, order = #dlc.order<lanes>} : (tensor<37xf32>) -> tensor<f32>
      %2 = dlc.reduce %1 {dims = array<i64>, kind = #dlc.reduce_kind<sum>, order = #dlc.order<chain>} : (tensor<f32>) -> tensor<f32>
      %3 = dlc.broadcast %2 {shape = #dlc.dims<[37]>, dims = array<i64>} : (tensor<f32>) -> tensor<37xf32>
      %4 = dlc.sub %3, %y : (tensor<37xf32>, tensor<37xf32>) -> tensor<37xf32>
      scf.yield %4 : tensor<37xf32>
    }
    return %0 : tensor<37xf32>
  )");
}

TEST(ControlFlow, CarriesChangePlaces) {
  const char *both = "tensor<37xf32>, tensor<37xf32>";
  checkLoop(R"(
    %0:2 = scf.for %i = %zero to %end step %one iter_args(%a = %x, %b = %y) -> (tensor<37xf32>, tensor<37xf32>) {
      scf.yield %b, %a : tensor<37xf32>, tensor<37xf32>
    }
    return %0#0, %0#1 : tensor<37xf32>, tensor<37xf32>
  )",
            both);
  // A shift register, and a circle of three, and one carry that keeps its value and is another's next one.
  checkLoop(R"(
    %0:2 = scf.for %i = %zero to %end step %one iter_args(%a = %x, %b = %y) -> (tensor<37xf32>, tensor<37xf32>) {
      %1 = dlc.add %a, %b : (tensor<37xf32>, tensor<37xf32>) -> tensor<37xf32>
      scf.yield %1, %a : tensor<37xf32>, tensor<37xf32>
    }
    return %0#0, %0#1 : tensor<37xf32>, tensor<37xf32>
  )",
            both);
  checkLoop(R"(
    %z = dlc.neg %x : (tensor<37xf32>) -> tensor<37xf32>
    %0:3 = scf.for %i = %zero to %end step %one iter_args(%a = %x, %b = %y, %c = %z)
        -> (tensor<37xf32>, tensor<37xf32>, tensor<37xf32>) {
      scf.yield %b, %c, %a : tensor<37xf32>, tensor<37xf32>, tensor<37xf32>
    }
    return %0#0, %0#1, %0#2 : tensor<37xf32>, tensor<37xf32>, tensor<37xf32>
  )",
            "tensor<37xf32>, tensor<37xf32>, tensor<37xf32>");
  checkLoop(R"(
    %0:3 = scf.for %i = %zero to %end step %one iter_args(%a = %x, %b = %y, %c = %x)
        -> (tensor<37xf32>, tensor<37xf32>, tensor<37xf32>) {
      scf.yield %a, %a, %b : tensor<37xf32>, tensor<37xf32>, tensor<37xf32>
    }
    return %0#0, %0#1, %0#2 : tensor<37xf32>, tensor<37xf32>, tensor<37xf32>
  )",
            "tensor<37xf32>, tensor<37xf32>, tensor<37xf32>");
}

TEST(ControlFlow, CarriesAreReturnedTwiceAndKept) {
  checkLoop(R"(
    %0:2 = scf.for %i = %zero to %end step %one iter_args(%a = %x, %b = %x) -> (tensor<37xf32>, tensor<37xf32>) {
      %1 = dlc.add %b, %y : (tensor<37xf32>, tensor<37xf32>) -> tensor<37xf32>
      scf.yield %1, %1 : tensor<37xf32>, tensor<37xf32>
    }
    return %0#0, %0#0, %0#1, %x : tensor<37xf32>, tensor<37xf32>, tensor<37xf32>, tensor<37xf32>
  )",
            "tensor<37xf32>, tensor<37xf32>, tensor<37xf32>, tensor<37xf32>");
  // An invariant, a constant, a view, and the counter as tensors.
  checkLoop(R"(
    %c = dlc.constant dense<2.5> : tensor<37xf32>
    %w = dlc.exp %y : (tensor<37xf32>) -> tensor<37xf32>
    %t = tensor.from_elements %count : tensor<i64>
    %0:5 = scf.for %i = %zero to %end step %one iter_args(%a = %x, %b = %c, %d = %x, %e = %x, %k = %t)
        -> (tensor<37xf32>, tensor<37xf32>, tensor<37xf32>, tensor<37xf32>, tensor<i64>) {
      %1 = dlc.add %a, %w : (tensor<37xf32>, tensor<37xf32>) -> tensor<37xf32>
      %2 = dlc.reshape %1 {shape = #dlc.dims<[1, 37]>} : (tensor<37xf32>) -> tensor<1x37xf32>
      %3 = dlc.reshape %2 {shape = #dlc.dims<[37]>} : (tensor<1x37xf32>) -> tensor<37xf32>
      %4 = arith.index_cast %i : index to i64
      %5 = tensor.from_elements %4 : tensor<i64>
      scf.yield %3, %w, %c, %y, %5 : tensor<37xf32>, tensor<37xf32>, tensor<37xf32>, tensor<37xf32>, tensor<i64>
    }
    %6 = dlc.cast %0#4 {to = f32} : (tensor<i64>) -> tensor<f32>
    %7 = dlc.broadcast %6 {shape = #dlc.dims<[37]>, dims = array<i64>} : (tensor<f32>) -> tensor<37xf32>
    %8 = dlc.add %7, %0#0 : (tensor<37xf32>, tensor<37xf32>) -> tensor<37xf32>
    return %8, %0#1, %0#2, %0#3 : tensor<37xf32>, tensor<37xf32>, tensor<37xf32>, tensor<37xf32>
  )",
            "tensor<37xf32>, tensor<37xf32>, tensor<37xf32>, tensor<37xf32>");
}

TEST(ControlFlow, LoopsNest) {
  checkLoop(R"(
    %0 = scf.for %i = %zero to %end step %one iter_args(%a = %x) -> (tensor<37xf32>) {
      %1 = scf.for %j = %zero to %i step %one iter_args(%b = %a) -> (tensor<37xf32>) {
        %2 = dlc.mul %b, %y : (tensor<37xf32>, tensor<37xf32>) -> tensor<37xf32>
        scf.yield %2 : tensor<37xf32>
      }
      scf.yield %1 : tensor<37xf32>
    }
    return %0 : tensor<37xf32>
  )");
  // The old value is read behind the inner loop, which starts from a value of its own.
  checkLoop(R"(
    %0:2 = scf.for %i = %zero to %end step %one iter_args(%a = %x, %k = %y) -> (tensor<37xf32>, tensor<37xf32>) {
      %s = dlc.exp %k : (tensor<37xf32>) -> tensor<37xf32>
      %1:2 = scf.for %j = %i to %end step %one iter_args(%b = %s, %c = %a) -> (tensor<37xf32>, tensor<37xf32>) {
        %2 = dlc.sub %b, %c : (tensor<37xf32>, tensor<37xf32>) -> tensor<37xf32>
        scf.yield %c, %2 : tensor<37xf32>, tensor<37xf32>
      }
      %3 = dlc.add %1#0, %a : (tensor<37xf32>, tensor<37xf32>) -> tensor<37xf32>
      scf.yield %1#1, %3 : tensor<37xf32>, tensor<37xf32>
    }
    return %0#0, %0#1 : tensor<37xf32>, tensor<37xf32>
  )",
            "tensor<37xf32>, tensor<37xf32>");
  // Two loops, one after the other; what both read lives through both.
  checkLoop(R"(
    %w = dlc.tanh %y : (tensor<37xf32>) -> tensor<37xf32>
    %0 = scf.for %i = %zero to %end step %one iter_args(%a = %x) -> (tensor<37xf32>) {
      %t = dlc.exp %a : (tensor<37xf32>) -> tensor<37xf32>
      %1 = dlc.sub %w, %t : (tensor<37xf32>, tensor<37xf32>) -> tensor<37xf32>
      scf.yield %1 : tensor<37xf32>
    }
    %2 = scf.for %i = %zero to %end step %one iter_args(%a = %0) -> (tensor<37xf32>) {
      %t = dlc.sin %a : (tensor<37xf32>) -> tensor<37xf32>
      %1 = dlc.mul %w, %t : (tensor<37xf32>, tensor<37xf32>) -> tensor<37xf32>
      scf.yield %1 : tensor<37xf32>
    }
    return %2 : tensor<37xf32>
  )");
}

TEST(ControlFlow, BranchesGiveWhatTheyMakeOrFind) {
  checkLoop(R"(
    %two = arith.constant 2 : index
    %isSmall = arith.cmpi slt, %end, %two : index
    %0:3 = scf.if %isSmall -> (tensor<37xf32>, tensor<37xf32>, tensor<37xf32>) {
      %1 = dlc.neg %x : (tensor<37xf32>) -> tensor<37xf32>
      scf.yield %1, %1, %y : tensor<37xf32>, tensor<37xf32>, tensor<37xf32>
    } else {
      %1 = dlc.exp %y : (tensor<37xf32>) -> tensor<37xf32>
      %isOne = arith.cmpi eq, %end, %two : index
      %2 = scf.if %isOne -> tensor<37xf32> {
        scf.yield %1 : tensor<37xf32>
      } else {
        %3 = dlc.add %1, %x : (tensor<37xf32>, tensor<37xf32>) -> tensor<37xf32>
        scf.yield %3 : tensor<37xf32>
      }
      scf.yield %2, %x, %1 : tensor<37xf32>, tensor<37xf32>, tensor<37xf32>
    }
    return %0#1, %0#0, %0#2 : tensor<37xf32>, tensor<37xf32>, tensor<37xf32>
  )",
            "tensor<37xf32>, tensor<37xf32>, tensor<37xf32>");
  // In a loop: the branch makes the next value; both branches read the old one.
  checkLoop(R"(
    %two = arith.constant 2 : index
    %0 = scf.for %i = %zero to %end step %one iter_args(%a = %x) -> (tensor<37xf32>) {
      %rest = arith.remsi %i, %two : index
      %isEven = arith.cmpi eq, %rest, %zero : index
      %1 = scf.if %isEven -> tensor<37xf32> {
        %2 = dlc.mul %a, %a : (tensor<37xf32>, tensor<37xf32>) -> tensor<37xf32>
        scf.yield %2 : tensor<37xf32>
      } else {
        scf.yield %a : tensor<37xf32>
      }
      scf.yield %1 : tensor<37xf32>
    }
    return %0 : tensor<37xf32>
  )");
}

TEST(ControlFlow, BranchesAreDifferentiated) {
  std::string text = R"(
  func.func private @f(%x: tensor<19xf32>, %w: tensor<19xf32>, %p: tensor<i1>, %q: tensor<i1>) -> tensor<f32> {
    %0 = tensor.extract %p[] : tensor<i1>
    %1 = tensor.extract %q[] : tensor<i1>
    %s = dlc.sin %x : (tensor<19xf32>) -> tensor<19xf32>
    %2:2 = scf.if %0 -> (tensor<19xf32>, tensor<19xf32>) {
      %3 = dlc.mul %s, %x : (tensor<19xf32>, tensor<19xf32>) -> tensor<19xf32>
      %4 = scf.if %1 -> tensor<19xf32> {
        %5 = dlc.mul %3, %w : (tensor<19xf32>, tensor<19xf32>) -> tensor<19xf32>
        scf.yield %5 : tensor<19xf32>
      } else {
        scf.yield %3 : tensor<19xf32>
      }
      scf.yield %4, %3 : tensor<19xf32>, tensor<19xf32>
    } else {
      scf.yield %w, %s : tensor<19xf32>, tensor<19xf32>
    }
    %6 = dlc.mul %2#0, %2#1 : (tensor<19xf32>, tensor<19xf32>) -> tensor<19xf32>
    %7 = dlc.reduce %6 {dims = array<i64: 0>, kind = #dlc.reduce_kind<sum>, order = #dlc.order<lanes>} : (tensor<19xf32>) -> tensor<f32>
    return %7 : tensor<f32>
  }
  func.func @main(%x: tensor<19xf32>, %w: tensor<19xf32>, %p: tensor<i1>, %q: tensor<i1>, %ct: tensor<f32>)
      -> (tensor<f32>, tensor<19xf32>, tensor<19xf32>) {
    %0:3 = dlc.vjp @f(%x, %w, %p, %q, %ct) {wrt = array<i64: 0, 1>, of = array<i64: 0>}
      : (tensor<19xf32>, tensor<19xf32>, tensor<i1>, tensor<i1>, tensor<f32>) -> (tensor<f32>, tensor<19xf32>, tensor<19xf32>)
    return %0#0, %0#1, %0#2 : tensor<f32>, tensor<19xf32>, tensor<19xf32>
  })";
  for (int64_t p : {0, 1})
    for (int64_t q : {0, 1})
      expectAnswer(text, {randomTensor(DType::F32, {19}, 1), randomTensor(DType::F32, {19}, 2), integer(DType::Bool, p),
                          integer(DType::Bool, q), randomTensor(DType::F32, {}, 4)});
}

TEST(ControlFlow, WhileDependsOnData) {
  std::string text =
      R"(func.func @main(%x: tensor<5xf64>, %limit: tensor<f64>) -> (tensor<5xf64>, tensor<i32>, tensor<f64>) {
    %n = dlc.constant dense<0> : tensor<i32>
    %one = dlc.constant dense<1> : tensor<i32>
    %0:2 = scf.while (%y = %x, %k = %n) : (tensor<5xf64>, tensor<i32>) -> (tensor<5xf64>, tensor<i32>) {
      %s = dlc.reduce %y {dims = array<i64: 0>, kind = #dlc.reduce_kind<sum>, order = #dlc.order<lanes>} : (tensor<5xf64>) -> tensor<f64>
      %1 = dlc.compare %s, %limit {predicate = #dlc.predicate<lt>} : (tensor<f64>, tensor<f64>) -> tensor<i1>
      %2 = tensor.extract %1[] : tensor<i1>
      scf.condition(%2) %y, %k : tensor<5xf64>, tensor<i32>
    } do {
    ^bb0(%y: tensor<5xf64>, %k: tensor<i32>):
      %1 = dlc.add %y, %y : (tensor<5xf64>, tensor<5xf64>) -> tensor<5xf64>
      %2 = dlc.add %k, %one : (tensor<i32>, tensor<i32>) -> tensor<i32>
      scf.yield %1, %2 : tensor<5xf64>, tensor<i32>
    }
    // The condition gives more and other values than the loop carries.
    %3:3 = scf.while (%y = %0#0) : (tensor<5xf64>) -> (tensor<f64>, tensor<5xf64>, tensor<5xf64>) {
      %s = dlc.reduce %y {dims = array<i64: 0>, kind = #dlc.reduce_kind<max>, order = #dlc.order<lanes>} : (tensor<5xf64>) -> tensor<f64>
      %e = dlc.neg %y : (tensor<5xf64>) -> tensor<5xf64>
      %1 = dlc.compare %s, %limit {predicate = #dlc.predicate<lt>} : (tensor<f64>, tensor<f64>) -> tensor<i1>
      %2 = tensor.extract %1[] : tensor<i1>
      scf.condition(%2) %s, %e, %y : tensor<f64>, tensor<5xf64>, tensor<5xf64>
    } do {
    ^bb0(%s: tensor<f64>, %e: tensor<5xf64>, %y: tensor<5xf64>):
      %1 = dlc.sub %y, %e : (tensor<5xf64>, tensor<5xf64>) -> tensor<5xf64>
      scf.yield %1 : tensor<5xf64>
    }
    %4 = dlc.add %3#1, %0#0 : (tensor<5xf64>, tensor<5xf64>) -> tensor<5xf64>
    return %4, %0#1, %3#0 : tensor<5xf64>, tensor<i32>, tensor<f64>
  })";
  HostTensor x = randomTensor(DType::F64, {5}, 3, /*isTame=*/true);
  x.data<double>()[2] = 3;
  for (double bound : {-1e9, 1.0, 100.0, 1e30}) {
    HostTensor limit(DType::F64, {});
    *limit.data<double>() = bound;
    expectAnswer(text, {x, limit});
  }
}

TEST(ControlFlow, ScalarsAreCarried) {
  // Fibonacci numbers that wrap, in every width and with every kind of scalar op.
  std::string text =
      R"(func.func @main(%n: tensor<i64>, %s: tensor<i8>) -> (tensor<i64>, tensor<i8>, tensor<i32>, tensor<i1>) {
    %zero = arith.constant 0 : index
    %three = arith.constant 3 : index
    %count = tensor.extract %n[] : tensor<i64>
    %small = tensor.extract %s[] : tensor<i8>
    %end = arith.index_cast %count : i64 to index
    %true = arith.constant true
    %0:4 = scf.for %i = %zero to %end step %three iter_args(%a = %count, %b = %small, %c = %true, %d = %small) -> (i64, i8, i1, i8) {
      %w = arith.extsi %b : i8 to i64
      %u = arith.extui %b : i8 to i64
      %p = arith.muli %a, %u : i64
      %1 = arith.addi %p, %w : i64
      %2 = arith.trunci %1 : i64 to i8
      %3 = arith.subi %2, %d : i8
      %4 = arith.cmpi ult, %b, %3 : i8
      %5 = arith.cmpi sge, %b, %3 : i8
      %6 = arith.xori %4, %5 : i1
      %7 = arith.select %6, %3, %b : i8
      %8 = arith.maxsi %7, %d : i8
      %five = arith.constant -5 : i8
      %9 = arith.divsi %8, %five : i8
      %10 = arith.remsi %8, %five : i8
      %11 = arith.minsi %9, %10 : i8
      %12 = scf.if %c -> i8 {
        scf.yield %11 : i8
      } else {
        %13 = arith.floordivsi %8, %five : i8
        scf.yield %13 : i8
      }
      scf.yield %1, %d, %6, %12 : i64, i8, i1, i8
    }
    %1 = tensor.from_elements %0#0 : tensor<i64>
    %2 = tensor.from_elements %0#1 : tensor<i8>
    %wide = arith.extsi %0#3 : i8 to i32
    %3 = tensor.from_elements %wide : tensor<i32>
    %4 = tensor.from_elements %0#2 : tensor<i1>
    return %1, %2, %3, %4 : tensor<i64>, tensor<i8>, tensor<i32>, tensor<i1>
  })";
  for (int64_t n : {-4, 0, 1, 7, 100})
    for (int64_t s : {-128, -3, 0, 77, 127})
      expectAnswer(text, {integer(DType::I64, n), integer(DType::I8, s)});
}

TEST(ControlFlow, LoopBoundsAreExtents) {
  std::string text = R"(func.func @main(%x: tensor<?x3xf32, #dlc.dims<[N, 3]>>) -> tensor<?x3xf32, #dlc.dims<[N, 3]>> {
    %zero = arith.constant 0 : index
    %one = arith.constant 1 : index
    %end = tensor.dim %x, %zero : tensor<?x3xf32, #dlc.dims<[N, 3]>>
    %0 = scf.for %i = %zero to %end step %one iter_args(%a = %x) -> (tensor<?x3xf32, #dlc.dims<[N, 3]>>) {
      %1 = dlc.reduce %a {dims = array<i64: 0>, kind = #dlc.reduce_kind<sum>, order = #dlc.order<chain>} : (tensor<?x3xf32, #dlc.dims<[N, 3]>>) -> tensor<3xf32>
      %2 = dlc.broadcast %1 {shape = #dlc.dims<[N, 3]>, dims = array<i64: 1>} : (tensor<3xf32>) -> tensor<?x3xf32, #dlc.dims<[N, 3]>>
      %3 = dlc.sub %a, %2 : (tensor<?x3xf32, #dlc.dims<[N, 3]>>, tensor<?x3xf32, #dlc.dims<[N, 3]>>) -> tensor<?x3xf32, #dlc.dims<[N, 3]>>
      scf.yield %3 : tensor<?x3xf32, #dlc.dims<[N, 3]>>
    }
    return %0 : tensor<?x3xf32, #dlc.dims<[N, 3]>>
  })";
  for (int64_t n : {0, 1, 2, 9})
    expectAnswer(text, {randomTensor(DType::F32, {n, 3}, 5)});
}

TEST(ControlFlow, InterpreterRunsLaunchesInRegions) {
  std::string text = program(R"(
    %0 = scf.for %i = %zero to %end step %one iter_args(%a = %x) -> (tensor<37xf32>) {
      %1 = dlc.exp %a : (tensor<37xf32>) -> tensor<37xf32>
      %2 = dlc.reduce %1 {dims = array<i64: 0>, kind = #dlc.reduce_kind<sum>, order = #dlc.order<lanes>} : (tensor<37xf32>) -> tensor<f32>
      %3 = dlc.broadcast %2 {shape = #dlc.dims<[37]>, dims = array<i64>} : (tensor<f32>) -> tensor<37xf32>
      %4 = dlc.div %1, %3 : (tensor<37xf32>, tensor<37xf32>) -> tensor<37xf32>
      scf.yield %4 : tensor<37xf32>
    }
    return %0 : tensor<37xf32>
  )",
                             "tensor<37xf32>");
  std::vector<HostTensor> inputs = {randomTensor(DType::F32, {37}, 1, /*isTame=*/true),
                                    randomTensor(DType::F32, {37}, 2), integer(DType::I64, 3)};
  std::unique_ptr<Session> session;
  ASSERT_TRUE(Session::create(Options(), session).isOk());
  mlir::OwningOpRef<mlir::ModuleOp> module;
  ASSERT_TRUE(session->parseText(text, "test", module).isOk());
  ASSERT_TRUE(session->run(*module, Phase::Trace, Phase::Schedule).isOk());
  mlir::func::FuncOp entry;
  ASSERT_TRUE(session->entryOf(*module, entry).isOk());
  mlir::SmallVector<HostTensor> outputs;
  InterpError error;
  ASSERT_TRUE(mlir::succeeded(interpret(entry, inputs, outputs, error))) << error.status.message();
  EXPECT_TRUE(sameBits(outputs[0], interpretText(text, inputs).outputs[0]));
}

//===--- Errors ---===//

/// The program of `text` fails in every form, at the op and the index that are named.
void expectIndexError(const std::string &text, const std::vector<HostTensor> &inputs, const std::string &index,
                      int64_t line) {
  expectOneAnswer(text, {inputs});
  for (const Variant &variant : allVariants()) {
    Outcome got = compileAndRun(text, {inputs}, variant)[1];
    EXPECT_NE(std::string(got.status.message()).find("index " + index + " "), std::string::npos)
        << got.status.message();
    EXPECT_NE(std::string(got.status.message()).find("test:" + std::to_string(line) + ":"), std::string::npos)
        << got.status.message();
  }
}

HostTensor indices(std::vector<int64_t> values) {
  HostTensor tensor(DType::I64, {int64_t(values.size())});
  std::copy(values.begin(), values.end(), tensor.data<int64_t>());
  return tensor;
}

TEST(ControlFlow, LoopLeavesAtItsBackEdgeAfterAnError) {
  // The second trip fails; later ones would fail elsewhere, and the condition would never hold.
  expectIndexError(R"(func.func @main(%x: tensor<3xf32>, %i: tensor<1xi64>) -> tensor<1xf32> {
    %true = arith.constant true
    %z = dlc.constant dense<0.0> : tensor<1xf32>
    %0:2 = scf.while (%y = %i, %s = %z) : (tensor<1xi64>, tensor<1xf32>) -> (tensor<1xi64>, tensor<1xf32>) {
      scf.condition(%true) %y, %s : tensor<1xi64>, tensor<1xf32>
    } do {
    ^bb0(%y: tensor<1xi64>, %s: tensor<1xf32>):
      %1 = dlc.gather %x, %y {axis = 0 : i64} : (tensor<3xf32>, tensor<1xi64>) -> tensor<1xf32>
      %2 = dlc.add %y, %y : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
      %3 = dlc.add %1, %s : (tensor<1xf32>, tensor<1xf32>) -> tensor<1xf32>
      scf.yield %2, %3 : tensor<1xi64>, tensor<1xf32>
    }
    return %0#1 : tensor<1xf32>
  })",
                   {randomTensor(DType::F32, {3}, 1), indices({1})}, "4", 8);
}

TEST(ControlFlow, WhatCanFailStaysOnItsSideOfALoop) {
  // All three fail. The first in the text wins, though nothing but the text orders them.
  expectIndexError(
      R"(func.func @main(%x: tensor<3xf32>, %i: tensor<1xi64>, %j: tensor<1xi64>) -> (tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) {
    %zero = arith.constant 0 : index
    %one = arith.constant 1 : index
    %nine = arith.constant 9 : index
    %z = dlc.constant dense<0.0> : tensor<1xf32>
    %a = dlc.gather %x, %i {axis = 0 : i64} : (tensor<3xf32>, tensor<1xi64>) -> tensor<1xf32>
    %0 = scf.for %k = %zero to %nine step %one iter_args(%s = %z) -> (tensor<1xf32>) {
      %1 = dlc.add %j, %j : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
      %2 = dlc.gather %x, %1 {axis = 0 : i64} : (tensor<3xf32>, tensor<1xi64>) -> tensor<1xf32>
      %3 = dlc.add %2, %s : (tensor<1xf32>, tensor<1xf32>) -> tensor<1xf32>
      scf.yield %3 : tensor<1xf32>
    }
    %b = dlc.gather %x, %j {axis = 0 : i64} : (tensor<3xf32>, tensor<1xi64>) -> tensor<1xf32>
    %c = dlc.add %a, %b : (tensor<1xf32>, tensor<1xf32>) -> tensor<1xf32>
    return %c, %b, %0 : tensor<1xf32>, tensor<1xf32>, tensor<1xf32>
  })",
      {randomTensor(DType::F32, {3}, 1), indices({-7}), indices({8})}, "-7", 6);
}

TEST(ControlFlow, AnInvariantThatFailsIsNotHoisted) {
  std::string text = R"(func.func @main(%x: tensor<3xf32>, %i: tensor<1xi64>, %n: tensor<i64>) -> tensor<1xf32> {
    %zero = arith.constant 0 : index
    %one = arith.constant 1 : index
    %count = tensor.extract %n[] : tensor<i64>
    %end = arith.index_cast %count : i64 to index
    %z = dlc.constant dense<0.0> : tensor<1xf32>
    %0 = scf.for %k = %zero to %end step %one iter_args(%s = %z) -> (tensor<1xf32>) {
      %2 = dlc.gather %x, %i {axis = 0 : i64} : (tensor<3xf32>, tensor<1xi64>) -> tensor<1xf32>
      %3 = dlc.add %2, %s : (tensor<1xf32>, tensor<1xf32>) -> tensor<1xf32>
      scf.yield %3 : tensor<1xf32>
    }
    return %0 : tensor<1xf32>
  })";
  expectAnswer(text, {randomTensor(DType::F32, {3}, 1), indices({5}), integer(DType::I64, 0)});
  expectIndexError(text, {randomTensor(DType::F32, {3}, 1), indices({5}), integer(DType::I64, 2)}, "5", 8);
}

TEST(ControlFlow, StepsArePositive) {
  std::string text = R"(func.func @main(%x: tensor<3xf32>, %n: tensor<i64>) -> tensor<3xf32> {
    %zero = arith.constant 0 : index
    %nine = arith.constant 9 : index
    %count = tensor.extract %n[] : tensor<i64>
    %step = arith.index_cast %count : i64 to index
    %0 = scf.for %k = %zero to %nine step %step iter_args(%s = %x) -> (tensor<3xf32>) {
      %3 = dlc.add %s, %s : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
      scf.yield %3 : tensor<3xf32>
    }
    return %0 : tensor<3xf32>
  })";
  HostTensor x = randomTensor(DType::F32, {3}, 1);
  for (int64_t step : {int64_t(4), INT64_MAX})
    expectAnswer(text, {x, integer(DType::I64, step)});
  for (int64_t step : {0, -2})
    expectOneAnswer(text, {{x, integer(DType::I64, step)}});
  EXPECT_STREQ(compileAndRun(text, {{x, integer(DType::I64, -2)}}, allVariants()[0])[1].status.message(),
               "expected a positive step, but got -2 in 'scf.for' at test:6:10");
}

TEST(ControlFlow, WhatTheHostCannotDoIsNamed) {
  auto failure = [](const std::string &body) {
    std::string text =
        "func.func @main(%x: tensor<2xf32>, %y: tensor<f32>, %i: tensor<i64>) -> tensor<f32> {\n" + body + "}\n";
    HostTensor y(DType::F32, {});
    *y.data<float>() = 1;
    return std::string(
        compileAndRun(text, {{randomTensor(DType::F32, {2}, 1), y, integer(DType::I64, 1)}}, allVariants()[0])[1]
            .status.message());
  };
  EXPECT_NE(failure(R"(%0 = tensor.extract %y[] : tensor<f32>
    %1 = tensor.from_elements %0 : tensor<f32>
    return %1 : tensor<f32>
  )")
                .find("expected index or integer scalars between kernels, but got 'f32': keep other values in tensors"),
            std::string::npos);
  EXPECT_NE(failure(R"(%0 = tensor.extract %i[] : tensor<i64>
    %c = arith.constant 7 : i64
    %1 = arith.divui %c, %0 : i64
    %2 = tensor.from_elements %1 : tensor<i64>
    %3 = dlc.cast %2 {to = f32} : (tensor<i64>) -> tensor<f32>
    return %3 : tensor<f32>
  )")
                .find("expected arithmetic of signed integers between kernels"),
            std::string::npos);
  EXPECT_NE(failure(R"(%0 = tensor.extract %i[] : tensor<i64>
    %c = arith.constant 7 : i64
    %1 = arith.remsi %c, %0 : i64
    %2 = tensor.from_elements %1 : tensor<i64>
    %3 = dlc.cast %2 {to = f32} : (tensor<i64>) -> tensor<f32>
    return %3 : tensor<f32>
  )")
                .find("expected division by a constant other than 0 and -1 between kernels"),
            std::string::npos);
}

} // namespace
} // namespace dlc
