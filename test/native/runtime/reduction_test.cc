// The tree of docs/architecture.md, written down a second time; and that nothing but logical shape and values matter.
#include "check.h"
#include "runtime/thread_pool.h"

namespace dyngrad::test {
namespace {

struct Dim {
  std::int64_t size, stride;
  bool reduced;
};

// One element's worth of a reduction over logical values, straight from the definition.
class Definition {
 public:
  Definition(const Bytes& values, DType dtype, const ReduceKernels& kernels, const Dims& sizes, unsigned mask)
      : values_(values), item_(static_cast<std::size_t>(itemOf(dtype))), kernels_(kernels) {
    for (std::size_t d = 0; d < sizes.size(); ++d) {
      const bool reduced = (mask >> d & 1) != 0;
      if (sizes[d] == 1) continue;
      if (!dims_.empty() && dims_.back().reduced == reduced) dims_.back().size *= sizes[d];
      else dims_.push_back({sizes[d], 1, reduced});
    }
    std::int64_t stride = 1;
    for (std::size_t d = dims_.size(); d-- > 0; stride *= dims_[d].size) dims_[d].stride = stride;
    for (const Dim& dim : dims_)
      if (!dim.reduced) kept_ *= dim.size;
      else reduced_.push_back(dim);
  }

  std::int64_t kept() const { return kept_; }

  Bytes element(std::int64_t kept, std::int64_t reducedCount) const {
    std::int64_t base = 0;
    for (std::size_t d = dims_.size(); d-- > 0;) {
      if (dims_[d].reduced) continue;
      base += kept % dims_[d].size * dims_[d].stride;
      kept /= dims_[d].size;
    }
    if (reduced_.empty()) return at(base);
    Bytes result(8);
    kernels_.finish(result.data(), level(0, base).data(), 1, reducedCount);
    return result;
  }

 private:
  Bytes at(std::int64_t linear) const {
    const auto begin = values_.begin() + static_cast<std::ptrdiff_t>(linear * static_cast<std::int64_t>(item_));
    Bytes one(8);
    std::copy(begin, begin + static_cast<std::ptrdiff_t>(item_), one.begin());
    return one;
  }

  Bytes level(std::size_t l, std::int64_t base) const {
    const Dim& dim = reduced_[l];
    std::vector<Bytes> parts;
    if (l + 1 < reduced_.size()) {
      for (std::int64_t i = 0; i < dim.size; ++i) parts.push_back(level(l + 1, base + i * dim.stride));
    } else if (dim.stride == 1) {
      for (std::int64_t b = 0; b < dim.size; b += kBlock) {
        parts.emplace_back(8);
        kernels_.rows(parts.back().data(), &values_[static_cast<std::size_t>(base + b) * item_], 1,
                      std::min(kBlock, dim.size - b));
      }
    } else {
      for (std::int64_t row = 0; row < dim.size; row += 64) {
        Bytes column;
        const std::int64_t count = std::min<std::int64_t>(64, dim.size - row);
        for (std::int64_t r = row; r < row + count; ++r) {
          const Bytes element = at(base + r * dim.stride);
          column.insert(column.end(), element.begin(), element.begin() + static_cast<std::ptrdiff_t>(item_));
        }
        parts.emplace_back(8);
        kernels_.columns(parts.back().data(), column.data(), count, 1, 1, true);
      }
    }
    return pairwise(parts, 0, parts.size());
  }

  // Accumulators; the left half is the largest power of two below the whole.
  Bytes pairwise(const std::vector<Bytes>& parts, std::size_t begin, std::size_t end) const {
    if (end - begin == 1) return parts[begin];
    std::size_t half = 1;
    while (2 * half < end - begin) half *= 2;
    Bytes left = pairwise(parts, begin, begin + half);
    const Bytes right = pairwise(parts, begin + half, end);
    kernels_.combine(left.data(), right.data(), 1);
    return left;
  }

  const Bytes& values_;
  std::size_t item_;
  const ReduceKernels& kernels_;
  std::vector<Dim> dims_, reduced_;
  std::int64_t kept_ = 1;
};

Dims denseStrides(const Dims& sizes, unsigned skip) {
  Dims strides(sizes.size());
  std::int64_t next = 1;
  for (std::size_t d = sizes.size(); d-- > 0;) {
    if ((skip >> d & 1) != 0) continue;
    strides[d] = next;
    next *= sizes[d];
  }
  return strides;
}

// The same values laid out with the dims in reverse order and every second element unused.
Bytes transposed(const Bytes& values, const Dims& sizes, std::int64_t item, Dims& strides) {
  std::int64_t next = 2;
  strides.assign(sizes.size(), 0);
  for (std::size_t d = 0; d < sizes.size(); next *= sizes[d++]) strides[d] = next;
  Bytes out(static_cast<std::size_t>(std::max<std::int64_t>(product(sizes), 1) * 2 * item));
  const View view{DType::kFloat32, 0, 0, strides};
  for (std::int64_t i = 0; i < product(sizes); ++i)
    std::memcpy(&out[static_cast<std::size_t>(locate(view, sizes, i) * item)],
                &values[static_cast<std::size_t>(i * item)], static_cast<std::size_t>(item));
  return out;
}

// Results of both kinds: two reduced ones, and two stored ones of which one is in place or scattered.
void checkShape(Random& random, const Dims& sizes, unsigned mask, DType dtype, const char* name) {
  const std::string what = std::string(name) + " mask " + std::to_string(mask) + " rank " +
                           std::to_string(sizes.size()) + " of " + std::to_string(product(sizes));
  const ReduceKernels& kernels = kernelTable().reduce[reduceRow(name)].kernels[static_cast<int>(dtype)];
  if (kernels.rows == nullptr) return;
  const std::int64_t item = itemOf(dtype);
  const auto bytesOf = [&](std::int64_t count) {
    return static_cast<std::size_t>(std::max<std::int64_t>(count, 1) * item);
  };
  Bytes values(bytesOf(product(sizes)));
  randomise(random, dtype, values);
  Bytes squares = values;
  const Source sources[2] = {{values.data(), 1}, {values.data(), 1}};
  kernelTable().pointwise[pointwiseRow("mul")].kernels[static_cast<int>(dtype)](squares.data(), sources,
                                                                                product(sizes));

  TestProgram p;
  p.sizes = sizes;
  p.inputs = {{dtype, 0, 0, denseStrides(sizes, 0)}};
  p.outputs = {{dtype, 1, 0, denseStrides(sizes, mask)},
               {dtype, 3, 0, denseStrides(sizes, 0)},
               {dtype, 2, 0, denseStrides(sizes, mask)},
               {dtype, 0, 0, {}}};
  p.instructions = {{pointwiseRow("mul"), dtype, {0, 0, -1}}};
  p.results = {0, 1, 1, 1};  // one plain, the others fused
  p.reduceRows = {reduceRow(name), -1, reduceRow(name), -1};
  p.mask = mask;
  const Definition plain(values, dtype, kernels, sizes, mask), fused(squares, dtype, kernels, sizes, mask);
  std::int64_t reducedCount = 1;
  for (std::size_t d = 0; d < sizes.size(); ++d) reducedCount *= (mask >> d & 1) != 0 ? sizes[d] : 1;

  Dims otherStrides;
  const Bytes other = transposed(values, sizes, item, otherStrides);
  for (int variant = 0; variant < 4; ++variant) {
    setNumThreads(variant % 2 == 0 ? 1 : 4);
    std::vector<Bytes> memory{variant < 2 ? values : other, Bytes(bytesOf(plain.kept())), Bytes(bytesOf(plain.kept())),
                              Bytes(bytesOf(product(sizes)))};
    if (variant >= 2) p.inputs[0].strides = otherStrides;
    p.outputs[3].strides = p.inputs[0].strides;
    launch(p, memory);
    bool equal = true;
    for (std::int64_t kept = 0; kept < plain.kept(); ++kept) {
      const auto at = static_cast<std::size_t>(kept * item);
      equal &= same(dtype, &memory[1][at], plain.element(kept, reducedCount).data());
      equal &= same(dtype, &memory[2][at], fused.element(kept, reducedCount).data());
    }
    for (std::int64_t i = 0; i < product(sizes); ++i) {
      const std::byte* expected = &squares[static_cast<std::size_t>(i * item)];
      for (const View& view : {p.outputs[1], p.outputs[3]}) {
        const Bytes& written = memory[static_cast<std::size_t>(view.buffer)];
        equal &= same(dtype, &written[static_cast<std::size_t>(locate(view, sizes, i) * item)], expected);
      }
    }
    expect(equal, what + " variant " + std::to_string(variant));
  }
}

void testEmpty() {
  TestProgram p;
  p.sizes = {3, 0, 2};
  p.inputs = {{DType::kFloat32, 0, 0, {0, 2, 1}}};
  p.outputs = {{DType::kFloat32, 1, 0, {2, 0, 1}}, {DType::kFloat32, 0, 0, {0, 2, 1}}};
  p.results = {0, 0};
  p.reduceRows = {reduceRow("prod"), -1};
  p.mask = 2;
  std::vector<Bytes> memory{{}, Bytes(24)};
  launch(p, memory);
  float out[6];
  std::memcpy(out, memory[1].data(), sizeof out);
  for (float x : out) expect(x == 1, "an empty product is 1");
}

}  // namespace

void testReduction() {
  const struct {
    Dims sizes;
    unsigned mask;
  } shapes[] = {
      {{}, 0},
      {{1}, 1},
      {{5}, 0},
      {{513}, 1},
      {{40000}, 1},
      {{200000}, 1},
      {{7, 700}, 2},
      {{7, 700}, 1},
      {{300, 9}, 1},
      {{300, 9}, 2},
      {{300, 9}, 3},
      {{5000, 10}, 1},
      {{130, 1000}, 1},
      {{3, 70, 5}, 5},
      {{3, 70, 5}, 2},
      {{40, 3, 600}, 5},
      {{4, 100, 3, 50}, 10},
      {{4, 100, 3, 50}, 5},
      {{2, 3, 4, 5}, 6},
      {{2, 3, 4, 5}, 9},
      {{9, 1, 40}, 5},
      {{1, 9, 1, 40}, 10},
      {{20000, 2}, 1},
      {{66, 3, 70}, 3},
      {{600, 3, 70}, 5},
      {{1, 1}, 3},
      {{100, 2, 300}, 5},
      {{3, 20000}, 2},
  };
  Random random(7);
  for (const auto& [sizes, mask] : shapes)
    for (const auto& [dtype, name] : {std::pair{DType::kFloat32, "sum"},
                                      {DType::kFloat64, "mean"},
                                      {DType::kInt32, "prod"},
                                      {DType::kFloat32, "amax"}})
      checkShape(random, sizes, mask, dtype, name);
  for (int i = 0; i < 300; ++i) {
    Random shape(static_cast<std::uint32_t>(i));
    Dims sizes;
    for (std::int64_t d = shape.in(0, 6); d > 0; --d) sizes.push_back(shape.in(1, 6));
    checkShape(shape, sizes, static_cast<unsigned>(shape.in(0, (1 << sizes.size()) - 1)),
               i % 2 == 0 ? DType::kFloat32 : DType::kFloat64, "sum");
  }
  testEmpty();
}

}  // namespace dyngrad::test
