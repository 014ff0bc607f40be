// Runs checked launches: pointwise expressions, reductions, matrix products and kernel calls.
#pragma once

#include "runtime/plan.h"
#include "runtime/thread_pool.h"
#include "runtime/tree.h"

namespace dyngrad {

// Returns 0 or the status of a check; of a row that counts, what it says. `plan` is the caller's memory for
// expressions; what it holds does not matter.
std::int64_t run(const KernelTable& table, const Launch& launch, Plan& plan);

// A planned expression without a reduction: all of it, or the elements [begin, end) on the calling thread.
int runElements(const Plan& plan);
int runElements(const Plan& plan, std::int64_t begin, std::int64_t end);

int runReduction(const Launch& launch, Plan& plan);
// The same where the plan is made and neither the kept nor the reduced dims are empty.
int runReduction(const Plan& plan, const Tree& tree);

// Without an epilogue, or where the product is not cut into rows, returns false and leaves the epilogue to the caller.
// The output is one dense block where there is an epilogue.
bool runMatmul(const BatchedMatmul& matmul, const Epilogue* epilogue);

}  // namespace dyngrad
