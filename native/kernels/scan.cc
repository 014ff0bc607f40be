// Scans: each element of a line from all elements up to it. The last dim is the line; a negative stride scans it backwards.
// Every line has one order of operations, whatever its strides and neighbours: floats in double, sums and products in groups of four.
#include "call.h"
#include "simd/exp.h"
#include "simd/log.h"
#include "simd/vec.h"

namespace dyngrad::KERNEL_NS {
namespace {

// Elements of a line that are combined before they meet what came before: one step of the chain of carries for four elements.
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

// Elements of a line; of several lines side by side when they are followed by their neighbours. Numbers count from `lead` on.
template <class E>
struct Column {
  E* first;
  std::int64_t step, lead = 0;
  E* at(std::int64_t i) const { return first + (i - lead) * step; }
};

// One element, or that of four neighbouring lines: one by one, of which GCC makes one instruction; of __builtin_convertvector it
// makes four.
template <class V, class T>
V loadAs(const T* from) {
  if constexpr (sizeof(V) == kGroup * sizeof(Accumulator<T>)) {
    using A = Accumulator<T>;
    return V{static_cast<A>(from[0]), static_cast<A>(from[1]), static_cast<A>(from[2]), static_cast<A>(from[3])};
  } else {
    return static_cast<V>(*from);
  }
}

template <class V, class T>
void storeAs(V x, T* to) {
  if constexpr (sizeof(V) == kGroup * sizeof(Accumulator<T>)) {
    const Four<T> narrow = __builtin_convertvector(x, Four<T>);
    __builtin_memcpy(to, &narrow, sizeof narrow);
  } else {
    *to = static_cast<T>(x);
  }
}

// ---- sums and products ----

struct Sum {
  template <class T>
  static constexpr bool kGrouped = kIsFloat<T>;         // a chain of integers takes a cycle for each
  static constexpr double kStart = 0, kNeutral = -0.0;  // -0 + x is x, where 0 + x makes 0 of -0
  template <class V>
  static V merge(V a, V b) {
    return a + b;
  }
};

struct Product {
  // The product of four float64 may be infinite or 0 where that of all that came before is not; in double, that of four float32
  // may not.
  template <class T>
  static constexpr bool kGrouped = !kIsFloat<T> || sizeof(T) == 4;
  static constexpr double kStart = 1, kNeutral = 1;
  template <class V>
  static V merge(V a, V b) {
    return a * b;
  }
};

// A group's scan is x0, x01 = x0 x1, x01 x2, x01 (x2 x3); each meets the carry.
template <class Op, class T>
struct Fold {
  using A = Accumulator<T>;
  using Operands = Elements<const T, T>;
  static constexpr bool kGrouped = Op::template kGrouped<T>;
  static constexpr std::int64_t kWork = 1;

  template <std::int64_t kWidth>
  struct State {
    A carry[kWidth];

    State(std::int64_t width, const T* in, T* out) {
      for (std::int64_t c = 0; c < width; ++c) {
        carry[c] = Op::merge(static_cast<A>(Op::kStart), static_cast<A>(in[c]));
        out[c] = static_cast<T>(carry[c]);
      }
    }
  };

  static void piece(State<1>& state, std::int64_t, std::int64_t count, const T* in, T* out) {
    std::int64_t i = 0;
    if constexpr (kGrouped && !kIsFloat<A> && sizeof(A) == 8) {  // x86 multiplies them one by one
      for (; i + kGroup <= count; i += kGroup) group<A>(state.carry, kGroup, {in + i, 1}, {out + i, 1});
    } else if constexpr (kGrouped) {
      Four<A> carry = state.carry[0] - Four<A>{};
      const Four<A> neutral = static_cast<A>(Op::kNeutral) - Four<A>{};
      for (; i + kGroup <= count; i += kGroup) {
        Four<A> x = loadAs<Four<A>>(in + i);
        x = Op::merge(x, (Four<A>)__builtin_shufflevector(x, neutral, 4, 0, 6, 2));
        x = Op::merge(x, (Four<A>)__builtin_shufflevector(x, neutral, 4, 5, 1, 1));
        storeAs(Op::merge(carry, x), out + i);
        carry = Op::merge(carry, (Four<A>)__builtin_shufflevector(x, x, 3, 3, 3, 3));
      }
      state.carry[0] = carry[0];
    }
    group<A>(state.carry, count - i, {in + i, 1}, {out + i, 1});
  }

  static void rows(State<kStrip>& state, std::int64_t width, std::int64_t length, Column<const T> in, Column<T> out) {
    for (std::int64_t row = 1; row < length; row += kGroup) {
      const std::int64_t n = length - row < kGroup ? length - row : kGroup;
      const Column<const T> from{in.at(row), in.step};
      const Column<T> to{out.at(row), out.step};
      std::int64_t c = 0;
      for (; c + kGroup <= width; c += kGroup)
        group<Four<A>>(state.carry + c, n, {from.first + c, from.step}, {to.first + c, to.step});
      for (; c < width; ++c) group<A>(state.carry + c, n, {from.first + c, from.step}, {to.first + c, to.step});
    }
  }

  // The next elements, at most a group of them unless there are no groups, of one line or of four side by side.
  template <class V>
  static void group(A* carry, std::int64_t count, Column<const T> in, Column<T> out) {
    const V before = loadAs<V>(carry);
    V after = before;
    if (count == kGroup && kGrouped) {
      const V x0 = loadAs<V>(in.at(0)), x1 = loadAs<V>(in.at(1)), x2 = loadAs<V>(in.at(2)), x3 = loadAs<V>(in.at(3));
      const V x01 = Op::merge(x0, x1), x012 = Op::merge(x01, x2), x23 = Op::merge(x2, x3);
      after = Op::merge(before, Op::merge(x01, x23));
      storeAs(Op::merge(before, x0), out.at(0));
      storeAs(Op::merge(before, x01), out.at(1));
      storeAs(Op::merge(before, x012), out.at(2));
      storeAs(after, out.at(3));
    } else if (kGrouped) {
      V x = before;
      for (std::int64_t i = 0; i < count; ++i) {
        const V next = loadAs<V>(in.at(i));
        x = i == 0 ? next : Op::merge(x, next);
        storeAs(Op::merge(before, x), out.at(i));
      }
    } else {
      for (std::int64_t i = 0; i < count; ++i) {
        after = Op::merge(after, loadAs<V>(in.at(i)));
        storeAs(after, out.at(i));
      }
    }
    storeAs(after, carry);
  }
};

// ---- largest and smallest ----

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

  // Whole vectors of floats without an extreme are passed over. Behind an extreme others are near: the next elements go one by one
  // and without a branch, as integers do, which are often equal.
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

// ---- logarithms of sums of exponentials ----

// With the peak p of x_0..x_i the result is p + log(1 + r), where 1 + r = sum e^(x_j - p): the 1 of the peak stays apart, so that what
// is far below it is not lost. With t = e^-|x - p|, a next x <= p adds t to r, and a higher one is the new peak: r = (1 + r) t.
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

// ---- recurrences ----

// y_0 = b_0, y_i = b_i + a_i y_(i-1): there is no a_0. What derivatives of scans are made of.
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

// The dim along which lines lie side by side in all operands; -1 where there is none, or where lines themselves are contiguous.
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

// to[i] = from[count - 1 - i]. (Integers move as floats: GCC takes a reversed vector of them through memory, ten times as long.)
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
  if (length == 0) return;
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

// ---- rows ----

template <class Scan>
std::int64_t scan(const Call& call) {
  scanAll<Scan>(call, typename Scan::Operands(), FirstIndices<Scan::Operands::kCount>());
  return 0;
}

template <std::int64_t kWork>
double scanCost(const Call& call) {
  return static_cast<double>(countOf(call.at(0)) * kWork);
}

const char* checkRecurrence(const Call& call, std::int64_t&) {
  const std::int64_t terms = sizeOf(call.at(0)), factors = sizeOf(call.at(1));
  return factors == (terms > 0 ? terms - 1 : 0) ? nullptr : "there is not one factor between two terms";
}

constexpr int kInput = 0;
constexpr OperandRule kScanOperands[] = {{"input", "*n"}, {"output", "*n", kCallDType, kWritten, kInput}};
constexpr OperandRule kExtremeOperands[] = {
    {"input", "*n"}, {"values", "*n", kCallDType, kWritten, kInput}, {"indices", "*n", fixed(DType::kInt64), kWritten}};
constexpr OperandRule kRecurrenceOperands[] = {
    {"terms", "*n"}, {"factors", "*m"}, {"output", "*n", kCallDType, kWritten, kInput}};

template <class Op>
constexpr KernelRow foldRow(const char* name) {
  return {name,
          kScanOperands,
          {},
          {},
          {},
          nullptr,
          {scan<Fold<Op, float>>, scan<Fold<Op, double>>, scan<Fold<Op, std::int32_t>>, scan<Fold<Op, std::int64_t>>,
           scan<Fold<Op, std::uint8_t>>, nullptr},
          scanCost<1>};
}

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

constexpr KernelRow kRows[] = {foldRow<Sum>("cumsum"),
                               foldRow<Product>("cumprod"),
                               extremeRow<true>("cummax"),
                               extremeRow<false>("cummin"),
                               {"logcumsumexp",
                                kScanOperands,
                                {},
                                {},
                                {},
                                nullptr,
                                {scan<LogSumExp<float>>, scan<LogSumExp<double>>, nullptr, nullptr, nullptr, nullptr},
                                scanCost<LogSumExp<float>::kWork>},
                               {"recurrence",
                                kRecurrenceOperands,
                                {},
                                {},
                                {},
                                checkRecurrence,
                                {scan<Recurrence<float>>, scan<Recurrence<double>>, nullptr, nullptr, nullptr, nullptr},
                                scanCost<Recurrence<float>::kWork>}};

}  // namespace

FileRows scanRows() { return {.kernel = kRows}; }

}  // namespace dyngrad::KERNEL_NS
