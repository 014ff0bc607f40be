// Remembers decoded launches. Eager code runs few of them, again and again with other buffers: then only what lies
// where is checked anew.
#pragma once

#include <memory>

#include "runtime/prepared.h"

namespace dyngrad {

class Memos {
 public:
  // Decodes a launch or finds it decoded; throws Malformed like decode(). The result is valid until the next call.
  Prepared& prepare(const KernelTable& table, const Buffer& words, const Buffer* buffers, int bufferCount);

 private:
  // Longer descriptors are rare.
  static constexpr int kMostWords = 160;
  // A step of 25 launches would have two in one place of 256 more often than not, and each of them would forget the
  // other: an eager step of a small network then took 86 or 113 us instead of 63.
  static constexpr int kSetBits = 8, kWays = 4;

  struct Memo {
    int length = 0;  // in words; 0 where nothing is remembered
    double words[kMostWords];
    Prepared prepared;
  };

  struct Set {
    std::unique_ptr<Memo> ways[kWays];
    int oldest = 0;
  };

  Set& setOf(const double* words, int length);

  Set sets_[1 << kSetBits];
  Prepared other_;
};

}  // namespace dyngrad
