// The index of the least element.
#include "arg_reduce.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr ArgReduceRow kRows[] = {argReduceRow<false>("argmin")};

}  // namespace

KernelRows argminRows() { return {.argReduce = kRows}; }

}  // namespace dyngrad::KERNEL_NS
