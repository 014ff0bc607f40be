#include "runtime/cpu_count.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>

#if defined(__linux__)
#include <sched.h>
#endif

namespace dyngrad {
namespace {

int affinityCpus() {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  return static_cast<int>(std::thread::hardware_concurrency());
}

// The first two integers of a file, as far as it has them; returns how many.
int readIntegers(const char* path, std::int64_t (&values)[2]) {
  std::FILE* file = std::fopen(path, "r");
  if (file == nullptr) return 0;
  char text[64];
  const char* end = text + std::fread(text, 1, sizeof text, file);
  std::fclose(file);
  const char* at = text;
  int count = 0;
  for (; count < 2; ++count) {
    while (at != end && *at == ' ') ++at;
    const auto [next, error] = std::from_chars(at, end, values[count]);
    if (error != std::errc()) break;
    at = next;
  }
  return count;
}

int ceilDivide(std::int64_t quota, std::int64_t period) {
  return quota > 0 && period > 0 ? static_cast<int>(std::min<std::int64_t>((quota + period - 1) / period, 1 << 20)) : 0;
}

// CPUs' worth of time that the control group grants, 0 without a limit: version 2 has one file, version 1 two.
int quotaCpus() {
#if defined(__linux__)
  std::int64_t quota[2], period[2];
  if (readIntegers("/sys/fs/cgroup/cpu.max", quota) == 2) return ceilDivide(quota[0], quota[1]);
  if (readIntegers("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", quota) > 0 &&
      readIntegers("/sys/fs/cgroup/cpu/cpu.cfs_period_us", period) > 0)
    return ceilDivide(quota[0], period[0]);
#endif
  return 0;
}

}  // namespace

int availableCpus() {
  const int quota = quotaCpus();
  const int cpus = affinityCpus();
  return quota > 0 ? std::min(cpus, quota) : cpus;
}

int defaultThreads(int most) {
  if (const char* text = std::getenv("DYNGRAD_NUM_THREADS"); text != nullptr && *text != '\0') {
    int count = 0;
    const char* end = text + std::strlen(text);
    const auto [next, error] = std::from_chars(text, end, count);
    if (error != std::errc() || next != end || count < 1 || count > most)
      throw std::invalid_argument("DYNGRAD_NUM_THREADS must be a whole number in 1.." + std::to_string(most) +
                                  ", got '" + text + "'");
    return count;
  }
  return std::clamp(availableCpus(), 1, most);
}

}  // namespace dyngrad
