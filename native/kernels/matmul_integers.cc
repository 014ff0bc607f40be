// Matrix products of integers.
#include "matmul_product.h"

namespace dyngrad::KERNEL_NS {
namespace {

// Sums wrap, so they may be accumulated in out.
template <class T>
bool integerMatmul(const MatmulLaunch& launch) {
  const Product<T> p = typed<T>(launch);
  for (std::int64_t i = 0; i < p.m; ++i) {
    T* out = p.out + i * p.outRow;
    for (std::int64_t j = 0; j < p.n; ++j) {
      out[j * p.outColumn] = p.bias ? p.bias[i * p.biasRow + j * p.biasColumn] : T(0);
    }
    for (std::int64_t k = 0; k < p.k; ++k) {
      const T x = p.a[i * p.aRow + k * p.aColumn];
      const T* b = p.b + k * p.bRow;
      for (std::int64_t j = 0; j < p.n; ++j)
        out[j * p.outColumn] = static_cast<T>(out[j * p.outColumn] + x * b[j * p.bColumn]);
    }
  }
  return true;
}

constexpr MatmulRow kRows[] = {
    {DType::kInt32, integerMatmul<std::uint32_t>},
    {DType::kInt64, integerMatmul<std::uint64_t>},
    {DType::kUint8, integerMatmul<std::uint8_t>},
};

}  // namespace

FileRows matmulIntegersRows() { return {.matmul = kRows}; }

}  // namespace dyngrad::KERNEL_NS
