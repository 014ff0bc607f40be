// The largest or smallest element so far, and where it is.
#include "scan.h"

namespace dyngrad::KERNEL_NS {
namespace {

// Of equal elements the last one counts, and so does the last NaN, which stays.
template <class T, bool kLargest>
struct Extreme {
  using Operands = Elements<const T, T, std::int64_t>;
  static constexpr std::int64_t kWork = 1, kOneByOne = 32;

  template <class V>
  static auto takes(V x, V best) {
    if constexpr (kLargest) return (x >= best) | (x != x);
    else return (x <= best) | (x != x);
  }

  template <std::int64_t kWidth>
  struct State {
    T best[kWidth];
    std::int64_t index[kWidth];

    State(std::int64_t width, const T* in, T* values, std::int64_t* indices) {
      for (std::int64_t c = 0; c < width; ++c) {
        values[c] = best[c] = in[c];
        indices[c] = index[c] = 0;
      }
    }
  };

  // Whole vectors of floats without an extreme are passed over. Behind an extreme others are near: the next elements go
  // one by one and without a branch, as integers do, which are often equal.
  static void piece(State<1>& state, std::int64_t begin, std::int64_t count, const T* in, T* values,
                    std::int64_t* indices) {
    T best = state.best[0];
    std::int64_t index = state.index[0];
    for (std::int64_t i = 0; i < count;) {
      if constexpr (kIsFloat<T>) {
        for (; i + kLanes<T> <= count && !any(takes(load(in + i), Vec<T>(best))); i += kLanes<T>) {
          store(Vec<T>(best), values + i);
          for (std::int64_t j = i; j < i + kLanes<T>; ++j) indices[j] = index;
        }
      }
      const std::int64_t end = kIsFloat<T> && i + kOneByOne < count ? i + kOneByOne : count;
      for (; i < end; ++i) {
        const T x = in[i];
        const bool taken = takes(x, best);
        best = taken ? x : best;
        index = taken ? begin + i : index;
        values[i] = best;
        indices[i] = index;
      }
    }
    state.best[0] = best;
    state.index[0] = index;
  }

  static void rows(State<kStrip>& state, std::int64_t width, std::int64_t length, Column<const T> in, Column<T> values,
                   Column<std::int64_t> indices) {
    for (std::int64_t row = 1; row < length; ++row) {
      for (std::int64_t c = 0; c < width; ++c) {
        const T x = in.at(row)[c];
        const bool taken = takes(x, state.best[c]);
        state.best[c] = taken ? x : state.best[c];
        state.index[c] = taken ? row : state.index[c];
      }
      for (std::int64_t c = 0; c < width; ++c) values.at(row)[c] = state.best[c];
      for (std::int64_t c = 0; c < width; ++c) indices.at(row)[c] = state.index[c];
    }
  }
};

constexpr OperandRule kExtremeOperands[] = {
    {"input", "*n"}, {"values", "*n", kCallDType, kWritten, kInput}, {"indices", "*n", fixed(DType::kInt64), kWritten}};

template <bool kLargest>
constexpr KernelRow extremeRow(const char* name) {
  return {name,
          kExtremeOperands,
          {},
          {},
          {},
          nullptr,
          {scan<Extreme<float, kLargest>>, scan<Extreme<double, kLargest>>, scan<Extreme<std::int32_t, kLargest>>,
           scan<Extreme<std::int64_t, kLargest>>, scan<Extreme<std::uint8_t, kLargest>>,
           scan<Extreme<std::uint8_t, kLargest>>},
          scanCost<1>};
}

constexpr KernelRow kRows[] = {extremeRow<true>("cummax"), extremeRow<false>("cummin")};

}  // namespace

FileRows scanExtremeRows() { return {.kernel = kRows}; }

}  // namespace dyngrad::KERNEL_NS
