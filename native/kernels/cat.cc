// Rows of several operands, one behind the other. One thread: the pieces are small, and large ones are copied each.
#include "call.h"

namespace dyngrad::KERNEL_NS {
namespace {

enum Rule { kPieces, kWhole };

const char* checkCat(const Call& call, std::int64_t&) {
  std::int64_t columns = 0;
  for (int i = 0; i < call.repeats; ++i) columns += sizeOf(call.at(kPieces, i));
  if (columns != sizeOf(call.at(kWhole))) return "the rows of the pieces do not make those of the whole";
  return strideOf(call.at(kWhole)) == 1 || columns < 2 ? nullptr : "a row of the whole has gaps";
}

template <class T>
std::int64_t cat(const Call& call) {
  const CallOperand& whole = call.at(kWhole);
  const std::int64_t rows = sizeOf(whole, 2), step = strideOf(whole, 2);
  std::int64_t start = 0;
  for (int i = 0; i < call.repeats; ++i) {
    const CallOperand& piece = call.at(kPieces, i);
    const std::int64_t n = sizeOf(piece);
    const T* from = piece.as<const T>();
    T* to = whole.as<T>() + start;
    for (std::int64_t row = 0; row < rows; ++row, from += n, to += step)
      __builtin_memcpy(to, from, static_cast<std::size_t>(n) * sizeof(T));
    start += n;
  }
  return 0;
}

double catCost(const Call& call) { return static_cast<double>(countOf(call.at(kWhole))); }

constexpr OperandRule kOperands[] = {{"pieces", "aN", kCallDType, kRepeated | kContiguous},
                                     {"whole", "am", kCallDType, kWritten}};
constexpr KernelRow kRows[] = {
    {"cat",
     kOperands,
     {},
     {},
     {},
     checkCat,
     {cat<std::uint32_t>, cat<std::uint64_t>, cat<std::uint32_t>, cat<std::uint64_t>, cat<std::uint8_t>,
      cat<std::uint8_t>, cat<std::uint8_t>, cat<std::uint16_t>, cat<std::uint16_t>, cat<std::uint16_t>},
     catCost}};

}  // namespace

FileRows catRows() { return {.kernel = kRows}; }

}  // namespace dyngrad::KERNEL_NS
