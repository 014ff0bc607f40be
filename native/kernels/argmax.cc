// The index of the greatest element.
#include "arg_reduce.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr ArgReduceRow kRows[] = {argReduceRow<true>("argmax")};

}  // namespace

KernelRows argmaxRows() { return {.argReduce = kRows}; }

}  // namespace dyngrad::KERNEL_NS
