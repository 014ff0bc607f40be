// Reductions: rows of elements to one each through lanes, columns by rows one after the other, then partials among
// themselves.
#pragma once

#include "extremes.h"
#include "loops.h"
#include "simd/transpose.h"

namespace dyngrad::KERNEL_NS {
namespace {

// A block's lanes fill this many bytes on every instruction set, so that all build the same tree.
constexpr int kTreeBytes = 256;
constexpr int kRegisters = kTreeBytes / kVectorBytes;
// Lanes of a narrower dtype than their accumulator are folded to this many bytes first.
constexpr int kWidenedBytes = 64;
constexpr std::int64_t kShortRow = kMostRowElements;
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
struct Mean : Sum {};  // a sum until it is finished
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

// Partial sums of floats are kept in double, which costs nothing beside the elements: only sums of a few neighbours are
// rounded to float.
template <class Op, class T>
struct AccumulatorOf {
  using type = T;
};
template <>
struct AccumulatorOf<reduction::Sum, float> {
  using type = double;
};
template <class Op>
struct PartialOf {
  using type = Op;
};
template <>
struct PartialOf<reduction::Mean> {
  using type = reduction::Sum;
};
// What accumulates partial results.
template <class Op>
using Partial = typename PartialOf<Op>::type;
template <class Op, class T>
using Accumulator = typename AccumulatorOf<Partial<Op>, T>::type;

// ---- rows: a tree of lanes for each block, then blocks pairwise ----

// Lane j takes lane j + half, for halves down to 1; lane 0 ends with the whole.
template <class Op, int kHalf, class T>
Vec<T> foldLanes(Vec<T> x) {
  if constexpr (kHalf == 0) return x;
  else return foldLanes<Op, kHalf / 2>(Op::merge(x, rotateLanes<kHalf>(x)));
}

// The first `kTo` of `kFrom` registers take those behind them, in halves. (Loops over registers are packs: GCC keeps an
// array that a loop counts through in memory, where a row of 37 floats takes twice the time.)
template <class Op, int kFrom, int kTo, class T>
void foldRegisters(Vec<T>* lanes) {
  if constexpr (kFrom > kTo) {
    constexpr int kHalf = kFrom / 2;
    [&]<int... R>(Indices<R...>) { ((lanes[R] = Op::merge(lanes[R], lanes[R + kHalf])), ...); }
    (FirstIndices<kHalf>{});
    foldRegisters<Op, kHalf, kTo>(lanes);
  }
}

// All registers in one, whose lanes are left to fold.
template <class Op, class A, class T>
Vec<A> foldToLanes(Vec<T>* lanes) {
  if constexpr (kIsSame<A, T>) {
    foldRegisters<Op, kRegisters, 1>(lanes);
    return lanes[0];
  } else {
    constexpr int kLeft = kWidenedBytes / kVectorBytes;
    foldRegisters<Op, kRegisters, kLeft>(lanes);
    Vec<A> wide[2 * kLeft];
    for (int r = 0; r < kLeft; ++r) {
      wide[2 * r] = widen<0>(lanes[r]);
      wide[2 * r + 1] = widen<1>(lanes[r]);
    }
    foldRegisters<Op, 2 * kLeft, 1>(wide);
    return wide[0];
  }
}

// foldLanes() of as many vectors as lanes, with one merge for two of them: lane j ends with the whole of vector j.
template <class Op, int kHalf, class A>
Vec<A> foldTogether(Vec<A> (&x)[kLanes<A>]) {
  if constexpr (kHalf == 0) {
    return x[0];
  } else {
#pragma GCC unroll 16
    for (int i = 0; i < kHalf; ++i) {
      exchange<kHalf>(x[i].v, x[i + kHalf].v, FirstIndices<kLanes<A>>{});
      x[i] = Op::merge(x[i], x[i + kHalf]);
    }
    return foldTogether<Op, kHalf / 2>(x);
  }
}

// Adds the last `count` elements to as many lanes of one register; the others keep what they have.
template <class Op, class T>
Vec<T> addRest(Vec<T> lanes, const T* in, std::int64_t count) {
  if (count >= kLanes<T>) return Op::merge(lanes, load(in));
  if (count <= 0) return lanes;
  const Vec<T> merged = Op::merge(lanes, loadPartial(in, count));
  return select(laneNumbers<T>() < Vec<T>(static_cast<T>(count)), merged, lanes);
}

// Element i goes to lane i % (lanes of a round), in ascending order.
template <class Op, class A, class T>
Vec<A> blockLanes(const T* in, std::int64_t count) {
  return [&]<int... R>(Indices<R...>) {
    Vec<T> lanes[kRegisters] = {((void)R, Vec<T>(Op::template identity<T>()))...};
    std::int64_t i = 0;
    for (; i + kRegisters * kLanes<T> <= count; i += kRegisters * kLanes<T>)
      ((lanes[R] = Op::merge(lanes[R], load(in + i + R * kLanes<T>))), ...);
    if (i < count) ((lanes[R] = addRest<Op>(lanes[R], in + i + R * kLanes<T>, count - i - R * kLanes<T>)), ...);
    return foldToLanes<Op, A>(lanes);
  }
  (FirstIndices<kRegisters>{});
}

// Lane 0 is the result.
template <class Op, class A, class T>
Vec<A> reduceBlock(const T* in, std::int64_t count) {
  return foldLanes<Op, kLanes<A> / 2>(blockLanes<Op, A>(in, count));
}

// A binary counter: level l holds the result of 2^l parts.
template <class Op, class V, class F>
V reducePairwise(std::int64_t parts, F nth) {
  V levels[64];
  for (std::int64_t part = 0; part < parts; ++part) {
    V x = nth(part);
    if (parts == 1) return x;
    int level = 0;
    for (; (part >> level & 1) != 0; ++level) x = Op::merge(levels[level], x);
    levels[level] = x;
  }
  int level = __builtin_ctzll(static_cast<unsigned long long>(parts));
  V result = levels[level];
  while (parts >> ++level != 0)
    if ((parts >> level & 1) != 0) result = Op::merge(levels[level], result);
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
    Vec<T> elements[kShortRow];
    if (width == kLanes<T>) {
      loadRows(elements, in + row * count, count);
    } else {
      for (std::int64_t i = 0; i < count; ++i) elements[i] = loadApart<T>(in + row * count + i, count, width);
    }
    Vec<A> x[kParts][kShortRow];
    for (std::int64_t i = 0; i < count; ++i) {
      const Vec<T> merged = Op::merge(Vec<T>(Op::template identity<T>()), elements[i]);
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
  std::int64_t row = 0;
  if constexpr (sizeof(A) >= 4) {
    for (; row + kLanes<A> <= rows && count <= kBlock; row += kLanes<A>) {
      Vec<A> x[kLanes<A>];
      for (int i = 0; i < kLanes<A>; ++i, in += count) x[i] = blockLanes<Op, A>(in, count);
      store(foldTogether<Op, kLanes<A> / 2>(x), out + row);
    }
  }
  const auto nth = [&](std::int64_t block) {
    const std::int64_t rest = count - block * kBlock;
    return reduceBlock<Op, A>(in + block * kBlock, rest < kBlock ? rest : kBlock);
  };
  for (; row < rows; ++row, in += count) out[row] = reducePairwise<Op, Vec<A>>((count + kBlock - 1) / kBlock, nth).v[0];
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

// The accumulators of one vector of columns.
template <class A, class T>
struct ColumnAccumulators {
  static constexpr int kParts = sizeof(A) / sizeof(T);
  Vec<A> parts[kParts];

  template <class Op>
  static ColumnAccumulators identity() {
    ColumnAccumulators x;
    for (int p = 0; p < kParts; ++p) x.parts[p] = Op::template identity<A>();
    return x;
  }

  // Of `width` columns; others are not touched.
  static ColumnAccumulators from(const A* in, std::int64_t width) {
    ColumnAccumulators x;
    for (int p = 0; p < kParts; ++p) {
      const std::int64_t rest = width - p * kLanes<A>;
      if (rest <= 0) x.parts[p] = A(0);
      else x.parts[p] = rest >= kLanes<A> ? load(in + p * kLanes<A>) : loadPartial(in + p * kLanes<A>, rest);
    }
    return x;
  }

  void to(A* out, std::int64_t width) const {
    for (int p = 0; p < kParts; ++p) {
      const std::int64_t rest = width - p * kLanes<A>;
      if (rest >= kLanes<A>) store(parts[p], out + p * kLanes<A>);
      else if (rest > 0) storePartial(parts[p], out + p * kLanes<A>, rest);
    }
  }

  template <class Op>
  void merge(Vec<T> run) {
    if constexpr (kParts == 1) {
      parts[0] = Op::merge(parts[0], run);
    } else {
      parts[0] = Op::merge(parts[0], widen<0>(run));
      parts[1] = Op::merge(parts[1], widen<1>(run));
    }
  }
};

// Takes the rows of one vector of columns. Its spare lanes may read the next row's elements, which go nowhere; only
// where nothing whole is left before `end` are they cut off. Of few columns no more is read than they need: a vector
// would mostly lie in two lines.
template <class Op, class A, class T>
[[gnu::noinline]] void addColumn(ColumnAccumulators<A, T>& x, const T* in, std::int64_t rows, std::int64_t stride,
                                 std::int64_t width, const T* end) {
  const std::int64_t cut = width < kLanes<T> ? width : kLanes<T>;
  const auto addRuns = [&](std::int64_t least, auto loadWhole) {
    std::int64_t row = 0;
    for (; row + kRunRows <= rows && least <= end - in - (row + kRunRows - 1) * stride; row += kRunRows)
      x.template merge<Op>(reduceRun<Op>(in + row * stride, kRunRows, stride, loadWhole));
    for (; row < rows; row += kRunRows)
      x.template merge<Op>(reduceRun<Op>(in + row * stride, rows - row < kRunRows ? rows - row : kRunRows, stride,
                                         [cut](const T* from) { return loadPartial(from, cut); }));
  };
  if (cut <= kFewLanes<T>) addRuns(kFewLanes<T>, [](const T* from) { return loadFew(from); });
  else addRuns(kLanes<T>, [](const T* from) { return load(from); });
}

template <class Op, class A, class T>
void reduceColumn(A* out, const T* in, std::int64_t rows, std::int64_t stride, std::int64_t width, bool fresh,
                  const T* end) {
  ColumnAccumulators<A, T> x =
      fresh ? ColumnAccumulators<A, T>::template identity<Op>() : ColumnAccumulators<A, T>::from(out, width);
  addColumn<Op>(x, in, rows, stride, width, end);
  x.to(out, width);
}

// Groups of rows pairwise.
template <class Op, class T>
[[gnu::flatten]] void reduceGroups(void* accumulators, const void* elements, std::int64_t rows, std::int64_t stride,
                                   std::int64_t count) {
  using A = Accumulator<Op, T>;
  using Columns = ColumnAccumulators<A, T>;
  struct Merge {
    static Columns merge(Columns a, Columns b) {
      for (int p = 0; p < Columns::kParts; ++p) a.parts[p] = Op::merge(a.parts[p], b.parts[p]);
      return a;
    }
  };
  const T* const end = static_cast<const T*>(elements) + (rows - 1) * stride + count;
  for (std::int64_t column = 0; column < count; column += kLanes<T>) {
    const T* in = static_cast<const T*>(elements) + column;
    const auto nth = [&](std::int64_t group) {
      const std::int64_t rest = rows - group * kGroupRows;
      Columns x = Columns::template identity<Op>();
      addColumn<Op>(x, in + group * kGroupRows * stride, rest < kGroupRows ? rest : kGroupRows, stride, count - column,
                    end);
      return x;
    };
    reducePairwise<Merge, Columns>((rows + kGroupRows - 1) / kGroupRows, nth)
        .to(static_cast<A*>(accumulators) + column, count - column);
  }
}

// One run of whole vectors of columns.
template <class Op, bool kFresh, class A, class T>
void reduceColumnsRun(A* out, const T* in, std::int64_t rows, std::int64_t stride, std::int64_t count) {
  for (std::int64_t column = 0; column < count; column += kLanes<T>) {
    ColumnAccumulators<A, T> x;
    for (int p = 0; p < x.kParts; ++p)
      x.parts[p] = kFresh ? Vec<A>(Op::template identity<A>()) : load(out + column + p * kLanes<A>);
    x.template merge<Op>(reduceRun<Op>(in + column, rows, stride, [](const T* from) { return load(from); }));
    for (int p = 0; p < x.kParts; ++p) store(x.parts[p], out + column + p * kLanes<A>);
  }
}

// Many columns are read run by run, so that memory is read in its order.
template <class Op, class T>
[[gnu::flatten]] void reduceColumns(void* accumulators, const void* elements, std::int64_t rows, std::int64_t stride,
                                    std::int64_t count, bool fresh) {
  auto* out = static_cast<Accumulator<Op, T>*>(accumulators);
  const T* in = static_cast<const T*>(elements);
  const T* const end = in + (rows - 1) * stride + count;
  if (count <= kNarrow * kLanes<T>) {
    for (std::int64_t column = 0; column < count; column += kLanes<T>)
      reduceColumn<Op>(out + column, in + column, rows, stride, count - column, fresh, end);
    return;
  }
  const std::int64_t whole = count / kLanes<T> * kLanes<T>;
  for (std::int64_t row = 0; row < rows; row += kRunRows, in += kRunRows * stride, fresh = false) {
    const std::int64_t height = rows - row < kRunRows ? rows - row : kRunRows;
    if (fresh) reduceColumnsRun<Op, true>(out, in, height, stride, whole);
    else reduceColumnsRun<Op, false>(out, in, height, stride, whole);
    if (whole < count) reduceColumn<Op>(out + whole, in + whole, height, stride, count - whole, fresh, end);
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

// ---- rows of the table ----

template <class Op, class... T>
constexpr ReduceRow reduceRow(const char* name, Types<T...>) {
  ReduceRow row{name, {}};
  ((row.kernels[static_cast<int>(kDTypeOf<T>)] = {sizeof(Accumulator<Op, Lane<T>>), reduceRows<Partial<Op>, Lane<T>>,
                                                  reduceColumns<Partial<Op>, Lane<T>>,
                                                  reduceGroups<Partial<Op>, Lane<T>>,
                                                  combine<Partial<Op>, Accumulator<Op, Lane<T>>>, finish<Op, Lane<T>>,
                                                  writeIdentity<Op, Lane<T>>}),
   ...);
  return row;
}

constexpr Types<float, double, std::int32_t, std::int64_t> kSummable;

}  // namespace
}  // namespace dyngrad::KERNEL_NS
