// Reductions: rows of elements to one each through lanes, columns by rows one after the other, then partials among themselves.
#pragma once

#include "arithmetic.cc"
#include "loops.h"

namespace dyngrad::KERNEL_NS {
namespace {

// A block's lanes fill this many bytes on every instruction set, so that all build the same tree.
constexpr int kTreeBytes = 256;
constexpr int kRegisters = kTreeBytes / kVectorBytes;
// Lanes of a narrower dtype than their accumulator are folded to this many bytes first.
constexpr int kWidenedBytes = 64;
constexpr std::int64_t kShortRow = 8;
// Columns of at most as many vectors are reduced one after the other, with the accumulators in registers.
constexpr std::int64_t kNarrow = 8;

template <class T>
constexpr T kLeastOf = static_cast<T>(-__builtin_inf());
template <>
constexpr std::int32_t kLeastOf<std::int32_t> = INT32_MIN;
template <>
constexpr std::int64_t kLeastOf<std::int64_t> = INT64_MIN;
template <>
constexpr std::uint8_t kLeastOf<std::uint8_t> = 0;
template <class T>
constexpr T kGreatestOf = kIsFloat<T> ? static_cast<T>(-kLeastOf<T>)
                                      : static_cast<T>(~static_cast<std::int64_t>(kLeastOf<T>));

// ---- operations ----

namespace reduction {

struct Sum {
  template <class T>
  static T identity() {
    return 0;
  }  // PyTorch's: the sum of -0. is 0.
  template <class V>
  static V merge(V a, V b) {
    return a + b;
  }
};
struct Mean : Sum {};
struct Product {
  template <class T>
  static T identity() {
    return 1;
  }
  template <class V>
  static V merge(V a, V b) {
    return a * b;
  }
};
struct Greatest {
  template <class T>
  static T identity() {
    return kLeastOf<T>;
  }
  template <class V>
  static V merge(V a, V b) {
    return maximum(a, b);
  }
};
struct Least {
  template <class T>
  static T identity() {
    return kGreatestOf<T>;
  }
  template <class V>
  static V merge(V a, V b) {
    return minimum(a, b);
  }
};
struct Any {
  template <class T>
  static T identity() {
    return 0;
  }
  template <class V>
  static V merge(V a, V b) {
    return a | b;
  }
};
struct All {
  template <class T>
  static T identity() {
    return 1;
  }
  template <class V>
  static V merge(V a, V b) {
    return a & b;
  }
};

}  // namespace reduction

// ---- accumulators ----

// Partial sums of floats are kept in double, which costs nothing beside the elements: only sums of a few neighbours are rounded to
// float.
template <class Op, class T>
struct AccumulatorOf {
  using type = T;
};
template <>
struct AccumulatorOf<reduction::Sum, float> {
  using type = double;
};
template <>
struct AccumulatorOf<reduction::Mean, float> {
  using type = double;
};
template <class Op, class T>
using Accumulator = typename AccumulatorOf<Op, T>::type;

// ---- rows: a tree of lanes for each block, then blocks pairwise ----

// Lane j takes lane j + half, for halves down to 1; lane 0 ends with the whole.
template <class Op, int kHalf, class T>
Vec<T> foldLanes(Vec<T> x) {
  if constexpr (kHalf == 0) return x;
  else return foldLanes<Op, kHalf / 2>(Op::merge(x, rotateLanes<kHalf>(x)));
}

// The first `kTo` of `kFrom` registers take those behind them, in halves.
template <class Op, int kFrom, int kTo, class T>
void foldRegisters(Vec<T>* lanes) {
  for (int half = kFrom / 2; half >= kTo; half /= 2)
    for (int r = 0; r < half; ++r) lanes[r] = Op::merge(lanes[r], lanes[r + half]);
}

template <class Op, class A, class T>
Vec<A> foldBlock(Vec<T>* lanes) {
  if constexpr (kIsSame<A, T>) {
    foldRegisters<Op, kRegisters, 1>(lanes);
    return foldLanes<Op, kLanes<T> / 2>(lanes[0]);
  } else {
    constexpr int kLeft = kWidenedBytes / kVectorBytes;
    foldRegisters<Op, kRegisters, kLeft>(lanes);
    Vec<A> wide[2 * kLeft];
    for (int r = 0; r < kLeft; ++r) {
      wide[2 * r] = widen<0>(lanes[r]);
      wide[2 * r + 1] = widen<1>(lanes[r]);
    }
    foldRegisters<Op, 2 * kLeft, 1>(wide);
    return foldLanes<Op, kLanes<A> / 2>(wide[0]);
  }
}

// Adds the last `count` elements, fewer than a round, to as many lanes; the others keep what they have.
template <class Op, class T>
void addRest(Vec<T>* lanes, const T* in, std::int64_t count) {
  for (int r = 0; r < kRegisters; ++r) {
    const std::int64_t rest = count - r * kLanes<T>;
    if (rest >= kLanes<T>) {
      lanes[r] = Op::merge(lanes[r], load(in + r * kLanes<T>));
    } else if (rest > 0) {
      const Vec<T> merged = Op::merge(lanes[r], loadPartial(in + r * kLanes<T>, rest));
      lanes[r] = select(laneNumbers<T>() < Vec<T>(static_cast<T>(rest)), merged, lanes[r]);
    }
  }
}

// Element i goes to lane i % (lanes of a round), in ascending order. Lane 0 is the result.
template <class Op, class A, class T>
Vec<A> reduceBlock(const T* in, std::int64_t count) {
  Vec<T> lanes[kRegisters];
  for (Vec<T>& x : lanes) x = Op::template identity<T>();
  std::int64_t i = 0;
  for (; i + kRegisters * kLanes<T> <= count; i += kRegisters * kLanes<T>)
    for (int r = 0; r < kRegisters; ++r) lanes[r] = Op::merge(lanes[r], load(in + i + r * kLanes<T>));
  if (i < count) addRest<Op>(lanes, in + i, count - i);
  return foldBlock<Op, A>(lanes);
}

// A binary counter: level l holds the result of 2^l blocks.
template <class Op, class A, class T>
Vec<A> reduceBlocks(const T* in, std::int64_t count) {
  Vec<A> levels[64];
  std::int64_t blocks = 0;
  for (std::int64_t at = 0; at < count; at += kBlock, ++blocks) {
    Vec<A> x = reduceBlock<Op, A>(in + at, count - at < kBlock ? count - at : kBlock);
    int level = 0;
    for (; (blocks >> level & 1) != 0; ++level) x = Op::merge(levels[level], x);
    levels[level] = x;
  }
  int level = __builtin_ctzll(static_cast<unsigned long long>(blocks));
  Vec<A> result = levels[level];
  while (blocks >> ++level != 0)
    if ((blocks >> level & 1) != 0) result = Op::merge(levels[level], result);
  return result;
}

// The same for rows of a few elements: a row in each lane, and elements combined as their lanes would be.
template <class Op, class A>
Vec<A> foldShort(Vec<A>* x, std::int64_t count) {
  for (std::int64_t half = kShortRow / 2; half > 0; half /= 2)
    for (std::int64_t i = 0; i < half && i + half < count; ++i) x[i] = Op::merge(x[i], x[i + half]);
  return x[0];
}

template <class Op, class A, class T>
void reduceShortRows(A* out, const T* in, std::int64_t rows, std::int64_t count) {
  constexpr int kParts = sizeof(A) / sizeof(T);
  for (std::int64_t row = 0; row < rows; row += kLanes<T>) {
    const std::int64_t width = rows - row < kLanes<T> ? rows - row : kLanes<T>;
    Vec<A> x[kParts][kShortRow];
    for (std::int64_t i = 0; i < count; ++i) {
      const Vec<T> element = loadApart<T>(in + row * count + i, count, width);
      const Vec<T> merged = Op::merge(Vec<T>(Op::template identity<T>()), element);
      if constexpr (kParts == 1) {
        x[0][i] = merged;
      } else {
        x[0][i] = widen<0>(merged);
        x[1][i] = widen<1>(merged);
      }
    }
    for (int p = 0; p < kParts && p * kLanes<A> < width; ++p) {
      const std::int64_t rest = width - p * kLanes<A>;
      storePartial(foldShort<Op>(x[p], count), out + row + p * kLanes<A>, rest < kLanes<A> ? rest : kLanes<A>);
    }
  }
}

template <class Op, class T>
[[gnu::flatten]] void reduceRows(void* accumulators, const void* elements, std::int64_t rows, std::int64_t count) {
  using A = Accumulator<Op, T>;
  const T* in = static_cast<const T*>(elements);
  A* out = static_cast<A*>(accumulators);
  if (rows > 1 && count <= kShortRow) return reduceShortRows<Op>(out, in, rows, count);
  for (std::int64_t row = 0; row < rows; ++row, in += count)
    out[row] = (count <= kBlock ? reduceBlock<Op, A>(in, count) : reduceBlocks<Op, A>(in, count)).v[0];
}

// ---- columns: runs of a few rows, then runs in ascending order ----

template <class Op, class T, class Load>
Vec<T> reduceRun(const T* in, std::int64_t rows, std::int64_t stride, Load load) {
  Vec<T> x = load(in);
  if (rows == kRunRows) {
    for (int r = 1; r < kRunRows; ++r) x = Op::merge(x, load(in + r * stride));
  } else {
    for (int r = 1; r < rows; ++r) x = Op::merge(x, load(in + r * stride));
  }
  return x;
}

// One vector of columns. Its spare lanes may read the next row's elements, which go nowhere; only where no whole vector is left
// before `end` are they cut off.
template <class Op, class A, class T>
void reduceColumn(A* out, const T* in, std::int64_t rows, std::int64_t stride, std::int64_t width, bool fresh,
                  const T* end) {
  constexpr int kParts = sizeof(A) / sizeof(T);
  Vec<A> x[kParts];
  for (int p = 0; p < kParts; ++p) {
    const std::int64_t rest = width - p * kLanes<A>;
    if (fresh || rest <= 0) x[p] = Op::template identity<A>();
    else x[p] = rest >= kLanes<A> ? load(out + p * kLanes<A>) : loadPartial(out + p * kLanes<A>, rest);
  }
  const auto add = [&](Vec<T> run) {
    if constexpr (kParts == 1) {
      x[0] = Op::merge(x[0], run);
    } else {
      x[0] = Op::merge(x[0], widen<0>(run));
      x[1] = Op::merge(x[1], widen<1>(run));
    }
  };
  std::int64_t row = 0;
  for (; row + kRunRows <= rows && kLanes<T> <= end - in - (row + kRunRows - 1) * stride; row += kRunRows)
    add(reduceRun<Op>(in + row * stride, kRunRows, stride, [](const T* from) { return load(from); }));
  const std::int64_t cut = width < kLanes<T> ? width : kLanes<T>;
  for (; row < rows; row += kRunRows)
    add(reduceRun<Op>(in + row * stride, rows - row < kRunRows ? rows - row : kRunRows, stride,
                      [cut](const T* from) { return loadPartial(from, cut); }));
  for (int p = 0; p < kParts; ++p) {
    const std::int64_t rest = width - p * kLanes<A>;
    if (rest >= kLanes<A>) store(x[p], out + p * kLanes<A>);
    else if (rest > 0) storePartial(x[p], out + p * kLanes<A>, rest);
  }
}

// Many columns are read run by run, so that memory is read in its order.
template <class Op, class T>
[[gnu::flatten]] void reduceColumns(void* accumulators, const void* elements, std::int64_t rows, std::int64_t stride,
                                    std::int64_t count, bool fresh) {
  auto* out = static_cast<Accumulator<Op, T>*>(accumulators);
  const T* in = static_cast<const T*>(elements);
  const T* const end = in + (rows - 1) * stride + count;
  const std::int64_t atOnce = count <= kNarrow * kLanes<T> ? rows : kRunRows;
  for (std::int64_t row = 0; row < rows; row += atOnce, fresh = false) {
    const std::int64_t height = rows - row < atOnce ? rows - row : atOnce;
    for (std::int64_t column = 0; column < count; column += kLanes<T>)
      reduceColumn<Op>(out + column, in + row * stride + column, height, stride, count - column, fresh, end);
  }
}

// ---- partial results ----

template <class Op, class A>
[[gnu::flatten]] void combine(void* accumulators, const void* others, std::int64_t count) {
  A* out = static_cast<A*>(accumulators);
  const auto merge = [](Vec<A> a, Vec<A> b) { return Op::merge(a, b); };
  walk(out, count, merge, Stream<A>({out, 1}), Stream<A>({others, 1}));
}

template <class Op, class T>
void finish(void* results, const void* accumulators, std::int64_t count, std::int64_t reduced) {
  const auto* in = static_cast<const Accumulator<Op, T>*>(accumulators);
  T* out = static_cast<T*>(results);
  if constexpr (kIsSame<Op, reduction::Mean>) {
    for (std::int64_t i = 0; i < count; ++i) out[i] = static_cast<T>(in[i] / static_cast<Accumulator<Op, T>>(reduced));
  } else {
    for (std::int64_t i = 0; i < count; ++i) out[i] = static_cast<T>(in[i]);
  }
}

template <class Op, class T>
void writeIdentity(void* out, std::int64_t count) {
  const T value = kIsSame<Op, reduction::Mean> ? static_cast<T>(__builtin_nan("")) : Op::template identity<T>();
  for (std::int64_t i = 0; i < count; ++i) static_cast<T*>(out)[i] = value;
}

// ---- table rows ----

template <class Op, class... T>
constexpr ReduceRow reduceRow(const char* name, Types<T...>) {
  ReduceRow row{name, {}};
  ((row.kernels[static_cast<int>(kDTypeOf<T>)] = {sizeof(Accumulator<Op, Lane<T>>), reduceRows<Op, Lane<T>>,
                                                  reduceColumns<Op, Lane<T>>, combine<Op, Accumulator<Op, Lane<T>>>,
                                                  finish<Op, Lane<T>>, writeIdentity<Op, Lane<T>>}),
   ...);
  return row;
}

constexpr Types<float, double, std::int32_t, std::int64_t> kSummable;

constexpr ReduceRow kReduceRows[] = {
    reduceRow<reduction::Sum>("sum", kSummable),      reduceRow<reduction::Mean>("mean", kFloats),
    reduceRow<reduction::Product>("prod", kSummable), reduceRow<reduction::Greatest>("amax", kEvery),
    reduceRow<reduction::Least>("amin", kEvery),      reduceRow<reduction::Any>("any", kBoolean),
    reduceRow<reduction::All>("all", kBoolean),
};

}  // namespace
}  // namespace dyngrad::KERNEL_NS
