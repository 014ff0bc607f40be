// The error function.
#pragma once

#include "exp.h"

namespace dyngrad::KERNEL_NS {
namespace {

// kSmall: erf x / x - 1 in x^2, |x| <= 1; errors 2^-29.7 and 2^-62.8.
// kLarge: e^(t^2) erfc t in u = (t - 2) / (t + 2) on [1, 4] and [1, 6]; errors of erf 2^-34.7 and 2^-62.9.
// (The variable u is that of Shepherd and Laframboise, "Chebyshev approximation of (1 + 2x) exp(x^2) erfc x", 1981.)
template <class T>
struct ErfTerms;
template <>
struct ErfTerms<float> {
  static constexpr float kOne = 4;
  static constexpr float kSmall[] = {0.12837917f,   -0.37612626f,   0.112836f,    -0.026854444f,
                                     0.0051895347f, -0.0008020834f, 7.889095e-05f};
  static constexpr float kLarge[] = {0.25539568f, -0.42718586f, 0.24165727f, -0.078986906f, 0.003729743f, 0.007212555f};
};
template <>
struct ErfTerms<double> {
  static constexpr double kOne = 6;
  static constexpr double kSmall[] = {0.1283791670955126,      -0.3761263890318375,     0.11283791670954885,
                                      -0.026866170645077875,   0.0052239776248284514,   -0.0008548326981427313,
                                      0.00012055331133038531,  -1.4925595774544614e-05, 1.646100852091039e-06,
                                      -1.6350396726974587e-07, 1.4660332383167168e-08,  -1.1374970766332976e-09,
                                      5.960712014166694e-11};
  static constexpr double kLarge[] = {0.25539567631050575,     -0.42718584741395826,   0.2416581942424582,
                                      -0.07897858101587535,    0.0037328924051636602,  0.006997461763515393,
                                      -0.0008471431958241443,  -0.0009819781249306853, 4.354936590974581e-05,
                                      0.00017436940458441026,  2.7666193401911692e-05, -2.7312799985548314e-05,
                                      -1.4599499720946505e-05, -1.6213741914355942e-06};
};

template <class T>
Vec<T> erf(Vec<T> x) {
  const Vec<T> two(2), t = lesser(Vec<T>(ErfTerms<T>::kOne), abs(x)), square = t * t;
  const Vec<T> small = fma(x, polynomial(square, ErfTerms<T>::kSmall), x);
  const Vec<T> large = Vec<T>(1) - exp(-square) * polynomial((t - two) / (t + two), ErfTerms<T>::kLarge);
  return select(t <= Vec<T>(1), small, copySign(large, x));
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
