//===- ProgramHostileTest.cpp - Damaged programs --------------------------===//
//
// Whatever the bytes, loading and running a program ends in a Status, never in a crash. Run under DLC_SANITIZE to see
// silent overruns too.
//
//===----------------------------------------------------------------------===//
#include "ProgramTrial.h"

#include "gtest/gtest.h"

using namespace dlc::test;

TEST(ProgramHostileTest, TheRichProgramRuns) {
  ProgramTrial trial;
  trial(makeRichProgram());
  EXPECT_EQ(trial.ran, 1);
}

TEST(ProgramHostileTest, EveryFlippedByteEndsInAStatus) {
  std::string good = makeRichProgram();
  ProgramTrial trial;
  for (size_t i = 0; i < good.size(); ++i)
    for (unsigned char flip : {0x01, 0x40, 0x80, 0xff}) {
      std::string bytes = good;
      bytes[i] = static_cast<char>(bytes[i] ^ flip);
      trial(bytes);
    }
  EXPECT_GT(trial.refused, 1000);
  EXPECT_GT(trial.ran, 100);
}

TEST(ProgramHostileTest, EveryTruncationIsRefused) {
  std::string good = makeRichProgram();
  ProgramTrial trial;
  for (size_t size = 0; size < good.size(); ++size)
    trial(good.substr(0, size));
  EXPECT_EQ(trial.refused, static_cast<int>(good.size()));
  trial(good + '\0');
  EXPECT_EQ(trial.refused, static_cast<int>(good.size()) + 1);
}

TEST(ProgramHostileTest, RandomWordsEndInAStatus) {
  std::string good = makeRichProgram();
  ProgramTrial trial;
  uint64_t state = 1;
  for (int round = 0; round < 20000; ++round) {
    std::string bytes = good;
    for (int change = 0; change < 3; ++change) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      size_t at = (state >> 33) % (bytes.size() / 4) * 4;
      static const int32_t values[] = {0, 1, -1, 2, 3, 64, INT32_MAX, INT32_MIN, 8, 1000};
      int32_t value = values[(state >> 20) % 10];
      memcpy(&bytes[at], &value, 4);
    }
    trial(bytes);
  }
  EXPECT_GT(trial.refused, 1000);
}
