// All pointwise rows as one array.
#pragma once

#include "arithmetic.cc"
#include "cast.cc"
#include "compare.cc"
#include "transcendental.cc"

namespace dyngrad::KERNEL_NS {
namespace {

template <int kCount>
struct PointwiseRows {
  PointwiseRow rows[kCount];
};

template <int... kCounts>
constexpr auto join(const PointwiseRow (&... parts)[kCounts]) {
  PointwiseRows<(kCounts + ...)> all{};
  int next = 0;
  const auto append = [&](const auto& part) {
    for (const PointwiseRow& row : part) all.rows[next++] = row;
  };
  (append(parts), ...);
  return all;
}

constexpr auto kJoined = join(kArithmeticRows, kTranscendentalRows, kCompareRows, kCastRows);
constexpr const auto& kPointwiseRows = kJoined.rows;

}  // namespace
}  // namespace dyngrad::KERNEL_NS
