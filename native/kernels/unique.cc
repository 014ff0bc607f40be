// Distinct elements of a line, or distinct rows of a matrix, in order: how many there are is returned.
#include "order.h"

namespace dyngrad::KERNEL_NS {
namespace {

enum Rule { kElements, kDistinct, kInverse, kCounts };

const char* checkUnique(const Call& call, std::int64_t& scratchBytes) {
  const std::int64_t n = sizeOf(call.at(kDistinct));
  if (n > kMostPositions) return kTooLong;
  scratchBytes = 2 * n * static_cast<std::int64_t>(sizeof(Word));
  return nullptr;
}

// Numbers the runs of equal ones: the n-th is distinct[n], has so many elements, and they are of number n.
class Runs {
 public:
  explicit Runs(const Call& call) : call_(call) {}

  // Of the sorted words [begin, end).
  void add(const Word* words, std::int64_t begin, std::int64_t end) {
    if (call_.has(kCounts)) write(kCounts, found_, end - begin);
    if (call_.has(kInverse))
      for (std::int64_t i = begin; i < end; ++i) write(kInverse, positionOf(words[i]), found_);
    ++found_;
  }
  std::int64_t found() const { return found_; }

 private:
  void write(int rule, std::int64_t i, std::int64_t value) {
    const CallOperand& operand = call_.at(rule);
    operand.as<std::int64_t>()[i * operand.strides[0]] = value;
  }

  const Call& call_;
  std::int64_t found_ = 0;
};

// ---- elements ----

template <class T>
std::int64_t unique(const Call& call) {
  const CallOperand &input = call.at(kElements), &values = call.at(kDistinct);
  const std::int64_t n = sizeOf(values);
  Word* const words = reinterpret_cast<Word*>(call.scratch);
  Runs runs(call);
  withLine(input.as<const T>(), strideOf(input), false, [&](const auto& line) {
    const auto sorted = sortLine(line, n, words, words + n);
    for (std::int64_t begin = 0, end; begin < n; begin = end) {
      end = sorted.runEnd(begin);
      values.as<T>()[runs.found() * strideOf(values)] = line.element(sorted.position(begin));
      runs.add(sorted.words, begin, end);
    }
  });
  return runs.found();
}

// ---- rows ----

template <class T>
struct Rows {
  const T* data;
  std::int64_t rowStep, columnStep, columns;

  const T* row(Word word) const { return data + positionOf(word) * rowStep; }

  // In lexicographic order, the first column being equal.
  bool isBefore(Word a, Word b) const {
    for (std::int64_t c = 1; c < columns; ++c) {
      const KeyOf<T> keyA = keyOf(row(a)[c * columnStep]), keyB = keyOf(row(b)[c * columnStep]);
      if (keyA != keyB) return keyA < keyB;
    }
    return false;
  }

  // NaN equals nothing.
  bool isEqual(Word a, Word b) const {
    for (std::int64_t c = 0; c < columns; ++c)
      if (row(a)[c * columnStep] != row(b)[c * columnStep]) return false;
    return true;
  }

  // Sorts rows that are equal in the first column.
  void sort(Word* words, Word* spare, std::int64_t n) const {
    const Word* const all = words;
    for (std::int64_t run = 1; run < n; run *= 2) {
      for (std::int64_t begin = 0; begin < n; begin += 2 * run) {
        const std::int64_t middle = begin + run < n ? begin + run : n, end = begin + 2 * run < n ? begin + 2 * run : n;
        std::int64_t a = begin, b = middle;
        for (std::int64_t i = begin; i < end; ++i)
          spare[i] = b == end || (a < middle && !isBefore(words[b], words[a])) ? words[a++] : words[b++];
      }
      Word* const sorted = spare;
      spare = words;
      words = sorted;
    }
    if (words != all) __builtin_memcpy(spare, words, static_cast<std::size_t>(n) * sizeof(Word));
  }
};

template <class T>
std::int64_t uniqueOfRows(const Call& call) {
  const CallOperand &input = call.at(kElements), &firsts = call.at(kDistinct);
  const std::int64_t n = sizeOf(firsts), columns = sizeOf(input);
  const Rows<T> rows{input.as<const T>(), strideOf(input, 2), strideOf(input), columns};
  Runs runs(call);
  Word* const words = reinterpret_cast<Word*>(call.scratch);
  const auto sorted = sortLine(Line<T, false>{rows.data, rows.rowStep, 0}, n, words, words + n);
  Word* const order = sorted.words;
  Word* const spare = order == words ? words + n : words;
  const auto isSame = [&](std::int64_t i, std::int64_t j) { return sorted.key(i) == sorted.key(j); };
  for (std::int64_t begin = 0, end; begin < n; begin = end) {
    for (end = begin + 1; end < n && isSame(begin, end); ++end) {
    }
    rows.sort(order + begin, spare + begin, end - begin);
    for (std::int64_t first = begin, last; first < end; first = last) {
      for (last = first + 1; last < end && rows.isEqual(order[first], order[last]); ++last) {
      }
      firsts.as<std::int64_t>()[runs.found() * strideOf(firsts)] = positionOf(order[first]);
      runs.add(order, first, last);
    }
  }
  return runs.found();
}

const char* checkRows(const Call& call, std::int64_t& scratchBytes) {
  return sizeOf(call.at(kElements)) == 0 ? "rows are empty" : checkUnique(call, scratchBytes);
}

constexpr std::uint32_t kOptionalResult = kWritten | kOptional;
constexpr OperandRule kUniqueOperands[] = {{"input", "n"},
                                           {"values", "n", kCallDType, kWritten},
                                           {"inverse", "n", fixed(DType::kInt64), kOptionalResult},
                                           {"counts", "n", fixed(DType::kInt64), kOptionalResult}};
constexpr OperandRule kRowOperands[] = {{"input", "nm"},
                                        {"firsts", "n", fixed(DType::kInt64), kWritten},
                                        {"inverse", "n", fixed(DType::kInt64), kOptionalResult},
                                        {"counts", "n", fixed(DType::kInt64), kOptionalResult}};
constexpr KernelRow kRows[] = {
    {.name = "unique",
     .operands = kUniqueOperands,
     .integers = {},
     .reals = {},
     .sizes = {},
     .check = checkUnique,
     .run = {unique<float>, unique<double>, unique<std::int32_t>, unique<std::int64_t>, unique<std::uint8_t>,
             unique<std::uint8_t>},
     .cost = nullptr,
     .counts = true},
    {.name = "uniqueRows",
     .operands = kRowOperands,
     .integers = {},
     .reals = {},
     .sizes = {},
     .check = checkRows,
     .run = {uniqueOfRows<float>, uniqueOfRows<double>, uniqueOfRows<std::int32_t>, uniqueOfRows<std::int64_t>,
             uniqueOfRows<std::uint8_t>, uniqueOfRows<std::uint8_t>},
     .cost = nullptr,
     .counts = true}};

}  // namespace

FileRows uniqueRows() { return {.kernel = kRows}; }

}  // namespace dyngrad::KERNEL_NS
