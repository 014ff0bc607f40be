#include "runtime/reducer.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/scratch.h"

namespace dyngrad {

std::size_t Counter::bytesFor(std::int64_t items, std::size_t rowBytes) {
  return static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(items))) * rowBytes;
}

void Counter::attach(std::byte* memory, std::size_t rowBytes, const ReduceKernels* kernels, std::int64_t item) {
  rows_ = memory;
  rowBytes_ = rowBytes;
  kernels_ = kernels;
  item_ = item;
}

void Counter::reset(std::int64_t width) {
  width_ = width;
  pushed_ = 0;
}

void Counter::push(const std::byte* vector) {
  int level = 0;
  for (; (pushed_ >> level & 1) != 0; ++level) {
    kernels_->combine(row(level), vector, 1, width_);
    vector = row(level);
  }
  std::memcpy(row(level), vector, static_cast<std::size_t>(width_ * item_));
  ++pushed_;
}

const std::byte* Counter::fold() {
  const std::byte* result = nullptr;
  for (int level = 0; pushed_ >> level != 0; ++level) {
    if ((pushed_ >> level & 1) == 0) continue;
    if (result != nullptr) kernels_->combine(row(level), result, 1, width_);
    result = row(level);
  }
  return result;
}

Reducer::Reducer(const Plan& plan, const Tree& tree, std::int64_t width)
    : tree_(tree), evaluator_(plan), outputCount_(0) {
  const Expression& e = *plan.expression;
  const auto rowBytes = [&](int w) { return roundToLine(static_cast<std::size_t>(width * plan.outputs[w].item)); };
  const std::size_t outputBytes = roundToLine(sizeof(Output) * static_cast<std::size_t>(e.outputs));
  std::size_t bytes = outputBytes;
  for (int w = 0; w < e.outputs; ++w) {
    if (e.stores(w)) continue;
    bytes += rowBytes(w);
    for (int l = 0; l < tree.levels; ++l) bytes += Counter::bytesFor(tree.items(l), rowBytes(w));
  }
  std::byte* memory = scratch(ScratchUse::kReduction, bytes);
  outputs_ = reinterpret_cast<Output*>(memory);
  memory += outputBytes;
  for (int w = 0; w < e.outputs; ++w) {
    if (e.stores(w)) continue;
    Output& output = outputs_[outputCount_++];
    output.number = w;
    output.item = plan.outputs[w].item;
    output.kernels = e.reduction[w];
    output.result = memory;
    memory += rowBytes(w);
    for (int l = 0; l < tree.levels; ++l) {
      output.counters[l].attach(memory, rowBytes(w), output.kernels, output.item);
      memory += Counter::bytesFor(tree.items(l), rowBytes(w));
    }
  }
}

void Reducer::reduce(std::int64_t outer, std::int64_t column, std::int64_t width, std::int64_t begin,
                     std::int64_t end) {
  reduceLevel(0, tree_.base(outer) + column * tree_.columnStride, begin, end, width);
}

void Reducer::reduceLevel(int level, std::int64_t base, std::int64_t begin, std::int64_t end, std::int64_t width) {
  if (level == tree_.levels - 1) {
    if (!tree_.inner) reduceGroups(base, begin, end, width);
    else if (tree_.sizes[level] <= kBlock) reduceRows(base, width);
    else reduceBlocks(base, begin, end, width);
    return;
  }
  for (int r = 0; r < outputCount_; ++r) outputs_[r].counters[level].reset(width);
  for (std::int64_t i = begin; i < end; ++i) {
    reduceLevel(level + 1, base + i * tree_.strides[level], 0, tree_.items(level + 1), width);
    for (int r = 0; r < outputCount_; ++r) outputs_[r].counters[level].push(outputs_[r].result);
  }
  for (int r = 0; r < outputCount_; ++r) {
    Output& output = outputs_[r];
    std::memcpy(output.result, output.counters[level].fold(), static_cast<std::size_t>(width * output.item));
  }
}

// Rows of at most one block, as many at a time as fit into one. Columns are neighbours in logical order.
void Reducer::reduceRows(std::int64_t base, std::int64_t width) {
  const std::int64_t length = tree_.sizes[tree_.levels - 1];
  const std::int64_t rows = kBlock / length;
  for (std::int64_t column = 0; column < width; column += rows) {
    const std::int64_t n = std::min(rows, width - column);
    evaluator_.evaluate(base + column * length, n * length);
    for (int r = 0; r < outputCount_; ++r) {
      const Output& output = outputs_[r];
      const std::byte* values = evaluator_.values(output.number);
      for (std::int64_t i = 0; i < n; ++i)
        output.kernels->block(output.result + (column + i) * output.item, values + i * length * output.item, length);
    }
  }
}

void Reducer::reduceBlocks(std::int64_t base, std::int64_t begin, std::int64_t end, std::int64_t width) {
  const int leaf = tree_.levels - 1;
  const std::int64_t length = tree_.sizes[leaf];
  alignas(8) std::byte partial[8];
  for (std::int64_t column = 0; column < width; ++column) {
    for (int r = 0; r < outputCount_; ++r) outputs_[r].counters[leaf].reset(1);
    for (std::int64_t b = begin; b < end; ++b) {
      const std::int64_t n = std::min(kBlock, length - b * kBlock);
      evaluator_.evaluate(base + column * length + b * kBlock, n);
      for (int r = 0; r < outputCount_; ++r) {
        Output& output = outputs_[r];
        output.kernels->block(partial, evaluator_.values(output.number), n);
        output.counters[leaf].push(partial);
      }
    }
    for (int r = 0; r < outputCount_; ++r) {
      Output& output = outputs_[r];
      std::memcpy(output.result + column * output.item, output.counters[leaf].fold(),
                  static_cast<std::size_t>(output.item));
    }
  }
}

void Reducer::reduceGroups(std::int64_t base, std::int64_t begin, std::int64_t end, std::int64_t width) {
  const int leaf = tree_.levels - 1;
  const std::int64_t length = tree_.sizes[leaf], rowStride = tree_.strides[leaf];
  for (int r = 0; r < outputCount_; ++r) outputs_[r].counters[leaf].reset(width);
  for (std::int64_t g = begin; g < end; ++g) {
    const std::int64_t first = g * kGroupRows;
    addGroup(base + first * rowStride, std::min(kGroupRows, length - first), width);
    for (int r = 0; r < outputCount_; ++r) outputs_[r].counters[leaf].push(outputs_[r].result);
  }
  for (int r = 0; r < outputCount_; ++r) {
    Output& output = outputs_[r];
    std::memcpy(output.result, output.counters[leaf].fold(), static_cast<std::size_t>(width * output.item));
  }
}

// Whole rows are evaluated several at a time.
void Reducer::addGroup(std::int64_t base, std::int64_t rows, std::int64_t width) {
  const std::int64_t rowStride = tree_.strides[tree_.levels - 1];
  const std::int64_t atOnce = width == rowStride ? std::max<std::int64_t>(kBlock / width, 1) : 1;
  for (std::int64_t row = 0; row < rows; row += atOnce) {
    const std::int64_t n = std::min(atOnce, rows - row);
    evaluator_.evaluate(base + row * rowStride, n * width);
    for (int r = 0; r < outputCount_; ++r) {
      const Output& output = outputs_[r];
      const std::byte* values = evaluator_.values(output.number);
      const std::int64_t bytes = width * output.item;
      const std::int64_t taken = row == 0 ? 1 : 0;
      if (taken == 1) std::memcpy(output.result, values, static_cast<std::size_t>(bytes));
      if (n > taken) output.kernels->combine(output.result, values + taken * bytes, n - taken, width);
    }
  }
}

}  // namespace dyngrad
