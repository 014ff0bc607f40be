// Products.
#include "reduce.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr ReduceRow kRows[] = {reduceRow<reduction::Product>("prod", kSummable)};

}  // namespace

FileRows reduceProductRows() { return {.reduce = kRows}; }

}  // namespace dyngrad::KERNEL_NS
