// Packing for matmul: a matrix of any strides becomes panels that the tile kernel reads straight through.
#pragma once

#include "matmul_product.h"

namespace dyngrad::KERNEL_NS {
namespace {

// One stage of a transpose: exchanges the off-diagonal halves of each 2 kHalf x 2 kHalf square of lanes.
template <class T, int kHalf, int... kLane>
void exchange(Vec<T>& upper, Vec<T>& lower, Indices<kLane...>) {
  constexpr int kWidth = sizeof...(kLane);
  const auto a = upper.v, b = lower.v;
  upper = __builtin_shufflevector(a, b, (kLane & kHalf ? kWidth + kLane - kHalf : kLane)...);
  lower = __builtin_shufflevector(a, b, (kLane & kHalf ? kWidth + kLane : kLane + kHalf)...);
}

// rows[i][j] becomes rows[j][i].
template <class T, int kHalf = kLanes<T> / 2>
inline __attribute__((always_inline)) void transpose(Vec<T> (&rows)[kLanes<T>]) {
#pragma GCC unroll 16
  for (int i = 0; i < kLanes<T>; ++i) {
    if (!(i & kHalf)) exchange<T, kHalf>(rows[i], rows[i | kHalf], FirstIndices<kLanes<T>>{});
  }
  if constexpr (kHalf > 1) transpose<T, kHalf / 2>(rows);
}

template <class T>
struct Panel {
  const T* from;
  std::int64_t across, along;  // source strides: over the panel's width, over k
  std::int64_t count;          // columns that exist, less than a vector short of `width`; the others do not matter
  std::int64_t width, k;
};

// The columns behind the last whole vector. Without masks, copying a cut vector is a call.
template <class T>
void packCut(const Panel<T>& p, std::int64_t whole, T* to) {
  const T* from = p.from + whole;
  to += whole;
  for (std::int64_t k = 0; k < p.k; ++k, from += p.along, to += p.width) {
    if (kMasks) {
      store(loadPartial(from, p.count - whole), to);
    } else {
      for (std::int64_t j = 0; j < p.width - whole; ++j) to[j] = j < p.count - whole ? from[j] : T(0);
    }
  }
}

// The source is contiguous over the width. Cut vectors go first, as one may run over its row's end into the next row.
template <class T>
void packAcross(const Panel<T>& p, T* to) {
  const std::int64_t whole = p.count / kLanes<T> * kLanes<T>;
  if (whole < p.count) packCut(p, whole, to);
  for (std::int64_t k = 0; k < p.k; ++k) {
    for (std::int64_t j = 0; j < whole; j += kLanes<T>) store(load(p.from + k * p.along + j), to + k * p.width + j);
  }
}

template <class T>
inline __attribute__((always_inline)) void packSquare(const T* from, std::int64_t across, T* to, std::int64_t width) {
  Vec<T> rows[kLanes<T>];
#pragma GCC unroll 16
  for (int i = 0; i < kLanes<T>; ++i) rows[i] = load(from + i * across);
  transpose(rows);
#pragma GCC unroll 16
  for (int i = 0; i < kLanes<T>; ++i) store(rows[i], to + i * width);
}

// A square cut by the border: `wide` columns of `deep` elements.
template <class T>
__attribute__((noinline)) void packCorner(const T* from, std::int64_t across, std::int64_t wide, std::int64_t deep,
                                          T* to, std::int64_t width) {
  Vec<T> rows[kLanes<T>];
#pragma GCC unroll 16
  for (int i = 0; i < kLanes<T>; ++i) rows[i] = i < wide ? loadPartial(from + i * across, deep) : Vec<T>(T(0));
  transpose(rows);
#pragma GCC unroll 16
  for (int i = 0; i < kLanes<T>; ++i) {
    if (i < deep) store(rows[i], to + i * width);
  }
}

// The source is contiguous over k: squares of lanes are transposed. A square may run over its row's end into the next
// row, so the squares go from the last column to the first, and the buffer ends with a spare vector.
template <class T>
void packAlong(const Panel<T>& p, T* to) {
  constexpr std::int64_t kWide = kLanes<T>;
  for (std::int64_t k = 0; k < p.k; k += kWide) {
    const std::int64_t deep = p.k - k < kWide ? p.k - k : kWide;
    for (std::int64_t j = (p.width - 1) / kWide * kWide; j >= 0; j -= kWide) {
      const std::int64_t wide = p.count - j < kWide ? p.count - j : kWide;
      const T* from = p.from + j * p.across + k;
      T* corner = to + k * p.width + j;
      if (deep == kWide && wide == kWide) packSquare(from, p.across, corner, p.width);
      else packCorner(from, p.across, wide, deep, corner, p.width);
    }
  }
}

template <class T>
void packStrided(const Panel<T>& p, T* to) {
  for (std::int64_t k = 0; k < p.k; ++k, to += p.width) {
    const T* from = p.from + k * p.along;
    for (std::int64_t j = 0; j < p.width; ++j) to[j] = j < p.count ? from[j * p.across] : T(0);
  }
}

// to[k][j] = from[k along + j across]. Writes up to a vector behind the last element.
template <class T>
void pack(const Panel<T>& p, T* to) {
  if (p.across == 1) packAcross(p, to);
  else if (p.along == 1 && p.k >= kLanes<T> / 2) packAlong(p, to);
  else packStrided(p, to);
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
