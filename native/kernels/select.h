// The element of a given rank in the order of keys, without sorting: a sample brackets it, one pass keeps what lies
// between, and so on. Where the sample was no good, digits of the key are counted, which takes linear time whatever the
// elements are.
#pragma once

#include "order.h"

namespace dyngrad::KERNEL_NS {
namespace {

// ---- keys in vectors ----

template <class T>
constexpr SignedOf<T> kGreatestKey = static_cast<SignedOf<T>>(kNanKey<T> / 2);

// Keys with the top bit turned, so that they order as signed numbers, for which all instruction sets have comparisons.
template <class T>
Vec<SignedOf<T>> signedKeys(Vec<T> x) {
  using Signed = SignedOf<T>;
  if constexpr (kIsFloat<T>) {
    const Vec<Signed> bits = bitcast<Signed>(x + Vec<T>(T{0}));
    const Vec<Signed> negative((bits < Vec<Signed>(0)).v);
    const Vec<Signed> greatest(kGreatestKey<T>);
    return select(Mask<Signed>(isNan(x).v), greatest, bits ^ (negative & greatest));
  } else if constexpr (!kIsSigned<T>) {
    return bitcast<Signed>(x ^ Vec<T>(kTopBit<T>));
  } else {
    return x;
  }
}

// A dense line; `flip` of all ones turns the order around.
template <class T>
struct DenseKeys {
  using Key = SignedOf<T>;
  const T* data;
  KeyOf<T> flip;

  Vec<Key> load(std::int64_t i) const {
    return signedKeys(KERNEL_NS::load(data + i)) ^ Vec<Key>(static_cast<Key>(flip));
  }
  Key key(std::int64_t i) const { return static_cast<Key>(keyOf(data[i]) ^ flip ^ kTopBit<T>); }
};

// Keys that are there as such.
template <class Signed>
struct KeptKeys {
  using Key = Signed;
  const Key* keys;

  Vec<Key> load(std::int64_t i) const { return KERNEL_NS::load(keys + i); }
  Key key(std::int64_t i) const { return keys[i]; }
};

// Calls f(position, key) in order for keys of which holds(vector of keys) is true, until f returns false.
template <class Keys, class Holds, class F>
[[gnu::always_inline]] inline void forEachKey(const Keys keys, std::int64_t n, Holds&& holds, F&& f) {
  using Key = typename Keys::Key;
  constexpr int kWidth = kLanes<Key>;
  Key lanes[kWidth];
  for (std::int64_t i = 0; i < n; i += kWidth) {
    const std::int64_t count = n - i < kWidth ? n - i : kWidth;
    if (count == kWidth) {
      const Vec<Key> x = keys.load(i);
      if (!any(holds(x))) continue;
      store(x, lanes);
    } else {
      for (std::int64_t lane = 0; lane < count; ++lane) lanes[lane] = keys.key(i + lane);
    }
    for (std::int64_t lane = 0; lane < count; ++lane)
      if (!f(i + lane, lanes[lane])) return;
  }
}

// ---- selection ----

// A key, and how many equal ones stand before the element of the wanted rank in stable order.
template <class Key>
struct Selected {
  Key key;
  std::int64_t before;
};

// So many are sorted.
constexpr std::int64_t kFew = 256;
constexpr std::int64_t kMostSample = 4096;

template <class Signed>
struct FewKeys {
  using Element = Signed;
  const Signed* keys;
  KeyOf<Signed> key(std::int64_t i) const { return keyOf(keys[i]); }
};

template <class Key>
Selected<Key> selectOfFew(const Key* keys, std::int64_t n, std::int64_t rank) {
  Word words[kFew], spare[kFew];
  const auto sorted = sortLine(FewKeys<Key>{keys}, n, words, spare);
  const auto at = [&](std::int64_t i) { return keys[sorted.position(i)]; };
  std::int64_t before = 0;
  while (before < rank && at(rank - before - 1) == at(rank)) ++before;
  return {at(rank), before};
}

template <class Keys>
Selected<typename Keys::Key> selectByDigits(const Keys keys, std::int64_t n, std::int64_t rank) {
  using Key = typename Keys::Key;
  using Bits = typename IntegersOf<sizeof(Key)>::Unsigned;
  constexpr int kDigit = sizeof(Key) == 1 ? 8 : 11;
  const auto bitsAt = [&](std::int64_t i) { return static_cast<std::uint64_t>(keyOf(keys.key(i))); };
  std::int64_t counts[1 << kDigit];
  std::uint64_t prefix = 0;
  for (int left = 8 * sizeof(Key); left > 0;) {
    const int width = left < kDigit ? left : kDigit;
    const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
    __builtin_memset(counts, 0, sizeof counts);
    for (std::int64_t i = 0; i < n; ++i) {
      const std::uint64_t bits = bitsAt(i);
      // Twice, since a shift by 64 is none.
      const bool counted = (bits >> (left - 1) >> 1) == prefix;
      counts[(bits >> (left - width)) & mask] += counted;
    }
    std::uint64_t digit = 0;
    for (; rank >= counts[digit]; ++digit) rank -= counts[digit];
    prefix = prefix << width | digit;
    left -= width;
  }
  return {static_cast<Key>(static_cast<Bits>(prefix) ^ kTopBit<Key>), rank};
}

// Of a sample of size m = root^2 the wanted rank is within 1.5 root places in 99.7 % of cases: the standard deviation
// is at most root / 2.
template <class Key>
struct Bracket {
  Key low, high;

  template <class Keys>
  Bracket(const Keys& keys, std::int64_t n, std::int64_t rank) {
    std::int64_t root = 8;
    while (root * root < kMostSample && 4 * root * root <= n / 8) root *= 2;
    const std::int64_t m = root * root;
    Key sample[kMostSample];
    Word words[kMostSample], spare[kMostSample];
    for (std::int64_t i = 0; i < m; ++i) sample[i] = keys.key(i * (n / m));
    const auto sorted = sortLine(FewKeys<Key>{sample}, m, words, spare);
    const double share = static_cast<double>(rank) / static_cast<double>(n);
    const std::int64_t middle = static_cast<std::int64_t>(share * static_cast<double>(m));
    const std::int64_t first = middle - 3 * root / 2, last = middle + 3 * root / 2;
    low = first < 0 ? static_cast<Key>(~kGreatestKey<Key>) : sample[sorted.position(first)];
    high = last >= m ? kGreatestKey<Key> : sample[sorted.position(last)];
  }
};

// Keeps the keys between the bracket's in `buffer`, which may be where they come from. False where the bracket misses
// the rank, or more than `capacity` keys lie in it.
template <class Keys>
bool selectFrom(const Keys keys, std::int64_t n, std::int64_t rank, typename Keys::Key* buffer, std::int64_t capacity,
                Selected<typename Keys::Key>& selected) {
  using Key = typename Keys::Key;
  if (n <= kFew) {
    for (std::int64_t i = 0; i < n; ++i) buffer[i] = keys.key(i);
    selected = selectOfFew(buffer, n, rank);
    return true;
  }
  const Bracket<Key> bracket(keys, n, rank);
  const Key low = bracket.low, high = bracket.high;
  const Vec<Key> lows(low), highs(high);
  // Lanes count downwards, as a mask is -1.
  Vec<Key> below(0), atLow(0), atHigh(0);
  std::int64_t belows = 0, atLows = 0, atHighs = 0, kept = 0;
  constexpr int kWidth = kLanes<Key>;
  std::int64_t i = 0;
  for (; i + kWidth <= n; i += kWidth) {
    const Vec<Key> x = keys.load(i);
    below = below + Vec<Key>((x < lows).v);
    atLow = atLow + Vec<Key>((x == lows).v);
    atHigh = atHigh + Vec<Key>((x == highs).v);
    const Mask<Key> between = (x > lows) & (x < highs);
    if (!any(between)) continue;
    if (kept + kWidth > capacity) return false;
    for (int lane = 0; lane < kWidth; ++lane) {
      buffer[kept] = x.v[lane];
      kept -= between.v[lane];
    }
  }
  for (int lane = 0; lane < kWidth; ++lane) {
    belows -= below.v[lane];
    atLows -= atLow.v[lane];
    atHighs -= atHigh.v[lane];
  }
  for (; i < n; ++i) {
    const Key x = keys.key(i);
    belows += x < low;
    atLows += x == low;
    atHighs += x == high;
    if (x <= low || x >= high) continue;
    if (kept == capacity) return false;
    buffer[kept++] = x;
  }
  const std::int64_t inside = rank - belows - atLows, above = inside - kept;
  if (inside >= 0 && above < 0) return selectFrom(KeptKeys<Key>{buffer}, kept, inside, buffer, n, selected);
  if (inside < 0) selected = {low, rank - belows};
  else selected = {high, above};
  return rank >= belows && above < atHighs;
}

// Keys that a selection keeps at most.
constexpr std::int64_t keptOf(std::int64_t n) { return n < 1 << 14 ? n : n / 4; }

template <class T>
Selected<SignedOf<T>> selectOf(const DenseKeys<T>& keys, std::int64_t n, std::int64_t rank, void* buffer) {
  if (sizeof(T) == 1) return selectByDigits(keys, n, rank);
  Selected<SignedOf<T>> selected;
  if (!selectFrom(keys, n, rank, static_cast<SignedOf<T>*>(buffer), keptOf(n), selected))
    return selectByDigits(keys, n, rank);
  return selected;
}

// ---- lines ----

// Scratch of a line: a dense copy where it is strided, and what a selection keeps.
struct LineCopy {
  std::int64_t copy, kept;

  LineCopy(std::int64_t n, std::int64_t stride, std::int64_t item, bool selects = true)
      : copy(stride == 1 ? 0 : roundUp(n * item, kLineBytes)),
        kept(!selects || item == 1 ? 0 : roundUp(keptOf(n) * item, kLineBytes)) {}
  std::int64_t bytes() const { return copy + kept; }

  template <class T>
  const T* dense(const T* data, std::int64_t n, std::int64_t stride, std::byte* scratch) const {
    if (stride == 1) return data;
    T* const out = reinterpret_cast<T*>(scratch);
    for (std::int64_t i = 0; i < n; ++i) out[i] = data[i * stride];
    return out;
  }
};

}  // namespace
}  // namespace dyngrad::KERNEL_NS
