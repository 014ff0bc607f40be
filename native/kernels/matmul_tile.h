// The register tile of matmul: kRows x kVectors vectors of out, held in registers while k runs.
#pragma once

#include "matmul_pack.h"

namespace dyngrad::KERNEL_NS {
namespace {

// Accumulators by the size of the register file: 28 of 32, 12 of 16, fewer where a product needs a register of its own.
constexpr bool kManyRegisters = kVectorBytes == 64 || (kVectorBytes == 16 && kHasFma);
constexpr int kTileRows = kManyRegisters ? 14 : kHasFma ? 6 : 4;
constexpr int kTileVectors = 2;
constexpr int kAccumulators = kTileRows * kTileVectors;
constexpr int kWidestTile = 8;

template <class T>
struct Tile {
  const T* a;
  std::int64_t aRow, aColumn;
  const T* b;  // contiguous over the tile's columns
  std::int64_t bRow;
  std::int64_t k;
  T* out;
  std::int64_t outRow, outColumn;
  std::int64_t columns;
  const T* next;  // what the second cache is asked for while k runs: a line of each row of the next panel of b
  std::int64_t nextRow;
  bool continued;  // `out` holds the sums of smaller k, to be added to
  const T* bias;   // null unless these are the last k
  std::int64_t biasRow, biasColumn;
};

// ---- tiles that are cut by the border, or whose columns are not contiguous, pass through a buffer ----

template <class T>
__attribute__((noinline)) void gatherTile(const Tile<T>& t, T* buffer, std::int64_t rows, std::int64_t width) {
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t j = 0; j < t.columns; ++j) buffer[r * width + j] = t.out[r * t.outRow + j * t.outColumn];
  }
}

template <class T>
__attribute__((noinline)) void scatterTile(const Tile<T>& t, T* buffer, std::int64_t rows, std::int64_t width) {
  for (std::int64_t r = 0; r < rows; ++r) {
    T* from = buffer + r * width;
    T* to = t.out + r * t.outRow;
    if (t.bias) {
      const T* bias = t.bias + r * t.biasRow;
      for (std::int64_t j = 0; j < t.columns; ++j) from[j] = from[j] + bias[j * t.biasColumn];
    }
    if (t.outColumn == 1) {
      for (std::int64_t j = 0; j < t.columns; ++j) to[j] = from[j];
    } else {
      for (std::int64_t j = 0; j < t.columns; ++j) to[j * t.outColumn] = from[j];
    }
  }
}

// acc[r][v] += a[r, k] * b[k, v] for ascending k. Rows go in threes on one pointer: few registers address all of them.
//
// A tile that the store queue cannot take asks for its lines of out while k runs, a row each step; a short k asks for
// those of the tile below. Where out is not cached, 64 x 64 x 64 rises from 94 to 109
// GFLOP/s, 784 x 32 x 512 from 82 to 103 and 256 x 10 x 512 from 45 to 66. With tiles of 12 vectors of 32 bytes nothing
// was won.
template <class T, int kRows, int kVectors>
inline __attribute__((always_inline)) void multiply(const Tile<T>& t, Vec<T> (&acc)[kRows][kVectors]) {
  constexpr int kGroups = (kRows + 2) / 3;
  const std::int64_t aRow = t.aRow, aColumn = t.aColumn, bRow = t.bRow;
  const T* a[kGroups];
#pragma GCC unroll 16
  for (int g = 0; g < kGroups; ++g) a[g] = t.a + 3 * g * aRow;
  const T* b = t.b;
  constexpr bool kAsks = kRows * kVectors * kVectorBytes >= 1024;
  const auto step = [&]() __attribute__((always_inline)) {
    Vec<T> bs[kVectors];
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) bs[v] = load(b + v * kLanes<T>);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
      const Vec<T> x(a[r / 3][r % 3 * aRow]);
#pragma GCC unroll 16
      for (int v = 0; v < kVectors; ++v) acc[r][v] = fma(x, bs[v], acc[r][v]);
    }
#pragma GCC unroll 16
    for (int g = 0; g < kGroups; ++g) a[g] += aColumn;
    b += bRow;
  };
  std::int64_t k = t.k;
  if constexpr (kAsks) {
    const T* out = k < 2 * kRows ? t.out + kRows * t.outRow : t.out;
    for (std::int64_t row = k < kRows ? k : kRows; row > 0; --row, --k, out += t.outRow) {
#pragma GCC unroll 16
      for (int v = 0; v < kVectors; ++v) __builtin_prefetch(out + v * kLanes<T>, 1);
      step();
    }
    const T* next = t.next;
    for (; k > 0; --k, next += t.nextRow) {
      __builtin_prefetch(next, 0, 2);
      step();
    }
  } else {
    for (; k > 0; --k) step();
  }
}

template <class T, int kRows, int kVectors>
inline __attribute__((always_inline)) void storeTile(T* to, std::int64_t row, const Vec<T> (&acc)[kRows][kVectors]) {
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) store(acc[r][v], to + r * row + v * kLanes<T>);
  }
}

template <class T, int kRows, int kVectors>
inline __attribute__((always_inline)) void addTile(const T* from, std::int64_t row, Vec<T> (&acc)[kRows][kVectors]) {
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) acc[r][v] = acc[r][v] + load(from + r * row + v * kLanes<T>);
  }
}

// One vector wide and cut: `columns` of it are read and written.
template <class T, int kRows>
inline __attribute__((always_inline)) void finishCut(const Tile<T>& t, Vec<T> (&acc)[kRows][1]) {
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
    if (t.bias) acc[r][0] = acc[r][0] + loadPartial(t.bias + r * t.biasRow, t.columns);
    storePartial(acc[r][0], t.out + r * t.outRow, t.columns);
  }
}

template <class T, int kRows, int kVectors>
void tileKernel(const Tile<T>& t) {
  constexpr std::int64_t kWidth = kVectors * kLanes<T>;
  const bool whole = t.outColumn == 1 && t.columns == kWidth;
  alignas(kVectorBytes) T buffer[kRows * kWidth];
  Vec<T> acc[kRows][kVectors];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) acc[r][v] = Vec<T>(T(0));
  }
  multiply<T, kRows, kVectors>(t, acc);
  if (t.continued && whole) {
    addTile<T, kRows, kVectors>(t.out, t.outRow, acc);
  } else if (t.continued) {
    gatherTile(t, buffer, kRows, kWidth);
    addTile<T, kRows, kVectors>(buffer, kWidth, acc);
  }
  if (whole && (!t.bias || t.biasColumn == 1)) {
    if (t.bias) addTile<T, kRows, kVectors>(t.bias, t.biasRow, acc);
    storeTile<T, kRows, kVectors>(t.out, t.outRow, acc);
    return;
  }
  if constexpr (kMasks && kVectors == 1) {
    if (t.outColumn == 1 && (!t.bias || t.biasColumn == 1)) return finishCut(t, acc);
  }
  storeTile<T, kRows, kVectors>(buffer, kWidth, acc);
  scatterTile(t, buffer, kRows, kWidth);
}

// ---- the table of tiles ----

template <class T>
using TileKernel = void (*)(const Tile<T>&);

template <class T, int kRows, int kVectors>
constexpr TileKernel<T> tileOrNull() {
  if constexpr (kRows * kVectors <= kAccumulators) return tileKernel<T, kRows, kVectors>;
  else return nullptr;
}

template <class T>
struct TileRow {
  TileKernel<T> byWidth[4];  // 1, 2, 4 and 8 vectors
};

template <class T, int kRows>
constexpr TileRow<T> tileRow() {
  return {{tileOrNull<T, kRows, 1>(), tileOrNull<T, kRows, 2>(), tileOrNull<T, kRows, 4>(), tileOrNull<T, kRows, 8>()}};
}

template <class T>
struct TileTable {
  TileRow<T> rows[kTileRows];
};

template <class T, int... kRows>
constexpr TileTable<T> tileTable(Indices<kRows...>) {
  return {{tileRow<T, kRows + 1>()...}};
}

template <class T>
constexpr TileTable<T> kTiles = tileTable<T>(FirstIndices<kTileRows>{});

}  // namespace
}  // namespace dyngrad::KERNEL_NS
