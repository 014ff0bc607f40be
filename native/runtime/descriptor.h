// A decoded and checked descriptor: everything that a launch needs, within its buffers for certain. Knows no Node.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/kernel_call.h"
#include "runtime/kernel_table.h"
#include "runtime/reader.h"
#include "runtime/room.h"

namespace dyngrad {

inline constexpr int kMaxOperands = 64;
// Inputs, constants and results of one expression.
inline constexpr int kMaxRegisters = 1024;

enum class Family : std::uint8_t { kPointwise, kMatmul, kKernel };

struct Buffer {
  void* data;
  std::int64_t bytes;
};

struct Operand {
  DType dtype;
  std::int64_t item;
  std::byte* data;      // the first element
  std::int64_t extent;  // whole elements from there to the buffer's end
  std::int64_t start;   // and from the buffer's beginning to there
};

using Sizes = std::int64_t[kMaxRank];

struct Instruction {
  PointwiseKernel kernel;
  StreamKernel stream;  // null without
  DType dtype;          // of the result
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
  std::int64_t count;   // elements of the iteration space
  Room<Sizes> strides;  // by operand
  // By operand, in elements, for outputs no less than the elements written; -1 where the operand has none.
  Room<std::int64_t> reach;
  Room<Constant> constant;
  Room<Instruction> instruction;
  Room<std::int16_t> outputRegister;
  bool reduces;                          // some output is reduced
  Room<const ReduceKernels*> reduction;  // by output; null where it is stored elementwise
  std::uint32_t mask;                    // bit d: dim d is reduced
  std::int64_t keptCount, reducedCount;

  bool stores(int output) const { return reduction[output] == nullptr; }
};

// Batch dims that are only more rows are merged into them.
struct BatchedMatmul {
  MatmulKernel kernel;
  std::int64_t item;
  std::int64_t reach[4];  // by operand, in elements
  int rank;
  Sizes sizes;
  std::int64_t batches;
  Sizes aStrides, bStrides, biasStrides, outStrides;
  MatmulLaunch first;
};

struct Launch {
  std::uint64_t generation = 0;  // rises with each decode(), stays with decodeAgain()
  Family family;
  int operandCount, writes;
  Room<Operand> operands;
  Expression expression;
  BatchedMatmul matmul;
  KernelCall kernel;
};

// Throws Malformed, before which nothing but `launch` has changed.
void decode(const KernelTable& table, const void* words, std::int64_t wordBytes, const Buffer* buffers, int bufferCount,
            Launch& launch);

// Decodes into `launch`, which holds a kernel call, or a pointwise launch or a matmul of at least one element, whose
// words differed in byte offsets only. False where an operand ends too early or its offset makes no sense, for which
// decode() has the words. Throws Malformed where a kernel's operands overlap.
bool decodeAgain(const void* words, const Buffer* buffers, Launch& launch);

// Sets the pointers of a launch that is not pointwise from its operands', which have moved to as much memory as they
// had.
void bind(Launch& launch);

}  // namespace dyngrad
