// Bitwise operations.
#include "loops.h"

namespace dyngrad::KERNEL_NS {
namespace {

template <class T>
constexpr T kBits = static_cast<T>(8 * sizeof(T));

template <class T>
Mask<T> isShift(Vec<T> by) {
  return (by >= Vec<T>(0)) & (by < Vec<T>(kBits<T>));
}

// 0 where a shift is negative or as wide as the integer.
template <class T>
Vec<T> shiftLeftBy(Vec<T> x, Vec<T> by) {
  using Bits = typename Vec<T>::Bits;
  const Mask<T> fits = isShift(by);
  const Vec<T> bits = select(fits, by, Vec<T>(0));
  return select(fits, Vec<T>((typename Vec<T>::Lanes)((Bits)x.v << (Bits)bits.v)), Vec<T>(0));
}

// There -1 for what is negative, else 0.
template <class T>
Vec<T> shiftRightBy(Vec<T> x, Vec<T> by) {
  const Mask<T> fits = isShift(by);
  const Vec<T> shifted(x.v >> select(fits, by, Vec<T>(kBits<T> - 1)).v);
  if constexpr (T(-1) > T(0)) return select(fits, shifted, Vec<T>(0));
  else return shifted;
}

constexpr PointwiseRow kRows[] = {
    binary(
        "bitwiseAnd", kIntegers, [](auto a, auto b) { return a & b; }, kBoolean, [](auto a, auto b) { return a & b; }),
    binary(
        "bitwiseOr", kIntegers, [](auto a, auto b) { return a | b; }, kBoolean, [](auto a, auto b) { return a | b; }),
    binary(
        "bitwiseXor", kIntegers, [](auto a, auto b) { return a ^ b; }, kBoolean, [](auto a, auto b) { return a ^ b; }),
    unary(
        "bitwiseNot", kIntegers, [](auto x) { return ~x; }, kBoolean, [](auto x) { return x ^ 1; }),
    binary("bitwiseLeftShift", kIntegers, [](auto x, auto by) { return shiftLeftBy(x, by); }),
    binary("bitwiseRightShift", kIntegers, [](auto x, auto by) { return shiftRightBy(x, by); }),
};

}  // namespace

FileRows bitwiseRows() { return {.pointwise = kRows}; }

}  // namespace dyngrad::KERNEL_NS
