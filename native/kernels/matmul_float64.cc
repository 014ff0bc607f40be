// Matrix products of float64.
#include "matmul_float.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr MatmulRow kRows[] = {{DType::kFloat64, floatMatmul<double>}};

}  // namespace

FileRows matmulFloat64Rows() { return {.matmul = kRows}; }

}  // namespace dyngrad::KERNEL_NS
