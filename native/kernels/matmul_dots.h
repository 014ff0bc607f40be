// Few rows against columns that are contiguous over k (a vector times a transposed matrix): squares of b are transposed
// in registers and used at once, as packing would cost more than the sums. At 1 x 512 x 512: 22 us, packed 54.
#pragma once

#include "matmul_pack.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr std::int64_t kDotRows = 4;

template <class T>
struct Dots {
  const T* a;
  std::int64_t aRow, aColumn;
  const T* b;
  std::int64_t bColumn;
  std::int64_t columns, k;  // at most a vector of columns
};

template <class T, int kRows>
void dots(const Dots<T>& d, T* sums) {
  Vec<T> acc[kRows];
  for (int r = 0; r < kRows; ++r) acc[r] = Vec<T>(T(0));
  Vec<T> square[kLanes<T>];
  const T* a = d.a;
  std::int64_t k = 0;
  for (; d.columns == kLanes<T> && k + kLanes<T> <= d.k; k += kLanes<T>) {
#pragma GCC unroll 16
    for (int i = 0; i < kLanes<T>; ++i) square[i] = load(d.b + i * d.bColumn + k);
    transpose(square);
#pragma GCC unroll 16
    for (int i = 0; i < kLanes<T>; ++i, a += d.aColumn) {
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) acc[r] = fma(Vec<T>(a[r * d.aRow]), square[i], acc[r]);
    }
  }
  for (; k < d.k; k += kLanes<T>) {
    const std::int64_t deep = d.k - k < kLanes<T> ? d.k - k : kLanes<T>;
    Vec<T> corner[kLanes<T>];
    for (std::int64_t i = 0; i < kLanes<T>; ++i)
      corner[i] = i < d.columns ? loadPartial(d.b + i * d.bColumn + k, deep) : Vec<T>(T(0));
    transpose(corner);
    for (std::int64_t i = 0; i < deep; ++i, a += d.aColumn) {
      for (int r = 0; r < kRows; ++r) acc[r] = fma(Vec<T>(a[r * d.aRow]), corner[i], acc[r]);
    }
  }
  for (int r = 0; r < kRows; ++r) store(acc[r], sums + r * kLanes<T>);
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
