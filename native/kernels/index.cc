// Gather, put and accumulate at indexed places: what advanced indexing, embedding, gather and scatter are made of.
#include "runtime/kernel_table.h"

namespace dyngrad::KERNEL_NS {
namespace {

// Walks the outer dims in logical order; the offsets of all streams follow.
struct Odometer {
  std::int64_t at[kMaxRank] = {};
  std::int64_t data = 0, values = 0;
  std::int64_t index[kMaxIndices] = {};

  // Steps the dims [0, rank); false after the last point.
  bool next(const IndexLaunch& l, int rank) {
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

bool isEmpty(const IndexLaunch& l) {
  for (int d = 0; d < l.rank; ++d) {
    if (l.sizes[d] <= 0) return true;
  }
  return false;
}

// ---- the check ----

// Dims over which an index repeats itself are walked once.
bool inRange(const IndexLaunch& l, int j) {
  std::int64_t sizes[kMaxRank], strides[kMaxRank], at[kMaxRank] = {};
  int rank = 0;
  for (int d = 0; d < l.rank; ++d) {
    if (l.sizes[d] == 1 || l.indexStrides[j][d] == 0) continue;
    sizes[rank] = l.sizes[d];
    strides[rank++] = l.indexStrides[j][d];
  }
  const std::int64_t inner = rank > 0 ? sizes[rank - 1] : 1, step = rank > 0 ? strides[rank - 1] : 0;
  const auto size = static_cast<std::uint64_t>(l.dimSize[j]);
  const std::int64_t* index = l.indices[j];
  for (;;) {
    // index + size as an unsigned number is below 2 size exactly for an index in [-size, size).
    bool ok = true;
    for (std::int64_t i = 0; i < inner; ++i) ok &= static_cast<std::uint64_t>(index[i * step]) + size < 2 * size;
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

inline std::int64_t wrapped(std::int64_t index, std::int64_t size) { return index < 0 ? index + size : index; }

template <class T>
struct Copy {
  static void apply(T* to, const T* from) { *to = *from; }
};

template <class T>
struct Add {
  static void apply(T* to, const T* from) { *to = static_cast<T>(*to + *from); }
};

struct Or {
  static void apply(std::uint8_t* to, const std::uint8_t* from) { *to |= *from; }
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

// The indices do not move in the innermost dim: whole rows are copied, as for an embedding.
template <class T, class Op, bool kGathers>
void rows(const IndexLaunch& l, const Odometer& o) {
  const int last = l.rank - 1;
  std::int64_t offset = o.data;
  for (int j = 0; j < l.indexCount; ++j) offset += wrapped(l.indices[j][o.index[j]], l.dimSize[j]) * l.dimStride[j];
  T* data = static_cast<T*>(l.data) + offset;
  T* values = static_cast<T*>(l.values) + o.values;
  const std::int64_t dataStep = l.dataStrides[last], valueStep = l.valueStrides[last];
  if constexpr (kGathers) run<T, Op>(values, valueStep, data, dataStep, l.sizes[last]);
  else run<T, Op>(data, dataStep, values, valueStep, l.sizes[last]);
}

// One index that moves in the innermost dim, as in gather and scatter; further ones add up in a loop.
template <class T, class Op, bool kGathers>
void elements(const IndexLaunch& l, const Odometer& o) {
  const int last = l.rank - 1;
  T* data = static_cast<T*>(l.data) + o.data;
  T* values = static_cast<T*>(l.values) + o.values;
  const std::int64_t dataStep = l.dataStrides[last], valueStep = l.valueStrides[last];
  const std::int64_t* first = l.indices[0] + o.index[0];
  const std::int64_t step = l.indexStrides[0][last], size = l.dimSize[0], stride = l.dimStride[0];
  for (std::int64_t i = 0; i < l.sizes[last]; ++i) {
    std::int64_t offset = i * dataStep + wrapped(first[i * step], size) * stride;
    for (int j = 1; j < l.indexCount; ++j) {
      offset += wrapped(l.indices[j][o.index[j] + i * l.indexStrides[j][last]], l.dimSize[j]) * l.dimStride[j];
    }
    point<T, Op, kGathers>(data + offset, values + i * valueStep);
  }
}

template <class T, class Op, bool kGathers>
void walk(const IndexLaunch& l) {
  const int last = l.rank - 1;
  bool still = true;
  for (int j = 0; j < l.indexCount; ++j) still &= l.indexStrides[j][last] == 0;
  Odometer o;
  do {
    if (still) rows<T, Op, kGathers>(l, o);
    else elements<T, Op, kGathers>(l, o);
  } while (o.next(l, last));
}

void move(const IndexLaunch& l) {
  const bool gathers = l.mode == IndexMode::kGather;
  const std::int64_t bytes = kItemSize[static_cast<int>(l.dtype)];
  if (bytes == 1)
    return gathers ? walk<std::uint8_t, Copy<std::uint8_t>, true>(l) : walk<std::uint8_t, Copy<std::uint8_t>, false>(l);
  if (bytes == 4)
    return gathers ? walk<std::uint32_t, Copy<std::uint32_t>, true>(l)
                   : walk<std::uint32_t, Copy<std::uint32_t>, false>(l);
  return gathers ? walk<std::uint64_t, Copy<std::uint64_t>, true>(l)
                 : walk<std::uint64_t, Copy<std::uint64_t>, false>(l);
}

// Integers add as unsigned numbers, which wrap.
void accumulate(const IndexLaunch& l) {
  switch (l.dtype) {
    case DType::kFloat32:
      return walk<float, Add<float>, false>(l);
    case DType::kFloat64:
      return walk<double, Add<double>, false>(l);
    case DType::kInt32:
      return walk<std::uint32_t, Add<std::uint32_t>, false>(l);
    case DType::kInt64:
      return walk<std::uint64_t, Add<std::uint64_t>, false>(l);
    case DType::kUint8:
      return walk<std::uint8_t, Add<std::uint8_t>, false>(l);
    case DType::kBool:
      return walk<std::uint8_t, Or, false>(l);
  }
}

// A space of rank 0 is one of rank 1 with one point.
int scalarIndex(IndexLaunch l);

int indexKernel(const IndexLaunch& launch) {
  if (isEmpty(launch)) return 0;
  if (launch.rank == 0) return scalarIndex(launch);
  for (int j = 0; j < launch.indexCount; ++j) {
    if (!inRange(launch, j)) return 1;
  }
  if (launch.mode == IndexMode::kAccumulate) accumulate(launch);
  else move(launch);
  return 0;
}

int scalarIndex(IndexLaunch l) {
  l.rank = 1;
  l.sizes[0] = 1;
  l.dataStrides[0] = l.valueStrides[0] = 0;
  for (int j = 0; j < l.indexCount; ++j) l.indexStrides[j][0] = 0;
  return indexKernel(l);
}

}  // namespace

KernelRows indexRows() { return {.index = indexKernel}; }

}  // namespace dyngrad::KERNEL_NS
