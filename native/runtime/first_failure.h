// The lowest failing status of several threads.
#pragma once

#include <atomic>

namespace dyngrad {

// A status is 1 + the number of the instruction that failed, 0 where none did; the lowest instruction wins.
inline int firstFailure(int a, int b) { return a == 0 || (b != 0 && b < a) ? b : a; }

class FirstFailure {
 public:
  void add(int status) {
    if (status == 0) return;
    int known = status_.load(std::memory_order_relaxed);
    while (!status_.compare_exchange_weak(known, firstFailure(known, status), std::memory_order_relaxed)) {
    }
  }
  int status() const { return status_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int> status_{0};
};

}  // namespace dyngrad
