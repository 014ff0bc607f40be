#include "runtime/stream.h"

#include <algorithm>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace dyngrad {
namespace {

// A clone of 256 KB takes 12 us instead of 19 where the destination is cold, and as long when it is read afterwards; one of 4 MB
// 142 instead of 301. Where the destination is in a cache, both take twice as long as an ordinary copy.
constexpr std::int64_t kLeastCold = 256 << 10;
// What has been written since may have driven a result from the last cache.
constexpr std::int64_t kCacheBytes = 16 << 20;

struct Written {
  const std::byte* data;
  std::int64_t bytes;
};

constexpr int kRemembered = 64;
thread_local Written written[kRemembered];
thread_local int latest = 0;

}  // namespace

bool isCold(const std::byte* data, std::int64_t bytes) {
  if (bytes < kLeastCold) return false;
  bool known = false;
  std::int64_t since = bytes;
  for (int i = 0; i < kRemembered && since <= kCacheBytes && !known; ++i) {
    const Written& earlier = written[(latest + i) % kRemembered];
    known = data == earlier.data;
    since += earlier.bytes;
  }
  latest = (latest + kRemembered - 1) % kRemembered;
  written[latest] = {data, bytes};
  return !known;
}

#if defined(__SSE2__)

void stream(std::byte* to, const std::byte* from, std::int64_t bytes) {
  const std::int64_t head = std::min<std::int64_t>(-reinterpret_cast<std::intptr_t>(to) & 63, bytes);
  std::memmove(to, from, static_cast<std::size_t>(head));
  std::int64_t i = head;
  for (; i + 64 <= bytes; i += 64) {
    const auto* line = reinterpret_cast<const __m128i*>(from + i);
    auto* out = reinterpret_cast<__m128i*>(to + i);
    for (int j = 0; j < 4; ++j) _mm_stream_si128(out + j, _mm_loadu_si128(line + j));
  }
  std::memmove(to + i, from + i, static_cast<std::size_t>(bytes - i));
}

void streamEnd() { _mm_sfence(); }

#else

void stream(std::byte* to, const std::byte* from, std::int64_t bytes) {
  std::memcpy(to, from, static_cast<std::size_t>(bytes));
}

void streamEnd() {}

#endif

}  // namespace dyngrad
