// What the machine can do at best: multiply-adds on registers, and bytes to and from main memory. `limits <threads>`
// prints one line of JSON per limit. A limit is the best of several short runs: whatever else runs can only take away
// from it.

#if defined(__x86_64__)
#include <immintrin.h>
#endif
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <thread>
#include <vector>

namespace {

#if defined(__AVX512F__)
constexpr size_t kWidth = 64;
#elif defined(__AVX__)
constexpr size_t kWidth = 32;
#else
constexpr size_t kWidth = 16;
#endif

template <typename T>
struct Of {
  typedef T Vector __attribute__((vector_size(kWidth)));
};
using Floats = Of<float>::Vector;

constexpr int kRuns = 20;
constexpr double kRunSeconds = 0.004;
constexpr size_t kHugePage = size_t{2} << 20;

// More chains than an FMA unit's latency times two units need, and few enough for 16 registers.
constexpr int kChains = 12;
constexpr int kLinks = 1000;

volatile float one = 1;

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/** The rate of all threads together, each of which does `work`, with its number, over and over: amounts per second. */
double rate(int threads, const std::function<double(int)>& work) {
  std::atomic<int> waiting{threads};
  std::vector<double> rates(threads);
  const auto run = [&](int thread) {
    work(thread);
    waiting--;
    while (waiting > 0) {
    }
    double done = 0;
    const double start = now();
    double end = start;
    do {
      done += work(thread);
      end = now();
    } while (end < start + kRunSeconds);
    rates[thread] = done / (end - start);
  };
  std::vector<std::thread> others;
  for (int i = 1; i < threads; i++) others.emplace_back(run, i);
  run(0);
  for (std::thread& other : others) other.join();
  double sum = 0;
  for (const double each : rates) sum += each;
  return sum;
}

void report(const char* name, const char* unit, int threads, const std::function<double(int)>& work) {
  double best = 0;
  for (int i = 0; i < kRuns; i++) best = std::max(best, rate(threads, work));
  std::printf("{\"name\":\"%s\",\"value\":%.6g,\"unit\":\"%s\"}\n", name, best / 1e9, unit);
}

// Chains of multiply-adds that depend on nothing but themselves. Returns their floating-point operations. They start
// apart, since compilers calculate equal chains once.
template <typename T>
double multiplyAdd(int) {
  using Vector = typename Of<T>::Vector;
  const Vector factor = Vector{} + static_cast<T>(one), term = Vector{} + static_cast<T>(one);
  Vector chains[kChains];
  for (int i = 0; i < kChains; i++) chains[i] = Vector{} + static_cast<T>(i);
  for (int link = 0; link < kLinks; link++) {
#pragma GCC unroll 12
    for (int i = 0; i < kChains; i++) chains[i] = chains[i] * factor + term;
  }
  for (Vector& chain : chains) asm volatile("" : : "m"(chain));
  return 2.0 * kChains * kLinks * (kWidth / sizeof(T));
}

/** A store that passes the caches by, where the machine has one. */
inline void stream(Floats* to, Floats value) {
#if defined(__AVX512F__)
  _mm512_stream_ps(reinterpret_cast<float*>(to), value);
#elif defined(__AVX__)
  _mm256_stream_ps(reinterpret_cast<float*>(to), value);
#elif defined(__x86_64__)
  _mm_stream_ps(reinterpret_cast<float*>(to), value);
#else
  *to = value;
#endif
}

inline void store(Floats* to, Floats value) { *to = value; }

using Store = void (*)(Floats*, Floats);

/** One thread's share of three arrays. */
struct Arrays {
  Floats *a, *b, *c;
  size_t count;

  double bytes(int touched) const { return static_cast<double>(touched) * count * sizeof(Floats); }
};

double readAll(const Arrays& of) {
  Floats sums[8] = {};
  for (size_t i = 0; i < of.count; i += 8) {
#pragma GCC unroll 8
    for (size_t j = 0; j < 8; j++) sums[j] += of.a[i + j];
  }
  for (Floats& sum : sums) asm volatile("" : : "m"(sum));
  return of.bytes(1);
}

// A product, since compilers make a call of memcpy out of a bare copy; the traffic is the same.
template <Store put>
double copyAll(const Arrays& of) {
  const float factor = one;
  for (size_t i = 0; i < of.count; i++) put(of.b + i, of.a[i] * factor);
  return of.bytes(2);
}

template <Store put>
double triadAll(const Arrays& of) {
  const float factor = one;
  for (size_t i = 0; i < of.count; i++) put(of.c + i, of.a[i] + factor * of.b[i]);
  return of.bytes(3);
}

double updateAll(const Arrays& of) {
  const float factor = one;
  for (size_t i = 0; i < of.count; i++) of.a[i] *= factor;
  return of.bytes(2);
}

/** Bytes of the last cache as Linux says, elsewhere a usual size. */
size_t cacheBytes() {
  size_t kilobytes = 0;
  if (std::FILE* file = std::fopen("/sys/devices/system/cpu/cpu0/cache/index3/size", "r")) {
    if (std::fscanf(file, "%zuK", &kilobytes) != 1) kilobytes = 0;
    std::fclose(file);
  }
  return kilobytes > 0 ? kilobytes << 10 : size_t{32} << 20;
}

/** Memory in huge pages where the system has them, so that no limit is one of address translation. */
Floats* allocate(size_t bytes) {
  void* memory = std::aligned_alloc(kHugePage, bytes);
  if (memory == nullptr) {
    std::fprintf(stderr, "no memory for %zu bytes\n", bytes);
    std::exit(1);
  }
#if defined(MADV_HUGEPAGE)
  madvise(memory, bytes, MADV_HUGEPAGE);
#endif
  return static_cast<Floats*>(memory);
}

/**
 * The arrays of every thread, together far larger than the caches; each is first touched by the thread that uses it.
 */
std::vector<Arrays> makeArrays(int threads) {
  const size_t bytes = (4 * cacheBytes() / threads / kHugePage + 1) * kHugePage;
  std::vector<Arrays> all(threads);
  const auto make = [bytes](Arrays& of) {
    of = {allocate(bytes), allocate(bytes), allocate(bytes), bytes / sizeof(Floats)};
    for (Floats* array : {of.a, of.b, of.c}) std::fill(array, array + of.count, Floats{});
  };
  std::vector<std::thread> others;
  for (Arrays& of : all) others.emplace_back(make, std::ref(of));
  for (std::thread& other : others) other.join();
  return all;
}

}  // namespace

int main(int count, char** words) {
  const int threads = count == 2 ? std::atoi(words[1]) : 0;
  if (threads < 1) {
    std::fprintf(stderr, "limits <threads>\n");
    return 1;
  }
  std::printf("{\"name\":\"last cache\",\"value\":%.6g,\"unit\":\"MB\"}\n", static_cast<double>(cacheBytes()) / 1e6);
  report("FMA float32", "GFLOP/s", threads, multiplyAdd<float>);
  report("FMA float64", "GFLOP/s", threads, multiplyAdd<double>);
  const std::vector<Arrays> arrays = makeArrays(threads);
  const auto bandwidth = [&](const char* name, double (*walk)(const Arrays&)) {
    report(name, "GB/s", threads, [&](int thread) { return walk(arrays[thread]); });
  };
  bandwidth("read", readAll);
  bandwidth("update in place", updateAll);
  bandwidth("copy", copyAll<store>);
  bandwidth("copy, streaming stores", copyAll<stream>);
  bandwidth("triad", triadAll<store>);
  bandwidth("triad, streaming stores", triadAll<stream>);
}
