// How the process gets memory for large results. docs/performance.md ("What it does to the host") has the measurements.
#pragma once

#include <cstddef>

namespace dyngrad {

// Whether DYNGRAD_MALLOC leaves memory to this library: `keep`, the default, does, `system` does not, all else throws
// std::invalid_argument.
bool choosesMemory();

// Makes malloc keep what is freed for the next result. By default glibc maps each large buffer anew and hands it back
// to the kernel, so that each page of the next result costs a fault: an add of 10,000,000 floats takes 2.7 ms instead
// of 7.6, a clone 2.4 ms instead of 11 (with huge pages) or 23 (without). It changes malloc for the whole process, so
// nothing is done unless choosesMemory(), or where the environment has its own word on malloc.
void keepFreedMemory();

// Hands what malloc keeps back to the kernel, on a thread of its own: 2 GB in pages of 4 KiB take a second on a busy
// machine. Does nothing where keepFreedMemory() has done nothing.
void releaseFreedMemory();

// Asks for huge pages behind [data, data + bytes), whose first writes then fault once per 2 MiB: 40 MB fill in 8 ms
// instead of 21. Does nothing unless choosesMemory().
void preferHugePages(void* data, std::size_t bytes);

}  // namespace dyngrad
