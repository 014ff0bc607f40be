// Squares of lanes transposed in registers.
#pragma once

#include "vec.h"

namespace dyngrad::KERNEL_NS {
namespace {

// One stage: exchanges the off-diagonal halves of each 2 kHalf x 2 kHalf square of lanes.
template <int kHalf, class Lanes, int... kLane>
void exchange(Lanes& upper, Lanes& lower, Indices<kLane...>) {
  constexpr int kWidth = sizeof...(kLane);
  const auto a = upper, b = lower;
  upper = __builtin_shufflevector(a, b, (kLane & kHalf ? kWidth + kLane - kHalf : kLane)...);
  lower = __builtin_shufflevector(a, b, (kLane & kHalf ? kWidth + kLane : kLane + kHalf)...);
}

// rows[i][j] becomes rows[j][i].
template <class Lanes, int kWidth, int kHalf = kWidth / 2>
inline __attribute__((always_inline)) void transposeLanes(Lanes (&rows)[kWidth]) {
#pragma GCC unroll 16
  for (int i = 0; i < kWidth; ++i) {
    if (!(i & kHalf)) exchange<kHalf>(rows[i], rows[i | kHalf], FirstIndices<kWidth>{});
  }
  if constexpr (kHalf > 1) transposeLanes<Lanes, kWidth, kHalf / 2>(rows);
}

// Where lane `lane` of the nth elements of rows of `count` lies in two vectors of `lanes`: in the elements' vector
// `part`, or in what those before it gave.
constexpr int laneOfRow(int lanes, int count, int nth, int part, int lane) {
  const int at = count * lane + nth;
  if (at / lanes == part) return lanes + at % lanes;
  return part == 1 ? at % lanes : lane;
}

template <int kCount, int kNth, int kPart, class T, int... kLane>
Vec<T> nthOfRows(const Vec<T> (&parts)[kCount], Indices<kLane...> lanes) {
  if constexpr (kPart == 0) {
    return parts[0];
  } else {
    const Vec<T> before = nthOfRows<kCount, kNth, kPart - 1>(parts, lanes);
    return Vec<T>(
        __builtin_shufflevector(before.v, parts[kPart].v, laneOfRow(kLanes<T>, kCount, kNth, kPart, kLane)...));
  }
}

template <class T, int... kNth>
[[gnu::noinline]] void loadRowsOf(Vec<T>* out, const T* in, Indices<kNth...>) {
  constexpr int kCount = sizeof...(kNth);
  const Vec<T> parts[kCount] = {load(in + kNth * kLanes<T>)...};
  ((out[kNth] = nthOfRows<kCount, kNth, kCount - 1>(parts, FirstIndices<kLanes<T>>{})), ...);
}

constexpr int kMostRowElements = 8;

// As many rows as lanes, of `count` (1..kMostRowElements) elements one behind the other: out[i] takes element i of
// each. By way of memory, a vector would wait for the stores of its lanes: rows of 3 take four times as long.
template <class T>
void loadRows(Vec<T>* out, const T* in, std::int64_t count) {
  if constexpr (sizeof(T) == 1) {
    for (std::int64_t i = 0; i < count; ++i) out[i] = loadApart<T>(in + i, count, kLanes<T>);
    return;
  }
  [&]<int... kLess>(Indices<kLess...>) {
    ((count == kLess + 1 ? loadRowsOf(out, in, FirstIndices<kLess + 1>{}) : void()), ...);
  }
  (FirstIndices<kMostRowElements>{});
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
