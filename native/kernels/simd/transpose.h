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

}  // namespace
}  // namespace dyngrad::KERNEL_NS
