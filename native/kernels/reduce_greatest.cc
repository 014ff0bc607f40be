// The greatest element.
#include "reduce.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr ReduceRow kRows[] = {reduceRow<reduction::Greatest>("amax", kEvery)};

}  // namespace

FileRows reduceGreatestRows() { return {.reduce = kRows}; }

}  // namespace dyngrad::KERNEL_NS
