// Matrix products by OpenBLAS.

#include <cblas.h>

#include "matmul.h"

namespace {

struct OpenBlas {
  static std::string version() { return openblas_get_config(); }

  template <typename T>
  static std::function<void()> multiply(const bench::Product& of, const T* a, const T* b, T* c) {
    const auto transA = of.transposesA ? CblasTrans : CblasNoTrans;
    const auto transB = of.transposesB ? CblasTrans : CblasNoTrans;
    const int strideA = of.transposesA ? of.m : of.k;
    const int strideB = of.transposesB ? of.k : of.n;
    return [=] {
      if constexpr (std::is_same_v<T, double>) {
        cblas_dgemm(CblasRowMajor, transA, transB, of.m, of.n, of.k, 1, a, strideA, b, strideB, 0, c, of.n);
      } else {
        cblas_sgemm(CblasRowMajor, transA, transB, of.m, of.n, of.k, 1, a, strideA, b, strideB, 0, c, of.n);
      }
    };
  }
};

}  // namespace

int main(int count, char** words) { return bench::matmulMain<OpenBlas>(count, words); }
