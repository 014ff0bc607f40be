// Rows of argmax and argmin: the first index of the largest or smallest element; the first NaN wins over all.
#pragma once

#include "call.h"
#include "reduce.h"

namespace dyngrad::KERNEL_NS {
namespace {

// out[row * outStride] = index of the best of `length` elements, for rows side by side. Strides in elements.
struct Rows {
  const void* in;
  std::int64_t length, stride;
  std::int64_t rows, rowStride;
  std::int64_t* out;
  std::int64_t outStride;
};

template <class V, bool kLargest>
auto isBetter(V a, V b) {
  if constexpr (kLargest) return a > b;
  else return a < b;
}

template <class T, bool kLargest>
std::int64_t firstBest(const T* in, std::int64_t length, std::int64_t stride) {
  T best = in[0];
  std::int64_t at = 0;
  for (std::int64_t i = 0; i < length; ++i) {
    const T x = in[i * stride];
    if (x != x) return i;
    if (isBetter<T, kLargest>(x, best)) {
      best = x;
      at = i;
    }
  }
  return at;
}

template <class T>
std::int64_t firstEqual(const T* in, std::int64_t length, T value) {
  const Vec<T> wanted(value);
  std::int64_t i = 0;
  while (i + kLanes<T> <= length && !any(load(in + i) == wanted)) i += kLanes<T>;
  while (in[i] != value) ++i;
  return i;
}

// Finds the first block with the best value, then its place there: vectors only compare.
template <class T, bool kLargest>
std::int64_t firstBestOfRow(const T* in, std::int64_t length) {
  using Op = Either<kLargest, reduction::Greatest, reduction::Least>;
  T best = in[0];
  std::int64_t block = 0;
  for (std::int64_t i = 0; i < length; i += kBlock) {
    const std::int64_t count = length - i < kBlock ? length - i : kBlock;
    const T found = reduceBlock<Op, T>(in + i, count).v[0];
    if (found != found) return i + firstBest<T, kLargest>(in + i, count, 1);
    if (isBetter<T, kLargest>(found, best)) {
      best = found;
      block = i;
    }
  }
  return block + firstEqual(in + block, length - block, best);
}

// Rows side by side, one in each lane. An index must fit into a lane of T's size.
template <class T, bool kLargest, class Load>
void firstBestOfLanes(std::int64_t length, Load loadNth, std::int64_t* found) {
  using Index = SignedOf<T>;
  Vec<T> best = loadNth(0);
  Vec<Index> at(0);
  for (std::int64_t i = 1; i < length; ++i) {
    const Vec<T> x = loadNth(i);
    Mask<T> better = isBetter<Vec<T>, kLargest>(x, best);
    if constexpr (kIsFloat<T>) better = (better | isNan(x)) & ~isNan(best);
    best = select(better, x, best);
    at = select(Mask<Index>(better.v), Vec<Index>(static_cast<Index>(i)), at);
  }
  for (int lane = 0; lane < kLanes<T>; ++lane) found[lane] = at.v[lane];
}

template <class T, bool kLargest>
[[gnu::flatten]] void firstBestOfRows(const Rows& l) {
  const T* in = static_cast<const T*>(l.in);
  std::int64_t found[kLanes<T>];
  for (std::int64_t row = 0; row < l.rows; row += kLanes<T>) {
    const std::int64_t count = l.rows - row < kLanes<T> ? l.rows - row : kLanes<T>;
    const T* first = in + row * l.rowStride;
    const auto loadLanes = [&](std::int64_t i) { return loadApart<T>(first + i * l.stride, l.rowStride, count); };
    const auto loadWhole = [&](std::int64_t i) { return load(first + i * l.stride); };
    if (l.rowStride == 1 && count == kLanes<T>) {
      firstBestOfLanes<T, kLargest>(l.length, loadWhole, found);
    } else if (l.stride == 1 && l.rowStride == l.length && l.length <= kShortRow && count == kLanes<T>) {
      Vec<T> elements[kShortRow];
      loadRows(elements, first, l.length);
      firstBestOfLanes<T, kLargest>(
          l.length, [&](std::int64_t i) { return elements[i]; }, found);
    } else {
      firstBestOfLanes<T, kLargest>(l.length, loadLanes, found);
    }
    for (std::int64_t lane = 0; lane < count; ++lane) l.out[(row + lane) * l.outStride] = found[lane];
  }
}

// The same for a few columns: rows of fewer neighbours than a vector holds.
template <class T, bool kLargest>
[[gnu::flatten]] void firstBestOfColumns(const Rows& l) {
  using Op = Either<kLargest, reduction::Greatest, reduction::Least>;
  const T* in = static_cast<const T*>(l.in);
  T best[kLanes<T>], found[kLanes<T>];
  std::int64_t block[kLanes<T>] = {};
  for (std::int64_t at = 0; at < l.length; at += kBlock) {
    const std::int64_t count = l.length - at < kBlock ? l.length - at : kBlock;
    const T* from = in + at * l.stride;
    reduceColumn<Op>(found, from, count, l.stride, l.rows, true, from + (count - 1) * l.stride + l.rows);
    for (std::int64_t c = 0; c < l.rows; ++c) {
      if (at > 0 && !isBetter<T, kLargest>(found[c], best[c]) && (found[c] == found[c] || best[c] != best[c])) continue;
      best[c] = found[c];
      block[c] = at;
    }
  }
  for (std::int64_t c = 0; c < l.rows; ++c) {
    const std::int64_t count = l.length - block[c] < kBlock ? l.length - block[c] : kBlock;
    l.out[c * l.outStride] = block[c] + firstBest<T, kLargest>(in + block[c] * l.stride + c, count, l.stride);
  }
}

// Longer rows of contiguous elements are faster one by one.
constexpr std::int64_t kMostInLanes = 16;

template <class T, bool kLargest>
void bestOfRows(const Rows& l) {
  const bool contiguous = l.stride == 1 && l.length >= 2 * kLanes<T>;
  constexpr std::uint64_t kGreatestIndex = (std::uint64_t{1} << (8 * sizeof(T) - 1)) - 1;
  const bool fits = static_cast<std::uint64_t>(l.length) <= kGreatestIndex;
  const bool sideBySide = fits && (l.rowStride == 1 ? 2 * l.rows >= kLanes<T> : l.rows > 1 && l.length <= kMostInLanes);
  if (sideBySide && !(contiguous && l.length > kMostInLanes)) return firstBestOfRows<T, kLargest>(l);
  if (l.rowStride == 1 && l.rows > 1 && l.rows < kLanes<T> && l.stride >= l.rows)
    return firstBestOfColumns<T, kLargest>(l);
  for (std::int64_t row = 0; row < l.rows; ++row) {
    const T* in = static_cast<const T*>(l.in) + row * l.rowStride;
    l.out[row * l.outStride] =
        contiguous ? firstBestOfRow<T, kLargest>(in, l.length) : firstBest<T, kLargest>(in, l.length, l.stride);
  }
}

constexpr int kInput = 0, kOutput = 1;

// Threads take rows; the rows along the last kept dim go together as far as they go.
template <class T, bool kLargest>
std::int64_t argReduce(const Call& call) {
  const CallOperand &in = call.at(kInput), &out = call.at(kOutput);
  const std::int64_t rows = countOf(out), length = sizeOf(in);
  if (rows == 0) return 0;
  const int outer = out.rank - 1;
  const std::int64_t neighbours = outer < 0 ? 1 : out.sizes[outer];
  const std::int64_t grain = kGrain / length > 1 ? kGrain / length : 1;
  inParallel(call, rows, grain, [&](std::int64_t begin, std::int64_t end) {
    Rows part{nullptr, length, strideOf(in), 0, 0, nullptr, 0};
    if (outer >= 0) {
      part.rowStride = in.strides[outer];
      part.outStride = out.strides[outer];
    }
    for (std::int64_t row = begin; row < end; row += part.rows) {
      const Walk<2> walk({&in, &out}, out.rank, row);
      part.in = in.as<const T>() + walk.offset(0);
      part.out = out.as<std::int64_t>() + walk.offset(1);
      const std::int64_t side = neighbours - row % neighbours;
      part.rows = side < end - row ? side : end - row;
      bestOfRows<T, kLargest>(part);
    }
  });
  return 0;
}

const char* checkArgReduce(const Call& call, std::int64_t&) {
  return sizeOf(call.at(kInput)) == 0 && countOf(call.at(kOutput)) > 0 ? "the reduced dim is empty" : nullptr;
}

double argReduceCost(const Call& call) { return static_cast<double>(countOf(call.at(kInput))); }

constexpr OperandRule kArgReduceOperands[] = {{"input", "*n"}, {"indices", "*", fixed(DType::kInt64), kWritten}};

template <bool kLargest>
constexpr KernelRow argReduceRow(const char* name) {
  return {name,
          kArgReduceOperands,
          {},
          {},
          {},
          checkArgReduce,
          {argReduce<float, kLargest>, argReduce<double, kLargest>, argReduce<std::int32_t, kLargest>,
           argReduce<std::int64_t, kLargest>, argReduce<std::uint8_t, kLargest>, argReduce<std::uint8_t, kLargest>},
          argReduceCost};
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
