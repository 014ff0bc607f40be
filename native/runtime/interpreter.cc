#include "runtime/interpreter.h"

#include <algorithm>

#include "runtime/evaluator.h"
#include "runtime/first_failure.h"
#include "runtime/thread_pool.h"

namespace dyngrad {
namespace {

enum class Layout { kContiguous, kUniform, kOther };

Layout layoutOf(const Expression& e, int operand) {
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

// One instruction over operands that are contiguous or uniform, without a plan: most eager launches.
class DirectLaunch {
 public:
  explicit DirectLaunch(const Launch& launch) : e_(launch.expression), i_(e_.instruction[0]) {
    if (e_.instructions != 1 || e_.outputs != 1 || e_.outputRegister[0] != e_.inputs + e_.constants) return;
    if (layoutOf(e_, e_.inputs) != Layout::kContiguous) return;
    for (int s = 0; s < i_.arity; ++s)
      if (!prepare(launch, s)) return;
    out_ = launch.operands[e_.inputs].data;
    item_ = launch.operands[e_.inputs].item;
    applies_ = true;
  }

  bool applies() const { return applies_; }

  int run() const {
    FirstFailure failure;
    parallelFor(e_.count, kGrain, [&](std::int64_t begin, std::int64_t end) {
      Source sources[3] = {{&begin, 0}, {}, {}};
      for (int s = 0; s < i_.arity; ++s) sources[s] = {data_[s] + begin * items_[s], items_[s] != 0};
      if (i_.kernel(out_ + begin * item_, sources, end - begin) != 0) failure.add(1);
    });
    return failure.status();
  }

 private:
  bool prepare(const Launch& launch, int s) {
    const int number = i_.sources[s];
    if (number >= e_.inputs) {
      const Constant& constant = e_.constant[number - e_.inputs];
      repeat(s, constant.value, kItemSize[static_cast<int>(constant.dtype)]);
      return true;
    }
    const Operand& operand = launch.operands[number];
    const Layout layout = layoutOf(e_, number);
    data_[s] = operand.data;
    items_[s] = operand.item;
    if (layout == Layout::kUniform) repeat(s, operand.data, operand.item);
    return layout != Layout::kOther;
  }

  void repeat(int s, const std::byte* value, std::int64_t item) {
    spread(uniform_[s], value, item);
    data_[s] = uniform_[s];
    items_[s] = 0;
  }

  const Expression& e_;
  const Instruction& i_;
  bool applies_ = false;
  std::byte* out_;
  std::int64_t item_;
  const std::byte* data_[3];
  std::int64_t items_[3];  // bytes from one element to the next, 0 for a uniform source
  alignas(64) std::byte uniform_[3][kUniformBytes];
};

// Copies an input to the one output without a stop in between, where one of them is contiguous.
bool runCopy(const Plan& plan) {
  const Expression& e = *plan.expression;
  if (e.instructions != 0 || e.outputs != 1 || e.outputRegister[0] >= e.inputs) return false;
  const StridedView& in = plan.inputs[e.outputRegister[0]];
  const StridedView& out = plan.outputs[0];
  if (out.contiguous()) {
    parallelFor(e.count, kGrain, [&](std::int64_t begin, std::int64_t end) {
      gather(in, begin, end - begin, out.data + begin * out.item);
    });
    return true;
  }
  if (!in.contiguous()) return false;
  parallelFor(e.count, kGrain, [&](std::int64_t begin, std::int64_t end) {
    scatter(out, begin, end - begin, in.data + begin * in.item);
  });
  return true;
}

}  // namespace

int runExpression(const Launch& launch, Plan& plan) {
  const Expression& e = launch.expression;
  if (e.count == 0) return 0;
  if (const DirectLaunch direct(launch); direct.applies()) return direct.run();
  makePlan(launch, plan);
  if (runCopy(plan)) return 0;
  FirstFailure failure;
  failure.add(plan.status);
  parallelFor(e.count, kGrain, [&](std::int64_t begin, std::int64_t end) {
    Evaluator evaluator(plan);
    for (std::int64_t at = begin; at < end; at += kBlock) evaluator.evaluate(at, std::min(kBlock, end - at));
    failure.add(evaluator.status());
  });
  return failure.status();
}

int run(const KernelTable& table, const Launch& launch, Plan& plan) {
  switch (launch.family) {
    case Family::kPointwise:
      return launch.expression.reduces ? runReduction(launch, plan) : runExpression(launch, plan);
    case Family::kMatmul:
      runMatmul(launch.matmul);
      return 0;
    case Family::kIndex:
      return table.index(launch.index) != 0;
    case Family::kArgReduce:
      runArgReduce(launch.argReduce);
      return 0;
    case Family::kRandom:
      runRandom(launch.random);
      return 0;
  }
  return 0;
}

}  // namespace dyngrad
