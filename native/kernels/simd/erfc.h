// The complement of the error function, and the inverses of both.
#pragma once

#include "erf.h"
#include "log.h"

namespace dyngrad::KERNEL_NS {
namespace {

// (1 + 2 t) e^(t^2) erfc t in u = (t - 3) / (t + 3), t >= 0; error 2^-54.5.
constexpr double kErfcxTerms[] = {
    1.2530080582697296,    -0.1356211061245812,    -0.04756229435344912,    0.12964515870276316,
    -0.11927366341538978,  0.06830802734389313,    -0.023770514917107986,   0.0025293918173706497,
    0.0018886903443894542, -0.0007798322831260387, -0.00010515971612176153, 0.00012509940933306618,
    4.949184182276228e-06, -2.010075903780868e-05, -7.307985940699939e-07,  3.4728430145946934e-06,
    3.557141334346848e-07, -6.17297163970138e-07,  -1.4042772727753856e-07, 1.0252159854644003e-07,
    4.103167472345858e-08, -1.374463727097623e-08, -8.205287217785005e-09,  1.1435382717352859e-09,
    8.373239802330156e-10, -2.52088465134484e-11};

// e^(t^2) erfc t for t >= 0.
inline Vec<double> erfcxPositive(Vec<double> t) { return 0.5 * polynomial(1 - 6 / (t + 3), kErfcxTerms) / (t + 0.5); }

// e^(x^2) and e^-(x^2), with what the rounding of x^2 has lost.
inline Vec<double> expOfSquare(Vec<double> x) {
  const Pair<double> square = twoProduct(x, x);
  return expSum(square.high, square.low);
}
inline Vec<double> expOfNegativeSquare(Vec<double> x) {
  const Pair<double> square = twoProduct(x, x);
  return expSum(-square.high, -square.low);
}

// Beyond it the square's exponential is 0 or infinite.
constexpr double kFarthestSquare = 40;

// erf x where |x| < 1/2.
inline Vec<double> erfSmall(Vec<double> x) { return fma(x, polynomial(x * x, ErfTerms<double>::kSmall), x); }

inline Vec<double> erfc(Vec<double> x) {
  const Vec<double> t = lesser(Vec<double>(kFarthestSquare), abs(x));
  const Vec<double> tail = expOfNegativeSquare(t) * erfcxPositive(t);
  return select(t < 0.5, 1 - erfSmall(x), select(x < 0, 2 - tail, tail));
}

// e^(x^2) erfc x
inline Vec<double> erfcx(Vec<double> x) {
  const Vec<double> t = abs(x), growth = expOfSquare(lesser(Vec<double>(kFarthestSquare), t));
  const Vec<double> tail = erfcxPositive(t);
  return select(t < 0.5, growth * (1 - erfSmall(x)), select(x < 0, 2 * growth - tail, tail));
}

// ---- quantiles of the normal distribution: Moshier, Cephes, ndtri.c ----

constexpr double kLeastMiddle = 0.13533528323661269189;  // e^-2
constexpr double kSqrt2Pi = 2.50662827463100050242;
constexpr double kSqrtHalf = 0.7071067811865476;

constexpr double kMiddleTop[] = {-1.2391658386738125, 13.931260938727968, -56.67628574690703, 98.00107541859997,
                                 -59.96335010141079};
constexpr double kMiddleBottom[] = {-1.1833162112133,   15.90562251262117,   -82.03722561683334,
                                    200.26021238006066, -225.46268785411937, 86.36024213908905,
                                    4.676279128988815,  1.9544885833814176,  1.0};
constexpr double kNearTop[] = {-0.0008574567851546854, -0.03504246268278482, -0.1402560791713545,
                               2.1866330685079025,     14.684956192885803,   44.08050738932008,
                               57.16281922464213,      31.525109459989388,   4.0554489230596245};
constexpr double kNearBottom[] = {-0.0009332594808954574, -0.03808064076915783, -0.14218292285478779,
                                  2.504649462083094,      15.04253856929075,    41.3172038254672,
                                  45.39076351288792,      15.779988325646675,   1.0};
constexpr double kFarTop[] = {6.239745391849833e-09, 2.6580697468673755e-06, 0.00030158155350823543,
                              0.012371663481782003,  0.20148538954917908,    1.3330346081580755,
                              3.9388102529247444,    6.915228890689842,      3.2377489177694603};
constexpr double kFarBottom[] = {6.790194080099813e-09, 2.8924786474538068e-06, 0.00032801446468212774,
                                 0.013420400608854318,  0.21623699359449663,    1.3770209948908132,
                                 3.6798356385616087,    6.02427039364742,       1.0};

// x with ndtr x = 1/2 + h for |h| <= 3/8.
inline Vec<double> middleQuantile(Vec<double> h) {
  const Vec<double> square = h * h;
  return kSqrt2Pi * (h + h * (square * polynomial(square, kMiddleTop) / polynomial(square, kMiddleBottom)));
}

// x with ndtr -x = p for 0 <= p <= e^-2.
inline Vec<double> tailQuantile(Vec<double> p) {
  const Vec<double> x = sqrt(-2 * log(p)), z = 1 / x;
  const Mask<double> isFar = x >= 8;
  Vec<double> rest = polynomial(z, kNearTop) / polynomial(z, kNearBottom);
  if (any(isFar)) rest = select(isFar, polynomial(z, kFarTop) / polynomial(z, kFarBottom), rest);
  return select(p == 0, Vec<double>(kInfinity<double>), x - log(x) / x - z * rest);
}

// x with ndtr x = p.
inline Vec<double> ndtri(Vec<double> p) {
  const Mask<double> right = p > 1 - kLeastMiddle;
  const Vec<double> rest = select(right, 1 - p, p), tail = tailQuantile(rest);
  const Vec<double> result = select(rest > kLeastMiddle, middleQuantile(rest - 0.5), select(right, tail, -tail));
  return select((p < 0) | (p > 1), Vec<double>(kNan<double>), result);
}

// x with erf x = y; erf x = 2 ndtr(x sqrt 2) - 1.
inline Vec<double> erfinv(Vec<double> y) {
  const Vec<double> magnitude = abs(y), rest = 0.5 - 0.5 * magnitude;
  const Vec<double> tail = copySign(tailQuantile(rest), y);
  const Vec<double> result = kSqrtHalf * select(rest > kLeastMiddle, middleQuantile(0.5 * y), tail);
  return select(magnitude > 1, Vec<double>(kNan<double>), select(magnitude < 0x1p-1000, y * 0.886226925452758, result));
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
