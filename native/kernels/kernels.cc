// The list of kernel files. KERNEL_NS names the namespace, the compiler's flags choose the instructions.
#include "runtime/kernel_table.h"

// A file X has a function XRows().
#define DYNGRAD_KERNEL_FILES(FILE) \
  FILE(adam)                       \
  FILE(argmax)                     \
  FILE(argmin)                     \
  FILE(arithmetic)                 \
  FILE(bessel)                     \
  FILE(bincount)                   \
  FILE(bitwise)                    \
  FILE(cast)                       \
  FILE(cat)                        \
  FILE(compare)                    \
  FILE(distributions)              \
  FILE(division)                   \
  FILE(errorFunctions)             \
  FILE(flip)                       \
  FILE(floatParts)                 \
  FILE(gamma)                      \
  FILE(incompleteGamma)            \
  FILE(index)                      \
  FILE(kthvalue)                   \
  FILE(masked)                     \
  FILE(matmulFloat32)              \
  FILE(matmulFloat64)              \
  FILE(matmulIntegers)             \
  FILE(mode)                       \
  FILE(move)                       \
  FILE(orthogonal)                 \
  FILE(random)                     \
  FILE(reduceGreatest)             \
  FILE(reduceLeast)                \
  FILE(reduceLogical)              \
  FILE(reduceProduct)              \
  FILE(reduceSum)                  \
  FILE(scanExtreme)                \
  FILE(scanFold)                   \
  FILE(scanLogsumexp)              \
  FILE(scanRecurrence)             \
  FILE(searchsorted)               \
  FILE(sort)                       \
  FILE(topk)                       \
  FILE(transcendental)             \
  FILE(trigonometric)              \
  FILE(unique)

#define DYNGRAD_STRING(name) #name
#define DYNGRAD_NAME(name) DYNGRAD_STRING(name)

namespace dyngrad::KERNEL_NS {

KernelFiles kernelFiles();

// A build for one CPU has of other instruction sets the name only.
#ifdef DYNGRAD_NO_KERNELS

KernelFiles kernelFiles() { return {DYNGRAD_NAME(KERNEL_NS), {}}; }

#else

#define DYNGRAD_DECLARE(file) FileRows file##Rows();
DYNGRAD_KERNEL_FILES(DYNGRAD_DECLARE)

namespace {

#define DYNGRAD_LIST(file) file##Rows,
constexpr KernelFile kFiles[] = {DYNGRAD_KERNEL_FILES(DYNGRAD_LIST)};

}  // namespace

KernelFiles kernelFiles() { return {DYNGRAD_NAME(KERNEL_NS), kFiles}; }

#endif

}  // namespace dyngrad::KERNEL_NS
