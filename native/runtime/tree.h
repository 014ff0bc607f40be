// The shape of a reduction's tree. It follows from the logical shape and the mask alone; docs/architecture.md tells
// how.
#pragma once

#include "runtime/descriptor.h"

namespace dyngrad {

// The iteration space without dims of size 1, neighbours of equal mask merged. Strides count logical elements.
struct Tree {
  int levels;            // reduced dims, outermost first; the last one is the leaf
  Sizes sizes, strides;  // by level
  bool inner;            // the leaf is the last dim: rows are contiguous in logical order
  int outerDims;         // kept dims, without the columns
  Sizes outerSizes, outerStrides;
  std::int64_t outerCount;
  std::int64_t columns, columnStride;  // the last kept dim

  // What the counter of a level counts: blocks or groups of rows at the leaf, indices above.
  std::int64_t items(int level) const {
    if (level < levels - 1) return sizes[level];
    const std::int64_t unit = inner ? kBlock : kGroupRows;
    return (sizes[level] + unit - 1) / unit;
  }

  // Logical index of the first element of a kept index.
  std::int64_t base(std::int64_t outer) const {
    std::int64_t linear = 0;
    for (int d = outerDims - 1; d >= 0; --d) {
      linear += outer % outerSizes[d] * outerStrides[d];
      outer /= outerSizes[d];
    }
    return linear;
  }
};

// The space is not empty. Without a reduced dim of more than one element, `levels` is 0.
Tree makeTree(const Expression& expression);

}  // namespace dyngrad
