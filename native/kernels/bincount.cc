// How often each number from 0 on occurs in a line, or the sum of the weights that stand beside it.
#include "call.h"

namespace dyngrad::KERNEL_NS {
namespace {

enum Rule { kNumbers, kWeights, kBins };

// Integers count; their sums of weights could overflow.
const char* checkBincount(const Call& call, std::int64_t&) {
  return call.has(kWeights) == (call.dtype == DType::kInt64) ? "floats have weights, integers have none" : nullptr;
}

// Status 1: a number has no bin. Sums are taken in the order of the line, so they do not depend on threads.
template <class T>
std::int64_t bincount(const Call& call) {
  const CallOperand &line = call.at(kNumbers), &bins = call.at(kBins);
  const std::int64_t n = sizeOf(line), step = strideOf(line), size = sizeOf(bins), binStep = strideOf(bins);
  const std::int64_t* const numbers = line.as<const std::int64_t>();
  for (std::int64_t i = 0; i < n; ++i)
    if (static_cast<std::uint64_t>(numbers[i * step]) >= static_cast<std::uint64_t>(size)) return 1;
  T* const sums = bins.as<T>();
  for (std::int64_t i = 0; i < size; ++i) sums[i * binStep] = 0;
  if (!call.has(kWeights)) {
    for (std::int64_t i = 0; i < n; ++i) sums[numbers[i * step] * binStep] += 1;
    return 0;
  }
  const T* const weights = call.at(kWeights).as<const T>();
  const std::int64_t weightStep = strideOf(call.at(kWeights));
  for (std::int64_t i = 0; i < n; ++i) sums[numbers[i * step] * binStep] += weights[i * weightStep];
  return 0;
}

double bincountCost(const Call& call) {
  return static_cast<double>(sizeOf(call.at(kNumbers))) + static_cast<double>(sizeOf(call.at(kBins)));
}

constexpr OperandRule kOperands[] = {
    {"input", "n", fixed(DType::kInt64)}, {"weights", "n", kCallDType, kOptional}, {"bins", "m", kCallDType, kWritten}};
constexpr KernelRow kRows[] = {
    {.name = "bincount",
     .operands = kOperands,
     .integers = {},
     .reals = {},
     .sizes = {},
     .check = checkBincount,
     .run = {bincount<float>, bincount<double>, nullptr, bincount<std::int64_t>, nullptr, nullptr},
     .cost = bincountCost}};

}  // namespace

FileRows bincountRows() { return {.kernel = kRows}; }

}  // namespace dyngrad::KERNEL_NS
