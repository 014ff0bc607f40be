// The index of the least element.
#include "arg_reduce.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr KernelRow kRows[] = {argReduceRow<false>("argmin")};

}  // namespace

FileRows argminRows() { return {.kernel = kRows}; }

}  // namespace dyngrad::KERNEL_NS
