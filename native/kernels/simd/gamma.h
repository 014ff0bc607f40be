// The logarithm of the gamma function and its derivative, of double.
#pragma once

#include "log.h"
#include "trig.h"

namespace dyngrad::KERNEL_NS {
namespace {

// From here on the asymptotic series serve.
constexpr double kLeastAsymptotic = 8;
constexpr double kPi = 3.141592653589793;

// (log gamma(2 + d)) / d, |d| <= 1/2; error 2^-55.2.
constexpr double kLogGammaTerms[] = {
    0.42278433509846713,     0.3224670334241132,     -0.06735230105319814,    0.02058080842778457,
    -0.0073855510286681535,  0.002890510330738737,   -0.0011927539120010226,  0.0005096695248853096,
    -0.00022315475074520367, 9.945750909889392e-05,  -4.4926351103833334e-05, 2.050726741605779e-05,
    -9.438458716242811e-06,  4.374374916915131e-06,  -2.0449201467015115e-06, 9.578663334114758e-07,
    -4.303558760359961e-07,  2.0304806751615227e-07, -1.3412819758517287e-07, 6.379047507619774e-08};
// x (log gamma x - (x - 1/2) log x + x - log(2 pi) / 2) in 1 / x^2, x >= 8; error 2^-57.6 (Stirling's series).
constexpr double kStirlingTerms[] = {0.08333333333333333,    -0.0027777777777776747, 0.0007936507935117282,
                                     -0.0005952380234291254, 0.0008417325268022405,  -0.001914965912162907,
                                     0.0062081367662297935,  -0.020855820837463117};
// x^2 (log x - 1 / (2 x) - digamma x) in 1 / x^2, x >= 8; error 2^-57.6.
constexpr double kDigammaTerms[] = {0.08333333333333333,    -0.008333333333333273, 0.003968253968150779,
                                    -0.0041666665982644955, 0.007575734736252119,  -0.021088476563015532,
                                    0.08284662584146768,    -0.4103919397123186,   1.7723438848038762};

// What Stirling's formula leaves of the logarithm, for x >= 8.
inline Vec<double> stirlingRest(Vec<double> x) {
  const Vec<double> z = 1 / x;
  return z * polynomial(z * z, kStirlingTerms);
}

// For x >= 0. With x = k + d, |d| <= 1/2, gamma x is gamma(2 + d) over or times the factors between.
inline Vec<double> logGammaPositive(Vec<double> x) {
  const Mask<double> large = x >= kLeastAsymptotic;
  const Vec<double> k = roundEven(x), d = x - k;
  Vec<double> factors = select(k < 2, select(k < 1, x * (x + 1), x), Vec<double>(1));
  for (int i = 1; i <= 6; ++i) factors = factors * select(k >= i + 2, x - i, Vec<double>(1));
  const Vec<double> logarithm = log(select(large, x, factors));
  const Vec<double> small = d * polynomial(d, kLogGammaTerms) + select(k < 2, -logarithm, logarithm);
  constexpr double constant = 0.41893853320467274;  // (log(2 pi) - 1) / 2
  return select(large, (x - 0.5) * (logarithm - 1) + (constant + stirlingRest(x)), small);
}

// log |gamma x|; below 0 by gamma x gamma(1 - x) = pi / sin(pi x).
inline Vec<double> lgamma(Vec<double> x) {
  const Mask<double> negative = x < 0;
  const Vec<double> result = logGammaPositive(select(negative, 1 - x, x));
  if (!any(negative)) return result;
  constexpr double logPi = 1.1447298858494002;
  const Vec<double> sine = abs(sin(kPi * (x - roundEven(x)))), infinity(kInfinity<double>);
  const Mask<double> pole = (sine == 0) | (x == -infinity);
  return select(negative, select(pole, infinity, (logPi - log(sine)) - result), result);
}

// For x >= 0; below 8 from the value at x + 8, the terms 1 / (x + i) between summed as one quotient.
inline Vec<double> digammaPositive(Vec<double> x) {
  const Mask<double> small = x < kLeastAsymptotic;
  Vec<double> top(1), bottom = x;
  for (int i = 1; i < 8; ++i) {
    top = fma(top, x + i, bottom);
    bottom = bottom * (x + i);
  }
  const Vec<double> y = select(small, x + 8, x), z = 1 / (y * y);
  const Vec<double> asymptotic = log(y) - 0.5 / y - z * polynomial(z, kDigammaTerms);
  return select(small, asymptotic - top / bottom, asymptotic);
}

// Below 0 by digamma(1 - x) - digamma x = pi / tan(pi x), NaN at the poles there.
inline Vec<double> digamma(Vec<double> x) {
  const Mask<double> negative = x < 0;
  const Vec<double> result = digammaPositive(select(negative, 1 - x, x));
  if (!any(negative)) return result;
  const Vec<double> fraction = x - trunc(x);
  const Vec<double> reflected = select(fraction == 0, Vec<double>(kNan<double>), result - kPi / tan(kPi * fraction));
  return select(negative, reflected, result);
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
