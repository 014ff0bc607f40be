// How many threads the process may use.
#pragma once

namespace dyngrad {

// The CPUs of the affinity mask as far as the control group's quota goes.
int availableCpus();

// DYNGRAD_NUM_THREADS, else availableCpus(); at most `most`.
// Throws std::invalid_argument when the variable is no number in 1..most.
int defaultThreads(int most);

}  // namespace dyngrad
