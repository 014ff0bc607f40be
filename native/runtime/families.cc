// argReduce over all its rows, Adam over all its parameters, and random numbers with a state that is nobody else's while the kernel runs.
#include <algorithm>
#include <cstring>
#include <iterator>

#include "runtime/interpreter.h"
#include "runtime/thread_pool.h"

namespace dyngrad {

// The kernel takes rows along the last kept dim, as far as they go.
void runArgReduce(const ArgReduce& reduce) {
  if (reduce.rows == 0) return;
  const std::int64_t grain = std::max<std::int64_t>(kGrain / reduce.first.length, 1);
  const int last = reduce.rank - 1;
  const std::int64_t neighbours = last < 0 ? 1 : reduce.sizes[last];
  parallelFor(reduce.rows, grain, [&](std::int64_t begin, std::int64_t end) {
    ArgReduceLaunch launch = reduce.first;
    for (std::int64_t row = begin; row < end; row += launch.rows) {
      std::int64_t in = 0, out = 0, rest = row;
      for (int d = last; d >= 0; --d) {
        const std::int64_t index = rest % reduce.sizes[d];
        rest /= reduce.sizes[d];
        in += index * reduce.inStrides[d];
        out += index * reduce.outStrides[d];
      }
      launch.in = static_cast<const std::byte*>(reduce.first.in) + in * reduce.item;
      launch.out = reduce.first.out + out;
      launch.rows = std::min(neighbours - row % neighbours, end - row);
      reduce.kernel(launch);
    }
  });
}

// The state is bytes of a tensor: a copy is aligned, and neither the caller's nonsense nor an output that overlaps it
// can lead the kernel out of the array.
void runRandom(const Random& random) {
  GeneratorState generator;
  std::memcpy(&generator, random.state, sizeof generator);
  generator.index = std::min<std::uint32_t>(generator.index, std::size(generator.state));
  RandomLaunch launch = random.launch;
  launch.generator = &generator;
  random.kernel(launch);
  std::memcpy(random.state, &generator, sizeof generator);
}

namespace {

bool overlap(const void* a, std::int64_t aBytes, const void* b, std::int64_t bBytes) {
  const auto* first = static_cast<const std::byte*>(a);
  const auto* second = static_cast<const std::byte*>(b);
  return first < second + bBytes && second < first + aBytes;
}

// True when updating `a` touches what updating `b` reads or writes.
bool touches(const AdamTensors& a, const AdamTensors& b, std::int64_t item) {
  for (const void* written : {a.parameter, a.mean, a.square, a.largest})
    for (const void* other : {b.gradient, static_cast<const void*>(b.parameter), static_cast<const void*>(b.mean),
                              static_cast<const void*>(b.square), static_cast<const void*>(b.largest)})
      if (written && other && overlap(written, a.count * item, other, b.count * item)) return true;
  return false;
}

bool areApart(const Adam& adam) {
  for (int i = 0; i < adam.count; ++i)
    for (int j = 0; j < adam.count; ++j)
      if (i != j && touches(adam.tensors[i], adam.tensors[j], adam.item)) return false;
  return true;
}

}  // namespace

// Threads take parts of all parameters laid end to end, unless one is there twice.
void runAdam(const Adam& adam) {
  double options[kAdamOptions];
  std::memcpy(options, adam.options, sizeof options);
  AdamFactors factors[kMaxAdamTensors];
  std::int64_t total = 0;
  for (int t = 0; t < adam.count; ++t) {
    factors[t] = adam.begin(options, adam.form, adam.tensors[t].step);
    total += adam.tensors[t].count;
  }
  const auto update = [&](int t, std::int64_t begin, std::int64_t end) {
    adam.kernel(factors[t], adam.form, adam.tensors[t], begin, end);
  };
  if (total > kGrain && !areApart(adam)) {
    for (int t = 0; t < adam.count; ++t)
      parallelFor(adam.tensors[t].count, kGrain, [&](std::int64_t begin, std::int64_t end) { update(t, begin, end); });
    return;
  }
  parallelFor(total, kGrain, [&](std::int64_t begin, std::int64_t end) {
    std::int64_t start = 0;
    for (int t = 0; t < adam.count && start < end; ++t) {
      const std::int64_t next = start + adam.tensors[t].count;
      if (begin < next) update(t, std::max(begin, start) - start, std::min(end, next) - start);
      start = next;
    }
  });
}

}  // namespace dyngrad
