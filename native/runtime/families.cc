// argReduce over all its rows, and random numbers with a state that is nobody else's while the kernel runs.
#include <algorithm>
#include <cstring>
#include <iterator>

#include "runtime/interpreter.h"
#include "runtime/thread_pool.h"

namespace dyngrad {

void runArgReduce(const ArgReduce& reduce) {
  if (reduce.rows == 0) return;
  const std::int64_t grain = std::max<std::int64_t>(kGrain / reduce.first.length, 1);
  parallelFor(reduce.rows, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      std::int64_t in = 0, out = 0, rest = row;
      for (int d = reduce.rank - 1; d >= 0; --d) {
        const std::int64_t index = rest % reduce.sizes[d];
        rest /= reduce.sizes[d];
        in += index * reduce.inStrides[d];
        out += index * reduce.outStrides[d];
      }
      ArgReduceLaunch launch = reduce.first;
      launch.in = static_cast<const std::byte*>(launch.in) + in * reduce.item;
      launch.out += out;
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

}  // namespace dyngrad
