// float32 functions against the C library's double, over all exponents; `--exhaustive` visits every one of the 2^32
// inputs.
#include <cmath>

#include "check.h"

namespace dyngrad::test {
namespace {

double referenceSigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double referenceSquareRoot(double x) { return std::sqrt(x); }

struct Function {
  const char* name;
  double (*reference)(double);
  double limit;  // ulps
};

constexpr Function kFunctions[] = {
    {"exp", std::exp, 1},
    {"log", std::log, 1.1},
    {"log1p", std::log1p, 1.1},
    {"tanh", std::tanh, 1.5},
    {"sigmoid", referenceSigmoid, 2},
    {"expm1", std::expm1, 1},
    {"exp2", std::exp2, 1.25},
    {"log2", std::log2, 1},
    {"log10", std::log10, 1},
    {"sqrt", referenceSquareRoot, 0.5},
    {"erf", std::erf, 1.5},
    {"erfc", std::erfc, 0.51},
    {"lgamma", std::lgamma, 0.6},
    {"sinh", std::sinh, 0.51},
    {"cosh", std::cosh, 0.51},
    {"sin", std::sin, 0.52},
    {"cos", std::cos, 0.52},
    {"tan", std::tan, 0.51},
    {"asin", std::asin, 0.51},
    {"acos", std::acos, 0.51},
    {"atan", std::atan, 0.51},
    {"asinh", std::asinh, 0.51},
    {"acosh", std::acosh, 0.51},
    {"atanh", std::atanh, 0.51},
};
constexpr int kRequiredFunctions = 5;  // the first ones, checked exhaustively

float fromBits(std::uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, 4);
  return x;
}

double distance(float got, double want) {
  if (std::isnan(want)) return std::isnan(got) ? 0 : 1e30;
  const float rounded = static_cast<float>(want);
  if (std::isinf(rounded) || std::isinf(got)) return got == rounded ? 0 : 1e30;
  if (got == 0 && rounded == 0) return std::signbit(got) == std::signbit(want) ? 0 : 1e30;
  int exponent;
  std::frexp(want, &exponent);
  return std::fabs(got - want) / std::ldexp(1.0, (exponent < -125 ? -125 : exponent) - 24);
}

struct Worst {
  double ulps = 0;
  float at = 0;
};

void measure(PointwiseKernel kernel, const Function& function, const std::vector<float>& in, Worst& worst) {
  const std::vector<float> out = run<float, float>(kernel, {in});
  for (std::size_t i = 0; i < in.size(); ++i) {
    const double ulps = distance(out[i], function.reference(in[i]));
    if (ulps > worst.ulps) worst = {ulps, in[i]};
  }
}

void check(const Function& function, std::uint64_t step) {
  const PointwiseKernel kernel = find(function.name, DType::kFloat32);
  if (!kernel) return;
  Worst worst;
  std::vector<float> in;
  for (std::uint64_t bits = 0; bits < (1ull << 32); bits += step) {
    in.push_back(fromBits(static_cast<std::uint32_t>(bits)));
    if (in.size() < 512 && bits + step < (1ull << 32)) continue;
    measure(kernel, function, in, worst);
    in.clear();
  }
  std::printf("%-9s float32 %-8s max %.4f ulp at %.9g\n", table().isa, function.name, worst.ulps,
              static_cast<double>(worst.at));
  std::fflush(stdout);
  expect(worst.ulps <= function.limit, "accuracy", function.name);
}

}  // namespace

void testFloatFunctions(bool exhaustive) {
  int index = 0;
  for (const Function& function : kFunctions) check(function, exhaustive && index++ < kRequiredFunctions ? 1 : 1021);
}

}  // namespace dyngrad::test
