#include "runtime/stream.h"

#include <algorithm>
#include <cstring>

#include "runtime/scratch.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace dyngrad {
namespace {

// A clone of 256 KB takes 12 us instead of 19 where the destination is cold, and as long when it is read afterwards;
// one of 4 MB 142 instead of 301. Where the destination is in a cache, both take twice as long as an ordinary copy.
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

// Results of a page that stays in the first cache.
static constexpr std::int64_t kPieceBytes = 4096;

static void advance(Source* sources, int arity, const std::int64_t* items, std::int64_t count) {
  for (int s = 0; s < arity; ++s)
    sources[s].data = static_cast<const std::byte*>(sources[s].data) + sources[s].step * count * items[s];
}

int Streamer::run(std::byte* out, const Source* sources, const std::int64_t* items, std::int64_t count) {
  if (out != out_) {
    flush();
    out_ = out;
    begin_ = end_ = reinterpret_cast<std::intptr_t>(out) & (kLineBytes - 1);
  }
  Source at[3];
  std::copy_n(sources, arity_, at);
  int status = 0;
  if (end_ > 0) {
    const std::int64_t head = std::min((kLineBytes - end_) / item_, count);
    status = runPart(at, head);
    if (end_ == kLineBytes) flush();
    advance(at, arity_, items, head);
    count -= head;
  }
  const std::int64_t rest = count % (kLineBytes / item_);
  if (count > rest) {
    status |= runWhole(at, items, count - rest);
    advance(at, arity_, items, count - rest);
  }
  return rest == 0 ? status : status | runPart(at, rest);
}

int Streamer::runPart(const Source* sources, std::int64_t count) {
  const int status = kernel_(line_ + end_, sources, count);
  end_ += count * item_;
  out_ += count * item_;
  return status;
}

int Streamer::runWhole(const Source* sources, const std::int64_t* items, std::int64_t count) {
  int status = 0;
  if (stream_ != nullptr) {
    stream_(out_, sources, count);
  } else {
    std::byte* piece = scratch(ScratchUse::kStream, kPieceBytes);
    Source at[3];
    std::copy_n(sources, arity_, at);
    for (std::int64_t i = 0, n; i < count; i += n) {
      n = std::min(kPieceBytes / item_, count - i);
      status |= kernel_(piece, at, n);
      stream(out_ + i * item_, piece, n * item_);
      advance(at, arity_, items, n);
    }
  }
  out_ += count * item_;
  return status;
}

void Streamer::flush() {
  const std::int64_t bytes = end_ - begin_;
  if (bytes == kLineBytes) stream(out_ - bytes, line_, bytes);
  else if (bytes > 0) std::memcpy(out_ - bytes, line_ + begin_, static_cast<std::size_t>(bytes));
  begin_ = end_ = 0;
}

void Streamer::end() {
  flush();
  out_ = nullptr;
  streamEnd();
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
