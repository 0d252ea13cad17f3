// The table of gradient cases, family by family. An elementwise op that has none here gets one from its row.
#include "test/unit/Passes/GradientCases.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

#include "gtest/gtest.h"

namespace dlc {

static GradientCase elementwise(const std::string &op, size_t operands, std::vector<Interval> domain,
                                const std::string &attributes = "") {
  std::string type = "tensor<5xf64>", values, types;
  for (size_t i = 0; i < operands; ++i) {
    values += (i ? ", %a" : "%a") + std::to_string(i);
    types += (i ? ", " : "") + type;
  }
  return {op, std::vector<std::string>(operands, type), type,
          "%r = dlc." + op + " " + values + attributes + " : (" + types + ") -> " + type, std::move(domain)};
}

/// A real function by way of complex numbers: what `ops` make of %z = (a0, a1) and %w = (a1, a0) in %c, and then
/// the sum of re and the square of im.
static GradientCase complexCase(const std::string &name, const std::string &ops) {
  std::string real = "tensor<5xf64>", complex = "tensor<5xcomplex<f64>>";
  std::string make = ", %a1 : (" + real + ", " + real + ") -> " + complex + "\n";
  return {"complex " + name,
          {real, real},
          real,
          "%z = dlc.complex %a0" + make + "%w = dlc.complex %a1, %a0 : (" + real + ", " + real + ") -> " + complex +
              "\n" + ops + "\n%re = dlc.real %c : (" + complex + ") -> " + real + "\n%im = dlc.imag %c : (" + complex +
              ") -> " + real + "\n%sq = dlc.mul %im, %im : " + real + "\n%r = dlc.add %re, %sq : " + real,
          {{0.3, 1.5}}};
}

static void addComplex(std::vector<GradientCase> &cases) {
  std::string type = " : tensor<5xcomplex<f64>>";
  for (const char *op : {"neg", "exp",  "exp2", "expm1", "log",  "log2", "log1p", "sqrt",  "rsqrt", "sin",   "cos",
                         "tan", "sinh", "cosh", "tanh",  "asin", "acos", "atan",  "asinh", "acosh", "atanh", "conj"})
    cases.push_back(complexCase(op, "%c = dlc." + std::string(op) + " %z" + type));
  for (const char *op : {"add", "sub", "mul", "div", "pow"})
    cases.push_back(complexCase(op, "%c = dlc." + std::string(op) + " %z, %w" + type));
  cases.push_back(
      complexCase("abs", "%m = dlc.abs %z : (tensor<5xcomplex<f64>>) -> tensor<5xf64>\n"
                         "%d = dlc.cast %m {to = complex<f64>} : (tensor<5xf64>) -> tensor<5xcomplex<f64>>\n"
                         "%c = dlc.mul %d, %w" +
                             type));
  cases.push_back(complexCase(
      "reduce", "%s = dlc.reduce %z {kind = #dlc.reduce_kind<sum>, dims = array<i64: 0>, order = #dlc.order<lanes>} : "
                "(tensor<5xcomplex<f64>>) -> tensor<complex<f64>>\n"
                "%d = dlc.broadcast %s {shape = #dlc.dims<[5]>, dims = array<i64>} : (tensor<complex<f64>>) -> "
                "tensor<5xcomplex<f64>>\n%c = dlc.mul %d, %w" +
                    type));
  // Left of 0 the two roots of acosh have another product.
  cases.push_back(complexCase("acosh of the left", "%n = dlc.neg %z" + type + "\n%c = dlc.acosh %n" + type));
  cases.push_back(complexCase(
      "product", "%s = dlc.reduce %z {kind = #dlc.reduce_kind<prod>, dims = array<i64: 0>, order = #dlc.order<lanes>} "
                 ": (tensor<5xcomplex<f64>>) -> tensor<complex<f64>>\n"
                 "%d = dlc.broadcast %s {shape = #dlc.dims<[5]>, dims = array<i64>} : (tensor<complex<f64>>) -> "
                 "tensor<5xcomplex<f64>>\n%c = dlc.mul %d, %w" +
                     type));
  for (const char *kind : {"sum", "prod"})
    cases.push_back(complexCase(std::string("cumulative ") + kind,
                                std::string("%c = dlc.cumulative %z {kind = #dlc.reduce_kind<") + kind +
                                    ">, dim = 0 : i64} : (tensor<5xcomplex<f64>>) -> tensor<5xcomplex<f64>>"));
  std::string matrix = "tensor<5x5xcomplex<f64>>";
  std::string spread = " : (tensor<5xcomplex<f64>>) -> " + matrix + "\n";
  cases.push_back(
      complexCase("dot_general",
                  "%x = dlc.broadcast %z {shape = #dlc.dims<[5, 5]>, dims = array<i64: 0>}" + spread +
                      "%y = dlc.broadcast %w {shape = #dlc.dims<[5, 5]>, dims = array<i64: 1>}" + spread +
                      "%m = dlc.mul %x, %y : " + matrix +
                      "\n%c = dlc.dot_general %m, %w {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = "
                      "array<i64: 1>, rhs_contract = array<i64: 0>, order = #dlc.order<lanes>} : (" +
                      matrix + ", tensor<5xcomplex<f64>>) -> tensor<5xcomplex<f64>>"));
}

static void addElementwise(std::vector<GradientCase> &cases) {
  for (const char *op :
       {"neg", "exp", "exp2", "expm1", "sin", "cos", "sinh", "cosh", "tanh", "erf", "sigmoid", "asinh", "atan"})
    cases.push_back(elementwise(op, 1, {{-2, 2}}));
  for (const char *op : {"abs", "relu", "sign"}) {
    cases.push_back(elementwise(op, 1, {{0.3, 2}}));
    cases.push_back(elementwise(op, 1, {{-2, -0.3}}));
  }
  for (const char *op : {"sqrt", "rsqrt", "log", "log2"})
    cases.push_back(elementwise(op, 1, {{0.3, 4}}));
  for (const char *op : {"asin", "acos", "atanh", "erfinv"})
    cases.push_back(elementwise(op, 1, {{-0.7, 0.7}}));
  cases.push_back(elementwise("lgamma", 1, {{0.5, 4}}));
  cases.push_back(elementwise("digamma", 1, {{0.5, 4}}));
  cases.back().whyNotTwice = "its derivative is trigamma, which has none";
  cases.push_back(elementwise("acosh", 1, {{1.5, 4}}));
  cases.push_back(elementwise("log1p", 1, {{-0.6, 4}}));
  cases.push_back(elementwise("tan", 1, {{-1, 1}}));
  for (const char *op : {"floor", "ceil", "round", "trunc"})
    cases.push_back(elementwise(op, 1, {{1.1, 1.4}}));
  for (const char *op : {"add", "sub", "mul"})
    cases.push_back(elementwise(op, 2, {{-2, 2}}));
  cases.push_back(elementwise("div", 2, {{-2, 2}, {0.5, 2}}));
  cases.push_back(elementwise("rem", 2, {{2.2, 2.8}, {0.95, 1.05}}));
  cases.push_back(elementwise("pow", 2, {{0.5, 2}, {-2, 2}}));
  cases.push_back(elementwise("atan2", 2, {{0.5, 2}, {-2, 2}}));
  for (const char *op : {"max", "min"}) {
    cases.push_back(elementwise(op, 2, {{0, 1}, {1.5, 2}}));
    cases.push_back(elementwise(op, 2, {{1.5, 2}, {0, 1}}));
  }
  cases.push_back(elementwise("fma", 3, {{-2, 2}}));
  for (Interval x : {Interval{-2, -1.2}, Interval{-0.8, 0.8}, Interval{1.2, 2}})
    cases.push_back(elementwise("clamp", 3, {x, {-1.1, -0.9}, {0.9, 1.1}}));
  cases.push_back({"select",
                   {"tensor<5xi1>", "tensor<5xf64>", "tensor<5xf64>"},
                   "tensor<5xf64>",
                   "%r = dlc.select %a0, %a1, %a2 : (tensor<5xi1>, tensor<5xf64>, tensor<5xf64>) -> tensor<5xf64>"});
  cases.push_back({"cast",
                   {"tensor<5xf64>", "tensor<5xi32>"},
                   "tensor<5xf64>",
                   R"(%0 = dlc.cast %a1 {to = f64} : (tensor<5xi32>) -> tensor<5xf64>
                      %1 = dlc.cast %a0 {to = f64} : (tensor<5xf64>) -> tensor<5xf64>
                      %r = dlc.mul %0, %1 : (tensor<5xf64>, tensor<5xf64>) -> tensor<5xf64>)"});
}

/// A case for each row of an elementwise op that has a derivative but no case yet, over the domain of the row.
static void addRows(std::vector<GradientCase> &cases) {
  std::string all;
  for (const GradientCase &test : cases)
    all += test.body + "\n";
  auto file = llvm::MemoryBuffer::getFile(DLC_OP_TABLE);
  ASSERT_TRUE(file) << DLC_OP_TABLE;
  llvm::Expected<llvm::json::Value> table = llvm::json::parse((*file)->getBuffer());
  ASSERT_TRUE(bool(table)) << llvm::toString(table.takeError());
  for (const llvm::json::Value &value : *table->getAsArray()) {
    const llvm::json::Object &row = *value.getAsObject();
    std::string op = row.getString("name")->str();
    if (!*row.getBoolean("derivative") || all.find("dlc." + op + " ") != std::string::npos)
      continue;
    auto end = [&](size_t i) { return std::stod((*row.getArray("domain"))[i].getAsString()->str()); };
    cases.push_back(elementwise(op, row.getArray("operands")->size(), {{end(0), end(1)}}));
  }
}

static void addShape(std::vector<GradientCase> &cases) {
  cases.push_back({"broadcast",
                   {"tensor<1x3xf64>"},
                   "tensor<2x4x3xf64>",
                   R"(%r = dlc.broadcast %a0 {shape = #dlc.dims<[2, 4, 3]>, dims = array<i64: 1, 2>}
                        : (tensor<1x3xf64>) -> tensor<2x4x3xf64>)"});
  cases.push_back({"broadcast_rank_0",
                   {"tensor<f64>"},
                   "tensor<4xf64>",
                   "%r = dlc.broadcast %a0 {shape = #dlc.dims<[4]>, dims = array<i64>} : (tensor<f64>) -> "
                   "tensor<4xf64>"});
  cases.push_back({"reshape",
                   {"tensor<2x6xf64>"},
                   "tensor<3x4xf64>",
                   "%r = dlc.reshape %a0 {shape = #dlc.dims<[3, 4]>} : (tensor<2x6xf64>) -> tensor<3x4xf64>"});
  cases.push_back({"transpose",
                   {"tensor<2x3x4xf64>"},
                   "tensor<4x2x3xf64>",
                   "%r = dlc.transpose %a0 {perm = array<i64: 2, 0, 1>} : (tensor<2x3x4xf64>) -> tensor<4x2x3xf64>"});
  cases.push_back({"slice",
                   {"tensor<4x7xf64>"},
                   "tensor<2x2xf64>",
                   R"(%r = dlc.slice %a0 {starts = array<i64: 1, 0>, limits = #dlc.dims<[3, 6]>,
                        strides = array<i64: 1, 3>} : (tensor<4x7xf64>) -> tensor<2x2xf64>)"});
  cases.push_back({"pad",
                   {"tensor<3x4xf64>", "tensor<f64>"},
                   "tensor<6x5xf64>",
                   R"(%r = dlc.pad %a0, %a1 {low = array<i64: 1, -1>, high = array<i64: 0, 2>,
                        interior = array<i64: 1, 0>} : (tensor<3x4xf64>, tensor<f64>) -> tensor<6x5xf64>)"});
  cases.push_back({"pad_crop_interior",
                   {"tensor<4xf64>", "tensor<f64>"},
                   "tensor<6xf64>",
                   R"(%r = dlc.pad %a0, %a1 {low = array<i64: -2>, high = array<i64: -2>, interior = array<i64: 2>}
                        : (tensor<4xf64>, tensor<f64>) -> tensor<6xf64>)"});
  cases.push_back({"concat",
                   {"tensor<2x3xf64>", "tensor<2x1xf64>"},
                   "tensor<2x7xf64>",
                   R"(%r = dlc.concat %a0, %a1, %a0 {dim = 1 : i64}
                        : (tensor<2x3xf64>, tensor<2x1xf64>, tensor<2x3xf64>) -> tensor<2x7xf64>)"});
  cases.push_back({"reverse",
                   {"tensor<2x3xf64>"},
                   "tensor<2x3xf64>",
                   "%r = dlc.reverse %a0 {dims = array<i64: 1>} : (tensor<2x3xf64>) -> tensor<2x3xf64>"});
  cases.push_back({"gather",
                   {"tensor<2x3x4xf64>", "tensor<5xi64>"},
                   "tensor<2x5x4xf64>",
                   "%r = dlc.gather %a0, %a1 {axis = 1 : i64} : (tensor<2x3x4xf64>, tensor<5xi64>) -> "
                   "tensor<2x5x4xf64>"});
  cases.push_back({"gather_batched",
                   {"tensor<2x3xf64>", "tensor<2x2xi64>"},
                   "tensor<2x2xf64>",
                   R"(%r = dlc.gather %a0, %a1 {axis = 1 : i64, batch_dims = 1 : i64, mode = #dlc.index_mode<clamp>}
                        : (tensor<2x3xf64>, tensor<2x2xi64>) -> tensor<2x2xf64>)"});
  cases.push_back({"scatter",
                   {"tensor<3x2xf64>", "tensor<5xi64>", "tensor<5x2xf64>"},
                   "tensor<3x2xf64>",
                   R"(%r = dlc.scatter %a0, %a1, %a2 {axis = 0 : i64}
                        : (tensor<3x2xf64>, tensor<5xi64>, tensor<5x2xf64>) -> tensor<3x2xf64>)"});
}

static void addReductions(std::vector<GradientCase> &cases) {
  for (const char *kind : {"sum", "prod", "max", "min"})
    cases.push_back({std::string("reduce_") + kind,
                     {"tensor<3x2x4xf64>"},
                     "tensor<2xf64>",
                     std::string("%r = dlc.reduce %a0 {kind = #dlc.reduce_kind<") + kind +
                         ">, dims = array<i64: 0, 2>, order = #dlc.order<lanes>} : (tensor<3x2x4xf64>) -> "
                         "tensor<2xf64>"});
  for (const char *kind : {"sum", "max", "min"})
    cases.push_back({std::string("reduce_window_") + kind,
                     {"tensor<2x5x6xf64>"},
                     "tensor<2x3x3xf64>",
                     std::string("%r = dlc.reduce_window %a0 {kind = #dlc.reduce_kind<") + kind +
                         R"(>, window = array<i64: 1, 3, 2>, strides = array<i64: 1, 2, 2>,
                            low = array<i64: 0, 1, 0>, high = array<i64: 0, 1, 0>}
                            : (tensor<2x5x6xf64>) -> tensor<2x3x3xf64>)"});
}

static void addOrder(std::vector<GradientCase> &cases) {
  for (const char *kind : {"sum", "prod", "max", "min"})
    cases.push_back({std::string("cumulative_") + kind,
                     {"tensor<2x5x3xf64>"},
                     "tensor<2x5x3xf64>",
                     std::string("%r = dlc.cumulative %a0 {kind = #dlc.reduce_kind<") + kind +
                         ">, dim = 1 : i64} : (tensor<2x5x3xf64>) -> tensor<2x5x3xf64>"});
  cases.push_back({"sort",
                   {"tensor<2x5x3xf64>"},
                   "tensor<2x5x3xf64>",
                   R"(%r, %i = dlc.sort %a0 {dim = 1 : i64, descending = true}
                        : (tensor<2x5x3xf64>) -> (tensor<2x5x3xf64>, tensor<2x5x3xi64>))"});
  cases.push_back({"top_k",
                   {"tensor<2x5xf64>"},
                   "tensor<2x3xf64>",
                   R"(%r, %i = dlc.top_k %a0 {dim = 1 : i64, k = 3 : i64}
                        : (tensor<2x5xf64>) -> (tensor<2x3xf64>, tensor<2x3xi64>))"});
  for (const char *kind : {"set", "max", "min"})
    cases.push_back({std::string("scatter_") + kind,
                     {"tensor<3x2xf64>", "tensor<5xi64>", "tensor<5x2xf64>"},
                     "tensor<3x2xf64>",
                     std::string("%r = dlc.scatter %a0, %a1, %a2 {axis = 0 : i64, kind = #dlc.scatter_kind<") + kind +
                         ">} : (tensor<3x2xf64>, tensor<5xi64>, tensor<5x2xf64>) -> tensor<3x2xf64>"});
  cases.push_back({"dynamic_slice",
                   {"tensor<4x5xf64>", "tensor<i64>", "tensor<i64>"},
                   "tensor<2x3xf64>",
                   R"(%r = dlc.dynamic_slice %a0, %a1, %a2 {sizes = #dlc.dims<[2, 3]>, mode = #dlc.index_mode<clamp>}
                        : (tensor<4x5xf64>, tensor<i64>, tensor<i64>) -> tensor<2x3xf64>)"});
  cases.push_back({"dynamic_update_slice",
                   {"tensor<4x5xf64>", "tensor<2x3xf64>", "tensor<i64>", "tensor<i64>"},
                   "tensor<4x5xf64>",
                   R"(%r = dlc.dynamic_update_slice %a0, %a1, %a2, %a3 {mode = #dlc.index_mode<clamp>}
                        : (tensor<4x5xf64>, tensor<2x3xf64>, tensor<i64>, tensor<i64>) -> tensor<4x5xf64>)"});
}

static void addComposites(std::vector<GradientCase> &cases) {
  std::string x = "tensor<3x4xf64>", v = "tensor<4xf64>", row = "tensor<3xf64>";
  auto unary = [&](const std::string &op, const std::string &result) {
    cases.push_back({op, {x}, result, "%r = dlc." + op + " : (" + x + ") -> " + result});
  };
  unary("softmax %a0 {dim = 1 : i64}", x);
  unary("log_softmax %a0 {dim = 0 : i64}", x);
  unary("logsumexp %a0 {dims = array<i64: 1>}", row);
  unary("gelu %a0", x);
  unary("gelu %a0 {approximate = #dlc.gelu_form<tanh>}", x);
  cases.push_back({"cross_entropy",
                   {x, "tensor<4xi64>"},
                   v,
                   "%r = dlc.cross_entropy %a0, %a1 {dim = 0 : i64} : (" + x + ", tensor<4xi64>) -> " + v});
  std::string norm = " {normalized = 1 : i64, epsilon = 0.125 : f64} : (" + x + ", " + v;
  cases.push_back({"layer_norm", {x, v, v}, x, "%r = dlc.layer_norm %a0, %a1, %a2" + norm + ", " + v + ") -> " + x});
  cases.push_back({"rms_norm", {x, v}, x, "%r = dlc.rms_norm %a0, %a1" + norm + ") -> " + x});
  std::string byDim = " {dim = 1 : i64, epsilon = 0.125 : f64} : (" + x + ", " + v + ", " + v;
  cases.push_back({"batch_norm",
                   {x, v, v, v, v},
                   x,
                   "%r = dlc.batch_norm %a0, %a1, %a2, %a3, %a4" + byDim + ", " + v + ", " + v + ") -> " + x,
                   {{0.3, 2}}});
  cases.push_back(
      {"batch_norm_training",
       {x, v, v},
       x,
       "%r, %m, %s = dlc.batch_norm_training %a0, %a1, %a2" + byDim + ") -> (" + x + ", " + v + ", " + v + ")"});
  std::string q = "tensor<2x4x3x2xf64>", k = "tensor<2x2x5x2xf64>", p = "tensor<2x2x5x3xf64>";
  std::string mask = "tensor<1x4x1x5xf64>", result = "tensor<2x4x3x3xf64>";
  cases.push_back({"attention",
                   {q, k, p, mask},
                   result,
                   "%r = dlc.attention %a0, %a1, %a2, %a3 {scale = 0.7 : f64, causal = true} : (" + q + ", " + k +
                       ", " + p + ", " + mask + ") -> " + result});
  std::string in = "tensor<2x3xf64>", h = "tensor<2x2xf64>";
  std::string w8 = "tensor<8x3xf64>", u8 = "tensor<8x2xf64>", b8 = "tensor<8xf64>";
  cases.push_back({"lstm_cell",
                   {in, h, h, w8, u8, b8, b8},
                   h,
                   "%r, %c = dlc.lstm_cell %a0, %a1, %a2, %a3, %a4, %a5, %a6 : (" + in + ", " + h + ", " + h + ", " +
                       w8 + ", " + u8 + ", " + b8 + ", " + b8 + ") -> (" + h + ", " + h + ")"});
  std::string w6 = "tensor<6x3xf64>", u6 = "tensor<6x2xf64>", b6 = "tensor<6xf64>";
  cases.push_back({"gru_cell",
                   {in, h, w6, u6, b6, b6},
                   h,
                   "%r = dlc.gru_cell %a0, %a1, %a2, %a3, %a4, %a5 : (" + in + ", " + h + ", " + w6 + ", " + u6 + ", " +
                       b6 + ", " + b6 + ") -> " + h});
  cases.push_back({"dequantize",
                   {"tensor<4x3xi32>", "tensor<f64>", "tensor<i32>"},
                   "tensor<4x3xf64>",
                   R"(%0 = dlc.cast %a0 {to = i8} : (tensor<4x3xi32>) -> tensor<4x3xi8>
                      %1 = dlc.cast %a2 {to = i8} : (tensor<i32>) -> tensor<i8>
                      %r = dlc.dequantize %0, %a1, %1
                        : (tensor<4x3xi8>, tensor<f64>, tensor<i8>) -> tensor<4x3xf64>)"});
}

static std::string windows(const std::string &strides, const std::string &low, const std::string &high,
                           const std::string &dilation, int groups) {
  return "strides = array<i64: " + strides + ">, low = array<i64: " + low + ">, high = array<i64: " + high +
         ">, dilation = array<i64: " + dilation + ">, groups = " + std::to_string(groups) + " : i64}";
}

static void addContractions(std::vector<GradientCase> &cases) {
  cases.push_back({"dot_general",
                   {"tensor<3x4xf64>", "tensor<4x2xf64>"},
                   "tensor<3x2xf64>",
                   R"(%r = dlc.dot_general %a0, %a1 {lhs_batch = array<i64>, rhs_batch = array<i64>,
                        lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>, order = #dlc.order<chain>}
                        : (tensor<3x4xf64>, tensor<4x2xf64>) -> tensor<3x2xf64>)"});
  cases.push_back({"dot_general_two_contracted",
                   {"tensor<3x2x4x5xf64>", "tensor<5x6x3x2xf64>"},
                   "tensor<2x4x6xf64>",
                   R"(%r = dlc.dot_general %a0, %a1 {lhs_batch = array<i64: 1>, rhs_batch = array<i64: 3>,
                        lhs_contract = array<i64: 3, 0>, rhs_contract = array<i64: 0, 2>, order = #dlc.order<chain>}
                        : (tensor<3x2x4x5xf64>, tensor<5x6x3x2xf64>) -> tensor<2x4x6xf64>)"});
  std::string x = "tensor<2x5x6x4xf64>", w = "tensor<3x2x2x6xf64>", y = "tensor<2x3x6x6xf64>";
  std::string how = windows("2, 1", "1, 2", "1, 0", "1, 2", 2);
  cases.push_back({"conv", {x, w}, y, "%r = dlc.conv %a0, %a1 {" + how + " : (" + x + ", " + w + ") -> " + y});
  cases.push_back(
      {"conv_input_grad",
       {y, w},
       x,
       "%r = dlc.conv_input_grad %a0, %a1 {spatial = #dlc.dims<[5, 6]>, " + how + " : (" + y + ", " + w + ") -> " + x});
  cases.push_back({"conv_weight_grad",
                   {x, y},
                   w,
                   "%r = dlc.conv_weight_grad %a0, %a1 {window_shape = array<i64: 3, 2>, " + how + " : (" + x + ", " +
                       y + ") -> " + w});
}

const std::vector<WithoutGradient> &opsWithoutGradient() {
  const char *noOperand = "no float operand", *noResult = "no float result";
  static const std::vector<WithoutGradient> list = {
      {"call", "inlined before differentiation"},
      {"vjp", "resolved from the innermost out; every second order case holds one"},
      {"jvp", "resolved from the innermost out"},
      {"vmap", "resolved from the innermost out"},
      {"custom_call", "a function of the user's own, whose derivative is not known"},
      {"constant", noOperand},
      {"iota", noOperand},
      {"random_bits", noOperand},
      {"uniform", noOperand},
      {"normal", noOperand},
      {"argmax", noResult},
      {"argmin", noResult},
      {"window_argmax", noResult},
      {"bitcast", "its bits are another number"},
      {"quantize", noResult},
      {"compare", noResult},
      {"is_finite", noResult},
      {"is_inf", noResult},
      {"is_nan", noResult},
      {"not", noOperand},
      {"and", noOperand},
      {"or", noOperand},
      {"xor", noOperand},
      {"shl", noOperand},
      {"shr", noOperand},
      {"trigamma", "it needs tetragamma, which has no op"},
      {"stop_gradient", "its derivative is 0 by definition, not by differences"},
  };
  return list;
}

std::vector<KinkCase> kinkCases() {
  std::vector<KinkCase> cases;
  auto add = [&](GradientCase test, std::vector<std::vector<double>> inputs,
                 std::vector<std::vector<double>> gradients) {
    cases.push_back({std::move(test), std::move(inputs), std::move(gradients)});
  };
  for (const char *op : {"relu", "abs"})
    add(elementwise(op, 1, {}), {{-0.0, 0, 1, 2, 3}}, {{0, 0, 1, 1, 1}});
  for (const char *op : {"sign", "floor", "ceil", "round", "trunc", "stop_gradient"})
    add(elementwise(op, 1, {}), {{-0.0, 0, 1, -2, 0.5}}, {{0, 0, 0, 0, 0}});
  add(elementwise("max", 2, {}), {{1, 0, -0.0, 2, 3}, {1, 0, 0, 3, 2}}, {{0.5, 0.5, 0.5, 0, 1}, {0.5, 0.5, 0.5, 1, 0}});
  add(elementwise("min", 2, {}), {{1, 0, -0.0, 2, 3}, {1, 0, 0, 3, 2}}, {{0.5, 0.5, 0.5, 1, 0}, {0.5, 0.5, 0.5, 0, 1}});
  add(elementwise("clamp", 3, {}), {{-1, 1, 0, -2, 2}, {-1, -1, -1, -1, -1}, {1, 1, 1, 1, 1}},
      {{1, 1, 1, 0, 0}, {0, 0, 0, 1, 0}, {0, 0, 0, 0, 1}});
  add(elementwise("copysign", 2, {}), {{0, -0.0, 1, -1, 2}, {1, -1, -0.0, -2, NAN}},
      {{0, 0, -1, 1, 1}, {0, 0, 0, 0, 0}});
  add(elementwise("pow", 2, {}), {{0, 0, 0, 2, 1}, {0, 1, 2, 0, 0}},
      {{0, 1, 0, 0, 0}, {0, 0, 0, 0.6931471805599453, 0}});
  for (const char *kind : {"max", "min"})
    add({std::string("reduce_") + kind,
         {"tensor<2x4xf64>"},
         "tensor<2xf64>",
         std::string("%r = dlc.reduce %a0 {kind = #dlc.reduce_kind<") + kind +
             ">, dims = array<i64: 1>, order = #dlc.order<lanes>} : (tensor<2x4xf64>) -> tensor<2xf64>"},
        {{3, 3, 3, 3, 1, 1, 1, 1}}, {{0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25}});
  add({"reduce_window_max",
       {"tensor<4xf64>"},
       "tensor<2xf64>",
       R"(%r = dlc.reduce_window %a0 {kind = #dlc.reduce_kind<max>, window = array<i64: 2>, strides = array<i64: 2>,
            low = array<i64: 0>, high = array<i64: 0>} : (tensor<4xf64>) -> tensor<2xf64>)"},
      {{5, 5, 2, 2}}, {{1, 0, 1, 0}});
  add({"reduce_prod_of_zeros",
       {"tensor<2x3xf64>"},
       "tensor<2xf64>",
       R"(%r = dlc.reduce %a0 {kind = #dlc.reduce_kind<prod>, dims = array<i64: 1>, order = #dlc.order<lanes>}
            : (tensor<2x3xf64>) -> tensor<2xf64>)"},
      {{0, 2, 3, 0, 0, 5}}, {{6, 0, 0, 0, 0, 0}});
  return cases;
}

std::vector<GradientCase> gradientCases() {
  std::vector<GradientCase> cases;
  addElementwise(cases);
  addComplex(cases);
  addRows(cases);
  addShape(cases);
  addReductions(cases);
  addContractions(cases);
  addOrder(cases);
  addComposites(cases);
  return cases;
}

} // namespace dlc
