// Rows that put elements in order, over lines of any strides, against std::stable_sort on one line.
#include <cmath>
#include <limits>
#include <random>

#include "call.h"

namespace dyngrad::test {
namespace {

using Positions = std::vector<std::int64_t>;

template <class T>
bool isBefore(T a, T b) {
  return a < b || (a == a && b != b);
}

template <class T>
Positions sortedPositions(const std::vector<T>& line, bool descending) {
  Positions positions(line.size());
  for (std::size_t i = 0; i < line.size(); ++i) positions[i] = static_cast<std::int64_t>(i);
  std::stable_sort(positions.begin(), positions.end(), [&](std::int64_t a, std::int64_t b) {
    const T x = line[static_cast<std::size_t>(a)], y = line[static_cast<std::size_t>(b)];
    return descending ? isBefore(y, x) : isBefore(x, y);
  });
  return positions;
}

// Elements of one kind: few values or many, near each other or far apart, NaN and both zeros among them.
template <class T>
T drawElement(std::mt19937_64& draw, int kind) {
  const std::uint64_t bits = draw();
  if constexpr (std::is_floating_point_v<T>) {
    if (kind == 0) {
      T x;
      std::memcpy(&x, &bits, sizeof x);
      return x;
    }
    if (bits % 16 == 0) return bits % 32 == 0 ? T{0} : -T{0};
    if (bits % 64 == 1) return std::numeric_limits<T>::quiet_NaN();
    if (kind == 1) return static_cast<T>(static_cast<std::int64_t>(bits >> 8 & 7) - 4);
    return std::ldexp(static_cast<T>(static_cast<std::int32_t>(bits >> 32)), kind == 2         ? -20
                                                                             : bits % 512 == 9 ? 40
                                                                                               : -60);
  } else {
    const T x = static_cast<T>(bits >> (kind == 1 ? 61 : kind == 2 ? 40 : 0));
    return std::is_same_v<T, bool> ? static_cast<T>(bits & 1) : x;
  }
}

// Lines of n elements in memory of any layout; results are written backwards.
template <class T>
struct Lines {
  Dims sizes, strides;
  std::vector<T> memory;
  std::size_t start = 0;

  Lines(std::mt19937_64& draw, std::int64_t lines, std::int64_t n, int kind) : sizes{lines, n} {
    const std::int64_t gap = 1 + static_cast<std::int64_t>(draw() % 3);
    strides = draw() % 2 ? Dims{n * gap, gap} : Dims{1, lines};
    memory.resize(static_cast<std::size_t>(lines * n * gap) + 1);
    for (T& x : memory) x = drawElement<T>(draw, kind);
    if (draw() % 2 || lines * n == 0) return;
    start = static_cast<std::size_t>((n - 1) * strides[1]);
    strides[1] = -strides[1];
  }

  T* data() { return memory.data() + start; }
  std::vector<T> line(std::int64_t number) const {
    std::vector<T> out;
    for (std::int64_t i = 0; i < sizes[1]; ++i)
      out.push_back(memory[start + static_cast<std::size_t>(number * strides[0] + i * strides[1])]);
    return out;
  }
};

// A result of `each` elements a line, their places in reverse.
template <class T>
struct Result {
  std::int64_t each;
  std::vector<T> memory;

  Result(std::int64_t lines, std::int64_t count) : each(count), memory(static_cast<std::size_t>(lines * count) + 1) {}
  T* data() { return memory.data() + (each > 0 ? each - 1 : 0); }
  T at(std::int64_t line, std::int64_t i) const { return memory[static_cast<std::size_t>(line * each + each - 1 - i)]; }
};

template <class T>
bool isSame(T a, T b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

// Runs a row whose results have `each` elements a line, or one without a dim where `each` is 0, and compares them with
// the elements at positionsOf(line).
template <class T, class F>
void compare(const char* name, Lines<T>& lines, std::int64_t each, Dims integers, F&& positionsOf) {
  const std::int64_t count = lines.sizes[0], width = each == 0 ? 1 : each;
  for (const std::int64_t parts : {1, 3}) {
    Result<T> values(count, width);
    Result<std::int64_t> indices(count, width);
    const Dims sizes = each == 0 ? Dims{count} : Dims{count, each}, strides = each == 0 ? Dims{1} : Dims{each, -1};
    const auto status = KernelCaller(name)
                            .operand(lines.data(), lines.sizes, lines.strides)
                            .operand(values.data(), sizes, strides)
                            .operand(indices.data(), sizes, strides)
                            .integers(integers)
                            .parts(parts)
                            .template run<T>();
    bool holds = status == 0;
    for (std::int64_t l = 0; l < count && holds; ++l) {
      const std::vector<T> line = lines.line(l);
      const Positions expected = positionsOf(line);
      for (std::int64_t i = 0; i < width && holds; ++i) {
        const std::int64_t position = expected[static_cast<std::size_t>(i)];
        holds = indices.at(l, i) == position && isSame(values.at(l, i), line[static_cast<std::size_t>(position)]);
      }
    }
    const std::string detail = " lines of " + std::to_string(lines.sizes[1]) + ", dtype " +
                               std::to_string(static_cast<int>(kDType<T>)) + ", parts " + std::to_string(parts);
    expect(holds, name, (std::to_string(count) + detail).c_str());
  }
}

template <class T>
Positions modeOf(const std::vector<T>& line) {
  const Positions order = sortedPositions(line, false);
  std::int64_t longest = 0, run = 0, position = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const T x = line[static_cast<std::size_t>(order[i])];
    run = i > 0 && x == line[static_cast<std::size_t>(order[i - 1])] ? run + 1 : 1;
    if (run < longest || (run == longest && x != line[static_cast<std::size_t>(position)])) continue;
    if (run == longest) continue;
    longest = run;
    position = order[i];
  }
  return {position};
}

template <class T>
void testUnique(std::mt19937_64& draw, std::int64_t n, int kind) {
  Lines<T> input(draw, 1, n, kind);
  const std::vector<T> line = input.line(0);
  const Positions order = sortedPositions(line, false);
  std::vector<T> values;
  Positions inverse(line.size()), counts;
  for (const std::int64_t position : order) {
    const T x = line[static_cast<std::size_t>(position)];
    if (values.empty() || !(values.back() == x)) {
      values.push_back(x);
      counts.push_back(0);
    }
    ++counts.back();
    inverse[static_cast<std::size_t>(position)] = static_cast<std::int64_t>(values.size()) - 1;
  }
  std::vector<T> memory(line.size());
  auto* const found = reinterpret_cast<T*>(memory.empty() ? nullptr : std::addressof(*memory.begin()));
  Positions foundInverse(line.size()), foundCounts(line.size());
  const std::int64_t count = KernelCaller("unique")
                                 .operand(input.data(), {n}, {input.strides[1]})
                                 .operand(found, {n})
                                 .operand(foundInverse.data(), {n})
                                 .operand(foundCounts.data(), {n})
                                 .template run<T>();
  bool holds = count == static_cast<std::int64_t>(values.size()) && foundInverse == inverse;
  for (std::size_t i = 0; i < values.size() && holds; ++i)
    holds = isSame(found[i], values[i]) && foundCounts[i] == counts[i];
  expect(holds, "unique", std::to_string(n).c_str());
}

template <class T>
void testUniqueRows(std::mt19937_64& draw, std::int64_t n, std::int64_t columns) {
  Lines<T> input(draw, n, columns, 1);
  std::vector<std::vector<T>> rows;
  for (std::int64_t i = 0; i < n; ++i) rows.push_back(input.line(i));
  Positions order(rows.size()), firsts;
  for (std::size_t i = 0; i < rows.size(); ++i) order[i] = static_cast<std::int64_t>(i);
  const auto row = [&](std::int64_t i) -> const std::vector<T>& { return rows[static_cast<std::size_t>(i)]; };
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return std::lexicographical_compare(row(a).begin(), row(a).end(), row(b).begin(), row(b).end(), isBefore<T>);
  });
  for (std::size_t i = 0; i < order.size(); ++i)
    if (i == 0 || row(order[i]) != row(order[i - 1])) firsts.push_back(order[i]);
  Positions found(rows.size());
  const std::int64_t count = KernelCaller("uniqueRows")
                                 .operand(input.data(), input.sizes, input.strides)
                                 .operand(found.data(), {n})
                                 .skip()
                                 .skip()
                                 .template run<T>();
  found.resize(static_cast<std::size_t>(count));
  expect(found == firsts, "uniqueRows", std::to_string(n).c_str());
}

template <class T>
void testDType(std::mt19937_64& draw) {
  constexpr bool kIsBool = std::is_same_v<T, bool>;
  const std::vector<std::int64_t> lengths = {1,   2,   3,   7,   8,    9,    16,    17,   65,
                                             127, 128, 129, 300, 1000, 5000, 20000, 70000};
  for (const std::int64_t n : lengths) {
    for (int kind = 0; kind < 4; ++kind) {
      Lines<T> lines(draw, n < 1000 ? 5 : 2, n, kind);
      for (const bool flag : {false, true})
        compare("sort", lines, n, {flag}, [&](const std::vector<T>& line) { return sortedPositions(line, flag); });
      compare("mode", lines, 0, {}, modeOf<T>);
      testUnique<T>(draw, n, kind);
      if constexpr (kIsBool) continue;
      for (const std::int64_t k : {std::int64_t{1}, n / 100 + 1, (n + 1) / 2, n}) {
        for (const bool flag : {false, true})
          compare("topk", lines, k, {flag}, [&](const std::vector<T>& line) { return sortedPositions(line, flag); });
        compare("kthvalue", lines, 0, {k}, [&](const std::vector<T>& line) {
          return Positions{sortedPositions(line, false)[static_cast<std::size_t>(k - 1)]};
        });
      }
      compare("median", lines, 0, {}, [&](const std::vector<T>& line) {
        for (std::size_t i = 0; i < line.size(); ++i)
          if (line[i] != line[i]) return Positions{static_cast<std::int64_t>(i)};
        return Positions{sortedPositions(line, false)[(line.size() - 1) / 2]};
      });
    }
  }
  for (const std::int64_t columns : {1, 2, 5})
    for (const std::int64_t n : {1, 2, 50, 3000}) testUniqueRows<T>(draw, n, columns);
}

// What a sample says of the rest is wrong: selection still finds the rank.
void testMisleadingSample() {
  std::vector<float> line(100000);
  for (std::size_t i = 0; i < line.size(); ++i) line[i] = static_cast<float>(i % 8 == 0 ? i : 1000000 + i % 9999);
  const Positions order = sortedPositions(line, false);
  const auto n = static_cast<std::int64_t>(line.size());
  for (const std::int64_t k : {1, 12500, 12501, 50000, 100000}) {
    float value = 0;
    std::int64_t index = -1;
    KernelCaller("kthvalue")
        .operand(line.data(), {n})
        .operand(&value, {})
        .operand(&index, {})
        .integers({k})
        .run<float>();
    expect(index == order[static_cast<std::size_t>(k - 1)], "kthvalue", "of a periodic line");
  }
}

// A dim of stride 0 may be longer than any memory.
void testRepeatedElement() {
  const std::int64_t n = std::int64_t{1} << 40;
  const float element = 3;
  float values[20] = {};
  std::int64_t indices[20];
  const auto caller = [&](const char* name, Dims out) {
    return KernelCaller(name).operand(&element, {n}, {0}).operand(values, out).operand(indices, out);
  };
  caller("topk", {20}).integers({1}).run<float>();
  expect(values[19] == 3 && indices[0] == 0 && indices[19] == 19, "topk", "of one element all over");
  caller("kthvalue", {}).integers({n}).run<float>();
  expect(indices[0] == n - 1, "kthvalue", "of one element all over");
  caller("median", {}).run<float>();
  expect(indices[0] == n / 2 - 1, "median", "of one element all over");
  caller("mode", {}).run<float>();
  expect(indices[0] == n - 1, "mode", "of one element all over");
}

void testRefusals() {
  const float line[2] = {1, 2};
  float values[3];
  std::int64_t indices[3];
  const auto status = [&](const char* name, Dims in, Dims out, Dims integers) {
    return KernelCaller(name)
        .operand(line, in)
        .operand(values, out)
        .operand(indices, out)
        .integers(std::move(integers))
        .run<float>();
  };
  expect(status("topk", {2}, {3}, {1}) == -1000, "topk refuses k beyond the dim");
  expect(status("kthvalue", {2}, {}, {3}) == -1000, "kthvalue refuses k beyond the dim");
  expect(status("median", {0}, {}, {}) == -1000, "median refuses an empty dim");
  expect(status("mode", {0}, {}, {}) == -1000, "mode refuses an empty dim");
}

}  // namespace

void testSort() {
  std::mt19937_64 draw(17);
  testDType<float>(draw);
  testDType<double>(draw);
  testDType<std::int32_t>(draw);
  testDType<std::int64_t>(draw);
  testDType<std::uint8_t>(draw);
  testMisleadingSample();
  testRepeatedElement();
  testRefusals();
}

}  // namespace dyngrad::test
