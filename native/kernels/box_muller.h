// Box-Muller on groups of 16: 8 radii from the first half, 8 angles from the second, as PyTorch's CPU kernel does.
// float32 has the bits of its AVX2 kernel: Cephes' logf and sinf (S. Moshier), fused where its compiler fuses.
#pragma once

#include "libm.h"
#include "simd/vec.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr int kPairs = 8;

// One rounding. Without fma in the instruction set, the product is exact in double and only the sum is rounded twice,
// which differs once in about 2^29.
inline float fused(float a, float b, float c) {
  if constexpr (kHasFma) return __builtin_fmaf(a, b, c);
  else return static_cast<float>(static_cast<double>(a) * b + c);
}
inline double fused(double a, double b, double c) { return __builtin_fma(a, b, c); }

// log(u) for u in [2^-24, 1].
inline float unitLog(float u) {
  const std::uint32_t bits = __builtin_bit_cast(std::uint32_t, u);
  float exponent = static_cast<float>(static_cast<std::int32_t>(bits >> 23) - 126);
  float x = __builtin_bit_cast(float, (bits & 0x807fffffu) | 0x3f000000u);
  const bool small = x < 0.707106781186547524f;
  x = (x - 1.0f) + (small ? x : 0.0f);
  exponent -= small ? 1.0f : 0.0f;

  float y = fused(7.0376836292e-2f, x, -1.1514610310e-1f);
  y = fused(y, x, 1.1676998740e-1f);
  y = fused(y, x, -1.2420140846e-1f);
  y = fused(y, x, 1.4249322787e-1f);
  y = fused(y, x, -1.6668057665e-1f);
  y = fused(y, x, 2.0000714765e-1f);
  y = fused(y, x, -2.4999993993e-1f);
  y = fused(y, x, 3.3333331174e-1f);
  const float z = x * x;
  y = fused(y * x, z, exponent * -2.12194440e-4f);
  y = y - z * 0.5f;
  return fused(exponent, 0.693359375f, x + y);
}

struct SineCosine {
  float sine, cosine;
};

// Sine and cosine of an angle in [0, 2 pi]: pi/2 is taken off in three parts, then a polynomial each on [-pi/4, pi/4].
inline SineCosine sineCosine(float angle) {
  const std::int32_t octant = (static_cast<std::int32_t>(angle * 1.27323954473516f) + 1) & ~1;
  const float turns = static_cast<float>(octant);
  float x = fused(turns, -0.78515625f, angle);
  x = fused(turns, -2.4187564849853515625e-4f, x);
  x = fused(turns, -3.77489497744594108e-8f, x);
  const float z = x * x;
  float c = fused(2.443315711809948e-5f, z, -1.388731625493765e-3f);
  c = fused(c, z, 4.166664568298827e-2f);
  c = fused(c * z, z, z * -0.5f) + 1.0f;
  float s = fused(-1.9515295891e-4f, z, 8.3321608736e-3f);
  s = fused(s, z, -1.6666654611e-1f);
  s = fused(s * z, x, x);

  const bool straight = (octant & 2) == 0;
  const std::uint32_t sineSign = (static_cast<std::uint32_t>(octant) & 4u) << 29;
  const std::uint32_t cosineSign = (~static_cast<std::uint32_t>(octant - 2) & 4u) << 29;
  const std::uint32_t sine = __builtin_bit_cast(std::uint32_t, straight ? s : c) ^ sineSign;
  const std::uint32_t cosine = __builtin_bit_cast(std::uint32_t, straight ? c : s) ^ cosineSign;
  return {__builtin_bit_cast(float, sine), __builtin_bit_cast(float, cosine)};
}

// In place: uniform numbers in [0, 1) become normal ones.
inline void boxMuller(float* data, float mean, float deviation) {
  for (int i = 0; i < kPairs; ++i) {
    const float radius = __builtin_sqrtf(-2.0f * unitLog(1.0f - data[i]));
    const SineCosine at = sineCosine(static_cast<float>(6.283185307179586) * data[i + kPairs]);
    data[i] = fused(radius * at.cosine, deviation, mean);
    data[i + kPairs] = fused(radius * at.sine, deviation, mean);
  }
}

inline void boxMuller(double* data, double mean, double deviation) {
  for (int i = 0; i < kPairs; ++i) {
    const double radius = __builtin_sqrt(-2.0 * dyngradLog(1.0 - data[i]));
    const double angle = 6.283185307179586 * data[i + kPairs];
    data[i] = fused(radius * __builtin_cos(angle), deviation, mean);
    data[i + kPairs] = fused(radius * __builtin_sin(angle), deviation, mean);
  }
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
