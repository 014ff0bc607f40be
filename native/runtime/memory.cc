#include "runtime/memory.h"

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#if defined(__linux__)
#include <malloc.h>
#include <sys/mman.h>
#endif

namespace dyngrad {

static bool readChoice() {
  const char* choice = std::getenv("DYNGRAD_MALLOC");
  if (choice == nullptr || *choice == '\0' || std::string_view(choice) == "keep") return true;
  if (std::string_view(choice) == "system") return false;
  throw std::invalid_argument("DYNGRAD_MALLOC must be one of keep, system, got '" + std::string(choice) + "'");
}

bool choosesMemory() {
  static const bool choice = readChoice();
  return choice;
}

#if defined(__GLIBC__)

// At the top of the heap.
static constexpr int kMostKept = 256 << 20;

static std::atomic<bool> keeps{false};

void keepFreedMemory() {
  if (!choosesMemory()) return;
  constexpr const char* kSettings[] = {"MALLOC_MMAP_MAX_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_",
                                       "GLIBC_TUNABLES"};
  for (const char* name : kSettings)
    if (std::getenv(name) != nullptr) return;
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, kMostKept);
  keeps.store(true, std::memory_order_relaxed);
}

void releaseFreedMemory() {
  if (!keeps.load(std::memory_order_relaxed)) return;
  try {
    std::thread([] { malloc_trim(0); }).detach();
  } catch (const std::exception&) {
    // Without a thread it stays for the next time.
  }
}

#else

void keepFreedMemory() {}

void releaseFreedMemory() {}

#endif

#if defined(__linux__)

void preferHugePages(void* data, std::size_t bytes) {
  if (!choosesMemory()) return;
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
