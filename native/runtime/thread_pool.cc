#include "runtime/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <new>
#include <thread>

#include "runtime/cpu_count.h"

namespace dyngrad {
namespace {

// Long enough for the next launch of a training step to find the threads awake, short enough to leave a busy machine
// alone.
constexpr std::chrono::microseconds kSpin{20};

void pauseCpu() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Waits until `value` is no longer `old`.
template <class T>
void waitWhile(const std::atomic<T>& value, T old) {
  const auto limit = std::chrono::steady_clock::now() + kSpin;
  do {
    for (int i = 0; i < 32; ++i) {
      if (value.load(std::memory_order_acquire) != old) return;
      pauseCpu();
    }
  } while (std::chrono::steady_clock::now() < limit);
  value.wait(old, std::memory_order_acquire);
}

// The right to give the pool a job, if nobody has it. (A mutex's try_lock would ask for glibc 2.34.)
struct Turn {
  explicit Turn(std::atomic<bool>& flag) : busy(flag), taken(!flag.exchange(true, std::memory_order_acquire)) {}
  ~Turn() {
    if (taken) busy.store(false, std::memory_order_release);
  }
  Turn(const Turn&) = delete;

  std::atomic<bool>& busy;
  const bool taken;
};

class ThreadPool {
 public:
  void run(std::int64_t count, std::int64_t grain, PartFunction f, void* context, int threads);

 private:
  void work(int number);
  void takeChunks();
  bool takeChunk();
  void ensureThreads(int count);

  std::atomic<bool> busy_{false};
  int started_ = 0;  // guarded by busy_

  // The job. Its fields change only while no chunk is left, and `ticket_` says that: generation above, chunks left
  // below. A thread that claims a chunk by compare-and-swap therefore has read the fields of that same job.
  std::atomic<PartFunction> function_{nullptr};
  std::atomic<void*> context_{nullptr};
  std::atomic<std::int64_t> count_{0}, grain_{0};
  std::atomic<std::uint64_t> ticket_{0};
  std::atomic<int> unfinished_{0};
  std::atomic<bool> failed_{false};
  std::atomic<int> helpers_{0};  // threads with lower numbers take part
  std::atomic<int> signal_{0};   // changes with every job
};

thread_local bool insideJob = false;
thread_local int mostThreads = kMaxThreads;

bool ThreadPool::takeChunk() {
  std::uint64_t ticket = ticket_.load(std::memory_order_acquire);
  PartFunction function;
  void* context;
  std::int64_t count, grain;
  do {
    if ((ticket & 0xffffffffu) == 0) return false;
    function = function_.load(std::memory_order_relaxed);
    context = context_.load(std::memory_order_relaxed);
    count = count_.load(std::memory_order_relaxed);
    grain = grain_.load(std::memory_order_relaxed);
  } while (!ticket_.compare_exchange_weak(ticket, ticket - 1, std::memory_order_acq_rel, std::memory_order_acquire));
  const std::int64_t chunks = (count + grain - 1) / grain;
  const std::int64_t begin = (chunks - static_cast<std::int64_t>(ticket & 0xffffffffu)) * grain;
  try {
    function(context, begin, std::min(begin + grain, count));
  } catch (...) {
    failed_.store(true, std::memory_order_relaxed);
  }
  if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1) unfinished_.notify_all();
  return true;
}

void ThreadPool::takeChunks() {
  insideJob = true;
  while (takeChunk()) {
  }
  insideJob = false;
}

void ThreadPool::work(int number) {
  int seen = 0;
  for (;;) {
    waitWhile(signal_, seen);
    seen = signal_.load(std::memory_order_acquire);
    if (number < helpers_.load(std::memory_order_relaxed)) takeChunks();
  }
}

void ThreadPool::ensureThreads(int count) {
  try {
    for (; started_ < count; ++started_) std::thread([this, number = started_] { work(number); }).detach();
  } catch (const std::exception&) {
    // The machine gives no more threads, or no memory for one; those that run do the work.
  }
}

void ThreadPool::run(std::int64_t count, std::int64_t grain, PartFunction f, void* context, int threads) {
  // Tickets count chunks in 32 bits.
  while (count / grain > 0x3fffffff) grain *= 2;
  const std::int64_t chunks = (count + grain - 1) / grain;
  const Turn turn(busy_);
  if (!turn.taken) return f(context, 0, count);
  const int helpers = static_cast<int>(std::min<std::int64_t>(threads, chunks)) - 1;
  ensureThreads(helpers);
  function_.store(f, std::memory_order_relaxed);
  context_.store(context, std::memory_order_relaxed);
  count_.store(count, std::memory_order_relaxed);
  grain_.store(grain, std::memory_order_relaxed);
  helpers_.store(helpers, std::memory_order_relaxed);
  failed_.store(false, std::memory_order_relaxed);
  unfinished_.store(static_cast<int>(chunks), std::memory_order_relaxed);
  const std::uint64_t generation = (ticket_.load(std::memory_order_relaxed) >> 32) + 1;
  ticket_.store(generation << 32 | static_cast<std::uint64_t>(chunks), std::memory_order_release);
  signal_.fetch_add(1, std::memory_order_release);
  signal_.notify_all();
  takeChunks();
  for (int left; (left = unfinished_.load(std::memory_order_acquire)) != 0;) waitWhile(unfinished_, left);
  if (failed_.load(std::memory_order_relaxed)) throw std::bad_alloc();
}

ThreadPool& pool() {
  static ThreadPool& instance = *new ThreadPool;
  return instance;
}

std::atomic<int>& threadCount() {
  static std::atomic<int> count{defaultThreads(kMaxThreads)};
  return count;
}

}  // namespace

int numThreads() { return std::min(threadCount().load(std::memory_order_relaxed), mostThreads); }

void setNumThreads(int count) { threadCount().store(count, std::memory_order_relaxed); }

SpareCpu::SpareCpu() {
  static const int cpus = availableCpus();
  mostThreads = std::max(cpus - 1, 1);
}

SpareCpu::~SpareCpu() { mostThreads = kMaxThreads; }

void parallelFor(std::int64_t count, std::int64_t grain, PartFunction f, void* context) {
  if (count <= 0) return;
  const int threads = numThreads();
  if (threads == 1 || count <= grain || insideJob) return f(context, 0, count);
  pool().run(count, grain, f, context, threads);
}

}  // namespace dyngrad
