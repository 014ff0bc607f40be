// Logarithms. x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), so log x = k ln 2 + log(1 + f), as a pair of high and
// low.
#pragma once

#include "double_word.h"
#include "table.h"

namespace dyngrad::KERNEL_NS {
namespace {

// (log(1 + f) - f + f^2 / 2) / f^3 on [sqrt(1/2) - 1, sqrt(2) - 1]; error against log(1 + f): 2^-30.3.
constexpr float kLogTermsFloat[] = {0.33333313f,  -0.2500001f,  0.20002119f,   -0.16668f,  0.14219543f,
                                    -0.12405537f, 0.118881814f, -0.116759256f, 0.06746899f};
// (log((1 + s) / (1 - s)) / s - 2) / s^2 in s^2, |s| <= 0.1716; error against the logarithm: 2^-66.7.
constexpr double kLogTermsDouble[] = {0.6666666666666666,  0.40000000000006264, 0.28571428569080887,
                                      0.22222222647556328, 0.18181775604446987, 0.15387093435111787,
                                      0.1325005762496629,  0.13251880430790028};

template <class T>
struct Factored {
  Vec<T> exponent, fraction;  // fraction in [sqrt(1/2), sqrt(2))
};

// For normal x > 0. The exponent becomes a number through the low bits of 2^mantissaBits.
template <class T>
Factored<T> factorNormal(Vec<T> x) {
  using F = Format<T>;
  using Integer = SignedOf<T>;
  const Vec<Integer> root = bitcast<Integer>(Vec<T>(static_cast<T>(0.7071067811865476)));
  const Vec<Integer> bits = bitcast<Integer>(x) - root;
  const Vec<Integer> biased = shiftRight(bits + (Vec<Integer>(F::kBias) << F::kMantissaBits), F::kMantissaBits);
  constexpr T base = static_cast<T>(Integer(1) << F::kMantissaBits);
  const Vec<T> exponent = bitcast<T>(biased | bitcast<Integer>(Vec<T>(base))) - Vec<T>(base + F::kBias);
  const Vec<Integer> mantissa = bits & Vec<Integer>((Integer(1) << F::kMantissaBits) - 1);
  return {exponent, bitcast<T>(mantissa + root)};
}

// For x > 0, denormals included.
template <class T>
Factored<T> factor(Vec<T> x) {
  constexpr T scaling = T(sizeof(T) == 4 ? 0x1p25 : 0x1p54), shift = T(sizeof(T) == 4 ? 25 : 54);
  const Mask<T> tiny = x < Vec<T>(Format<T>::kMinNormal);
  const Factored<T> parts = factorNormal(select(tiny, x * Vec<T>(scaling), x));
  return {parts.exponent - select(tiny, Vec<T>(shift), Vec<T>(0)), parts.fraction};
}

// Any lane that is not a normal number above 0.
template <class T>
bool anyUnusual(Vec<T> x) {
  using Integer = SignedOf<T>;
  constexpr Integer one = Integer(1) << Format<T>::kMantissaBits, most = 2 * Format<T>::kBias * one - 1;
  const Vec<Integer> fromLeast = bitcast<Integer>(x) - Vec<Integer>(one) + Vec<Integer>(kSignBit<Integer>);
  return any(fromLeast > Vec<Integer>(most + kSignBit<Integer>));
}

// log(1 + f) - f
inline Vec<float> logTail(Vec<float> f) { return f * f * fma(f, polynomial(f, kLogTermsFloat), Vec<float>(-0.5f)); }

// With s = f / (2 + f), log(1 + f) = log((1 + s) / (1 - s)) = f - f^2/2 + s (f^2/2 + s^2 R(s^2)): fdlibm's e_log.c.
inline Vec<double> logTail(Vec<double> f) {
  const Vec<double> s = f / (2 + f), square = s * s, half = 0.5 * f * f;
  return s * fma(square, polynomial(square, kLogTermsDouble), half) - half;
}

// k ln 2 + log(1 + f)
template <class T>
Pair<T> logSum(Vec<T> k, Vec<T> f) {
  const Pair<T> sum = fastTwoSum(k * Vec<T>(Format<T>::kLn2High), f);
  return {sum.high, sum.low + fma(k, Vec<T>(Format<T>::kLn2Low), logTail(f))};
}

template <class T>
Pair<T> logPair(Vec<T> x) {
  const Factored<T> parts = factor(x);
  return logSum(parts.exponent, parts.fraction - Vec<T>(1));
}

// What a logarithm gives outside (0, infinity).
template <class T>
Vec<T> logSpecial(Vec<T> x, Vec<T> regular) {
  const Vec<T> zero(0);
  const Vec<T> special = select(x == zero, Vec<T>(-kInfinity<T>), select(x < zero, Vec<T>(kNan<T>), x));
  return select((x > zero) & (x < Vec<T>(kInfinity<T>)), regular, special);
}

template <class T>
Vec<T> log(Vec<T> x) {
  if constexpr (kHasTables && sizeof(T) == 4) return logByTable(x);
  if (anyUnusual(x)) [[unlikely]] {
    const Pair<T> result = logPair(x);
    return logSpecial(x, result.high + result.low);
  }
  const Factored<T> parts = factorNormal(x);
  const Pair<T> result = logSum(parts.exponent, parts.fraction - Vec<T>(1));
  return result.high + result.low;
}

// log x times the constant high + low.
template <class T>
Vec<T> logTimes(Vec<T> x, T high, T low) {
  const Pair<T> rough = logPair(x), natural = fastTwoSum(rough.high, rough.low);
  const Pair<T> product = twoProduct(natural.high, Vec<T>(high));
  return logSpecial(x, product.high + (product.low + fma(natural.high, Vec<T>(low), natural.low * Vec<T>(high))));
}

template <class T>
Vec<T> log2(Vec<T> x) {
  constexpr T high = static_cast<T>(0x1.71547652b82fep+0);
  return logTimes(x, high, static_cast<T>(sizeof(T) == 4 ? 0x1.71547652b82fep+0 - high : 0x1.777d0ffda0d24p-56));
}

template <class T>
Vec<T> log10(Vec<T> x) {
  constexpr T high = static_cast<T>(0x1.bcb7b1526e50ep-2);
  return logTimes(x, high, static_cast<T>(sizeof(T) == 4 ? 0x1.bcb7b1526e50ep-2 - high : 0x1.95355baaafad3p-57));
}

// The exponent k of 1 + x serves; f = 2^-k (1 + x) - 1 = (2^-k - 1) + 2^-k x keeps the bits of x that 1 + x loses, as a
// pair of which the low part adds low / (1 + f) to the logarithm.
template <class T>
Vec<T> log1p(Vec<T> x) {
  if constexpr (kHasTables && sizeof(T) == 4) return log1pByTable(x);
  const Vec<T> one(1), u = one + x;
  const Factored<T> parts = factorNormal(u);
  const Vec<T> power = powerOf2(-parts.exponent);
  const Pair<T> exact = twoSum(power - one, x * power);
  const Mask<T> large = parts.exponent > Vec<T>(Format<T>::kMantissaBits + 2);
  const Vec<T> f = select(large, parts.fraction - one, exact.high);
  const Pair<T> sum = logSum(parts.exponent, f);
  const Vec<T> low = select(large, Vec<T>(0), fma(-exact.low, f, exact.low));
  const Vec<T> regular = sum.high + (sum.low + low);
  return copySign(anyUnusual(u) ? logSpecial(u, regular) : regular, x);  // -0 stays
}

// ---- asinh, acosh, atanh: logarithms of 1 + t, with t from differences that are exact where t is small ----

// Beyond it the logarithm is that of 2 x, since 1 is lost beside x.
constexpr double kOneIsLost = 0x1p60;
constexpr double kLn2 = 0.6931471805599453;

inline Vec<double> ln2Where(Mask<double> mask) { return select(mask, Vec<double>(kLn2), Vec<double>(0)); }

// asinh |x| = log1p(|x| + x^2 / (1 + sqrt(1 + x^2)))
inline Vec<double> asinh(Vec<double> x) {
  const Vec<double> magnitude = abs(x), square = x * x;
  const Mask<double> large = magnitude > kOneIsLost;
  const Vec<double> t = magnitude + square / (1 + sqrt(1 + square));
  return copySign(log1p(select(large, magnitude, t)) + ln2Where(large), x);
}

// acosh x = log1p(t + sqrt(t (t + 2))) with t = x - 1
inline Vec<double> acosh(Vec<double> x) {
  const Vec<double> t = x - 1;
  const Mask<double> large = x > kOneIsLost;
  const Vec<double> result = log1p(select(large, x, t + sqrt(t * (t + 2)))) + ln2Where(large);
  return select(x < 1, Vec<double>(kNan<double>), result);
}

// atanh |x| = log1p(2 |x| / (1 - |x|)) / 2
inline Vec<double> atanh(Vec<double> x) {
  const Vec<double> magnitude = abs(x);
  return copySign(0.5 * log1p((magnitude + magnitude) / (1 - magnitude)), x);
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
