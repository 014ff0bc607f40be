// A stable order along the last dim: NaN last, or first where it descends.
#include "order.h"

namespace dyngrad::KERNEL_NS {
namespace {

Parts partsOf(const Call& call) {
  const std::int64_t n = sizeOf(call.at(kValues));
  return Parts(linesOf(call), n, 2 * n * static_cast<std::int64_t>(sizeof(Word)));
}

const char* checkSort(const Call& call, std::int64_t& scratchBytes) {
  if (sizeOf(call.at(kValues)) > kMostPositions) return kTooLong;
  scratchBytes = partsOf(call).total(linesOf(call));
  return nullptr;
}

// The first of the order whose key is not below `key`.
template <class L>
std::int64_t lowerBound(const Sorted<L>& sorted, KeyOf<typename L::Element> key) {
  std::int64_t first = 0;
  for (std::int64_t left = sorted.n; left > 0;) {
    const std::int64_t half = left / 2;
    const bool below = sorted.keyOfWord(first + half) < key;
    first = below ? first + half + 1 : first;
    left = below ? left - half - 1 : half;
  }
  return first;
}

// Elements of a long line come from keys, which are at hand in order, but for those that share a key: zeros and NaN.
template <class L>
[[gnu::noinline]] void writeValues(const Sorted<L> sorted, typename L::Element* values, std::int64_t stride) {
  using T = typename L::Element;
  const L& line = sorted.line;
  if (!sorted.exact || sorted.n <= kMostMerged) {
    for (std::int64_t i = 0; i < sorted.n; ++i) values[i * stride] = line.element(sorted.position(i));
    return;
  }
  if (stride == 1) {
    for (std::int64_t i = 0; i < sorted.n; ++i) values[i] = elementOf<T>(sorted.keyOfWord(i) ^ line.flip);
  } else {
    for (std::int64_t i = 0; i < sorted.n; ++i) values[i * stride] = elementOf<T>(sorted.keyOfWord(i) ^ line.flip);
  }
  if constexpr (kIsFloat<T>) {
    constexpr KeyOf<T> kShared[] = {kNanKey<T>, kZeroKey<T>};
    for (const KeyOf<T> shared : kShared) {
      const KeyOf<T> key = shared ^ line.flip;
      for (std::int64_t i = lowerBound(sorted, key); i < sorted.n && sorted.keyOfWord(i) == key; ++i)
        values[i * stride] = line.element(sorted.position(i));
    }
  }
}

void writePositions(const Word* words, std::int64_t n, std::int64_t* indices, std::int64_t stride) {
  if (stride == 1) {
    for (std::int64_t i = 0; i < n; ++i) indices[i] = positionOf(words[i]);
  } else {
    for (std::int64_t i = 0; i < n; ++i) indices[i * stride] = positionOf(words[i]);
  }
}

template <class T>
std::int64_t sort(const Call& call) {
  const std::int64_t n = sizeOf(call.at(kValues)), step = strideOf(call.at(kInput));
  forEachLine<T>(call, partsOf(call), [&](const T* input, T* values, std::int64_t* indices, std::byte* scratch) {
    Word* const words = reinterpret_cast<Word*>(scratch);
    withLine(input, step, call.integers[0] != 0, [&](const auto& line) {
      const auto sorted = sortLine(line, n, words, words + n);
      writeValues(sorted, values, strideOf(call.at(kValues)));
      writePositions(sorted.words, n, indices, strideOf(call.at(kIndices)));
    });
  });
  return 0;
}

// Four passes or so over words, of two instructions each.
double sortCost(const Call& call) { return 8.0 * static_cast<double>(countOf(call.at(kValues))); }

constexpr OperandRule kOperands[] = {
    {"input", "*n"}, {"values", "*n", kCallDType, kWritten}, {"indices", "*n", fixed(DType::kInt64), kWritten}};
constexpr IntegerRule kIntegers[] = {{"descending", 0, 1}};
constexpr KernelRow kRows[] = {
    {"sort",
     kOperands,
     kIntegers,
     {},
     {},
     checkSort,
     {sort<float>, sort<double>, sort<std::int32_t>, sort<std::int64_t>, sort<std::uint8_t>, sort<std::uint8_t>},
     sortCost}};

}  // namespace

FileRows sortRows() { return {.kernel = kRows}; }

}  // namespace dyngrad::KERNEL_NS
