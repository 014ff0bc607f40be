// Matrices of few columns, one row behind the other: a vector per column, made of the vectors that hold whole rows.
#pragma once

#include "matmul_product.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr int kMostColumns = 8;

// Lane i of `into` becomes element (i kColumns + kColumn) of kColumns vectors, where vector kFrom holds it.
template <int kColumns, int kColumn, int kFrom, class T, int... kLane>
inline __attribute__((always_inline)) Vec<T> pick(Vec<T> into, Vec<T> from, Indices<kLane...>) {
  constexpr int kWidth = sizeof...(kLane);
  return __builtin_shufflevector(
      into.v, from.v,
      ((kLane * kColumns + kColumn) / kWidth == kFrom ? kWidth + (kLane * kColumns + kColumn) % kWidth : kLane)...);
}

template <int kColumns, int kColumn, int kFrom = 0, class T>
inline __attribute__((always_inline)) Vec<T> column(const Vec<T>* rows, Vec<T> into) {
  if constexpr (kFrom == kColumns) return into;
  else
    return column<kColumns, kColumn, kFrom + 1>(
        rows, pick<kColumns, kColumn, kFrom>(into, rows[kFrom], FirstIndices<kLanes<T>>{}));
}

template <class T, int... kLane>
inline __attribute__((always_inline)) void unzip(Vec<T> x, Vec<T> y, Vec<T>& even, Vec<T>& odd, Indices<kLane...>) {
  even = __builtin_shufflevector(x.v, y.v, (2 * kLane)...);
  odd = __builtin_shufflevector(x.v, y.v, (2 * kLane + 1)...);
}

// rows: kLanes rows of kColumns elements. columns[c * kStep]: element c of each row.
template <int kColumns, int kStep = 1, class T>
inline __attribute__((always_inline)) void deinterleave(const Vec<T>* rows, Vec<T>* columns) {
  if constexpr (kColumns == 1) {
    columns[0] = rows[0];
  } else if constexpr (kColumns % 2 == 0) {
    Vec<T> even[kColumns / 2], odd[kColumns / 2];
#pragma GCC unroll 4
    for (int i = 0; i < kColumns / 2; ++i)
      unzip(rows[2 * i], rows[2 * i + 1], even[i], odd[i], FirstIndices<kLanes<T>>{});
    deinterleave<kColumns / 2, 2 * kStep>(even, columns);
    deinterleave<kColumns / 2, 2 * kStep>(odd, columns + kStep);
  } else {
    [&]<int... kColumn>(Indices<kColumn...>) {
      ((columns[kColumn * kStep] = column<kColumns, kColumn>(rows, rows[0])), ...);
    }
    (FirstIndices<kColumns>{});
  }
}

template <int kColumns, class T>
inline __attribute__((always_inline)) void loadColumns(const T* from, Vec<T> (&columns)[kColumns]) {
  Vec<T> rows[kColumns];
#pragma GCC unroll 8
  for (int c = 0; c < kColumns; ++c) rows[c] = load(from + c * kLanes<T>);
  deinterleave<kColumns>(rows, columns);
}

// Less than a vector of rows; the lanes behind them do not matter.
template <int kColumns, class T>
inline __attribute__((always_inline)) void loadColumns(const T* from, std::int64_t count, Vec<T> (&columns)[kColumns]) {
  Vec<T> rows[kColumns];
#pragma GCC unroll 8
  for (int c = 0; c < kColumns; ++c) {
    const std::int64_t left = count * kColumns - c * kLanes<T>;
    rows[c] = left >= kLanes<T> ? load(from + c * kLanes<T>)
              : left > 0        ? loadPartial(from + c * kLanes<T>, left)
                                : rows[0];
  }
  deinterleave<kColumns>(rows, columns);
}

// ---- many rows of few elements times a vector ----

template <class T, int kDepth>
void shallowProduct(const Product<T>& p) {
  Vec<T> b[kDepth];
  for (int k = 0; k < kDepth; ++k) b[k] = Vec<T>(p.b[k * p.bRow]);
  for (std::int64_t i = 0; i < p.m; i += kLanes<T>) {
    if (i + kLanes < T >> p.m) i = p.m - kLanes<T>;  // some rows once more
    Vec<T> a[kDepth];
    loadColumns<kDepth>(p.a + i * kDepth, a);
    Vec<T> sum(T(0));
#pragma GCC unroll 8
    for (int k = 0; k < kDepth; ++k) sum = fma(a[k], b[k], sum);
    finishColumn(p, sum, i, 0, kLanes<T>);
  }
}

template <class T>
using ProductKernel = void (*)(const Product<T>&);

template <class T, int... kDepth>
constexpr ProductKernel<T> shallowKernel(std::int64_t k, Indices<kDepth...>) {
  constexpr ProductKernel<T> kKernels[] = {shallowProduct<T, kDepth + 1>...};
  return kKernels[k - 1];
}

template <class T>
bool isShallow(const MatmulLaunch& l) {
  return l.n == 1 && l.k >= 1 && l.k <= kMostColumns && l.m >= kLanes<T> && l.aRow == l.k &&
         (l.aColumn == 1 || l.k == 1);
}

template <class T>
void shallow(const Product<T>& p) {
  shallowKernel<T>(p.k, FirstIndices<kMostColumns>{})(p);
}

// ---- packing ----

// to[c][k] = from[k kColumns + c], rows of `to` `row` elements apart and padded to whole vectors, which are read back
// as they were written: a vector that is put together from several stores would wait for all of them.
template <int kColumns, class T>
void packNarrow(const T* from, std::int64_t k, T* to, std::int64_t row) {
  for (std::int64_t i = 0; i < k; i += kLanes<T>, from += kColumns * kLanes<T>) {
    Vec<T> columns[kColumns];
    if (k - i >= kLanes<T>) loadColumns<kColumns>(from, columns);
    else loadColumns<kColumns>(from, k - i, columns);
#pragma GCC unroll 8
    for (int c = 0; c < kColumns; ++c) store(columns[c], to + c * row + i);
  }
}

template <class T>
using Unpack = void (*)(const T* from, std::int64_t k, T* to, std::int64_t row);

template <class T, int... kColumns>
constexpr Unpack<T> packNarrowOf(std::int64_t columns, Indices<kColumns...>) {
  constexpr Unpack<T> kKernels[] = {packNarrow<kColumns + 1, T>...};
  return kKernels[columns - 1];
}

// ---- many rows of few elements times a matrix of few columns ----

// Lane i becomes element (kVector kLanes + i) % kColumns of row (kVector kLanes + i) / kColumns, where that is of
// column kFrom.
template <int kColumns, int kVector, int kFrom, class T, int... kLane>
inline __attribute__((always_inline)) Vec<T> put(Vec<T> into, Vec<T> from, Indices<kLane...>) {
  constexpr int kWidth = sizeof...(kLane);
  return __builtin_shufflevector(
      into.v, from.v,
      ((kVector * kWidth + kLane) % kColumns == kFrom ? kWidth + (kVector * kWidth + kLane) / kColumns : kLane)...);
}

// Both of the first two columns; the other lanes are still to come. (GCC 12 miscompiles a `put` into the first column
// of itself.)
template <int kColumns, int kVector, class T, int... kLane>
inline __attribute__((always_inline)) Vec<T> putFirst(Vec<T> x, Vec<T> y, Indices<kLane...>) {
  constexpr int kWidth = sizeof...(kLane);
  return __builtin_shufflevector(
      x.v, y.v, ((kVector * kWidth + kLane) / kColumns + ((kVector * kWidth + kLane) % kColumns == 1 ? kWidth : 0))...);
}

// Vector kVector of the rows whose columns are given, from column kFrom on: the inverse of deinterleave.
template <int kColumns, int kVector, int kFrom, class T>
inline __attribute__((always_inline)) Vec<T> interleaved(const Vec<T>* columns, Vec<T> into) {
  if constexpr (kFrom == kColumns) return into;
  else
    return interleaved<kColumns, kVector, kFrom + 1>(
        columns, put<kColumns, kVector, kFrom>(into, columns[kFrom], FirstIndices<kLanes<T>>{}));
}

template <int kColumns, int kVector, class T>
inline __attribute__((always_inline)) Vec<T> interleaved(const Vec<T>* columns) {
  return interleaved<kColumns, kVector, 2>(
      columns, putFirst<kColumns, kVector>(columns[0], columns[1], FirstIndices<kLanes<T>>{}));
}

// Columns that fill a vector are a tile's.
template <class T>
constexpr int kMostThin = kLanes<T> > kMostColumns ? kMostColumns : kLanes<T> - 1;

// Rows of a that are taken apart at a time, in the first cache.
template <class T>
constexpr std::int64_t kThinRows = 8 * kLanes<T>;

template <class T>
struct ThinRows {
  std::int64_t rows, k;
  const T* a;  // its columns, kThinRows apart
  const T* b;  // row by row
  const T* bias;
  std::int64_t biasColumn;
  T* out;
};

template <class T, int kColumns>
void thinProduct(const ThinRows<T>& p) {
  T* out = p.out;
  for (std::int64_t i = 0; i < p.rows; i += kLanes<T>, out += kColumns * kLanes<T>) {
    Vec<T> sums[kColumns];
#pragma GCC unroll 8
    for (int c = 0; c < kColumns; ++c) sums[c] = Vec<T>(T(0));
    for (std::int64_t k = 0; k < p.k; ++k) {
      const Vec<T> x = load(p.a + k * kThinRows<T> + i);
#pragma GCC unroll 8
      for (int c = 0; c < kColumns; ++c) sums[c] = fma(x, Vec<T>(p.b[k * kColumns + c]), sums[c]);
    }
    if (p.bias) {
#pragma GCC unroll 8
      for (int c = 0; c < kColumns; ++c) sums[c] = sums[c] + Vec<T>(p.bias[c * p.biasColumn]);
    }
    [&]<int... kVector>(Indices<kVector...>) {
      (store(interleaved<kColumns, kVector>(sums), out + kVector * kLanes<T>), ...);
    }
    (FirstIndices<kColumns>{});
  }
}

template <class T>
using ThinKernel = void (*)(const ThinRows<T>&);

template <class T, int... kColumns>
constexpr ThinKernel<T> thinKernel(std::int64_t n, Indices<kColumns...>) {
  constexpr ThinKernel<T> kKernels[] = {thinProduct<T, kColumns + 2>...};
  return kKernels[n - 2];
}

template <class T>
bool isThin(const MatmulLaunch& l) {
  return l.n > 1 && l.n <= kMostThin<T> && l.k >= 1 && l.k <= kMostColumns && l.m >= kLanes<T> && l.aRow == l.k &&
         (l.aColumn == 1 || l.k == 1) && l.outRow == l.n && l.outColumn == 1 && (!l.bias || l.biasRow == 0);
}

template <class T>
void thin(const Product<T>& p) {
  T a[kMostColumns * kThinRows<T>], b[kMostColumns * kMostThin<T>];
  for (std::int64_t k = 0; k < p.k; ++k) {
    for (std::int64_t j = 0; j < p.n; ++j) b[k * p.n + j] = p.b[k * p.bRow + j * p.bColumn];
  }
  const Unpack<T> unpack = packNarrowOf<T>(p.k, FirstIndices<kMostColumns>{});
  const ThinKernel<T> kernel = thinKernel<T>(p.n, FirstIndices<kMostThin<T> - 1>{});
  for (std::int64_t i = 0, rows; i < p.m; i += rows) {
    rows = p.m - i < kThinRows<T> ? (p.m - i) / kLanes<T> * kLanes<T> : kThinRows<T>;
    if (rows == 0) {  // some rows once more
      rows = kLanes<T>;
      i = p.m - rows;
    }
    unpack(p.a + i * p.k, rows, a, kThinRows<T>);
    kernel({rows, p.k, a, b, p.bias, p.biasColumn, p.out + i * p.n});
  }
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
