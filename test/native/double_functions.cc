// float64 functions, and pow and atan2 of both types, against the C library's long double on pseudo-random inputs of
// all sizes.
#include <cmath>

#include "check.h"

namespace dyngrad::test {
namespace {

using Real = long double;

Real referenceSigmoid(Real x) { return 1 / (1 + std::exp(-x)); }

struct Unary {
  const char* name;
  Real (*reference)(Real);
  double limit;
  double low, high;  // where the function is dense; one half of the samples, the other half has any exponent
};

constexpr Unary kUnary[] = {
    {"exp", std::exp, 1, -750, 712},
    {"exp2", std::exp2, 1.25, -1080, 1030},
    {"expm1", std::expm1, 1, -40, 40},
    {"log", std::log, 1, 0.3, 3},
    {"log2", std::log2, 1, 0.3, 3},
    {"log10", std::log10, 1, 0.3, 3},
    {"log1p", std::log1p, 1, -1, 3},
    {"tanh", std::tanh, 1, -25, 25},
    {"sigmoid", referenceSigmoid, 2, -50, 50},
    {"erf", std::erf, 1.5, -7, 7},
    {"sinh", std::sinh, 2.5, -712, 712},
    {"cosh", std::cosh, 2.5, -712, 712},
    {"sin", std::sin, 1, -100, 100},
    {"cos", std::cos, 1, -100, 100},
    {"tan", std::tan, 2.5, -100, 100},
    {"asin", std::asin, 1.5, -1, 1},
    {"acos", std::acos, 1.5, -1, 1},
    {"atan", std::atan, 2, -10, 10},
    {"asinh", std::asinh, 2.5, -10, 10},
    {"acosh", std::acosh, 2.5, 1, 10},
    {"atanh", std::atanh, 2.5, -1, 1},
    {"erfc", std::erfc, 4, -7, 28},
};

std::uint64_t state = 0x9e3779b97f4a7c15;
std::uint64_t randomBits() {  // Vigna's splitmix64
  std::uint64_t z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}
double uniform(double low, double high) {
  return low + (high - low) * static_cast<double>(randomBits() >> 11) * 0x1p-53;
}
double anyDouble() {
  const std::uint64_t bits = randomBits();
  double x;
  std::memcpy(&x, &bits, 8);
  return x;
}
// Most doubles are far from 1 in size; these have exponents within 2^-60..2^60.
double moderate() {
  return (randomBits() & 1 ? 1 : -1) * std::ldexp(uniform(1, 2), static_cast<int>(randomBits() % 121) - 60);
}

template <class T>
double distance(T got, Real want) {
  if (std::isnan(want)) return std::isnan(got) ? 0 : 1e30;
  const T rounded = static_cast<T>(want);
  if (std::isinf(rounded) || std::isinf(got)) return got == rounded ? 0 : 1e30;
  if (got == 0 && rounded == 0) return std::signbit(got) == std::signbit(want) ? 0 : 1e30;
  int exponent;
  std::frexp(want, &exponent);
  constexpr int kDigits = sizeof(T) == 4 ? 24 : 53, kLeast = sizeof(T) == 4 ? -125 : -1021;
  return static_cast<double>(std::fabs(got - want) /
                             std::ldexp(Real(1), (exponent < kLeast ? kLeast : exponent) - kDigits));
}

void check(const Unary& function) {
  const PointwiseKernel kernel = find(function.name, DType::kFloat64);
  if (!kernel) return;
  std::vector<double> in;
  for (int i = 0; i < 300000; ++i)
    in.push_back(i % 2 ? uniform(function.low, function.high) : i % 8 == 0 ? anyDouble() : moderate());
  const std::vector<double> out = run<double, double>(kernel, {in});
  double worst = 0, at = 0;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const double ulps = distance(out[i], function.reference(in[i]));
    if (ulps > worst) worst = ulps, at = in[i];
  }
  std::printf("%-9s float64 %-8s max %.4f ulp at %.17g\n", table().isa, function.name, worst, at);
  expect(worst <= function.limit, "accuracy", function.name);
}

template <class T>
void checkBinary(const char* name, Real (*reference)(Real, Real), double limit, bool base) {
  const PointwiseKernel kernel = find(name, kDType<T>);
  if (!kernel) return;
  std::vector<T> a, b;
  for (int i = 0; i < 300000; ++i) {
    const double x = i % 2 ? uniform(base ? 0.5 : -2, 2) : base && i % 4 ? std::fabs(anyDouble()) : moderate();
    const double y = i % 3 == 0 ? uniform(-1000, 1000) : i % 3 == 1 ? uniform(-8, 8) : std::round(uniform(-40, 40));
    a.push_back(static_cast<T>(x));
    b.push_back(static_cast<T>(y));
  }
  const std::vector<T> out = run<T, T>(kernel, {a, b});
  double worst = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double ulps = distance(out[i], reference(a[i], b[i]));
    if (ulps > worst) worst = ulps, at = i;
  }
  std::printf("%-9s float%d %-8s max %.4f ulp at %.17g, %.17g\n", table().isa, 8 * static_cast<int>(sizeof(T)), name,
              worst, static_cast<double>(a[at]), static_cast<double>(b[at]));
  expect(worst <= limit, "accuracy", name);
}

}  // namespace

void testDoubleFunctions() {
  for (const Unary& function : kUnary) check(function);
  checkBinary<double>("pow", std::pow, 1, true);
  checkBinary<float>("pow", std::pow, 0.51, true);
  checkBinary<double>("atan2", std::atan2, 2, false);
  checkBinary<float>("atan2", std::atan2, 0.51, false);
}

}  // namespace dyngrad::test
