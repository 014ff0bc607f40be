// The most frequent element along the last dim, the least of several, and the last of its positions.
#include "order.h"

namespace dyngrad::KERNEL_NS {
namespace {

Parts partsOf(const Call& call) {
  const std::int64_t n = strideOf(call.at(kInput)) == 0 ? 0 : sizeOf(call.at(kInput));
  return Parts(linesOf(call), n, 2 * n * static_cast<std::int64_t>(sizeof(Word)));
}

const char* checkMode(const Call& call, std::int64_t& scratchBytes) {
  const std::int64_t n = sizeOf(call.at(kInput));
  if (n == 0 && countOf(call.at(kValues)) > 0) return "the dim is empty";
  if (n > kMostPositions && strideOf(call.at(kInput)) != 0) return kTooLong;
  scratchBytes = partsOf(call).total(linesOf(call));
  return nullptr;
}

// Each NaN counts for itself, after all others.
template <class L>
std::int64_t longestRun(const Sorted<L> sorted) {
  std::int64_t longest = 0, position = sorted.position(0);
  for (std::int64_t begin = 0, end; begin < sorted.n; begin = end) {
    end = sorted.runEnd(begin);
    if (end - begin <= longest) continue;
    longest = end - begin;
    position = sorted.position(end - 1);
  }
  return position;
}

template <class T>
std::int64_t mode(const Call& call) {
  const std::int64_t n = sizeOf(call.at(kInput)), step = strideOf(call.at(kInput));
  forEachLine<T>(call, partsOf(call), [&](const T* data, T* values, std::int64_t* indices, std::byte* scratch) {
    std::int64_t position = data[0] == data[0] ? n - 1 : 0;
    if (step != 0) {
      Word* const words = reinterpret_cast<Word*>(scratch);
      withLine(data, step, false,
               [&](const auto& line) { position = longestRun(sortLine(line, n, words, words + n)); });
    }
    *values = data[position * step];
    *indices = position;
  });
  return 0;
}

double modeCost(const Call& call) { return 8.0 * static_cast<double>(walkedCount(call.at(kInput))); }

constexpr OperandRule kOperands[] = {
    {"input", "*n"}, {"values", "*", kCallDType, kWritten}, {"indices", "*", fixed(DType::kInt64), kWritten}};
constexpr KernelRow kRows[] = {
    {"mode",
     kOperands,
     {},
     {},
     {},
     checkMode,
     {mode<float>, mode<double>, mode<std::int32_t>, mode<std::int64_t>, mode<std::uint8_t>, mode<std::uint8_t>},
     modeCost}};

}  // namespace

FileRows modeRows() { return {.kernel = kRows}; }

}  // namespace dyngrad::KERNEL_NS
