// Gather, put and accumulations over random spaces against a walk by points; what happens to an index out of range.
#include <algorithm>
#include <random>
#include <string>

#include "call.h"

namespace dyngrad::test {
namespace {

enum class Mode { kGather, kPut, kAccumulate, kProduct, kGreatest, kLeast };
constexpr const char* kModes[] = {"gather",         "put", "accumulate", "accumulateProduct", "accumulateGreatest",
                                  "accumulateLeast"};
constexpr int kMost = 3;

// What a call is made of, and what the walk goes through.
struct Places {
  Mode mode;
  DType dtype;
  bool countsFromEnd;
  int rank, indexCount;
  std::int64_t sizes[kMost], dataStrides[kMost], valueStrides[kMost], indexStrides[kMost][kMost];
  std::int64_t dimSize[kMost], dimStride[kMost];

  Dims grid() const { return Dims(sizes, sizes + rank); }
};

template <class T>
struct Problem {
  Places launch{};
  std::vector<T> data, values;
  std::vector<std::vector<std::int64_t>> indices;

  std::int64_t run() {
    const Places& l = launch;
    Dims sizes = l.grid(), strides(l.dataStrides, l.dataStrides + l.rank);
    sizes.insert(sizes.end(), l.dimSize, l.dimSize + l.indexCount);
    strides.insert(strides.end(), l.dimStride, l.dimStride + l.indexCount);
    const Dims valueStrides(l.valueStrides, l.valueStrides + l.rank);
    KernelCaller call(kModes[static_cast<int>(l.mode)]);
    const bool gathers = l.mode == Mode::kGather;
    if (gathers) call.operand(data.data(), sizes, strides);
    else call.operand(values.data(), l.grid(), valueStrides);
    for (std::size_t j = 0; j < indices.size(); ++j) {
      const Dims indexStrides(l.indexStrides[j], l.indexStrides[j] + l.rank);
      if (j == 0) call.operand(indices[j].data(), l.grid(), indexStrides);
      else call.repeat(indices[j].data(), l.grid(), indexStrides);
    }
    if (gathers) call.operand(values.data(), l.grid(), valueStrides);
    else call.operand(data.data(), sizes, strides);
    return call.integers({l.countsFromEnd}).parts(1 + l.rank % 3).run(l.dtype);
  }
};

template <class T>
Problem<T> makeProblem(std::mt19937& draw) {
  Problem<T> problem;
  Places& l = problem.launch;
  l.dtype = kDType<T>;
  l.mode = static_cast<Mode>(draw() % 6);
  l.countsFromEnd = draw() % 2;
  l.rank = static_cast<int>(draw() % 4);
  l.indexCount = 1 + static_cast<int>(draw() % 3);
  std::int64_t reach = 1, points = 1, step = 1;
  for (int d = l.rank - 1; d >= 0; --d) {
    l.sizes[d] = draw() % 20 == 0 ? 0 : 1 + draw() % 9;
    l.dataStrides[d] = draw() % 3 == 0 ? 0 : step;
    l.valueStrides[d] = points;
    if (l.dataStrides[d]) step *= l.sizes[d] + 1;
    points *= l.sizes[d] + (draw() % 2);
    reach += l.sizes[d] * l.dataStrides[d];
  }
  for (int j = 0; j < l.indexCount; ++j) {
    l.dimSize[j] = 1 + draw() % 7;
    l.dimStride[j] = draw() % 5;
    reach += l.dimSize[j] * l.dimStride[j];
    std::int64_t count = 1;
    const bool moves = draw() % 2;
    for (int d = l.rank - 1; d >= 0; --d) {
      l.indexStrides[j][d] = !moves || draw() % 3 == 0 ? 0 : count;
      if (l.indexStrides[j][d]) count *= l.sizes[d] + 1;
    }
    problem.indices.emplace_back(static_cast<std::size_t>(count));
    for (auto& index : problem.indices.back())
      index = static_cast<std::int64_t>(draw() % (2 * l.dimSize[j])) % l.dimSize[j] -
              (l.countsFromEnd && draw() % 2 ? l.dimSize[j] : 0);
  }
  problem.data.resize(static_cast<std::size_t>(reach));
  problem.values.resize(static_cast<std::size_t>(points));
  // Of products all finite.
  const unsigned range = sizeof(T) == 1 || l.mode == Mode::kProduct ? 2 : 100;
  for (T& x : problem.data) x = static_cast<T>(draw() % range);
  for (T& x : problem.values) x = static_cast<T>(draw() % range);
  return problem;
}

// Signed integers wrap as unsigned ones do.
template <class T>
T timesWrapped(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) return a * b;
  else return static_cast<T>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}

template <class T>
void walk(Problem<T>& problem) {
  const Places& l = problem.launch;
  std::int64_t count = 1;
  for (int d = 0; d < l.rank; ++d) count *= l.sizes[d];
  for (std::int64_t n = 0; n < count; ++n) {
    std::int64_t left = n, data = 0, value = 0, index[kMost] = {};
    for (int d = l.rank - 1; d >= 0; --d) {
      const std::int64_t at = left % l.sizes[d];
      left /= l.sizes[d];
      data += at * l.dataStrides[d];
      value += at * l.valueStrides[d];
      for (int j = 0; j < l.indexCount; ++j) index[j] += at * l.indexStrides[j][d];
    }
    for (int j = 0; j < l.indexCount; ++j) {
      const std::int64_t i = problem.indices[static_cast<std::size_t>(j)][static_cast<std::size_t>(index[j])];
      data += (i < 0 ? i + l.dimSize[j] : i) * l.dimStride[j];
    }
    T& element = problem.data[static_cast<std::size_t>(data)];
    T& other = problem.values[static_cast<std::size_t>(value)];
    if (l.mode == Mode::kGather) other = element;
    else if (l.mode == Mode::kPut) element = other;
    else if (l.mode == Mode::kGreatest) element = std::max(element, other);
    else if (l.mode == Mode::kLeast) element = std::min(element, other);
    else if (l.dtype == DType::kBool)
      element = static_cast<T>(l.mode == Mode::kProduct ? element != 0 && other != 0 : element != 0 || other != 0);
    else if (l.mode == Mode::kProduct) element = timesWrapped(element, other);
    else element = static_cast<T>(element + other);
  }
}

// Bools are bytes here: std::vector<bool> has no storage to point at.
template <class T>
void checkIndex(DType dtype, std::mt19937& draw) {
  Problem<T> got = makeProblem<T>(draw);
  got.launch.dtype = dtype;
  Problem<T> want = got;
  walk(want);
  const std::string mode =
      "mode " + std::to_string(static_cast<int>(got.launch.mode)) + " dtype " + std::to_string(static_cast<int>(dtype));
  expect(got.run() == 0, "index: status", mode.c_str());
  expect(got.data == want.data && got.values == want.values, "index", mode.c_str());

  std::int64_t points = 1;
  for (int d = 0; d < got.launch.rank; ++d) points *= got.launch.sizes[d];
  const auto j = static_cast<std::size_t>(got.launch.indexCount - 1);
  const std::int64_t size = got.launch.dimSize[j];
  for (const std::int64_t wrong : {size, got.launch.countsFromEnd ? -size - 1 : -1, INT64_MAX, INT64_MIN}) {
    got.indices[j][0] = wrong;
    expect(got.run() == (points > 0), "index: out of range", mode.c_str());
  }
  expect(points == 0 || (got.data == want.data && got.values == want.values), "index: writes nothing", mode.c_str());
}

// Rows side by side or one behind the other.
template <class T>
void checkArgReduce(std::mt19937& draw) {
  const std::size_t length = 1 + draw() % (draw() % 2 ? 40 : 3000), rows = 1 + draw() % (draw() % 2 ? 3 : 40);
  const std::size_t gap = 1 + draw() % 4 / 3, stride = draw() % 2 ? gap : gap * rows;
  const std::size_t rowStride = stride == gap ? gap * length : gap;
  const bool byte = sizeof(T) == 1, floats = std::is_floating_point_v<T>;
  std::vector<T> in(length * rows * gap);
  for (T& x : in) x = static_cast<T>(static_cast<std::int64_t>(draw() % (byte ? 256 : 1000)) - (byte ? 0 : 500));
  for (int nan = 0; floats && nan < 3; ++nan) in[draw() % in.size()] = static_cast<T>(__builtin_nan(""));
  const auto size = [](std::size_t count) { return static_cast<std::int64_t>(count); };
  for (const char* name : {"argmax", "argmin"}) {
    const bool largest = std::strcmp(name, "argmax") == 0;
    std::vector<std::int64_t> got(2 * rows, -1);
    KernelCaller(name)
        .operand(in.data(), {size(rows), size(length)}, {size(rowStride), size(stride)})
        .operand(got.data(), {size(rows)}, {2})
        .parts(1 + draw() % 3)
        .template run<T>();
    for (std::size_t row = 0; row < rows; ++row) {
      std::size_t want = 0;
      for (std::size_t i = 0; i < length; ++i) {
        const T x = in[row * rowStride + i * stride], best = in[row * rowStride + want * stride];
        if (x != x) {
          want = i;
          break;
        }
        if (largest ? x > best : x < best) want = i;
      }
      expect(got[2 * row] == static_cast<std::int64_t>(want) && got[2 * row + 1] == -1, name,
             std::to_string(length).c_str());
    }
  }
}

}  // namespace

void testIndex() {
  std::mt19937 draw(3);
  for (int i = 0; i < 1000; ++i) {
    checkIndex<float>(DType::kFloat32, draw);
    checkIndex<double>(DType::kFloat64, draw);
    checkIndex<std::int32_t>(DType::kInt32, draw);
    checkIndex<std::int64_t>(DType::kInt64, draw);
    checkIndex<std::uint8_t>(DType::kUint8, draw);
    checkIndex<std::uint8_t>(DType::kBool, draw);
  }
}

void testArgReduce() {
  std::mt19937 draw(5);
  for (int i = 0; i < 500; ++i) {
    checkArgReduce<float>(draw);
    checkArgReduce<double>(draw);
    checkArgReduce<std::int32_t>(draw);
    checkArgReduce<std::int64_t>(draw);
    checkArgReduce<std::uint8_t>(draw);
  }
}

}  // namespace dyngrad::test
