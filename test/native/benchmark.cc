// Nanoseconds per element over 4096 elements that stay in the first-level cache.
#include <chrono>

#include "check.h"

namespace dyngrad::test {
namespace {

template <class T>
double nanoseconds(const char* name, T low, T high) {
  constexpr std::int64_t kCount = 4096;
  static T a[8 * kCount], b[8 * kCount], out[kCount];  // room for casts from wider types
  for (int i = 0; i < kCount; ++i) a[i] = low + (high - low) * static_cast<T>(i) / kCount, b[i] = static_cast<T>(1.5);
  const PointwiseKernel kernel = find(name, kDType<T>);
  const Source sources[3] = {{a, 1}, {b, 1}, {b, 1}};
  double best = 1e30;
  for (int trial = 0; trial < 30; ++trial) {
    const auto start = std::chrono::steady_clock::now();
    for (int repeat = 0; repeat < 20; ++repeat) kernel(out, sources, kCount);
    const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - start;
    if (time.count() / (20 * kCount) < best) best = time.count() / (20 * kCount);
  }
  return best;
}

}  // namespace

void benchmark() {
  const char* names[] = {"add", "mul", "div",       "sqrt",         "maximum",      "eq",         "where",
                         "exp", "log", "log1p",     "expm1",        "tanh",         "sigmoid",    "erf",
                         "sin", "pow", "remainder", "cast.float32", "cast.float64", "cast.int32", "cast.int64"};
  for (const char* name : names)
    std::printf("%-9s %-12s float32 %.3f ns  float64 %.3f ns\n", table().isa, name, nanoseconds<float>(name, 0.1f, 10),
                nanoseconds<double>(name, 0.1, 10));
}

}  // namespace dyngrad::test
