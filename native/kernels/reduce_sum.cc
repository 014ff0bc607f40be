// Sums and means.
#include "reduce.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr ReduceRow kRows[] = {
    reduceRow<reduction::Sum>("sum", kSummable),
    reduceRow<reduction::Mean>("mean", kFloats),
};

}  // namespace

FileRows reduceSumRows() { return {.reduce = kRows}; }

}  // namespace dyngrad::KERNEL_NS
