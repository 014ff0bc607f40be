#include "runtime/blas.h"

#ifdef DYNGRAD_BLAS
#include <atomic>
#include <limits>

#if defined(DYNGRAD_BLAS_ACCELERATE)
#include <Accelerate/Accelerate.h>
// The successor of this CBLAS interface asks for macOS 13.3.
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
#elif defined(DYNGRAD_BLAS_MKL)
#include <mkl.h>
#else
#include <cblas.h>
#endif

namespace dyngrad {
namespace {

// Fewer products than those of 64 x 64 x 64 are faster without the call.
constexpr std::int64_t kLeastProducts = 1 << 18;

// The library's own threads would fight with the pool's, which has already cut the product into pieces.
void keepToOneThread() {
#if defined(DYNGRAD_BLAS_MKL)
  mkl_set_num_threads(1);
#elif !defined(DYNGRAD_BLAS_ACCELERATE)
  openblas_set_num_threads(1);
#endif
}

// A matrix as CBLAS names it: rows `stride` apart, read as they are or transposed. Stride 0 if it has no such name.
struct Named {
  bool transposed;
  int stride;
};

bool fits(std::int64_t size) { return size >= 1 && size <= std::numeric_limits<int>::max(); }

Named named(std::int64_t rows, std::int64_t columns, std::int64_t row, std::int64_t column) {
  if (column == 1 && row >= columns && fits(row)) return {false, static_cast<int>(row)};
  if (row == 1 && column >= rows && fits(column)) return {true, static_cast<int>(column)};
  return {false, 0};
}

// A row-major product of row-major matrices that may be transposed.
struct Gemm {
  int m, n, k;
  const void* a;
  Named aName;
  const void* b;
  Named bName;
  void* out;
  int outStride;
};

CBLAS_TRANSPOSE transposition(const Named& name) { return name.transposed ? CblasTrans : CblasNoTrans; }

void multiply(const Gemm& g, float) {
  cblas_sgemm(CblasRowMajor, transposition(g.aName), transposition(g.bName), g.m, g.n, g.k, 1,
              static_cast<const float*>(g.a), g.aName.stride, static_cast<const float*>(g.b), g.bName.stride, 0,
              static_cast<float*>(g.out), g.outStride);
}

void multiply(const Gemm& g, double) {
  cblas_dgemm(CblasRowMajor, transposition(g.aName), transposition(g.bName), g.m, g.n, g.k, 1,
              static_cast<const double*>(g.a), g.aName.stride, static_cast<const double*>(g.b), g.bName.stride, 0,
              static_cast<double*>(g.out), g.outStride);
}

template <class T>
void addBias(const MatmulLaunch& l) {
  T* out = static_cast<T*>(l.out);
  const T* bias = static_cast<const T*>(l.bias);
  for (std::int64_t i = 0; i < l.m; ++i) {
    for (std::int64_t j = 0; j < l.n; ++j)
      out[i * l.outRow + j * l.outColumn] += bias[i * l.biasRow + j * l.biasColumn];
  }
}

// Returns false, with nothing written, when the product is too small for the library or its strides are none of CBLAS.
template <class T>
bool runBlas(const MatmulLaunch& l) {
  if (l.inLanes || !fits(l.m) || !fits(l.n) || !fits(l.k)) return false;
  if (saturatingProduct(l.m, l.n, l.k) < kLeastProducts) return false;
  const Named a = named(l.m, l.k, l.aRow, l.aColumn), b = named(l.k, l.n, l.bRow, l.bColumn);
  const Named out = named(l.m, l.n, l.outRow, l.outColumn);
  if (a.stride == 0 || b.stride == 0 || out.stride == 0) return false;
  const int m = static_cast<int>(l.m), n = static_cast<int>(l.n), k = static_cast<int>(l.k);
  // out^T = b^T a^T.
  if (out.transposed)
    multiply({n, m, k, l.b, {!b.transposed, b.stride}, l.a, {!a.transposed, a.stride}, l.out, out.stride}, T());
  else multiply({m, n, k, l.a, a, l.b, b, l.out, out.stride}, T());
  if (l.bias != nullptr) addBias<T>(l);
  return true;
}

template <class T>
std::atomic<MatmulKernel> ownKernel{nullptr};

template <class T>
bool blasOrOwn(const MatmulLaunch& l) {
  return runBlas<T>(l) || ownKernel<T>.load(std::memory_order_relaxed)(l);
}

template <class T>
MatmulKernel blasBefore(MatmulKernel own) {
  [[maybe_unused]] static const bool once = (keepToOneThread(), true);
  ownKernel<T>.store(own, std::memory_order_relaxed);
  return blasOrOwn<T>;
}

}  // namespace

MatmulKernel withBlas(DType dtype, MatmulKernel own) {
  if (dtype == DType::kFloat32) return blasBefore<float>(own);
  if (dtype == DType::kFloat64) return blasBefore<double>(own);
  return own;
}

}  // namespace dyngrad
#endif
