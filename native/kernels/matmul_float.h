// Rows of matrix products. Each element of out is the sum of chains over ascending k, or the lanes of matmul_lanes.h
// where the launch asks for them, so that tiles, strides and threads leave its bits alone.
#pragma once

#include "matmul_dots.h"
#include "matmul_lanes.h"
#include "matmul_tile.h"

namespace dyngrad::KERNEL_NS {
namespace {

inline std::int64_t smaller(std::int64_t a, std::int64_t b) { return a < b ? a : b; }

// ---- tiny products: scalar chains side by side ----

template <class T, int kChains>
void chains(const Product<T>& p, std::int64_t i, std::int64_t j) {
  T sums[kChains] = {};
  const T* a = p.a + i * p.aRow;
  const T* b = p.b + j * p.bColumn;
  const std::int64_t bColumn = p.bColumn, length = chainLength(p.k);
  for (std::int64_t k0 = 0; k0 < p.k; k0 += length) {
    T chain[kChains] = {};
    for (std::int64_t k = smaller(length, p.k - k0); k > 0; --k, a += p.aColumn, b += p.bRow) {
      const T x = *a;
#pragma GCC unroll 8
      for (int c = 0; c < kChains; ++c) chain[c] = multiplyAdd(x, b[c * bColumn], chain[c]);
    }
#pragma GCC unroll 8
    for (int c = 0; c < kChains; ++c) sums[c] = sums[c] + chain[c];
  }
  T* out = p.out + i * p.outRow + j * p.outColumn;
  if (p.bias) {
    const T* bias = p.bias + i * p.biasRow + j * p.biasColumn;
#pragma GCC unroll 8
    for (int c = 0; c < kChains; ++c) sums[c] = sums[c] + bias[c * p.biasColumn];
  }
#pragma GCC unroll 8
  for (int c = 0; c < kChains; ++c) out[c * p.outColumn] = sums[c];
}

template <class T>
void tinyProduct(const Product<T>& p) {
  for (std::int64_t i = 0; i < p.m; ++i) {
    std::int64_t j = 0;
    for (; j + 8 <= p.n; j += 8) chains<T, 8>(p, i, j);
    for (; j + 2 <= p.n; j += 2) chains<T, 2>(p, i, j);
    for (; j < p.n; ++j) chains<T, 1>(p, i, j);
  }
}

// ---- at most kDotRows rows, columns of b contiguous ----

template <class T>
void dotProduct(const Product<T>& p) {
  using Rows = void (*)(const Dots<T>&, T*);
  constexpr Rows kRows[kDotRows] = {dots<T, 1>, dots<T, 2>, dots<T, 3>, dots<T, 4>};
  const Rows rows = kRows[p.m - 1];
  alignas(kVectorBytes) T sums[kDotRows * kLanes<T>], chain[kDotRows * kLanes<T>];
  const std::int64_t length = chainLength(p.k);
  for (std::int64_t j = 0; j < p.n; j += kLanes<T>) {
    const std::int64_t columns = smaller(kLanes<T>, p.n - j);
    for (std::int64_t k = 0; k < p.k; k += length) {
      const Dots<T> d{p.a + k * p.aColumn,     p.aRow, p.aColumn, p.b + j * p.bColumn + k, p.bColumn, columns,
                      smaller(length, p.k - k)};
      rows(d, k == 0 ? sums : chain);
      for (std::int64_t i = 0; k > 0 && i < p.m * kLanes<T>; ++i) sums[i] = sums[i] + chain[i];
    }
    for (std::int64_t i = 0; i < p.m; ++i) {
      T* out = p.out + i * p.outRow + j * p.outColumn;
      for (std::int64_t c = 0; c < columns; ++c) {
        const T sum = sums[i * kLanes<T> + c];
        out[c * p.outColumn] = p.bias ? sum + p.bias[i * p.biasRow + (j + c) * p.biasColumn] : sum;
      }
    }
  }
}

// ---- blocks ----

constexpr std::int64_t kBlockRows = 140;      // of a packed block of a, in the second cache, too
constexpr std::int64_t kBlockColumns = 1024;  // of a packed block of b, in the last cache

// Cuts `length` into equal parts of at most `limit`.
inline std::int64_t evenPart(std::int64_t length, std::int64_t limit) {
  const std::int64_t parts = (length + limit - 1) / limit;
  return (length + parts - 1) / parts;
}

// The width index (1 << index vectors) of the next tile: the widest that `columns` fill, or one cut vector.
template <class T>
int widthIndex(std::int64_t rows, std::int64_t columns) {
  int index = rows * 8 <= kAccumulators ? 3 : rows * 4 <= kAccumulators ? 2 : 1;
  while (index > 0 && kLanes<T> << index > columns) --index;
  return index;
}

template <class T>
struct Plan {
  std::int64_t rows;       // of a tile
  std::int64_t blockRows;  // of a block of a
  std::int64_t blockK, blockColumns;
  bool packsA, packsB;
};

// Whether rows of b are packed though they are contiguous: `m` rows of a read them often, and they lie far apart.
template <class T>
bool packsRows(std::int64_t m, std::int64_t bRow) {
  return m > 2 * kTileRows && bRow * static_cast<std::int64_t>(sizeof(T)) >= 1024;
}

template <class T>
Plan<T> planned(const Product<T>& p) {
  Plan<T> plan;
  plan.rows = evenPart(p.m, kTileRows);
  const std::int64_t aStride = (p.aColumn == 1 ? p.aRow : p.aColumn) * static_cast<std::int64_t>(sizeof(T));
  plan.packsA = p.n >= 128 && aStride >= 1024 && (p.aColumn != 1 || aStride % 2048 == 0 || p.n >= 512);
  plan.packsB = p.bColumn != 1 || packsRows<T>(p.m, p.bRow);
  plan.blockRows = plan.packsA ? kBlockRows / plan.rows * plan.rows : p.m;
  plan.blockColumns = smaller(p.n, kBlockColumns);
  plan.blockK = chainLength(p.k);
  return plan;
}

// A block of a: rows [i, i + m) and k [k0, k0 + k), read in place or packed tile by tile.
template <class T>
struct BlockA {
  const T* data;
  std::int64_t tileStep, row, column;
  bool packed;  // then a tile's column stride is its own count of rows
};

template <class T>
BlockA<T> blockA(const Product<T>& p, const Plan<T>& plan, std::int64_t i, std::int64_t m, std::int64_t k0,
                 std::int64_t k, T* scratch) {
  const T* from = p.a + i * p.aRow + k0 * p.aColumn;
  if (!plan.packsA) return {from, plan.rows * p.aRow, p.aRow, p.aColumn, false};
  for (std::int64_t r = 0; r < m; r += plan.rows) {
    const std::int64_t rows = smaller(plan.rows, m - r);
    pack<T>({from + r * p.aRow, p.aRow, p.aColumn, rows, rows, k}, scratch + r * k);
  }
  return {scratch, plan.rows * k, 1, plan.rows, true};
}

// All tiles of a block of a below one panel of b. The first ones ask for the next panel, each for another line of its
// rows.
template <class T>
void tileColumn(Tile<T> tile, const BlockA<T>& a, std::int64_t m, std::int64_t rows, int width) {
  const T* next = tile.next;
  const std::int64_t nextRow = tile.nextRow, wide = kLanes<T> << width;
  tile.aRow = a.row;
  tile.aColumn = a.column;
  tile.a = a.data;
  for (std::int64_t r = 0, line = 0; r < m; r += rows, line += kLanes<T>) {
    const std::int64_t count = smaller(rows, m - r);
    const bool asks = next != nullptr && line < wide;
    tile.next = asks ? next + line : tile.b;
    tile.nextRow = asks ? nextRow : 0;
    if (a.packed) tile.aColumn = count;
    kTiles<T>.rows[count - 1].byWidth[width](tile);
    tile.a += a.tileStep;
    tile.out += rows * tile.outRow;
    if (tile.bias) tile.bias += rows * tile.biasRow;
  }
}

template <class T>
struct Scratch {
  T* a;
  T* b;
};

// Columns [j0, j0 + n) and k [k0, k0 + k) of the product, for all rows.
template <class T>
void block(const Product<T>& p, const Plan<T>& plan, const Scratch<T>& scratch, std::int64_t j0, std::int64_t n,
           std::int64_t k0, std::int64_t k) {
  Tile<T> tile{};
  tile.k = k;
  tile.outRow = p.outRow;
  tile.outColumn = p.outColumn;
  tile.continued = k0 > 0;
  tile.biasRow = p.biasRow;
  tile.biasColumn = p.biasColumn;
  const bool last = k0 + k == p.k;
  for (std::int64_t i = 0; i < p.m; i += plan.blockRows) {
    const std::int64_t m = smaller(plan.blockRows, p.m - i);
    const BlockA<T> a = blockA(p, plan, i, m, k0, k, scratch.a);
    T* packed = scratch.b;
    for (std::int64_t j = 0; j < n;) {
      const int width = widthIndex<T>(plan.rows, n - j);
      const std::int64_t wide = kLanes<T> << width;
      const T* from = p.b + k0 * p.bRow + (j0 + j) * p.bColumn;
      tile.columns = smaller(wide, n - j);
      if (plan.packsB || tile.columns < wide) {
        if (i == 0) pack<T>({from, p.bColumn, p.bRow, tile.columns, wide, k}, packed);
        tile.b = packed;
        tile.bRow = wide;
        if (p.m > plan.blockRows) packed += wide * k;
      } else {
        tile.b = from;
        tile.bRow = p.bRow;
      }
      const bool isReady = i > 0 && tile.b != from;
      tile.next = j + wide >= n ? nullptr : isReady ? tile.b + wide * k : from + wide * p.bColumn;
      tile.nextRow = isReady ? wide : p.bRow;
      tile.out = p.out + i * p.outRow + (j0 + j) * p.outColumn;
      tile.bias = p.bias && last ? p.bias + i * p.biasRow + (j0 + j) * p.biasColumn : nullptr;
      tileColumn(tile, a, m, plan.rows, width);
      j += wide;
    }
  }
}

template <class T>
bool blockedProduct(const Product<T>& p) {
  const Plan<T> plan = planned(p);
  const std::int64_t blockK = plan.blockK, blockN = plan.blockColumns;
  const std::int64_t aCount = plan.packsA ? smaller(p.m, plan.blockRows) * blockK + kLanes<T> : 0;
  const std::int64_t bColumns = plan.packsB && p.m > plan.blockRows ? blockN + kLanes<T> : kLanes<T> * kWidestTile;
  const std::int64_t aRoom = (aCount + 15) / 16 * 16;
  T* memory =
      static_cast<T*>(threadScratch(static_cast<std::size_t>(aRoom + bColumns * blockK + kLanes<T>) * sizeof(T)));
  if (memory == nullptr) return false;
  const Scratch<T> scratch{memory, memory + aRoom};
  for (std::int64_t j = 0; j < p.n; j += blockN) {
    for (std::int64_t k = 0; k < p.k; k += blockK)
      block(p, plan, scratch, j, smaller(blockN, p.n - j), k, smaller(blockK, p.k - k));
  }
  return true;
}

// ---- float rows ----

// Up to this many products scalar chains win; up to far fewer where whole vectors of b lie ready (measured).
constexpr std::int64_t kTinyProducts = kMasks ? 128 : 512;
constexpr std::int64_t kTinyVectorProducts = 64;

template <class T>
bool chainProduct(const Product<T>& p) {
  const bool ready = p.bColumn == 1 && p.n >= kLanes<T>;
  const std::int64_t most = ready ? kTinyVectorProducts : kTinyProducts;
  if (p.k <= 0 || saturatingProduct(p.m, p.n, p.k) <= most) tinyProduct(p);
  else if (ready || p.m > kDotRows) return blockedProduct(p);
  else if (p.k >= kLanes<T> && p.bRow == 1) dotProduct(p);
  else if (p.m == 1) tinyProduct(p);
  else return blockedProduct(p);
  return true;
}

// Few rows that fill vectors, where all of b would be packed for them: as columns of out^T they are packed instead, and
// b is read in place. k is long but at most two chains, as out^T is scattered; rows of b that lie whole or half pages
// apart would push each other out of the first cache. At 32 x 784 x 512 with b transposed: 105 GFLOP/s, packed 95; with
// b as it is 33, packed 50.
template <class T>
bool isFlat(const MatmulLaunch& l) {
  constexpr auto kSize = static_cast<std::int64_t>(sizeof(T));
  if (l.m % kLanes<T> != 0 || l.m > 3 * kLanes<T> || l.outColumn != 1 || l.n < 128 || l.k < 384 ||
      l.k > 2 * kLongestChain)
    return false;
  if (l.bRow == 1) return l.bColumn * kSize % 4096 != 0;
  return l.bColumn == 1 && packsRows<T>(l.m, l.bRow) && l.bRow * kSize % 2048 != 0;
}

// Products are made once and passed by reference: a copy would wait for what has just been written.
template <class T>
bool floatMatmul(const MatmulLaunch& l) {
  if (l.m <= 0 || l.n <= 0) return true;
  if (l.inLanes) return laneProduct<T>(l.m < l.n ? transposed<T>(l) : typed<T>(l));
  if (isShallow<T>(l)) {
    shallow<T>(typed<T>(l));
    return true;
  }
  if (isThin<T>(l)) {
    thin<T>(typed<T>(l));
    return true;
  }
  // Few columns make cut tiles; as rows they fill vectors, which pays for packing a and scattering out unless k is
  // short.
  const bool narrow = l.n * 4 <= kLanes<T> && l.n < l.m && (!kMasks || l.n == 1 || l.k > 8);
  return chainProduct<T>(narrow || isFlat<T>(l) || (l.outColumn != 1 && l.outRow == 1) ? transposed<T>(l)
                                                                                       : typed<T>(l));
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
