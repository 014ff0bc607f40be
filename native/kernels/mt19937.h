// The Mersenne Twister mt19937 of Matsumoto and Nishimura (1998), seeded by their initialisation of 2002: the engine of
// PyTorch's CPU generator. Twist and tempering are plain loops over blocks, which the compiler turns into vector code.
#pragma once

#include "../runtime/kernel_table.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr std::int64_t kStateWords = 624;
constexpr std::int64_t kTwistDistance = 397;

// With the spare normal deviate of PyTorch's generator. An operand of every call, so a replay advances it as eager
// does.
struct GeneratorState {
  std::uint32_t state[kStateWords];
  std::uint32_t index;     // next word to temper; kStateWords asks for a new twist
  std::uint32_t hasSpare;  // 1 when `spare` holds the second value of a Box-Muller pair
  double spare;
};

inline void seedState(GeneratorState& generator, std::uint32_t seed) {
  generator.state[0] = seed;
  for (std::uint32_t i = 1; i < kStateWords; ++i) {
    const std::uint32_t previous = generator.state[i - 1];
    generator.state[i] = 1812433253u * (previous ^ (previous >> 30)) + i;
  }
  generator.index = kStateWords;
  generator.hasSpare = 0;
  generator.spare = 0;
}

inline std::uint32_t twisted(std::uint32_t upper, std::uint32_t lower, std::uint32_t distant) {
  const std::uint32_t mixed = (upper & 0x80000000u) | (lower & 0x7fffffffu);
  return distant ^ (mixed >> 1) ^ (-(lower & 1u) & 0x9908b0dfu);
}

void twist(GeneratorState& generator) {
  std::uint32_t* s = generator.state;
  constexpr std::int64_t kFresh = kStateWords - kTwistDistance;
  for (std::int64_t i = 0; i < kFresh; ++i) s[i] = twisted(s[i], s[i + 1], s[i + kTwistDistance]);
  for (std::int64_t i = kFresh; i < kStateWords - 1; ++i) s[i] = twisted(s[i], s[i + 1], s[i - kFresh]);
  s[kStateWords - 1] = twisted(s[kStateWords - 1], s[0], s[kTwistDistance - 1]);
  generator.index = 0;
}

inline std::uint32_t tempered(std::uint32_t y) {
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

inline std::uint32_t nextWord(GeneratorState& generator) {
  if (generator.index >= kStateWords) twist(generator);
  return tempered(generator.state[generator.index++]);
}

// PyTorch's random64: the first word is the upper half.
inline std::uint64_t nextWord64(GeneratorState& generator) {
  const std::uint64_t upper = nextWord(generator);
  return upper << 32 | nextWord(generator);
}

inline void nextWords(GeneratorState& generator, std::uint32_t* out, std::int64_t count) {
  while (count > 0) {
    if (generator.index >= kStateWords) twist(generator);
    const std::int64_t left = kStateWords - generator.index;
    const std::int64_t taken = left < count ? left : count;
    const std::uint32_t* s = generator.state + generator.index;
    for (std::int64_t i = 0; i < taken; ++i) out[i] = tempered(s[i]);
    generator.index += static_cast<std::uint32_t>(taken);
    out += taken;
    count -= taken;
  }
}

// ---- uniform numbers in [0, 1) ----

constexpr std::int64_t kWordBlock = 512;

// The low 24 bits of a word, times 2^-24.
inline float unitFloat(std::uint32_t word) {
  return static_cast<float>(static_cast<std::int32_t>(word & 0xffffffu)) * 0x1p-24f;
}

// The low 53 bits of two words, times 2^-53. The halves convert as signed numbers, which every instruction set has.
inline double unitDouble(std::uint32_t upper, std::uint32_t lower) {
  const double high = static_cast<double>(static_cast<std::int32_t>(upper & 0x1fffffu)) * 0x1p32;
  const double low = static_cast<double>(static_cast<std::int32_t>(lower ^ 0x80000000u)) + 0x1p31;
  return (high + low) * 0x1p-53;
}

inline double nextUnitDouble(GeneratorState& generator) {
  const std::uint32_t upper = nextWord(generator);
  return unitDouble(upper, nextWord(generator));
}

inline void fillUnit(GeneratorState& generator, float* out, std::int64_t count) {
  alignas(64) std::uint32_t words[kWordBlock];
  for (std::int64_t done = 0; done < count; done += kWordBlock) {
    const std::int64_t n = count - done < kWordBlock ? count - done : kWordBlock;
    nextWords(generator, words, n);
    for (std::int64_t i = 0; i < n; ++i) out[done + i] = unitFloat(words[i]);
  }
}

inline void fillUnit(GeneratorState& generator, double* out, std::int64_t count) {
  alignas(64) std::uint32_t words[2 * kWordBlock];
  for (std::int64_t done = 0; done < count; done += kWordBlock) {
    const std::int64_t n = count - done < kWordBlock ? count - done : kWordBlock;
    nextWords(generator, words, 2 * n);
    for (std::int64_t i = 0; i < n; ++i) out[done + i] = unitDouble(words[2 * i], words[2 * i + 1]);
  }
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
