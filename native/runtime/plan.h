// What an expression does with its registers, worked out once per launch: which are uniform, where each block of values
// lives and until when, which results go straight to their destination.
#pragma once

#include "runtime/strided.h"

namespace dyngrad {

// Makes an input ready for instruction `before`: in place if it is contiguous (slot -1), gathered where it has to be,
// or always as a copy, since an output overwrites it before its last use.
struct Load {
  std::int16_t before, input, slot;
  bool copy;
};

// Runs an instruction into a slot, or into an output where `output` is not -1. Sources that the kernel does not take
// are the register behind all others, which holds the linear index.
struct Step {
  PointwiseKernel kernel;
  std::int16_t number, result, slot, output;
  std::int16_t sources[3];
};

// Copies a register to an output at the end of a block.
struct Store {
  std::int16_t output, source;
};

struct alignas(64) UniformValue {
  std::byte bytes[kUniformBytes];
};

struct Plan {
  // Generation of the launch that this was made for; 0 where no other launch may use it.
  std::uint64_t generation = 0;
  const Expression* expression;
  int registers, slots;
  int status;  // of the uniform instructions
  Room<StridedView> inputs, outputs;
  int loads, steps, stores;
  Room<Load> load;
  Room<Step> step;
  Room<Store> store;
  Room<UniformValue> uniformValue;
  // By register: where its one value is repeated, and 0; null and 1 where it varies.
  Room<const void*> uniform;
  Room<std::int64_t> varies;
  int rereads;  // uniform instructions on uniform inputs, whose values are another launch's others
  Room<std::int16_t> reread;
  std::uint64_t overlaps;  // a bit for each input and output
};

// The expression has at least one element. Reduced outputs are not written: the caller takes their registers' values.
void makePlan(const Launch& launch, Plan& plan);

// Reads the uniform inputs' values anew, for operands that lie where they did when the plan was made, with status 0.
void rereadUniforms(const Launch& launch, Plan& plan);

// Takes over other addresses, for operands that overlap each other as they did when the plan was made. Uniform inputs
// are to be read anew.
void movePlan(const Launch& launch, Plan& plan);

}  // namespace dyngrad
