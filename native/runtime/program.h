// A list of launches that is checked and decoded once and then replayed. docs/architecture.md has the words.
#pragma once

#include <atomic>
#include <vector>

#include "runtime/prepared.h"

namespace dyngrad {

class Program {
 public:
  // Throws Malformed.
  Program(const KernelTable& table, const Buffer& words);
  Program(const Program&) = delete;

  int slotCount() const { return static_cast<int>(slots_.size()); }
  int launchCount() const { return static_cast<int>(steps_.size()); }

  // Says where the slots lie: `offsets` are bytes, a float64 for each slot, that need not be aligned. Throws Malformed,
  // before which nothing has changed.
  void place(const Buffer* buffers, const std::byte* offsets);

  // Runs all launches over the memory that place() was given. Returns 0, or failure() of the first launch whose check
  // fails, after which no other runs.
  std::int64_t run();

  // Nanoseconds of `repeats` single runs of a launch, ascending. Those of a matmul contain its epilogue, which has
  // none.
  void time(int launch, std::vector<double>& nanoseconds);

  static std::int64_t failure(std::size_t launch, std::int64_t status) {
    return (static_cast<std::int64_t>(launch) + 1) * 4096 + status;
  }

  // A program is one thread's at a time: true for the caller that has it now.
  bool take() { return !busy_.exchange(true, std::memory_order_acquire); }
  void release() { busy_.store(false, std::memory_order_release); }

 private:
  struct Relocation {
    std::byte** address;
    std::uintptr_t offset;
    Prepared* step;
  };

  struct Slot {
    std::int64_t bytes;
    std::int64_t alignment = 1;
    bool written = false;
    std::uintptr_t address = 0;
    std::vector<Relocation> relocations;
  };

  // What a caller said of a slot the last time that it was accepted.
  struct Place {
    const void* data = nullptr;
    std::int64_t bytes = -1;
    double offset = -1;
  };

  void readSlots(Reader& reader);
  void readLaunch(Reader& reader);
  void relocate(int operand, int slot);
  void planScratch();
  std::uintptr_t addressOf(std::size_t slot, const Buffer& buffer, double offset) const;
  // Where a slot ends whose address is not accepted yet.
  std::uintptr_t endOf(std::size_t slot) const {
    return moved_[slot] + static_cast<std::uintptr_t>(slots_[slot].bytes);
  }
  void checkChanges() const;
  void checkOverlaps();

  const KernelTable& table_;
  std::vector<Slot> slots_;
  std::vector<Place> places_;
  std::vector<std::unique_ptr<Prepared>> steps_;
  std::unique_ptr<std::byte[]> scratch_;  // of kernel calls, which run one after the other
  std::vector<std::uintptr_t> moved_;     // addresses that are not accepted yet
  std::vector<std::uint32_t> changed_;    // slots that lie elsewhere than the last time
  std::vector<std::uint32_t> order_;      // slots by address
  std::atomic<bool> busy_{false};
};

}  // namespace dyngrad
