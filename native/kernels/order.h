// What kernels that put elements in order share: keys of one unsigned order for every dtype, a stable sort of lines by
// them, and scratch for lines in parallel.
#pragma once

#include "call.h"
#include "simd/vec.h"

namespace dyngrad::KERNEL_NS {
namespace {

// ---- keys ----

template <class T>
using KeyOf = typename IntegersOf<sizeof(T)>::Unsigned;

template <class T>
constexpr KeyOf<T> kTopBit = static_cast<KeyOf<T>>(KeyOf<T>{1} << (8 * sizeof(T) - 1));
template <class T>
constexpr KeyOf<T> kAllOnes = static_cast<KeyOf<T>>(~KeyOf<T>{0});
template <class T>
constexpr KeyOf<T> kNanKey = kAllOnes<T>;
template <class T>
constexpr KeyOf<T> kZeroKey = kTopBit<T>;

template <class T>
constexpr bool kIsSigned = static_cast<T>(-1) < static_cast<T>(0);

// Keys order as elements do: NaN above all, both zeros alike.
template <class T>
[[gnu::always_inline]] inline KeyOf<T> keyOf(T x) {
  using Key = KeyOf<T>;
  if constexpr (kIsFloat<T>) {
    const T sum = x + T{0};  // -0 becomes 0
    Key bits;
    __builtin_memcpy(&bits, &sum, sizeof bits);
    const Key flip = static_cast<Key>(static_cast<SignedOf<T>>(bits) >> (8 * sizeof(T) - 1)) | kTopBit<T>;
    return (bits ^ flip) | static_cast<Key>(-static_cast<SignedOf<T>>(x != x));  // NaN: all ones
  } else {
    return kIsSigned<T> ? static_cast<Key>(x) ^ kTopBit<T> : static_cast<Key>(x);
  }
}

// Not for kNanKey and kZeroKey of a float, which stand for several elements.
template <class T>
[[gnu::always_inline]] inline T elementOf(KeyOf<T> key) {
  if constexpr (kIsFloat<T>) {
    const KeyOf<T> bits = key & kTopBit<T> ? key ^ kTopBit<T> : ~key;
    T x;
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
  } else {
    return static_cast<T>(kIsSigned<T> ? key ^ kTopBit<T> : key);
  }
}

// Elements of a line and their keys; `flip` of all ones turns the order around.
template <class T, bool kDense>
struct Line {
  using Element = T;
  const T* data;
  std::int64_t stride;
  KeyOf<T> flip;

  [[gnu::always_inline]] T element(std::int64_t i) const { return data[kDense ? i : i * stride]; }
  [[gnu::always_inline]] KeyOf<T> key(std::int64_t i) const { return keyOf(element(i)) ^ flip; }
};

// Calls f with the line, so that walks of dense ones are compiled apart.
template <class T, class F>
[[gnu::always_inline]] inline void withLine(const T* data, std::int64_t stride, bool descending, F&& f) {
  const KeyOf<T> flip = descending ? kAllOnes<T> : KeyOf<T>{0};
  if (stride == 1) f(Line<T, true>{data, 1, flip});
  else f(Line<T, false>{data, stride, flip});
}

// ---- sorting words ----

// A position in the low half below a part of its key: words differ, and their order is the stable order of the keys.
using Word = std::uint64_t;
constexpr std::int64_t kMostPositions = 0xffffffff;

[[gnu::always_inline]] inline std::int64_t positionOf(Word word) {
  return static_cast<std::int64_t>(word & 0xffffffff);
}

inline void insertionSort(Word* words, std::int64_t n) {
  for (std::int64_t i = 1; i < n; ++i) {
    const Word word = words[i];
    std::int64_t at = i;
    for (; at > 0 && words[at - 1] > word; --at) words[at] = words[at - 1];
    words[at] = word;
  }
}

[[gnu::always_inline]] inline void exchange(Word& a, Word& b) {
  const Word lesser = a < b ? a : b, greater = a < b ? b : a;
  a = lesser;
  b = greater;
}

// A network of 19 exchanges, the fewest for 8 words; absent ones stand at the end.
constexpr std::int64_t kNetwork = 8;

inline void sortFew(Word* words, std::int64_t n) {
  Word w[kNetwork];
  for (std::int64_t i = 0; i < kNetwork; ++i) w[i] = i < n ? words[i] : ~Word{0};
  constexpr std::uint8_t kExchanges[19][2] = {{0, 2}, {1, 3}, {4, 6}, {5, 7}, {0, 4}, {1, 5}, {2, 6},
                                              {3, 7}, {0, 1}, {2, 3}, {4, 5}, {6, 7}, {2, 4}, {3, 5},
                                              {1, 4}, {3, 6}, {1, 2}, {3, 4}, {5, 6}};
  [&]<int... I>(Indices<I...>) { (exchange(w[kExchanges[I][0]], w[kExchanges[I][1]]), ...); }
  (FirstIndices<19>{});
  for (std::int64_t i = 0; i < n; ++i) words[i] = w[i];
}

// Merges two runs whose lengths differ by at most one, without branches and from both ends at once: two chains of
// comparisons take the time of one.
inline void mergeRuns(Word* out, const Word* words, std::int64_t middle, std::int64_t n) {
  const Word *a = words, *b = words + middle, *aLast = b - 1, *bLast = words + n - 1;
  Word *front = out, *back = out + n - 1;
  for (std::int64_t i = n / 2; i > 0; --i) {
    const bool second = *b < *a;
    *front++ = second ? *b : *a;
    b += second;
    a += !second;
    const bool first = *aLast > *bLast;
    *back-- = first ? *aLast : *bLast;
    aLast -= first;
    bLast -= !first;
  }
  if (n % 2) *front = a <= aLast ? *a : *b;
}

inline Word* mergeSort(Word* words, Word* spare, std::int64_t n) {
  int level = 0;
  while (((n - 1) >> level) + 1 > kNetwork) ++level;
  const auto begin = [&](std::int64_t run) { return run * n >> level; };
  for (std::int64_t run = 0; run < std::int64_t{1} << level; ++run)
    sortFew(words + begin(run), begin(run + 1) - begin(run));
  while (level > 0) {
    for (std::int64_t run = 0; run < std::int64_t{1} << level; run += 2)
      mergeRuns(spare + begin(run), words + begin(run), begin(run + 1) - begin(run), begin(run + 2) - begin(run));
    --level;
    Word* const sorted = spare;
    spare = words;
    words = sorted;
  }
  return words;
}

// Fewer words are merged, more go by digits, whose counters cost as much as these words.
constexpr std::int64_t kMostMerged = 128;
// 10 bits are 1024 places to write at, as many as the TLB still follows: a pass takes 2 ns a word, with 11 bits it
// takes 4.
constexpr int kDigitBits = 10;
constexpr int kMostDigits = 4;
// Bits beyond the logarithm of n that make words differ mostly; what they do not tell is sorted in short runs.
constexpr int kTellingBits = 8;

template <class Key>
int bitsOf(Key range) {
  return range == 0 ? 0 : 64 - __builtin_clzll(range);
}

struct Digits {
  int count, width, shift;  // the lowest digit begins at bit `shift`
};

// Counts all digits at once, then moves the words digit by digit, the least first.
template <int kCount>
Word* sortDigits(Word* words, Word* spare, std::int64_t n, Digits digits) {
  const int width = digits.width;
  const std::uint32_t mask = (1u << width) - 1;
  std::uint32_t counts[kCount][1 << kDigitBits];
  for (int d = 0; d < kCount; ++d) __builtin_memset(counts[d], 0, sizeof(std::uint32_t) << width);
  for (std::int64_t i = 0; i < n; ++i) {
    const Word key = words[i] >> digits.shift;
    for (int d = 0; d < kCount; ++d) ++counts[d][(key >> (d * width)) & mask];
  }
  for (int d = 0; d < kCount; ++d) {
    const int shift = digits.shift + d * width;
    std::uint32_t* const places = counts[d];
    if (places[(words[0] >> shift) & mask] == n) continue;
    std::uint32_t first = 0;
    for (std::uint32_t value = 0; value <= mask; ++value) {
      const std::uint32_t here = places[value];
      places[value] = first;
      first += here;
    }
    for (std::int64_t i = 0; i < n; ++i) spare[places[(words[i] >> shift) & mask]++] = words[i];
    Word* const sorted = spare;
    spare = words;
    words = sorted;
  }
  return words;
}

inline Word* sortWords(Word* words, Word* spare, std::int64_t n, int bits);

// Sorts what digits above the lowest `bits` of the high halves have put in order: runs that they leave equal.
inline void sortRuns(Word* words, Word* spare, std::int64_t n, int bits) {
  const int shift = 32 + bits;
  for (std::int64_t i = 1; i < n; ++i) {
    if (words[i - 1] < words[i]) continue;
    const Word high = words[i] >> shift;
    std::int64_t begin = i - 1, end = i + 1;
    while (begin > 0 && words[begin - 1] >> shift == high) --begin;
    while (end < n && words[end] >> shift == high) ++end;
    if (end - begin <= kNetwork) {
      insertionSort(words + begin, end - begin);
    } else {
      const Word* const run = sortWords(words + begin, spare + begin, end - begin, bits);
      if (run != words + begin)
        __builtin_memcpy(words + begin, run, static_cast<std::size_t>(end - begin) * sizeof(Word));
    }
    i = end;
  }
}

// Sorts by the lowest `bits` of the high halves; those above are equal, and positions ascend. Returns where the result
// is, `words` or `spare`.
inline Word* sortWords(Word* words, Word* spare, std::int64_t n, int bits) {
  if (bits == 0) return words;
  if (n <= kMostMerged) return mergeSort(words, spare, n);
  const int telling = bitsOf(static_cast<Word>(n)) + kTellingBits;
  const int wanted = bits < telling ? bits : telling;
  Digits digits;
  digits.count = (wanted + kDigitBits - 1) / kDigitBits;
  digits.width = (wanted + digits.count - 1) / digits.count;
  const int rest = bits > digits.count * digits.width ? bits - digits.count * digits.width : 0;
  digits.shift = 32 + rest;
  Word* const sorted = digits.count == 1   ? sortDigits<1>(words, spare, n, digits)
                       : digits.count == 2 ? sortDigits<2>(words, spare, n, digits)
                       : digits.count == 3 ? sortDigits<3>(words, spare, n, digits)
                                           : sortDigits<4>(words, spare, n, digits);
  if (rest > 0) sortRuns(sorted, sorted == words ? spare : words, n, rest);
  return sorted;
}

// ---- sorting lines ----

// A sorted line. The high half of a word is (key - least) >> shift, all of a key if `exact`.
template <class L>
struct Sorted {
  using T = typename L::Element;
  L line;
  Word* words;
  std::int64_t n;
  KeyOf<T> least;
  int shift;
  bool exact;

  std::int64_t position(std::int64_t i) const { return positionOf(words[i]); }
  KeyOf<T> key(std::int64_t i) const { return exact ? keyOfWord(i) : line.key(position(i)); }
  KeyOf<T> keyOfWord(std::int64_t i) const { return static_cast<KeyOf<T>>(least + ((words[i] >> 32) << shift)); }
  // Where the elements end that equal the one at `begin`; NaN equals nothing.
  std::int64_t runEnd(std::int64_t begin) const {
    const KeyOf<T> run = key(begin);
    std::int64_t end = begin + 1;
    if (kIsFloat<T> && run == kNanKey<T>) return end;
    while (end < n && key(end) == run) ++end;
    return end;
  }
};

// Words whose high halves are equal although keys differ below: they are sorted by what was shifted out.
template <class L>
void sortTies(const L& line, Word* words, Word* spare, std::int64_t n, KeyOf<typename L::Element> least, int shift) {
  const Word low = (Word{1} << shift) - 1;
  for (std::int64_t begin = 0, end; begin < n; begin = end) {
    const Word high = words[begin] >> 32;
    for (end = begin + 1; end < n && words[end] >> 32 == high; ++end) {
    }
    if (end == begin + 1) continue;
    for (std::int64_t i = begin; i < end; ++i) {
      const Word key = line.key(positionOf(words[i])) - least;
      words[i] = (key & low) << 32 | (words[i] & 0xffffffff);
    }
    const Word* sorted = sortWords(words + begin, spare + begin, end - begin, shift);
    for (std::int64_t i = begin; i < end; ++i) words[i] = high << 32 | (sorted[i - begin] & 0xffffffff);
  }
}

// Puts a line of at most kMostPositions elements in stable order. `words` and `spare` hold n words each. `line` is
// anything with key(i).
template <class L>
[[gnu::noinline]] Sorted<L> sortLine(L line, std::int64_t n, Word* words, Word* spare) {
  using Key = KeyOf<typename L::Element>;
  if (sizeof(Key) <= 4 && n <= kMostMerged) {
    for (std::int64_t i = 0; i < n; ++i) words[i] = static_cast<Word>(line.key(i)) << 32 | static_cast<Word>(i);
    return {line, mergeSort(words, spare, n), n, 0, 0, true};
  }
  if (n == 0) return {line, words, 0, 0, 0, true};
  const Key first = line.key(0);
  Key least = first, most = first, differing = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const Key key = line.key(i);
    least = key < least ? key : least;
    most = key > most ? key : most;
    differing |= key ^ first;
    spare[i] = key;
  }
  // Bits that all keys share stand above or below the others.
  const int below = differing == 0 ? 0 : __builtin_ctzll(differing);
  const int bits = bitsOf(static_cast<Key>(most - least));
  const bool exact = bits - below <= 32;
  const int shift = exact ? below : bits - 32;
  for (std::int64_t i = 0; i < n; ++i) words[i] = ((spare[i] - least) >> shift) << 32 | static_cast<Word>(i);
  Word* const sorted = sortWords(words, spare, n, bits - shift);
  if (!exact) sortTies(line, sorted, sorted == words ? spare : words, n, least, shift);
  return {line, sorted, n, least, shift, exact};
}

// ---- lines in parallel ----

// At most so many parts have scratch of their own, fewer where a line needs much; two always.
constexpr std::int64_t kMostParts = 64;
constexpr std::int64_t kMostPartBytes = std::int64_t{256} << 20;
// Elements that are worth a thread.
constexpr std::int64_t kLeastPart = 1 << 13;

constexpr std::int64_t roundUp(std::int64_t count, std::int64_t to) { return (count + to - 1) / to * to; }

struct Parts {
  std::int64_t grain, bytes;  // lines of a part, and its scratch

  // `bytes` are those that a line needs.
  Parts(std::int64_t lines, std::int64_t length, std::int64_t lineBytes) : bytes(roundUp(lineBytes, kLineBytes)) {
    std::int64_t parts = bytes > 0 ? kMostPartBytes / bytes : kMostParts;
    parts = parts < 2 ? 2 : parts > kMostParts ? kMostParts : parts;
    const std::int64_t least = length < kLeastPart ? kLeastPart / (length < 1 ? 1 : length) : 1;
    grain = (lines + parts - 1) / parts;
    if (grain < least) grain = least;
  }
  std::int64_t total(std::int64_t lines) const { return (lines + grain - 1) / grain * bytes; }
};

// Rules of rows that give elements of lines and where they are.
enum LineRule { kInput, kValues, kIndices };

// Lines that have elements.
inline std::int64_t linesOf(const Call& call) {
  const CallOperand& input = call.at(kInput);
  return sizeOf(input) == 0 ? 0 : countOf(input, input.rank - 1);
}

// Calls f(input, value, index, scratch) with the first elements of each line.
template <class T, class F>
void forEachLine(const Call& call, const Parts& parts, F&& f) {
  const CallOperand &input = call.at(kInput), &values = call.at(kValues), &indices = call.at(kIndices);
  inParallel(call, linesOf(call), parts.grain, [&](std::int64_t begin, std::int64_t end) {
    std::byte* const scratch = call.scratch + begin / parts.grain * parts.bytes;
    Walk<3> walk({&input, &values, &indices}, input.rank - 1, begin);
    for (std::int64_t line = begin; line < end; ++line, walk.next())
      f(input.as<const T>() + walk.offset(0), values.as<T>() + walk.offset(1),
        indices.as<std::int64_t>() + walk.offset(2), scratch);
  });
}

constexpr const char* kTooLong = "a dim of more than 4294967295 elements cannot be sorted";

}  // namespace
}  // namespace dyngrad::KERNEL_NS
