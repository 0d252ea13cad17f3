//===- BufferTest.cpp - Shared, aligned memory ----------------------------===//
#include "lib/Runtime/Buffer.h"

#include "gtest/gtest.h"
#include <cstring>
#include <thread>
#include <vector>

using namespace dlc;

TEST(BufferTest, AllocatesAligned) {
  for (size_t bytes : {size_t(0), size_t(1), size_t(63), size_t(64), size_t(100000)}) {
    Buffer buffer;
    ASSERT_TRUE(Buffer::allocate(bytes, buffer).isOk());
    EXPECT_NE(buffer.data(), nullptr);
    EXPECT_TRUE(isBufferAligned(buffer.data()));
    EXPECT_EQ(buffer.size(), bytes);
    std::memset(buffer.data(), 0xab, bytes);
  }
}

TEST(BufferTest, AllocationFailureIsAStatus) {
  Buffer buffer;
  EXPECT_EQ(Buffer::allocate(SIZE_MAX, buffer).kind(), ErrorKind::Io);
  EXPECT_EQ(Buffer::allocate(SIZE_MAX / 2 - 4096, buffer).kind(), ErrorKind::Io);
  EXPECT_FALSE(buffer);
}

TEST(BufferTest, WrapReleasesOnceWithLastHandle) {
  int released = 0;
  char bytes[8];
  {
    Buffer copy;
    {
      Buffer buffer;
      ASSERT_TRUE(Buffer::wrap(bytes, 8, [](void *count) { ++*static_cast<int *>(count); }, &released, buffer).isOk());
      EXPECT_TRUE(buffer.isUnique());
      copy = buffer;
      EXPECT_FALSE(buffer.isUnique());
    }
    EXPECT_EQ(released, 0);
    EXPECT_EQ(copy.data(), bytes);
    Buffer moved = std::move(copy);
    EXPECT_TRUE(moved.isUnique());
  }
  EXPECT_EQ(released, 1);
}

TEST(BufferTest, HandlesMayBeSharedByThreads) {
  Buffer buffer;
  ASSERT_TRUE(Buffer::allocate(64, buffer).isOk());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([buffer] {
      for (int i = 0; i < 10000; ++i)
        Buffer copy = buffer;
    });
  for (std::thread &thread : threads)
    thread.join();
  threads.clear();
  EXPECT_TRUE(buffer.isUnique());
}
