// Quotients and remainders that round.
#include "loops.h"
#include "simd/fmod.h"

namespace dyngrad::KERNEL_NS {
namespace {

// ---- division of integers: quotients truncate, and a divisor of -1 negates, since the quotient of the least integer
// overflows ----

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

// Lanes whose remainder is not zero and whose operands have opposite signs: there the floor is one below the truncated
// quotient.
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

// ---- common divisors and multiples: never negative but for the least integer, which has no opposite ----

template <class T>
T magnitude(T x) {
  using U = typename IntegersOf<sizeof(T)>::Unsigned;
  return x < 0 ? static_cast<T>(U{0} - static_cast<U>(x)) : x;
}

template <class T>
T commonDivisor(T a, T b) {
  using U = typename IntegersOf<sizeof(T)>::Unsigned;
  auto x = static_cast<U>(magnitude(a)), y = static_cast<U>(magnitude(b));
  while (y != 0) {
    const U rest = x % y;
    x = y;
    y = rest;
  }
  return static_cast<T>(x);
}

template <class T>
T commonMultiple(T a, T b) {
  using U = typename IntegersOf<sizeof(T)>::Unsigned;
  const T divisor = commonDivisor(a, b);
  if (divisor == 0) return 0;
  return magnitude(static_cast<T>(static_cast<U>(static_cast<U>(a / divisor) * static_cast<U>(b))));
}

template <class T, class F>
Vec<T> eachLane(Vec<T> a, Vec<T> b, F f) {
  Vec<T> result;
  for (int i = 0; i < kLanes<T>; ++i) result.v[i] = f(static_cast<T>(a.v[i]), static_cast<T>(b.v[i]));
  return result;
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

constexpr PointwiseRow kRows[] = {
    checkedBinary("floorDivide", kIntegers, unlessZero([](auto a, auto b) { return floorDivideIntegers(a, b); }),
                  kFloats, [](auto a, auto b) { return floorDivideFloats(a, b); }),
    checkedBinary("remainder", kIntegers, unlessZero([](auto a, auto b) { return remainderIntegers(a, b); }), kFloats,
                  [](auto a, auto b) { return remainderFloats(a, b); }),
    checkedBinary("truncDivide", kIntegers, unlessZero([](auto a, auto b) { return divideLanes(a, b); }), kFloats,
                  [](auto a, auto b) { return trunc(a / b); }),
    checkedBinary("fmod", kIntegers, unlessZero([](auto a, auto b) { return remainderOf(a, b, divideLanes(a, b)); }),
                  kFloats, [](auto a, auto b) { return fmod(a, b); }),
    binary("gcd", kIntegers,
           [](auto a, auto b) { return eachLane(a, b, [](auto x, auto y) { return commonDivisor(x, y); }); }),
    binary("lcm", kIntegers,
           [](auto a, auto b) { return eachLane(a, b, [](auto x, auto y) { return commonMultiple(x, y); }); }),
};

}  // namespace

FileRows divisionRows() { return {.pointwise = kRows}; }

}  // namespace dyngrad::KERNEL_NS
