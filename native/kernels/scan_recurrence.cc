// Recurrences of the first order: what derivatives of scans are made of.
#include "scan.h"

namespace dyngrad::KERNEL_NS {
namespace {

// y_0 = b_0, y_i = b_i + a_i y_(i-1): there is no a_0.
template <class T>
struct Recurrence {
  using A = Accumulator<T>;
  using Operands = Elements<const T, const T, T>;
  static constexpr std::int64_t kWork = 2;

  template <std::int64_t kWidth>
  struct State {
    A last[kWidth];

    State(std::int64_t width, const T* terms, const T*, T* out) {
      for (std::int64_t c = 0; c < width; ++c) {
        last[c] = static_cast<A>(terms[c]);
        out[c] = terms[c];
      }
    }
  };

  static void piece(State<1>& state, std::int64_t, std::int64_t count, const T* terms, const T* factors, T* out) {
    A last = state.last[0];
    for (std::int64_t i = 0; i < count; ++i) {
      last = static_cast<A>(terms[i]) + static_cast<A>(factors[i]) * last;
      out[i] = static_cast<T>(last);
    }
    state.last[0] = last;
  }

  static void rows(State<kStrip>& state, std::int64_t width, std::int64_t length, Column<const T> terms,
                   Column<const T> factors, Column<T> out) {
    for (std::int64_t row = 1; row < length; ++row) {
      for (std::int64_t c = 0; c < width; ++c)
        state.last[c] = static_cast<A>(terms.at(row)[c]) + static_cast<A>(factors.at(row)[c]) * state.last[c];
      for (std::int64_t c = 0; c < width; ++c) out.at(row)[c] = static_cast<T>(state.last[c]);
    }
  }
};

const char* checkRecurrence(const Call& call, std::int64_t&) {
  const std::int64_t terms = sizeOf(call.at(0)), factors = sizeOf(call.at(1));
  return factors == (terms > 0 ? terms - 1 : 0) ? nullptr : "there is not one factor between two terms";
}

constexpr OperandRule kRecurrenceOperands[] = {
    {"terms", "*n"}, {"factors", "*m"}, {"output", "*n", kCallDType, kWritten, kInput}};

constexpr KernelRow kRows[] = {{"recurrence",
                                kRecurrenceOperands,
                                {},
                                {},
                                {},
                                checkRecurrence,
                                {scan<Recurrence<float>>, scan<Recurrence<double>>, nullptr, nullptr, nullptr, nullptr},
                                scanCost<Recurrence<float>::kWork>}};

}  // namespace

FileRows scanRecurrenceRows() { return {.kernel = kRows}; }

}  // namespace dyngrad::KERNEL_NS
