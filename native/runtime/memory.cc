#include "runtime/memory.h"

#include <cstdint>
#include <cstdlib>

#if defined(__linux__)
#include <malloc.h>
#include <sys/mman.h>
#endif

namespace dyngrad {

#if defined(__GLIBC__)

static constexpr int kMostKept = 256 << 20;

void keepFreedMemory() {
  constexpr const char* kSettings[] = {"MALLOC_MMAP_MAX_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_",
                                       "GLIBC_TUNABLES"};
  for (const char* name : kSettings)
    if (std::getenv(name) != nullptr) return;
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, kMostKept);
}

#else

void keepFreedMemory() {}

#endif

#if defined(__linux__)

void preferHugePages(void* data, std::size_t bytes) {
  constexpr std::uintptr_t kPage = 4096;
  const auto begin = (reinterpret_cast<std::uintptr_t>(data) + kPage - 1) / kPage * kPage;
  const auto end = (reinterpret_cast<std::uintptr_t>(data) + bytes) / kPage * kPage;
  // A kernel without huge pages refuses, which changes nothing.
  if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

#else

void preferHugePages(void*, std::size_t) {}

#endif

}  // namespace dyngrad
