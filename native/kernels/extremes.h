// The greater and the lesser of two, which amax, argmax and Adam use as well.
#pragma once

#include "simd/vec.h"

namespace dyngrad::KERNEL_NS {
namespace {

// NaN wins; of equal ones, such as zeros, b.
template <class T>
Vec<T> maximum(Vec<T> a, Vec<T> b) {
  if constexpr (kIsFloat<T>) return select(isNan(a), a, greater(a, b));
  else return select(a > b, a, b);
}

template <class T>
Vec<T> minimum(Vec<T> a, Vec<T> b) {
  if constexpr (kIsFloat<T>) return select(isNan(a), a, lesser(a, b));
  else return select(a < b, a, b);
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
