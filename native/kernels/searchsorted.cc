// Where values would stand in ordered lines: the number of elements below each, or not above it.
#include "call.h"

namespace dyngrad::KERNEL_NS {
namespace {

enum Rule { kLines, kSorter, kValues, kIndices };

// Comparisons with NaN fail, so a NaN stands behind all others.
template <class T, bool kRight>
struct IsBefore {
  bool operator()(T element, T value) const { return kRight ? !(element > value) : !(element >= value); }
};

// Steps of one length whatever the comparisons say, so that none is predicted.
template <class Before, class T, class At>
std::int64_t placeOf(std::int64_t size, T value, At at) {
  std::int64_t first = 0;
  while (size > 0) {
    const std::int64_t half = size >> 1;
    const bool isBehind = Before{}(at(first + half), value);
    first = isBehind ? first + half + 1 : first;
    size = isBehind ? size - half - 1 : half;
  }
  return first;
}

bool isSorterInRange(const CallOperand& sorter) {
  const std::int64_t size = sizeOf(sorter), step = strideOf(sorter), rows = countOf(sorter, sorter.rank - 1);
  if (rows == 0 || size == 0) return true;
  Walk<1> walk({&sorter}, sorter.rank - 1, 0);
  for (std::int64_t row = 0; row < rows; ++row, walk.next()) {
    const std::int64_t* const line = sorter.as<const std::int64_t>() + walk.offset(0);
    for (std::int64_t i = 0; i < size; ++i) {
      if (static_cast<std::uint64_t>(line[i * step]) >= static_cast<std::uint64_t>(size)) return false;
    }
  }
  return true;
}

template <class T, bool kRight>
void search(const Call& call) {
  using Before = IsBefore<T, kRight>;
  const CallOperand &lines = call.at(kLines), &values = call.at(kValues), &indices = call.at(kIndices);
  const CallOperand& sorter = call.has(kSorter) ? call.at(kSorter) : lines;
  const std::int64_t size = sizeOf(lines), step = strideOf(lines), length = sizeOf(values);
  const std::int64_t valueStep = strideOf(values), indexStep = strideOf(indices), sorterStep = strideOf(sorter);
  const int outer = lines.rank - 1;
  const std::int64_t* const order = call.has(kSorter) ? sorter.as<const std::int64_t>() : nullptr;
  inParallel(call, countOf(values), kGrain / 16, [&](std::int64_t begin, std::int64_t end) {
    Walk<4> walk({&lines, &values, &indices, &sorter}, outer, begin / length);
    for (std::int64_t at = begin % length; begin < end; at = 0) {
      const std::int64_t n = end - begin < length - at ? end - begin : length - at;
      const T* const line = lines.as<const T>() + walk.offset(0);
      const T* const from = values.as<const T>() + walk.offset(1) + at * valueStep;
      std::int64_t* const to = indices.as<std::int64_t>() + walk.offset(2) + at * indexStep;
      const std::int64_t* const sorted = order == nullptr ? nullptr : order + walk.offset(3);
      for (std::int64_t i = 0; i < n; ++i) {
        const T value = from[i * valueStep];
        to[i * indexStep] =
            sorted == nullptr
                ? placeOf<Before>(size, value, [&](std::int64_t k) { return line[k * step]; })
                : placeOf<Before>(size, value, [&](std::int64_t k) { return line[sorted[k * sorterStep] * step]; });
      }
      begin += n;
      if (begin < end) walk.next();
    }
  });
}

// Status 1: an index of the sorter chooses no element.
template <class T>
std::int64_t searchsorted(const Call& call) {
  if (call.has(kSorter) && !isSorterInRange(call.at(kSorter))) return 1;
  if (countOf(call.at(kValues)) == 0) return 0;
  if (call.integers[0] != 0) search<T, true>(call);
  else search<T, false>(call);
  return 0;
}

double searchCost(const Call& call) {
  double steps = 1;
  for (std::int64_t size = sizeOf(call.at(kLines)); size > 0; size >>= 1) ++steps;
  return steps * static_cast<double>(countOf(call.at(kValues)));
}

constexpr OperandRule kOperands[] = {{"sequence", "*n"},
                                     {"sorter", "*n", fixed(DType::kInt64), kOptional},
                                     {"values", "*m"},
                                     {"indices", "*m", fixed(DType::kInt64), kWritten}};
constexpr IntegerRule kIntegers[] = {{"right", 0, 1}};
constexpr KernelRow kRows[] = {{.name = "searchsorted",
                                .operands = kOperands,
                                .integers = kIntegers,
                                .reals = {},
                                .sizes = {},
                                .check = nullptr,
                                .run = {searchsorted<float>, searchsorted<double>, searchsorted<std::int32_t>,
                                        searchsorted<std::int64_t>, searchsorted<std::uint8_t>, nullptr},
                                .cost = searchCost}};

}  // namespace

FileRows searchsortedRows() { return {.kernel = kRows}; }

}  // namespace dyngrad::KERNEL_NS
