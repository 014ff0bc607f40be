// One pool of threads for the process, shared by all environments and never destroyed: an environment that ends, or
// the process, may do so while the threads sleep.
#pragma once

#include <cstdint>

#include "runtime/kernel_row.h"

namespace dyngrad {

inline constexpr int kMaxThreads = 256;

// Threads that a launch may use, its own included. At first DYNGRAD_NUM_THREADS, else the CPUs of the affinity mask as
// far as the control group's quota goes. Throws std::invalid_argument when that variable is no number in
// 1..kMaxThreads.
int numThreads();
void setNumThreads(int count);

// While one lives, numThreads() of its thread is less than the CPUs: what else the process has to do finds one free.
class SpareCpu {
 public:
  SpareCpu();
  ~SpareCpu();
  SpareCpu(const SpareCpu&) = delete;
};

// Calls f(begin, end) over [0, count) in pieces that begin at multiples of `grain`, from any number of threads at once.
// Inside another parallelFor, or while another environment has the pool, the calling thread does it all.
void parallelFor(std::int64_t count, std::int64_t grain, PartFunction f, void* context);

template <class F>
void parallelFor(std::int64_t count, std::int64_t grain, F&& f) {
  if (count <= grain) {
    if (count > 0) f(std::int64_t{0}, count);
    return;
  }
  parallelFor(
      count, grain,
      [](void* context, std::int64_t begin, std::int64_t end) { (*static_cast<F*>(context))(begin, end); }, &f);
}

}  // namespace dyngrad
