// What the decoders of all families share. Inline, since the hot path of an eager launch runs through here.
#pragma once

#include "runtime/descriptor.h"

namespace dyngrad {

inline constexpr std::uint32_t kAllDims = ~0u;

inline int readSizes(Reader& reader, Sizes& sizes) {
  const int rank = static_cast<int>(reader.integer("rank", 0, kMaxRank));
  for (int d = 0; d < rank; ++d) sizes[d] = reader.integer("size", 0, kMaxInteger);
  return rank;
}

inline void readStrides(Reader& reader, int rank, Sizes& strides) {
  for (int d = 0; d < rank; ++d) strides[d] = reader.integer("stride", 0, kMaxInteger);
}

// Product of the sizes of the dims in `dims` (a bit each).
inline std::int64_t countOf(int rank, const Sizes& sizes, std::uint32_t dims = kAllDims) {
  std::int64_t count = 1;
  for (int d = 0; d < rank; ++d)
    if ((dims >> d & 1) != 0) count = saturatingProduct(count, sizes[d]);
  if (count > kMaxInteger) throw Malformed("the iteration space has more than 2^53 elements");
  return count;
}

// Distance in elements of the last element in `dims` from the first; no size there is zero.
inline std::int64_t reachOf(int rank, const Sizes& sizes, const Sizes& strides, std::uint32_t dims = kAllDims) {
  std::int64_t reach = 0;
  for (int d = 0; d < rank; ++d) {
    if ((dims >> d & 1) == 0) continue;
    std::int64_t extent;
    if (__builtin_mul_overflow(sizes[d] - 1, strides[d], &extent) || __builtin_add_overflow(reach, extent, &reach))
      throw Malformed("size %lld times stride %lld overflows", static_cast<long long>(sizes[d]),
                      static_cast<long long>(strides[d]));
  }
  return reach;
}

// Throws unless element `reach` lies within the operand's buffer.
inline void checkReach(const Launch& launch, int operand, std::int64_t reach) {
  const std::int64_t extent = launch.operands[operand].extent;
  if (reach >= extent)
    throw Malformed("operand %d reaches element %lld, but its buffer ends at %lld", operand,
                    static_cast<long long>(reach), static_cast<long long>(extent));
}

// Throws when an output of `count` elements is sure to write an element twice.
inline void checkDistinct(const Launch& launch, int operand, int rank, const Sizes& sizes, const Sizes& strides,
                          std::int64_t count, std::uint32_t dims = kAllDims) {
  for (int d = 0; d < rank; ++d)
    if ((dims >> d & 1) != 0 && sizes[d] > 1 && strides[d] == 0)
      throw Malformed("output operand %d has stride 0 in dim %d of size %lld", operand, d,
                      static_cast<long long>(sizes[d]));
  if (count > launch.operands[operand].extent) throw Malformed("output operand %d overlaps itself", operand);
}

inline void expectDType(const Launch& launch, int operand, DType dtype) {
  if (launch.operands[operand].dtype != dtype)
    throw Malformed("operand %d has dtype %d, not %d", operand, static_cast<int>(launch.operands[operand].dtype),
                    static_cast<int>(dtype));
}

inline void expectOperands(const Launch& launch, int least, int most, int writes) {
  if (launch.operandCount < least || launch.operandCount > most || launch.writes != writes)
    throw Malformed("%d operands of which %d are written do not fit family %d", launch.operandCount, launch.writes,
                    static_cast<int>(launch.family));
}

// By value: a reader whose address leaves the function lives in memory, and each word would wait for the last.
void decodeExpression(const KernelTable& table, Reader reader, Launch& launch);
void decodeMatmul(const KernelTable& table, Reader reader, Launch& launch);
void decodeKernel(const KernelTable& table, Reader reader, Launch& launch);

// Addresses from the lowest to the end of the highest element; both ends are the same where there is none. Integers,
// since a program's launches are decoded at addresses where no object is.
struct Range {
  std::uintptr_t begin, end;

  bool isEmpty() const { return begin == end; }
  bool meets(const Range& other) const { return begin < other.end && other.begin < end; }
};

// What an operand spans whose last element is `reach`, -1 where there is none.
inline Range rangeOf(const Operand& operand, std::int64_t reach) {
  const auto begin = reinterpret_cast<std::uintptr_t>(operand.data);
  return {begin, begin + static_cast<std::uintptr_t>((reach + 1) * operand.item)};
}

// What an operand of a matmul or of a kernel call spans.
inline Range rangeOf(const Launch& launch, int operand) {
  const Operand& memory = launch.operands[operand];
  if (launch.family == Family::kMatmul) return rangeOf(memory, launch.matmul.reach[operand]);
  const auto address = reinterpret_cast<std::uintptr_t>(memory.data);
  const KernelCall::Reach& reach = launch.kernel.reach[operand];
  return {address + static_cast<std::uintptr_t>(reach.low), address + static_cast<std::uintptr_t>(reach.high)};
}

// Gives a matmul the addresses of its operands.
void bindMatmul(Launch& launch);
// Gives a kernel call the addresses of its operands.
void bindKernel(Launch& launch);

// Bytes of the elements that a kernel call reads and writes, and operations on them.
struct CallCost {
  double bytes, operations;
};
CallCost costOf(const Launch& launch);

// False where an operand of a kernel call that has moved reaches outside its buffer; throws Malformed where operands
// overlap.
bool kernelFits(Launch& launch);

}  // namespace dyngrad
