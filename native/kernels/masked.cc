// Elements where a mask holds, in logical order: their coordinates, their values, and values put in their places.
// Chunks of the mask are counted first, so that each thread knows where its own begin.
#include "call.h"

namespace dyngrad::KERNEL_NS {
namespace {

enum Rule { kMask, kData, kLine };
enum NonzeroRule { kOfMask, kCoordinates };
constexpr std::int64_t kChunk = kGrain;
// More than memory has; a mask that repeats may say so.
constexpr std::int64_t kMost = std::int64_t{1} << 40;

std::int64_t chunksOf(const CallOperand& mask) {
  const std::int64_t count = countOf(mask);
  return count / kChunk + (count % kChunk != 0);
}

// Positions at which chunks begin, and the end of the last one.
const char* checkMask(const Call& call, std::int64_t& scratchBytes) {
  const CallOperand& mask = call.at(kMask);
  if (countOf(mask) > kMost) return "the mask is too large";
  scratchBytes = (chunksOf(mask) + 1) * static_cast<std::int64_t>(sizeof(std::int64_t));
  return nullptr;
}

// f(walk, row, at, n) for the points from `begin` to `end`: n of them from number `at` of the innermost dim.
template <int kOperands, class F>
void inSegments(const CallOperand* const (&operands)[kOperands], std::int64_t begin, std::int64_t end, F&& f) {
  const CallOperand& first = *operands[0];
  const std::int64_t length = first.rank > 0 ? sizeOf(first) : 1;
  Walk<kOperands> walk(operands, first.rank > 0 ? first.rank - 1 : 0, begin / length);
  std::int64_t at = begin % length;
  for (std::int64_t row = begin / length; begin < end; ++row, at = 0) {
    const std::int64_t n = end - begin < length - at ? end - begin : length - at;
    f(walk, row, at, n);
    begin += n;
    if (begin < end) walk.next();
  }
}

std::int64_t innerStep(const CallOperand& operand) { return operand.rank > 0 ? strideOf(operand) : 0; }

// Where the elements of each chunk go; returns how many there are.
std::int64_t countChunks(const Call& call, std::int64_t* starts) {
  const CallOperand& mask = call.at(kMask);
  const std::int64_t count = countOf(mask), chunks = chunksOf(mask), step = innerStep(mask);
  const auto* const flags = mask.as<const std::uint8_t>();
  inParallel(call, chunks, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t c = first; c < last; ++c) {
      std::int64_t found = 0;
      const std::int64_t end = (c + 1) * kChunk < count ? (c + 1) * kChunk : count;
      inSegments<1>({&mask}, c * kChunk, end, [&](const Walk<1>& walk, std::int64_t, std::int64_t at, std::int64_t n) {
        const std::uint8_t* const from = flags + walk.offset(0) + at * step;
        std::uint32_t holds = 0;
        if (step == 1) {
          for (std::int64_t i = 0; i < n; ++i) holds += from[i] != 0;
        } else {
          for (std::int64_t i = 0; i < n; ++i) holds += from[i * step] != 0;
        }
        found += holds;
      });
      starts[c] = found;
    }
  });
  std::int64_t total = 0;
  for (std::int64_t c = 0; c < chunks; ++c) {
    const std::int64_t found = starts[c];
    starts[c] = total;
    total += found;
  }
  starts[chunks] = total;
  return total;
}

// f(begin, end, position, last) for each chunk: its points, where its first element goes and the place behind its last.
template <class F>
void inChunks(const Call& call, const std::int64_t* starts, std::int64_t capacity, F&& f) {
  const std::int64_t count = countOf(call.at(kMask));
  inParallel(call, chunksOf(call.at(kMask)), 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t c = first; c < last; ++c) {
      const std::int64_t end = starts[c + 1] < capacity ? starts[c + 1] : capacity;
      if (starts[c] < end) f(c * kChunk, (c + 1) * kChunk < count ? (c + 1) * kChunk : count, starts[c], end);
    }
  });
}

// ---- coordinates ----

const char* checkNonzero(const Call& call, std::int64_t& scratchBytes) {
  if (sizeOf(call.at(kCoordinates)) != call.at(kOfMask).rank) return "a coordinate has a number for each dim";
  return checkMask(call, scratchBytes);
}

// The rows behind the last coordinate are filled; coordinates without a row are left out.
std::int64_t nonzero(const Call& call) {
  const CallOperand &mask = call.at(kOfMask), &out = call.at(kCoordinates);
  const std::int64_t rows = sizeOf(out, 2), rowStep = strideOf(out, 2), columnStep = strideOf(out);
  const int rank = mask.rank;
  auto* const starts = reinterpret_cast<std::int64_t*>(call.scratch);
  auto* const coordinates = out.as<std::int64_t>();
  const auto* const flags = mask.as<const std::uint8_t>();
  const std::int64_t step = innerStep(mask), total = countChunks(call, starts);
  inChunks(call, starts, rows, [&](std::int64_t begin, std::int64_t end, std::int64_t position, std::int64_t last) {
    inSegments<1>({&mask}, begin, end, [&](const Walk<1>& walk, std::int64_t row, std::int64_t at, std::int64_t n) {
      if (rank == 0) return;
      const std::uint8_t* const from = flags + walk.offset(0) + at * step;
      const std::int64_t start = position;
      std::int64_t* const inner = coordinates + (rank - 1) * columnStep;
      for (std::int64_t i = 0; i < n && position < last; ++i) {
        inner[position * rowStep] = at + i;
        position += from[i * step] != 0;
      }
      for (int d = rank - 2; d >= 0; row /= mask.sizes[d--]) {
        std::int64_t* const column = coordinates + d * columnStep;
        const std::int64_t number = row % mask.sizes[d];
        for (std::int64_t p = start; p < position; ++p) column[p * rowStep] = number;
      }
    });
  });
  for (std::int64_t p = total; p < rows; ++p) {
    for (int d = 0; d < rank; ++d) coordinates[p * rowStep + d * columnStep] = call.integers[0];
  }
  return 0;
}

// ---- values ----

// Status 1: there are not as many as the line has.
template <class T>
std::int64_t maskedSelect(const Call& call) {
  const CallOperand &mask = call.at(kMask), &data = call.at(kData), &line = call.at(kLine);
  auto* const starts = reinterpret_cast<std::int64_t*>(call.scratch);
  const std::int64_t size = sizeOf(line), lineStep = strideOf(line);
  if (countChunks(call, starts) != size) return 1;
  const auto* const flags = mask.as<const std::uint8_t>();
  const T* const elements = data.as<const T>();
  T* const values = line.as<T>();
  const std::int64_t step = innerStep(mask), dataStep = innerStep(data);
  inChunks(call, starts, size, [&](std::int64_t begin, std::int64_t end, std::int64_t position, std::int64_t last) {
    inSegments<2>({&mask, &data}, begin, end, [&](const Walk<2>& walk, std::int64_t, std::int64_t at, std::int64_t n) {
      const std::uint8_t* const holds = flags + walk.offset(0) + at * step;
      const T* const from = elements + walk.offset(1) + at * dataStep;
      for (std::int64_t i = 0; i < n && position < last; ++i) {
        values[position * lineStep] = from[i * dataStep];
        position += holds[i * step] != 0;
      }
    });
  });
  return 0;
}

enum ScatterRule { kScatterMask, kSource, kTarget };

// Status 1: the line has too few.
template <class T>
std::int64_t maskedScatter(const Call& call) {
  const CallOperand &mask = call.at(kScatterMask), &line = call.at(kSource), &data = call.at(kTarget);
  auto* const starts = reinterpret_cast<std::int64_t*>(call.scratch);
  const std::int64_t size = sizeOf(line), lineStep = strideOf(line);
  if (countChunks(call, starts) > size) return 1;
  const auto* const flags = mask.as<const std::uint8_t>();
  const T* const values = line.as<const T>();
  T* const elements = data.as<T>();
  const std::int64_t step = innerStep(mask), dataStep = innerStep(data);
  inChunks(call, starts, size, [&](std::int64_t begin, std::int64_t end, std::int64_t position, std::int64_t last) {
    inSegments<2>({&mask, &data}, begin, end, [&](const Walk<2>& walk, std::int64_t, std::int64_t at, std::int64_t n) {
      const std::uint8_t* const holds = flags + walk.offset(0) + at * step;
      T* const to = elements + walk.offset(1) + at * dataStep;
      for (std::int64_t i = 0; i < n && position < last; ++i) {
        const bool isHere = holds[i * step] != 0;
        to[i * dataStep] = isHere ? values[position * lineStep] : to[i * dataStep];
        position += isHere;
      }
    });
  });
  return 0;
}

// ---- rows ----

double maskCost(const Call& call) { return static_cast<double>(countOf(call.at(kMask))); }

constexpr OperandRule kMaskRule{"mask", "*", fixed(DType::kBool)};
constexpr OperandRule kNonzeroOperands[] = {kMaskRule, {"coordinates", "nk", kCallDType, kWritten}};
constexpr OperandRule kSelectOperands[] = {kMaskRule, {"data", "*"}, {"values", "n", kCallDType, kWritten}};
constexpr OperandRule kScatterOperands[] = {kMaskRule, {"source", "n"}, {"data", "*", kCallDType, kWritten | kUpdated}};
constexpr IntegerRule kNonzeroIntegers[] = {{"fill", -(std::int64_t{1} << 53), std::int64_t{1} << 53}};

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

constexpr KernelRow kRows[] = {
    {.name = "nonzero",
     .operands = kNonzeroOperands,
     .integers = kNonzeroIntegers,
     .reals = {},
     .sizes = {},
     .check = checkNonzero,
     .run = {nullptr, nullptr, nullptr, nonzero},
     .cost = maskCost},
    {.name = "maskedSelect",
     .operands = kSelectOperands,
     .integers = {},
     .reals = {},
     .sizes = {},
     .check = checkMask,
     .run = {maskedSelect<u32>, maskedSelect<u64>, maskedSelect<u32>, maskedSelect<u64>, maskedSelect<u8>,
             maskedSelect<u8>, maskedSelect<u8>, maskedSelect<u16>, maskedSelect<u16>, maskedSelect<u16>},
     .cost = maskCost},
    {.name = "maskedScatter",
     .operands = kScatterOperands,
     .integers = {},
     .reals = {},
     .sizes = {},
     .check = checkMask,
     .run = {maskedScatter<u32>, maskedScatter<u64>, maskedScatter<u32>, maskedScatter<u64>, maskedScatter<u8>,
             maskedScatter<u8>, maskedScatter<u8>, maskedScatter<u16>, maskedScatter<u16>, maskedScatter<u16>},
     .cost = maskCost}};

}  // namespace

FileRows maskedRows() { return {.kernel = kRows}; }

}  // namespace dyngrad::KERNEL_NS
