// Scans: each element of a line from all elements up to it. The last dim is the line; a negative stride scans it
// backwards. Every line has one order of operations, whatever its strides and neighbours: floats in double, sums and
// products in groups of four.
#pragma once

#include "call.h"
#include "simd/vec.h"

namespace dyngrad::KERNEL_NS {
namespace {

// Elements of a line that are combined before they meet what came before: one step of the chain of carries for four
// elements.
constexpr int kGroup = 4;
// Elements of a line that are gathered at a time, and lines side by side that one unit of work takes.
constexpr std::int64_t kPiece = 512, kStrip = 256;

template <class T>
using Four = Native<T, kGroup>;

template <class T>
struct ScannedIn {
  using type = T;
};
template <>
struct ScannedIn<float> {
  using type = double;
};
template <>
struct ScannedIn<std::int32_t> {
  using type = std::uint32_t;
};
template <>
struct ScannedIn<std::int64_t> {
  using type = std::uint64_t;
};
template <>
struct ScannedIn<std::uint8_t> {
  using type = std::uint32_t;
};
// Of integers the low bits are kept.
template <class T>
using Accumulator = typename ScannedIn<T>::type;

// Types of the elements of a scan's operands.
template <class... E>
struct Elements {
  static constexpr int kCount = sizeof...(E);
};

// Elements of a line; of several lines side by side when they are followed by their neighbours. Numbers count from
// `lead` on.
template <class E>
struct Column {
  E* first;
  std::int64_t step, lead = 0;
  E* at(std::int64_t i) const { return first + (i - lead) * step; }
};

// ---- lines and strips ----

// An operand of a call as the scan sees it: the dim of neighbouring lines, if there is one, stands before the last.
struct Scanned {
  CallOperand operand;
  std::int64_t sizes[kMaxRank], strides[kMaxRank];

  Scanned(const CallOperand& of, int neighbours) : operand(of) {
    const int before = neighbours < 0 ? 0 : of.rank - 2;
    for (int d = 0; d < of.rank; ++d) {
      const int from = neighbours < 0 ? d : d == before ? neighbours : d == neighbours ? before : d;
      sizes[d] = of.sizes[from];
      strides[d] = of.strides[from];
    }
    operand.sizes = sizes;
    operand.strides = strides;
  }
};

// The dim along which lines lie side by side in all operands; -1 where there is none, or where lines themselves are
// contiguous.
int neighboursOf(const CallOperand* operands, int count) {
  bool contiguous = true;
  for (int i = 0; i < count; ++i) contiguous &= strideOf(operands[i]) == 1;
  for (int d = 0; d < operands[0].rank - 1 && !contiguous; ++d) {
    bool sideBySide = operands[0].sizes[d] >= kGroup;
    for (int i = 0; i < count; ++i) sideBySide &= operands[i].strides[d] == 1;
    if (sideBySide) return d;
  }
  return -1;
}

// to[i] = from[count - 1 - i]. (Integers move as floats: GCC takes a reversed vector of them through memory, ten times
// as long.)
template <class T>
void copyReversed(T* to, const T* from, std::int64_t count) {
  std::int64_t i = 0;
  if constexpr (sizeof(T) >= 4) {
    using Bits = Either<sizeof(T) == 4, float, double>;
    for (; i + kLanes<T> <= count; i += kLanes<T>)
      store(reverseLanes(load(reinterpret_cast<const Bits*>(from + count - i - kLanes<T>))),
            reinterpret_cast<Bits*>(to + i));
  }
  for (; i < count; ++i) to[i] = from[count - 1 - i];
}

// Elements [begin, begin + count) of a line, one behind the other: where they are, or in the buffer.
template <class T>
const T* enter(void* buffer, Column<const T> line, std::int64_t begin, std::int64_t count) {
  if (line.step == 1) return line.at(begin);
  T* to = static_cast<T*>(buffer);
  if (line.step == -1) {
    copyReversed(to, line.at(begin + count - 1), count);
  } else {
    for (std::int64_t i = 0; i < count; ++i) to[i] = *line.at(begin + i);
  }
  return to;
}

template <class T>
T* enter(void* buffer, Column<T> line, std::int64_t begin, std::int64_t) {
  return line.step == 1 ? line.at(begin) : static_cast<T*>(buffer);
}

template <class T>
void leave(const void*, Column<const T>, std::int64_t, std::int64_t) {}

template <class T>
void leave(const void* buffer, Column<T> line, std::int64_t begin, std::int64_t count) {
  if (line.step == 1) return;
  const T* from = static_cast<const T*>(buffer);
  if (line.step == -1) return copyReversed(line.at(begin + count - 1), from, count);
  for (std::int64_t i = 0; i < count; ++i) *line.at(begin + i) = from[i];
}

template <class Scan, class... E, int... I>
[[gnu::noinline]] void gatheredPiece(typename Scan::template State<1>& state, std::int64_t begin, std::int64_t count,
                                     Indices<I...>, Column<E>... lines) {
  alignas(kLineBytes) std::byte buffers[sizeof...(E)][kPiece * sizeof(std::int64_t)];
  Scan::piece(state, begin, count, enter(buffers[I], lines, begin, count)...);
  (leave(buffers[I], lines, begin, count), ...);
}

template <class Scan, class... E, int... I>
void scanLine(std::int64_t length, Indices<I...> numbers, Column<E>... lines) {
  typename Scan::template State<1> state(1, lines.first...);
  const bool contiguous = ((lines.step == 1) & ...);
  for (std::int64_t begin = 1; begin < length; begin += kPiece) {
    const std::int64_t count = length - begin < kPiece ? length - begin : kPiece;
    if (contiguous) Scan::piece(state, begin, count, lines.at(begin)...);
    else gatheredPiece<Scan>(state, begin, count, numbers, lines...);
  }
}

template <class Scan, class... E>
[[gnu::flatten]] void scanStrip(std::int64_t length, std::int64_t width, Column<E>... columns) {
  typename Scan::template State<kStrip> state(width, columns.first...);
  Scan::rows(state, width, length, columns...);
}

// Where a walk over the dims in front of the last one begins, and its steps along the dim before the last.
template <class E>
struct Front {
  Column<E> column;
  std::int64_t across;

  Front(const CallOperand& operand, std::int64_t offset, std::int64_t length)
      : column{operand.as<E>() + offset, strideOf(operand), length - sizeOf(operand)},
        across(operand.rank > 1 ? strideOf(operand, 2) : 0) {}
  Column<E> operator[](std::int64_t line) const { return {column.first + line * across, column.step, column.lead}; }
};

// Threads take units: lines, or strips of lines side by side. `run` gets some in one row of lines.
template <class... E, int... I, class F>
void inRows(const Call& call, const Scanned (&scanned)[sizeof...(E)], std::int64_t unitLines, std::int64_t work,
            Elements<E...>, Indices<I...>, F run) {
  const CallOperand& first = scanned[0].operand;
  const int outer = first.rank > 1 ? first.rank - 2 : 0;
  const std::int64_t length = sizeOf(first), lines = first.rank > 1 ? sizeOf(first, 2) : 1;
  const std::int64_t units = (lines + unitLines - 1) / unitLines, grain = work < kGrain ? kGrain / work : 1;
  inParallel(call, countOf(first, outer) * units, grain, [&](std::int64_t begin, std::int64_t end) {
    Walk<sizeof...(E)> walk({&scanned[I].operand...}, outer, begin / units);
    for (std::int64_t unit = begin; unit < end; walk.next()) {
      const std::int64_t from = unit % units, to = units < from + end - unit ? units : from + end - unit;
      run(from * unitLines, to * unitLines < lines ? to * unitLines : lines,
          Front<E>(scanned[I].operand, walk.offset(I), length)...);
      unit += to - from;
    }
  });
}

template <class Scan, class... E, int... I>
void scanAll(const Call& call, Elements<E...> elements, Indices<I...> numbers) {
  const std::int64_t length = sizeOf(call.at(0));
  if (countOf(call.at(0)) == 0) return;
  const int neighbours = neighboursOf(call.operands, sizeof...(E));
  const Scanned scanned[] = {{call.at(I), neighbours}...};
  if (neighbours < 0) {
    inRows(call, scanned, 1, length * Scan::kWork, elements, numbers,
           [&](std::int64_t line, std::int64_t end, auto... fronts) {
             for (; line < end; ++line) scanLine<Scan>(length, numbers, fronts[line]...);
           });
  } else {
    const std::int64_t lines = scanned[0].sizes[call.at(0).rank - 2], width = lines < kStrip ? lines : kStrip;
    inRows(call, scanned, width, length * width * Scan::kWork, elements, numbers,
           [&](std::int64_t line, std::int64_t end, auto... fronts) {
             for (; line < end; line += width)
               scanStrip<Scan>(length, end - line < width ? end - line : width, fronts[line]...);
           });
  }
}

template <class Scan>
std::int64_t scan(const Call& call) {
  scanAll<Scan>(call, typename Scan::Operands(), FirstIndices<Scan::Operands::kCount>());
  return 0;
}

template <std::int64_t kWork>
double scanCost(const Call& call) {
  return static_cast<double>(countOf(call.at(0)) * kWork);
}

constexpr int kInput = 0;
constexpr OperandRule kScanOperands[] = {{"input", "*n"}, {"output", "*n", kCallDType, kWritten, kInput}};

}  // namespace
}  // namespace dyngrad::KERNEL_NS
