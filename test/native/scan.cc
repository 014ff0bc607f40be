// Scans against one element after the other in long double; the same bits in any layout, in place and in parts.
#include <cmath>
#include <random>

#include "call.h"

namespace dyngrad::test {
namespace {

using Wide = long double;

// Elements that lie anywhere: dims in any order in memory, with gaps, forwards or backwards.
template <class T>
struct Laid {
  Dims sizes, strides;
  std::vector<T> memory;
  std::int64_t start = 0;

  Laid(const Dims& of, const std::vector<T>& values, std::mt19937* draw) : sizes(of), strides(denseStrides(of)) {
    std::int64_t step = 1;
    if (draw != nullptr) {
      std::vector<std::size_t> order(sizes.size());
      for (std::size_t d = 0; d < order.size(); ++d) order[d] = d;
      std::shuffle(order.begin(), order.end(), *draw);
      for (const std::size_t d : order) {
        step *= 1 + ((*draw)() % 4 == 0);
        const bool backwards = (*draw)() % 3 == 0;
        strides[d] = backwards ? -step : step;
        if (backwards) start += (sizes[d] - 1) * step;
        step *= sizes[d];
      }
    }
    memory.resize(static_cast<std::size_t>(std::max<std::int64_t>(step, 1) + values.size()));
    for (std::size_t i = 0; i < values.size(); ++i) at(i) = values[i];
  }

  T& at(std::size_t number) {
    std::int64_t offset = start, left = static_cast<std::int64_t>(number);
    for (std::size_t d = sizes.size(); d-- > 0; left /= sizes[d]) offset += left % sizes[d] * strides[d];
    return memory[static_cast<std::size_t>(offset)];
  }
  T* data() { return memory.data() + start; }
};

template <class T>
bool same(T a, T b) {
  return std::memcmp(&a, &b, sizeof a) == 0 || (a != a && b != b);
}

template <class T>
struct Outcome {
  std::vector<T> values;
  std::vector<std::int64_t> indices;
};

// Of a scan of `values`, with indices where `isExtreme`, with factors where there are some.
template <class T>
Outcome<T> scanned(const char* name, const Dims& sizes, const std::vector<T>& values, const std::vector<T>& factors,
                   std::mt19937* draw) {
  const bool isExtreme = std::strncmp(name, "cumm", 4) == 0, isRecurrence = std::strcmp(name, "recurrence") == 0;
  Laid<T> in(sizes, values, draw), out(sizes, values, draw);
  const bool inPlace = draw != nullptr && (*draw)() % 2 == 0;
  Laid<T>& written = inPlace ? in : out;
  Dims fewer = sizes;
  fewer.back() = std::max<std::int64_t>(fewer.back() - 1, 0);
  Laid<T> between(fewer, factors, draw);
  Laid<std::int64_t> indices(sizes, std::vector<std::int64_t>(values.size()), draw);
  KernelCaller call(name);
  call.operand(in.data(), sizes, in.strides);
  if (isRecurrence) call.operand(between.data(), fewer, between.strides);
  call.operand(written.data(), sizes, written.strides);
  if (isExtreme) call.operand(indices.data(), sizes, indices.strides);
  if (draw != nullptr) call.parts(1 + (*draw)() % 3);
  expect(call.template run<T>() == 0, name, "runs");
  Outcome<T> outcome;
  for (std::size_t i = 0; i < values.size(); ++i) {
    outcome.values.push_back(written.at(i));
    outcome.indices.push_back(indices.at(i));
  }
  return outcome;
}

// How far a result is from what it should be, in units of its last place.
template <class T>
Wide ulps(T result, Wide wanted, Wide scale) {
  if (std::isnan(result) && std::isnan(wanted)) return 0;
  if (std::isinf(wanted) || std::isinf(static_cast<T>(wanted)))
    return static_cast<Wide>(result) == static_cast<T>(wanted) ? 0 : 1e9L;
  const Wide unit = sizeof(T) == 4 ? 0x1p-24L : 0x1p-53L;
  return std::fabs(static_cast<Wide>(result) - wanted) /
         (unit * std::max(std::fabs(scale), sizeof(T) == 4 ? 0x1p-126L : 0x1p-1000L));
}

// One line in long double. `scale` is what rounding is measured by.
struct Reference {
  const char* name;
  Wide value = 0, scale = 0, rest = 0;

  template <class T>
  void take(T element, T factor, bool first) {
    const Wide x = element;
    if (std::strcmp(name, "cumsum") == 0) {
      value += x;
      scale += std::fabs(x);
    } else if (std::strcmp(name, "cumprod") == 0) {
      value = first ? x : value * x;
      scale = value;
    } else if (std::strcmp(name, "recurrence") == 0) {
      value = first ? x : x + factor * value;
      scale = first ? std::fabs(x) : std::fabs(x) + std::fabs(factor) * scale;
    } else {
      const Wide low = std::min(x, value), high = std::max(x, value);
      if (first || std::isnan(x)) value = x;
      else if (!std::isnan(value) && !(low == high && std::isinf(low))) value = high + std::log1p(std::exp(low - high));
      scale = 1 + std::fabs(value);
    }
  }
};

template <class T>
std::vector<T> randomValues(std::mt19937& draw, std::size_t count, bool special) {
  std::normal_distribution<double> normal(0.1, 1);
  std::vector<T> values(count);
  for (T& x : values) {
    x = static_cast<T>(normal(draw));
    if (special && draw() % 8 == 0) x = static_cast<T>(draw() % 3 == 0 ? NAN : draw() % 2 == 0 ? INFINITY : -INFINITY);
  }
  return values;
}

Dims randomSizes(std::mt19937& draw) {
  Dims sizes(1 + draw() % 3);
  for (std::int64_t& size : sizes) size = 1 + draw() % 12;
  if (draw() % 4 == 0) sizes[draw() % sizes.size()] = 200 + draw() % 900;
  if (draw() % 30 == 0) sizes[draw() % sizes.size()] = 0;
  return sizes;
}

std::size_t countOf(const Dims& sizes) {
  std::int64_t count = 1;
  for (const std::int64_t size : sizes) count *= size;
  return static_cast<std::size_t>(count);
}

template <class T>
void testLayouts(std::mt19937& draw, const char* name, const Dims& sizes, const std::vector<T>& values,
                 const std::vector<T>& factors, const Outcome<T>& dense) {
  const Outcome<T> laid = scanned<T>(name, sizes, values, factors, &draw);
  bool equal = true;
  for (std::size_t i = 0; i < values.size(); ++i)
    equal &= same(laid.values[i], dense.values[i]) && laid.indices[i] == dense.indices[i];
  expect(equal, name, "has the same bits in every layout");
}

template <class T>
void testFloats(std::mt19937& draw, const char* name, Wide most) {
  const Dims sizes = randomSizes(draw);
  const std::size_t count = countOf(sizes), length = static_cast<std::size_t>(sizes.back());
  const bool special = draw() % 4 == 0;
  const std::vector<T> values = randomValues<T>(draw, count, special);
  const std::vector<T> factors = randomValues<T>(draw, length == 0 ? 0 : count / length * (length - 1), special);
  const Outcome<T> dense = scanned<T>(name, sizes, values, factors, nullptr);
  testLayouts(draw, name, sizes, values, factors, dense);
  Wide worst = 0;
  Reference reference{name};
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t line = i / length, at = i % length;
    if (at == 0) reference = Reference{name};
    reference.take(values[i], at == 0 ? T(0) : factors[line * (length - 1) + at - 1], at == 0);
    worst = std::max(worst, ulps(dense.values[i], reference.value, reference.scale));
  }
  expect(worst <= most, name, std::to_string(static_cast<double>(worst)).c_str());
}

template <class T>
void testIntegers(std::mt19937& draw, const char* name, bool sums) {
  const Dims sizes = randomSizes(draw);
  const std::size_t count = countOf(sizes), length = static_cast<std::size_t>(sizes.back());
  std::vector<T> values(count);
  for (T& x : values) x = static_cast<T>(draw());
  const Outcome<T> dense = scanned<T>(name, sizes, values, {}, nullptr);
  testLayouts(draw, name, sizes, values, {}, dense);
  std::uint64_t whole = 0;
  bool equal = true;
  for (std::size_t i = 0; i < count; ++i) {
    const auto x = static_cast<std::uint64_t>(values[i]);
    whole = i % length == 0 ? x : sums ? whole + x : whole * x;
    equal &= dense.values[i] == static_cast<T>(whole);
  }
  expect(equal, name, "wraps as unsigned integers");
}

template <class T>
void testExtremes(std::mt19937& draw, const char* name, bool largest) {
  const Dims sizes = randomSizes(draw);
  const std::size_t count = countOf(sizes), length = static_cast<std::size_t>(sizes.back());
  const unsigned range = draw() % 2 == 0 ? 4 : 100;
  std::vector<T> values(count);
  for (T& x : values) {
    x = static_cast<T>(draw() % range);
    if (kDType<T> <= DType::kFloat64 && draw() % 50 == 0) x = static_cast<T>(NAN);
  }
  const Outcome<T> dense = scanned<T>(name, sizes, values, {}, nullptr);
  testLayouts(draw, name, sizes, values, {}, dense);
  bool equal = true;
  std::size_t best = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const T x = values[i], before = values[best];
    if (i % length == 0 || x != x || (largest ? x >= before : x <= before)) best = i;
    equal &= same(dense.values[i], values[best]) && dense.indices[i] == static_cast<std::int64_t>(best % length);
  }
  expect(equal, name, "keeps the last of equal elements");
}

template <class T>
void testType(std::mt19937& draw) {
  testExtremes<T>(draw, "cummax", true);
  testExtremes<T>(draw, "cummin", false);
  if constexpr (std::is_integral_v<T>) {
    testIntegers<T>(draw, "cumsum", true);
    testIntegers<T>(draw, "cumprod", false);
  } else {
    // In double, float32 is rounded once; float64 once or twice for each of at most 1100 elements.
    const bool isFloat = sizeof(T) == 4;
    testFloats<T>(draw, "cumsum", isFloat ? 1.01L : 200);
    testFloats<T>(draw, "cumprod", isFloat ? 1.01L : 1100);
    testFloats<T>(draw, "recurrence", isFloat ? 1.01L : 1100);
    testFloats<T>(draw, "logcumsumexp", isFloat ? 1.01L : 40);
  }
}

}  // namespace

void testScans() {
  std::mt19937 draw(20);
  for (int round = 0; round < 200; ++round) {
    testType<float>(draw);
    testType<double>(draw);
    testType<std::int32_t>(draw);
    testType<std::int64_t>(draw);
    testType<std::uint8_t>(draw);
  }
}

}  // namespace dyngrad::test
