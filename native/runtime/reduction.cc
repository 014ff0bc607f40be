// Reductions as a whole: which columns and parts of the tree are one unit of work, and what becomes of their results.
#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/first_failure.h"
#include "runtime/interpreter.h"
#include "runtime/reducer.h"
#include "runtime/scratch.h"
#include "runtime/thread_pool.h"

namespace dyngrad {
namespace {

// Writes `count` results from kept index `kept` on to output `w`.
void put(const Plan& plan, int w, std::int64_t kept, std::int64_t count, const std::byte* results) {
  const StridedView& out = plan.outputs[w];
  if (out.contiguous()) std::memcpy(out.data + kept * out.item, results, static_cast<std::size_t>(count * out.item));
  else scatter(out, kept, count, results);
}

// The same from accumulators.
void deliver(const Plan& plan, int w, std::int64_t kept, std::int64_t count, const std::byte* accumulators) {
  const Expression& e = *plan.expression;
  const ReduceKernels& kernels = *e.reduction[w];
  if (const StridedView& out = plan.outputs[w]; out.contiguous())
    return kernels.finish(out.data + kept * out.item, accumulators, count, e.reducedCount);
  alignas(64) std::byte results[kBlock * 8];
  for (std::int64_t done = 0; done < count; done += kBlock) {
    const std::int64_t n = std::min(kBlock, count - done);
    kernels.finish(results, accumulators + done * kernels.item, n, e.reducedCount);
    put(plan, w, kept + done, n, results);
  }
}

void deliverEmpty(const Launch& launch, Plan& plan) {
  const Expression& e = launch.expression;
  plan.expression = &e;
  plan.outputs.fit(e.outputs);
  alignas(64) std::byte results[kBlock * 8];
  for (int w = 0; w < e.outputs; ++w) {
    if (e.stores(w)) continue;
    makeView(plan.outputs[w], launch.operands[e.inputs + w], e.rank, e.sizes, e.strides[e.inputs + w], ~e.mask);
    for (std::int64_t kept = 0; kept < e.keptCount; kept += kBlock) {
      const std::int64_t n = std::min(kBlock, e.keptCount - kept);
      e.reduction[w]->identity(results, n);
      put(plan, w, kept, n, results);
    }
  }
}

// Every reduced dim has size 1: a reduction of one element is that element.
int deliverElements(const Plan& plan) {
  const Expression& e = *plan.expression;
  FirstFailure failure;
  parallelFor(e.count, kGrain, [&](std::int64_t begin, std::int64_t end) {
    Evaluator evaluator(plan);
    for (std::int64_t at = begin; at < end; at += kBlock) {
      const std::int64_t n = std::min(kBlock, end - at);
      evaluator.evaluate(at, n);
      for (int w = 0; w < e.outputs; ++w)
        if (!e.stores(w)) put(plan, w, at, n, evaluator.values(w));
    }
    failure.add(evaluator.status());
  });
  return failure.status();
}

// Units of work: tiles of columns, or parts of the outermost level's items where there are few tiles. Parts begin at
// multiples of a power of two, hence the tree is the same however many there are.
struct Split {
  std::int64_t width, tiles, parts, itemsPerPart;

  // Whole rows are read best from end to end, but their accumulators have to stay in the first cache.
  Split(const Plan& plan, const Tree& tree) {
    constexpr std::int64_t kEnoughTiles = 16, kMostParts = 256, kWidest = 1024;
    const std::int64_t reducedCount = plan.expression->reducedCount;
    const std::int64_t widest = !tree.inner && readsWhole(plan) ? kWidest : kBlock;
    width = std::min(widest, tree.columns);
    if (tree.inner) width = std::min(width, std::max<std::int64_t>(kGrain / reducedCount, 1));
    tiles = (tree.columns + width - 1) / width;
    const std::int64_t items = tree.items(0);
    parts = 1;
    itemsPerPart = items;
    if (tree.outerCount * tiles >= kEnoughTiles || numThreads() == 1) return;
    const std::int64_t elementsPerItem = std::max<std::int64_t>(width * (reducedCount / items), 1);
    const std::int64_t least = std::max({kGrain / elementsPerItem, items / kMostParts, std::int64_t{1}});
    itemsPerPart = static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(least)));
    parts = (items + itemsPerPart - 1) / itemsPerPart;
  }
};

class Reduction {
 public:
  Reduction(const Plan& plan, const Tree& tree) : plan_(plan), e_(*plan.expression), tree_(tree), split_(plan, tree) {
    for (int w = 0; w < e_.outputs; ++w)
      if (!e_.stores(w)) reduced_[reducedCount_++] = w;
  }

  int run() {
    if (split_.parts > 1) takePartials();
    const std::int64_t units = tree_.outerCount * split_.tiles * split_.parts;
    const std::int64_t work = std::max<std::int64_t>(split_.width * e_.reducedCount / split_.parts, 1);
    FirstFailure failure;
    failure.add(plan_.status);
    parallelFor(units, std::max<std::int64_t>(kGrain / work, 1), [&](std::int64_t begin, std::int64_t end) {
      Reducer reducer(plan_, tree_, split_.width);
      for (std::int64_t unit = begin; unit < end; ++unit) reduceUnit(reducer, unit);
      failure.add(reducer.status());
    });
    if (split_.parts > 1) joinParts();
    return failure.status();
  }

 private:
  std::int64_t columnOf(std::int64_t tile) const { return tile % split_.tiles * split_.width; }
  std::int64_t widthOf(std::int64_t tile) const { return std::min(split_.width, tree_.columns - columnOf(tile)); }
  std::int64_t keptOf(std::int64_t tile) const { return tile / split_.tiles * tree_.columns + columnOf(tile); }
  std::size_t rowBytes(int w) const {
    return roundToLine(static_cast<std::size_t>(split_.width * e_.reduction[w]->item));
  }
  std::byte* partial(int r, std::int64_t unit) const {
    return partials_[r] + static_cast<std::size_t>(unit) * rowBytes(reduced_[r]);
  }

  void takePartials() {
    const auto units = static_cast<std::size_t>(tree_.outerCount * split_.tiles * split_.parts);
    std::size_t bytes = 0;
    for (int r = 0; r < reducedCount_; ++r) bytes += units * rowBytes(reduced_[r]);
    std::byte* memory = scratch(ScratchUse::kPartials, bytes);
    for (int r = 0; r < reducedCount_; ++r) {
      partials_[r] = memory;
      memory += units * rowBytes(reduced_[r]);
    }
  }

  void reduceUnit(Reducer& reducer, std::int64_t unit) {
    const std::int64_t tile = unit / split_.parts;
    const std::int64_t begin = unit % split_.parts * split_.itemsPerPart;
    const std::int64_t end = std::min(begin + split_.itemsPerPart, tree_.items(0));
    const std::int64_t width = widthOf(tile);
    reducer.reduce(tile / split_.tiles, columnOf(tile), width, begin, end);
    for (int r = 0; r < reducedCount_; ++r) {
      const int w = reduced_[r];
      if (split_.parts == 1) deliver(plan_, w, keptOf(tile), width, reducer.result(r));
      else std::memcpy(partial(r, unit), reducer.result(r), static_cast<std::size_t>(width * e_.reduction[w]->item));
    }
  }

  void joinParts() {
    for (int r = 0; r < reducedCount_; ++r) {
      const int w = reduced_[r];
      Counter counter;
      std::byte* memory = scratch(ScratchUse::kReduction, Counter::bytesFor(split_.parts, rowBytes(w)));
      counter.attach(memory, rowBytes(w), e_.reduction[w]);
      for (std::int64_t tile = 0; tile < tree_.outerCount * split_.tiles; ++tile) {
        const std::int64_t width = widthOf(tile);
        counter.reset(width);
        for (std::int64_t part = 0; part < split_.parts; ++part) counter.push(partial(r, tile * split_.parts + part));
        deliver(plan_, w, keptOf(tile), width, counter.fold());
      }
    }
  }

  const Plan& plan_;
  const Expression& e_;
  const Tree& tree_;
  const Split split_;
  int reducedCount_ = 0;
  int reduced_[kMaxOperands];  // the reduced outputs
  std::byte* partials_[kMaxOperands];
};

}  // namespace

int runReduction(const Plan& plan, const Tree& tree) {
  return tree.levels == 0 ? deliverElements(plan) : Reduction(plan, tree).run();
}

int runReduction(const Launch& launch, Plan& plan) {
  const Expression& e = launch.expression;
  if (e.keptCount == 0) return 0;
  if (e.reducedCount == 0) {
    deliverEmpty(launch, plan);
    return 0;
  }
  makePlan(launch, plan);
  return runReduction(plan, makeTree(e));
}

}  // namespace dyngrad
