// Error-free transformations and what the functions share.
// Dekker, "A floating-point technique for extending the available precision", 1971; Knuth, TAOCP 2, 4.2.2.
#pragma once

#include "vec.h"

namespace dyngrad::KERNEL_NS {
namespace {

// The unevaluated sum high + low, where |low| is at most half an ulp of high (or nearly).
template <class T>
struct Pair {
  Vec<T> high, low;
};

// Exact where |a| >= |b| or a = 0.
template <class T>
Pair<T> fastTwoSum(Vec<T> a, Vec<T> b) {
  const Vec<T> sum = a + b;
  return {sum, b - (sum - a)};
}

template <class T>
Pair<T> twoSum(Vec<T> a, Vec<T> b) {
  const Vec<T> sum = a + b, fromB = sum - a;
  return {sum, (a - (sum - fromB)) + (b - fromB)};
}

// The leading half of the significand, so that products of halves are exact.
template <class T>
Vec<T> leadingHalf(Vec<T> x) {
  constexpr auto mask = static_cast<SignedOf<T>>(-1) << (sizeof(T) == 4 ? 12 : 27);
  return x & bitcast<T>(Vec<SignedOf<T>>(static_cast<SignedOf<T>>(mask)));
}

template <class T>
Pair<T> twoProduct(Vec<T> a, Vec<T> b) {
  const Vec<T> product = a * b;
  if constexpr (kHasFma) return {product, fma(a, b, -product)};
  const Vec<T> a1 = leadingHalf(a), a2 = a - a1, b1 = leadingHalf(b), b2 = b - b1;
  return {product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2};
}

// Ascending coefficients, by Horner's rule.
template <class T, int kCount>
Vec<T> polynomial(Vec<T> x, const T (&coefficients)[kCount]) {
  Vec<T> sum = coefficients[kCount - 1];
  for (int i = kCount - 2; i >= 0; --i) sum = fma(sum, x, Vec<T>(coefficients[i]));
  return sum;
}

// ---- the format ----

template <class T>
struct Format;
template <>
struct Format<float> {
  static constexpr int kMantissaBits = 23, kBias = 127;
  static constexpr float kMinNormal = 0x1p-126f;
  static constexpr float kRounder = 0x1.8p23f;  // added, it leaves the nearest integer in the low bits
  static constexpr float kLn2High = 0x1.63p-1f,
                         kLn2Low = -0x1.bd0106p-13f;  // an integer exponent times the first is exact
};
template <>
struct Format<double> {
  static constexpr int kMantissaBits = 52, kBias = 1023;
  static constexpr double kMinNormal = 0x1p-1022;
  static constexpr double kRounder = 0x1.8p52;
  static constexpr double kLn2High = 0x1.62e42feep-1, kLn2Low = 0x1.a39ef35793c76p-33;
};

template <class T>
constexpr T kInfinity = static_cast<T>(__builtin_inf());
template <class T>
constexpr T kNan = static_cast<T>(__builtin_nan(""));

// 2^n for an integral n of the normal range.
template <class T>
Vec<T> powerOf2(Vec<T> n) {
  return (n + Vec<T>(Format<T>::kRounder + Format<T>::kBias)) << Format<T>::kMantissaBits;
}

// x 2^n with one rounding, for an x near 1 and any integral n; denormal and infinite results are right.
template <class T>
Vec<T> scale(Vec<T> x, Vec<T> n) {
  if constexpr (kHasScale) return scaleByPower(x, n);
  const Vec<T> half = roundEven(n * Vec<T>(T(0.5)));
  return x * powerOf2(half) * powerOf2(n - half);
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
