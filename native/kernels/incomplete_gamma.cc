// The regularized incomplete gamma functions.
// NIST Digital Library of Mathematical Functions, 8.7, 8.9, 8.11 and 8.12.
#include "in_double.h"
#include "libm.h"
#include "simd/erfc.h"
#include "simd/gamma.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr double kEpsilon = 0x1p-53;
constexpr int kMostTerms = 2000;

double logGamma(double x) { return logGammaPositive(Vec<double>(x)).v[0]; }

// x^a e^-x / gamma a; near x = a from the distance, so that large logarithms do not cancel.
double density(double a, double x) {
  const double apart = (x - a) / a;
  if (a < kLeastAsymptotic || __builtin_fabs(apart) > 0.4) {
    return dyngradExp(a * dyngradLog(x) - x - logGamma(a));
  }
  const double exponent = a * (__builtin_log1p(apart) - apart) - stirlingRest(Vec<double>(a)).v[0];
  return __builtin_sqrt(a / (2 * kPi)) * dyngradExp(exponent);
}

// The lower function: 8.11.4.
double lowerSeries(double a, double x) {
  const double factor = density(a, x);
  if (factor == 0) return 0;
  double sum = 1, term = 1;
  for (int i = 1; i < kMostTerms && term > kEpsilon * sum; ++i) {
    term *= x / (a + i);
    sum += term;
  }
  return sum * factor / a;
}

// The upper one for small x: 8.7.3 without its first term, which is taken from 1 beforehand.
double upperSeries(double a, double x) {
  double factor = 1, sum = 0, term = 1;
  for (int i = 1; i < kMostTerms && __builtin_fabs(term) > kEpsilon * __builtin_fabs(sum); ++i) {
    factor *= -x / i;
    term = factor / (a + i);
    sum += term;
  }
  const double power = a * dyngradLog(x);
  return -__builtin_expm1(power - logGamma(1 + a)) - dyngradExp(power - logGamma(a)) * sum;
}

// The upper one for large x: the continued fraction 8.9.2, whose convergents are kept in range.
double upperFraction(double a, double x) {
  const double factor = density(a, x);
  if (factor == 0) return 0;
  double top = x + 1, bottom = (x - a + 2) * x, lastTop = 1, lastBottom = x, result = top / bottom;
  for (int i = 1; i < kMostTerms; ++i) {
    const double step = x - a + 2 * i + 2, back = (i + 1 - a) * i;
    const double nextTop = top * step - lastTop * back, nextBottom = bottom * step - lastBottom * back;
    lastTop = top, lastBottom = bottom, top = nextTop, bottom = nextBottom;
    const double last = result;
    if (bottom != 0) result = top / bottom;
    if (bottom != 0 && __builtin_fabs(last - result) <= kEpsilon * __builtin_fabs(result)) break;
    if (__builtin_fabs(top) > 0x1p52) {
      lastTop *= 0x1p-52, lastBottom *= 0x1p-52, top *= 0x1p-52, bottom *= 0x1p-52;
    }
  }
  return result * factor;
}

// The coefficients of eta^n a^-k in Temme's uniform expansion, 8.12.7 and 8.12.8.
constexpr double kTemmeTerms[][16] = {
    {-0.3333333333333333, 0.08333333333333333, -0.014814814814814815, 0.0011574074074074073, 0.0003527336860670194,
     -0.0001787551440329218, 3.919263178522438e-05, -2.1854485106799924e-06, -1.85406221071516e-06,
     8.296711340953087e-07, -1.7665952736826078e-07, 6.707853543401498e-09, 1.0261809784240309e-08,
     -4.382036018453353e-09, 9.14769958223679e-10, -2.551419399494625e-11},
    {-0.001851851851851852, -0.003472222222222222, 0.0026455026455026454, -0.0009902263374485596,
     0.00020576131687242798, -4.018775720164609e-07, -1.8098550334489977e-05, 7.64916091608111e-06,
     -1.6120900894563446e-06, 4.647127802807434e-09, 1.378633446915721e-07, -5.752545603517705e-08,
     1.1951628599778148e-08, -1.7543241719747647e-11, -1.0091543710600413e-09, 4.162792991842583e-10},
    {0.004133597883597883, -0.0026813271604938273, 0.0007716049382716049, 2.0093878600823047e-06,
     -0.00010736653226365161, 5.2923448829120125e-05, -1.2760635188618728e-05, 3.423578734096138e-08,
     1.3721957309062932e-06, -6.298992138380055e-07, 1.4280614206064242e-07, -2.0477098421990866e-10,
     -1.409252991086752e-08, 6.228974084922022e-09, -1.3670488396617112e-09, 9.428356159014678e-13},
    {0.0006494341563786008, 0.00022947209362139917, -0.0004691894943952557, 0.00026772063206283885,
     -7.561801671883977e-05, -2.396505113867297e-07, 1.1082654115347302e-05, -5.6749528269915965e-06,
     1.4230900732435883e-06, -2.7861080291528143e-11, -1.6958404091930278e-07, 8.099464905388083e-08,
     -1.9111168485973655e-08, 2.3928620439808118e-12, 2.0620131815488797e-09, -9.460496661855133e-10},
    {-0.0008618882909167117, 0.0007840392217200666, -0.0002990724803031902, -1.4638452578843418e-06,
     6.641498215465122e-05, -3.968365047179435e-05, 1.1375726970678419e-05, 2.507497226237533e-10,
     -1.6954149536558305e-06, 8.907507532205309e-07, -2.292934834000805e-07, 2.956794137544049e-11,
     2.8865829742708783e-08, -1.4189739437803219e-08, 3.4463580499464896e-09, -2.3024517174528067e-13},
    {-0.00033679855336635813, -6.972813758365858e-05, 0.0002772753244959392, -0.00019932570516188847,
     6.797780477937208e-05, 1.419062920643967e-07, -1.3594048189768693e-05, 8.018470256334202e-06,
     -2.291481176508095e-06, -3.252473551298454e-10, 3.4652846491085265e-07, -1.8447187191171344e-07,
     4.8240967037894184e-08, -1.7989466721743514e-14, -6.306194500013523e-09, 3.162417628774568e-09}};

// Both for large a and x near it; `sign` is 1 for the upper one, -1 for the lower.
double uniform(double a, double x, double sign) {
  const double apart = (x - a) / a, halfSquare = apart - __builtin_log1p(apart);
  const double eta = __builtin_copysign(__builtin_sqrt(2 * halfSquare), apart);
  double sum = 0;
  for (int k = 5; k >= 0; --k) sum = sum / a + polynomial(Vec<double>(eta), kTemmeTerms[k]).v[0];
  const double step = 0.5 * erfc(Vec<double>(sign * eta * __builtin_sqrt(0.5 * a))).v[0];
  return step + sign * dyngradExp(-a * halfSquare) * sum / __builtin_sqrt(2 * kPi * a);
}

bool isNear(double a, double x) { return a > 200 && __builtin_fabs(x - a) < 0.3 * a; }

// At the bounds both are 0, 1 or NaN.
bool isInside(double a, double x) { return a > 0 && x > 0 && a < __builtin_inf() && x < __builtin_inf(); }

double lowerAtBound(double a, double x) {
  if (x < 0 || a < 0) return __builtin_nan("");
  if (a == 0) return x > 0 ? 1 : __builtin_nan("");
  if (x == 0) return 0;
  if (a == __builtin_inf()) return x == __builtin_inf() ? __builtin_nan("") : 0;
  return x == __builtin_inf() ? 1 : __builtin_nan("");
}

double upper(double a, double x);

double lower(double a, double x) {
  if (isNear(a, x)) return uniform(a, x, -1);
  return x > 1 && x > a ? 1 - upper(a, x) : lowerSeries(a, x);
}

double upper(double a, double x) {
  if (isNear(a, x)) return uniform(a, x, 1);
  if (x > 1.1) return x < a ? 1 - lowerSeries(a, x) : upperFraction(a, x);
  const bool isLow = x <= 0.5 ? -0.4 / dyngradLog(x) < a : x * 1.1 < a;
  return isLow ? 1 - lowerSeries(a, x) : upperSeries(a, x);
}

[[gnu::noinline]] double igamma(double a, double x) { return isInside(a, x) ? lower(a, x) : lowerAtBound(a, x); }
[[gnu::noinline]] double igammac(double a, double x) { return isInside(a, x) ? upper(a, x) : 1 - lowerAtBound(a, x); }

constexpr PointwiseRow kRows[] = {
    binaryInDouble("igamma", [](auto a, auto x) { return eachLane(igamma, a, x); }),
    binaryInDouble("igammac", [](auto a, auto x) { return eachLane(igammac, a, x); }),
};

}  // namespace

FileRows incompleteGammaRows() { return {.pointwise = kRows}; }

}  // namespace dyngrad::KERNEL_NS
