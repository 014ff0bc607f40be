// Gather, put and accumulate at indexed places: what advanced indexing, embedding, gather and scatter are made of.
// What meets at one element is taken in logical order: threads share dims only whose points write apart.
#include "call.h"
#include "loops.h"

namespace dyngrad::KERNEL_NS {
namespace {

enum class Mode { kGather, kPut, kAccumulate, kProduct, kGreatest, kLeast };
constexpr int kMaxIndices = kMaxRank;

// For each point of the grid: element = data[point . dataStrides + sum_j wrap(index_j[point]) * dimStride_j];
// gather copies element -> value, put copies value -> element, the others add, multiply or compare value to element in
// logical order.
struct Places {
  int rank;
  std::int64_t sizes[kMaxRank];
  void* data;
  std::int64_t dataStrides[kMaxRank];
  void* values;
  std::int64_t valueStrides[kMaxRank];
  int indexCount;
  const std::int64_t* indices[kMaxIndices];
  std::int64_t indexStrides[kMaxIndices][kMaxRank];
  std::int64_t dimSize[kMaxIndices];  // an index is valid in [lowest, dimSize), where lowest is 0 or -dimSize
  std::int64_t dimStride[kMaxIndices];
  bool countsFromEnd;
};

// Walks the outer dims in logical order; the offsets of all streams follow.
struct Odometer {
  std::int64_t at[kMaxRank] = {};
  std::int64_t data = 0, values = 0;
  std::int64_t index[kMaxIndices] = {};

  // Steps the dims [0, rank); false after the last point.
  bool next(const Places& l, int rank) {
    for (int d = rank - 1; d >= 0; --d) {
      const std::int64_t steps = ++at[d] < l.sizes[d] ? 1 : 1 - l.sizes[d];
      data += steps * l.dataStrides[d];
      values += steps * l.valueStrides[d];
      for (int j = 0; j < l.indexCount; ++j) index[j] += steps * l.indexStrides[j][d];
      if (at[d] < l.sizes[d]) return true;
      at[d] = 0;
    }
    return false;
  }
};

bool isEmpty(const Places& l) {
  for (int d = 0; d < l.rank; ++d) {
    if (l.sizes[d] <= 0) return true;
  }
  return false;
}

// ---- the check ----

// Dims over which an index repeats itself are walked once.
bool inRange(const Places& l, int j) {
  std::int64_t sizes[kMaxRank], strides[kMaxRank], at[kMaxRank] = {};
  int rank = 0;
  for (int d = 0; d < l.rank; ++d) {
    if (l.sizes[d] == 1 || l.indexStrides[j][d] == 0) continue;
    sizes[rank] = l.sizes[d];
    strides[rank++] = l.indexStrides[j][d];
  }
  const std::int64_t inner = rank > 0 ? sizes[rank - 1] : 1, step = rank > 0 ? strides[rank - 1] : 0;
  const auto size = static_cast<std::uint64_t>(l.dimSize[j]), below = l.countsFromEnd ? size : 0;
  const std::int64_t* index = l.indices[j];
  for (;;) {
    // index + below as an unsigned number is less than size + below exactly for an index in [-below, size).
    bool ok = true;
    for (std::int64_t i = 0; i < inner; ++i) ok &= static_cast<std::uint64_t>(index[i * step]) + below < size + below;
    if (!ok) return false;
    int d = rank - 2;
    for (; d >= 0; --d) {
      index += strides[d];
      if (++at[d] < sizes[d]) break;
      index -= sizes[d] * strides[d];
      at[d] = 0;
    }
    if (d < 0) return true;
  }
}

// ---- the work ----

inline std::int64_t wrapped(std::int64_t index, std::int64_t size) { return index + ((index >> 63) & size); }

template <class T>
struct Copy {
  static void apply(T* to, const T* from) { *to = *from; }
};

template <class T>
struct Add {
  static void apply(T* to, const T* from) { *to = static_cast<T>(*to + *from); }
};

template <class T>
struct Multiply {
  static void apply(T* to, const T* from) { *to = static_cast<T>(*to * *from); }
};

// A NaN, once there, is not greater than anything.
template <class T>
struct Greatest {
  static void apply(T* to, const T* from) { *to = *from > *to || *from != *from ? *from : *to; }
};

template <class T>
struct Least {
  static void apply(T* to, const T* from) { *to = *from < *to || *from != *from ? *from : *to; }
};

struct Or {
  static void apply(std::uint8_t* to, const std::uint8_t* from) { *to |= *from; }
};

struct And {
  static void apply(std::uint8_t* to, const std::uint8_t* from) { *to &= *from; }
};

// A run over the innermost dim: `to` and `from` at their steps.
template <class T, class Op>
void run(T* to, std::int64_t toStep, const T* from, std::int64_t fromStep, std::int64_t count) {
  if (toStep == 1 && fromStep == 1) {
    for (std::int64_t i = 0; i < count; ++i) Op::apply(to + i, from + i);
  } else {
    for (std::int64_t i = 0; i < count; ++i) Op::apply(to + i * toStep, from + i * fromStep);
  }
}

template <class T, class Op, bool kGathers>
void point(T* data, T* value) {
  if constexpr (kGathers) Op::apply(value, data);
  else Op::apply(data, value);
}

// Where the indices choose at a point of the outer dims.
inline std::int64_t chosen(const Places& l, const Odometer& o) {
  std::int64_t offset = 0;
  for (int j = 0; j < l.indexCount; ++j) offset += wrapped(l.indices[j][o.index[j]], l.dimSize[j]) * l.dimStride[j];
  return offset;
}

// The indices do not move in the innermost dim: a whole row.
template <class T, class Op, bool kGathers>
void row(const Places& l, const Odometer& o) {
  const int last = l.rank - 1;
  T* data = static_cast<T*>(l.data) + o.data + chosen(l, o);
  T* values = static_cast<T*>(l.values) + o.values;
  const std::int64_t dataStep = l.dataStrides[last], valueStep = l.valueStrides[last];
  if constexpr (kGathers) run<T, Op>(values, valueStep, data, dataStep, l.sizes[last]);
  else run<T, Op>(data, dataStep, values, valueStep, l.sizes[last]);
}

// One index and rows of unit steps, as for an embedding: the rows of the last two dims in one loop, 4.3 ns for 20
// floats against 6.3 with a call for each.
template <class T, class Op, bool kGathers>
void denseRows(const Places& l, const Odometer& o) {
  const int last = l.rank - 1, outer = last - 1;
  T* data = static_cast<T*>(l.data) + o.data;
  T* values = static_cast<T*>(l.values) + o.values;
  const std::int64_t dataStep = l.dataStrides[outer], valueStep = l.valueStrides[outer], width = l.sizes[last];
  const std::int64_t* index = l.indices[0] + o.index[0];
  const std::int64_t step = l.indexStrides[0][outer], size = l.dimSize[0], stride = l.dimStride[0];
  for (std::int64_t i = 0; i < l.sizes[outer]; ++i) {
    T* at = data + i * dataStep + wrapped(index[i * step], size) * stride;
    T* value = values + i * valueStep;
    for (std::int64_t k = 0; k < width; ++k) point<T, Op, kGathers>(at + k, value + k);
  }
}

// One index that moves in the innermost dim, as in gather and scatter. At unit steps the loop is plain: 0.9 ns a point
// of a scatter, with steps that are only known at run time and a loop over indices 1.7 (1000 points, AVX-512).
template <class T, class Op, bool kGathers>
void elements(const Places& l, const Odometer& o) {
  const int last = l.rank - 1;
  T* data = static_cast<T*>(l.data) + o.data;
  T* values = static_cast<T*>(l.values) + o.values;
  const std::int64_t dataStep = l.dataStrides[last], valueStep = l.valueStrides[last], count = l.sizes[last];
  const std::int64_t* index = l.indices[0] + o.index[0];
  const std::int64_t step = l.indexStrides[0][last], size = l.dimSize[0], stride = l.dimStride[0];
  if (step == 1 && stride == 1 && valueStep == 1 && dataStep == 0) {
    for (std::int64_t i = 0; i < count; ++i) point<T, Op, kGathers>(data + wrapped(index[i], size), values + i);
    return;
  }
  for (std::int64_t i = 0; i < count; ++i)
    point<T, Op, kGathers>(data + i * dataStep + wrapped(index[i * step], size) * stride, values + i * valueStep);
}

// Several indices, one of which moves in the innermost dim.
template <class T, class Op, bool kGathers>
void elementsOfSeveral(const Places& l, const Odometer& o) {
  const int last = l.rank - 1;
  T* data = static_cast<T*>(l.data) + o.data;
  T* values = static_cast<T*>(l.values) + o.values;
  for (std::int64_t i = 0; i < l.sizes[last]; ++i) {
    std::int64_t offset = i * l.dataStrides[last];
    for (int j = 0; j < l.indexCount; ++j)
      offset += wrapped(l.indices[j][o.index[j] + i * l.indexStrides[j][last]], l.dimSize[j]) * l.dimStride[j];
    point<T, Op, kGathers>(data + offset, values + i * l.valueStrides[last]);
  }
}

// A line of the innermost dim, or of the last two, at a point of the others.
using Line = void (*)(const Places& l, const Odometer& o);

template <class T, class Op, bool kGathers>
void walk(const Places& l) {
  const int last = l.rank - 1;
  bool still = true;
  for (int j = 0; j < l.indexCount; ++j) still &= l.indexStrides[j][last] == 0;
  const bool isDense =
      still && l.rank > 1 && l.indexCount == 1 && l.dataStrides[last] == 1 && l.valueStrides[last] == 1;
  const Line ofElements = l.indexCount == 1 ? elements<T, Op, kGathers> : elementsOfSeveral<T, Op, kGathers>;
  const Line line = isDense ? denseRows<T, Op, kGathers> : still ? row<T, Op, kGathers> : ofElements;
  Odometer o;
  do {
    line(l, o);
  } while (o.next(l, isDense ? last - 1 : last));
}

// Bits of the items of each dtype, which is all that copies see.
template <class T>
using BitsOf = Either<sizeof(T) == 1, std::uint8_t,
                      Either<sizeof(T) == 2, std::uint16_t, Either<sizeof(T) == 4, std::uint32_t, std::uint64_t>>>;
template <class T>
constexpr bool kIsBool = false;
template <>
constexpr bool kIsBool<bool> = true;

// Integers add and multiply as unsigned numbers, which wrap; bool as or and and.
template <class T, Mode kMode>
void apply(const Places& l) {
  using Bits = BitsOf<T>;
  using Item = Either<kIsFloat<T>, T, Bits>;
  if constexpr (kMode == Mode::kGather || kMode == Mode::kPut) walk<Bits, Copy<Bits>, kMode == Mode::kGather>(l);
  else if constexpr (kIsBool<T>)
    walk<Bits, Either<kMode == Mode::kAccumulate || kMode == Mode::kGreatest, Or, And>, false>(l);
  else if constexpr (kMode == Mode::kAccumulate) walk<Item, Add<Item>, false>(l);
  else if constexpr (kMode == Mode::kProduct) walk<Item, Multiply<Item>, false>(l);
  else if constexpr (kMode == Mode::kGreatest) walk<T, Greatest<T>, false>(l);
  else walk<T, Least<T>, false>(l);
}

// ---- threads ----

std::int64_t magnitude(std::int64_t x) { return x < 0 ? -x : x; }

// True where all points of the data lie apart but for those that share their indices: each dim steps over what the dims
// of smaller steps reach.
bool liesApart(const Places& l) {
  std::int64_t sizes[kMaxRank + kMaxIndices], steps[kMaxRank + kMaxIndices];
  int count = 0;
  const auto insert = [&](std::int64_t size, std::int64_t step) {
    if (size <= 1) return;
    int at = count++;
    for (; at > 0 && steps[at - 1] > step; --at) {
      steps[at] = steps[at - 1];
      sizes[at] = sizes[at - 1];
    }
    steps[at] = step;
    sizes[at] = size;
  };
  for (int d = 0; d < l.rank; ++d) {
    if (l.dataStrides[d] != 0) insert(l.sizes[d], magnitude(l.dataStrides[d]));
  }
  for (int j = 0; j < l.indexCount; ++j) insert(l.dimSize[j], magnitude(l.dimStride[j]));
  std::int64_t reach = 0;
  for (int i = 0; i < count; ++i) {
    if (steps[i] <= reach) return false;
    reach += (sizes[i] - 1) * steps[i];
  }
  return true;
}

// The longest dim that threads may share, the first of several; -1 where there is none.
int sharedDim(const Places& l, bool gathers) {
  if (!gathers && !liesApart(l)) return -1;
  int best = -1;
  for (int d = 0; d < l.rank; ++d) {
    if (!gathers && l.dataStrides[d] == 0) continue;
    if (best < 0 || l.sizes[d] > l.sizes[best]) best = d;
  }
  return best;
}

std::int64_t pointsOf(const Places& l) {
  std::int64_t points = 1;
  for (int d = 0; d < l.rank; ++d) points = saturatingProduct(points, l.sizes[d]);
  return points;
}

// The points from `begin` to `end` of a dim.
template <class T>
Places partOf(const Places& l, int dim, std::int64_t begin, std::int64_t end) {
  Places part = l;
  part.sizes[dim] = end - begin;
  part.data = static_cast<T*>(l.data) + begin * l.dataStrides[dim];
  part.values = static_cast<T*>(l.values) + begin * l.valueStrides[dim];
  for (int j = 0; j < l.indexCount; ++j) part.indices[j] = l.indices[j] + begin * l.indexStrides[j][dim];
  return part;
}

// f(part) for parts of the points along `dim`, which threads share; all in one where that is -1.
template <class T, class F>
void inParts(const Call& call, const Places& l, int dim, F&& f) {
  const std::int64_t points = pointsOf(l);
  if (dim < 0 || points <= kGrain) return f(l);
  const std::int64_t others = points / l.sizes[dim];
  inParallel(call, l.sizes[dim], others >= kGrain ? 1 : kGrain / others,
             [&](std::int64_t begin, std::int64_t end) { f(partOf<T>(l, dim, begin, end)); });
}

bool allInRange(const Call& call, const Places& l) {
  int isWrong = 0;
  inParts<char>(call, l, sharedDim(l, true), [&](const Places& part) {
    for (int j = 0; j < part.indexCount; ++j) {
      if (!inRange(part, j)) __atomic_store_n(&isWrong, 1, __ATOMIC_RELAXED);
    }
  });
  return isWrong == 0;
}

// ---- rows ----

// A rank of 0 is one dim of one point.
Places placesOf(const Call& call, const CallOperand& values, const CallOperand& data, int indices) {
  Places l;
  l.rank = values.rank > 0 ? values.rank : 1;
  l.sizes[0] = 1;
  l.dataStrides[0] = l.valueStrides[0] = 0;
  l.data = data.data;
  l.values = values.data;
  for (int d = 0; d < values.rank; ++d) {
    l.sizes[d] = values.sizes[d];
    l.dataStrides[d] = data.strides[d];
    l.valueStrides[d] = values.strides[d];
  }
  l.countsFromEnd = call.integers[0] != 0;
  l.indexCount = call.repeats;
  for (int j = 0; j < call.repeats; ++j) {
    const CallOperand& index = call.at(indices, j);
    l.indices[j] = index.as<const std::int64_t>();
    l.indexStrides[j][0] = 0;
    for (int d = 0; d < values.rank; ++d) l.indexStrides[j][d] = index.strides[d];
    l.dimSize[j] = data.sizes[values.rank + j];
    l.dimStride[j] = data.strides[values.rank + j];
  }
  return l;
}

constexpr int kSource = 0, kIndices = 1, kTarget = 2;

// Nothing is written where an index is out of range: status 1.
template <class T, Mode kMode>
std::int64_t index(const Call& call) {
  const CallOperand &source = call.at(kSource), &target = call.at(kTarget);
  const Places l =
      kMode == Mode::kGather ? placesOf(call, target, source, kIndices) : placesOf(call, source, target, kIndices);
  if (isEmpty(l)) return 0;
  if (!allInRange(call, l)) return 1;
  constexpr bool kGathers = kMode == Mode::kGather;
  inParts<BitsOf<T>>(call, l, sharedDim(l, kGathers), [](const Places& part) { apply<T, kMode>(part); });
  return 0;
}

// The last dims of the data are those that indices choose.
const char* checkIndex(const Call& call, std::int64_t&) {
  return call.repeats > kMaxIndices || call.at(kIndices).rank > kMaxRank ? "there are too many dims" : nullptr;
}

double accumulateCost(const Call& call) { return static_cast<double>(countOf(call.at(kSource))); }

constexpr OperandRule kIndexRule{"indices", "*", fixed(DType::kInt64), kRepeated};
constexpr OperandRule kGatherOperands[] = {
    {"data", "*@", kCallDType, kScattered}, kIndexRule, {"values", "*", kCallDType, kWritten}};
constexpr OperandRule kPutOperands[] = {{"values", "*"}, kIndexRule, {"data", "*@", kCallDType, kWritten | kScattered}};
constexpr OperandRule kAccumulateOperands[] = {
    {"values", "*"}, kIndexRule, {"data", "*@", kCallDType, kWritten | kUpdated | kScattered}};

constexpr IntegerRule kIndexIntegers[] = {{"countsFromEnd", 0, 1}};

template <Mode kMode>
constexpr KernelRow indexRow(const char* name, List<OperandRule> operands, double (*cost)(const Call&)) {
  KernelRow row{name,
                operands,
                kIndexIntegers,
                {},
                {},
                checkIndex,
                {index<float, kMode>, index<double, kMode>, index<std::int32_t, kMode>, index<std::int64_t, kMode>,
                 index<std::uint8_t, kMode>, index<bool, kMode>},
                cost};
  // Copies see items, sums see numbers.
  if constexpr (kMode == Mode::kGather || kMode == Mode::kPut) {
    row.run[static_cast<int>(DType::kInt8)] = index<std::int8_t, kMode>;
    row.run[static_cast<int>(DType::kInt16)] = index<std::int16_t, kMode>;
    row.run[static_cast<int>(DType::kFloat16)] = index<Half, kMode>;
    row.run[static_cast<int>(DType::kBFloat16)] = index<BFloat16, kMode>;
  }
  return row;
}

constexpr KernelRow kRows[] = {indexRow<Mode::kGather>("gather", kGatherOperands, nullptr),
                               indexRow<Mode::kPut>("put", kPutOperands, nullptr),
                               indexRow<Mode::kAccumulate>("accumulate", kAccumulateOperands, accumulateCost),
                               indexRow<Mode::kProduct>("accumulateProduct", kAccumulateOperands, accumulateCost),
                               indexRow<Mode::kGreatest>("accumulateGreatest", kAccumulateOperands, accumulateCost),
                               indexRow<Mode::kLeast>("accumulateLeast", kAccumulateOperands, accumulateCost)};

}  // namespace

FileRows indexRows() { return {.kernel = kRows}; }

}  // namespace dyngrad::KERNEL_NS
