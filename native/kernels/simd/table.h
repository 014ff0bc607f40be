// float32 functions by tables of 16 numbers in one vector each, for instruction sets where kHasTables. Their loops run
// at about two instructions a cycle, hence few instructions are what counts; a number from a table is one, and a
// division takes the time of twenty.
#pragma once

#include "double_word.h"

namespace dyngrad::KERNEL_NS {
namespace {

// e^x = 2^n e^r with n = round(8 x / ln 2) / 8, |r| <= ln 2 / 16; 2^n is a number of this table times a power of 2.
// kExpTerms: (e^r - 1 - r) / r^2; error against e^r: 2^-32.5.
alignas(64) constexpr float kPowers[] = {1,          1.0905077f, 1.1892071f, 1.2968396f, 1.4142135f, 1.5422108f,
                                         1.6817929f, 1.8340081f, 1,          1.0905077f, 1.1892071f, 1.2968396f,
                                         1.4142135f, 1.5422108f, 1.6817929f, 1.8340081f};
constexpr float kExpTerms[] = {0.5f, 0.16668028f, 0.041660428f};

// For an x within the bounds of exp. The scale is by 2^floor(n).
template <class T>
Vec<T> expByTable(Vec<T> x) {
  const Vec<T> rounder(Format<T>::kRounder / 8);  // leaves the nearest eighth; the low bits select from the table
  const Vec<T> shifted = fma(x, Vec<T>(static_cast<T>(1.4426950408889634)), rounder), n = shifted - rounder;
  const Vec<T> r = fma(n, Vec<T>(-Format<T>::kLn2Low), fma(n, Vec<T>(-Format<T>::kLn2High), x));
  const Vec<T> power = lookUp(kPowers, shifted);
  return scaleByPower(fma(power, fma(r * r, polynomial(r, kExpTerms), r), power), n);
}

// y near 1 / (1 + e) on [0, 1], where 1 - (1 + e) y is a multiple of the Chebyshev polynomial T4 of 2 e / 1.04 - 1: at
// most 2^-9. (On [0, 1.04], so that y is at least 1/2 and 1 - y exact.)
constexpr float kReciprocalTerms[] = {0.99806464f, -0.9385147f, 0.6522169f, -0.21175873f};

// With e = e^-|x|: 1 / (1 + e), and for negative x e / (1 + e) = e - e^2 / (1 + e). Where y is off by the factor 1 - d,
// y (1 + d + d^2) is off by d^3; d = (1 - y) - e y needs no rounded sum 1 + e.
template <class T>
Vec<T> sigmoidByTable(Vec<T> x) {
  const Vec<T> e = expByTable(greater(Vec<T>(-105), x | Vec<T>(kSignBit<T>))), square = e * e;
  const auto& c = kReciprocalTerms;
  const Vec<T> y = fma(square, fma(Vec<T>(c[3]), e, Vec<T>(c[2])), fma(Vec<T>(c[1]), e, Vec<T>(c[0])));
  const Vec<T> d = fma(-e, y, Vec<T>(1) - y), positive = fma(y, fma(d, d, d), y);
  return select(x < Vec<T>(0), fma(-square, positive, e), positive);
}

// tanh(k s + d) for |d| <= s / 2 and k = 0..15: a polynomial in d for each k, the coefficients of one degree in a row;
// errors below 2^-29. The spacing s is chosen for numbers tanh(k s) near to floats; from 15.5 s on tanh is 1, which the
// slope for k = 15 reaches.
constexpr float kTanhSpacing = 0.5830841f;
alignas(64) constexpr float kTanhRows[][16] = {
    {0, 5.249034e-1f, 8.230399e-1f, 9.412904e-1f, 9.813312e-1f, 9.94146e-1f, 9.9817246e-1f, 9.9943024e-1f,
     9.9982244e-1f, 9.999447e-1f, 9.999828e-1f, 9.9999464e-1f, 9.9999833e-1f, 9.9999946e-1f, 9.999998e-1f,
     9.9999994e-1f},
    {1, 7.2447646e-1f, 3.226053e-1f, 1.1397242e-1f, 3.6988992e-2f, 1.1673788e-2f, 3.65177e-3f, 1.1391727e-3f,
     3.5505818e-4f, 1.1063491e-4f, 3.447056e-5f, 1.0739722e-5f, 3.346064e-6f, 1.0424958e-6f, 3.2479852e-7f, 1.462e-7f},
    {-1.08345105e-7f, -3.8028023e-1f, -2.6551744e-1f, -1.0728101e-1f, -3.6298435e-2f, -1.1605451e-2f, -3.6450976e-3f,
     -1.1385242e-3f, -3.549953e-4f, -1.1062885e-4f, -3.446998e-5f, -1.073967e-5f, -3.3460599e-6f, -1.0424958e-6f,
     -3.2479863e-7f, -1.0119379e-7f},
    {-3.3332637e-1f, -4.1885212e-2f, 1.1099733e-1f, 6.299179e-2f, 2.3291115e-2f, 7.646247e-3f, 2.4211784e-3f,
     7.5815106e-4f, 2.365795e-4f, 7.37444e-5f, 2.2979193e-5f, 7.1597024e-6f, 2.230699e-6f, 6.949964e-7f, 2.1653234e-7f,
     6.7462516e-8f},
    {-1.481992e-4f, 1.4874907e-1f, -2.8254832e-3f, -2.35411e-2f, -1.0757825e-2f, -3.7329053e-3f, -1.20164e-3f,
     -3.7818044e-4f, -1.18195654e-4f, -3.6860853e-5f, -1.1487807e-5f, -3.5794628e-6f, -1.1152449e-6f, -3.4746722e-7f,
     -1.0825667e-7f, -3.3728316e-8f},
    {1.3475285e-1f, -4.7878277e-2f, -2.752898e-2f, 3.6906537e-3f, 3.615263e-3f, 1.4218639e-3f, 4.735942e-4f,
     1.5058284e-4f, 4.721137e-5f, 1.4737893e-5f, 4.5945117e-6f, 1.4317307e-6f, 4.4609416e-7f, 1.3898698e-7f,
     4.3302823e-8f, 1.3491386e-8f},
    {-6.548267e-3f, -3.2938097e-2f, 1.7241905e-2f, 2.1370307e-3f, -7.494506e-4f, -4.2892888e-4f, -1.5470274e-4f,
     -5.0310795e-5f, -1.5881811e-5f, -4.9682744e-6f, -1.5498669e-6f, -4.830644e-7f, -1.5052127e-7f, -4.689797e-8f,
     -1.4611635e-8f, -4.552396e-9f},
    {-4.134566e-2f, 2.8705312e-2f, -3.040797e-3f, -1.9885092e-3f, -2.5210787e-5f, 9.52058e-5f, 4.1402174e-5f,
     1.4095336e-5f, 4.509378e-6f, 1.4164284e-6f, 4.4241756e-7f, 1.3794744e-7f, 4.298923e-8f, 1.3394682e-8f,
     4.173326e-9f, 1.3002448e-9f}};

template <class T>
Vec<T> tanhByTable(Vec<T> x) {
  const Vec<T> bounded = lesser(Vec<T>(15.49f * kTanhSpacing), abs(x)), rounder(Format<T>::kRounder);
  const Vec<T> shifted = fma(bounded, Vec<T>(1 / kTanhSpacing), rounder);
  const Vec<T> d = fma(shifted - rounder, Vec<T>(-kTanhSpacing), bounded);
  Vec<T> sum = lookUp(kTanhRows[7], shifted);
  for (int i = 6; i >= 0; --i) sum = fma(sum, d, lookUp(kTanhRows[i], shifted));
  return sum | (x & Vec<T>(kSignBit<T>));
}

// log x for x = 2^k m with m in [0.75, 1.5). The first four bits of m's fraction choose a c near 1 / m from the first
// row, -log c from the second: with r = m c - 1 in [-1/32, 1/16] log x = (k ln 2 - log c) + log(1 + r). Next to 1 c is
// 1; the others are multiples of 2^-22 chosen for a -log c within 2^-28.9 of a multiple of 2^-15.
alignas(64) constexpr float kLogRows[][16] = {
    {1, 0.9225373f, 0.8678081f, 0.8208473f, 0.78273225f, 0.7459316f, 0.70876f, 0.6813791f, 1.3034103f, 1.2579226f,
     1.2036195f, 1.1662676f, 1.1262877f, 1.0814228f, 1.048023f, 1},
    {0, 0.08062744f, 0.14178467f, 0.19741821f, 0.2449646f, 0.29312134f, 0.34423828f, 0.38363647f, -0.26498413f,
     -0.22946167f, -0.18533325f, -0.1538086f, -0.118927f, -0.07827759f, -0.046905518f, 0}};
// (log(1 + r) - r) / r^2; error against log(1 + r): 2^-28.3.
constexpr float kLogTerms[] = {-0.5f, 0.33334482f, -0.25010103f, 0.18896483f};

template <class T>
struct TableEntry {
  Vec<T> shift, index, c;  // shift = -k
};

// Of 0 and infinity the shift is infinite, of negative x it is NaN.
template <class T>
TableEntry<T> entryOf(Vec<T> x) {
  const Vec<T> m = significand(x), index = shiftRight(m, Format<T>::kMantissaBits - 4);
  return {exponent(m) - exponent(x), index, lookUp(kLogRows[0], index)};
}

// ln 2 in two parts above 0, so that an infinite shift stays; the first sum is exact.
template <class T>
Vec<T> logFromTable(const TableEntry<T>& entry, Vec<T> r) {
  const Vec<T> high = fma(entry.shift, Vec<T>(-0x1.62p-1f), lookUp(kLogRows[1], entry.index));
  const Vec<T> low = fma(entry.shift, Vec<T>(-0x1.c85fep-10f), r);
  return high + fma(r * r, polynomial(r, kLogTerms), low);
}

template <class T>
Vec<T> logByTable(Vec<T> x) {
  const TableEntry<T> entry = entryOf(x);
  return logFromTable(entry, fma(significand(x), entry.c, Vec<T>(-1)));
}

// With the entry of 1 + x rounded, and r = 2^-k c (1 + x) - 1 from x itself: 2^-k c x + (2^-k c - 1), where the
// difference is exact up to k = 2 (beyond, k ln 2 makes up for it). r is NaN where 1 + x is 0 or infinite.
template <class T>
Vec<T> log1pByTable(Vec<T> x) {
  const TableEntry<T> entry = entryOf(Vec<T>(1) + x);
  const Vec<T> c = scaleByPower(entry.c, entry.shift), r = fma(x, c, c - Vec<T>(1));
  return logFromTable(entry, greater(r, Vec<T>(-1))) | (x & Vec<T>(kSignBit<T>));  // -0 stays
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
