// Dtypes as native code numbers them. Includes nothing but fixed-width integers, so that kernels stay free of std
// templates.
#pragma once

#include <cstddef>
#include <cstdint>

namespace dyngrad {

// The order is the wire format: lib/dtype.ts lists the same names in the same order.
enum class DType : std::uint8_t {
  kFloat32,
  kFloat64,
  kInt32,
  kInt64,
  kUint8,
  kBool,
  // Of storage alone: kernels move and cast them, and compute in int32 or float32.
  kInt8,
  kInt16,
  kFloat16,
  kBFloat16
};
inline constexpr int kDTypeCount = 10;
constexpr std::int64_t kItemSize[kDTypeCount] = {4, 8, 4, 8, 1, 1, 1, 2, 2, 2};
constexpr bool isOfStorage(DType dtype) { return dtype > DType::kBool; }

inline constexpr int kMaxRank = 16;

}  // namespace dyngrad
