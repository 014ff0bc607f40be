// Bitwise operations.
#include "loops.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr PointwiseRow kRows[] = {
    binary(
        "bitwiseAnd", kIntegers, [](auto a, auto b) { return a & b; }, kBoolean, [](auto a, auto b) { return a & b; }),
    binary(
        "bitwiseOr", kIntegers, [](auto a, auto b) { return a | b; }, kBoolean, [](auto a, auto b) { return a | b; }),
    binary(
        "bitwiseXor", kIntegers, [](auto a, auto b) { return a ^ b; }, kBoolean, [](auto a, auto b) { return a ^ b; }),
    unary(
        "bitwiseNot", kIntegers, [](auto x) { return ~x; }, kBoolean, [](auto x) { return x ^ 1; }),
};

}  // namespace

FileRows bitwiseRows() { return {.pointwise = kRows}; }

}  // namespace dyngrad::KERNEL_NS
