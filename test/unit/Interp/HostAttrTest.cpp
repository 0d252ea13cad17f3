// Attributes and host tensors keep bits in both directions.
#include "lib/Interp/HostAttr.h"
#include "Modules.h"

#include "gtest/gtest.h"

#include <cmath>
#include <limits>

using namespace dlc;

TEST(HostAttr, elementsKeepTheirBits) {
  auto context = makeContext();
  context->loadAllAvailableDialects();
  mlir::Builder b(context.get());
  HostTensor x = floats({3}, {-0.0f, NAN, std::numeric_limits<float>::denorm_min()});
  auto attr = attrOf(x, mlir::RankedTensorType::get({3}, b.getF32Type()));
  mlir::OwningOpRef<mlir::ModuleOp> module = mlir::ModuleOp::create(b.getUnknownLoc());
  mlir::OpBuilder builder(module->getBodyRegion());
  auto constant = ConstantOp::create(builder, b.getUnknownLoc(), attr);
  llvm::SmallVector<HostTensor> outputs;
  ASSERT_TRUE(mlir::succeeded(evaluateOp(constant, {}, outputs)));
  EXPECT_EQ(std::memcmp(outputs[0].buffer.data(), x.buffer.data(), 12), 0);
}

TEST(HostAttr, boolsAndUnsigned) {
  auto context = makeContext();
  context->loadAllAvailableDialects();
  mlir::Builder b(context.get());
  HostTensor flags = tensorOf<uint8_t>(DType::Bool, {3}, {1, 0, 1});
  auto attr = attrOf(flags, mlir::RankedTensorType::get({3}, b.getI1Type()));
  EXPECT_EQ(llvm::to_vector(attr.getValues<bool>()), (llvm::SmallVector<bool>{true, false, true}));
  HostTensor bytes = tensorOf<uint8_t>(DType::U8, {2}, {255, 1});
  auto type = mlir::RankedTensorType::get({2}, mlir::IntegerType::get(context.get(), 8, mlir::IntegerType::Unsigned));
  EXPECT_EQ((*attrOf(bytes, type).getValues<llvm::APInt>().begin()).getZExtValue(), 255u);
}

TEST(HostAttr, scalars) {
  auto context = makeContext();
  mlir::Builder b(context.get());
  HostTensor minus = tensorOf(b.getIndexAttr(-3));
  EXPECT_EQ(*minus.data<int64_t>(), -3);
  EXPECT_EQ(mlir::cast<mlir::IntegerAttr>(scalarAttrOf(minus, b.getIndexType())).getInt(), -3);
  EXPECT_EQ(*tensorOf(b.getBoolAttr(true)).data<uint8_t>(), 1);
}
