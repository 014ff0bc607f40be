// Remembers decoded launches. Eager code runs few of them, again and again with other buffers: then only what lies where is checked
// anew.
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
  static constexpr int kMemoBits = 8;

  struct Memo {
    int length = 0;  // in words; 0 where nothing is remembered
    double words[kMostWords];
    Prepared prepared;
  };

  Memo& memoOf(const double* words, int length);

  std::unique_ptr<Memo> memos_[1 << kMemoBits];
  Prepared other_;
};

}  // namespace dyngrad
