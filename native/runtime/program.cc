#include "runtime/program.h"

#include <algorithm>
#include <chrono>
#include <memory>

namespace dyngrad {
namespace {

// Together they lie within 64 bits of addresses.
constexpr std::int64_t kMostSlots = 1 << 16;
constexpr std::int64_t kMostBytes = std::int64_t{1} << 46;
constexpr std::int64_t kMostLaunches = 1 << 20;
constexpr std::int64_t kLine = 64;
constexpr std::size_t kFewChanges = 4;

}  // namespace

Program::Program(const KernelTable& table, const Buffer& words) : table_(table) {
  if (words.bytes % 8 != 0) throw Malformed("the words fill %lld bytes", static_cast<long long>(words.bytes));
  Reader reader(static_cast<const std::byte*>(words.data), words.bytes / 8);
  readSlots(reader);
  const std::int64_t launches = reader.integer("number of launches", 0, kMostLaunches);
  for (std::int64_t i = 0; i < launches; ++i) readLaunch(reader);
  reader.finish();
  planScratch();
  places_.resize(slots_.size());
  moved_.resize(slots_.size());
  order_.reserve(slots_.size());
  changed_.reserve(slots_.size());
}

// Launches are decoded at addresses that nobody reads, where no two slots meet.
void Program::readSlots(Reader& reader) {
  const std::int64_t slots = reader.integer("number of slots", 0, std::min(reader.left(), kMostSlots));
  slots_.resize(static_cast<std::size_t>(slots));
  std::uintptr_t address = kLine;
  for (Slot& slot : slots_) {
    slot.bytes = reader.integer("bytes of a slot", 0, kMostBytes);
    slot.address = address;
    address += static_cast<std::uintptr_t>((slot.bytes / kLine + 2) * kLine);
  }
}

void Program::readLaunch(Reader& reader) {
  const bool isEpilogue = reader.integer("epilogue flag", 0, 1) != 0;
  Reader header = reader;
  header.skip(1);
  const std::int64_t length = header.integer("length", 4, reader.left());
  const auto operands = static_cast<int>(header.integer("number of operands", 1, kMaxOperands));
  const std::byte* words = reader.here();
  reader.skip(length);
  int numbers[kMaxOperands];
  Buffer buffers[kMaxOperands];
  for (int i = 0; i < operands; ++i) {
    numbers[i] = static_cast<int>(reader.integer("slot number", 0, slotCount() - 1));
    const Slot& slot = slots_[static_cast<std::size_t>(numbers[i])];
    buffers[i] = {reinterpret_cast<void*>(slot.address), slot.bytes};
  }
  steps_.push_back(std::make_unique<Prepared>());
  steps_.back()->decode(table_, words, length * 8, buffers, operands);
  const Launch& launch = steps_.back()->launch();
  if (launch.family == Family::kKernel && launch.kernel.row->counts)
    throw Malformed("%s counts elements, which a program has no use for", launch.kernel.row->name);
  for (int i = 0; i < operands; ++i) relocate(i, numbers[i]);
  if (!isEpilogue) return;
  if (steps_.size() < 2 || steps_[steps_.size() - 2]->isEpilogue())
    throw Malformed("an epilogue does not follow a matmul");
  steps_.back()->becomeEpilogueOf(*steps_[steps_.size() - 2]);
}

void Program::planScratch() {
  std::int64_t most = 0;
  for (const auto& step : steps_) most = std::max(most, step->scratchBytes());
  if (most == 0) return;
  scratch_ = std::make_unique_for_overwrite<std::byte[]>(static_cast<std::size_t>(most + kLineBytes));
  void* begin = scratch_.get();
  std::size_t space = static_cast<std::size_t>(most + kLineBytes);
  auto* aligned = static_cast<std::byte*>(std::align(kLineBytes, static_cast<std::size_t>(most), begin, space));
  for (const auto& step : steps_) step->useScratch(aligned);
}

void Program::relocate(int operand, int number) {
  Prepared& step = *steps_.back();
  const Launch& launch = step.launch();
  Slot& slot = slots_[static_cast<std::size_t>(number)];
  slot.alignment = std::max(slot.alignment, launch.operands[operand].item);
  slot.written |= operand >= launch.operandCount - launch.writes;
  const auto address = reinterpret_cast<std::uintptr_t>(launch.operands[operand].data);
  slot.relocations.push_back({step.address(operand), address - slot.address, &step});
}

void Program::place(const Buffer* buffers, const std::byte* offsets) {
  const std::size_t count = slots_.size();
  bool same = true;
  for (std::size_t i = 0; i < count; ++i) {
    double offset;
    std::memcpy(&offset, offsets + i * sizeof offset, sizeof offset);
    const Place& place = places_[i];
    same &= (place.data == buffers[i].data) & (place.bytes == buffers[i].bytes) & (place.offset == offset);
  }
  if (same) [[likely]]
    return;
  changed_.clear();
  for (std::size_t i = 0; i < count; ++i) {
    double offset;
    std::memcpy(&offset, offsets + i * sizeof offset, sizeof offset);
    moved_[i] = slots_[i].address;
    const Place& place = places_[i];
    if ((place.data == buffers[i].data) & (place.bytes == buffers[i].bytes) & (place.offset == offset)) continue;
    moved_[i] = addressOf(i, buffers[i], offset);
    changed_.push_back(static_cast<std::uint32_t>(i));
  }
  if (changed_.size() <= kFewChanges) checkChanges();
  else checkOverlaps();
  for (const std::uint32_t i : changed_) {
    Slot& slot = slots_[i];
    places_[i] = {buffers[i].data, buffers[i].bytes,
                  static_cast<double>(moved_[i] - reinterpret_cast<std::uintptr_t>(buffers[i].data))};
    if (slot.address == moved_[i]) continue;
    slot.address = moved_[i];
    for (const Relocation& relocation : slot.relocations) {
      *relocation.address = reinterpret_cast<std::byte*>(slot.address + relocation.offset);
      relocation.step->move();
    }
  }
}

std::uintptr_t Program::addressOf(std::size_t number, const Buffer& buffer, double offset) const {
  const Slot& slot = slots_[number];
  // NaN fails the first comparison.
  if (!(offset >= 0 && offset <= static_cast<double>(buffer.bytes)) ||
      static_cast<double>(static_cast<std::int64_t>(offset)) != offset)
    throw Malformed("the offset of slot %d is %.17g, in a buffer of %lld bytes", static_cast<int>(number), offset,
                    static_cast<long long>(buffer.bytes));
  const auto begin = static_cast<std::int64_t>(offset);
  if (buffer.bytes - begin < slot.bytes)
    throw Malformed("slot %d has %lld bytes, but its buffer ends after %lld", static_cast<int>(number),
                    static_cast<long long>(slot.bytes), static_cast<long long>(buffer.bytes - begin));
  const auto address = reinterpret_cast<std::uintptr_t>(buffer.data) + static_cast<std::uintptr_t>(begin);
  if (address % static_cast<std::uintptr_t>(slot.alignment) != 0)
    throw Malformed("slot %d is not aligned: byte offset %lld, items of up to %lld bytes", static_cast<int>(number),
                    static_cast<long long>(begin), static_cast<long long>(slot.alignment));
  return address;
}

// The few that moved against all others: a result's memory is new in each replay, and sorting all slots takes 40 ns.
void Program::checkChanges() const {
  for (const std::uint32_t i : changed_)
    for (std::size_t j = 0; j < slots_.size(); ++j) {
      const bool apart = endOf(i) <= moved_[j] || endOf(j) <= moved_[i];
      if (!apart && i != j && (slots_[i].written || slots_[j].written) && slots_[i].bytes > 0 && slots_[j].bytes > 0)
        throw Malformed("slots overlap");
    }
}

// What was decided when slots lay apart holds only while they do: above all, that writing does not change indices after
// their check. Slots that are only read may lie anywhere.
void Program::checkOverlaps() {
  order_.clear();
  for (std::size_t i = 0; i < slots_.size(); ++i)
    if (slots_[i].bytes > 0) order_.push_back(static_cast<std::uint32_t>(i));
  std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) { return moved_[a] < moved_[b]; });
  std::uintptr_t end = 0, writtenEnd = 0;
  for (const std::uint32_t i : order_) {
    if (moved_[i] < (slots_[i].written ? end : writtenEnd)) throw Malformed("slots overlap");
    end = std::max(end, endOf(i));
    if (slots_[i].written) writtenEnd = std::max(writtenEnd, endOf(i));
  }
}

std::int64_t Program::run() {
  const std::size_t count = steps_.size();
  for (std::size_t i = 0; i < count; ++i) {
    Prepared& step = *steps_[i];
    std::int64_t status;
    if (i + 1 < count && steps_[i + 1]->isEpilogue()) status = steps_[++i]->runAfter(step);
    else status = step.run(table_);
    if (status != 0) [[unlikely]]
      return failure(i, status);
  }
  return 0;
}

void Program::time(int launch, std::vector<double>& nanoseconds) {
  const auto i = static_cast<std::size_t>(launch);
  Prepared& step = *steps_[i];
  std::fill(nanoseconds.begin(), nanoseconds.end(), 0);
  if (step.isEpilogue()) return;
  Prepared* epilogue = i + 1 < steps_.size() && steps_[i + 1]->isEpilogue() ? steps_[i + 1].get() : nullptr;
  using Clock = std::chrono::steady_clock;
  const auto since = [](Clock::time_point begin) {
    return std::chrono::duration<double, std::nano>(Clock::now() - begin).count();
  };
  double reading = 1e9;
  for (int k = 0; k < 64; ++k) reading = std::min(reading, since(Clock::now()));
  for (double& time : nanoseconds) {
    const Clock::time_point begin = Clock::now();
    if (epilogue != nullptr) epilogue->runAfter(step);
    else step.run(table_);
    time = std::max(since(begin) - reading, 0.0);
  }
  std::sort(nanoseconds.begin(), nanoseconds.end());
}

}  // namespace dyngrad
