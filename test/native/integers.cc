// Integers wrap; division knows Python's, C's and PyTorch's rules; zero divisors and negative exponents are reported.
#include <limits>

#include "check.h"

namespace dyngrad::test {
namespace {

template <class T>
T wrap(__int128 x) {
  return static_cast<T>(static_cast<std::uint64_t>(x));
}

// Values at the edges, and enough of them for whole vectors and tails.
template <class T>
std::vector<T> edges() {
  using L = std::numeric_limits<T>;
  std::vector<T> values = {L::min(),
                           static_cast<T>(L::min() + 1),
                           0,
                           1,
                           2,
                           3,
                           5,
                           7,
                           100,
                           static_cast<T>(-1),
                           static_cast<T>(-2),
                           static_cast<T>(-7),
                           static_cast<T>(L::max() - 1),
                           L::max()};
  for (int i = 0; i < 20; ++i) values.push_back(static_cast<T>(i * 2654435761u));
  return values;
}

template <class T>
struct Pairs {
  std::vector<T> a, b;
};

template <class T>
Pairs<T> pairs(bool withZero) {
  Pairs<T> result;
  for (const T a : edges<T>())
    for (const T b : edges<T>())
      if (b != 0 || withZero) result.a.push_back(a), result.b.push_back(b);
  return result;
}

template <class T, class F>
void check(const char* name, bool withZero, F want) {
  const Pairs<T> in = pairs<T>(withZero);
  int status = -1;
  const std::vector<T> out = run<T, T>(find(name, kDType<T>), {in.a, in.b}, &status);
  expect(status == 0, "status", name);
  for (std::size_t i = 0; i < out.size(); ++i)
    expect(out[i] == wrap<T>(want(in.a[i], in.b[i])), name,
           (std::to_string(in.a[i]) + ", " + std::to_string(in.b[i])).c_str());
}

__int128 floorDivide(__int128 a, __int128 b) { return a / b - (a % b != 0 && (a % b < 0) != (b < 0)); }

template <class T>
T power(T base, T exponent) {
  std::uint64_t result = 1;
  for (T i = 0; i < exponent; ++i) result *= static_cast<std::uint64_t>(base);
  return static_cast<T>(result);
}

template <class T>
void checkFailures() {
  for (const char* name : {"floorDivide", "remainder", "truncDivide", "fmod"}) {
    std::vector<T> a(70, 5), b(70, 3);
    b[69] = 0;
    int status = 0;
    run<T, T>(find(name, kDType<T>), {a, b}, &status);
    expect(status == 1, "zero divisor", name);
    expect(findRow(name)->checks, "checks", name);
  }
  int status = -1;
  run<T, T>(find("pow", kDType<T>), {{2}, {static_cast<T>(-1)}}, &status);
  expect(status == (T(-1) < T(0) ? 1 : 0), "negative exponent");
}

template <class T>
void checkPow() {
  for (T base = 0; base < 12; ++base) {
    for (T exponent = 0; exponent < 70; ++exponent) {
      const T signedBase = static_cast<T>(base - 5);
      expect(run<T, T>(find("pow", kDType<T>), {{signedBase}, {exponent}})[0] == power<T>(signedBase, exponent), "pow");
    }
  }
}

template <class T>
void checkAll() {
  check<T>("add", true, [](__int128 a, __int128 b) { return a + b; });
  check<T>("sub", true, [](__int128 a, __int128 b) { return a - b; });
  check<T>("mul", true, [](__int128 a, __int128 b) { return a * b; });
  check<T>("maximum", true, [](__int128 a, __int128 b) { return a > b ? a : b; });
  check<T>("minimum", true, [](__int128 a, __int128 b) { return a < b ? a : b; });
  check<T>("bitwiseAnd", true, [](__int128 a, __int128 b) { return a & b; });
  check<T>("bitwiseOr", true, [](__int128 a, __int128 b) { return a | b; });
  check<T>("bitwiseXor", true, [](__int128 a, __int128 b) { return a ^ b; });
  check<T>("truncDivide", false, [](__int128 a, __int128 b) { return a / b; });
  check<T>("fmod", false, [](__int128 a, __int128 b) { return a % b; });
  check<T>("floorDivide", false, floorDivide);
  check<T>("remainder", false, [](__int128 a, __int128 b) { return a - b * floorDivide(a, b); });
  const std::vector<T> x = edges<T>();
  const std::vector<T> neg = run<T, T>(find("neg", kDType<T>), {x}), abs = run<T, T>(find("abs", kDType<T>), {x}),
                       sign = run<T, T>(find("sign", kDType<T>), {x});
  for (std::size_t i = 0; i < x.size(); ++i) {
    expect(neg[i] == wrap<T>(-static_cast<__int128>(x[i])), "neg");
    expect(abs[i] == wrap<T>(x[i] < 0 ? -static_cast<__int128>(x[i]) : x[i]), "abs");
    expect(sign[i] == static_cast<T>((x[i] > 0) - (x[i] < 0)), "sign");
  }
  checkFailures<T>();
  checkPow<T>();
}

}  // namespace

void testIntegers() {
  checkAll<std::int32_t>();
  checkAll<std::int64_t>();
  checkAll<std::uint8_t>();
}

}  // namespace dyngrad::test
