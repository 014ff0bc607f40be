// The CBLAS that a build may link (DYNGRAD_BLAS in CMakeLists.txt and binding.gyp) for large products of floats.
#pragma once

#include "runtime/kernel_table.h"

namespace dyngrad {

#ifdef DYNGRAD_BLAS
// `own`, or a function that gives to the library what it is made for, and the rest to `own`. There is one `own` for each
// dtype in a process. The bits of a product are then the library's: strides and threads may change them.
MatmulKernel withBlas(DType dtype, MatmulKernel own);
#else
inline MatmulKernel withBlas(DType, MatmulKernel own) { return own; }
#endif

}  // namespace dyngrad
