// Bessel functions of orders 0 and 1, of double. The numbers are those of Moshier's Cephes: j0.c, j1.c, i0.c, i1.c,
// k0.c, k1.c.
#pragma once

#include "exp.h"
#include "log.h"
#include "trig.h"

namespace dyngrad::KERNEL_NS {
namespace {

// ---- J and Y: quotients below 5, beyond a cosine whose amplitude and phase are quotients in 25 / x^2 ----

constexpr double kJ0Top[] = {9708622510473064.0, -249248344360967.72, 1956174919465.5657, -4794432209.782018};
constexpr double kJ0Bottom[] = {1.7108629408104315e+18, 3.1812195594320496e+16, 310518229857422.56,
                                2112775201154.892,      11185553704.535683,     48440965.83399621,
                                173785.4016763747,      499.563147152651,       1.0};
constexpr double kY0Top[] = {-1.8495080043698668e+16, 4.4273326857256984e+16, -3466283033847297.0, 87590639439536.7,
                             -982136065717.9115,      5435264770.518765,      -14663929.59039716,  15592.436785523574};
constexpr double kY0Bottom[] = {2.5059625617265306e+17, 3171577528429750.5, 20297961275010.555, 86400248710.3935,
                                268919633.39381415,     626107.330137135,   1041.2835366425984, 1.0};
constexpr double kCosine0Top[] = {1.0,
                                  5.303240382353949,
                                  8.74716500199817,
                                  5.447250030587687,
                                  1.239533716464143,
                                  0.08283523921074408,
                                  0.0007969367292973471};
constexpr double kCosine0Bottom[] = {1.0,
                                     5.306052882353947,
                                     8.761908832370695,
                                     5.470977403304171,
                                     1.2535274390105895,
                                     0.08562884743544745,
                                     0.0009244088105588637};
constexpr double kSine0Top[] = {-6.050143506007285, -51.41053267665993,  -147.07750515495118, -177.68116798048806,
                                -93.20601521237683, -19.553954425773597, -1.2825271867050931, -0.011366383889846916};
constexpr double kSine0Bottom[] = {242.0057402402914,  2062.0933166032783, 5930.727011873169, 7240.467741956525,
                                   3882.4018360540163, 856.4300259769806,  64.3178256118178,  1.0};
constexpr double kJ1Top[] = {3682957328638529.0, -72749424522181.83, 452228297998.19403, -899971225.7055594};
constexpr double kJ1Bottom[] = {5.322786203326801e+18, 8.952223361846274e+16, 784369607876235.9,
                                4749141220799.914,     22151159547.97925,     83514679.14319493,
                                256987.25675774884,    620.8364781180543,     1.0};
constexpr double kY1Top[] = {-7.788771962659501e+17, 2.024394757135949e+17, -8127702555013251.0,
                             114509511541823.73,     -647355876379.1603,    1263204747.9017804};
constexpr double kY1Bottom[] = {3.9727060811656064e+18, 6.871410873553005e+16, 620557727146953.8,
                                3882312774962.3857,     18760131610.870617,    73481194.44597217,
                                235564.09294306856,     594.3015923461282,     1.0};
constexpr double kCosine1Top[] = {1.0,
                                  5.214515986823615,
                                  8.424045901417724,
                                  5.112079511468076,
                                  1.1271960812968493,
                                  0.07313970569409176,
                                  0.0007621256162081731};
constexpr double kCosine1Bottom[] = {1.0,
                                     5.209828486823619,
                                     8.399855543276042,
                                     5.073863861286015,
                                     1.105142326340617,
                                     0.06884559087544954,
                                     0.0005713231280725487};
constexpr double kSine1Top[] = {25.207020585802372, 211.68875710057213, 597.4896124006136, 710.8563049989261,
                                366.7796093601508,  75.82382841325453,  4.982138729512334, 0.05108625947501766};
constexpr double kSine1Bottom[] = {336.0936078106983, 2826.1927851763908, 7997.041604473507, 9562.318924047562,
                                   4986.410583376536, 1056.4488603826283, 74.23732770356752, 1.0};

constexpr double kQuarterPi = 0.7853981633974483;
constexpr double kTwoOverPi = 0.6366197723675814;
constexpr double kSqrtTwoOverPi = 0.7978845608028654;

template <int kTop, int kBottom>
Vec<double> quotient(Vec<double> x, const double (&top)[kTop], const double (&bottom)[kBottom]) {
  return polynomial(x, top) / polynomial(x, bottom);
}

// The factors of cos and sin of x - (1 + 2 order) pi / 4.
struct Wave {
  Vec<double> cosine, sine, angle, scale;
};

inline Wave wave0(Vec<double> x) {
  const Vec<double> z = 25 / (x * x);
  return {quotient(z, kCosine0Top, kCosine0Bottom), 5 / x * quotient(z, kSine0Top, kSine0Bottom), x - kQuarterPi,
          kSqrtTwoOverPi / sqrt(x)};
}

inline Wave wave1(Vec<double> x) {
  const Vec<double> z = 25 / (x * x);
  return {quotient(z, kCosine1Top, kCosine1Bottom), 5 / x * quotient(z, kSine1Top, kSine1Bottom), x - 3 * kQuarterPi,
          kSqrtTwoOverPi / sqrt(x)};
}

inline Vec<double> cosineOf(Wave w) { return (w.cosine * cos(w.angle) - w.sine * sin(w.angle)) * w.scale; }
inline Vec<double> sineOf(Wave w) { return (w.cosine * sin(w.angle) + w.sine * cos(w.angle)) * w.scale; }

// The squares of the first two zeros are factors.
inline Vec<double> besselJ0Small(Vec<double> x) {
  const Vec<double> z = x * x;
  const Vec<double> regular = (z - 5.783185962946785) * (z - 30.471262343662087) * quotient(z, kJ0Top, kJ0Bottom);
  return select(x < 1e-5, 1 - 0.25 * z, regular);
}

inline Vec<double> besselJ1Small(Vec<double> x) {
  const Vec<double> z = x * x;
  return quotient(z, kJ1Top, kJ1Bottom) * x * (z - 14.681970642123893) * (z - 49.2184563216946);
}

inline Vec<double> besselJ0(Vec<double> x) {
  const Vec<double> t = abs(x);
  return select(t <= 5, besselJ0Small(t), cosineOf(wave0(t)));
}

inline Vec<double> besselJ1(Vec<double> x) {
  const Vec<double> t = abs(x), result = select(t <= 5, besselJ1Small(t), cosineOf(wave1(t)));
  return select(x < 0, -result, select(x == 0, x, result));
}

// NaN below 0, -infinity at 0.
inline Vec<double> fromZero(Vec<double> x, Vec<double> atZero, Vec<double> result) {
  return select(x == 0, atZero, select(x < 0, Vec<double>(kNan<double>), result));
}

inline Vec<double> besselY0(Vec<double> x) {
  const Vec<double> z = x * x, small = quotient(z, kY0Top, kY0Bottom) + kTwoOverPi * log(x) * besselJ0Small(x);
  return fromZero(x, -kInfinity<double>, select(x <= 5, small, sineOf(wave0(x))));
}

inline Vec<double> besselY1(Vec<double> x) {
  const Vec<double> z = x * x;
  const Vec<double> small = x * quotient(z, kY1Top, kY1Bottom) + kTwoOverPi * (besselJ1Small(x) * log(x) - 1 / x);
  return fromZero(x, -kInfinity<double>, select(x <= 5, small, sineOf(wave1(x))));
}

// ---- I and K: Chebyshev series, the last coefficient being that of degree 0 ----

constexpr double kI0Near[] = {
    -4.4153416464793395e-18, 3.3307945188222384e-17, -2.431279846547955e-16, 1.715391285555133e-15,
    -1.1685332877993451e-14, 7.676185498604936e-14,  -4.856446783111929e-13, 2.95505266312964e-12,
    -1.726826291441556e-11,  9.675809035373237e-11,  -5.189795601635263e-10, 2.6598237246823866e-09,
    -1.300025009986248e-08,  6.046995022541919e-08,  -2.670793853940612e-07, 1.1173875391201037e-06,
    -4.4167383584587505e-06, 1.6448448070728896e-05, -5.754195010082104e-05, 0.00018850288509584165,
    -0.0005763755745385824,  0.0016394756169413357,  -0.004324309995050576,  0.010546460394594998,
    -0.02373741480589947,    0.04930528423967071,    -0.09490109704804764,   0.17162090152220877,
    -0.3046826723431984,     0.6767952744094761};
constexpr double kI0Far[] = {
    -7.233180487874754e-18,  -4.830504485944182e-18,  4.46562142029676e-17,    3.461222867697461e-17,
    -2.8276239805165836e-16, -3.425485619677219e-16,  1.7725601330565263e-15,  3.8116806693526224e-15,
    -9.554846698828307e-15,  -4.150569347287222e-14,  1.54008621752141e-14,    3.8527783827421426e-13,
    7.180124451383666e-13,   -1.7941785315068062e-12, -1.3215811840447713e-11, -3.1499165279632416e-11,
    1.1889147107846439e-11,  4.94060238822497e-10,    3.3962320257083865e-09,  2.266668990498178e-08,
    2.0489185894690638e-07,  2.8913705208347567e-06,  6.889758346916825e-05,   0.0033691164782556943,
    0.8044904110141088};
constexpr double kI1Near[] = {
    2.7779141127610464e-18, -2.111421214358166e-17,  1.5536319577362005e-16, -1.1055969477353862e-15,
    7.600684294735408e-15,  -5.042185504727912e-14,  3.223793365945575e-13,  -1.9839743977649436e-12,
    1.1736186298890901e-11, -6.663489723502027e-11,  3.625590281552117e-10,  -1.8872497517228294e-09,
    9.381537386495773e-09,  -4.445059128796328e-08,  2.0032947535521353e-07, -8.568720264695455e-07,
    3.4702513081376785e-06, -1.3273163656039436e-05, 4.781565107550054e-05,  -0.00016176081582589674,
    0.0005122859561685758,  -0.0015135724506312532,  0.004156422944312888,   -0.010564084894626197,
    0.024726449030626516,   -0.05294598120809499,    0.1026436586898471,     -0.17641651835783406,
    0.25258718644363365};
constexpr double kI1Far[] = {
    7.517296310842105e-18,   4.414348323071708e-18,  -4.6503053684893586e-17, -3.209525921993424e-17,
    2.96262899764595e-16,    3.3082023109209285e-16, -1.8803547755107825e-15, -3.8144030724370075e-15,
    1.0420276984128802e-14,  4.272440016711951e-14,  -2.1015418427726643e-14, -4.0835511110921974e-13,
    -7.198551776245908e-13,  2.0356285441470896e-12, 1.4125807436613782e-11,  3.2526035830154884e-11,
    -1.8974958123505413e-11, -5.589743462196584e-10, -3.835380385964237e-09,  -2.6314688468895196e-08,
    -2.512236237870209e-07,  -3.882564808877691e-06, -0.00011058893876262371, -0.009761097491361469,
    0.7785762350182801};
constexpr double kK0Near[] = {
    1.374465435613523e-16, 4.25981614279661e-14, 1.0349695257633842e-11, 1.904516377220209e-09, 2.5347910790261494e-07,
    2.286212103119452e-05, 0.001264615411446926, 0.0359799365153615,     0.3442898999246285,    -0.5353273932339028};
constexpr double kK0Far[] = {
    5.300433772686263e-18,  -1.6475804301524212e-17, 5.2103915050390274e-17, -1.678231096805412e-16,
    5.512055978524319e-16,  -1.848593377343779e-15,  6.3400764774050706e-15, -2.2275133269916698e-14,
    8.032890775363575e-14,  -2.9800969231727303e-13, 1.140340588208475e-12,  -4.514597883373944e-12,
    1.8559491149547177e-11, -7.957489244477107e-11,  3.577397281400301e-10,  -1.69753450938906e-09,
    8.574034017414225e-09,  -4.660489897687948e-08,  2.766813639445015e-07,  -1.8317555227191195e-06,
    1.39498137188765e-05,   -0.00012849549581627802, 0.0015698838857300533,  -0.0314481013119645,
    2.4403030820659555};
constexpr double kK1Near[] = {-7.023863479386288e-18,  -2.427449850519366e-15, -6.666901694199329e-13,
                              -1.4114883926335278e-10, -2.213387630734726e-08, -2.4334061415659684e-06,
                              -0.0001730288957513052,  -0.006975723859639864,  -0.12261118082265715,
                              -0.3531559607765449,     1.5253002273389478};
constexpr double kK1Far[] = {
    -5.756744483665017e-18,  1.7940508731475592e-17, -5.689462558442859e-17,  1.838093544366639e-16,
    -6.057047248373319e-16,  2.038703165624334e-15,  -7.019837090418314e-15,  2.4771544244813043e-14,
    -8.976705182324994e-14,  3.3484196660784293e-13, -1.2891739609510289e-12, 5.13963967348173e-12,
    -2.1299678384275683e-11, 9.218315187605006e-11,  -4.1903547593418965e-10, 2.015049755197033e-09,
    -1.0345762465678097e-08, 5.7410841254500495e-08, -3.5019606030878126e-07, 2.406484947837217e-06,
    -1.936197974166083e-05,  0.00019521551847135162, -0.002857816859622779,   0.10392373657681724,
    2.7206261904844427};

// Clenshaw's sum at y / 2, half of the coefficient of degree 0.
template <int kCount>
Vec<double> chebyshev(Vec<double> y, const double (&coefficients)[kCount]) {
  Vec<double> sum(coefficients[0]), last(0), beforeLast(0);
  for (int i = 1; i < kCount; ++i) {
    beforeLast = last;
    last = sum;
    sum = fma(y, last, coefficients[i] - beforeLast);
  }
  return 0.5 * (sum - beforeLast);
}

// e^-x I of x >= 0, times sqrt x beyond 8, where `root` is that.
struct Scaled {
  Vec<double> value, root;
};

template <int kNear, int kFar>
Scaled scaledI(Vec<double> x, const double (&near)[kNear], const double (&far)[kFar], Vec<double> factor) {
  const Mask<double> isNear = x <= 8;
  const Vec<double> value = select(isNear, chebyshev(0.5 * x - 2, near) * factor, chebyshev(32 / x - 2, far));
  return {value, select(isNear, Vec<double>(1), sqrt(x))};
}

inline Scaled scaledI0(Vec<double> x) { return scaledI(x, kI0Near, kI0Far, Vec<double>(1)); }
inline Scaled scaledI1(Vec<double> x) { return scaledI(x, kI1Near, kI1Far, x); }

inline Vec<double> i0(Vec<double> x) {
  const Scaled scaled = scaledI0(abs(x));
  return exp(abs(x)) * scaled.value / scaled.root;
}
inline Vec<double> i0e(Vec<double> x) {
  const Scaled scaled = scaledI0(abs(x));
  return scaled.value / scaled.root;
}

inline Vec<double> odd(Vec<double> magnitude, Vec<double> x) { return select(x < 0, -magnitude, magnitude); }

inline Vec<double> i1(Vec<double> x) {
  const Scaled scaled = scaledI1(abs(x));
  return odd(exp(abs(x)) * scaled.value / scaled.root, x);
}
inline Vec<double> i1e(Vec<double> x) {
  const Scaled scaled = scaledI1(abs(x));
  return odd(scaled.value / scaled.root, x);
}

// K for x <= 2, and e^x K beyond.
inline Vec<double> nearK0(Vec<double> x) { return chebyshev(x * x - 2, kK0Near) - log(0.5 * x) * i0(x); }
inline Vec<double> farK0(Vec<double> x) { return chebyshev(8 / x - 2, kK0Far) / sqrt(x); }
inline Vec<double> nearK1(Vec<double> x) { return log(0.5 * x) * i1(x) + chebyshev(x * x - 2, kK1Near) / x; }
inline Vec<double> farK1(Vec<double> x) { return chebyshev(8 / x - 2, kK1Far) / sqrt(x); }

inline Vec<double> k0(Vec<double> x) {
  return fromZero(x, kInfinity<double>, select(x <= 2, nearK0(x), exp(-x) * farK0(x)));
}
inline Vec<double> k0e(Vec<double> x) {
  return fromZero(x, kInfinity<double>, select(x <= 2, nearK0(x) * exp(x), farK0(x)));
}
inline Vec<double> k1(Vec<double> x) {
  return fromZero(x, kInfinity<double>, select(x <= 2, nearK1(x), exp(-x) * farK1(x)));
}
inline Vec<double> k1e(Vec<double> x) {
  return fromZero(x, kInfinity<double>, select(x <= 2, nearK1(x) * exp(x), farK1(x)));
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
