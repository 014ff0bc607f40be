// How the process gets memory for large results.
#pragma once

#include <cstddef>

namespace dyngrad {

// Makes malloc keep what is freed for the next result, unless the environment has its own word on malloc. By default glibc
// hands a freed buffer back to the kernel, and each page of the next result costs a fault: an add of 100,000 floats takes
// 27 us instead of 200.
void keepFreedMemory();

// Asks for huge pages behind [data, data + bytes), whose first writes then fault once per 2 MiB: 40 MB fill in 8 ms instead of 21.
void preferHugePages(void* data, std::size_t bytes);

}  // namespace dyngrad
