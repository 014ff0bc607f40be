// Remembers decoded launches and their plans. Eager code runs few expressions, again and again with other buffers: then only
// what lies where is checked anew.
#pragma once

#include <memory>

#include "runtime/plan.h"

namespace dyngrad {

// A decoded launch and the memory for its plan.
struct Prepared {
  Launch launch;
  Plan plan;
};

class Memos {
 public:
  // Decodes a launch or finds it decoded; throws Malformed like decode(). The result is valid until the next call.
  Prepared& prepare(const KernelTable& table, const Buffer& words, const Buffer* buffers, int bufferCount);

 private:
  // Longer descriptors are rare; the scratch that JavaScript writes anew for each launch is longer, too.
  static constexpr int kMostWords = 160;
  static constexpr int kMemoBits = 7;

  struct Memo {
    std::int64_t bytes = 0;
    double words[kMostWords];
    Prepared prepared;
  };

  Memo* memoOf(const Buffer& words, int bufferCount);
  static bool recalls(const Memo& memo, const Buffer& words, int bufferCount);

  std::unique_ptr<Memo> memos_[1 << kMemoBits];
  Prepared other_;
};

}  // namespace dyngrad
