// Rows that give or take booleans, and casts, element by element against plain C++.
#include <cmath>
#include <limits>

#include "check.h"

namespace dyngrad::test {
namespace {

// A bool lane is tested as uint8.
template <class T>
struct Typed {
  using Lane = T;
  DType dtype;
};

template <class T>
std::vector<T> samples(DType dtype) {
  std::vector<T> values;
  for (int i = 0; i < 203; ++i) {
    double x = (i * 37 % 19) - 9;
    if (sizeof(T) == 1) x = dtype == DType::kBool ? i * 7 % 3 == 0 : i * 37 % 251;
    if constexpr (std::numeric_limits<T>::is_iec559) {
      if (i % 11 == 0) x = std::nan("");
      if (i % 13 == 0) x = i % 2 ? HUGE_VAL : -HUGE_VAL;
      if (i % 17 == 0) x = -0.0;
    }
    values.push_back(static_cast<T>(x));
  }
  return values;
}

template <class T, class F>
void checkCompare(const char* name, DType dtype, F want) {
  const std::vector<T> a = samples<T>(dtype);
  std::vector<T> b(a.rbegin(), a.rend());
  const std::vector<std::uint8_t> out = run<std::uint8_t, T>(find(name, dtype), {a, b});
  for (std::size_t i = 0; i < a.size(); ++i) expect(out[i] == (want(a[i], b[i]) ? 1 : 0), name);
  // A repeated operand.
  std::vector<T> repeated(64, a[5]);
  std::vector<std::uint8_t> uniform(a.size());
  const Source sources[2] = {{a.data(), 1}, {repeated.data(), 0}};
  find(name, dtype)(uniform.data(), sources, static_cast<std::int64_t>(a.size()));
  for (std::size_t i = 0; i < a.size(); ++i) expect(uniform[i] == (want(a[i], a[5]) ? 1 : 0), name, "repeated");
}

template <class T>
void checkWhere(DType dtype) {
  const std::vector<T> a = samples<T>(dtype);
  const std::vector<T> b(a.rbegin(), a.rend());
  std::vector<std::uint8_t> condition;
  for (std::size_t i = 0; i < a.size(); ++i) condition.push_back(i * 5 % 3 == 0);
  std::vector<T> out(a.size());
  const Source sources[3] = {{condition.data(), 1}, {a.data(), 1}, {b.data(), 1}};
  find("where", dtype)(out.data(), sources, static_cast<std::int64_t>(a.size()));
  for (std::size_t i = 0; i < a.size(); ++i)
    expect(std::memcmp(&out[i], condition[i] ? &a[i] : &b[i], sizeof(T)) == 0, "where");
}

template <class T>
void checkBooleans(DType dtype) {
  checkCompare<T>("eq", dtype, [](T a, T b) { return a == b; });
  checkCompare<T>("ne", dtype, [](T a, T b) { return a != b; });
  checkCompare<T>("lt", dtype, [](T a, T b) { return a < b; });
  checkCompare<T>("le", dtype, [](T a, T b) { return a <= b; });
  checkCompare<T>("gt", dtype, [](T a, T b) { return a > b; });
  checkCompare<T>("ge", dtype, [](T a, T b) { return a >= b; });
  checkCompare<T>("logicalAnd", dtype, [](T a, T b) { return a != 0 && b != 0; });
  checkCompare<T>("logicalOr", dtype, [](T a, T b) { return a != 0 || b != 0; });
  checkCompare<T>("logicalXor", dtype, [](T a, T b) { return (a != 0) != (b != 0); });
  checkCompare<T>("logicalNot", dtype, [](T a, T) { return a == 0; });
  if constexpr (std::numeric_limits<T>::is_iec559) {
    checkCompare<T>("isnan", dtype, [](T a, T) { return std::isnan(a); });
    checkCompare<T>("isinf", dtype, [](T a, T) { return std::isinf(a); });
    checkCompare<T>("isfinite", dtype, [](T a, T) { return std::isfinite(a); });
  }
  checkWhere<T>(dtype);
}

template <class To, class From>
void checkCast(const char* row, DType to, const std::vector<From>& in, const std::vector<To>& want) {
  const std::vector<To> out = run<To, From>(find(row, to), {in});
  for (std::size_t i = 0; i < in.size(); ++i)
    expect(std::memcmp(&out[i], &want[i], sizeof(To)) == 0, row, std::to_string(i).c_str());
  std::vector<From> repeated(64, in[3]);
  std::vector<To> uniform(17);
  const Source source = {repeated.data(), 0};
  find(row, to)(uniform.data(), &source, 17);
  for (const To x : uniform) expect(std::memcmp(&x, &want[3], sizeof(To)) == 0, row, "repeated");
}

// The integers are PyTorch's on x86-64, where a value that does not fit becomes the least integer (and 0 as its low
// byte).
template <class T>
void checkFloatCasts(const char* row) {
  const T nan = std::numeric_limits<T>::quiet_NaN(), inf = std::numeric_limits<T>::infinity();
  const std::vector<T> in = {T(1e10), nan,     inf,     T(-1.9), T(300),           T(-1),          -inf,
                             T(3e9),  T(1e20), T(-0.0), T(0.5),  T(-2147483648.0), T(2147483648.0)};
  constexpr std::int32_t kLeast32 = INT32_MIN;
  constexpr std::int64_t kLeast64 = INT64_MIN;
  checkCast<std::int32_t, T>(
      row, DType::kInt32, in,
      {kLeast32, kLeast32, kLeast32, -1, 300, -1, kLeast32, kLeast32, kLeast32, 0, 0, kLeast32, kLeast32});
  checkCast<std::int64_t, T>(
      row, DType::kInt64, in,
      {10000000000, kLeast64, kLeast64, -1, 300, -1, kLeast64, 3000000000, kLeast64, 0, 0, -2147483648, 2147483648});
  checkCast<std::uint8_t, T>(row, DType::kUint8, in, {0, 0, 0, 255, 44, 255, 0, 0, 0, 0, 0, 0, 0});
  checkCast<std::uint8_t, T>(row, DType::kBool, in, {1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1});
}

void checkIntegerCasts() {
  const std::vector<std::int64_t> in = {0, 1, -1, 300, INT64_MIN, 4294967297, 1ll << 53 | 1};
  checkCast<std::int32_t, std::int64_t>("cast.int64", DType::kInt32, in, {0, 1, -1, 300, 0, 1, 1});
  checkCast<std::uint8_t, std::int64_t>("cast.int64", DType::kUint8, in, {0, 1, 255, 44, 0, 1, 1});
  checkCast<std::uint8_t, std::int64_t>("cast.int64", DType::kBool, in, {0, 1, 1, 1, 1, 1, 1});
  checkCast<double, std::int64_t>("cast.int64", DType::kFloat64, in, {0, 1, -1, 300, -0x1p63, 4294967297.0, 0x1p53});
  checkCast<float, std::int32_t>("cast.int32", DType::kFloat32, {0, 16777217, INT32_MIN, -3},
                                 {0, 16777216, -2147483648.0f, -3});
  checkCast<std::int64_t, std::uint8_t>("cast.uint8", DType::kInt64, {0, 255, 7, 128}, {0, 255, 7, 128});
  checkCast<float, std::uint8_t>("cast.bool", DType::kFloat32, {0, 1, 1, 0}, {0, 1, 1, 0});
  checkCast<std::uint8_t, std::int32_t>("cast.int32", DType::kBool, {0, 256, -1, 2}, {0, 1, 1, 1});
}

void checkIndexRow() {
  const std::int64_t start = 41;
  std::vector<std::int64_t> out(37);
  const Source source = {&start, 0};
  find("index", DType::kInt64)(out.data(), &source, 37);
  for (int i = 0; i < 37; ++i) expect(out[static_cast<std::size_t>(i)] == 41 + i, "index");
}

}  // namespace

double valueOf(std::uint16_t bits, DType dtype) {
  const int mantissaBits = dtype == DType::kFloat16 ? 10 : 7, bias = dtype == DType::kFloat16 ? 15 : 127;
  const int magnitude = bits & 0x7fff, exponent = magnitude >> mantissaBits;
  const int mantissa = magnitude & ((1 << mantissaBits) - 1);
  const double size = exponent == 0 ? std::ldexp(mantissa, 1 - bias - mantissaBits)
                                    : std::ldexp(mantissa + (1 << mantissaBits), exponent - bias - mantissaBits);
  return bits >> 15 ? -size : size;
}

std::uint16_t narrowed(float x, DType dtype) {
  std::uint16_t result;
  const Source source{&x, 1};
  find("cast.float32", dtype)(&result, &source, 1);
  return result;
}

// Every half widens to its value and comes back; between two neighbours the nearer one is taken, from the middle the
// even one.
void checkHalves(const char* name, DType dtype, std::uint16_t infinity) {
  for (std::uint32_t magnitude = 0; magnitude < infinity; ++magnitude) {
    for (std::uint32_t sign : {0u, 0x8000u}) {
      const auto bits = static_cast<std::uint16_t>(magnitude | sign);
      float wide;
      const Source source{&bits, 1};
      find(name, DType::kFloat32)(&wide, &source, 1);
      const double value = valueOf(bits, dtype);
      expect(static_cast<double>(wide) == value && std::signbit(wide) == (sign != 0), "widens", name);
      expect(narrowed(wide, dtype) == bits, "narrows", name);
      const auto next = static_cast<std::uint16_t>(bits + 1);
      // The last one's neighbour, infinity, stands where the next power of 2 would.
      const auto middle = static_cast<float>((value + valueOf(next, dtype)) / 2);
      if (static_cast<double>(middle) != (value + valueOf(next, dtype)) / 2) continue;
      expect(narrowed(middle, dtype) == (bits & 1 ? next : bits), "a tie", name);
      expect(narrowed(std::nextafterf(middle, wide), dtype) == bits, "below a tie", name);
      expect(narrowed(std::nextafterf(middle, sign ? -HUGE_VALF : HUGE_VALF), dtype) == next, "above a tie", name);
    }
  }
  expect(narrowed(HUGE_VALF, dtype) == infinity && narrowed(-HUGE_VALF, dtype) == (infinity | 0x8000), "infinity",
         name);
  expect((narrowed(NAN, dtype) & 0x7fff) > infinity, "NaN", name);
}

void testCompareAndCast() {
  checkHalves("cast.float16", DType::kFloat16, 0x7c00);
  checkHalves("cast.bfloat16", DType::kBFloat16, 0x7f80);
  checkCast<std::int8_t, std::int32_t>("cast.int32", DType::kInt8, {0, 127, 128, -129, 300}, {0, 127, -128, 127, 44});
  checkCast<std::int16_t, std::int32_t>("cast.int32", DType::kInt16, {0, 32767, 32768, 65537}, {0, 32767, -32768, 1});
  checkCast<std::int32_t, std::int8_t>("cast.int8", DType::kInt32, {0, 127, -128, 5}, {0, 127, -128, 5});
  checkCast<std::int32_t, std::int16_t>("cast.int16", DType::kInt32, {0, 32767, -32768, 5}, {0, 32767, -32768, 5});
  checkBooleans<float>(DType::kFloat32);
  checkBooleans<double>(DType::kFloat64);
  checkBooleans<std::int32_t>(DType::kInt32);
  checkBooleans<std::int64_t>(DType::kInt64);
  checkBooleans<std::uint8_t>(DType::kUint8);
  checkBooleans<std::uint8_t>(DType::kBool);
  checkFloatCasts<float>("cast.float32");
  checkFloatCasts<double>("cast.float64");
  checkCast<float, double>("cast.float64", DType::kFloat32, {0.1, 1e300, -1e-300, 2}, {0.1f, HUGE_VALF, -0.0f, 2});
  checkIntegerCasts();
  checkIndexRow();
}

}  // namespace dyngrad::test
