// Tensors, extents and files through the C ABI.
#include "dlc-c/dlc.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace {

/// The message of a failure, which is released.
std::string messageOf(dlc_status *status, dlc_status_kind kind) {
  EXPECT_EQ(dlc_status_get_kind(status), kind);
  std::string message = dlc_status_message(status);
  dlc_status_release(status);
  return message;
}

TEST(TensorTest, HasTypeShapeAndAlignedMemory) {
  int64_t dims[2] = {3, 5};
  dlc_tensor *tensor = nullptr;
  ASSERT_EQ(dlc_tensor_create(DLC_F32, 2, dims, &tensor), nullptr);
  EXPECT_EQ(dlc_tensor_dtype(tensor), DLC_F32);
  EXPECT_EQ(dlc_tensor_rank(tensor), 2u);
  EXPECT_EQ(dlc_tensor_dims(tensor)[1], 5);
  EXPECT_EQ(dlc_tensor_bytes(tensor), 60u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(dlc_tensor_data(tensor)) % 64, 0u);
  dlc_tensor_retain(tensor);
  dlc_tensor_release(tensor);
  dlc_tensor_release(tensor);
}

TEST(TensorTest, ForeignMemoryIsReleasedOnce) {
  int released = 0;
  float data[2] = {1, 2};
  int64_t dims[1] = {2};
  dlc_tensor *tensor = nullptr;
  auto release = [](void *context) { ++*static_cast<int *>(context); };
  ASSERT_EQ(dlc_tensor_wrap(data, DLC_F32, 1, dims, release, &released, &tensor), nullptr);
  EXPECT_EQ(dlc_tensor_data(tensor), data);
  EXPECT_EQ(released, 0);
  dlc_tensor_release(tensor);
  EXPECT_EQ(released, 1);
}

TEST(TensorTest, RefusesWhatIsNoTensor) {
  int64_t negative[1] = {-1}, huge[3] = {int64_t(1) << 40, int64_t(1) << 40, 2}, many[20] = {};
  dlc_tensor *tensor = nullptr;
  EXPECT_NE(messageOf(dlc_tensor_create(DLC_F32, 1, negative, &tensor), DLC_VALUE_ERROR).find("expected extents"),
            std::string::npos);
  EXPECT_NE(messageOf(dlc_tensor_create(DLC_F32, 3, huge, &tensor), DLC_VALUE_ERROR).find("fits memory"),
            std::string::npos);
  EXPECT_NE(messageOf(dlc_tensor_create(DLC_F32, 20, many, &tensor), DLC_VALUE_ERROR).find("rank of at most 16"),
            std::string::npos);
  float data[1];
  EXPECT_NE(messageOf(dlc_tensor_wrap(data, DLC_F32, 1, negative, nullptr, nullptr, &tensor), DLC_VALUE_ERROR)
                .find("expected extents"),
            std::string::npos);
  EXPECT_NE(messageOf(dlc_tensor_create(99, 0, many, &tensor), DLC_TYPE_ERROR).find("element type below"),
            std::string::npos);
}

TEST(TensorTest, ExtentsArePolynomials) {
  char text[64];
  ASSERT_EQ(dlc_dim_combine('*', "B", "2", text, sizeof(text)), nullptr);
  EXPECT_STREQ(text, "2*B");
  ASSERT_EQ(dlc_dim_combine('-', "2*B + 1", "2*B", text, sizeof(text)), nullptr);
  EXPECT_STREQ(text, "1");
  ASSERT_EQ(dlc_dim_combine('/', "4*B", "2", text, sizeof(text)), nullptr);
  EXPECT_STREQ(text, "2*B");
  EXPECT_NE(messageOf(dlc_dim_combine('/', "4", "B", text, sizeof(text)), DLC_VALUE_ERROR).find("positive constant"),
            std::string::npos);
  EXPECT_NE(messageOf(dlc_dim_combine('+', "B +", "1", text, sizeof(text)), DLC_VALUE_ERROR).find("'B +'"),
            std::string::npos);
  EXPECT_NE(messageOf(dlc_dim_combine('+', "Batch", "1", text, 3), DLC_VALUE_ERROR).find("fewer than 3"),
            std::string::npos);
}

TEST(TensorTest, MissingFilesAreNamed) {
  dlc_tensor_file *file = nullptr;
  EXPECT_NE(messageOf(dlc_tensor_file_open("/no/such.safetensors", &file), DLC_IO_ERROR).find("/no/such.safetensors"),
            std::string::npos);
  dlc_program *program = nullptr;
  EXPECT_NE(messageOf(dlc_program_open("/no/such.dlc", &program), DLC_IO_ERROR).find("/no/such.dlc"),
            std::string::npos);
}

} // namespace
