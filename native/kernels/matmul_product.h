// A float product with typed pointers, and how a vector of finished sums goes out.
#pragma once

#include "runtime/kernel_table.h"
#include "simd/vec.h"

namespace dyngrad::KERNEL_NS {
namespace {

// Whether a cut vector is read and written as fast as a whole one.
constexpr bool kMasks = kVectorBytes == 64;

template <class T>
inline T multiplyAdd(T a, T b, T c) {
  if constexpr (!kHasFma) return a * b + c;
  else if constexpr (sizeof(T) == 4) return __builtin_fmaf(a, b, c);
  else return __builtin_fma(a, b, c);
}

// A MatmulLaunch with typed pointers.
template <class T>
struct Product {
  std::int64_t m, n, k;
  const T* a;
  std::int64_t aRow, aColumn;
  const T* b;
  std::int64_t bRow, bColumn;
  T* out;
  std::int64_t outRow, outColumn;
  const T* bias;
  std::int64_t biasRow, biasColumn;
};

template <class T>
Product<T> typed(const MatmulLaunch& l) {
  return {l.m,
          l.n,
          l.k,
          static_cast<const T*>(l.a),
          l.aRow,
          l.aColumn,
          static_cast<const T*>(l.b),
          l.bRow,
          l.bColumn,
          static_cast<T*>(l.out),
          l.outRow,
          l.outColumn,
          static_cast<const T*>(l.bias),
          l.biasRow,
          l.biasColumn};
}

// out^T = b^T a^T has the same products in the same order, hence the same bits.
template <class T>
Product<T> transposed(const MatmulLaunch& l) {
  return {l.n,
          l.m,
          l.k,
          static_cast<const T*>(l.b),
          l.bColumn,
          l.bRow,
          static_cast<const T*>(l.a),
          l.aColumn,
          l.aRow,
          static_cast<T*>(l.out),
          l.outColumn,
          l.outRow,
          static_cast<const T*>(l.bias),
          l.biasColumn,
          l.biasRow};
}

// out[i.., j] = the first `count` sums (+ bias), down a column.
template <class T>
inline __attribute__((always_inline)) void finishColumn(const Product<T>& p, Vec<T> sums, std::int64_t i,
                                                        std::int64_t j, std::int64_t count) {
  T* out = p.out + i * p.outRow + j * p.outColumn;
  const bool whole = count == kLanes<T>;
  if (p.outRow == 1 && (whole || kMasks) && (!p.bias || p.biasRow <= 1)) {
    if (p.bias) {
      const T* bias = &p.bias[i * p.biasRow + j * p.biasColumn];
      sums = sums + (p.biasRow == 0 ? Vec<T>(*bias) : whole ? load(bias) : loadPartial(bias, count));
    }
    if (whole) store(sums, out);
    else storePartial(sums, out, count);
    return;
  }
  T buffer[kLanes<T>];
  store(sums, buffer);
  for (std::int64_t r = 0; r < count; ++r)
    out[r * p.outRow] = p.bias ? buffer[r] + p.bias[(i + r) * p.biasRow + j * p.biasColumn] : buffer[r];
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
