// Rows of functions that are written for double alone; those of float32 go through it.
#pragma once

#include "loops.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr Types<float> kFloat32;
constexpr Types<double> kFloat64;

template <class F>
constexpr PointwiseRow unaryInDouble(const char* name, F f) {
  return unary(name, kFloat64, f, kFloat32, [](auto x) { return throughDouble(F{}, x); });
}

template <class F>
constexpr PointwiseRow binaryInDouble(const char* name, F f) {
  return binary(name, kFloat64, f, kFloat32, [](auto x, auto y) { return throughDouble(F{}, x, y); });
}

// A function of numbers, lane by lane.
template <class F, class... V>
Vec<double> eachLane(F f, V... x) {
  Vec<double> result;
  for (int i = 0; i < kLanes<double>; ++i) result.v[i] = f(x.v[i]...);
  return result;
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
