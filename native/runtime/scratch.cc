#include "runtime/scratch.h"

#include <cstdint>
#include <cstdlib>
#include <new>

#include "runtime/kernel_table.h"

namespace dyngrad {
namespace {

std::byte* aligned(void* allocation) {
  return reinterpret_cast<std::byte*>((reinterpret_cast<std::uintptr_t>(allocation) + 63) / 64 * 64);
}

class Block {
 public:
  ~Block() { std::free(allocation_); }

  // Null where there is no memory.
  std::byte* reserve(std::size_t bytes) noexcept {
    if (bytes > bytes_) [[unlikely]]
      grow(bytes > 2 * bytes_ ? bytes : 2 * bytes_);
    return data_;
  }

 private:
  [[gnu::noinline]] void grow(std::size_t bytes) noexcept {
    std::free(allocation_);
    allocation_ = std::malloc(bytes + 63);
    data_ = aligned(allocation_);
    bytes_ = data_ == nullptr ? 0 : bytes;
  }

  void* allocation_ = nullptr;
  std::byte* data_ = nullptr;
  std::size_t bytes_ = 0;
};

thread_local Block blocks[kScratchUses];

}  // namespace

std::byte* scratch(ScratchUse use, std::size_t bytes) {
  std::byte* memory = blocks[static_cast<int>(use)].reserve(bytes);
  if (memory == nullptr && bytes > 0) throw std::bad_alloc();
  return memory;
}

// A thread keeps this much between calls.
static constexpr std::size_t kKeptBytes = 1 << 20;

CallScratch::CallScratch(std::size_t bytes) {
  if (bytes <= kKeptBytes) {
    data_ = scratch(ScratchUse::kCall, bytes);
    return;
  }
  allocation_ = std::malloc(bytes + 63);
  if (allocation_ == nullptr) throw std::bad_alloc();
  data_ = aligned(allocation_);
}

CallScratch::~CallScratch() { std::free(allocation_); }

void* threadScratch(std::size_t bytes) noexcept {
  return blocks[static_cast<int>(ScratchUse::kPacking)].reserve(bytes);
}

}  // namespace dyngrad
