// Copies of elements that lie apart: by a step, or as columns of what becomes rows.
#include "runtime/kernel_table.h"
#include "simd/transpose.h"

namespace dyngrad::KERNEL_NS {
namespace {

// A square of elements: as many as a vector has lanes, 16 at most.
template <class T>
constexpr int kSquare = kLanes<T> < 16 ? kLanes<T> : 16;

template <class T>
inline __attribute__((always_inline)) void transposeSquare(std::byte* out, std::int64_t outRow, const std::byte* in,
                                                           std::int64_t inColumn) {
  Native<T, kSquare<T>> rows[kSquare<T>];
#pragma GCC unroll 16
  for (int i = 0; i < kSquare<T>; ++i) __builtin_memcpy(&rows[i], in + i * inColumn, sizeof rows[i]);
  transposeLanes(rows);
#pragma GCC unroll 16
  for (int i = 0; i < kSquare<T>; ++i) __builtin_memcpy(out + i * outRow, &rows[i], sizeof rows[i]);
}

// A square cut by the border.
template <class T>
__attribute__((noinline)) void transposeCorner(std::byte* out, std::int64_t outRow, const std::byte* in,
                                               std::int64_t inColumn, std::int64_t height, std::int64_t width) {
  Native<T, kSquare<T>> rows[kSquare<T>] = {};
  for (std::int64_t i = 0; i < width; ++i)
    __builtin_memcpy(&rows[i], in + i * inColumn, static_cast<std::size_t>(height) * sizeof(T));
  transposeLanes(rows);
  for (std::int64_t i = 0; i < height; ++i)
    __builtin_memcpy(out + i * outRow, &rows[i], static_cast<std::size_t>(width) * sizeof(T));
}

// By blocks whose lines and pages stay in the first cache and its TLB: 512 bytes of 8 squares' columns. 2048x2048 of 4
// bytes take 1.5 ms so, 1.9 ms by rows of squares.
template <class T>
void transposeRows(void* out, std::int64_t outRow, const void* in, std::int64_t inColumn, std::int64_t rows,
                   std::int64_t columns) {
  constexpr std::int64_t kItem = sizeof(T), kSide = kSquare<T>, kHeight = 512 / kItem, kWidth = 8 * kSide;
  const auto square = [=](std::int64_t r, std::int64_t c) {
    auto* to = static_cast<std::byte*>(out) + r * outRow + c * kItem;
    const auto* from = static_cast<const std::byte*>(in) + c * inColumn + r * kItem;
    const std::int64_t height = rows - r, width = columns - c;
    if (height >= kSide && width >= kSide) return transposeSquare<T>(to, outRow, from, inColumn);
    transposeCorner<T>(to, outRow, from, inColumn, height < kSide ? height : kSide, width < kSide ? width : kSide);
  };
  for (std::int64_t top = 0; top < rows; top += kHeight)
    for (std::int64_t left = 0; left < columns; left += kWidth)
      for (std::int64_t r = top; r < rows && r < top + kHeight; r += kSide)
        for (std::int64_t c = left; c < columns && c < left + kWidth; c += kSide) square(r, c);
}

// Each store may run over its row's end, where the next row follows.
template <class T>
void repeatEach(void* out, const void* in, std::int64_t step, std::int64_t rows, std::int64_t columns) {
  auto* to = static_cast<T*>(out);
  const auto* from = static_cast<const T*>(in);
  for (std::int64_t r = 0; r < rows; ++r, to += columns) {
    const Vec<T> value(from[r * step]);
    for (std::int64_t c = 0; c < columns; c += kLanes<T>) store(value, to + c);
  }
}

template <class T, int... kLane>
Vec<T> evenLanes(Vec<T> lower, Vec<T> upper, Indices<kLane...>) {
  return Vec<T>(__builtin_shufflevector(lower.v, upper.v, (2 * kLane)...));
}

// Every second element is picked from whole vectors; the last one goes by itself, as nothing may lie behind it.
template <class T>
void gatherStep(void* out, const void* in, std::int64_t step, std::int64_t count) {
  auto* to = static_cast<T*>(out);
  const auto* from = static_cast<const T*>(in);
  std::int64_t i = 0;
  if (step == 2) {
    for (; i + kLanes<T> < count; i += kLanes<T>)
      store(evenLanes(load(from + 2 * i), load(from + 2 * i + kLanes<T>), FirstIndices<kLanes<T>>{}), to + i);
  }
  for (; i < count; ++i) to[i] = from[i * step];
}

template <class T>
constexpr MoveRow moveRow() {
  return {sizeof(T), gatherStep<T>, repeatEach<T>, transposeRows<T>};
}

constexpr MoveRow kRows[] = {moveRow<std::uint8_t>(), moveRow<std::uint16_t>(), moveRow<std::uint32_t>(),
                             moveRow<std::uint64_t>()};

}  // namespace

FileRows moveRows() { return {.move = kRows}; }

}  // namespace dyngrad::KERNEL_NS
