#include "runtime/interpreter.h"

#include <algorithm>

#include "runtime/direct.h"
#include "runtime/evaluator.h"
#include "runtime/first_failure.h"
#include "runtime/nested.h"
#include "runtime/thread_pool.h"

namespace dyngrad {
namespace {

// Copies the elements [begin, end) of an input to the one output without a stop in between, where one of them is
// contiguous.
bool copyRange(const Plan& plan, std::int64_t begin, std::int64_t end) {
  const Expression& e = *plan.expression;
  if (e.instructions != 0 || e.outputs != 1 || e.outputRegister[0] >= e.inputs) return false;
  const StridedView& in = plan.inputs[e.outputRegister[0]];
  const StridedView& out = plan.outputs[0];
  if (out.contiguous()) {
    gather(in, begin, end - begin, out.data + begin * out.item);
    return true;
  }
  if (!in.contiguous()) return false;
  scatter(out, begin, end - begin, in.data + begin * in.item);
  return true;
}

}  // namespace

int runElements(const Plan& plan, std::int64_t begin, std::int64_t end) {
  if (copyRange(plan, begin, end)) return 0;
  // Its status begins with that of the uniform instructions.
  Evaluator evaluator(plan);
  const std::int64_t row = evaluator.rowLength();
  for (std::int64_t at = begin, n; at < end; at += n) {
    n = std::min(kBlock, end - at);
    if (row != 0) n = std::min(n, row - at % row);
    evaluator.evaluate(at, n);
  }
  return evaluator.status();
}

int runElements(const Plan& plan) {
  const std::int64_t count = plan.expression->count;
  if (count <= kGrain) return runElements(plan, 0, count);
  FirstFailure failure;
  parallelFor(count, kGrain, [&](std::int64_t begin, std::int64_t end) { failure.add(runElements(plan, begin, end)); });
  return failure.status();
}

static int runExpression(const Launch& launch, Plan& plan) {
  if (launch.expression.count == 0) return 0;
  if (DirectLaunch direct; direct.prepare(launch)) {
    direct.read();
    return direct.run();
  }
  if (NestedLaunch nested; nested.prepare(launch)) {
    nested.read();
    return nested.run();
  }
  makePlan(launch, plan);
  return runElements(plan);
}

std::int64_t run(const KernelTable&, const Launch& launch, Plan& plan) {
  switch (launch.family) {
    case Family::kPointwise:
      return launch.expression.reduces ? runReduction(launch, plan) : runExpression(launch, plan);
    case Family::kMatmul:
      runMatmul(launch.matmul, nullptr);
      return 0;
    case Family::kKernel:
      return runKernel(launch.kernel, nullptr);
  }
  return 0;
}

}  // namespace dyngrad
