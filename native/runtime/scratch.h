// Aligned memory that belongs to the calling thread and grows to what was ever asked for.
#pragma once

#include <cstddef>

namespace dyngrad {

// Each use has memory of its own: an expression may run while its reduction holds partials.
enum class ScratchUse { kPacking, kExpression, kReduction, kPartials, kStream };
inline constexpr int kScratchUses = 5;

// 64-byte aligned, valid until the same thread asks for the same use again. Throws std::bad_alloc.
std::byte* scratch(ScratchUse use, std::size_t bytes);

inline constexpr std::size_t roundToLine(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

}  // namespace dyngrad
