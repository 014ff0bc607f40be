// Rows of distributions that PyTorch's CPU generator draws one by one, in double whatever the dtype.
// The formulas are those of PyTorch 2.13 (ATen/core/TransformationHelper.h and ATen/native/Distributions.cpp).
#include "draw.h"

namespace dyngrad::KERNEL_NS {
namespace {

using Sample = double (*)(GeneratorState& generator, const double* parameters);

template <class T, Sample kSample>
void each(const Draw& draw) {
  T* out = static_cast<T*>(draw.out);
  for (std::int64_t i = 0; i < draw.count; ++i) out[i] = static_cast<T>(kSample(draw.generator, draw.parameters));
}

double exponential(GeneratorState& generator, const double* parameters) {
  return -1.0 / parameters[0] * __builtin_log1p(-nextUnitDouble(generator));
}

// How many trials up to the first success.
double geometric(GeneratorState& generator, const double* parameters) {
  return __builtin_ceil(dyngradLog(nextUnitDouble(generator)) / __builtin_log1p(-parameters[0]));
}

double cauchy(GeneratorState& generator, const double* parameters) {
  constexpr double kPi = 3.141592653589793;
  return fused(__builtin_tan(kPi * (nextUnitDouble(generator) - 0.5)), parameters[1], parameters[0]);
}

double logNormal(GeneratorState& generator, const double* parameters) {
  return dyngradExp(fused(nextNormal(generator), parameters[1], parameters[0]));
}

// ---- Poisson ----

// log k! of an integer k >= 0: a product where it is exact, else Stirling's series, whose next term is below 1e-16.
double logFactorial(double k) {
  constexpr double kSeriesFrom = 16, kHalfLogTwoPi = 0.9189385332046727;
  if (k < kSeriesFrom) {
    double product = 1;
    for (double i = 2; i <= k; ++i) product *= i;
    return dyngradLog(product);
  }
  const double x = k + 1, inverse = 1 / x, square = inverse * inverse;
  double series = 1.0 / 1188;
  series = series * square - 1.0 / 1680;
  series = series * square + 1.0 / 1260;
  series = series * square - 1.0 / 360;
  series = series * square + 1.0 / 12;
  return (x - 0.5) * dyngradLog(x) - x + kHalfLogTwoPi + series * inverse;
}

// W. Hoermann, "The transformed rejection method for generating Poisson random variables" (1993), for rates from 10 on.
double transformedRejection(GeneratorState& generator, double rate) {
  const double root = __builtin_sqrt(rate), logRate = dyngradLog(rate);
  const double b = 0.931 + 2.53 * root;
  const double a = -0.059 + 0.02483 * b;
  const double inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const double accepted = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const double u = nextUnitDouble(generator) - 0.5;
    const double v = nextUnitDouble(generator);
    const double us = 0.5 - __builtin_fabs(u);
    const double k = __builtin_floor((2 * a / us + b) * u + rate + 0.43);
    if (us >= 0.07 && v <= accepted) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    const double ratio = dyngradLog(v) + dyngradLog(inverseAlpha) - dyngradLog(a / (us * us) + b);
    if (ratio <= -rate + k * logRate - logFactorial(k)) return k;
  }
}

// How many uniform numbers can be multiplied until the product is at most exp(-rate).
double multiplication(GeneratorState& generator, double rate) {
  const double least = dyngradExp(-rate);
  double count = 0;
  for (double product = nextUnitDouble(generator); product > least; product *= nextUnitDouble(generator)) ++count;
  return count;
}

// A rate below 0 or NaN draws 0: the caller refuses it.
double poissonOf(GeneratorState& generator, double rate) {
  if (rate >= 10) return transformedRejection(generator, rate);
  return rate > 0 ? multiplication(generator, rate) : 0;
}

template <class T>
void poisson(const Draw& draw) {
  T* out = static_cast<T*>(draw.out);
  const T* rates = static_cast<const T*>(draw.elements);
  for (std::int64_t i = 0; i < draw.count; ++i) out[i] = static_cast<T>(poissonOf(draw.generator, rates[i]));
}

// ---- rows ----

template <Sample kSample>
constexpr KernelRow rowOf(const char* name, List<RealRule> parameters) {
  return {name,
          kDrawOperands,
          {},
          parameters,
          kStateSize,
          nullptr,
          {draw<each<float, kSample>>, draw<each<double, kSample>>},
          nullptr};
}

constexpr OperandRule kRateOperands[] = {{"rate", "n", kCallDType, kContiguous}, kStateRule, kOutRule};

constexpr RealRule kRate[] = {{"lambd", 0, kInfinity}};
constexpr RealRule kProbability[] = {{"p", 0, 1}};
constexpr RealRule kCauchy[] = {{"median", -kInfinity, kInfinity, true}, {"sigma", 0, kInfinity}};
constexpr RealRule kMoments[] = {{"mean", -kInfinity, kInfinity, true}, {"std", 0, kInfinity}};

constexpr KernelRow kRows[] = {
    rowOf<exponential>("exponential", kRate),
    rowOf<geometric>("geometric", kProbability),
    rowOf<cauchy>("cauchy", kCauchy),
    rowOf<logNormal>("logNormal", kMoments),
    {"poisson",
     kRateOperands,
     {},
     {},
     kStateSize,
     nullptr,
     {drawElements<poisson<float>>, drawElements<poisson<double>>},
     nullptr},
};

}  // namespace

FileRows distributionsRows() { return {.kernel = kRows}; }

}  // namespace dyngrad::KERNEL_NS
