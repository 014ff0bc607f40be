#include "runtime/reducer.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/scratch.h"

namespace dyngrad {

// So few columns are reduced in one call: one for each group takes as long as its work.
static constexpr std::int64_t kFewColumns = 8;

std::size_t Counter::bytesFor(std::int64_t items, std::size_t rowBytes) {
  return static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(items))) * rowBytes;
}

void Counter::attach(std::byte* memory, std::size_t rowBytes, const ReduceKernels* kernels) {
  rows_ = memory;
  rowBytes_ = rowBytes;
  kernels_ = kernels;
}

void Counter::reset(std::int64_t width) {
  width_ = width;
  pushed_ = 0;
}

void Counter::push(const std::byte* vector) {
  int level = 0;
  for (; (pushed_ >> level & 1) != 0; ++level) {
    kernels_->combine(row(level), vector, width_);
    vector = row(level);
  }
  std::memcpy(row(level), vector, static_cast<std::size_t>(width_ * kernels_->item));
  ++pushed_;
}

const std::byte* Counter::fold() {
  const std::byte* result = nullptr;
  for (int level = 0; pushed_ >> level != 0; ++level) {
    if ((pushed_ >> level & 1) == 0) continue;
    if (result != nullptr) kernels_->combine(row(level), result, width_);
    result = row(level);
  }
  return result;
}

bool readsWhole(const Plan& plan) {
  const Expression& e = *plan.expression;
  if (plan.steps != 0) return false;
  for (int w = 0; w < e.outputs; ++w) {
    const int number = e.outputRegister[w];
    if (e.stores(w) || number >= e.inputs || !plan.inputs[number].contiguous()) return false;
  }
  return true;
}

Reducer::Reducer(const Plan& plan, const Tree& tree, std::int64_t width)
    : tree_(tree), evaluator_(plan), whole_(readsWhole(plan)), outputCount_(0) {
  const Expression& e = *plan.expression;
  const auto rowBytes = [&](int w) { return roundToLine(static_cast<std::size_t>(width * e.reduction[w]->item)); };
  const auto runBytes = [&](int w) {
    return tree.inner ? 0 : roundToLine(static_cast<std::size_t>(kRunRows * width * plan.outputs[w].item));
  };
  const std::size_t outputBytes = roundToLine(sizeof(Output) * static_cast<std::size_t>(e.outputs));
  std::size_t bytes = outputBytes;
  for (int w = 0; w < e.outputs; ++w) {
    if (e.stores(w)) continue;
    bytes += rowBytes(w) + runBytes(w);
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
    output.whole = whole_ ? plan.inputs[e.outputRegister[w]].data : nullptr;
    output.result = memory;
    memory += rowBytes(w);
    output.run = memory;
    memory += runBytes(w);
    for (int l = 0; l < tree.levels; ++l) {
      output.counters[l].attach(memory, rowBytes(w), output.kernels);
      memory += Counter::bytesFor(tree.items(l), rowBytes(w));
    }
  }
}

void Reducer::reduce(std::int64_t outer, std::int64_t column, std::int64_t width, std::int64_t begin,
                     std::int64_t end) {
  reduceLevel(0, tree_.base(outer) + column * tree_.columnStride, begin, end, width);
}

void Reducer::resetCounters(int level, std::int64_t width) {
  for (int r = 0; r < outputCount_; ++r) outputs_[r].counters[level].reset(width);
}

void Reducer::pushResults(int level) {
  for (int r = 0; r < outputCount_; ++r) outputs_[r].counters[level].push(outputs_[r].result);
}

void Reducer::foldCounters(int level, std::int64_t width) {
  for (int r = 0; r < outputCount_; ++r) {
    Output& output = outputs_[r];
    std::memcpy(output.result, output.counters[level].fold(), static_cast<std::size_t>(width * output.kernels->item));
  }
}

void Reducer::reduceLevel(int level, std::int64_t base, std::int64_t begin, std::int64_t end, std::int64_t width) {
  if (level == tree_.levels - 1) {
    if (!tree_.inner) reduceGroups(base, begin, end, width);
    else if (whole_) reduceWhole(base, begin, end, width);
    else if (tree_.sizes[level] <= kBlock) reduceRows(base, width);
    else reduceBlocks(base, begin, end, width);
    return;
  }
  resetCounters(level, width);
  for (std::int64_t i = begin; i < end; ++i) {
    reduceLevel(level + 1, base + i * tree_.strides[level], 0, tree_.items(level + 1), width);
    pushResults(level);
  }
  foldCounters(level, width);
}

// Blocks [begin, end) of each row; where those are not all, rows are apart.
void Reducer::reduceWhole(std::int64_t base, std::int64_t begin, std::int64_t end, std::int64_t width) {
  const std::int64_t length = tree_.sizes[tree_.levels - 1];
  const std::int64_t first = begin * kBlock, count = std::min(end * kBlock, length) - first;
  const std::int64_t atOnce = count == length ? width : 1;
  for (int r = 0; r < outputCount_; ++r) {
    const Output& output = outputs_[r];
    for (std::int64_t column = 0; column < width; column += atOnce)
      output.kernels->rows(output.result + column * output.kernels->item,
                           output.whole + (base + column * length + first) * output.item, atOnce, count);
  }
}

// Rows of at most one block, as many at a time as fit into one. Columns are neighbours in logical order.
void Reducer::reduceRows(std::int64_t base, std::int64_t width) {
  const std::int64_t length = tree_.sizes[tree_.levels - 1];
  const std::int64_t rows = evaluator_.rowLength() == length ? 1 : kBlock / length;
  for (std::int64_t column = 0; column < width; column += rows) {
    const std::int64_t n = std::min(rows, width - column);
    evaluator_.evaluate(base + column * length, n * length);
    for (int r = 0; r < outputCount_; ++r) {
      const Output& output = outputs_[r];
      output.kernels->rows(output.result + column * output.kernels->item, evaluator_.values(output.number), n, length);
    }
  }
}

void Reducer::reduceBlocks(std::int64_t base, std::int64_t begin, std::int64_t end, std::int64_t width) {
  const int leaf = tree_.levels - 1;
  const std::int64_t length = tree_.sizes[leaf];
  alignas(8) std::byte partial[8];
  for (std::int64_t column = 0; column < width; ++column) {
    resetCounters(leaf, 1);
    for (std::int64_t b = begin; b < end; ++b) {
      const std::int64_t n = std::min(kBlock, length - b * kBlock);
      evaluator_.evaluate(base + column * length + b * kBlock, n);
      for (int r = 0; r < outputCount_; ++r) {
        Output& output = outputs_[r];
        output.kernels->rows(partial, evaluator_.values(output.number), 1, n);
        output.counters[leaf].push(partial);
      }
    }
    for (int r = 0; r < outputCount_; ++r) {
      Output& output = outputs_[r];
      const std::int64_t item = output.kernels->item;
      std::memcpy(output.result + column * item, output.counters[leaf].fold(), static_cast<std::size_t>(item));
    }
  }
}

void Reducer::reduceGroups(std::int64_t base, std::int64_t begin, std::int64_t end, std::int64_t width) {
  const int leaf = tree_.levels - 1;
  const std::int64_t length = tree_.sizes[leaf], rowStride = tree_.strides[leaf];
  if (whole_ && width <= kFewColumns) {
    const std::int64_t first = begin * kGroupRows, rows = std::min(end * kGroupRows, length) - first;
    for (int r = 0; r < outputCount_; ++r) {
      const Output& output = outputs_[r];
      output.kernels->groups(output.result, output.whole + (base + first * rowStride) * output.item, rows, rowStride,
                             width);
    }
    return;
  }
  const auto reduceGroup = [&](std::int64_t g) {
    const std::int64_t first = g * kGroupRows;
    addGroup(base + first * rowStride, std::min(kGroupRows, length - first), width);
  };
  if (end - begin == 1) return reduceGroup(begin);
  resetCounters(leaf, width);
  for (std::int64_t g = begin; g < end; ++g) {
    reduceGroup(g);
    pushResults(leaf);
  }
  foldCounters(leaf, width);
}

void Reducer::addGroup(std::int64_t base, std::int64_t rows, std::int64_t width) {
  const std::int64_t rowStride = tree_.strides[tree_.levels - 1];
  if (whole_) {
    for (int r = 0; r < outputCount_; ++r) {
      const Output& output = outputs_[r];
      output.kernels->columns(output.result, output.whole + base * output.item, rows, rowStride, width, true);
    }
    return;
  }
  // Whole rows are evaluated several at a time, runs of them if they fit into a block.
  const std::int64_t atOnce = width == rowStride ? std::max<std::int64_t>(kBlock / width, 1) : 1;
  const std::int64_t runs = std::max(atOnce / kRunRows, std::int64_t{1}) * kRunRows;
  for (std::int64_t row = 0; row < rows; row += runs)
    addRuns(base + row * rowStride, std::min(runs, rows - row), std::min(atOnce, runs), width, row == 0);
}

// Collects rows where they are not evaluated in one block.
void Reducer::addRuns(std::int64_t base, std::int64_t rows, std::int64_t atOnce, std::int64_t width, bool fresh) {
  const std::int64_t rowStride = tree_.strides[tree_.levels - 1];
  const bool oneBlock = rows <= atOnce;
  for (std::int64_t row = 0; row < rows; row += atOnce) {
    const std::int64_t n = std::min(atOnce, rows - row);
    evaluator_.evaluate(base + row * rowStride, n * width);
    for (int r = 0; r < outputCount_; ++r) {
      const Output& output = outputs_[r];
      const std::byte* values = evaluator_.values(output.number);
      if (oneBlock) output.kernels->columns(output.result, values, rows, width, width, fresh);
      else
        std::memcpy(output.run + row * width * output.item, values, static_cast<std::size_t>(n * width * output.item));
    }
  }
  if (oneBlock) return;
  for (int r = 0; r < outputCount_; ++r)
    outputs_[r].kernels->columns(outputs_[r].result, outputs_[r].run, rows, width, width, fresh);
}

}  // namespace dyngrad
