// The ops that gradient cases leave out: results or operands of integers and bools, constants, random numbers.
#include "test/unit/Passes/BatchCases.h"

namespace dlc {

static GradientCase unary(const std::string &op, const std::string &from, const std::string &to,
                          const std::string &attributes = "") {
  return {op, {from}, to, "%r = dlc." + op + " %a0" + attributes + " : (" + from + ") -> " + to};
}

static GradientCase binary(const std::string &op, const std::string &from, const std::string &to,
                           const std::string &attributes = "") {
  return {
      op, {from, from}, to, "%r = dlc." + op + " %a0, %a1" + attributes + " : (" + from + ", " + from + ") -> " + to};
}

static void addElementwise(std::vector<GradientCase> &cases) {
  for (const char *op : {"is_nan", "is_inf", "is_finite"})
    cases.push_back(unary(op, "tensor<4xf64>", "tensor<4xi1>"));
  cases.push_back(unary("trigamma", "tensor<4xf64>", "tensor<4xf64>"));
  cases.push_back(unary("stop_gradient", "tensor<2x4xf64>", "tensor<2x4xf64>"));
  cases.push_back(unary("not", "tensor<2x2xi1>", "tensor<2x2xi1>"));
  for (const char *op : {"and", "or", "xor", "shl", "shr"})
    cases.push_back(binary(op, "tensor<2x3xi64>", "tensor<2x3xi64>"));
  cases.push_back(binary("compare", "tensor<2x3xi64>", "tensor<2x3xi1>", " {predicate = #dlc.predicate<lt>}"));
  cases.push_back(binary("add", "tensor<i32>", "tensor<i32>"));
  cases.push_back(unary("bitcast", "tensor<4xf64>", "tensor<4xi64>", " {to = i64}"));
}

/// Ops without operands, beside one that has them.
static void addSources(std::vector<GradientCase> &cases) {
  cases.push_back({"constant",
                   {"tensor<3xf64>"},
                   "tensor<3xf64>",
                   R"(%0 = dlc.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf64>
                      %r = dlc.mul %0, %a0 : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>)"});
  cases.push_back({"iota",
                   {"tensor<2x3xi64>"},
                   "tensor<2x3xi64>",
                   R"(%0 = dlc.iota {shape = #dlc.dims<[2, 3]>, dim = 1 : i64, element = i64} : () -> tensor<2x3xi64>
                      %r = dlc.add %a0, %0 : (tensor<2x3xi64>, tensor<2x3xi64>) -> tensor<2x3xi64>)"});
  cases.push_back(unary("random_bits", "tensor<2xi64>", "tensor<2x3xui32>", " {shape = #dlc.dims<[2, 3]>}"));
  cases.push_back(unary("uniform", "tensor<2xi64>", "tensor<5xf64>", " {shape = #dlc.dims<[5]>, element = f64}"));
  cases.push_back(unary("normal", "tensor<2xi64>", "tensor<f64>", " {shape = #dlc.dims<[]>, element = f64}"));
  cases.push_back(unary("normal", "tensor<4x2xi64>", "tensor<4x3xf64>", " {shape = #dlc.dims<[3]>, element = f64}"));
}

static void addOrdered(std::vector<GradientCase> &cases) {
  for (const char *op : {"argmax", "argmin"}) {
    cases.push_back(unary(op, "tensor<3x4x2xf64>", "tensor<3x2xi64>", " {dim = 1 : i64}"));
    cases.push_back(unary(op, "tensor<4xi64>", "tensor<i64>", " {dim = 0 : i64}"));
  }
  cases.push_back(unary("window_argmax", "tensor<5x6xf64>", "tensor<3x3xi32>",
                        " {window = array<i64: 3, 2>, strides = array<i64: 2, 2>, low = array<i64: 1, 0>, "
                        "high = array<i64: 1, 0>}"));
  for (const char *kind : {"all", "any"})
    cases.push_back(unary("reduce", "tensor<2x3xi1>", "tensor<3xi1>",
                          " {kind = #dlc.reduce_kind<" + std::string(kind) +
                              ">, dims = array<i64: 0>, order = #dlc.order<chain>}"));
  // Listed orders of dims, and orders that the rank would not choose.
  cases.push_back(unary("reduce", "tensor<3x4x5xf64>", "tensor<4xf64>",
                        " {kind = #dlc.reduce_kind<sum>, dims = array<i64: 2, 0>, order = #dlc.order<chain>}"));
  cases.push_back(binary("dot_general", "tensor<70xf64>", "tensor<f64>",
                         " {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 0>, "
                         "rhs_contract = array<i64: 0>, order = #dlc.order<lanes>}"));
  cases.push_back({"sort_indices",
                   {"tensor<2x5xi64>"},
                   "tensor<2x5xi64>",
                   "%v, %r = dlc.sort %a0 {dim = 1 : i64} : (tensor<2x5xi64>) -> (tensor<2x5xi64>, tensor<2x5xi64>)"});
  cases.push_back({"dynamic_slice_checked",
                   {"tensor<6x7xi64>", "tensor<i64>", "tensor<i64>"},
                   "tensor<4x5xi64>",
                   R"(%r = dlc.dynamic_slice %a0, %a1, %a2 {sizes = #dlc.dims<[4, 5]>}
                        : (tensor<6x7xi64>, tensor<i64>, tensor<i64>) -> tensor<4x5xi64>)"});
  cases.push_back({"dynamic_update_slice_checked",
                   {"tensor<6x7xi64>", "tensor<4x5xi64>", "tensor<i64>", "tensor<i64>"},
                   "tensor<6x7xi64>",
                   R"(%r = dlc.dynamic_update_slice %a0, %a1, %a2, %a3
                        : (tensor<6x7xi64>, tensor<4x5xi64>, tensor<i64>, tensor<i64>) -> tensor<6x7xi64>)"});
  cases.push_back({"quantize",
                   {"tensor<2x3xf64>", "tensor<3xf64>"},
                   "tensor<2x3xi8>",
                   R"(%z = dlc.constant dense<3> : tensor<3xi8>
                      %r = dlc.quantize %a0, %a1, %z {to = i8, dim = 1 : i64}
                        : (tensor<2x3xf64>, tensor<3xf64>, tensor<3xi8>) -> tensor<2x3xi8>)"});
  cases.push_back({"gather_before_and_after",
                   {"tensor<2x2x4x2xf64>", "tensor<2x3x2xi64>"},
                   "tensor<2x2x3x2x2xf64>",
                   R"(%r = dlc.gather %a0, %a1 {axis = 2 : i64, batch_dims = 1 : i64}
                        : (tensor<2x2x4x2xf64>, tensor<2x3x2xi64>) -> tensor<2x2x3x2x2xf64>)"});
  cases.push_back({"scatter_before_and_after",
                   {"tensor<2x2x3x2xf64>", "tensor<2x5xi64>", "tensor<2x2x5x2xf64>"},
                   "tensor<2x2x3x2xf64>",
                   R"(%r = dlc.scatter %a0, %a1, %a2 {axis = 2 : i64, batch_dims = 1 : i64}
                        : (tensor<2x2x3x2xf64>, tensor<2x5xi64>, tensor<2x2x5x2xf64>) -> tensor<2x2x3x2xf64>)"});
}

std::vector<GradientCase> batchCases() {
  std::vector<GradientCase> cases = gradientCases();
  addElementwise(cases);
  addSources(cases);
  addOrdered(cases);
  return cases;
}

} // namespace dlc
