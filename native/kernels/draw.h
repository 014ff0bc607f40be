// What the rows of random numbers share: a generator as an operand of every call, and a launch that fills its output.
#pragma once

#include "box_muller.h"
#include "call.h"
#include "mt19937.h"

namespace dyngrad::KERNEL_NS {
namespace {

// What is drawn, from which generator and to where.
struct Draw {
  GeneratorState& generator;
  void* out;  // contiguous
  std::int64_t count;
  const double* parameters;
  const std::int64_t* integers;
  const void* elements;  // a parameter for each element, contiguous; null without
};

// Box-Muller in double; the sine waits in the generator for the next scalar normal, whatever its dtype.
inline double nextNormal(GeneratorState& generator) {
  if (generator.hasSpare) {
    generator.hasSpare = 0;
    return generator.spare;
  }
  const double first = nextUnitDouble(generator);
  const double second = nextUnitDouble(generator);
  const double radius = __builtin_sqrt(-2.0 * __builtin_log1p(-second));
  const double angle = 6.283185307179586 * first;
  generator.spare = radius * __builtin_sin(angle);
  generator.hasSpare = 1;
  return radius * __builtin_cos(angle);
}

// The state is bytes of a tensor: a copy is aligned, and a position beyond its end cannot lead the kernel out of the
// array.
class State {
 public:
  explicit State(const CallOperand& operand) : bytes_(operand.data) {
    __builtin_memcpy(&state, bytes_, sizeof state);
    if (state.index > kStateWords) state.index = kStateWords;
  }
  ~State() { __builtin_memcpy(bytes_, &state, sizeof state); }
  State(const State&) = delete;

  GeneratorState state;

 private:
  void* bytes_;
};

using DrawFunction = void (*)(const Draw& draw);

inline void drawInto(const Call& call, DrawFunction draw, int state, const void* elements) {
  State generator(call.at(state));
  const CallOperand& out = call.at(state + 1);
  draw({generator.state, out.data, countOf(out), call.reals, call.integers, elements});
}

template <DrawFunction kDraw>
std::int64_t draw(const Call& call) {
  drawInto(call, kDraw, 0, nullptr);
  return 0;
}

// Perhaps with a parameter for each element.
template <DrawFunction kDraw>
std::int64_t drawElements(const Call& call) {
  drawInto(call, kDraw, 1, call.has(0) ? call.at(0).data : nullptr);
  return 0;
}

constexpr FixedSize kStateSize[] = {{'s', sizeof(GeneratorState)}};
constexpr OperandRule kStateRule{"state", "s", fixed(DType::kUint8), kWritten | kUpdated | kContiguous};
constexpr OperandRule kOutRule{"out", "n", kCallDType, kWritten | kContiguous};
constexpr OperandRule kDrawOperands[] = {kStateRule, kOutRule};
constexpr OperandRule kParameterOperands[] = {{"p", "n", kCallDType, kOptional | kContiguous}, kStateRule, kOutRule};

constexpr double kInfinity = __builtin_huge_val(), kLargest = 0x1.fffffffffffffp1023;

}  // namespace
}  // namespace dyngrad::KERNEL_NS
