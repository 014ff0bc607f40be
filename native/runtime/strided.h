// An operand addressed by the linear index of the logical iteration space, and copies between it and contiguous blocks.
#pragma once

#include "runtime/descriptor.h"

namespace dyngrad {

// Each view merges its own dims: a linear index splits by mixed radix, so operands need not agree on what merges.
struct StridedView {
  std::byte* data;
  std::int64_t item;
  int rank;       // 0: one element, repeated if the space has more
  Sizes sizes;    // innermost last
  Sizes strides;  // in bytes

  bool uniform() const { return rank == 0; }
  bool contiguous() const { return rank == 1 && strides[0] == item; }
};

// `strides` are in elements; dims that are not in `dims` (a bit each) are left out.
void makeView(StridedView& view, const Operand& operand, int rank, const Sizes& sizes, const Sizes& strides,
              std::uint32_t dims = ~0u);

// Bytes from the view's first element to the end of its last.
std::int64_t extentOf(const StridedView& view);

// Copies the elements [linear, linear + count) of the logical order to `out`.
void gather(const StridedView& view, std::int64_t linear, std::int64_t count, std::byte* out);

// The converse; `in` is contiguous.
void scatter(const StridedView& view, std::int64_t linear, std::int64_t count, const std::byte* in);

// The elements in place, where they lie contiguous or repeat one value; otherwise gathered into `scratch`.
Source fetch(const StridedView& view, std::int64_t linear, std::int64_t count, std::byte* scratch);

// Copies `count` items from one row to another; strides in bytes.
void copyRun(std::byte* to, std::int64_t toStride, const std::byte* from, std::int64_t fromStride, std::int64_t item,
             std::int64_t count);

void fill(std::byte* out, const std::byte* value, std::int64_t item, std::int64_t count);

// Repeats one value over kUniformBytes.
inline void spread(std::byte* out, const std::byte* value, std::int64_t item) {
  fill(out, value, item, kUniformBytes / item);
}

}  // namespace dyngrad
