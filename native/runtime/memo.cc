#include "runtime/memo.h"

#include <algorithm>
#include <cstring>

#include "runtime/descriptor.h"

namespace dyngrad {
namespace {

// The words of a descriptor up to its operands, and of one operand: dtype and byte offset.
constexpr int kHeaderWords = 4;
constexpr int kOperandWords = 2;
constexpr int kLengthWord = 1;
constexpr int kOperandsWord = 2;

// Words from the end of a descriptor of one instruction and one output: its kernel's row.
constexpr int kLastRow = 8;

// Words of a descriptor that may be remembered, 0 where it is too long or makes no sense.
int lengthOf(const Buffer& words, int bufferCount, int most) {
  const int body = kHeaderWords + kOperandWords * bufferCount;
  const std::int64_t count = words.bytes / 8;
  if (count < body + kLastRow) return 0;
  const auto* word = static_cast<const double*>(words.data);
  const double length = word[kLengthWord];
  if (!(length >= body + kLastRow && length <= static_cast<double>(std::min<std::int64_t>(count, most)))) return 0;
  return word[kOperandsWord] == bufferCount && static_cast<int>(length) == length ? static_cast<int>(length) : 0;
}

// True when the words differ from the remembered ones in byte offsets only.
bool differInOffsets(const double* now, const double* then, int length) {
  const int body = kHeaderWords + kOperandWords * static_cast<int>(now[kOperandsWord]);
  bool same = true;
  for (int i = 0; i < kHeaderWords; ++i) same &= now[i] == then[i];
  for (int i = kHeaderWords; i < body; i += kOperandWords) same &= now[i] == then[i];
  return same && std::memcmp(now + body, then + body, static_cast<std::size_t>(length - body) * 8) == 0;
}

// Small integers differ in the upper half of a float64.
std::uint64_t bitsOf(double word) {
  std::uint64_t bits;
  std::memcpy(&bits, &word, sizeof bits);
  return bits >> 32;
}

}  // namespace

Prepared& Memos::prepare(const KernelTable& table, const Buffer& words, const Buffer* buffers, int bufferCount) {
  const int length = lengthOf(words, bufferCount, kMostWords);
  if (length == 0) {
    other_.decode(table, words.data, words.bytes, buffers, bufferCount);
    return other_;
  }
  const auto* word = static_cast<const double*>(words.data);
  Set& set = setOf(word, length);
  for (const std::unique_ptr<Memo>& memo : set.ways) {
    if (memo != nullptr && memo->length == length && differInOffsets(word, memo->words, length) &&
        memo->prepared.decodeAgain(words.data, buffers))
      return memo->prepared;
  }
  std::unique_ptr<Memo>& place = set.ways[set.oldest];
  if (place == nullptr) place.reset(new Memo);
  Memo& memo = *place;
  memo.length = 0;
  memo.prepared.decode(table, words.data, words.bytes, buffers, bufferCount);
  if (memo.prepared.recurs()) {
    memo.length = length;
    std::memcpy(memo.words, word, static_cast<std::size_t>(length) * 8);
    set.oldest = (set.oldest + 1) % kWays;
  }
  return memo.prepared;
}

// Where a descriptor may be: by its address, since most expressions have words of their own, by its first sizes and by
// what its last instruction does.
Memos::Set& Memos::setOf(const double* words, int length) {
  const double* body = words + kHeaderWords + kOperandWords * static_cast<int>(words[kOperandsWord]);
  const double* tail = words + length - kLastRow;
  const std::uint64_t key = (reinterpret_cast<std::uintptr_t>(words) >> 4) + bitsOf(body[1]) * 31 +
                            bitsOf(body[2]) * 131 + bitsOf(body[3]) * 1031 + bitsOf(tail[0]) * 8209 +
                            bitsOf(tail[2]) * 65537;
  return sets_[key * 0x9E3779B97F4A7C15u >> (64 - kSetBits)];
}

}  // namespace dyngrad
