// What an expression does with its registers, worked out once per launch: which are uniform, where each block of values
// lives and until when, which results go straight to their destination.
#pragma once

#include "runtime/strided.h"

namespace dyngrad {

// Makes an input ready for instruction `before`: in place if it is contiguous (slot -1), gathered where it has to be, or
// always as a copy, since an output overwrites it before its last use.
struct Load {
  std::int16_t before, input, slot;
  bool copy;
};

// Runs an instruction into a slot, or into an output where `output` is not -1.
struct Step {
  PointwiseKernel kernel;
  std::int16_t number, result, slot, output;
  std::int16_t sources[3];
  std::int8_t arity;
  bool takesIndex;
};

// Copies a register to an output at the end of a block.
struct Store {
  std::int16_t output, source;
};

struct alignas(64) UniformValue {
  std::byte bytes[kUniformBytes];
};

struct Plan {
  const Expression* expression;
  int registers, slots;
  int status;  // of the uniform instructions
  StridedView inputs[kMaxOperands], outputs[kMaxOperands];
  int loads, steps, stores;
  Load load[kMaxOperands];
  Step step[kMaxRegisters];
  Store store[kMaxOperands];
  UniformValue uniformValue[kMaxRegisters];
  Source uniform[kMaxRegisters];  // data is null where the register varies
};

// The expression has at least one element. With a reduction nothing is stored: the caller takes the registers' values.
void makePlan(const Launch& launch, Plan& plan);

}  // namespace dyngrad
