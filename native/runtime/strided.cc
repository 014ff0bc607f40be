#include "runtime/strided.h"

#include <algorithm>
#include <cstring>

#include "runtime/isa.h"

namespace dyngrad {
namespace {

// Where a linear index stands in a view.
struct Cursor {
  const StridedView& view;
  std::byte* at;
  Sizes index;

  Cursor(const StridedView& v, std::int64_t linear) : view(v), at(v.data) {
    for (int d = v.rank - 1; d > 0; --d) {
      index[d] = linear % v.sizes[d];
      linear /= v.sizes[d];
      at += index[d] * v.strides[d];
    }
    index[0] = linear;
    at += linear * v.strides[0];
  }

  // Elements left in the innermost dim.
  std::int64_t run() const { return view.sizes[view.rank - 1] - index[view.rank - 1]; }

  void advance(std::int64_t count) {
    int d = view.rank - 1;
    index[d] += count;
    at += count * view.strides[d];
    for (; d > 0 && index[d] == view.sizes[d]; --d) {
      at += view.strides[d - 1] - view.sizes[d] * view.strides[d];
      index[d] = 0;
      ++index[d - 1];
    }
  }
};

template <class T>
void copyStrided(std::byte* to, std::int64_t toStride, const std::byte* from, std::int64_t fromStride,
                 std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) std::memcpy(to + i * toStride, from + i * fromStride, sizeof(T));
}

void gatherRuns(const StridedView& view, std::int64_t linear, std::int64_t count, std::byte* out) {
  Cursor cursor(view, linear);
  while (count > 0) {
    const std::int64_t n = std::min(cursor.run(), count);
    copyRun(out, view.item, cursor.at, view.strides[view.rank - 1], view.item, n);
    cursor.advance(n);
    out += n * view.item;
    count -= n;
  }
}

// A row that repeats (the next dim out has stride 0): gathers one period, then doubles what is there.
void gatherRepeated(const StridedView& view, std::int64_t linear, std::int64_t count, std::byte* out) {
  const std::int64_t period = view.sizes[view.rank - 1];
  const std::int64_t region = view.sizes[view.rank - 2] * period;
  while (count > 0) {
    const std::int64_t n = std::min(region - linear % region, count);
    std::int64_t done = std::min(period, n);
    gatherRuns(view, linear, done, out);
    for (std::int64_t more; done < n; done += more) {
      more = std::min(done, n - done);
      std::memcpy(out + done * view.item, out, static_cast<std::size_t>(more * view.item));
    }
    linear += n;
    out += n * view.item;
    count -= n;
  }
}

bool isTransposed(const StridedView& view) {
  return view.rank > 1 && view.strides[view.rank - 2] == view.item && view.strides[view.rank - 1] != 0;
}

// `linear` may stand within a row and `count` end in one; the whole rows between go through transpose().
void gatherTransposed(const StridedView& view, std::int64_t linear, std::int64_t count, std::byte* out) {
  const std::int64_t columns = view.sizes[view.rank - 1], rows = view.sizes[view.rank - 2];
  while (count > 0) {
    const Cursor cursor(view, linear);
    std::int64_t n = std::min(cursor.run(), count);
    if (n == columns) {
      const std::int64_t whole = std::min(rows - cursor.index[view.rank - 2], count / columns);
      const std::int64_t stride = view.strides[view.rank - 1];
      kernelTable().transpose[view.item](out, columns * view.item, cursor.at, stride, whole, columns);
      n = whole * columns;
    } else {
      gatherRuns(view, linear, n, out);
    }
    linear += n;
    out += n * view.item;
    count -= n;
  }
}

template <class T>
void fillWith(std::byte* out, const std::byte* value, std::int64_t count) {
  T x;
  std::memcpy(&x, value, sizeof x);
  for (std::int64_t i = 0; i < count; ++i) std::memcpy(out + i * static_cast<std::int64_t>(sizeof x), &x, sizeof x);
}

}  // namespace

void copyRun(std::byte* to, std::int64_t toStride, const std::byte* from, std::int64_t fromStride, std::int64_t item,
             std::int64_t count) {
  if (toStride == item && fromStride == item) {
    std::memmove(to, from, static_cast<std::size_t>(count * item));
  } else if (toStride == item && fromStride == 0) {
    fill(to, from, item, count);
  } else if (toStride == item) {
    kernelTable().gather[item](to, from, fromStride / item, count);
  } else if (item == 4) {
    copyStrided<std::uint32_t>(to, toStride, from, fromStride, count);
  } else if (item == 8) {
    copyStrided<std::uint64_t>(to, toStride, from, fromStride, count);
  } else if (item == 2) {
    copyStrided<std::uint16_t>(to, toStride, from, fromStride, count);
  } else {
    copyStrided<std::uint8_t>(to, toStride, from, fromStride, count);
  }
}

void makeView(StridedView& view, const Operand& operand, int rank, const Sizes& sizes, const Sizes& strides,
              std::uint32_t dims) {
  view.data = operand.data;
  view.item = operand.item;
  int r = 0;
  for (int d = 0; d < rank; ++d) {
    if (sizes[d] == 1 || (dims >> d & 1) == 0) continue;
    const std::int64_t stride = strides[d] * operand.item;
    if (r > 0 && view.strides[r - 1] == sizes[d] * stride) {
      view.sizes[r - 1] *= sizes[d];
      view.strides[r - 1] = stride;
    } else {
      view.sizes[r] = sizes[d];
      view.strides[r++] = stride;
    }
  }
  view.rank = r == 1 && view.strides[0] == 0 ? 0 : r;
}

std::int64_t extentOf(const StridedView& view) {
  std::int64_t extent = view.item;
  for (int d = 0; d < view.rank; ++d) extent += (view.sizes[d] - 1) * view.strides[d];
  return extent;
}

void gather(const StridedView& view, std::int64_t linear, std::int64_t count, std::byte* out) {
  if (view.rank == 0) return fill(out, view.data, view.item, count);
  if (view.rank > 1 && view.strides[view.rank - 2] == 0 && count > view.sizes[view.rank - 1])
    return gatherRepeated(view, linear, count, out);
  if (isTransposed(view) && count >= 2 * view.sizes[view.rank - 1]) return gatherTransposed(view, linear, count, out);
  gatherRuns(view, linear, count, out);
}

void scatter(const StridedView& view, std::int64_t linear, std::int64_t count, const std::byte* in) {
  if (view.rank == 0) {
    std::memmove(view.data, in, static_cast<std::size_t>(view.item));
    return;
  }
  Cursor cursor(view, linear);
  while (count > 0) {
    const std::int64_t n = std::min(cursor.run(), count);
    copyRun(cursor.at, view.strides[view.rank - 1], in, view.item, view.item, n);
    cursor.advance(n);
    in += n * view.item;
    count -= n;
  }
}

// The same for values that are repeated over rows, whole rows at once. Writes up to kUniformBytes behind the last one.
static void gatherSpread(const StridedView& view, std::int64_t linear, std::int64_t count, std::byte* out) {
  const std::int64_t columns = view.sizes[view.rank - 1], rows = view.sizes[view.rank - 2];
  const std::int64_t step = view.strides[view.rank - 2] / view.item;
  while (count > 0) {
    const Cursor cursor(view, linear);
    std::int64_t n = std::min(cursor.run(), count);
    if (n == columns) {
      const std::int64_t whole = std::min(rows - cursor.index[view.rank - 2], count / columns);
      kernelTable().repeat[view.item](out, cursor.at, step, whole, columns);
      n = whole * columns;
    } else {
      fill(out, cursor.at, view.item, n);
    }
    linear += n;
    out += n * view.item;
    count -= n;
  }
}

Source fetch(const StridedView& view, std::int64_t linear, std::int64_t count, std::byte* scratch) {
  const Cursor cursor(view, linear);
  if (cursor.run() >= count) {
    const std::int64_t stride = view.strides[view.rank - 1];
    if (stride == view.item) return {cursor.at, 1};
    if (stride == 0) {
      spread(scratch, cursor.at, view.item);
      return {scratch, 0};
    }
  }
  if (view.rank > 1 && view.strides[view.rank - 1] == 0) gatherSpread(view, linear, count, scratch);
  else gather(view, linear, count, scratch);
  return {scratch, 1};
}

void fill(std::byte* out, const std::byte* value, std::int64_t item, std::int64_t count) {
  if (item == 4) return fillWith<std::uint32_t>(out, value, count);
  if (item == 8) return fillWith<std::uint64_t>(out, value, count);
  if (item == 2) return fillWith<std::uint16_t>(out, value, count);
  std::memset(out, static_cast<int>(*value), static_cast<std::size_t>(count));
}

}  // namespace dyngrad
