// Transcendental rows, and integer powers.
#pragma once

#include "loops.h"
#include "simd/math.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr Types<float> kFloat32;
constexpr Types<double> kFloat64;

// A row whose float32 kernel goes through the function of double.
template <class F>
constexpr PointwiseRow unaryInDouble(const char* name, F f) {
  return unary(name, kFloat64, f, kFloat32, [](auto x) { return throughDouble(F{}, x); });
}

// By squaring; where an exponent is negative (which fails) 1 / a^|b| truncated.
template <class T>
T integerPower(T base, T exponent) {
  using U = typename IntegersOf<sizeof(T)>::Unsigned;
  const bool odd = exponent & 1;
  if (T(-1) < T(0) && exponent < 0) return base == 1 ? 1 : base == T(-1) ? (odd ? -1 : 1) : 0;
  U power = 1, square = static_cast<U>(base);
  for (U bits = static_cast<U>(exponent); bits != 0; bits >>= 1) {
    if (bits & 1) power = static_cast<U>(power * square);
    square = static_cast<U>(square * square);
  }
  return static_cast<T>(power);
}

template <class T>
Vec<T> powIntegers(Vec<T> a, Vec<T> b) {
  Vec<T> result;
  for (int i = 0; i < kLanes<T>; ++i) result.v[i] = integerPower<T>(a.v[i], b.v[i]);
  return result;
}

constexpr PointwiseRow kTranscendentalRows[] = {
    unary("exp", kFloats, [](auto x) { return exp(x); }),
    unary("exp2", kFloats, [](auto x) { return exp2(x); }),
    unary("expm1", kFloats, [](auto x) { return expm1(x); }),
    unary("log", kFloats, [](auto x) { return log(x); }),
    unary("log2", kFloats, [](auto x) { return log2(x); }),
    unary("log10", kFloats, [](auto x) { return log10(x); }),
    unary("log1p", kFloats, [](auto x) { return log1p(x); }),
    unary("sigmoid", kFloats, [](auto x) { return sigmoid(x); }),
    unary("tanh", kFloats, [](auto x) { return tanh(x); }),
    unary("erf", kFloats, [](auto x) { return erf(x); }),
    unaryInDouble("sinh", [](auto x) { return sinh(x); }),
    unaryInDouble("cosh", [](auto x) { return cosh(x); }),
    unary("sin", kFloats, [](auto x) { return sin(x); }),
    unary("cos", kFloats, [](auto x) { return cos(x); }),
    unaryInDouble("tan", [](auto x) { return tan(x); }),
    unaryInDouble("asin", [](auto x) { return asin(x); }),
    unaryInDouble("acos", [](auto x) { return acos(x); }),
    unaryInDouble("atan", [](auto x) { return atan(x); }),
    binary(
        "atan2", kFloat64, [](auto y, auto x) { return atan2(y, x); }, kFloat32,
        [](auto y, auto x) { return throughDouble([](auto a, auto b) { return atan2(a, b); }, y, x); }),
    checkedBinary(
        "pow", kIntegers,
        [](auto a, auto b, auto& failed) {
          failed = failed | (b < 0);
          return powIntegers(a, b);
        },
        kFloats, [](auto a, auto b) { return pow(a, b); }),
};

}  // namespace
}  // namespace dyngrad::KERNEL_NS
