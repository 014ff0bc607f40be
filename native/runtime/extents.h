// Products of sizes. Over dims of stride 0 a size may be as large as 2^53, so that two of them leave 64 bits.
#pragma once

#include <cstdint>

namespace dyngrad {

// a b, at most INT64_MAX; both are at least 0. Inlined always: a copy with one instruction set's instructions may not
// serve the others.
[[gnu::always_inline]] constexpr std::int64_t saturatingProduct(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? INT64_MAX : product;
}

[[gnu::always_inline]] constexpr std::int64_t saturatingProduct(std::int64_t a, std::int64_t b, std::int64_t c) {
  return saturatingProduct(saturatingProduct(a, b), c);
}

}  // namespace dyngrad
