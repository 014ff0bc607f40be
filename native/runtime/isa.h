// Chooses the kernels of the best instruction set that this CPU has.
#pragma once

#include "runtime/kernel_table.h"

namespace dyngrad {

// Chosen at the first call; DYNGRAD_ISA forces one. Throws std::invalid_argument when that names an instruction set
// that is unknown or that this CPU lacks, std::runtime_error when the CPU lacks all.
const KernelTable& kernelTable();

}  // namespace dyngrad
