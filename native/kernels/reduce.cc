// Reductions: a block of elements to one through lanes, then partials among themselves.
#pragma once

#include "arithmetic.cc"
#include "loops.h"

namespace dyngrad::KERNEL_NS {
namespace {

// A block's lanes fill this many bytes on every instruction set, so that all build the same tree.
constexpr int kTreeBytes = 256;
constexpr int kRegisters = kTreeBytes / kVectorBytes;

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

// ---- the tree of one block ----

// Lane j takes lane j + half, for halves down to 1; lane 0 ends with the whole.
template <class Op, int kHalf, class T>
Vec<T> foldLanes(Vec<T> x) {
  if constexpr (kHalf == 0) return x;
  else return foldLanes<Op, kHalf / 2>(Op::merge(x, rotateLanes<kHalf>(x)));
}

template <class Op, class T>
T foldRegisters(Vec<T>* lanes) {
  for (int half = kRegisters / 2; half > 0; half /= 2)
    for (int r = 0; r < half; ++r) lanes[r] = Op::merge(lanes[r], lanes[r + half]);
  return foldLanes<Op, kLanes<T> / 2>(lanes[0]).v[0];
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

// Element i goes to lane i % (lanes of a round), in ascending order.
template <class Op, class T>
[[gnu::flatten]] void reduceBlock(void* partial, const void* elements, std::int64_t count) {
  const T* in = static_cast<const T*>(elements);
  Vec<T> lanes[kRegisters];
  for (Vec<T>& x : lanes) x = Op::template identity<T>();
  std::int64_t i = 0;
  for (; i + kRegisters * kLanes<T> <= count; i += kRegisters * kLanes<T>)
    for (int r = 0; r < kRegisters; ++r) lanes[r] = Op::merge(lanes[r], load(in + i + r * kLanes<T>));
  if (i < count) addRest<Op>(lanes, in + i, count - i);
  *static_cast<T*>(partial) = foldRegisters<Op>(lanes);
}

// Wide rows are added one after the other. Of narrow ones a vector of columns at a time stays in a register for all rows: its
// spare lanes may read the next row's elements, which go nowhere; only where no whole vector is left are they cut off.
template <class Op, class T>
[[gnu::flatten]] void combine(void* accumulator, const void* elements, std::int64_t rows, std::int64_t count) {
  T* out = static_cast<T*>(accumulator);
  const T* in = static_cast<const T*>(elements);
  if (count >= 16 * kLanes<T>) {
    const auto merge = [](Vec<T> a, Vec<T> b) { return Op::merge(a, b); };
    for (std::int64_t row = 0; row < rows; ++row)
      walk(out, count, merge, Stream<T>({out, 1}), Stream<T>({in + row * count, 1}));
    return;
  }
  const std::int64_t end = rows * count;
  for (std::int64_t column = 0; column < count; column += kLanes<T>) {
    const std::int64_t width = count - column;
    const bool whole = width >= kLanes<T>;
    Vec<T> result = whole ? load(out + column) : loadPartial(out + column, width);
    std::int64_t at = column;
    for (; at + kLanes<T> <= end; at += count) result = Op::merge(result, load(in + at));
    for (; at < end; at += count) result = Op::merge(result, loadPartial(in + at, width));
    if (whole) store(result, out + column);
    else storePartial(result, out + column, width);
  }
}

template <class T>
void divideByCount(void* result, std::int64_t count, std::int64_t reduced) {
  for (std::int64_t i = 0; i < count; ++i) static_cast<T*>(result)[i] /= static_cast<T>(reduced);
}

template <class Op, class T>
void writeIdentity(void* out, std::int64_t count) {
  const T value = kIsSame<Op, reduction::Mean> ? static_cast<T>(__builtin_nan("")) : Op::template identity<T>();
  for (std::int64_t i = 0; i < count; ++i) static_cast<T*>(out)[i] = value;
}

// ---- rows ----

template <class Op, class... T>
constexpr ReduceRow reduceRow(const char* name, Types<T...>) {
  ReduceRow row{name, {}};
  ((row.kernels[static_cast<int>(kDTypeOf<T>)] = {reduceBlock<Op, Lane<T>>, combine<Op, Lane<T>>, nullptr,
                                                  writeIdentity<Op, Lane<T>>}),
   ...);
  return row;
}

constexpr ReduceRow meanRow() {
  ReduceRow row = reduceRow<reduction::Mean>("mean", kFloats);
  row.kernels[static_cast<int>(DType::kFloat32)].finish = divideByCount<float>;
  row.kernels[static_cast<int>(DType::kFloat64)].finish = divideByCount<double>;
  return row;
}

constexpr Types<float, double, std::int32_t, std::int64_t> kSummable;

constexpr ReduceRow kReduceRows[] = {
    reduceRow<reduction::Sum>("sum", kSummable),      meanRow(),
    reduceRow<reduction::Product>("prod", kSummable), reduceRow<reduction::Greatest>("amax", kEvery),
    reduceRow<reduction::Least>("amin", kEvery),      reduceRow<reduction::Any>("any", kBoolean),
    reduceRow<reduction::All>("all", kBoolean),
};

}  // namespace
}  // namespace dyngrad::KERNEL_NS
