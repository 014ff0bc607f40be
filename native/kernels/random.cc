// Rows of random numbers: from the same seed the same values as PyTorch's CPU generator, function by function.
// What each function draws, and in which order, are facts about PyTorch 2.13 (ATen/native/cpu/DistributionTemplates.h).
#include "box_muller.h"
#include "mt19937.h"

namespace dyngrad::KERNEL_NS {
namespace {

void seedKernel(const RandomLaunch& launch) {
  seedState(*launch.generator, static_cast<std::uint32_t>(static_cast<std::int64_t>(launch.parameters[0])));
}

// ---- uniform ----

// x (high - low) + low in one rounding; where that rounds up to `high`, `low`.
template <class T>
void uniformKernel(const RandomLaunch& launch) {
  T* out = static_cast<T*>(launch.out);
  const T low = static_cast<T>(launch.parameters[0]), high = static_cast<T>(launch.parameters[1]);
  fillUnit(*launch.generator, out, launch.count);
  if (low == 0 && high == 1) return;
  const T range = high - low;
  for (std::int64_t i = 0; i < launch.count; ++i) {
    const T value = fused(out[i], range, low);
    out[i] = value == high ? low : value;
  }
}

// ---- normal ----

// Box-Muller in double; the sine waits in the generator for the next scalar normal, whatever its dtype.
double nextNormal(GeneratorState& generator) {
  if (generator.hasSpare) {
    generator.hasSpare = 0;
    return generator.spare;
  }
  const double first = nextUnitDouble(generator);
  const double second = nextUnitDouble(generator);
  const double radius = __builtin_sqrt(-2.0 * __builtin_log1p(-second));
  const double angle = 6.283185307179586 * first;
  generator.spare = radius * __builtin_sin(angle);
  generator.hasSpare = 1;
  return radius * __builtin_cos(angle);
}

// From 16 elements on, groups of 16 that neither use nor keep a spare; a tail is 16 fresh values in the last 16 places.
template <class T>
void normalKernel(const RandomLaunch& launch) {
  constexpr std::int64_t kGroup = 2 * kPairs;
  T* out = static_cast<T*>(launch.out);
  const double mean = launch.parameters[0], deviation = launch.parameters[1];
  if (launch.count < kGroup) {
    for (std::int64_t i = 0; i < launch.count; ++i)
      out[i] = static_cast<T>(fused(nextNormal(*launch.generator), deviation, mean));
    return;
  }
  const T centre = static_cast<T>(mean), scale = static_cast<T>(deviation);
  for (std::int64_t done = 0; done < launch.count; done += kWordBlock) {
    const std::int64_t n = launch.count - done < kWordBlock ? launch.count - done : kWordBlock;
    fillUnit(*launch.generator, out + done, n);
    for (std::int64_t i = 0; i + kGroup <= n; i += kGroup) boxMuller(out + done + i, centre, scale);
  }
  if (launch.count % kGroup != 0) {
    T* tail = out + launch.count - kGroup;
    fillUnit(*launch.generator, tail, kGroup);
    boxMuller(tail, centre, scale);
  }
}

// ---- integers ----

// PyTorch takes two words from a range of 2^28 on, where the skew of the remainder would reach 5 %.
constexpr std::uint64_t kWideRange = 1ull << 28;

template <class T>
void randintKernel(const RandomLaunch& launch) {
  GeneratorState& generator = *launch.generator;
  T* out = static_cast<T*>(launch.out);
  const auto low = static_cast<std::uint64_t>(static_cast<std::int64_t>(launch.parameters[0]));
  const std::uint64_t range = static_cast<std::uint64_t>(static_cast<std::int64_t>(launch.parameters[1])) - low;
  if (range == 0) {  // all 2^64 integers
    for (std::int64_t i = 0; i < launch.count; ++i) {
      out[i] = static_cast<T>(static_cast<std::int64_t>(nextWord64(generator)));
    }
    return;
  }
  if (range >= kWideRange) {
    for (std::int64_t i = 0; i < launch.count; ++i)
      out[i] = static_cast<T>(static_cast<std::int64_t>(nextWord64(generator) % range + low));
    return;
  }
  alignas(64) std::uint32_t words[kWordBlock];
  const auto narrow = static_cast<std::uint32_t>(range);
  for (std::int64_t done = 0; done < launch.count; done += kWordBlock) {
    const std::int64_t n = launch.count - done < kWordBlock ? launch.count - done : kWordBlock;
    nextWords(generator, words, n);
    for (std::int64_t i = 0; i < n; ++i)
      out[done + i] = static_cast<T>(static_cast<std::int64_t>(words[i] % narrow + low));
  }
}

// Below this count PyTorch shuffles forward with one word per exchange, above it inside-out with two.
constexpr std::int64_t kShortPermutation = 0xffffffffll / 20;

template <class T>
void randpermKernel(const RandomLaunch& launch) {
  GeneratorState& generator = *launch.generator;
  T* out = static_cast<T*>(launch.out);
  const std::int64_t n = launch.count;
  if (n >= kShortPermutation) {
    for (std::int64_t i = 0; i < n; ++i) {
      const auto j = static_cast<std::int64_t>(nextWord64(generator) % static_cast<std::uint64_t>(i + 1));
      out[i] = static_cast<T>(i);
      out[i] = out[j];
      out[j] = static_cast<T>(i);
    }
    return;
  }
  for (std::int64_t i = 0; i < n; ++i) out[i] = static_cast<T>(i);
  for (std::int64_t i = 0; i < n - 1; ++i) {
    T& other = out[i + nextWord(generator) % static_cast<std::uint32_t>(n - i)];
    const T kept = out[i];
    out[i] = other;
    other = kept;
  }
}

// ---- bernoulli ----

template <class T>
void bernoulliScalar(const RandomLaunch& launch) {
  T* out = static_cast<T*>(launch.out);
  alignas(64) double unit[kWordBlock];
  for (std::int64_t done = 0; done < launch.count; done += kWordBlock) {
    const std::int64_t n = launch.count - done < kWordBlock ? launch.count - done : kWordBlock;
    fillUnit(*launch.generator, unit, n);
    for (std::int64_t i = 0; i < n; ++i) out[done + i] = static_cast<T>(unit[i] < launch.parameters[0]);
  }
}

template <class T>
void bernoulliElements(const RandomLaunch& launch) {
  T* out = static_cast<T*>(launch.out);
  const T* p = static_cast<const T*>(launch.elements);
  alignas(64) T unit[kWordBlock];
  for (std::int64_t done = 0; done < launch.count; done += kWordBlock) {
    const std::int64_t n = launch.count - done < kWordBlock ? launch.count - done : kWordBlock;
    fillUnit(*launch.generator, unit, n);
    for (std::int64_t i = 0; i < n; ++i) out[done + i] = static_cast<T>(unit[i] < p[done + i]);
  }
}

// One p for all compares in double. A p per element compares in its own dtype: float32 draws one word, float64 two.
template <class T>
void bernoulliKernel(const RandomLaunch& launch) {
  if constexpr (kIsFloat<T>) {
    if (launch.elements) return bernoulliElements<T>(launch);
  }
  bernoulliScalar<T>(launch);
}

// ---- rows: float32, float64, int32, int64, uint8, bool ----

constexpr RandomRow kRows[] = {
    {"seed", {seedKernel, seedKernel, seedKernel, seedKernel, seedKernel, seedKernel}},
    {"uniform", {uniformKernel<float>, uniformKernel<double>}},
    {"normal", {normalKernel<float>, normalKernel<double>}},
    {"randint",
     {randintKernel<float>, randintKernel<double>, randintKernel<std::int32_t>, randintKernel<std::int64_t>,
      randintKernel<std::uint8_t>, randintKernel<bool>}},
    {"randperm",
     {randpermKernel<float>, randpermKernel<double>, randpermKernel<std::int32_t>, randpermKernel<std::int64_t>,
      randpermKernel<std::uint8_t>}},
    {"bernoulli",
     {bernoulliKernel<float>, bernoulliKernel<double>, bernoulliKernel<std::int32_t>, bernoulliKernel<std::int64_t>,
      bernoulliKernel<std::uint8_t>, bernoulliKernel<bool>}},
};

}  // namespace

KernelRows randomRows() { return {.random = kRows}; }

}  // namespace dyngrad::KERNEL_NS
