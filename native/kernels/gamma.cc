// The logarithm of the gamma function, its derivatives, and the zeta function that they are made of.
#include "simd/gamma.h"
#include "in_double.h"
#include "libm.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr double kEpsilon = 0x1p-53;

// (2 k)! over the Bernoulli numbers B(2 k): Euler and Maclaurin's sum, as in Moshier's Cephes, zeta.c.
constexpr double kMaclaurinTerms[] = {12.0,
                                      -720.0,
                                      30240.0,
                                      -1209600.0,
                                      47900160.0,
                                      -1.8924375803183791606e9,
                                      7.47242496e10,
                                      -2.950130727918164224e12,
                                      1.1646782814350067249e14,
                                      -4.5979787224074726105e15,
                                      1.8152105401943546773e17,
                                      -7.1661652561756670113e18};

// The sum of (q + k)^-x over k >= 0, for x > 1 and q > 0: some terms, then the formula.
double zetaPositive(double x, double q) {
  double sum = dyngradPow(q, -x), term = 0, at = q;
  for (int i = 0; i < 9 || at <= 9; ++i) {
    at += 1;
    term = dyngradPow(at, -x);
    sum += term;
    if (__builtin_fabs(term) < kEpsilon * sum) return sum;
  }
  sum += term * at / (x - 1) - 0.5 * term;
  double factor = 1, k = 0;
  for (const double divisor : kMaclaurinTerms) {
    factor *= x + k;
    term /= at;
    const double change = factor * term / divisor;
    sum += change;
    if (__builtin_fabs(change / sum) < kEpsilon) return sum;
    factor *= x + k + 1;
    term /= at;
    k += 2;
  }
  return sum;
}

// Below 0, where x must be an integer: with q = r - n, r in (0, 1), the terms of (k - r)^-x for k in 1..n come before
// those of r, and are a difference of two sums.
[[gnu::noinline]] double zeta(double x, double q) {
  if (x == 1) return __builtin_inf();
  if (x < 1) return __builtin_nan("");
  if (!(q <= 0)) return zetaPositive(x, q);
  if (q == __builtin_floor(q)) return __builtin_inf();
  if (x != __builtin_floor(x)) return __builtin_nan("");
  if (x == __builtin_inf()) return x;
  const double rest = q - __builtin_floor(q);
  const double before = zetaPositive(x, __builtin_ceil(q) - q) - zetaPositive(x, 1 - q);
  const bool isOdd = 0.5 * x != __builtin_floor(0.5 * x);
  return zetaPositive(x, rest) + (isOdd ? -before : before);
}

double factorial(double n) { return dyngradExp(logGammaPositive(Vec<double>(n + 1)).v[0]); }

// The derivative of digamma of order n >= 0.
[[gnu::noinline]] double polygamma(double x, double n) {
  if (n == 0) return digamma(Vec<double>(x)).v[0];
  const double magnitude = factorial(n) * zeta(n + 1, x);
  return 0.5 * n == __builtin_floor(0.5 * n) ? -magnitude : magnitude;
}

constexpr PointwiseRow kRows[] = {
    unaryInDouble("lgamma", [](auto x) { return lgamma(x); }),
    unaryInDouble("digamma", [](auto x) { return digamma(x); }),
    binaryInDouble("polygamma", [](auto x, auto n) { return eachLane(polygamma, x, n); }),
    binaryInDouble("zeta", [](auto x, auto q) { return eachLane(zeta, x, q); }),
};

}  // namespace

FileRows gammaRows() { return {.pointwise = kRows}; }

}  // namespace dyngrad::KERNEL_NS
