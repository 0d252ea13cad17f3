// Kernels around an ordered op, end to end: windows, scatters, scans and sorts, with what is fused around them.
#include "test/unit/JIT/Comparison.h"

namespace dlc {
namespace {

void check(const std::string &text) { expectOneAnswer(text, {randomInputs(text, 11)}); }

TEST(Ordered, Windows) {
  for (const char *kind : {"sum", "max", "min"})
    check(std::string(R"(func.func @main(%x: tensor<2x7x9x5xf32>) -> tensor<2x4x4x5xf32> {
      %0 = dlc.relu %x : (tensor<2x7x9x5xf32>) -> tensor<2x7x9x5xf32>
      %1 = dlc.reduce_window %0 {kind = #dlc.reduce_kind<)") +
          kind + R"(>, window = array<i64: 1, 3, 3, 1>, strides = array<i64: 1, 2, 2, 1>,
          low = array<i64: 0, 1, 0, 0>, high = array<i64: 0, 1, 0, 0>}
        : (tensor<2x7x9x5xf32>) -> tensor<2x4x4x5xf32>
      %2 = dlc.neg %1 : (tensor<2x4x4x5xf32>) -> tensor<2x4x4x5xf32>
      return %2 : tensor<2x4x4x5xf32>
    })");
  check(
      R"(func.func @main(%x: tensor<40x3xf64>, %i: tensor<40x3xi32>) -> (tensor<5x3xf64>, tensor<5x3xi32>, tensor<5x1xi32>) {
    %0 = dlc.reduce_window %x {kind = #dlc.reduce_kind<sum>, window = array<i64: 36, 1>, strides = array<i64: 1, 1>,
        low = array<i64: 0, 0>, high = array<i64: 0, 0>} : (tensor<40x3xf64>) -> tensor<5x3xf64>
    %1 = dlc.window_argmax %x {window = array<i64: 36, 1>, strides = array<i64: 1, 1>,
        low = array<i64: 0, 0>, high = array<i64: 0, 0>} : (tensor<40x3xf64>) -> tensor<5x3xi32>
    %2 = dlc.window_argmax %i {window = array<i64: 36, 3>, strides = array<i64: 1, 1>,
        low = array<i64: 0, 0>, high = array<i64: 0, 0>} : (tensor<40x3xi32>) -> tensor<5x1xi32>
    return %0, %1, %2 : tensor<5x3xf64>, tensor<5x3xi32>, tensor<5x1xi32>
  })");
}

TEST(Ordered, Scatters) {
  check(R"(func.func @main(%x: tensor<6x19xf32>, %u: tensor<2x4x19xf32>) -> tensor<6x19xf32> {
    %i = dlc.constant dense<[[0, 5, -1, 0], [3, 3, 3, -6]]> : tensor<2x4xi64>
    %0 = dlc.scatter %x, %i, %u {axis = 0 : i64}
      : (tensor<6x19xf32>, tensor<2x4xi64>, tensor<2x4x19xf32>) -> tensor<6x19xf32>
    return %0 : tensor<6x19xf32>
  })");
  check(R"(func.func @main(%x: tensor<3x7xf64>, %u: tensor<3xf64>) -> tensor<3x7xf64> {
    %i = dlc.constant dense<[6, 0, 9]> : tensor<3xi32>
    %0 = dlc.scatter %x, %i, %u {axis = 1 : i64, batch_dims = 1 : i64}
      : (tensor<3x7xf64>, tensor<3xi32>, tensor<3xf64>) -> tensor<3x7xf64>
    return %0 : tensor<3x7xf64>
  })");
}

TEST(Ordered, SumsOfNothing) {
  std::string text =
      R"(func.func @main(%x: tensor<?x?xf32, #dlc.dims<[B, N]>>, %y: tensor<?xf32, #dlc.dims<[N]>>, %m: tensor<?x3xf32, #dlc.dims<[N, 3]>>)
      -> (tensor<?xf32, #dlc.dims<[B]>>, tensor<?x3xf32, #dlc.dims<[B, 3]>>, tensor<?xf32, #dlc.dims<[B]>>, tensor<3xf32>) {
    %0 = dlc.dot_general %x, %y {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>,
        rhs_contract = array<i64: 0>, order = #dlc.order<lanes>}
      : (tensor<?x?xf32, #dlc.dims<[B, N]>>, tensor<?xf32, #dlc.dims<[N]>>) -> tensor<?xf32, #dlc.dims<[B]>>
    %1 = dlc.dot_general %x, %m {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>,
        rhs_contract = array<i64: 0>, order = #dlc.order<chain>}
      : (tensor<?x?xf32, #dlc.dims<[B, N]>>, tensor<?x3xf32, #dlc.dims<[N, 3]>>) -> tensor<?x3xf32, #dlc.dims<[B, 3]>>
    %2 = dlc.reduce %x {kind = #dlc.reduce_kind<sum>, dims = array<i64: 1>, order = #dlc.order<lanes>}
      : (tensor<?x?xf32, #dlc.dims<[B, N]>>) -> tensor<?xf32, #dlc.dims<[B]>>
    %3 = dlc.reduce %m {kind = #dlc.reduce_kind<sum>, dims = array<i64: 0>, order = #dlc.order<chain>}
      : (tensor<?x3xf32, #dlc.dims<[N, 3]>>) -> tensor<3xf32>
    return %0, %1, %2, %3
      : tensor<?xf32, #dlc.dims<[B]>>, tensor<?x3xf32, #dlc.dims<[B, 3]>>, tensor<?xf32, #dlc.dims<[B]>>, tensor<3xf32>
  })";
  std::vector<std::vector<HostTensor>> inputs;
  for (int64_t n : {0, 1, 5})
    inputs.push_back(randomInputs(text, 11, {{"B", 4}, {"N", n}}));
  expectOneAnswer(text, inputs);
}

TEST(Ordered, ScatterKinds) {
  for (std::string row : {"add f16", "add bf16", "set f16", "set i1", "max f32", "max bf16", "min i8", "min ui32"}) {
    std::string kind = row.substr(0, row.find(' ')), element = row.substr(row.find(' ') + 1);
    std::string x = "tensor<2x6x19x" + element + ">", u = "tensor<2x5x19x" + element + ">";
    check("func.func @main(%x: " + x + ", %u: " + u + ") -> " + x + " {" +
          R"(%i = dlc.constant dense<[[0, 5, -1, 0, 0], [3, 3, 3, -6, 9]]> : tensor<2x5xi64>
             %0 = dlc.scatter %x, %i, %u {axis = 1 : i64, batch_dims = 1 : i64, mode = #dlc.index_mode<clamp>,
               kind = #dlc.scatter_kind<)" +
          kind + ">} : (" + x + ", tensor<2x5xi64>, " + u + ") -> " + x + " return %0 : " + x + "}");
  }
}

TEST(Ordered, Scans) {
  for (std::string row : {"sum f32", "prod f64", "max f16", "sum f16", "sum i8", "max ui64", "min i32"}) {
    std::string kind = row.substr(0, row.find(' ')), element = row.substr(row.find(' ') + 1);
    for (std::string shape : {"7", "3x2100", "2100x3", "2x1030x37", "5x1", "0x4", "4x0"}) {
      int dim = shape == "2100x3" || shape == "0x4" ? 0 : shape == "7" ? 0 : 1;
      std::string type = "tensor<" + shape + "x" + element + ">";
      check("func.func @main(%x: " + type + ", %y: " + type + ") -> " + type + " { %0 = dlc.add %x, %x : (" + type +
            ", " + type + ") -> " + type + " %1 = dlc.cumulative %0 {kind = #dlc.reduce_kind<" + kind +
            ">, dim = " + std::to_string(dim) + " : i64} : (" + type + ") -> " + type + " %2 = dlc.sub %1, %y : (" +
            type + ", " + type + ") -> " + type + " return %2 : " + type + "}");
    }
  }
}

/// A module that sorts a tensor of this shape both ways and takes the first 3 of either end.
std::string sorting(const std::string &shape, const std::string &dims, int dim, const std::string &element) {
  std::string encoding = shape.find('?') == std::string::npos ? "" : ", #dlc.dims<[" + dims + "]>";
  std::string x = "tensor<" + shape + "x" + element + encoding + ">", i = "tensor<" + shape + "xi64" + encoding + ">";
  std::string both = "(" + x + ") -> (" + x + ", " + i + ")", d = std::to_string(dim);
  return "func.func @main(%x: " + x + ", %y: " + x + ") -> (" + x + ", " + i + ", " + x + ", " + i +
         ") { %a = dlc.transpose %x {perm = array<i64: 0, 1>} : (" + x + ") -> " + x +
         " %v, %i = dlc.sort %a {dim = " + d + " : i64} : " + both + " %w, %j = dlc.sort %x {dim = " + d +
         " : i64, descending = true} : " + both + " %b = dlc.max %w, %y : (" + x + ", " + x + ") -> " + x +
         " return %v, %i, %b, %j : " + x + ", " + i + ", " + x + ", " + i + "}";
}

TEST(Ordered, Sorts) {
  for (const char *element : {"f32", "f64", "f16", "bf16", "i8", "ui8", "i32", "ui32", "i64", "ui64"})
    check(sorting("3x40", "", 1, element));
  for (const char *shape : {"2x700", "1x65", "4x1", "3x0", "0x3"})
    check(sorting(shape, "", 1, "f32"));
  check(sorting("300x5", "", 0, "f64"));
  check(sorting("300x5", "", 0, "i32"));
  std::string symbolic = sorting("?x?", "B, N", 1, "f32");
  std::vector<std::vector<HostTensor>> inputs;
  for (int64_t n : {0, 1, 64, 65, 300})
    inputs.push_back(randomInputs(symbolic, 5, {{"B", 3}, {"N", n}}));
  expectOneAnswer(symbolic, inputs);
}

TEST(Ordered, TopK) {
  for (const char *largest : {"true", "false"})
    check(std::string(
              R"(func.func @main(%x: tensor<4x90x3xf32>) -> (tensor<4x7x3xf32>, tensor<4x7x3xi64>, tensor<4x0x3xf32>) {
      %v, %i = dlc.top_k %x {k = 7 : i64, dim = 1 : i64, largest = )") +
          largest + R"(} : (tensor<4x90x3xf32>) -> (tensor<4x7x3xf32>, tensor<4x7x3xi64>)
      %n = dlc.neg %v : (tensor<4x7x3xf32>) -> tensor<4x7x3xf32>
      %w, %j = dlc.top_k %x {k = 0 : i64, dim = 1 : i64} : (tensor<4x90x3xf32>) -> (tensor<4x0x3xf32>, tensor<4x0x3xi64>)
      return %n, %i, %w : tensor<4x7x3xf32>, tensor<4x7x3xi64>, tensor<4x0x3xf32>
    })");
}

TEST(Ordered, TopKOfManyTies) {
  for (const char *k : {"1", "5", "64", "65"}) {
    std::string v = std::string("tensor<3x") + k + "xi32>", i = std::string("tensor<3x") + k + "xi64>";
    check("func.func @main(%x: tensor<3x400xi32>) -> (" + v + ", " + i + ") { %v, %i = dlc.top_k %x {k = " + k +
          " : i64, dim = 1 : i64} : (tensor<3x400xi32>) -> (" + v + ", " + i + ") return %v, %i : " + v + ", " + i +
          " }");
  }
}

TEST(Ordered, PartsAtPlacesThatAreData) {
  for (const char *mode : {"clamp", "error"})
    for (auto [row, column] : {std::pair(0, 0), {3, 5}, {2, 14}, {-1, 3}, {4, 2}, {1, 99}}) {
      std::string text =
          R"(func.func @main(%x: tensor<7x33xf32>, %u: tensor<4x19xf32>) -> (tensor<4x19xf32>, tensor<7x33xf32>) {
        %r = dlc.constant dense<)" +
          std::to_string(row) + "> : tensor<i32> %c = dlc.constant dense<" + std::to_string(column) + R"(> : tensor<i64>
        %0 = dlc.dynamic_slice %x, %r, %c {sizes = #dlc.dims<[4, 19]>, mode = #dlc.index_mode<)" +
          mode +
          R"(>} : (tensor<7x33xf32>, tensor<i32>, tensor<i64>) -> tensor<4x19xf32>
        %1 = dlc.add %0, %u : (tensor<4x19xf32>, tensor<4x19xf32>) -> tensor<4x19xf32>
        %2 = dlc.dynamic_update_slice %x, %1, %r, %c {mode = #dlc.index_mode<)" +
          mode +
          R"(>} : (tensor<7x33xf32>, tensor<4x19xf32>, tensor<i32>, tensor<i64>) -> tensor<7x33xf32>
        return %1, %2 : tensor<4x19xf32>, tensor<7x33xf32>
      })";
      check(text);
    }
}

TEST(Ordered, Bitcasts) {
  for (auto [from, to] : {std::pair("f32", "ui32"),
                          {"f64", "i64"},
                          {"f16", "i16"},
                          {"bf16", "ui16"},
                          {"i32", "f32"},
                          {"ui8", "i8"},
                          {"f16", "bf16"},
                          {"f8E4M3FN", "ui8"},
                          {"i8", "f8E5M2"},
                          {"i4", "ui4"},
                          {"ui4", "i4"}}) {
    std::string x = std::string("tensor<37x") + from + ">", r = std::string("tensor<37x") + to + ">";
    check("func.func @main(%x: " + x + ") -> " + r + " { %0 = dlc.bitcast %x {to = " + to + "} : (" + x + ") -> " + r +
          " return %0 : " + r + "}");
  }
}

} // namespace
} // namespace dlc
