// Infinities, NaN, signed zeros and denormals, as PyTorch has them.
#include <cmath>
#include <limits>

#include "check.h"

namespace dyngrad::test {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN();

template <class T>
bool same(T a, T b) {
  return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
}

struct UnaryCase {
  const char* name;
  double in, out;
};

constexpr UnaryCase kUnaryCases[] = {
    {"exp", kInf, kInf},
    {"exp", -kInf, 0},
    {"exp", kNan, kNan},
    {"exp", 0, 1},
    {"exp", -0.0, 1},
    {"exp", 1e30, kInf},
    {"exp", -1e30, 0},
    {"exp2", kInf, kInf},
    {"exp2", -kInf, 0},
    {"exp2", 10, 1024},
    {"exp2", -3, 0.125},
    {"exp2", kNan, kNan},
    {"expm1", kInf, kInf},
    {"expm1", -kInf, -1},
    {"expm1", -0.0, -0.0},
    {"expm1", kNan, kNan},
    {"expm1", 1e-300, 1e-300},
    {"log", 0, -kInf},
    {"log", -0.0, -kInf},
    {"log", -1, kNan},
    {"log", kInf, kInf},
    {"log", -kInf, kNan},
    {"log", kNan, kNan},
    {"log", 1, 0},
    {"log2", 1024, 10},
    {"log2", 0, -kInf},
    {"log2", -2, kNan},
    {"log10", 1000, 3},
    {"log10", 1e15, 15},
    {"log10", 0, -kInf},
    {"log1p", -1, -kInf},
    {"log1p", -2, kNan},
    {"log1p", -0.0, -0.0},
    {"log1p", kInf, kInf},
    {"log1p", kNan, kNan},
    {"log1p", 0, 0},
    {"tanh", kInf, 1},
    {"tanh", -kInf, -1},
    {"tanh", -0.0, -0.0},
    {"tanh", kNan, kNan},
    {"tanh", 50, 1},
    {"sigmoid", kInf, 1},
    {"sigmoid", -kInf, 0},
    {"sigmoid", 0, 0.5},
    {"sigmoid", kNan, kNan},
    {"erf", kInf, 1},
    {"erf", -kInf, -1},
    {"erf", kNan, kNan},
    {"erf", -0.0, -0.0},
    {"sinh", -kInf, -kInf},
    {"sinh", -0.0, -0.0},
    {"sinh", kNan, kNan},
    {"cosh", -kInf, kInf},
    {"cosh", 0, 1},
    {"asinh", -kInf, -kInf},
    {"asinh", -0.0, -0.0},
    {"asinh", kNan, kNan},
    {"acosh", 1, 0},
    {"acosh", 0.5, kNan},
    {"acosh", -3, kNan},
    {"acosh", -kInf, kNan},
    {"acosh", kInf, kInf},
    {"acosh", kNan, kNan},
    {"atanh", 1, kInf},
    {"atanh", -1, -kInf},
    {"atanh", 2, kNan},
    {"atanh", kInf, kNan},
    {"atanh", -0.0, -0.0},
    {"atanh", kNan, kNan},
    {"sin", kInf, kNan},
    {"sin", -0.0, -0.0},
    {"sin", kNan, kNan},
    {"cos", kInf, kNan},
    {"cos", 0, 1},
    {"tan", -0.0, -0.0},
    {"tan", kInf, kNan},
    {"asin", 2, kNan},
    {"asin", -0.0, -0.0},
    {"acos", 1, 0},
    {"acos", 1.5, kNan},
    {"atan", -0.0, -0.0},
    {"acos", kNan, kNan},
    {"asin", kNan, kNan},
    {"atan", kNan, kNan},
    {"sqrt", -1, kNan},
    {"sqrt", -0.0, -0.0},
    {"sqrt", kInf, kInf},
    {"rsqrt", 0, kInf},
    {"rsqrt", 4, 0.5},
    {"reciprocal", -0.0, -kInf},
    {"abs", -0.0, 0},
    {"abs", -kInf, kInf},
    {"neg", 0, -0.0},
    {"sign", -0.0, 0},
    {"sign", kNan, 0},
    {"sign", -kInf, -1},
    {"round", 2.5, 2},
    {"round", -0.5, -0.0},
    {"round", 3.5, 4},
    {"floor", -0.5, -1},
    {"ceil", -0.5, -0.0},
    {"trunc", -1.5, -1},
    {"round", kNan, kNan},
    {"square", -3, 9},
    {"erfc", kInf, 0},
    {"erfc", -kInf, 2},
    {"erfc", kNan, kNan},
    {"erfc", 0, 1},
    {"erfcx", 0, 1},
    {"erfcx", kInf, 0},
    {"erfcx", -kInf, kInf},
    {"erfcx", kNan, kNan},
    {"erfinv", 1, kInf},
    {"erfinv", -1, -kInf},
    {"erfinv", -0.0, -0.0},
    {"erfinv", 1.5, kNan},
    {"erfinv", kNan, kNan},
    {"ndtri", 0, -kInf},
    {"ndtri", 0.5, 0},
    {"ndtri", 1, kInf},
    {"ndtri", -1, kNan},
    {"ndtri", kNan, kNan},
    {"lgamma", 1, 0},
    {"lgamma", 2, 0},
    {"lgamma", 0, kInf},
    {"lgamma", -0.0, kInf},
    {"lgamma", -3, kInf},
    {"lgamma", kInf, kInf},
    {"lgamma", -kInf, kInf},
    {"lgamma", kNan, kNan},
    {"digamma", 0, -kInf},
    {"digamma", -0.0, kInf},
    {"digamma", -2, kNan},
    {"digamma", kInf, kInf},
    {"digamma", -kInf, kNan},
    {"digamma", kNan, kNan},
    {"i0", 0, 1},
    {"i0", 1000, kInf},
    {"i0", kInf, kNan},
    {"i0", kNan, kNan},
    {"i0e", kInf, 0},
    {"i1", 0, 0},
    {"i1", -1000, -kInf},
    {"i1e", -kInf, -0.0},
    {"besselJ0", 0, 1},
    {"besselJ1", -0.0, -0.0},
    {"besselY0", 0, -kInf},
    {"besselY1", -1, kNan},
    {"modifiedBesselK0", 0, kInf},
    {"modifiedBesselK0", kInf, 0},
    {"modifiedBesselK1", -1, kNan},
    {"scaledModifiedBesselK1", kInf, 0},
    {"sphericalBesselJ0", 0, 1},
    {"sphericalBesselJ0", -kInf, 0},
    {"airyAi", 1000, 0},
    {"airyAi", kInf, kNan},
    {"airyAi", kNan, kNan},
};

struct BinaryCase {
  const char* name;
  double a, b, out;
};

constexpr BinaryCase kBinaryCases[] = {
    {"maximum", kNan, 1, kNan},
    {"maximum", 1, kNan, kNan},
    {"minimum", kNan, 1, kNan},
    {"minimum", 1, kNan, kNan},
    {"maximum", -kInf, 3, 3},
    {"fmax", kNan, 1, 1},
    {"fmax", 1, kNan, 1},
    {"fmin", kNan, 1, 1},
    {"fmin", 1, kNan, 1},
    {"fmax", kNan, kNan, kNan},
    {"floorDivide", 5, 0, kInf},
    {"floorDivide", -5, 0, -kInf},
    {"floorDivide", 5, 3, 1},
    {"floorDivide", -5, 3, -2},
    {"floorDivide", 0, 3, 0},
    {"floorDivide", -0.0, 3, -0.0},
    {"floorDivide", kInf, 3, kNan},
    {"floorDivide", 1, kInf, 0},
    {"floorDivide", 1, -kInf, -1},
    {"floorDivide", -1, kInf, -1},
    {"floorDivide", -1e-20, 1, -1},
    {"remainder", 5, 0, kNan},
    {"remainder", 5, 3, 2},
    {"remainder", -5, 3, 1},
    {"remainder", -0.0, 3, -0.0},
    {"remainder", 1, kInf, 1},
    {"remainder", 1, -kInf, -kInf},
    {"remainder", -1, kInf, kInf},
    {"remainder", kInf, 3, kNan},
    {"fmod", -5, 3, -2},
    {"fmod", 5, -3, 2},
    {"fmod", 5, kInf, 5},
    {"fmod", kInf, 5, kNan},
    {"fmod", 5, 0, kNan},
    {"fmod", -6, 3, -0.0},
    {"truncDivide", -5, 3, -1},
    {"truncDivide", kInf, 3, kInf},
    {"truncDivide", 5, 0, kInf},
    {"div", 0, 0, kNan},
    {"fmod", 0x1p100, 3, 1},
    {"pow", 0, 0, 1},
    {"pow", kNan, 0, 1},
    {"pow", 1, kNan, 1},
    {"pow", 1, kInf, 1},
    {"pow", -1, kInf, 1},
    {"pow", -1, -kInf, 1},
    {"pow", 0, -1, kInf},
    {"pow", -0.0, -1, -kInf},
    {"pow", -0.0, -2, kInf},
    {"pow", -0.0, 3, -0.0},
    {"pow", -0.0, 2, 0},
    {"pow", 0, 0.5, 0},
    {"pow", -8, 3, -512},
    {"pow", -2, 0.5, kNan},
    {"pow", 2, kInf, kInf},
    {"pow", 0.5, kInf, 0},
    {"pow", 2, -kInf, 0},
    {"pow", 0.5, -kInf, kInf},
    {"pow", kInf, 0.5, kInf},
    {"pow", kInf, -1, 0},
    {"pow", -kInf, 3, -kInf},
    {"pow", -kInf, 2, kInf},
    {"pow", -kInf, -3, -0.0},
    {"pow", -kInf, 0.5, kInf},
    {"pow", 2, kNan, kNan},
    {"pow", kNan, 2, kNan},
    {"pow", 2, 10, 1024},
    {"pow", 4, 0.5, 2},
    {"pow", 0, kInf, 0},
    {"pow", 0, -kInf, kInf},
    {"atan2", 0, 0, 0},
    {"atan2", -0.0, 0, -0.0},
    {"atan2", 1, kInf, 0},
    {"atan2", kNan, 1, kNan},
    {"atan2", 1, kNan, kNan},
    {"polygamma", 0, 1, kInf},
    {"polygamma", -1, 2, -kInf},
    {"polygamma", kNan, 1, kNan},
    {"zeta", 1, 2, kInf},
    {"zeta", 0.5, 2, kNan},
    {"zeta", 3, -2, kInf},
    {"zeta", 2.5, -1.5, kNan},
    {"zeta", kInf, 1, 1},
    {"zeta", 2, kNan, kNan},
    {"igamma", 0, 1, 1},
    {"igamma", 1, 0, 0},
    {"igamma", 1, kInf, 1},
    {"igamma", kInf, 1, 0},
    {"igamma", -1, 1, kNan},
    {"igamma", 1, kNan, kNan},
    {"igammac", 0, 1, 0},
    {"igammac", 1, 0, 1},
    {"igammac", kInf, kInf, kNan},
    {"chebyshevPolynomialT", 1, 1e18, 1},
    {"chebyshevPolynomialU", -1, 3, -4},
    {"chebyshevPolynomialV", -1, 2, 5},
    {"chebyshevPolynomialW", 1, 2, 5},
    {"chebyshevPolynomialT", kNan, 2, kNan},
    {"chebyshevPolynomialT", 2, -1, 0},
    {"chebyshevPolynomialT", 2, kNan, 0},
    {"shiftedChebyshevPolynomialT", 0, 3, -1},
    {"hermitePolynomialH", 1, 1000, kNan},
    {"hermitePolynomialHe", kNan, 0, 1},
    {"laguerrePolynomialL", 0, 1e18, 1},
    {"legendrePolynomialP", -1, 1e18, 1},
};

template <class T>
void check() {
  for (const UnaryCase& c : kUnaryCases) {
    if (PointwiseKernel kernel = find(c.name, kDType<T>)) {
      const T out = run<T, T>(kernel, {{static_cast<T>(c.in)}})[0];
      expect(same(out, static_cast<T>(c.out)), c.name, std::to_string(c.in).c_str());
    }
  }
  for (const BinaryCase& c : kBinaryCases) {
    if (PointwiseKernel kernel = find(c.name, kDType<T>)) {
      const T out = run<T, T>(kernel, {{static_cast<T>(c.a)}, {static_cast<T>(c.b)}})[0];
      expect(same(out, static_cast<T>(c.out)), c.name, (std::to_string(c.a) + ", " + std::to_string(c.b)).c_str());
    }
  }
}

// fmod is exact, and the others follow from it as in Python.
template <class T>
void checkDivision() {
  std::vector<T> a, b;
  std::uint64_t seed = 1;
  for (int i = 0; i < 100000; ++i) {
    T pair[2];
    for (T& x : pair) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      const int spread = i % 2 ? 8 : sizeof(T) == 4 ? 250 : 2000;
      x = static_cast<T>(
          std::ldexp((seed >> 63 ? -1.0 : 1.0) * (1 + static_cast<double>(seed >> 12 & 0xffffffffff) * 0x1p-40),
                     static_cast<int>(seed >> 40 & 0xffff) % spread - spread / 2));
    }
    a.push_back(pair[0]);
    b.push_back(pair[1]);
  }
  const std::vector<T> mod = run<T, T>(find("fmod", kDType<T>), {a, b}),
                       remainder = run<T, T>(find("remainder", kDType<T>), {a, b});
  for (std::size_t i = 0; i < a.size(); ++i) {
    const T want = std::fmod(a[i], b[i]);
    expect(same(mod[i], want), "fmod", std::to_string(i).c_str());
    expect(same(remainder[i], want != 0 && (want < 0) != (b[i] < 0) ? want + b[i] : want), "remainder",
           std::to_string(i).c_str());
  }
}

template <class T>
void checkUnit() {
  PointwiseKernel kernel = find("checkUnit", kDType<T>);
  for (const double bad : {-1e-30, 1.5, kNan, kInf, 0.0}) {
    std::vector<T> x(37, static_cast<T>(0.25));
    x[33] = static_cast<T>(bad);
    int status = 0;
    const std::vector<T> out = run<T, T>(kernel, {x}, &status);
    expect(status == (bad == 0 ? 0 : 1), "checkUnit");
    expect(std::memcmp(out.data(), x.data(), sizeof(T) * x.size()) == 0, "checkUnit returns x");
  }
}

}  // namespace

void testSpecialValues() {
  check<float>();
  check<double>();
  checkDivision<float>();
  checkDivision<double>();
  checkUnit<float>();
  checkUnit<double>();
}

}  // namespace dyngrad::test
