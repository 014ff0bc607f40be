// Arithmetic, rounding, bitwise and the division family.
#pragma once

#include "loops.h"
#include "simd/fmod.h"

namespace dyngrad::KERNEL_NS {
namespace {

// NaN wins; of equal ones, such as zeros, b.
template <class T>
Vec<T> maximum(Vec<T> a, Vec<T> b) {
  if constexpr (kIsFloat<T>) return select(isNan(a), a, greater(a, b));
  else return select(a > b, a, b);
}

template <class T>
Vec<T> minimum(Vec<T> a, Vec<T> b) {
  if constexpr (kIsFloat<T>) return select(isNan(a), a, lesser(a, b));
  else return select(a < b, a, b);
}

template <class T>
Vec<T> sign(Vec<T> x) {
  const Vec<T> zero(0), one(1);
  const Vec<T> positive = select(x > zero, one, zero);
  if constexpr (T(-1) > T(0)) return positive;
  else return select(x < zero, -one, positive);  // NaN gives 0
}

// ---- division of integers: quotients truncate, and a divisor of -1 negates, since the quotient of the least integer overflows ----

template <class T>
Vec<T> divideLanes(Vec<T> a, Vec<T> b) {
  const Vec<T> minusOne = ~Vec<T>(0);
  const auto negates = T(-1) < T(0) ? b == minusOne : Mask<T>(false);
  const Vec<T> divisor = select(negates | (b == Vec<T>(0)), Vec<T>(1), b);
  Vec<T> quotient;
  for (int i = 0; i < kLanes<T>; ++i) quotient.v[i] = static_cast<T>(a.v[i] / divisor.v[i]);
  return select(negates, -a, quotient);
}

template <class T>
Vec<T> remainderOf(Vec<T> a, Vec<T> b, Vec<T> quotient) {
  return a - quotient * b;
}

// Lanes whose remainder is not zero and whose operands have opposite signs: there the floor is one below the truncated quotient.
template <class T>
Mask<T> roundsDown(Vec<T> remainder, Vec<T> b) {
  return (remainder != Vec<T>(0)) & ((remainder ^ b) < Vec<T>(0));
}

template <class T>
Vec<T> floorDivideIntegers(Vec<T> a, Vec<T> b) {
  const Vec<T> quotient = divideLanes(a, b);
  return select(roundsDown(remainderOf(a, b, quotient), b), quotient - Vec<T>(1), quotient);
}

template <class T>
Vec<T> remainderIntegers(Vec<T> a, Vec<T> b) {
  const Vec<T> remainder = remainderOf(a, b, divideLanes(a, b));
  return select(roundsDown(remainder, b), remainder + b, remainder);
}

// ---- division of floating point: Python's definitions, through the exact fmod ----

template <class T>
Mask<T> signsDiffer(Vec<T> remainder, Vec<T> b) {
  const Vec<T> zero(0);
  return (remainder != zero) & ((remainder < zero) ^ (b < zero));
}

template <class T>
Vec<T> remainderFloats(Vec<T> a, Vec<T> b) {
  const Vec<T> remainder = fmod(a, b);
  return select(signsDiffer(remainder, b), remainder + b, remainder);
}

// The quotient (a - mod) / b is an integer but for rounding; it snaps to the nearest one. (CPython's float_divmod.)
template <class T>
Vec<T> floorDivideFloats(Vec<T> a, Vec<T> b) {
  const Vec<T> zero(0), one(1), exact = a / b, remainder = fmod(a, b);
  Vec<T> quotient = (a - remainder) / b;
  quotient = select(signsDiffer(remainder, b), quotient - one, quotient);
  const Vec<T> down = floor(quotient);
  const Vec<T> nearest = select(quotient - down > Vec<T>(T(0.5)), down + one, down);
  const Vec<T> result = select(quotient == zero, copySign(zero, exact), nearest);
  return select(b == zero, exact, result);
}

// Fails where the divisor is 0.
template <class F>
constexpr auto unlessZero(F) {
  return [](auto a, auto b, auto& failed) {
    failed = failed | (b == 0);
    return F{}(a, b);
  };
}

constexpr PointwiseRow kArithmeticRows[] = {
    binary(
        "add", kNumbers, [](auto a, auto b) { return a + b; }, kBoolean, [](auto a, auto b) { return a | b; }),
    binary("sub", kNumbers, [](auto a, auto b) { return a - b; }),
    binary(
        "mul", kNumbers, [](auto a, auto b) { return a * b; }, kBoolean, [](auto a, auto b) { return a & b; }),
    binary("div", kFloats, [](auto a, auto b) { return a / b; }),
    unary("neg", kNumbers, [](auto x) { return -x; }),
    unary("abs", kNumbers, [](auto x) { return abs(x); }),
    unary(
        "sign", kNumbers, [](auto x) { return sign(x); }, kBoolean, [](auto x) { return x; }),
    unary("square", kNumbers, [](auto x) { return x * x; }),
    unary("reciprocal", kFloats, [](auto x) { return 1 / x; }),
    unary("sqrt", kFloats, [](auto x) { return sqrt(x); }),
    unary("rsqrt", kFloats, [](auto x) { return 1 / sqrt(x); }),

    binary("maximum", kEvery, [](auto a, auto b) { return maximum(a, b); }),
    binary("minimum", kEvery, [](auto a, auto b) { return minimum(a, b); }),
    binary("fmax", kEvery, [](auto a, auto b) { return select((a > b) | isNan(b), a, b); }),
    binary("fmin", kEvery, [](auto a, auto b) { return select((a < b) | isNan(b), a, b); }),

    ternary("addProduct", kFloats, [](auto a, auto b, auto c) { return a + b * c; }),
    ternary("subProduct", kFloats, [](auto a, auto b, auto c) { return a - b * c; }),

    unary("floor", kFloats, [](auto x) { return floor(x); }),
    unary("ceil", kFloats, [](auto x) { return ceil(x); }),
    unary("trunc", kFloats, [](auto x) { return trunc(x); }),
    unary("round", kFloats, [](auto x) { return roundEven(x); }),

    binary(
        "bitwiseAnd", kIntegers, [](auto a, auto b) { return a & b; }, kBoolean, [](auto a, auto b) { return a & b; }),
    binary(
        "bitwiseOr", kIntegers, [](auto a, auto b) { return a | b; }, kBoolean, [](auto a, auto b) { return a | b; }),
    binary(
        "bitwiseXor", kIntegers, [](auto a, auto b) { return a ^ b; }, kBoolean, [](auto a, auto b) { return a ^ b; }),
    unary(
        "bitwiseNot", kIntegers, [](auto x) { return ~x; }, kBoolean, [](auto x) { return x ^ 1; }),

    checkedBinary("floorDivide", kIntegers, unlessZero([](auto a, auto b) { return floorDivideIntegers(a, b); }),
                  kFloats, [](auto a, auto b) { return floorDivideFloats(a, b); }),
    checkedBinary("remainder", kIntegers, unlessZero([](auto a, auto b) { return remainderIntegers(a, b); }), kFloats,
                  [](auto a, auto b) { return remainderFloats(a, b); }),
    checkedBinary("truncDivide", kIntegers, unlessZero([](auto a, auto b) { return divideLanes(a, b); }), kFloats,
                  [](auto a, auto b) { return trunc(a / b); }),
    checkedBinary("fmod", kIntegers, unlessZero([](auto a, auto b) { return remainderOf(a, b, divideLanes(a, b)); }),
                  kFloats, [](auto a, auto b) { return fmod(a, b); }),
    // !(x <= 1) is true of NaN.
    checkedUnary("checkUnit", kFloats,
                 [](auto x, auto& failed) {
                   failed = failed | ~((x >= 0) & (x <= 1));
                   return x;
                 }),
};

}  // namespace
}  // namespace dyngrad::KERNEL_NS
