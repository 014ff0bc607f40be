// Exponentials, logarithms and powers, with what is made of them.
#include "loops.h"
#include "simd/erf.h"
#include "simd/exp.h"
#include "simd/log.h"
#include "simd/pow.h"

namespace dyngrad::KERNEL_NS {
namespace {

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

constexpr PointwiseRow kRows[] = {
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
    checkedBinary(
        "pow", kIntegers,
        [](auto a, auto b, auto& failed) {
          failed = failed | (b < 0);
          return powIntegers(a, b);
        },
        kFloats, [](auto a, auto b) { return pow(a, b); }),
};

}  // namespace

FileRows transcendentalRows() { return {.pointwise = kRows}; }

}  // namespace dyngrad::KERNEL_NS
