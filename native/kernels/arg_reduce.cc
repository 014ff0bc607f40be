// Rows of argmax and argmin: the first index of the largest or smallest element; the first NaN wins over all.
#include "simd/vec.h"

namespace dyngrad::KERNEL_NS {
namespace {

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
struct BlockBest {
  T best;
  bool hasNan;
};

// The best value of a block, without its place: vectors only compare.
template <class T, bool kLargest>
BlockBest<T> bestOfBlock(const T* in, std::int64_t count) {
  constexpr std::int64_t kWide = kLanes<T>;
  Vec<T> best(in[0]);
  Mask<T> nans(false);
  for (std::int64_t i = 0; i < count; i += kWide) {
    const Vec<T> x = i + kWide <= count ? load(in + i) : loadPartial(in + i, count - i);
    best = select(isBetter<Vec<T>, kLargest>(x, best), x, best);
    if constexpr (kIsFloat<T>) nans = nans | isNan(x);
  }
  T lanes[kLanes<T>];
  store(best, lanes);
  for (const T lane : lanes) {
    if (isBetter<T, kLargest>(lane, lanes[0])) lanes[0] = lane;
  }
  return {lanes[0], kIsFloat<T> && any(nans)};
}

// Finds the first block with the best value, then its place there.
template <class T, bool kLargest>
std::int64_t firstBestOfRow(const T* in, std::int64_t length) {
  T best = in[0];
  std::int64_t block = 0;
  for (std::int64_t i = 0; i < length; i += kBlock) {
    const std::int64_t count = length - i < kBlock ? length - i : kBlock;
    const BlockBest<T> found = bestOfBlock<T, kLargest>(in + i, count);
    if (found.hasNan) return i + firstBest<T, kLargest>(in + i, count, 1);
    if (isBetter<T, kLargest>(found.best, best)) {
      best = found.best;
      block = i;
    }
  }
  while (in[block] != best) ++block;
  return block;
}

template <class T, bool kLargest>
void argReduce(const ArgReduceLaunch& l) {
  if (l.length <= 0) return;
  const T* in = static_cast<const T*>(l.in);
  if (l.stride == 1 && l.length >= 2 * kLanes<T>) *l.out = firstBestOfRow<T, kLargest>(in, l.length);
  else *l.out = firstBest<T, kLargest>(in, l.length, l.stride);
}

template <bool kLargest>
constexpr ArgReduceRow argReduceRow(const char* name) {
  return {name,
          {argReduce<float, kLargest>, argReduce<double, kLargest>, argReduce<std::int32_t, kLargest>,
           argReduce<std::int64_t, kLargest>, argReduce<std::uint8_t, kLargest>, argReduce<std::uint8_t, kLargest>}};
}

constexpr ArgReduceRow kArgReduceRows[] = {argReduceRow<true>("argmax"), argReduceRow<false>("argmin")};

}  // namespace
}  // namespace dyngrad::KERNEL_NS
