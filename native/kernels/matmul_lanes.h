// Products whose elements are summed in lanes (MatmulLaunch::inLanes): element k goes to lane k % kSumLanes, lanes are
// folded in halves. Where k is contiguous, the lanes are a vector's; where it is not, each lane is a vector of
// elements.
#pragma once

#include "matmul_interleave.h"
#include "matmul_pack.h"
#include "matmul_tile.h"

namespace dyngrad::KERNEL_NS {
namespace {

// 64 bytes on every instruction set, so that all build the same tree.
template <class T>
constexpr int kSumLanes = kSumLaneBytes / static_cast<int>(sizeof(T));
constexpr int kParts = kSumLaneBytes / kVectorBytes;  // vectors that hold one element's lanes

// ---- k is contiguous in both ----

// Rows at a time: as many accumulators as registers allow.
template <class T>
constexpr int kLaneRows = kVectorBytes == 64 ? kLanes<T>
                          : kManyRegisters   ? 4 / (sizeof(T) / 4)
                                             : kLanes<T> / 2;

// Each vector is a row's lanes; returns the rows' sums in the lanes of one vector, kLanes / kRows lanes apart.
template <int kHalf, int kRows, class T>
inline __attribute__((always_inline)) Vec<T> fold(Vec<T> (&rows)[kRows]) {
  if constexpr (kHalf == 0) {
    return rows[0];
  } else if constexpr (kRows == 1) {
    rows[0] = rows[0] + rotateLanes<kHalf>(rows[0]);
    return fold<kHalf / 2>(rows);
  } else {
    Vec<T> pairs[kRows / 2];
#pragma GCC unroll 8
    for (int r = 0; r < kRows / 2; ++r) {
      exchange<T, kHalf>(rows[r], rows[r + kRows / 2], FirstIndices<kLanes<T>>{});
      pairs[r] = rows[r] + rows[r + kRows / 2];
    }
    return fold<kHalf / 2>(pairs);
  }
}

template <int kApart, class T, int... kLane>
inline __attribute__((always_inline)) Vec<T> together(Vec<T> x, Indices<kLane...>) {
  return __builtin_shufflevector(x.v, x.v, (kLane * kApart % static_cast<int>(sizeof...(kLane)))...);
}

// The next `count` products of each row, at most a vector. The lanes behind them stay as they are, whatever a sum with
// 0 would make of their signs.
template <class T, int kRows>
inline __attribute__((always_inline)) void addRest(Vec<T> (&acc)[kRows], const T* a, std::int64_t aRow, const T* b,
                                                   std::int64_t count) {
  if (count <= 0) return;
  if (count > kLanes<T>) count = kLanes<T>;
  if constexpr (kMasks) {
    const Mask<T> there = (laneNumbers<SignedOf<T>>() < Vec<SignedOf<T>>(static_cast<SignedOf<T>>(count))).v;
    const Vec<T> x = loadPartial(b, count);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) acc[r] = select(there, fma(loadPartial(a + r * aRow, count), x, acc[r]), acc[r]);
  } else if (count == kLanes<T>) {
    const Vec<T> x = load(b);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) acc[r] = fma(load(a + r * aRow), x, acc[r]);
  } else {
    T lanes[kRows][kLanes<T>];
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) store(acc[r], lanes[r]);
    for (std::int64_t l = 0; l < count; ++l) {
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) lanes[r][l] = multiplyAdd(a[r * aRow + l], b[l], lanes[r][l]);
    }
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) acc[r] = load(lanes[r]);
  }
}

// The sums of kRows rows of a with one column of b, in the first lanes.
template <class T, int kRows>
inline __attribute__((always_inline)) Vec<T> rowSums(const T* a, std::int64_t aRow, const T* b, std::int64_t k) {
  Vec<T> acc[kParts][kRows];
#pragma GCC unroll 4
  for (int part = 0; part < kParts; ++part) {
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) acc[part][r] = Vec<T>(T(0));
  }
  std::int64_t i = 0;
  for (; i + kSumLanes<T> <= k; i += kSumLanes<T>) {
#pragma GCC unroll 4
    for (int part = 0; part < kParts; ++part) {
      const Vec<T> x = load(b + i + part * kLanes<T>);
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) acc[part][r] = fma(load(a + r * aRow + i + part * kLanes<T>), x, acc[part][r]);
    }
  }
  if (i < k) {
#pragma GCC unroll 4
    for (int part = 0; part < kParts; ++part)
      addRest(acc[part], a + i + part * kLanes<T>, aRow, b + i + part * kLanes<T>, k - i - part * kLanes<T>);
  }
#pragma GCC unroll 2
  for (int half = kParts / 2; half > 0; half /= 2) {
#pragma GCC unroll 2
    for (int part = 0; part < half; ++part) {
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) acc[part][r] = acc[part][r] + acc[part + half][r];
    }
  }
  return together<kLanes<T> / kRows>(fold<kLanes<T> / 2>(acc[0]), FirstIndices<kLanes<T>>{});
}

// The panel's columns as rows of `row` elements.
template <class T>
void packRows(const Panel<T>& p, T* to, std::int64_t row) {
  if (p.across == 1 && p.along == p.count) {
    if (p.count == 2) return packNarrow<2>(p.from, p.k, to, row);
    if (p.count == 3) return packNarrow<3>(p.from, p.k, to, row);
    if (p.count == 4) return packNarrow<4>(p.from, p.k, to, row);
  }
  for (std::int64_t c = 0; c < p.count; ++c) {
    for (std::int64_t k = 0; k < p.k; ++k) to[c * row + k] = p.from[c * p.across + k * p.along];
  }
}

// A matrix whose columns are contiguous: in place, or packed.
template <class T>
struct Along {
  const T* data;
  std::int64_t column;
};

template <class T>
struct LaneRows {
  const Product<T>& p;
  Along<T> b;
  T* room;  // for kLaneRows packed rows of a
  std::int64_t row;

  // Rows from i on in groups of kRows, the rest in smaller groups.
  template <int kRows>
  void run(std::int64_t i) const {
    for (; i + kRows <= p.m; i += kRows) {
      Along<T> a{p.a + i * p.aRow, p.aRow};
      if (p.aColumn != 1) {
        packRows<T>({a.data, p.aRow, p.aColumn, kRows, kRows, p.k}, room, row);
        a = {room, row};
      }
      for (std::int64_t j = 0; j < p.n; ++j)
        finishColumn(p, rowSums<T, kRows>(a.data, a.column, b.data + j * b.column, p.k), i, j, kRows);
    }
    if constexpr (kRows > 1) {
      if (i < p.m) run<kRows / 2>(i);
    }
  }
};

template <class T>
bool laneRows(const Product<T>& p) {
  const std::int64_t row = (p.k + kLanes<T> - 1) / kLanes<T> * kLanes<T>;
  const bool packsA = p.aColumn != 1, packsB = p.bRow != 1;
  T* room = nullptr;
  if (packsA || packsB) {
    const std::int64_t rows = (packsA ? kLaneRows<T> : 0) + (packsB ? p.n : 0);
    room = static_cast<T*>(threadScratch(static_cast<std::size_t>(rows * row) * sizeof(T)));
    if (room == nullptr) return false;
  }
  Along<T> b{p.b, p.bColumn};
  if (packsB) {
    b = {packsA ? room + kLaneRows<T> * row : room, row};
    packRows<T>({p.b, p.bColumn, p.bRow, p.n, p.n, p.k}, const_cast<T*>(b.data), row);
  }
  LaneRows<T>{p, b, room, row}.template run<kLaneRows<T>>(0);
  return true;
}

// ---- rows are contiguous in a ----

// The sums of kStrips vectors of rows with one column of b. Lanes take turns, as many at once as registers allow, and
// those that are folded first go together.
template <int kStrips, bool kWhole, class T>
inline __attribute__((always_inline)) void stripSums(const T* a, std::int64_t aColumn, std::int64_t rows, const T* b,
                                                     std::int64_t bRow, std::int64_t k, Vec<T> (&sums)[kStrips]) {
  constexpr int kLimit = (kManyRegisters ? 16 : 8) / kStrips;
  constexpr int kAtOnce = kSumLanes<T> < kLimit ? kSumLanes<T> : kLimit;
  constexpr int kTurns = kSumLanes<T> / kAtOnce;  // turn t sums lanes t, t + kTurns...
  Vec<T> turns[kTurns][kStrips];
  for (int turn = 0; turn < kTurns; ++turn) {
    Vec<T> acc[kAtOnce][kStrips];
#pragma GCC unroll 16
    for (int l = 0; l < kAtOnce; ++l) {
#pragma GCC unroll 4
      for (int s = 0; s < kStrips; ++s) acc[l][s] = Vec<T>(T(0));
    }
    const T* from = a + turn * aColumn;
    const T* factor = b + turn * bRow;
    const auto add = [&](int l) __attribute__((always_inline)) {
      const Vec<T> x(*factor);
#pragma GCC unroll 4
      for (int s = 0; s < kStrips; ++s)
        acc[l][s] = fma(kWhole ? load(from + s * kLanes<T>) : loadPartial(from, rows), x, acc[l][s]);
      from += kTurns * aColumn;
      factor += kTurns * bRow;
    };
    std::int64_t i = turn;
    for (; i + (kAtOnce - 1) * kTurns < k; i += kSumLanes<T>) {
#pragma GCC unroll 16
      for (int l = 0; l < kAtOnce; ++l) add(l);
    }
#pragma GCC unroll 16
    for (int l = 0; l < kAtOnce; ++l) {
      if (i + l * kTurns < k) add(l);
    }
#pragma GCC unroll 4
    for (int half = kAtOnce / 2; half > 0; half /= 2) {
#pragma GCC unroll 8
      for (int l = 0; l < half; ++l) {
#pragma GCC unroll 4
        for (int s = 0; s < kStrips; ++s) acc[l][s] = acc[l][s] + acc[l + half][s];
      }
    }
#pragma GCC unroll 4
    for (int s = 0; s < kStrips; ++s) turns[turn][s] = acc[0][s];
  }
#pragma GCC unroll 4
  for (int half = kTurns / 2; half > 0; half /= 2) {
#pragma GCC unroll 8
    for (int t = 0; t < half; ++t) {
#pragma GCC unroll 4
      for (int s = 0; s < kStrips; ++s) turns[t][s] = turns[t][s] + turns[t + half][s];
    }
  }
#pragma GCC unroll 4
  for (int s = 0; s < kStrips; ++s) sums[s] = turns[0][s];
}

// Writes as many groups of kStrips vectors of rows as there are; returns the first row that is left.
template <int kStrips, class T>
std::int64_t wholeStrips(const Product<T>& p, std::int64_t i, std::int64_t j) {
  for (; i + kStrips * kLanes<T> <= p.m; i += kStrips * kLanes<T>) {
    Vec<T> sums[kStrips];
    stripSums<kStrips, true>(p.a + i, p.aColumn, 0, p.b + j * p.bColumn, p.bRow, p.k, sums);
#pragma GCC unroll 4
    for (int s = 0; s < kStrips; ++s) finishColumn(p, sums[s], i + s * kLanes<T>, j, kLanes<T>);
  }
  return i;
}

// Strips side by side share the factors that they load, and read more of each row at a time.
template <class T>
void laneStrips(const Product<T>& p) {
  for (std::int64_t j = 0; j < p.n; ++j) {
    const std::int64_t i = wholeStrips<1>(p, wholeStrips<2>(p, wholeStrips<4>(p, 0, j), j), j);
    if (i == p.m) continue;
    Vec<T> sums[1];
    if constexpr (kMasks) {
      stripSums<1, false>(p.a + i, p.aColumn, p.m - i, p.b + j * p.bColumn, p.bRow, p.k, sums);
      finishColumn(p, sums[0], i, j, p.m - i);
    } else {
      const std::int64_t last = p.m - kLanes<T>;  // some rows once more
      stripSums<1, true>(p.a + last, p.aColumn, 0, p.b + j * p.bColumn, p.bRow, p.k, sums);
      finishColumn(p, sums[0], last, j, kLanes<T>);
    }
  }
}

// `p` has at least as many rows as columns.
template <class T>
bool laneProduct(const Product<T>& p) {
  const bool narrow = p.m <= 4 && p.aColumn == p.m;  // quickly packed
  const bool across = p.aRow == 1 && p.m > 1 && !narrow && (kMasks || p.m >= kLanes<T>);
  if (!across) return laneRows(p);
  laneStrips(p);
  return true;
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
