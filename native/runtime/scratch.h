// Aligned memory that belongs to the calling thread and grows to what was ever asked for.
#pragma once

#include <cstddef>

namespace dyngrad {

// Each use has memory of its own: an expression may run while its reduction holds partials.
enum class ScratchUse { kPacking, kExpression, kReduction, kPartials, kStream, kCall };
inline constexpr int kScratchUses = 6;

// 64-byte aligned, valid until the same thread asks for the same use again. Throws std::bad_alloc.
std::byte* scratch(ScratchUse use, std::size_t bytes);

// Scratch of one kernel call: the thread's own where it is small, else memory that goes with it. Throws std::bad_alloc.
class CallScratch {
 public:
  explicit CallScratch(std::size_t bytes);
  ~CallScratch();
  CallScratch(const CallScratch&) = delete;

  std::byte* data() const { return data_; }

 private:
  std::byte* data_;
  void* allocation_ = nullptr;
};

inline constexpr std::size_t roundToLine(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

}  // namespace dyngrad
