#include "runtime/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <new>
#include <thread>

#include "check.h"
#include "runtime/cpu_count.h"

namespace dyngrad::test {
namespace {

// Every index exactly once, chunks at multiples of the grain.
void checkCover(std::int64_t count, std::int64_t grain) {
  std::vector<std::atomic<int>> visits(static_cast<std::size_t>(count));
  std::atomic<bool> aligned{true};
  parallelFor(count, grain, [&](std::int64_t begin, std::int64_t end) {
    if (begin % grain != 0) aligned = false;
    for (std::int64_t i = begin; i < end; ++i) ++visits[static_cast<std::size_t>(i)];
  });
  bool once = true;
  for (const auto& visit : visits) once &= visit == 1;
  expect(once && aligned, "parallelFor covers " + std::to_string(count) + " by " + std::to_string(grain));
}

void checkNested() {
  std::atomic<std::int64_t> sum{0};
  parallelFor(50, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i)
      parallelFor(100, 7, [&](std::int64_t from, std::int64_t to) { sum += to - from; });
  });
  expect(sum == 5000, "nested parallelFor");
}

void checkFailure() {
  bool thrown = false;
  try {
    parallelFor(100, 1, [](std::int64_t begin, std::int64_t end) {
      if (begin <= 57 && 57 < end) throw std::bad_alloc();
    });
  } catch (const std::bad_alloc&) {
    thrown = true;
  }
  expect(thrown, "a failure in a chunk reaches the caller");
}

void checkSpareCpu() {
  const int threads = numThreads();
  setNumThreads(kMaxThreads);
  {
    const SpareCpu spare;
    expect(numThreads() == std::max(availableCpus() - 1, 1), "a thread with SpareCpu has a thread fewer than CPUs");
    std::thread([] { expect(numThreads() == kMaxThreads, "SpareCpu is one thread's"); }).join();
    setNumThreads(1);
    expect(numThreads() == 1, "SpareCpu adds no threads");
    setNumThreads(kMaxThreads);
  }
  expect(numThreads() == kMaxThreads, "SpareCpu ends");
  setNumThreads(threads);
}

void checkConcurrent() {
  std::vector<std::thread> callers;
  for (int c = 0; c < 4; ++c)
    callers.emplace_back([c] {
      for (int i = 0; i < 300; ++i) {
        checkCover(1 + i * 7 % 500, 1 + (i + c) % 9);
        if (i % 50 == 0) setNumThreads(1 + (i / 50 + c) % 5);
      }
    });
  for (std::thread& caller : callers) caller.join();
}

}  // namespace

void testThreadPool() {
  for (int threads : {1, 2, 5, 2}) {
    setNumThreads(threads);
    for (std::int64_t count : {0, 1, 2, 100, 1000})
      for (std::int64_t grain : {1, 3, 100, 5000}) checkCover(count, grain);
    checkNested();
    checkFailure();
  }
  checkSpareCpu();
  checkConcurrent();
}

}  // namespace dyngrad::test
