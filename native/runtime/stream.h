// Writes past the caches, for results that are in none of them: an ordinary store would first read each line from memory.
#pragma once

#include <cstddef>
#include <cstdint>

namespace dyngrad {

// True when `bytes` at `data` are many and the calling thread has not written there lately; remembers that it does now. A
// fresh result is cold, since its memory has waited for the garbage collector; what is written in each step again is not.
bool isCold(const std::byte* data, std::int64_t bytes);

// Shorter rows would begin and end within a line too often.
inline constexpr std::int64_t kLeastStreamed = 1024;

// Copies contiguous bytes that do not overlap; other threads see them after streamEnd().
void stream(std::byte* to, const std::byte* from, std::int64_t bytes);
void streamEnd();

}  // namespace dyngrad
