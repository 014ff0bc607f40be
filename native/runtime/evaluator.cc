#include "runtime/evaluator.h"

#include <algorithm>
#include <cstring>

#include "runtime/first_failure.h"
#include "runtime/scratch.h"

namespace dyngrad {

// Of rows shorter than this, copying several at a time costs less than evaluating each.
static constexpr std::int64_t kLongRow = 128;

static std::int64_t rowLengthOf(const Plan& plan) {
  std::int64_t length = 0;
  for (int i = 0; i < plan.loads; ++i) {
    const StridedView& view = plan.inputs[plan.load[i].input];
    const std::int64_t row = view.sizes[view.rank - 1], stride = view.strides[view.rank - 1];
    if (view.contiguous()) continue;
    if (view.rank < 2 || row < kLongRow || (stride != 0 && stride != view.item)) return 0;
    if (length != 0 && length != row) return 0;
    length = row;
  }
  return length;
}

// One register more than the plan's, for the index, and one slot more, for values().
Evaluator::Evaluator(const Plan& plan) : plan_(plan), rowLength_(rowLengthOf(plan)), status_(plan.status) {
  const std::size_t registerBytes = roundToLine(static_cast<std::size_t>(plan.registers + 1) * 8);
  const std::size_t slotBytes = static_cast<std::size_t>(plan.slots + 1) * kSlotBytes;
  std::byte* memory = scratch(ScratchUse::kExpression, 2 * registerBytes + slotBytes);
  data_ = reinterpret_cast<const void**>(memory);
  steps_ = reinterpret_cast<std::int64_t*>(memory + registerBytes);
  slots_ = memory + 2 * registerBytes;
  std::copy_n(&plan.uniform[0], plan.registers, data_);
  std::copy_n(&plan.varies[0], plan.registers, steps_);
  setSource(plan.registers, {&linear_, 0});
}

void Evaluator::evaluate(std::int64_t linear, std::int64_t count) {
  linear_ = linear;
  count_ = count;
  int next = 0;
  for (int s = 0; s < plan_.steps; ++s) {
    const Step& step = plan_.step[s];
    for (; next < plan_.loads && plan_.load[next].before <= step.number; ++next) load(plan_.load[next], linear, count);
    run(step, linear, count);
  }
  for (; next < plan_.loads; ++next) load(plan_.load[next], linear, count);
  for (int s = 0; s < plan_.stores; ++s) store(plan_.store[s], linear, count);
}

void Evaluator::load(const Load& load, std::int64_t linear, std::int64_t count) {
  const StridedView& view = plan_.inputs[load.input];
  if (load.slot < 0) {
    setSource(load.input, {view.data + linear * view.item, 1});
  } else if (load.copy) {
    gather(view, linear, count, slot(load.slot));
    setSource(load.input, {slot(load.slot), 1});
  } else {
    setSource(load.input, fetch(view, linear, count, slot(load.slot)));
  }
}

void Evaluator::run(const Step& step, std::int64_t linear, std::int64_t count) {
  const Source sources[3] = {source(step.sources[0]), source(step.sources[1]), source(step.sources[2])};
  std::byte* out;
  if (step.output < 0) {
    out = slot(step.slot);
  } else {
    const StridedView& view = plan_.outputs[step.output];
    out = view.data + linear * view.item;
  }
  if (step.kernel(out, sources, count) != 0) [[unlikely]]
    status_ = firstFailure(status_, step.number + 1);
  data_[step.result] = out;
}

void Evaluator::store(const Store& store, std::int64_t linear, std::int64_t count) {
  const StridedView& view = plan_.outputs[store.output];
  const Source values = source(store.source);
  const auto* from = static_cast<const std::byte*>(values.data);
  if (view.contiguous()) {
    std::byte* to = view.data + linear * view.item;
    if (values.step == 0) fill(to, from, view.item, count);
    else std::memmove(to, from, static_cast<std::size_t>(count * view.item));
    return;
  }
  if (values.step == 0) {
    fill(slot(plan_.slots), from, view.item, count);
    from = slot(plan_.slots);
  }
  scatter(view, linear, count, from);
}

const std::byte* Evaluator::values(int w) {
  const Source values = source(plan_.expression->outputRegister[w]);
  if (values.step != 0) return static_cast<const std::byte*>(values.data);
  std::byte* spare = slot(plan_.slots);
  fill(spare, static_cast<const std::byte*>(values.data), plan_.outputs[w].item, count_);
  return spare;
}

}  // namespace dyngrad
