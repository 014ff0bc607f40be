// Matrix products of random shapes and strides against the chains of sums of each element, bit for bit.
#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include "check.h"

namespace dyngrad::test {
namespace {

constexpr bool kFuses = kIsa != "baseline";

template <class T>
T multiplyAdd(T a, T b, T c) {
  if constexpr (!std::is_floating_point_v<T>)
    return static_cast<T>(std::uint64_t(a) * std::uint64_t(b) + std::uint64_t(c));
  else if (kFuses) return std::fma(a, b, c);
  const volatile T product = a * b;
  return static_cast<T>(product + c);
}

struct Layout {
  std::int64_t row, column, size;
};

// Row-major, column-major, both strided, or one row repeated.
Layout layout(unsigned kind, std::int64_t rows, std::int64_t columns, std::int64_t gap) {
  std::int64_t row = columns + gap, column = 1;
  if (kind == 1) row = 1, column = rows + gap;
  if (kind == 2) row = 2 * columns + gap, column = 2;
  if (kind == 3) row = 0;
  return {row, column, rows * row + columns * column + 1};
}

template <class T>
struct Matrix {
  Layout at;
  std::vector<T> data;

  Matrix(Layout layout, std::mt19937& draw) : at(layout), data(static_cast<std::size_t>(layout.size)) {
    for (T& x : data)
      x = static_cast<T>(static_cast<double>(draw() >> 8) * 0x1p-21 - (std::is_floating_point_v<T> ? 4 : 0));
  }
  T operator()(std::int64_t i, std::int64_t j) const {
    return data[static_cast<std::size_t>(i * at.row + j * at.column)];
  }
};

// The definitions of chainLength and sumsInLanes; `term` adds the product of one k to a sum.
template <class T, class F>
T sumOf(bool inLanes, std::int64_t k, F term) {
  if (!inLanes && std::is_floating_point_v<T>) {
    T sum = 0;
    for (std::int64_t l = 0; l < k;) {
      T chain = 0;
      for (const std::int64_t end = std::min(l + chainLength(k), k); l < end; ++l) chain = term(chain, l);
      sum = sum + chain;
    }
    return sum;
  }
  constexpr int kLanes = kSumLaneBytes / static_cast<int>(sizeof(T));
  T lanes[kLanes] = {};
  for (std::int64_t l = 0; l < k; ++l) {
    T& lane = lanes[inLanes ? l % kLanes : 0];
    lane = term(lane, l);
  }
  for (int half = kLanes / 2; inLanes && half > 0; half /= 2) {
    for (int l = 0; l < half; ++l) lanes[l] = static_cast<T>(lanes[l] + lanes[l + half]);
  }
  return lanes[0];
}

template <class T>
void checkProduct(std::int64_t m, std::int64_t n, std::int64_t k, bool inLanes, std::mt19937& draw) {
  const unsigned kinds = draw();
  const std::int64_t gap = draw() % 3;
  const Matrix<T> a(layout(kinds % 4, m, k, gap), draw), b(layout(kinds / 4 % 3, k, n, gap), draw);
  const Matrix<T> bias(layout(kinds / 16 % 4, m, n, gap), draw);
  Matrix<T> out(layout(kinds / 64 % 3, m, n, gap), draw);
  const std::vector<T> before = out.data;
  const bool hasBias = kinds / 256 % 2;
  const auto dtype = static_cast<int>(kDType<T>);
  table().matmul[dtype]({m, n, k, a.data.data(), a.at.row, a.at.column, b.data.data(), b.at.row, b.at.column,
                         out.data.data(), out.at.row, out.at.column, hasBias ? bias.data.data() : nullptr, bias.at.row,
                         bias.at.column, inLanes});
  std::vector<T> want = before;  // what lies between the elements must stay
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      const T sum =
          sumOf<T>(inLanes, k, [&](T before, std::int64_t l) { return multiplyAdd(a(i, l), b(l, j), before); });
      want[static_cast<std::size_t>(i * out.at.row + j * out.at.column)] =
          hasBias ? static_cast<T>(sum + bias(i, j)) : sum;
    }
  }
  const std::string shape = std::to_string(m) + "x" + std::to_string(k) + " @ " + std::to_string(k) + "x" +
                            std::to_string(n) + " layouts " + std::to_string(kinds % 512) + " dtype " +
                            std::to_string(dtype) + (inLanes ? " in lanes" : "");
  expect(std::memcmp(want.data(), out.data.data(), want.size() * sizeof(T)) == 0, "matmul", shape.c_str());
}

// As a launch asks for it, and the other way: rows of a split or merged product come with the flag of the whole.
template <class T>
void checkProduct(std::int64_t m, std::int64_t n, std::int64_t k, std::mt19937& draw) {
  checkProduct<T>(m, n, k, sumsInLanes(1, m, n, k, sizeof(T)), draw);
  if (std::is_floating_point_v<T>) checkProduct<T>(m, n, k, draw() % 2, draw);
}

// Sizes around the widths of vectors and tiles, and vectors as often as matrices.
template <class T>
void checkSmallProducts(int count) {
  std::mt19937 draw(11);
  const auto size = [&](std::int64_t most) { return 1 + static_cast<std::int64_t>(draw() % most); };
  for (int i = 0; i < count; ++i) {
    checkProduct<T>(size(70), size(70), size(70), draw);
    checkProduct<T>(size(70), size(6), size(20), draw);
    checkProduct<T>(size(4), size(4), size(200), draw);
    checkProduct<T>(size(300), size(9), size(9), draw);
    checkProduct<T>(size(140), 1, size(i % 2 ? 12 : 140), draw);
    checkProduct<T>(1, size(140), size(140), draw);
  }
}

template <class T>
void checkProducts(int count) {
  std::mt19937 draw(7);
  const auto size = [&]() -> std::int64_t {
    const unsigned kind = draw() % 10;
    return draw() % (kind < 4 ? 8 : kind < 7 ? 40 : kind < 9 ? 120 : 500);
  };
  for (int i = 0; i < count; ++i) {
    const std::int64_t m = size(), n = size(), k = size();
    checkProduct<T>(m, n, m * n * k > 1'000'000 ? k % 50 : k, draw);
  }
  // Blocks of every kind: packed a and b, several blocks of k, of rows and of columns.
  checkProduct<T>(300, 530, 500, draw);
  checkProduct<T>(100, 200, 1300, draw);
  checkProduct<T>(40, 1100, 30, draw);
  checkProduct<T>(1, 300, 1000, draw);
  checkProduct<T>(1000, 1, 300, draw);
  checkProduct<T>(3, 5, 0, draw);
  // Several chains of every kind of product, and lengths around theirs.
  for (const std::int64_t k : {511, 512, 513, 1024, 1025, 1700}) {
    for (int i = 0; i < 4; ++i) {
      for (const std::int64_t m : {1, 3, 4, 17, 32}) checkProduct<T>(m, 40 + i, k, draw);
      checkProduct<T>(40 + i, 2, k, draw);
    }
  }
  // Few rows that fill vectors, of b in all its layouts.
  for (int i = 0; i < 12; ++i) checkProduct<T>(i % 3 == 0 ? 12 : i % 3 * 16, 131, 400, draw);
}

}  // namespace

void testMatmul() {
  checkProducts<float>(500);
  checkProducts<double>(500);
  checkSmallProducts<float>(500);
  checkSmallProducts<double>(500);
  checkProducts<std::int32_t>(100);
  checkProducts<std::int64_t>(100);
  checkProducts<std::uint8_t>(100);
  expect(table().matmul[static_cast<int>(DType::kBool)] == nullptr, "matmul", "bool");
}

}  // namespace dyngrad::test
