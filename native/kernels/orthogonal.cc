// Orthogonal polynomials of degree n. Degrees are truncated; those below 0, and what is no integer, give 0.
#include "in_double.h"

namespace dyngrad::KERNEL_NS {
namespace {

// Degrees that an int64 holds.
bool isDegree(double n) { return n > -1 && n < 0x1p63; }

// The polynomial of degree n from those of degrees 0 and 1 and the one of degree k + 1 from both before it.
template <class Next>
double recur(double first, std::int64_t n, Next next) {
  double last = 1, value = first;
  for (std::int64_t k = 1; k < n && value == value; ++k) {
    const double following = next(static_cast<double>(k), value, last);
    last = value;
    value = following;
  }
  return n == 0 ? 1 : value;
}

// ---- Chebyshev's, which differ in the polynomial of degree 1; inside (-1, 1) functions of the angle ----

// From this degree on the angle is faster and as precise.
constexpr std::int64_t kLeastByAngle = 9;

// For |x| = 1 the value is `growth` times n plus 1 where the kind grows, and alternates at -1.
template <class ByAngle>
double chebyshev(double x, double degree, double first, bool growsRight, bool growsLeft, double growth,
                 ByAngle byAngle) {
  if (!isDegree(degree)) return 0;
  const auto n = static_cast<std::int64_t>(degree);
  const auto whole = static_cast<double>(n);
  if (__builtin_fabs(x) == 1) {
    const double magnitude = (x > 0 ? growsRight : growsLeft) ? growth * whole + 1 : 1;
    return x > 0 || n % 2 == 0 ? magnitude : -magnitude;
  }
  if (n >= kLeastByAngle && __builtin_fabs(x) < 1) return byAngle(whole, __builtin_acos(x));
  return recur(first, n, [&](double, double value, double last) { return (x + x) * value - last; });
}

[[gnu::noinline]] double chebyshevT(double x, double n) {
  return chebyshev(x, n, x, false, false, 0, [](double m, double angle) { return __builtin_cos(m * angle); });
}
[[gnu::noinline]] double chebyshevU(double x, double n) {
  return chebyshev(x, n, x + x, true, true, 1,
                   [](double m, double angle) { return __builtin_sin((m + 1) * angle) / __builtin_sin(angle); });
}
[[gnu::noinline]] double chebyshevV(double x, double n) {
  return chebyshev(x, n, x + x - 1, false, true, 2, [](double m, double angle) {
    return __builtin_cos((m + 0.5) * angle) / __builtin_cos(0.5 * angle);
  });
}
[[gnu::noinline]] double chebyshevW(double x, double n) {
  return chebyshev(x, n, x + x + 1, true, false, 2, [](double m, double angle) {
    return __builtin_sin((m + 0.5) * angle) / __builtin_sin(0.5 * angle);
  });
}

// The shifted ones are those of 2 x - 1.
template <double (*kFunction)(double, double)>
Vec<double> shifted(Vec<double> x, Vec<double> n) {
  return eachLane(kFunction, x + x - 1, n);
}

// ---- Hermite's, of weights e^-x^2 and e^(-x^2/2), whose values leave the range at the degree `kMost` ----

template <int kMost>
[[gnu::noinline]] double hermiteH(double x, double n) {
  if (!isDegree(n)) return 0;
  if (n >= kMost + 1) return __builtin_nan("");
  return recur(x + x, static_cast<std::int64_t>(n),
               [&](double k, double value, double last) { return (x + x) * value - 2 * k * last; });
}

template <int kMost>
[[gnu::noinline]] double hermiteHe(double x, double n) {
  if (!isDegree(n)) return 0;
  if (n >= kMost + 1) return __builtin_nan("");
  return recur(x, static_cast<std::int64_t>(n),
               [&](double k, double value, double last) { return x * value - k * last; });
}

constexpr int kMostFloat = 128, kMostDouble = 512;

// ---- Laguerre's and Legendre's ----

[[gnu::noinline]] double laguerreL(double x, double n) {
  if (!isDegree(n)) return 0;
  if (x == 0) return 1;
  return recur(1 - x, static_cast<std::int64_t>(n),
               [&](double k, double value, double last) { return ((k + k + (1 - x)) * value - k * last) / (k + 1); });
}

[[gnu::noinline]] double legendreP(double x, double n) {
  if (!isDegree(n)) return 0;
  const auto degree = static_cast<std::int64_t>(n);
  if (__builtin_fabs(x) == 1) return x > 0 || degree % 2 == 0 ? 1 : -1;
  return recur(x, degree,
               [&](double k, double value, double last) { return ((k + k + 1) * x * value - k * last) / (k + 1); });
}

constexpr PointwiseRow kRows[] = {
    binaryInDouble("chebyshevPolynomialT", [](auto x, auto n) { return eachLane(chebyshevT, x, n); }),
    binaryInDouble("chebyshevPolynomialU", [](auto x, auto n) { return eachLane(chebyshevU, x, n); }),
    binaryInDouble("chebyshevPolynomialV", [](auto x, auto n) { return eachLane(chebyshevV, x, n); }),
    binaryInDouble("chebyshevPolynomialW", [](auto x, auto n) { return eachLane(chebyshevW, x, n); }),
    binaryInDouble("shiftedChebyshevPolynomialT", [](auto x, auto n) { return shifted<chebyshevT>(x, n); }),
    binaryInDouble("shiftedChebyshevPolynomialU", [](auto x, auto n) { return shifted<chebyshevU>(x, n); }),
    binaryInDouble("shiftedChebyshevPolynomialV", [](auto x, auto n) { return shifted<chebyshevV>(x, n); }),
    binaryInDouble("shiftedChebyshevPolynomialW", [](auto x, auto n) { return shifted<chebyshevW>(x, n); }),
    binary(
        "hermitePolynomialH", kFloat64, [](auto x, auto n) { return eachLane(hermiteH<kMostDouble>, x, n); }, kFloat32,
        [](auto x, auto n) {
          return throughDouble([](auto a, auto b) { return eachLane(hermiteH<kMostFloat>, a, b); }, x, n);
        }),
    binary(
        "hermitePolynomialHe", kFloat64, [](auto x, auto n) { return eachLane(hermiteHe<kMostDouble>, x, n); },
        kFloat32,
        [](auto x, auto n) {
          return throughDouble([](auto a, auto b) { return eachLane(hermiteHe<kMostFloat>, a, b); }, x, n);
        }),
    binaryInDouble("laguerrePolynomialL", [](auto x, auto n) { return eachLane(laguerreL, x, n); }),
    binaryInDouble("legendrePolynomialP", [](auto x, auto n) { return eachLane(legendreP, x, n); }),
};

}  // namespace

FileRows orthogonalRows() { return {.pointwise = kRows}; }

}  // namespace dyngrad::KERNEL_NS
