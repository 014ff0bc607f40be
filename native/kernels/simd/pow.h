// x^y = e^(y log |x|), with the logarithm as a pair, and the cases of IEEE 754-2019, 9.2.1.
#pragma once

#include "exp.h"
#include "log.h"

namespace dyngrad::KERNEL_NS {
namespace {

// (log((1 + s) / (1 - s)) / s - 2 - (2/3) s^2) / s^4 in s^2, |s| <= 0.1716; error against the logarithm: 2^-80.8.
constexpr double kPowTerms[] = {0.4,
                                0.28571428571428376,
                                0.22222222222290788,
                                0.18181818169220118,
                                0.15384616756194303,
                                0.13333240273645403,
                                0.11768679019096595,
                                0.10422812384682043,
                                0.11013988902880575};

// s = f / (2 + f)
inline Pair<double> quotientOfFraction(Vec<double> fraction) {
  const Vec<double> one(1), f = fraction - one;
  const Pair<double> denominator = twoSum(fraction, one);
  const Vec<double> s = f / denominator.high;
  const Pair<double> back = twoProduct(s, denominator.high);
  return {s, (((f - back.high) - back.low) - s * denominator.low) / denominator.high};
}

inline Pair<double> times(Pair<double> a, Pair<double> b) {
  const Pair<double> product = twoProduct(a.high, b.high);
  return fastTwoSum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

// log x for x > 0 to about 2^-65: 2 s + s (z (2/3 + z P(z))) with z = s^2.
inline Pair<double> preciseLog(Vec<double> x) {
  const Factored<double> parts = factor(x);
  const Pair<double> s = quotientOfFraction(parts.fraction), z = times(s, s);
  Pair<double> c = fastTwoSum(Vec<double>(0.6666666666666666), z.high * polynomial(z.high, kPowTerms));
  c.low = c.low + 3.700743415417188e-17;
  const Pair<double> v = times(s, times(z, c));
  const Pair<double> fraction = fastTwoSum(2 * s.high, v.high);
  const Pair<double> sum = fastTwoSum(parts.exponent * Format<double>::kLn2High, fraction.high);
  return fastTwoSum(sum.high, sum.low + (fma(parts.exponent, Vec<double>(Format<double>::kLn2Low), fraction.low) +
                                         (2 * s.low + v.low)));
}

// What an infinite or zero base makes of its logarithm.
inline Vec<double> logOfExtreme(Vec<double> magnitude, Vec<double> regular) {
  const Vec<double> infinity(kInfinity<double>);
  return select(magnitude == 0, -infinity, select(magnitude == infinity, infinity, regular));
}

// Signs, and the results that do not come from the magnitude |x|^y.
template <class T>
Vec<T> powResult(Vec<T> x, Vec<T> y, Vec<T> magnitude) {
  const Vec<T> zero(0), one(1), infinity(kInfinity<T>), halfY = Vec<T>(T(0.5)) * y;
  const Mask<T> integral = trunc(y) == y, odd = integral & (trunc(halfY) != halfY);
  Vec<T> result = select(signBit(x) & odd, -magnitude, magnitude);
  result = select((x < zero) & (x > -infinity) & ~integral, Vec<T>(kNan<T>), result);
  result = select(isNan(x) | isNan(y), x + y, result);
  return select((y == zero) | (x == one) | ((x == -one) & (abs(y) == infinity)), one, result);
}

inline Vec<double> pow(Vec<double> x, Vec<double> y) {
  const Vec<double> magnitude = abs(x);
  const Pair<double> logarithm = preciseLog(magnitude);
  const Vec<double> high = logOfExtreme(magnitude, logarithm.high);
  const Pair<double> product = twoProduct(y, high);
  const Vec<double> low = select(abs(product.high) < 1000, product.low + y * logarithm.low, Vec<double>(0));
  return powResult(x, y, expSum(product.high, low));
}

// Through double, whose plain logarithm is precise enough: the exponent's error stays below 2^-44.
inline Vec<float> pow(Vec<float> x, Vec<float> y) {
  const auto magnitude = [](Vec<double> a, Vec<double> b) {
    const Pair<double> logarithm = logPair(a);
    return exp(b * logOfExtreme(a, logarithm.high + logarithm.low));
  };
  return powResult(x, y, throughDouble(magnitude, abs(x), y));
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
