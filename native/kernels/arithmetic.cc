// Arithmetic and rounding.
#include "extremes.h"
#include "loops.h"

namespace dyngrad::KERNEL_NS {
namespace {

template <class T>
Vec<T> sign(Vec<T> x) {
  const Vec<T> zero(0), one(1);
  const Vec<T> positive = select(x > zero, one, zero);
  if constexpr (T(-1) > T(0)) return positive;
  else return select(x < zero, -one, positive);  // NaN gives 0
}

constexpr PointwiseRow kRows[] = {
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

    // !(x <= 1) is true of NaN.
    checkedUnary("checkUnit", kFloats,
                 [](auto x, auto& failed) {
                   failed = failed | ~((x >= 0) & (x <= 1));
                   return x;
                 }),
};

}  // namespace

FileRows arithmeticRows() { return {.pointwise = kRows}; }

}  // namespace dyngrad::KERNEL_NS
