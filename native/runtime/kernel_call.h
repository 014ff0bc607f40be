// A call of a kernel row, decoded and checked against it.
#pragma once

#include "runtime/kernel_row.h"
#include "runtime/room.h"

namespace dyngrad {

struct KernelCall {
  // Bytes from an operand's first element to its lowest one and to the end of its highest one; both 0 where it has
  // none.
  struct Reach {
    std::int64_t low, high;
  };

  const KernelRow* row;
  std::int64_t (*run)(const Call& call);
  DType dtype;
  int repeats;
  std::int64_t scratchBytes;
  // Where a program keeps scratch for its calls; null: the calling thread's own.
  std::byte* scratch;
  Room<CallOperand> operands;
  Room<std::int64_t> geometry;  // sizes, then strides, of one operand behind the other
  Room<Reach> reach;
  Room<std::int8_t> rule;  // of each operand
  std::int16_t first[kMaxRules];
  std::int64_t integers[kMaxIntegers];
  double reals[kMaxReals];
};

// Returns what the row's kernel returns.
std::int64_t runKernel(const KernelCall& kernel, const Epilogue* epilogue);

}  // namespace dyngrad
