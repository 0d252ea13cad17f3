//===- ErrorRecordTest.cpp - Errors that depend on data -------------------===//
#include "lib/Runtime/ErrorRecord.h"

#include "gtest/gtest.h"
#include <thread>
#include <vector>

using namespace dlc;

TEST(ErrorRecordTest, LowestPositionThenElementWins) {
  ErrorRecord record;
  EXPECT_FALSE(record.isSet());
  record.report({5, 9, 1, 2});
  record.report({5, 3, 10, 11});
  record.report({6, 0, 12, 13});
  record.report({5, 3, 14, 15}); // Equal: the first stays.
  ASSERT_TRUE(record.isSet());
  EXPECT_EQ(record.get().position, 5);
  EXPECT_EQ(record.get().element, 3);
  EXPECT_EQ(record.get().index, 10);
  EXPECT_EQ(record.get().extent, 11);
  record.clear();
  EXPECT_FALSE(record.isSet());
  record.report({7, 7, 7, 7});
  EXPECT_EQ(record.get().position, 7);
}

TEST(ErrorRecordTest, RacingReportsKeepTheLowest) {
  for (int round = 0; round < 20; ++round) {
    ErrorRecord record;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&record, t] {
        for (int64_t i = 0; i < 2000; ++i) {
          int64_t key = (i * 7919 + t * 104729) % 10007;
          record.report({key / 100, key % 100, key, -key});
        }
      });
    for (std::thread &thread : threads)
      thread.join();
    int64_t lowest = INT64_MAX;
    for (int t = 0; t < 4; ++t)
      for (int64_t i = 0; i < 2000; ++i)
        lowest = std::min<int64_t>(lowest, (i * 7919 + t * 104729) % 10007);
    EXPECT_EQ(record.get().position, lowest / 100);
    EXPECT_EQ(record.get().element, lowest % 100);
    EXPECT_EQ(record.get().index, lowest);
    EXPECT_EQ(record.get().extent, -lowest);
  }
}
