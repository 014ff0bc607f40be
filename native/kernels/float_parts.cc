// Sign, exponent, significand and neighbours of floating point numbers, and lengths.
#include "loops.h"

namespace dyngrad::KERNEL_NS {
namespace {

template <class T>
constexpr T kInfinity = static_cast<T>(__builtin_inf());

// ---- x = m 2^e with |m| in [0.5, 1) ----

template <class T>
constexpr int kSignificandBits = sizeof(T) == 4 ? 23 : 52;
template <class T>
constexpr SignedOf<T> kExponentMask = sizeof(T) == 4 ? 0xff : 0x7ff;
// The exponent field of numbers in [0.5, 1).
template <class T>
constexpr SignedOf<T> kHalfExponent = kExponentMask<T> / 2 - 1;
template <class T>
constexpr T kLeastNormal = static_cast<T>(sizeof(T) == 4 ? 0x1p-126 : 0x1p-1022);

template <class T>
Mask<T> isDenormal(Vec<T> x) {
  return abs(x) < Vec<T>(kLeastNormal<T>);
}

// Denormals times 2^64 are none.
template <class T>
Vec<SignedOf<T>> normalBits(Vec<T> x) {
  return bitcast<SignedOf<T>>(select(isDenormal(x), x * Vec<T>(T(0x1p64)), x));
}

// 0, infinities and NaN have no exponent.
template <class T>
Mask<T> isOrdinary(Vec<T> x) {
  return (abs(x) < Vec<T>(kInfinity<T>)) & (x != Vec<T>(0));
}

template <class T>
Vec<T> mantissa(Vec<T> x) {
  using I = SignedOf<T>;
  const Vec<I> field(static_cast<I>(kExponentMask<T> << kSignificandBits<T>));
  const Vec<I> half(static_cast<I>(kHalfExponent<T> << kSignificandBits<T>));
  return select(isOrdinary(x), bitcast<T>((normalBits(x) & ~field) | half), x);
}

template <class T>
Vec<T> exponentOf(Vec<T> x) {
  using I = SignedOf<T>;
  const Vec<I> field = shiftRight(normalBits(x), kSignificandBits<T>) & Vec<I>(kExponentMask<T>);
  const Vec<T> exponent = convert<T>(field - Vec<I>(kHalfExponent<T>));
  return select(isOrdinary(x), select(isDenormal(x), exponent - Vec<T>(64), exponent), Vec<T>(0));
}

// ---- the next number from x in the direction of y ----

// By what makes the next magnitude above that of x, and the one below, where x is not 0.
template <class T, class F>
Vec<T> neighbour(Vec<T> x, Vec<T> y, Vec<T> least, F beside) {
  const Vec<T> zero(0);
  const Mask<T> grows = ~((x < y) ^ (x > zero));
  const Vec<T> next = copySign(beside(abs(x), grows), x);
  const Vec<T> moved = select(x == zero, copySign(least, y), next);
  return select(isNan(x) | isNan(y), x + y, select(x == y, y, moved));
}

template <class T>
Vec<T> stepBits(Vec<T> magnitude, Mask<T> grows, SignedOf<T> step) {
  using I = SignedOf<T>;
  const Vec<I> bits = bitcast<I>(magnitude), by(step);
  return select(grows, bitcast<T>(bits + by), bitcast<T>(bits - by));
}

// Numbers whose last `kUnused` bits are 0: float itself, or bfloat16.
template <int kUnused, class T>
Vec<T> nextAfter(Vec<T> x, Vec<T> y) {
  constexpr SignedOf<T> step = SignedOf<T>{1} << kUnused;
  const Vec<T> least = bitcast<T>(Vec<SignedOf<T>>(step));
  return neighbour(x, y, least, [](auto magnitude, auto grows) { return stepBits(magnitude, grows, step); });
}

// float16 as float: below 2^-14 all numbers lie 2^-24 apart, and there is none between 65504 and infinity.
inline Vec<float> nextAfterHalf(Vec<float> x, Vec<float> y) {
  const Vec<float> least(0x1p-24f), normal(0x1p-14f);
  return neighbour(x, y, least, [&](auto magnitude, auto grows) {
    const auto isSmall = (magnitude < normal) | (~grows & (magnitude == normal));
    const Vec<float> stepped = stepBits(magnitude, grows, 1 << 13);
    const Vec<float> small = select(grows, magnitude + least, magnitude - least);
    const Vec<float> next = select(isSmall, small, stepped);
    return select(magnitude == Vec<float>(kInfinity<float>), Vec<float>(65504), next);
  });
}

// ---- sqrt(x^2 + y^2) ----

template <class T>
Vec<T> orInfinite(Vec<T> length, Vec<T> x, Vec<T> y) {
  const Vec<T> infinity(kInfinity<T>);
  return select((abs(x) == infinity) | (abs(y) == infinity), infinity, length);
}

inline Vec<double> root(Vec<double> x, Vec<double> y) { return sqrt(x * x + y * y); }

// Scaled by a power of 2 where squares would leave the range.
inline Vec<double> hypot(Vec<double> x, Vec<double> y) {
  const Vec<double> a = abs(x), b = abs(y), larger = select(a > b, a, b);
  const Vec<double> down(0x1p-600), up(0x1p600), one(1);
  const auto isHuge = larger > Vec<double>(0x1p500), isTiny = larger < Vec<double>(0x1p-400);
  const Vec<double> scale = select(isHuge, down, select(isTiny, up, one));
  const Vec<double> back = select(isHuge, up, select(isTiny, down, one));
  return orInfinite(root(a * scale, b * scale) * back, x, y);
}

inline Vec<float> hypot(Vec<float> x, Vec<float> y) {
  return orInfinite(throughDouble([](auto a, auto b) { return root(a, b); }, x, y), x, y);
}

constexpr Types<float> kFloat32;

constexpr PointwiseRow kRows[] = {
    binary("copysign", kFloats, [](auto x, auto y) { return copySign(x, y); }),
    unary("mantissa", kFloats, [](auto x) { return mantissa(x); }),
    unary("exponent", kFloats, [](auto x) { return exponentOf(x); }),
    binary("nextafter", kFloats, [](auto x, auto y) { return nextAfter<0>(x, y); }),
    binary("nextafterBFloat16", kFloat32, [](auto x, auto y) { return nextAfter<16>(x, y); }),
    binary("nextafterHalf", kFloat32, [](auto x, auto y) { return nextAfterHalf(x, y); }),
    binary("hypot", kFloats, [](auto x, auto y) { return hypot(x, y); }),
};

}  // namespace

FileRows floatPartsRows() { return {.pointwise = kRows}; }

}  // namespace dyngrad::KERNEL_NS
