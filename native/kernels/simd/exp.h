// exp and what follows from it. e^x = 2^n e^r with r = x - n ln 2, |r| <= ln 2 / 2 (Cody and Waite, 1980).
// The polynomials here and in the sibling files are minimax fits (Remez, 60 digits) for the stated interval.
#pragma once

#include "double_word.h"
#include "table.h"

namespace dyngrad::KERNEL_NS {
namespace {

// (e^r - 1 - r) / r^2 on [-0.35, 0.35]; error against e^r - 1: 2^-31.8 and 2^-61.6.
template <class T>
struct ExpTerms;
template <>
struct ExpTerms<float> {
  static constexpr float kTerms[] = {0.5f, 0.16666666f, 0.041666348f, 0.008333393f, 0.0013941656f, 0.00019845048f};
};
template <>
struct ExpTerms<double> {
  static constexpr double kTerms[] = {0.5,
                                      0.16666666666666677,
                                      0.04166666666666649,
                                      0.008333333333320737,
                                      0.0013888888888968327,
                                      0.00019841269888688025,
                                      2.4801587164767567e-05,
                                      2.755724136478064e-06,
                                      2.755740594460647e-07,
                                      2.511011128399452e-08,
                                      2.087531327393443e-09};
};

// (2^r - 1) / r on [-1/2, 1/2]; error 2^-34.2 and 2^-64.2.
template <class T>
struct Exp2Terms;
template <>
struct Exp2Terms<float> {
  static constexpr float kTerms[] = {0.6931472f,    0.2402265f,     0.05550411f,   0.009618033f,
                                     0.0013333425f, 0.00015468392f, 1.5316176e-05f};
};
template <>
struct Exp2Terms<double> {
  static constexpr double kTerms[] = {0.6931471805599453,    0.24022650695910072,    0.05550410866482171,
                                      0.009618129107628498,  0.0013333558146387333,  0.00015403530393337742,
                                      1.525273385940311e-05, 1.3215486835701428e-06, 1.0178049815259327e-07,
                                      7.054887299271934e-09, 4.456894594159518e-10,  2.574308733981437e-11};
};

// Beyond these bounds the result is 0 or infinite; a NaN stays.
template <class T>
Vec<T> clampBelow(Vec<T> x) {
  return greater(Vec<T>(T(sizeof(T) == 4 ? -105 : -747)), x);
}

template <class T>
Vec<T> clampExponent(Vec<T> x) {
  return clampBelow(lesser(Vec<T>(T(sizeof(T) == 4 ? 90 : 711)), x));
}

// n and x - n ln 2, the latter as a pair.
template <class T>
Vec<T> reduceExponent(Vec<T> x, Pair<T>& rest) {
  const Vec<T> rounder(Format<T>::kRounder);
  const Vec<T> n = fma(x, Vec<T>(static_cast<T>(1.4426950408889634)), rounder) - rounder;
  const Vec<T> high = fma(n, Vec<T>(-Format<T>::kLn2High), x), low = n * Vec<T>(Format<T>::kLn2Low);
  rest.high = high - low;
  rest.low = (high - rest.high) - low;
  return n;
}

// e^(x + tail) for a tail far below x.
template <class T>
Vec<T> expSum(Vec<T> x, Vec<T> tail) {
  Pair<T> r;
  const Vec<T> n = reduceExponent(clampExponent(x), r);
  r = fastTwoSum(r.high, r.low + tail);
  const Vec<T> series = polynomial(r.high, ExpTerms<T>::kTerms);
  return scale(Vec<T>(1) + (r.high + fma(r.high * r.high, series, r.low)), n);
}

// For an x within the bounds.
template <class T>
Vec<T> expBounded(Vec<T> x) {
  if constexpr (kHasTables && sizeof(T) == 4) return expByTable(x);
  const Vec<T> rounder(Format<T>::kRounder);
  const Vec<T> n = fma(x, Vec<T>(static_cast<T>(1.4426950408889634)), rounder) - rounder;
  const Vec<T> r = fma(n, Vec<T>(-Format<T>::kLn2Low), fma(n, Vec<T>(-Format<T>::kLn2High), x));
  return scale(Vec<T>(1) + fma(r * r, polynomial(r, ExpTerms<T>::kTerms), r), n);
}

template <class T>
Vec<T> exp(Vec<T> x) {
  return expBounded(clampExponent(x));
}

template <class T>
Vec<T> exp2(Vec<T> x) {
  const Vec<T> limit(T(sizeof(T) == 4 ? 151 : 1076));
  const Vec<T> bounded = greater(-limit, lesser(limit, x)), n = roundEven(bounded), r = bounded - n;
  return scale(fma(r, polynomial(r, Exp2Terms<T>::kTerms), Vec<T>(1)), n);
}

// (e^x - 1) / 2 for |x| within exp's bounds: half, so that the scale 2^(n - 1) stays finite where the result is.
template <class T>
Pair<T> halfExpm1(Vec<T> x) {
  Pair<T> r;
  const Vec<T> power = powerOf2(reduceExponent(x, r) - Vec<T>(1));
  const Vec<T> series = fma(r.high * r.high, polynomial(r.high, ExpTerms<T>::kTerms), r.low);
  const Vec<T> half(T(0.5)), constant = power - half, lost = (power - constant) - half;
  const Pair<T> sum = twoSum(constant, power * r.high);
  return fastTwoSum(sum.high, fma(power, series, sum.low + lost));
}

template <class T>
Vec<T> expm1(Vec<T> x) {
  const Vec<T> bounded =
      greater(Vec<T>(T(sizeof(T) == 4 ? -30 : -60)), lesser(Vec<T>(T(sizeof(T) == 4 ? 88.8 : 709.8)), x));
  const Vec<T> result = Vec<T>(2) * halfExpm1(bounded).high;
  return select(abs(x) < Vec<T>(Format<T>::kMinNormal * 4), x, result);  // half of a denormal may not be exact
}

// 1 / (1 + e^-x) = 1 / (1 + e) or e / (1 + e) with e = e^-|x|, which never overflows, so that both tails are exact.
// The quotient is corrected to first order by what the sum has lost, for which 1 / (1 + e) is at hand.
template <class T>
Vec<T> sigmoid(Vec<T> x) {
  if constexpr (kHasTables && sizeof(T) == 4) return sigmoidByTable(x);
  const Vec<T> one(1), e = expBounded(clampBelow(-abs(x)));
  const Mask<T> negative = x < Vec<T>(0);
  const Pair<T> sum = fastTwoSum(one, e);
  const Vec<T> quotient = select(negative, e, one) / sum.high;
  return fma(quotient * sum.low, select(negative, quotient - one, -quotient), quotient);
}

// (tanh x / x - 1) / x^2 in x^2, |x| <= 0.625; error against tanh x: 2^-32.6.
constexpr float kTanhTerms[] = {-0.3333333f, 0.13333206f, -0.053946763f, 0.021700699f, -0.008177386f, 0.0021429511f};

inline Vec<float> tanh(Vec<float> x) {
  if constexpr (kHasTables) return tanhByTable(x);
  const Vec<float> square = x * x, magnitude = abs(x);
  const Vec<float> small = fma(x * square, polynomial(square, kTanhTerms), x);
  const Vec<float> large = 1 - 2 / (exp(magnitude + magnitude) + 1);
  return copySign(select(magnitude < 0.625f, small, large), x);
}

// With t = (e^2|x| - 1) / 2: tanh |x| = t / (t + 1). Beyond 20 it is 1.
inline Vec<double> tanh(Vec<double> x) {
  const Vec<double> magnitude = abs(x), bounded = lesser(Vec<double>(20), magnitude);
  const Pair<double> t = halfExpm1(bounded + bounded);
  const Pair<double> denominator = twoSum(t.high, Vec<double>(1));
  const Vec<double> quotient = t.high / denominator.high;
  const Pair<double> product = twoProduct(quotient, denominator.high);
  const Vec<double> rest = ((t.high - product.high) - product.low) + (t.low - quotient * (denominator.low + t.low));
  return select(magnitude < 0x1p-28, x, copySign(quotient + rest / denominator.high, x));
}

// With t = (e^|x| - 1) / 2: sinh |x| = t + t / (2 t + 1); where e^|x| overflows, by halves.
inline Vec<double> sinh(Vec<double> x) {
  const Vec<double> magnitude = abs(x), t = halfExpm1(lesser(Vec<double>(709), magnitude)).high;
  const Vec<double> root = exp(0.5 * magnitude);
  const Vec<double> result = select(magnitude < 709, t + t / (2 * t + 1), 0.5 * root * root);
  return select(magnitude < 0x1p-28, x, copySign(result, x));
}

inline Vec<double> cosh(Vec<double> x) {
  const Vec<double> magnitude = abs(x), e = exp(magnitude), root = exp(0.5 * magnitude);
  return select(magnitude < 709, 0.5 * e + 0.5 / e, 0.5 * root * root);
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
