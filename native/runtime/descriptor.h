// A decoded and checked descriptor: everything that a launch needs, within its buffers for certain. Knows no Node.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/kernel_table.h"
#include "runtime/reader.h"

namespace dyngrad {

inline constexpr int kMaxOperands = 64;
// Inputs, constants and results of one expression.
inline constexpr int kMaxRegisters = 1024;

enum class Family : std::uint8_t { kPointwise, kMatmul, kIndex, kArgReduce, kRandom };

struct Buffer {
  void* data;
  std::int64_t bytes;
};

struct Operand {
  DType dtype;
  std::int64_t item;
  std::byte* data;      // the first element
  std::int64_t extent;  // whole elements from there to the buffer's end
};

using Sizes = std::int64_t[kMaxRank];

struct Instruction {
  PointwiseKernel kernel;
  DType dtype;  // of the result
  bool takesIndex;
  std::int8_t arity;
  std::int16_t sources[3];
};

struct Constant {
  DType dtype;
  alignas(8) std::byte value[8];
};

struct Expression {
  int inputs, outputs, constants, instructions;
  int rank;
  Sizes sizes;
  std::int64_t count;  // elements of the iteration space
  Sizes strides[kMaxOperands];
  std::int64_t reach[kMaxOperands];  // in elements; not set where the space is empty
  Constant constant[kMaxRegisters];
  Instruction instruction[kMaxRegisters];
  std::int16_t outputRegister[kMaxOperands];
  bool reduces;
  const ReduceKernels* reduction[kMaxOperands];  // by output
  std::uint32_t mask;                            // bit d: dim d is reduced
  std::int64_t keptCount, reducedCount;
};

struct BatchedMatmul {
  MatmulKernel kernel;
  std::int64_t item;
  int rank;
  Sizes sizes;
  std::int64_t batches;
  Sizes aStrides, bStrides, biasStrides, outStrides;
  MatmulLaunch first;
};

struct ArgReduce {
  ArgReduceKernel kernel;
  std::int64_t item;
  int rank;  // of the output
  Sizes sizes, inStrides, outStrides;
  std::int64_t rows;
  ArgReduceLaunch first;
};

struct Random {
  RandomKernel kernel;
  std::byte* state;
  RandomLaunch launch;  // all but the generator
};

struct Launch {
  std::uint64_t generation = 0;  // rises with each decode(), stays with decodeAgain()
  Family family;
  int operandCount, writes;
  Operand operands[kMaxOperands];
  Expression expression;
  BatchedMatmul matmul;
  IndexLaunch index;
  ArgReduce argReduce;
  Random random;
};

// Throws Malformed, before which nothing but `launch` has changed.
void decode(const KernelTable& table, const void* words, std::int64_t wordBytes, const Buffer* buffers, int bufferCount,
            Launch& launch);

// Decodes into `launch`, which holds a pointwise launch of at least one element whose words differed in byte offsets only.
// False where an operand ends too early, for which decode() has the words.
bool decodeAgain(const void* words, const Buffer* buffers, int bufferCount, Launch& launch);

}  // namespace dyngrad
