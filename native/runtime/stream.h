// Writes past the caches, for results that are in none of them: an ordinary store would first read each line from
// memory.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/kernel_table.h"

namespace dyngrad {

// True when `bytes` at `data` are many and the calling thread has not written there lately; remembers that it does now.
// A fresh result is cold, since its memory has waited for the garbage collector; what is written in each step again is
// not.
bool isCold(const std::byte* data, std::int64_t bytes);

// Runs a pointwise kernel on one run of elements after another, past the caches. A line in which one run ends and the
// next begins is put together before it is written.
class Streamer {
 public:
  // Without `stream`, results come by way of pieces that the first cache holds. `item` is the output's.
  Streamer(PointwiseKernel kernel, StreamKernel stream, int arity, std::int64_t item)
      : kernel_(kernel), stream_(stream), arity_(arity), item_(item) {}

  // Status of `count` elements to `out`. `items` are the bytes from one element of a source to the next.
  int run(std::byte* out, const Source* sources, const std::int64_t* items, std::int64_t count);

  // Writes what waits; other threads see all results from now on.
  void end();

 private:
  int runWhole(const Source* sources, const std::int64_t* items, std::int64_t count);
  int runPart(const Source* sources, std::int64_t count);
  void flush();

  const PointwiseKernel kernel_;
  const StreamKernel stream_;
  const int arity_;
  const std::int64_t item_;
  // The bytes [begin_, end_) of `line_` wait to be written before `out_`.
  std::byte* out_ = nullptr;
  std::int64_t begin_ = 0, end_ = 0;
  alignas(kLineBytes) std::byte line_[kLineBytes];
};

// Shorter rows would begin and end within a line too often.
inline constexpr std::int64_t kLeastStreamed = 1024;

// Copies contiguous bytes that do not overlap; other threads see them after streamEnd().
void stream(std::byte* to, const std::byte* from, std::int64_t bytes);
void streamEnd();

}  // namespace dyngrad
