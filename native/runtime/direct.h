// One instruction, or a copy, over operands that are contiguous or uniform, without a plan: most eager launches.
#pragma once

#include <algorithm>

#include "runtime/copy.h"
#include "runtime/first_failure.h"
#include "runtime/stream.h"
#include "runtime/strided.h"
#include "runtime/thread_pool.h"

namespace dyngrad {

class DirectLaunch {
 public:
  // Takes over all but the values of uniform inputs; false where the expression is of another kind.
  bool prepare(const Launch& launch) {
    const Expression& e = launch.expression;
    if (e.instructions > 1 || e.outputs != 1 || layoutOf(e, e.inputs) != Layout::kContiguous) return false;
    output_ = e.inputs;
    count_ = e.count;
    out_ = launch.operands[output_].data;
    item_ = launch.operands[output_].item;
    if (e.instructions == 0) {
      kernel_ = copyKernels(item_).copy;
      stream_ = copyKernels(item_).stream;
      arity_ = 1;
      return prepareSource(launch, e.outputRegister[0], 0);
    }
    const Instruction& i = e.instruction[0];
    if (e.outputRegister[0] != e.inputs + e.constants) return false;
    kernel_ = i.kernel;
    stream_ = i.stream;
    arity_ = i.arity;
    for (int s = 0; s < arity_; ++s)
      if (!prepareSource(launch, i.sources[s], s)) return false;
    return true;
  }

  // Takes over the pointers of operands that have moved.
  void bind(const Launch& launch) {
    out_ = launch.operands[output_].data;
    for (int s = 0; s < arity_; ++s) {
      if (inputs_[s] < 0) continue;
      (items_[s] != 0 ? data_ : values_)[s] = launch.operands[inputs_[s]].data;
    }
  }

  // Reads the values of uniform inputs.
  void read() {
    for (int s = 0; s < arity_; ++s)
      if (values_[s] != nullptr) spread(uniform_[s], values_[s], valueItems_[s]);
  }

  // Status of the elements [begin, end).
  [[gnu::always_inline]] int run(std::int64_t begin, std::int64_t end) const {
    return runTo(out_ + begin * item_, begin, end - begin);
  }

  int run() const {
    if (count_ <= kGrain) [[likely]]
      return run(0, count_);
    FirstFailure failure;
    const bool streams = mayStream() && isCold(out_, count_ * item_);
    parallelFor(count_, kGrain, [&](std::int64_t begin, std::int64_t end) {
      failure.add(streams ? runStreamed(begin, end) : run(begin, end));
    });
    return failure.status();
  }

 private:
  // Where the output is not what is read. What only writes is faster through the caches.
  bool mayStream() const {
    bool varies = false, readsOutput = false;
    for (int s = 0; s < arity_; ++s) {
      varies |= items_[s] != 0;
      readsOutput |= data_[s] == out_;
    }
    return varies && !readsOutput;
  }

  int runStreamed(std::int64_t begin, std::int64_t end) const {
    Source sources[3] = {};
    for (int s = 0; s < arity_; ++s) sources[s] = {data_[s] + begin * items_[s], items_[s] != 0};
    Streamer streamer(kernel_, stream_, arity_, item_);
    const int status = streamer.run(out_ + begin * item_, sources, items_, end - begin);
    streamer.end();
    return status != 0;
  }

  [[gnu::always_inline]] int runTo(std::byte* out, std::int64_t begin, std::int64_t count) const {
    Source sources[3] = {{&begin, 0}, {}, {}};
    for (int s = 0; s < arity_; ++s) sources[s] = {data_[s] + begin * items_[s], items_[s] != 0};
    return kernel_(out, sources, count) != 0;
  }

  enum class Layout { kContiguous, kUniform, kOther };

  static Layout layoutOf(const Expression& e, int operand) {
    const Sizes& strides = e.strides[operand];
    std::int64_t dense = 1;
    bool contiguous = true, uniform = true;
    for (int d = e.rank - 1; d >= 0; --d) {
      if (e.sizes[d] == 1) continue;
      contiguous &= strides[d] == dense;
      uniform &= strides[d] == 0;
      dense *= e.sizes[d];
    }
    return contiguous ? Layout::kContiguous : uniform ? Layout::kUniform : Layout::kOther;
  }

  bool prepareSource(const Launch& launch, int number, int s) {
    const Expression& e = launch.expression;
    values_[s] = nullptr;
    if (number >= e.inputs) {
      const Constant& constant = e.constant[number - e.inputs];
      spread(uniform_[s], constant.value, kItemSize[static_cast<int>(constant.dtype)]);
      inputs_[s] = -1;
      data_[s] = uniform_[s];
      items_[s] = 0;
      return true;
    }
    const Operand& operand = launch.operands[number];
    const Layout layout = layoutOf(e, number);
    inputs_[s] = number;
    data_[s] = operand.data;
    items_[s] = operand.item;
    if (layout == Layout::kUniform) {
      values_[s] = operand.data;
      valueItems_[s] = operand.item;
      data_[s] = uniform_[s];
      items_[s] = 0;
    }
    return layout != Layout::kOther;
  }

  PointwiseKernel kernel_;
  StreamKernel stream_;  // null without
  int arity_, output_;
  std::int64_t count_;
  std::byte* out_;
  std::int64_t item_;
  const std::byte* data_[3];
  std::int64_t items_[3];       // bytes from one element to the next, 0 for a uniform source
  int inputs_[3];               // -1: a constant
  const std::byte* values_[3];  // of uniform inputs, null for other sources
  std::int64_t valueItems_[3];
  alignas(64) std::byte uniform_[3][kUniformBytes];
};

}  // namespace dyngrad
