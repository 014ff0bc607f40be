// Trigonometric and hyperbolic functions.
#include "in_double.h"
#include "simd/exp.h"
#include "simd/log.h"
#include "simd/trig.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr PointwiseRow kRows[] = {
    unaryInDouble("sinh", [](auto x) { return sinh(x); }),
    unaryInDouble("cosh", [](auto x) { return cosh(x); }),
    unaryInDouble("asinh", [](auto x) { return asinh(x); }),
    unaryInDouble("acosh", [](auto x) { return acosh(x); }),
    unaryInDouble("atanh", [](auto x) { return atanh(x); }),
    unary("sin", kFloats, [](auto x) { return sin(x); }),
    unary("cos", kFloats, [](auto x) { return cos(x); }),
    unaryInDouble("tan", [](auto x) { return tan(x); }),
    unaryInDouble("asin", [](auto x) { return asin(x); }),
    unaryInDouble("acos", [](auto x) { return acos(x); }),
    unaryInDouble("atan", [](auto x) { return atan(x); }),
    binaryInDouble("atan2", [](auto y, auto x) { return atan2(y, x); }),
};

}  // namespace

FileRows trigonometricRows() { return {.pointwise = kRows}; }

}  // namespace dyngrad::KERNEL_NS
