#include "runtime/evaluator.h"

#include <algorithm>
#include <cstring>

#include "runtime/first_failure.h"
#include "runtime/scratch.h"

namespace dyngrad {

// One slot more than the plan's, for values().
Evaluator::Evaluator(const Plan& plan) : plan_(plan), status_(plan.status) {
  const std::size_t registerBytes = roundToLine(static_cast<std::size_t>(plan.registers) * sizeof(Source));
  const std::size_t slotBytes = static_cast<std::size_t>(plan.slots + 1) * kSlotBytes;
  std::byte* memory = scratch(ScratchUse::kExpression, registerBytes + slotBytes);
  registers_ = reinterpret_cast<Source*>(memory);
  slots_ = memory + registerBytes;
  std::copy_n(&plan.uniform[0], plan.registers, registers_);
}

void Evaluator::evaluate(std::int64_t linear, std::int64_t count) {
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
  Source& source = registers_[load.input];
  if (load.slot < 0) {
    source = {view.data + linear * view.item, 1};
  } else if (load.copy) {
    gather(view, linear, count, slot(load.slot));
    source = {slot(load.slot), 1};
  } else {
    source = fetch(view, linear, count, slot(load.slot));
  }
}

void Evaluator::run(const Step& step, std::int64_t linear, std::int64_t count) {
  Source sources[3] = {{&linear, 0}, {}, {}};
  for (int s = 0; s < step.arity; ++s) sources[s] = registers_[step.sources[s]];
  std::byte* out;
  if (step.output < 0) {
    out = slot(step.slot);
  } else {
    const StridedView& view = plan_.outputs[step.output];
    out = view.data + linear * view.item;
  }
  if (step.kernel(out, sources, count) != 0) [[unlikely]]
    status_ = firstFailure(status_, step.number + 1);
  registers_[step.result] = {out, 1};
}

void Evaluator::store(const Store& store, std::int64_t linear, std::int64_t count) {
  const StridedView& view = plan_.outputs[store.output];
  const Source source = registers_[store.source];
  const auto* from = static_cast<const std::byte*>(source.data);
  if (view.contiguous()) {
    std::byte* to = view.data + linear * view.item;
    if (source.step == 0) fill(to, from, view.item, count);
    else std::memmove(to, from, static_cast<std::size_t>(count * view.item));
    return;
  }
  if (source.step == 0) {
    fill(slot(plan_.slots), from, view.item, count);
    from = slot(plan_.slots);
  }
  scatter(view, linear, count, from);
}

const std::byte* Evaluator::values(int w) {
  const Source source = registers_[plan_.expression->outputRegister[w]];
  if (source.step != 0) return static_cast<const std::byte*>(source.data);
  std::byte* spare = slot(plan_.slots);
  fill(spare, static_cast<const std::byte*>(source.data), plan_.outputs[w].item, count_);
  return spare;
}

}  // namespace dyngrad
