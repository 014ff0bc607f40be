// Matrix products of float32.
#include "matmul_float.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr MatmulRow kRows[] = {{DType::kFloat32, floatMatmul<float>}};

}  // namespace

FileRows matmulFloat32Rows() { return {.matmul = kRows}; }

}  // namespace dyngrad::KERNEL_NS
