// Runs checked launches: pointwise expressions, reductions, and the families with kernels of their own.
#pragma once

#include "runtime/plan.h"

namespace dyngrad {

// Returns 0 or the status of a check. `plan` is the caller's memory for expressions; what it holds does not matter.
int run(const KernelTable& table, const Launch& launch, Plan& plan);

int runExpression(const Launch& launch, Plan& plan);
int runReduction(const Launch& launch, Plan& plan);
void runMatmul(const BatchedMatmul& matmul);
void runArgReduce(const ArgReduce& reduce);
void runRandom(const Random& random);

}  // namespace dyngrad
