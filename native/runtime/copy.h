// A copy as a pointwise kernel of one source.
#pragma once

#include "runtime/kernel_table.h"

namespace dyngrad {

struct CopyKernels {
  PointwiseKernel copy;
  StreamKernel stream;  // of contiguous items
};

// For items of 1, 4 or 8 bytes.
const CopyKernels& copyKernels(std::int64_t item);

}  // namespace dyngrad
