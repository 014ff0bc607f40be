// The exact remainder of a division that truncates.
#pragma once

#include "double_word.h"

namespace dyngrad::KERNEL_NS {
namespace {

// Long division, 11 bits at a step, for finite a >= b > 0: with 53 bits of b the shifted rest fits 64.
inline double fmodScalar(double a, double b) {
  std::uint64_t bits[2];
  __builtin_memcpy(&bits[0], &a, 8);
  __builtin_memcpy(&bits[1], &b, 8);
  std::int64_t exponent[2];
  for (int i = 0; i < 2; ++i) {
    exponent[i] = static_cast<std::int64_t>(bits[i] >> 52);
    bits[i] &= (1ull << 52) - 1;
    if (exponent[i] == 0) exponent[i] = 1;
    else bits[i] |= 1ull << 52;
  }
  std::uint64_t rest = bits[0] % bits[1];
  for (std::int64_t left = exponent[0] - exponent[1]; left > 0; left -= 11)
    rest = (rest << (left < 11 ? left : 11)) % bits[1];
  return __builtin_ldexp(static_cast<double>(rest), static_cast<int>(exponent[1] - 1075));
}

// Below this quotient a - q b is exact in twoProduct; without fma that takes a q of half a significand.
constexpr double kMaxQuotient = kHasFma ? 0x1p53 : 0x1p26;

[[gnu::noinline]] inline Vec<double> replaceLongDivisions(Vec<double> a, Vec<double> b, Vec<double> result) {
  for (int i = 0; i < kLanes<double>; ++i) {
    const double quotient = a.v[i] / b.v[i];
    if (quotient >= kMaxQuotient && b.v[i] > 0 && a.v[i] < kInfinity<double>) result.v[i] = fmodScalar(a.v[i], b.v[i]);
  }
  return result;
}

// With q = trunc(|a| / |b|), where rounding may have gained 1: |a| - q |b|, plus |b| where that is negative.
inline Vec<double> fmod(Vec<double> x, Vec<double> y) {
  const Vec<double> a = abs(x), b = abs(y), quotient = a / b;
  const Pair<double> product = twoProduct(trunc(quotient), b);
  const Vec<double> rest = (a - product.high) - product.low;
  Vec<double> result = select(a < b, a, select(rest < 0, rest + b, rest));
  if (any(quotient >= Vec<double>(kMaxQuotient))) result = replaceLongDivisions(a, b, result);
  return copySign(result, x);
}

inline Vec<float> fmod(Vec<float> x, Vec<float> y) {
  return throughDouble([](Vec<double> a, Vec<double> b) { return fmod(a, b); }, x, y);
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
