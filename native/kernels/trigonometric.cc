// Trigonometric and hyperbolic functions.
#include "loops.h"
#include "simd/exp.h"
#include "simd/log.h"
#include "simd/trig.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr Types<float> kFloat32;
constexpr Types<double> kFloat64;

// A row whose float32 kernel goes through the function of double.
template <class F>
constexpr PointwiseRow unaryInDouble(const char* name, F f) {
  return unary(name, kFloat64, f, kFloat32, [](auto x) { return throughDouble(F{}, x); });
}

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
    binary(
        "atan2", kFloat64, [](auto y, auto x) { return atan2(y, x); }, kFloat32,
        [](auto y, auto x) { return throughDouble([](auto a, auto b) { return atan2(a, b); }, y, x); }),
};

}  // namespace

FileRows trigonometricRows() { return {.pointwise = kRows}; }

}  // namespace dyngrad::KERNEL_NS
