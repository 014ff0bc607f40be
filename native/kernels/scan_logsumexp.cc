// Logarithms of the sums of exponentials so far.
#include "scan.h"
#include "simd/exp.h"
#include "simd/log.h"

namespace dyngrad::KERNEL_NS {
namespace {

// With the peak p of x_0..x_i the result is p + log(1 + r), where 1 + r = sum e^(x_j - p): the 1 of the peak stays
// apart, so that what is far below it is not lost. With t = e^-|x - p|, a next x <= p adds t to r, and a higher one is
// the new peak: r = (1 + r) t.
template <class T>
struct LogSumExp {
  using Operands = Elements<const T, T>;
  static constexpr std::int64_t kWork = 32;

  template <std::int64_t kWidth>
  struct State {
    double peak[kWidth], rest[kWidth];

    State(std::int64_t width, const T* in, T* out) {
      for (std::int64_t c = 0; c < width; ++c) {
        peak[c] = static_cast<double>(in[c]);
        rest[c] = 0;
        out[c] = in[c];
      }
    }
  };

  // t; 1 beside an equal infinity.
  static Vec<double> term(Vec<double> x, Vec<double> peak) {
    return expBounded(clampBelow(select(x == peak, Vec<double>(0), -abs(x - peak))));
  }

  static void piece(State<1>& state, std::int64_t, std::int64_t count, const T* in, T* out) {
    alignas(kVectorBytes) double x[kPiece], peaks[kPiece], before[kPiece];
    double peak = state.peak[0], rest = state.rest[0];
    for (std::int64_t i = 0; i < count; ++i) {
      x[i] = static_cast<double>(in[i]);
      before[i] = peak;
      peak = x[i] > peak || x[i] != x[i] ? x[i] : peak;
      peaks[i] = peak;
    }
    const std::int64_t whole = (count + kLanes<double> - 1) / kLanes<double> * kLanes<double>;
    for (std::int64_t i = count; i < whole; ++i) x[i] = before[i] = peaks[i] = 0;
    alignas(kVectorBytes) double terms[kPiece], factors[kPiece];
    for (std::int64_t i = 0; i < whole; i += kLanes<double>) {
      const Vec<double> next = load(x + i), last = load(before + i), t = term(next, last);
      store(t, terms + i);
      store(select(next > last, t, Vec<double>(1)), factors + i);
    }
    for (std::int64_t i = 0; i < count; ++i) {
      rest = rest * factors[i] + terms[i];
      terms[i] = rest;
    }
    for (std::int64_t i = 0; i < whole; i += kLanes<double>) store(load(peaks + i) + log1p(load(terms + i)), x + i);
    for (std::int64_t i = 0; i < count; ++i) out[i] = static_cast<T>(x[i]);
    state.peak[0] = peak;
    state.rest[0] = rest;
  }

  // The next element of each of `count` lines side by side.
  [[gnu::always_inline]] static void step(double* peak, double* rest, const T* in, T* out, std::int64_t count) {
    alignas(kVectorBytes) double x[kLanes<double>], last[kLanes<double>], sum[kLanes<double>];
    if (count < kLanes<double>)
      for (int i = 0; i < kLanes<double>; ++i) x[i] = last[i] = sum[i] = 0;
    for (std::int64_t i = 0; i < count; ++i) {
      x[i] = static_cast<double>(in[i]);
      last[i] = peak[i];
      sum[i] = rest[i];
    }
    const Vec<double> next = load(x), before = load(last), t = term(next, before);
    const Vec<double> after = select((next > before) | isNan(next), next, before);
    const Vec<double> total = load(sum) * select(next > before, t, Vec<double>(1)) + t;
    store(after, last);
    store(total, sum);
    store(after + log1p(total), x);
    for (std::int64_t i = 0; i < count; ++i) {
      peak[i] = last[i];
      rest[i] = sum[i];
      out[i] = static_cast<T>(x[i]);
    }
  }

  static void rows(State<kStrip>& state, std::int64_t width, std::int64_t length, Column<const T> in, Column<T> out) {
    for (std::int64_t row = 1; row < length; ++row) {
      std::int64_t c = 0;
      for (; c + kLanes<double> <= width; c += kLanes<double>)
        step(state.peak + c, state.rest + c, in.at(row) + c, out.at(row) + c, kLanes<double>);
      if (c < width) step(state.peak + c, state.rest + c, in.at(row) + c, out.at(row) + c, width - c);
    }
  }
};

constexpr KernelRow kRows[] = {{"logcumsumexp",
                                kScanOperands,
                                {},
                                {},
                                {},
                                nullptr,
                                {scan<LogSumExp<float>>, scan<LogSumExp<double>>, nullptr, nullptr, nullptr, nullptr},
                                scanCost<LogSumExp<float>::kWork>}};

}  // namespace

FileRows scanLogsumexpRows() { return {.kernel = kRows}; }

}  // namespace dyngrad::KERNEL_NS
