// Bessel functions and Airy's.
#include "simd/bessel.h"
#include "in_double.h"
#include "libm.h"

namespace dyngrad::KERNEL_NS {
namespace {

// ---- Airy's function: Moshier, Cephes, airy.c ----

constexpr double kDecayTop[] = {1.0,
                                14.026469116338967,
                                70.53609068404442,
                                159.75639135016442,
                                168.08922493463058,
                                76.27960536152345,
                                12.007595273964581,
                                0.346538101525629};
constexpr double kDecayBottom[] = {1.0,
                                   14.095913560783403,
                                   71.47784008255756,
                                   164.2346928715297,
                                   177.31808814540045,
                                   84.51389701414746,
                                   14.75625625848472,
                                   0.5675945326387702};
constexpr double kSineTop[] = {-1.6778769848911465e-08, -2.776491081552329e-06, -0.0001592764962392621,
                               -0.004062659235948854,   -0.04919001326095003,   -0.2797799815451191,
                               -0.6931580360369335,     -0.6264565444319123,    -0.1316963234183318};
constexpr double kSineBottom[] = {
    4.5185009297058035e-07, 7.547203482874142e-05, 0.004402916416152112, 0.11568717379518804, 1.4752914677166642,
    9.187074029072596,      26.736704094149957,    32.682503279522464,   13.356042070655324,  1.0};
constexpr double kCosineTop[] = {3.415517847659236e-10, 8.117892395543892e-08, 6.98793669997261e-06,
                                 0.000282851600836737,  0.005858041130483885,  0.06338889196289255,
                                 0.35146565610554764,   0.9391692298166502,    1.0657989759959559,
                                 0.39110302961568827,   0.01973399320916857};
constexpr double kCosineBottom[] = {4.9183457006293e-09,
                                    1.1716673321441352e-06,
                                    0.00010125908511650914,
                                    0.004126565238242226,
                                    0.08645808263523921,
                                    0.9542936116189619,
                                    5.476860694229755,
                                    15.564662893286462,
                                    19.835292871831214,
                                    9.30892908077442,
                                    1.0};

constexpr double kInverseSqrtPi = 0.5641895835477563;

// Two series in x^3, of the values and of the slope at 0.
double airySeries(double x) {
  const double cube = x * x * x;
  double even = 1, odd = x, evenTerm = 1, oddTerm = x;
  for (int k = 2; __builtin_fabs(evenTerm) > 0x1p-53 * __builtin_fabs(even); k += 3) {
    evenTerm *= cube / (k * (k + 1));
    oddTerm *= cube / ((k + 1) * (k + 2));
    even += evenTerm;
    odd += oddTerm;
  }
  return 0.35502805388781722 * even - 0.25881940379280682 * odd;
}

// A wave below -2.09, a decay above 2.09.
[[gnu::noinline]] double airyAi(double x) {
  if (!(__builtin_fabs(x) < __builtin_inf())) return __builtin_nan("");
  if (__builtin_fabs(x) < 2.09) return airySeries(x);
  const double t = __builtin_fabs(x), root = __builtin_sqrt(t), zeta = 2 * t * root / 3, z = 1 / zeta;
  const double scale = kInverseSqrtPi / __builtin_sqrt(root);
  if (x > 0) return scale * quotient(Vec<double>(z), kDecayTop, kDecayBottom).v[0] / (2 * dyngradExp(zeta));
  const Vec<double> square(z * z);
  const double sine = 1 + z * z * quotient(square, kSineTop, kSineBottom).v[0];
  const double cosine = z * quotient(square, kCosineTop, kCosineBottom).v[0];
  const double angle = zeta + kQuarterPi;
  return scale * (__builtin_sin(angle) * sine - __builtin_cos(angle) * cosine);
}

// sin x / x
inline Vec<double> sphericalJ0(Vec<double> x) {
  const Vec<double> result = select(x == 0, Vec<double>(1), sin(x) / x);
  return select(abs(x) == kInfinity<double>, Vec<double>(0), result);
}

constexpr PointwiseRow kRows[] = {
    unaryInDouble("besselJ0", [](auto x) { return besselJ0(x); }),
    unaryInDouble("besselJ1", [](auto x) { return besselJ1(x); }),
    unaryInDouble("besselY0", [](auto x) { return besselY0(x); }),
    unaryInDouble("besselY1", [](auto x) { return besselY1(x); }),
    unaryInDouble("i0", [](auto x) { return i0(x); }),
    unaryInDouble("i0e", [](auto x) { return i0e(x); }),
    unaryInDouble("i1", [](auto x) { return i1(x); }),
    unaryInDouble("i1e", [](auto x) { return i1e(x); }),
    unaryInDouble("modifiedBesselK0", [](auto x) { return k0(x); }),
    unaryInDouble("modifiedBesselK1", [](auto x) { return k1(x); }),
    unaryInDouble("scaledModifiedBesselK0", [](auto x) { return k0e(x); }),
    unaryInDouble("scaledModifiedBesselK1", [](auto x) { return k1e(x); }),
    unaryInDouble("sphericalBesselJ0", [](auto x) { return sphericalJ0(x); }),
    unaryInDouble("airyAi", [](auto x) { return eachLane(airyAi, x); }),
};

}  // namespace

FileRows besselRows() { return {.pointwise = kRows}; }

}  // namespace dyngrad::KERNEL_NS
