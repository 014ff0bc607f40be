// State of one environment (the main thread or a worker); Node deletes it with the environment.
#pragma once

#include "runtime/memo.h"

namespace dyngrad {

struct AddonData {
  const KernelTable& table;
  // Newer versions of Node hand out the memory of a SharedArrayBuffer as if it were an ArrayBuffer's.
  bool nodeTakesShared = true;
  Memos memos;

  explicit AddonData(const KernelTable& t) : table(t) {}
};

}  // namespace dyngrad
