// The k largest or smallest elements along the last dim in order, the first of equal ones first; NaN is the largest. A
// few are kept in order while a threshold, the worst of them, holds off the rest. Of many the worst is selected first.
#include "select.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr std::int64_t kMostInserted = 16;

// Scratch of a line: a dense copy and what a selection keeps, then, where many are wanted, positions and words to sort.
struct Layout {
  LineCopy copy;
  std::int64_t positions, words;

  Layout(std::int64_t n, std::int64_t k, std::int64_t stride, std::int64_t item)
      : copy(n, stride, item, k > kMostInserted),
        positions(k <= kMostInserted ? 0 : roundUp(k * static_cast<std::int64_t>(sizeof(std::uint32_t)), kLineBytes)),
        words(k <= kMostInserted ? 0 : 2 * k * static_cast<std::int64_t>(sizeof(Word))) {}
  std::int64_t bytes() const { return copy.bytes() + positions + words; }
};

Layout layoutOf(const Call& call) {
  const CallOperand& input = call.at(kInput);
  return Layout(sizeOf(input), sizeOf(call.at(kValues)), strideOf(input), kItemSize[static_cast<int>(call.dtype)]);
}

Parts partsOf(const Call& call) {
  return Parts(linesOf(call), sizeOf(call.at(kInput)), strideOf(call.at(kInput)) == 0 ? 0 : layoutOf(call).bytes());
}

const char* checkTopk(const Call& call, std::int64_t& scratchBytes) {
  const std::int64_t n = sizeOf(call.at(kInput));
  if (sizeOf(call.at(kValues)) > n) return "k is larger than the dim";
  if (n > kMostPositions && strideOf(call.at(kInput)) != 0) return kTooLong;
  scratchBytes = partsOf(call).total(linesOf(call));
  return nullptr;
}

// ---- a few ----

// The best so far of a line whose elements are added in order.
template <class Key>
struct Best {
  std::int64_t k, count = 0;
  Key keys[kMostInserted];
  std::uint32_t positions[kMostInserted];

  explicit Best(std::int64_t wanted) : k(wanted) {}

  void add(Key key, std::int64_t position) {
    std::int64_t at = count < k ? count++ : k - 1;
    for (; at > 0 && keys[at - 1] > key; --at) {
      keys[at] = keys[at - 1];
      positions[at] = positions[at - 1];
    }
    keys[at] = key;
    positions[at] = static_cast<std::uint32_t>(position);
  }
};

// Whether elements go before `worst`.
template <bool kLargest, class T>
[[gnu::always_inline]] inline Mask<T> isBetter(Vec<T> x, Vec<T> worst) {
  if constexpr (!kIsFloat<T>) return kLargest ? x > worst : x < worst;
  else if constexpr (kLargest) return ((x > worst) | isNan(x)) & ~isNan(worst);
  else return ~(x >= worst) & ~isNan(x);
}

// From where something better than `worst` may stand: the first of a few vectors that hold it, or the end that fills
// none.
template <bool kLargest, class T>
std::int64_t skipWorse(const T* data, std::int64_t from, std::int64_t n, T worst) {
  const Vec<T> bound(worst);
  constexpr int kWidth = kLanes<T>;
  for (; from + 4 * kWidth <= n; from += 4 * kWidth) {
    const T* x = data + from;
    const Mask<T> better = isBetter<kLargest>(load(x), bound) | isBetter<kLargest>(load(x + kWidth), bound) |
                           isBetter<kLargest>(load(x + 2 * kWidth), bound) |
                           isBetter<kLargest>(load(x + 3 * kWidth), bound);
    if (any(better)) return from;
  }
  return from;
}

template <class T>
void findBest(const Line<T, true> line, std::int64_t n, Best<KeyOf<T>>& best) {
  std::int64_t i = 0;
  for (; i < best.k; ++i) best.add(line.key(i), i);
  while (i < n) {
    const T worst = line.element(best.positions[best.k - 1]);
    i = line.flip != 0 ? skipWorse<true>(line.data, i, n, worst) : skipWorse<false>(line.data, i, n, worst);
    const std::int64_t end = i + 4 * kLanes<T> < n ? i + 4 * kLanes<T> : n;
    for (; i < end; ++i) {
      const KeyOf<T> key = line.key(i);
      if (key < best.keys[best.k - 1]) best.add(key, i);
    }
  }
}

// ---- many ----

template <class T>
struct Chosen {
  using Element = T;
  DenseKeys<T> keys;
  const std::uint32_t* positions;

  KeyOf<T> key(std::int64_t i) const { return keyOf(keys.data[positions[i]]) ^ keys.flip; }
};

// Calls write(place, position) for the k best in order.
template <class T, class F>
void chooseBest(const DenseKeys<T> keys, std::int64_t n, std::int64_t k, void* buffer, std::uint32_t* positions,
                Word* words, F&& write) {
  using Key = SignedOf<T>;
  const Selected<Key> worst = selectOf(keys, n, k - 1, buffer);
  const Vec<Key> bound(worst.key);
  std::int64_t count = 0, ties = worst.before + 1;
  forEachKey(
      keys, n, [&](Vec<Key> x) { return x <= bound; },
      [&](std::int64_t i, Key key) {
        if (key > worst.key || (key == worst.key && ties-- <= 0)) return true;
        positions[count++] = static_cast<std::uint32_t>(i);
        return count < k;
      });
  const auto sorted = sortLine(Chosen<T>{keys, positions}, k, words, words + k);
  for (std::int64_t i = 0; i < k; ++i) write(i, positions[sorted.position(i)]);
}

// ---- the row ----

template <class T>
std::int64_t topk(const Call& call) {
  const CallOperand& input = call.at(kInput);
  const std::int64_t n = sizeOf(input), k = sizeOf(call.at(kValues)), step = strideOf(input);
  const std::int64_t valueStep = strideOf(call.at(kValues)), indexStep = strideOf(call.at(kIndices));
  const Layout layout = layoutOf(call);
  const KeyOf<T> flip = call.integers[0] != 0 ? kAllOnes<T> : KeyOf<T>{0};
  if (k == 0) return 0;
  forEachLine<T>(call, partsOf(call), [&](const T* data, T* values, std::int64_t* indices, std::byte* scratch) {
    const auto write = [&](std::int64_t i, std::int64_t position) {
      values[i * valueStep] = data[position * step];
      indices[i * indexStep] = position;
    };
    if (step == 0) {
      for (std::int64_t i = 0; i < k; ++i) write(i, i);
      return;
    }
    const T* const dense = layout.copy.dense(data, n, step, scratch);
    if (k <= kMostInserted) {
      Best<KeyOf<T>> best(k);
      findBest(Line<T, true>{dense, 1, flip}, n, best);
      for (std::int64_t i = 0; i < k; ++i) write(i, best.positions[i]);
    } else {
      std::byte* const positions = scratch + layout.copy.bytes();
      chooseBest(DenseKeys<T>{dense, flip}, n, k, scratch + layout.copy.copy,
                 reinterpret_cast<std::uint32_t*>(positions), reinterpret_cast<Word*>(positions + layout.positions),
                 write);
    }
  });
  return 0;
}

double topkCost(const Call& call) { return static_cast<double>(walkedCount(call.at(kInput))); }

constexpr OperandRule kOperands[] = {
    {"input", "*n"}, {"values", "*k", kCallDType, kWritten}, {"indices", "*k", fixed(DType::kInt64), kWritten}};
constexpr IntegerRule kIntegers[] = {{"largest", 0, 1}};
constexpr KernelRow kRows[] = {
    {"topk",
     kOperands,
     kIntegers,
     {},
     {},
     checkTopk,
     {topk<float>, topk<double>, topk<std::int32_t>, topk<std::int64_t>, topk<std::uint8_t>, nullptr},
     topkCost}};

}  // namespace

FileRows topkRows() { return {.kernel = kRows}; }

}  // namespace dyngrad::KERNEL_NS
