// Reads a descriptor word by word. Words come from JavaScript and may hold anything; what leaves here is in range.
#pragma once

#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>

namespace dyngrad {

// A descriptor that breaks the contract of docs/architecture.md; becomes a RangeError at the border.
class Malformed : public std::exception {
 public:
  [[gnu::format(printf, 2, 3)]] explicit Malformed(const char* format, ...) {
    std::va_list values;
    va_start(values, format);
    std::vsnprintf(message_, sizeof message_, format, values);
    va_end(values);
  }
  const char* what() const noexcept override { return message_; }

 private:
  char message_[192];
};

// Integers up to here are exact in float64.
inline constexpr std::int64_t kMaxInteger = std::int64_t{1} << 53;

class Reader {
 public:
  Reader(const std::byte* words, std::int64_t count) : next_(words), end_(words + count * 8) {}

  const std::byte* here() const { return next_; }
  std::int64_t left() const { return (end_ - next_) / 8; }

  // At most as many words as are left.
  void skip(std::int64_t words) {
    if (words > left()) throw Malformed("the descriptor ends before its header does");
    next_ += words * 8;
  }

  void finish() const {
    if (next_ != end_) throw Malformed("%lld words follow the descriptor", static_cast<long long>((end_ - next_) / 8));
  }

  double real(const char* what) {
    if (next_ == end_) throw Malformed("the descriptor ends before its %s", what);
    double word;
    std::memcpy(&word, next_, sizeof word);
    next_ += sizeof word;
    return word;
  }

  // NaN fails the comparison with the bounds.
  std::int64_t integer(const char* what, std::int64_t low, std::int64_t high) {
    const double word = real(what);
    if (word >= static_cast<double>(low) && word <= static_cast<double>(high)) [[likely]] {
      const auto value = static_cast<std::int64_t>(word);
      if (static_cast<double>(value) == word) [[likely]]
        return value;
    }
    reject(what, word, low, high);
  }

 private:
  [[noreturn, gnu::noinline]] static void reject(const char* what, double word, std::int64_t low, std::int64_t high) {
    throw Malformed("%s is %.17g, not an integer in %lld..%lld", what, word, static_cast<long long>(low),
                    static_cast<long long>(high));
  }

  const std::byte* next_;
  const std::byte* end_;
};

}  // namespace dyngrad
