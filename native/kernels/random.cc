// Rows of random numbers: from the same seed the same values as PyTorch's CPU generator, function by function.
// What each function draws, and in which order, are facts about PyTorch 2.13 (ATen/native/cpu/DistributionTemplates.h).
#include "box_muller.h"
#include "draw.h"

namespace dyngrad::KERNEL_NS {
namespace {

// ---- uniform ----

// x (high - low) + low in one rounding; where that rounds up to `high`, `low`.
template <class T>
void uniform(const Draw& draw) {
  T* out = static_cast<T*>(draw.out);
  const T low = static_cast<T>(draw.parameters[0]), high = static_cast<T>(draw.parameters[1]);
  fillUnit(draw.generator, out, draw.count);
  if (low == 0 && high == 1) return;
  const T range = high - low;
  for (std::int64_t i = 0; i < draw.count; ++i) {
    const T value = fused(out[i], range, low);
    out[i] = value == high ? low : value;
  }
}

// ---- normal ----

// From 16 elements on, groups of 16 that neither use nor keep a spare; a tail is 16 fresh values in the last 16 places.
template <class T>
void normal(const Draw& draw) {
  constexpr std::int64_t kGroup = 2 * kPairs;
  T* out = static_cast<T*>(draw.out);
  const double mean = draw.parameters[0], deviation = draw.parameters[1];
  if (draw.count < kGroup) {
    for (std::int64_t i = 0; i < draw.count; ++i)
      out[i] = static_cast<T>(fused(nextNormal(draw.generator), deviation, mean));
    return;
  }
  const T centre = static_cast<T>(mean), scale = static_cast<T>(deviation);
  for (std::int64_t done = 0; done < draw.count; done += kWordBlock) {
    const std::int64_t n = draw.count - done < kWordBlock ? draw.count - done : kWordBlock;
    fillUnit(draw.generator, out + done, n);
    for (std::int64_t i = 0; i + kGroup <= n; i += kGroup) boxMuller(out + done + i, centre, scale);
  }
  if (draw.count % kGroup != 0) {
    T* tail = out + draw.count - kGroup;
    fillUnit(draw.generator, tail, kGroup);
    boxMuller(tail, centre, scale);
  }
}

// ---- integers ----

// An integer in -2^63..2^63 modulo 2^64; a float64 of 2^63 is no int64.
std::uint64_t wordOf(double integer) {
  return integer < 0x1p63 ? static_cast<std::uint64_t>(static_cast<std::int64_t>(integer)) : std::uint64_t{1} << 63;
}

// The remainder of one word or of two; no word alone holds a range beyond 2^32.
template <class T>
void randint(const Draw& draw) {
  GeneratorState& generator = draw.generator;
  T* out = static_cast<T*>(draw.out);
  const std::uint64_t low = wordOf(draw.parameters[0]), range = wordOf(draw.parameters[1]) - low;
  if (range == 0) {  // all 2^64 integers
    for (std::int64_t i = 0; i < draw.count; ++i) {
      out[i] = static_cast<T>(static_cast<std::int64_t>(nextWord64(generator)));
    }
    return;
  }
  if (draw.integers[0] == 2 || range > 0xffffffffu) {
    for (std::int64_t i = 0; i < draw.count; ++i)
      out[i] = static_cast<T>(static_cast<std::int64_t>(nextWord64(generator) % range + low));
    return;
  }
  alignas(64) std::uint32_t words[kWordBlock];
  const auto narrow = static_cast<std::uint32_t>(range);
  for (std::int64_t done = 0; done < draw.count; done += kWordBlock) {
    const std::int64_t n = draw.count - done < kWordBlock ? draw.count - done : kWordBlock;
    nextWords(generator, words, n);
    for (std::int64_t i = 0; i < n; ++i)
      out[done + i] = static_cast<T>(static_cast<std::int64_t>(words[i] % narrow + low));
  }
}

// Below this count PyTorch shuffles forward with one word per exchange, above it inside-out with two.
constexpr std::int64_t kShortPermutation = 0xffffffffll / 20;

template <class T>
void randperm(const Draw& draw) {
  GeneratorState& generator = draw.generator;
  T* out = static_cast<T*>(draw.out);
  const std::int64_t n = draw.count;
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
void bernoulliScalar(const Draw& draw) {
  T* out = static_cast<T*>(draw.out);
  alignas(64) double unit[kWordBlock];
  for (std::int64_t done = 0; done < draw.count; done += kWordBlock) {
    const std::int64_t n = draw.count - done < kWordBlock ? draw.count - done : kWordBlock;
    fillUnit(draw.generator, unit, n);
    for (std::int64_t i = 0; i < n; ++i) out[done + i] = static_cast<T>(unit[i] < draw.parameters[0]);
  }
}

template <class T>
void bernoulliElements(const Draw& draw) {
  T* out = static_cast<T*>(draw.out);
  const T* p = static_cast<const T*>(draw.elements);
  alignas(64) T unit[kWordBlock];
  for (std::int64_t done = 0; done < draw.count; done += kWordBlock) {
    const std::int64_t n = draw.count - done < kWordBlock ? draw.count - done : kWordBlock;
    fillUnit(draw.generator, unit, n);
    for (std::int64_t i = 0; i < n; ++i) out[done + i] = static_cast<T>(unit[i] < p[done + i]);
  }
}

// One p for all compares in double. A p per element compares in its own dtype: float32 draws one word, float64 two.
template <class T>
void bernoulli(const Draw& draw) {
  if constexpr (kIsFloat<T>) {
    if (draw.elements) return bernoulliElements<T>(draw);
  }
  bernoulliScalar<T>(draw);
}

// ---- rows ----

std::int64_t seed(const Call& call) {
  State generator(call.at(0));
  seedState(generator.state, static_cast<std::uint32_t>(call.integers[0]));
  return 0;
}

constexpr OperandRule kSeedOperands[] = {kStateRule};

constexpr IntegerRule kSeedWord[] = {{"seed", 0, 0xffffffff}};
constexpr RealRule kBounds[] = {{"low", -kLargest, kLargest}, {"high", -kLargest, kLargest}};
constexpr RealRule kMoments[] = {{"mean", -kInfinity, kInfinity, true}, {"std", -kInfinity, kInfinity, true}};
constexpr RealRule kIntegerBounds[] = {{"low", -0x1p63, 0x1p63}, {"high", -0x1p63, 0x1p63}};
constexpr IntegerRule kWords[] = {{"words", 1, 2}};
constexpr RealRule kProbability[] = {{"p", 0, 1}};

constexpr KernelRow kRows[] = {
    {"seed", kSeedOperands, kSeedWord, {}, kStateSize, nullptr, {seed}, nullptr},
    {"uniform",
     kDrawOperands,
     {},
     kBounds,
     kStateSize,
     nullptr,
     {draw<uniform<float>>, draw<uniform<double>>},
     nullptr},
    {"normal", kDrawOperands, {}, kMoments, kStateSize, nullptr, {draw<normal<float>>, draw<normal<double>>}, nullptr},
    {"randint",
     kDrawOperands,
     kWords,
     kIntegerBounds,
     kStateSize,
     nullptr,
     {draw<randint<float>>, draw<randint<double>>, draw<randint<std::int32_t>>, draw<randint<std::int64_t>>,
      draw<randint<std::uint8_t>>, draw<randint<bool>>},
     nullptr},
    {"randperm",
     kDrawOperands,
     {},
     {},
     kStateSize,
     nullptr,
     {draw<randperm<float>>, draw<randperm<double>>, draw<randperm<std::int32_t>>, draw<randperm<std::int64_t>>,
      draw<randperm<std::uint8_t>>},
     nullptr},
    {"bernoulli",
     kParameterOperands,
     {},
     kProbability,
     kStateSize,
     nullptr,
     {drawElements<bernoulli<float>>, drawElements<bernoulli<double>>, drawElements<bernoulli<std::int32_t>>,
      drawElements<bernoulli<std::int64_t>>, drawElements<bernoulli<std::uint8_t>>, drawElements<bernoulli<bool>>},
     nullptr},
};

}  // namespace

FileRows randomRows() { return {.kernel = kRows}; }

}  // namespace dyngrad::KERNEL_NS
