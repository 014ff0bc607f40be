// A copy whose input may run backwards along dims.
#include "call.h"

namespace dyngrad::KERNEL_NS {
namespace {

enum Rule { kInput, kOutput };

template <class T>
inline __attribute__((always_inline)) void copyRow(const T* from, std::int64_t step, T* to, std::int64_t toStep,
                                                   std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) to[i * toStep] = from[i * step];
}

// Steps that the compiler knows: a row backwards is turned in registers.
template <class T>
inline __attribute__((always_inline)) void moveRow(const T* from, std::int64_t step, T* to, std::int64_t toStep,
                                                   std::int64_t n) {
  if (toStep == 1 && step == 1) __builtin_memcpy(to, from, static_cast<std::size_t>(n) * sizeof(T));
  else if (toStep == 1 && step == -1) copyRow<T>(from, -1, to, 1, n);
  else copyRow<T>(from, step, to, toStep, n);
}

template <class T>
std::int64_t flip(const Call& call) {
  const CallOperand &input = call.at(kInput), &output = call.at(kOutput);
  if (output.rank == 0) {
    *output.as<T>() = *input.as<T>();
    return 0;
  }
  const std::int64_t n = sizeOf(output), rows = countOf(output, output.rank - 1);
  if (n == 0) return 0;
  inParallel(call, rows, kGrain / n + 1, [&](std::int64_t begin, std::int64_t end) {
    Walk<2> walk({&input, &output}, output.rank - 1, begin);
    for (std::int64_t row = begin; row < end; ++row, walk.next())
      moveRow<T>(input.as<const T>() + walk.offset(kInput), strideOf(input), output.as<T>() + walk.offset(kOutput),
                 strideOf(output), n);
  });
  return 0;
}

double flipCost(const Call& call) { return static_cast<double>(walkedCount(call.at(kOutput))); }

constexpr OperandRule kOperands[] = {{"input", "*"}, {"output", "*", kCallDType, kWritten}};
constexpr KernelRow kRows[] = {
    {"flip",
     kOperands,
     {},
     {},
     {},
     nullptr,
     {flip<std::uint32_t>, flip<std::uint64_t>, flip<std::uint32_t>, flip<std::uint64_t>, flip<std::uint8_t>,
      flip<std::uint8_t>, flip<std::uint8_t>, flip<std::uint16_t>, flip<std::uint16_t>, flip<std::uint16_t>},
     flipCost}};

}  // namespace

FileRows flipRows() { return {.kernel = kRows}; }

}  // namespace dyngrad::KERNEL_NS
