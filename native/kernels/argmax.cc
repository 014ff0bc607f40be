// The index of the greatest element.
#include "arg_reduce.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr KernelRow kRows[] = {argReduceRow<true>("argmax")};

}  // namespace

FileRows argmaxRows() { return {.kernel = kRows}; }

}  // namespace dyngrad::KERNEL_NS
