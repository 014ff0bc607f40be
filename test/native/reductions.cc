// Reductions against the documented tree, evaluated here with arrays.
#include <cmath>
#include <limits>

#include "check.h"

namespace dyngrad::test {
namespace {

const ReduceKernels& findReduce(const char* name, DType dtype) {
  for (int i = 0; i < table().reduceCount; ++i)
    if (std::strcmp(table().reduce[i].name, name) == 0) return table().reduce[i].kernels[static_cast<int>(dtype)];
  expect(false, "missing row", name);
  return table().reduce[0].kernels[0];
}

template <class T, class F>
T tree(const std::vector<T>& in, T identity, F merge) {
  constexpr std::size_t kLanes = 256 / sizeof(T);
  std::vector<T> lanes(kLanes, identity);
  for (std::size_t i = 0; i < in.size(); ++i) lanes[i % kLanes] = merge(lanes[i % kLanes], in[i]);
  for (std::size_t half = kLanes / 2; half > 0; half /= 2)
    for (std::size_t j = 0; j < half; ++j) lanes[j] = merge(lanes[j], lanes[j + half]);
  return lanes[0];
}

template <class T, class F>
void check(const char* name, DType dtype, T identity, F merge) {
  const ReduceKernels& kernels = findReduce(name, dtype);
  expect(kernels.block && kernels.combine && kernels.identity, "reduce row", name);
  for (std::size_t count = 1; count <= static_cast<std::size_t>(kBlock); count += count < 140 ? 1 : 31) {
    std::vector<T> in(count);
    for (std::size_t i = 0; i < count; ++i)
      in[i] = static_cast<T>(dtype == DType::kBool ? i * 7 % 5 == 0
                                                   : 1.0 + 0.37 * static_cast<double>(i * 131 % 17) *
                                                               (i % 3            ? 1
                                                                : sizeof(T) == 1 ? 1
                                                                                 : -1));
    T out{};
    kernels.block(&out, in.data(), static_cast<std::int64_t>(count));
    const T want = tree(in, identity, merge);
    expect(std::memcmp(&out, &want, sizeof(T)) == 0 || (out != out && want != want), "block", name);
    for (std::size_t rows : {1, 2, 5}) {
      if (count % rows != 0) continue;
      const std::size_t columns = count / rows;
      std::vector<T> combined(in.rbegin(), in.rbegin() + static_cast<std::ptrdiff_t>(columns)), expected = combined;
      kernels.combine(combined.data(), in.data(), static_cast<std::int64_t>(rows), static_cast<std::int64_t>(columns));
      for (std::size_t i = 0; i < count; ++i) expected[i % columns] = merge(expected[i % columns], in[i]);
      for (std::size_t i = 0; i < columns; ++i)
        expect(combined[i] == expected[i] || (combined[i] != combined[i] && expected[i] != expected[i]), "combine",
               name);
    }
  }
  T empty[3];
  kernels.identity(empty, 3);
  expect(empty[2] == identity || empty[2] != empty[2], "identity", name);
}

template <class T>
T wrapping(T a, T b, bool product) {
  if constexpr (std::numeric_limits<T>::is_iec559) return product ? a * b : a + b;
  const auto x = static_cast<std::uint64_t>(a), y = static_cast<std::uint64_t>(b);
  return static_cast<T>(product ? x * y : x + y);
}

template <class T>
void checkSummable(DType dtype) {
  check<T>("sum", dtype, 0, [](T a, T b) { return wrapping(a, b, false); });
  check<T>("prod", dtype, 1, [](T a, T b) { return wrapping(a, b, true); });
}

template <class T>
void checkExtremes(DType dtype) {
  using L = std::numeric_limits<T>;
  const T least = L::is_iec559 ? -L::infinity() : L::min(), greatest = L::is_iec559 ? L::infinity() : L::max();
  check<T>("amax", dtype, least, [](T a, T b) { return a > b ? a : b; });
  check<T>("amin", dtype, greatest, [](T a, T b) { return a < b ? a : b; });
}

template <class T>
void checkFloat(DType dtype) {
  check<T>("mean", dtype, 0, [](T a, T b) { return a + b; });
  T totals[2] = {10, 3}, out;
  findReduce("mean", dtype).finish(totals, 2, 4);
  expect(totals[0] == T(2.5) && totals[1] == T(0.75), "mean's finish");
  const T zero = T(-0.0);
  findReduce("sum", dtype).block(&out, &zero, 1);
  expect(out == 0 && !std::signbit(out), "the sum of -0. is 0.");
  for (const char* name : {"amax", "amin", "sum", "prod"}) {
    for (std::size_t at = 0; at < 150; at += 7) {
      std::vector<T> in(150, 1);
      in[at] = std::numeric_limits<T>::quiet_NaN();
      findReduce(name, dtype).block(&out, in.data(), 150);
      expect(std::isnan(out), "NaN wins", name);
    }
  }
}

}  // namespace

void testReductions() {
  checkSummable<float>(DType::kFloat32);
  checkSummable<double>(DType::kFloat64);
  checkSummable<std::int32_t>(DType::kInt32);
  checkSummable<std::int64_t>(DType::kInt64);
  checkExtremes<float>(DType::kFloat32);
  checkExtremes<double>(DType::kFloat64);
  checkExtremes<std::int32_t>(DType::kInt32);
  checkExtremes<std::int64_t>(DType::kInt64);
  checkExtremes<std::uint8_t>(DType::kUint8);
  checkFloat<float>(DType::kFloat32);
  checkFloat<double>(DType::kFloat64);
  check<std::uint8_t>("any", DType::kBool, 0,
                      [](std::uint8_t a, std::uint8_t b) { return static_cast<std::uint8_t>(a | b); });
  check<std::uint8_t>("all", DType::kBool, 1,
                      [](std::uint8_t a, std::uint8_t b) { return static_cast<std::uint8_t>(a & b); });
}

}  // namespace dyngrad::test
