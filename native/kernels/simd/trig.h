// Trigonometric functions of double and their inverses; those of float go through them.
#pragma once

#include "double_word.h"

namespace dyngrad::KERNEL_NS {
namespace {

// ---- sin, cos, tan ----

// x = n pi/2 + r with |r| <= pi/4. Three parts of pi/2 of 33 bits, whose products with n < 2^20 are exact, and a rest
// (fdlibm's e_rem_pio2.c).
constexpr double kHalfPiParts[] = {1.57079632673412561417e+00, 6.07710050630396597660e-11, 2.02226624871116645580e-21,
                                   8.47842766036889956997e-32};
constexpr double kMaxReduced = 0x1p20;

// (sin r / r - 1) / r^2 and (cos r - 1 + r^2 / 2) / r^4 in r^2, |r| <= pi/4; errors of sin 2^-37.4
// (to serve float) and 2^-57.8, of cos 2^-33.1 and 2^-64.
template <class T>
struct TrigTerms;
template <>
struct TrigTerms<float> {
  static constexpr double kSin[] = {-0.16666666639561117, 0.008333329144252314, -0.00019839256732144954,
                                    2.7175652872878925e-06};
  static constexpr double kCos[] = {0.041666645655612004, -0.0013887306167827194, 2.443121765374482e-05};
};
template <>
struct TrigTerms<double> {
  static constexpr double kSin[] = {-0.16666666666666627,   0.008333333333321286,    -0.00019841269828869764,
                                    2.7557313355826676e-06, -2.5050704005682812e-08, 1.5893581819569263e-10};
  static constexpr double kCos[] = {0.04166666666666659,    -0.0013888888888872596, 2.4801587288490936e-05,
                                    -2.755731405650258e-07, 2.0875681896553673e-09, -1.135745047131018e-11};
};

struct Angle {
  Pair<double> rest;
  Vec<std::int64_t> quadrant;  // n in its low bits
};

// T is the precision wanted: for float the second part of pi/2 is the last, and needs no low part.
template <class T>
Angle reduceAngle(Vec<double> x) {
  const Vec<double> rounder(Format<double>::kRounder), shifted = fma(x, Vec<double>(0.6366197723675814), rounder);
  const Vec<double> n = shifted - rounder, first = x - n * kHalfPiParts[0];
  if constexpr (sizeof(T) == 4) return {{first - n * kHalfPiParts[1], Vec<double>(0)}, bitcast<std::int64_t>(shifted)};
  const Pair<double> second = twoSum(first, -(n * kHalfPiParts[1]));
  const Pair<double> third = twoSum(second.high, -(n * kHalfPiParts[2]));
  const Pair<double> rest = fastTwoSum(third.high, third.low + (second.low - n * kHalfPiParts[3]));
  return {rest, bitcast<std::int64_t>(shifted)};
}

template <class T>
Vec<double> sinReduced(Pair<double> r) {
  const Vec<double> square = r.high * r.high, series = polynomial(square, TrigTerms<T>::kSin);
  if constexpr (sizeof(T) == 4) return fma(r.high * square, series, r.high);
  return r.high + fma(r.high * square, series, r.low * (1 - 0.5 * square));
}

template <class T>
Vec<double> cosReduced(Pair<double> r) {
  const Vec<double> square = r.high * r.high, half = 0.5 * square, rough = 1 - half,
                    series = polynomial(square, TrigTerms<T>::kCos);
  if constexpr (sizeof(T) == 4) return fma(square * square, series, rough);
  return rough + (((1 - rough) - half) + fma(square * square, series, -(r.high * r.low)));
}

// All bits set in the lanes where bit `bit` of n is set.
inline Mask<double> bitOf(Vec<std::int64_t> n, int bit) { return signBit(bitcast<double>(n << (63 - bit))); }

inline Vec<double> flipSign(Vec<double> x, Mask<double> where) { return select(where, -x, x); }

// Lanes too large for the reduction above, one by one in the C library, whose reduction is exact.
template <class Scalar>
[[gnu::noinline]] Vec<double> replaceLarge(Vec<double> x, Vec<double> result) {
  for (int i = 0; i < kLanes<double>; ++i)
    if (!(__builtin_fabs(x.v[i]) <= kMaxReduced)) result.v[i] = Scalar::of(x.v[i]);
  return result;
}

template <class Scalar>
Vec<double> completed(Vec<double> x, Vec<double> result) {
  const Mask<double> large = ~(abs(x) <= Vec<double>(kMaxReduced));
  return any(large) ? replaceLarge<Scalar>(x, result) : result;
}

struct ScalarSin {
  static double of(double x) { return __builtin_sin(x); }
};
struct ScalarCos {
  static double of(double x) { return __builtin_cos(x); }
};
struct ScalarTan {
  static double of(double x) { return __builtin_tan(x); }
};

template <class T>
Vec<double> sinTo(Vec<double> x) {
  const Angle angle = reduceAngle<T>(x);
  const Vec<double> result = select(bitOf(angle.quadrant, 0), cosReduced<T>(angle.rest), sinReduced<T>(angle.rest));
  return completed<ScalarSin>(x, select(x == Vec<double>(0), x, flipSign(result, bitOf(angle.quadrant, 1))));
}

template <class T>
Vec<double> cosTo(Vec<double> x) {
  const Angle angle = reduceAngle<T>(x);
  const Mask<double> odd = bitOf(angle.quadrant, 0);
  const Vec<double> result = select(odd, sinReduced<T>(angle.rest), cosReduced<T>(angle.rest));
  return completed<ScalarCos>(x, flipSign(result, odd ^ bitOf(angle.quadrant, 1)));
}

inline Vec<double> tan(Vec<double> x) {
  const Angle angle = reduceAngle<double>(x);
  const Mask<double> odd = bitOf(angle.quadrant, 0);
  const Vec<double> sine = sinReduced<double>(angle.rest), cosine = cosReduced<double>(angle.rest);
  const Vec<double> result = select(odd, -cosine, sine) / select(odd, sine, cosine);
  return completed<ScalarTan>(x, select(x == Vec<double>(0), x, result));
}

inline Vec<double> sin(Vec<double> x) { return sinTo<double>(x); }
inline Vec<double> cos(Vec<double> x) { return cosTo<double>(x); }
inline Vec<float> sin(Vec<float> x) {
  return throughDouble([](Vec<double> y) { return sinTo<float>(y); }, x);
}
inline Vec<float> cos(Vec<float> x) {
  return throughDouble([](Vec<double> y) { return cosTo<float>(y); }, x);
}

// ---- asin, acos ----

// (asin x / x - 1) / x^2 in x^2, |x| <= 1/2; error 2^-59.8.
constexpr double kAsinTerms[] = {
    0.16666666666666763,  0.07499999999970099,  0.04464285717528633,  0.030381942675273575, 0.022372215905853508,
    0.017351595505830222, 0.01398101840138247,  0.011397294707356453, 0.010789308725949577, 0.0036722434486315485,
    0.021790478523377614, -0.02111644476929192, 0.03270196896419964};
constexpr double kHalfPi = 1.5707963267948966, kHalfPiLow = 6.123233995736766e-17;

// asin |x| = pi/2 - 2 asin(root) with root = sqrt((1 - |x|) / 2) where |x| > 1/2, so that the series is never asked for
// more.
struct ArcSine {
  Mask<double> large;
  Pair<double> root;       // |x|, or the root with what its rounding lost
  Vec<double> correction;  // asin(root) - root
};

inline ArcSine arcSine(Vec<double> x) {
  const Vec<double> magnitude = abs(x);
  const Mask<double> large = magnitude > 0.5;
  const Vec<double> square = select(large, 0.5 * (1 - magnitude), magnitude * magnitude);
  const Vec<double> root = select(large, sqrt(square), magnitude);
  const Pair<double> back = twoProduct(root, root);
  const Vec<double> lost = ((square - back.high) - back.low) / (root + root);
  const Vec<double> low = select(large & (root > 0), lost, Vec<double>(0));
  return {large, {root, low}, root * square * polynomial(square, kAsinTerms) + low};
}

inline Vec<double> asin(Vec<double> x) {
  const ArcSine arc = arcSine(x);
  const Vec<double> high = kHalfPi - 2 * arc.root.high, error = (kHalfPi - high) - 2 * arc.root.high;
  const Vec<double> large = high + (error + (kHalfPiLow - 2 * arc.correction));
  return copySign(select(arc.large, large, arc.root.high + arc.correction), x);
}

inline Vec<double> acos(Vec<double> x) {
  const ArcSine arc = arcSine(x);
  const Vec<double> near = 2 * (arc.root.high + arc.correction);
  const Vec<double> far = 2 * kHalfPi - (2 * arc.root.high + (2 * arc.correction - 2 * kHalfPiLow));
  const Vec<double> high = kHalfPi - x, error = (kHalfPi - high) - x;
  const Vec<double> middle = high + (error + (kHalfPiLow - copySign(arc.correction, x)));
  return select(arc.large, select(x < 0, far, near), middle);
}

// ---- atan, atan2 ----

// (atan t / t - 1) / t^2 in t^2, |t| <= tan(pi/8); error 2^-59.5.
constexpr double kAtanTerms[] = {-0.333333333333332,   0.1999999999995366,  -0.14285714280203834, 0.11111110783807954,
                                 -0.09090897766945567, 0.07692060360051049, -0.06663105441042705, 0.058478973123176764,
                                 -0.05039330557504986, 0.03806494970382065, -0.017907339484958294};

// atan(y / x) for y, x >= 0 as a pair: it is atan t, pi/4 + atan t or pi/2 + atan t with t = y/x, (y - x)/(y + x) or
// -x/y.
inline Pair<double> atanOfQuotient(Vec<double> y, Vec<double> x) {
  const Mask<double> low = y <= 0.41421356237309503 * x, high = 0.41421356237309503 * y > x;
  const Vec<double> zero(0);
  const Vec<double> t = select(low, y, select(high, -x, y - x)) / select(low, x, select(high, y, y + x));
  const Vec<double> square = t * t, tail = t * square * polynomial(square, kAtanTerms);
  const Vec<double> offset = select(low, zero, select(high, Vec<double>(kHalfPi), Vec<double>(0.5 * kHalfPi)));
  const Vec<double> offsetLow = select(low, zero, select(high, Vec<double>(kHalfPiLow), Vec<double>(0.5 * kHalfPiLow)));
  const Pair<double> sum = fastTwoSum(offset, t);
  return {sum.high, sum.low + (offsetLow + tail)};
}

inline Vec<double> atan(Vec<double> x) {
  const Pair<double> arc = atanOfQuotient(abs(x), Vec<double>(1));
  const Vec<double> result = select(abs(x) == kInfinity<double>, Vec<double>(kHalfPi), arc.high + arc.low);
  return copySign(result, x);
}

inline Vec<double> atan2(Vec<double> y, Vec<double> x) {
  const Vec<double> infinity(kInfinity<double>), one(1), zero(0);
  Vec<double> a = abs(y), b = abs(x);
  const Mask<double> bothInfinite = (a == infinity) & (b == infinity), bothZero = (a == zero) & (b == zero);
  a = select(bothInfinite, one, a);
  b = select(bothInfinite | bothZero, one, b);
  const Mask<double> huge = (a > 0x1p1020) | (b > 0x1p1020), tiny = (a < 0x1p-960) & (b < 0x1p-960);
  const Vec<double> factor = select(huge, Vec<double>(0x1p-60), select(tiny, Vec<double>(0x1p110), one));
  const Pair<double> arc = atanOfQuotient(a * factor, b * factor);
  const Vec<double> left = 2 * kHalfPi - arc.high;
  const Vec<double> leftLow = ((2 * kHalfPi - left) - arc.high) + (2 * kHalfPiLow - arc.low);
  const Vec<double> result = select(signBit(x), left + leftLow, arc.high + arc.low);
  return copySign(select(isNan(x) | isNan(y), x + y, result), y);
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
