// The least element.
#include "reduce.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr ReduceRow kRows[] = {reduceRow<reduction::Least>("amin", kEvery)};

}  // namespace

FileRows reduceLeastRows() { return {.reduce = kRows}; }

}  // namespace dyngrad::KERNEL_NS
