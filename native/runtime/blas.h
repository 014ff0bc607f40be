// The CBLAS that a build may link (DYNGRAD_BLAS in CMakeLists.txt and binding.gyp) for large products of floats.
#pragma once

#include "runtime/kernel_table.h"

namespace dyngrad {

#if defined(DYNGRAD_BLAS_ACCELERATE)
inline constexpr const char* kBlas = "accelerate";
#elif defined(DYNGRAD_BLAS_MKL)
inline constexpr const char* kBlas = "mkl";
#elif defined(DYNGRAD_BLAS)
inline constexpr const char* kBlas = "openblas";
#else
inline constexpr const char* kBlas = "none";
#endif

// Accelerate has threads of its own, and no switch for them on every macOS.
#if defined(DYNGRAD_BLAS_ACCELERATE)
inline constexpr bool kSplitsProducts = false;
#else
inline constexpr bool kSplitsProducts = true;
#endif

#ifdef DYNGRAD_BLAS
// `own`, or a function that gives to the library what it is made for, and the rest to `own`. There is one `own` for
// each dtype in a process. The bits of a product are then the library's: strides and threads may change them.
MatmulKernel withBlas(DType dtype, MatmulKernel own);
#else
inline MatmulKernel withBlas(DType, MatmulKernel own) { return own; }
#endif

}  // namespace dyngrad
