// What rows of runtime/kernel_row.h share: parts for threads, and walks over the dims in front.
#pragma once

#include "runtime/kernel_table.h"

namespace dyngrad::KERNEL_NS {
namespace {

template <bool kFirst, class A, class B>
struct EitherOf {
  using type = A;
};
template <class A, class B>
struct EitherOf<false, A, B> {
  using type = B;
};
template <bool kFirst, class A, class B>
using Either = typename EitherOf<kFirst, A, B>::type;

inline std::int64_t sizeOf(const CallOperand& operand, int dimsFromEnd = 1) {
  return operand.sizes[operand.rank - dimsFromEnd];
}

inline std::int64_t strideOf(const CallOperand& operand, int dimsFromEnd = 1) {
  return operand.strides[operand.rank - dimsFromEnd];
}

// Elements of the first `rank` dims; where a later one is 0, perhaps INT64_MAX.
inline std::int64_t countOf(const CallOperand& operand, int rank) {
  std::int64_t count = 1;
  for (int d = 0; d < rank; ++d) count = saturatingProduct(count, operand.sizes[d]);
  return count;
}

inline std::int64_t countOf(const CallOperand& operand) { return countOf(operand, operand.rank); }

// Elements that lie apart: a dim of stride 0 shows the same ones again.
inline std::int64_t walkedCount(const CallOperand& operand) {
  std::int64_t count = 1;
  for (int d = 0; d < operand.rank; ++d)
    count = saturatingProduct(count, operand.strides[d] == 0 && operand.sizes[d] > 0 ? 1 : operand.sizes[d]);
  return count;
}

template <class F>
void inParallel(const Call& call, std::int64_t count, std::int64_t grain, F&& f) {
  if (count <= grain) {
    if (count > 0) f(std::int64_t{0}, count);
    return;
  }
  call.parallelFor(
      count, grain,
      [](void* context, std::int64_t begin, std::int64_t end) { (*static_cast<F*>(context))(begin, end); }, &f);
}

// Walks the first `rank` dims of several operands, whose sizes are equal there, in logical order.
template <int kOperands>
class Walk {
 public:
  // Begins at the point of that number.
  Walk(const CallOperand* const (&operands)[kOperands], int rank, std::int64_t number) : rank_(rank) {
    for (int i = 0; i < kOperands; ++i) operands_[i] = operands[i];
    for (int d = rank - 1; d >= 0; --d) {
      const std::int64_t size = operands[0]->sizes[d];
      at_[d] = number % size;
      number /= size;
      for (int i = 0; i < kOperands; ++i) offsets_[i] += at_[d] * operands[i]->strides[d];
    }
  }

  // Offset in elements of the point from the operand's data.
  std::int64_t offset(int operand) const { return offsets_[operand]; }

  void next() {
    for (int d = rank_ - 1; d >= 0; --d) {
      const std::int64_t size = operands_[0]->sizes[d];
      const std::int64_t steps = ++at_[d] < size ? 1 : 1 - size;
      for (int i = 0; i < kOperands; ++i) offsets_[i] += steps * operands_[i]->strides[d];
      if (at_[d] < size) return;
      at_[d] = 0;
    }
  }

 private:
  int rank_;
  const CallOperand* operands_[kOperands];
  std::int64_t at_[kMaxCallRank] = {};
  std::int64_t offsets_[kOperands] = {};
};

}  // namespace
}  // namespace dyngrad::KERNEL_NS
