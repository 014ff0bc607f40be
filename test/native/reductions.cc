// Reductions against the documented tree, evaluated here with arrays.
#include <algorithm>
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

template <class F, class T>
void fold(F merge, std::vector<T>& lanes, std::size_t left) {
  for (; lanes.size() > left; lanes.resize(lanes.size() / 2))
    for (std::size_t j = 0, half = lanes.size() / 2; j < half; ++j) lanes[j] = merge(lanes[j], lanes[j + half]);
}

// One block: lanes of 256 bytes, of which 64 are left where accumulators are wider than elements.
template <class A, class T, class F>
A tree(const T* in, std::size_t count, F merge, T identity) {
  std::vector<T> lanes(256 / sizeof(T), identity);
  for (std::size_t i = 0; i < count; ++i) lanes[i % lanes.size()] = merge(lanes[i % lanes.size()], in[i]);
  fold(merge, lanes, sizeof(A) == sizeof(T) ? 1 : 64 / sizeof(T));
  std::vector<A> wide(lanes.begin(), lanes.end());
  fold(merge, wide, 1);
  return wide[0];
}

// The left half is the largest power of two below the whole.
template <class A, class F>
A pairwise(const std::vector<A>& parts, std::size_t begin, std::size_t end, F merge) {
  if (end - begin == 1) return parts[begin];
  std::size_t half = 1;
  while (2 * half < end - begin) half *= 2;
  return merge(pairwise(parts, begin, begin + half, merge), pairwise(parts, begin + half, end, merge));
}

template <class A>
bool same(A a, A b) {
  return std::memcmp(&a, &b, sizeof a) == 0 || (a != a && b != b);
}

template <class T>
std::vector<T> elements(DType dtype, std::size_t count) {
  std::vector<T> in(count);
  for (std::size_t i = 0; i < count; ++i) {
    const int sign = i % 3 != 0 || sizeof(T) == 1 ? 1 : -1;
    in[i] = static_cast<T>(dtype == DType::kBool ? static_cast<double>(i * 7 % 5 == 0)
                                                 : 1.0 + 0.37 * static_cast<double>(i * 131 % 17) * sign);
  }
  return in;
}

template <class A, class T, class F>
void checkRows(const ReduceKernels& kernels, const std::vector<T>& in, std::size_t rows, T identity, F merge,
               const char* name) {
  const std::size_t count = in.size() / rows;
  std::vector<A> out(rows);
  kernels.rows(out.data(), in.data(), static_cast<std::int64_t>(rows), static_cast<std::int64_t>(count));
  for (std::size_t row = 0; row < rows; ++row) {
    std::vector<A> blocks;
    for (std::size_t at = 0; at < count; at += kBlock)
      blocks.push_back(tree<A>(&in[row * count + at], std::min<std::size_t>(kBlock, count - at), merge, identity));
    expect(same(out[row], pairwise(blocks, 0, blocks.size(), merge)), "rows", name);
  }
}

template <class A, class T, class F>
void checkColumns(const ReduceKernels& kernels, const std::vector<T>& in, std::size_t rows, std::size_t columns,
                  bool fresh, A identity, F merge, const char* name) {
  const std::size_t stride = in.size() / rows;
  std::vector<A> out(columns, A(3)), expected(columns, fresh ? identity : A(3));
  kernels.columns(out.data(), in.data(), static_cast<std::int64_t>(rows), static_cast<std::int64_t>(stride),
                  static_cast<std::int64_t>(columns), fresh);
  for (std::size_t i = 0; i < columns; ++i) {
    for (std::size_t row = 0; row < rows; row += kRunRows) {
      T run = in[row * stride + i];
      for (std::size_t r = row + 1; r < std::min<std::size_t>(row + kRunRows, rows); ++r)
        run = merge(run, in[r * stride + i]);
      expected[i] = merge(expected[i], static_cast<A>(run));
    }
    expect(same(out[i], expected[i]), "columns", name);
  }
}

// Groups of rows pairwise, each as checkColumns() has it.
template <class A, class T, class F>
void checkGroups(const ReduceKernels& kernels, const std::vector<T>& in, std::size_t rows, std::size_t columns, F merge,
                 const char* name) {
  const std::size_t stride = in.size() / rows;
  std::vector<A> out(columns);
  kernels.groups(out.data(), in.data(), static_cast<std::int64_t>(rows), static_cast<std::int64_t>(stride),
                 static_cast<std::int64_t>(columns));
  for (std::size_t i = 0; i < columns; ++i) {
    std::vector<A> groups;
    for (std::size_t row = 0; row < rows; row += kGroupRows) {
      const std::size_t count = std::min<std::size_t>(kGroupRows, rows - row);
      A x;
      kernels.columns(&x, &in[row * stride + i], static_cast<std::int64_t>(count), static_cast<std::int64_t>(stride), 1,
                      true);
      groups.push_back(x);
    }
    expect(same(out[i], pairwise(groups, 0, groups.size(), merge)), "groups", name);
  }
}

template <class T, class A = T, class F>
void check(const char* name, DType dtype, T identity, F merge) {
  const ReduceKernels& kernels = findReduce(name, dtype);
  expect(kernels.rows && kernels.columns && kernels.groups && kernels.combine && kernels.finish && kernels.identity,
         "reduce row", name);
  expect(kernels.item == sizeof(A), "accumulator", name);
  for (std::size_t count = 1; count <= 3 * static_cast<std::size_t>(kBlock); count += count < 140 ? 1 : 31)
    for (std::size_t rows : {1, 2, 37})
      checkRows<A>(kernels, elements<T>(dtype, rows * count), rows, identity, merge, name);
  for (std::size_t rows : {1, 7, 8, 9, 64})
    for (std::size_t columns = 1; columns <= 300; columns += columns < 70 ? 1 : 23)
      for (std::size_t gap : {0, 5})
        checkColumns<A>(kernels, elements<T>(dtype, rows * (columns + gap)), rows, columns, gap == 0,
                        static_cast<A>(identity), merge, name);
  for (std::size_t rows : {1, 63, 64, 65, 128, 200, 1000})
    for (std::size_t columns : {1, 2, 3, 4, 5, 8, 17, 70})
      for (std::size_t gap : {0, 5})
        checkGroups<A>(kernels, elements<T>(dtype, rows * (columns + gap)), rows, columns, merge, name);
  const std::vector<T> in = elements<T>(dtype, 100);
  std::vector<A> left(in.begin(), in.begin() + 50), right(in.begin() + 50, in.end());
  const std::vector<A> before = left;
  kernels.combine(left.data(), right.data(), 50);
  for (std::size_t i = 0; i < left.size(); ++i) expect(same(left[i], merge(before[i], right[i])), "combine", name);
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

template <class T, class A = T>
void checkSummable(DType dtype) {
  check<T, A>("sum", dtype, 0, [](auto a, auto b) { return wrapping(a, b, false); });
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
  check<T, double>("mean", dtype, 0, [](auto a, auto b) { return a + b; });
  const double totals[2] = {10, 3};
  T means[2];
  findReduce("mean", dtype).finish(means, totals, 2, 4);
  expect(means[0] == T(2.5) && means[1] == T(0.75), "mean's finish");
  const T zero = T(-0.0);
  double sum;
  for (std::int64_t columns : {0, 1}) {
    if (columns == 1) findReduce("sum", dtype).columns(&sum, &zero, 1, 1, 1, true);
    else findReduce("sum", dtype).rows(&sum, &zero, 1, 1);
    expect(sum == 0 && !std::signbit(sum), "the sum of -0. is 0.");
  }
  T out;
  for (const char* name : {"amax", "amin", "sum", "prod"}) {
    for (std::size_t at = 0; at < 150; at += 7) {
      std::vector<T> in(150, 1);
      in[at] = std::numeric_limits<T>::quiet_NaN();
      double partial;
      findReduce(name, dtype).rows(&partial, in.data(), 1, 150);
      findReduce(name, dtype).finish(&out, &partial, 1, 150);
      expect(std::isnan(out), "NaN wins", name);
    }
  }
}

}  // namespace

void testReductions() {
  checkSummable<float, double>(DType::kFloat32);
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
