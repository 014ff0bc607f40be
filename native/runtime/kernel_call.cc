// The body of a kernel call: row, repetitions, the optional operands that are there, then rank, sizes and strides of
// each operand, integers and reals. All that a row says of its operands is checked here, once for every row.
#include "runtime/kernel_call.h"

#include <algorithm>

#include "runtime/descriptor_parts.h"
#include "runtime/scratch.h"
#include "runtime/thread_pool.h"

namespace dyngrad {
namespace {

constexpr std::int64_t kUnknown = -1;

// Sizes by letter.
class Letters {
 public:
  Letters() { std::fill(std::begin(sizes_), std::end(sizes_), kUnknown); }
  std::int64_t& operator[](char letter) { return sizes_[static_cast<unsigned char>(letter) & 127]; }
  void forgetCapitals() {
    for (char letter = 'A'; letter <= 'Z'; ++letter) (*this)[letter] = kUnknown;
  }

 private:
  std::int64_t sizes_[128];
};

Call viewOf(const KernelCall& call, std::byte* scratch, const Epilogue* epilogue) {
  return {call.dtype, call.repeats, &call.operands[0], call.first, call.integers,
          call.reals, scratch,      parallelFor,       epilogue};
}

bool isSame(const CallOperand& a, const CallOperand& b) {
  return a.rank == b.rank && a.dtype == b.dtype && std::equal(a.sizes, a.sizes + a.rank, b.sizes) &&
         std::equal(a.strides, a.strides + a.rank, b.strides);
}

// True where the row says that operand `written` may be exactly operand `other`, and it is.
bool isInPlace(const Launch& launch, int written, int other) {
  const KernelCall& call = launch.kernel;
  const int rule = call.rule[written], otherRule = call.rule[other];
  return call.row->operands[rule].inPlaceOf == otherRule &&
         written - call.first[rule] == other - call.first[otherRule] &&
         launch.operands[written].data == launch.operands[other].data &&
         isSame(call.operands[written], call.operands[other]);
}

void checkPairs(const Launch& launch) {
  for (int i = launch.operandCount - launch.writes; i < launch.operandCount; ++i) {
    const Range written = rangeOf(launch, i);
    if (written.isEmpty()) continue;
    for (int j = 0; j < i; ++j) {
      const Range other = rangeOf(launch, j);
      if (other.isEmpty() || !other.meets(written) || isInPlace(launch, i, j)) continue;
      const KernelRow& row = *launch.kernel.row;
      throw Malformed("%s: %s, which is written, overlaps %s", row.name, row.operands[launch.kernel.rule[i]].name,
                      row.operands[launch.kernel.rule[j]].name);
    }
  }
}

// Pairs of 61 operands take 3 us, sorting them 1.
constexpr int kFewOperands = 12;

void checkOverlaps(const Launch& launch) {
  if (launch.operandCount <= kFewOperands) return checkPairs(launch);
  std::uint8_t order[kMaxOperands];
  int count = 0;
  for (int i = 0; i < launch.operandCount; ++i) {
    const Range range = rangeOf(launch, i);
    if (!range.isEmpty()) order[count++] = static_cast<std::uint8_t>(i);
  }
  std::sort(order, order + count, [&](int a, int b) { return rangeOf(launch, a).begin < rangeOf(launch, b).begin; });
  std::uintptr_t end = 0, writtenEnd = 0;
  for (int k = 0; k < count; ++k) {
    const Range range = rangeOf(launch, order[k]);
    const bool written = order[k] >= launch.operandCount - launch.writes;
    if (range.begin < (written ? end : writtenEnd)) return checkPairs(launch);
    end = std::max(end, range.end);
    if (written) writtenEnd = std::max(writtenEnd, range.end);
  }
}

// Reads one call and checks operand after operand.
class Decoder {
 public:
  Decoder(Reader& reader, Launch& launch) : reader_(reader), launch_(launch), call_(launch.kernel) {}

  void decode(const KernelTable& table) {
    call_.row = table.kernel[reader_.integer("kernel row", 0, table.kernelCount - 1)];
    call_.repeats = static_cast<int>(reader_.integer("number of repetitions", 1, kMaxOperands));
    const auto present =
        static_cast<std::uint32_t>(reader_.integer("mask of operands", 0, (1 << row().operands.count) - 1));
    call_.operands.fit(launch_.operandCount);
    call_.reach.fit(launch_.operandCount);
    call_.rule.fit(launch_.operandCount);
    call_.geometry.fit(launch_.operandCount * 2 * kMaxCallRank);
    assignRules(present);
    chooseKernel();
    readOperands();
    readParameters();
    reader_.finish();
    call_.scratch = nullptr;
    call_.scratchBytes = 0;
    if (row().check == nullptr) return;
    const Call call = viewOf(call_, nullptr, nullptr);
    if (const char* wrong = row().check(call, call_.scratchBytes)) throw Malformed("%s: %s", row().name, wrong);
    if (call_.scratchBytes < 0 || call_.scratchBytes > kMaxInteger)
      throw Malformed("%s: the call needs too much scratch", row().name);
  }

 private:
  const KernelRow& row() const { return *call_.row; }

  const OperandRule& ruleOf(int operand) const { return row().operands[call_.rule[operand]]; }

  // The operands that each rule has, in the order of the rules; those that are written stand last.
  void assignRules(std::uint32_t present) {
    int next = 0, writes = 0;
    for (int i = 0; i < row().operands.count; ++i) {
      const OperandRule& rule = row().operands[i];
      const bool there = (present >> i & 1) != 0;
      call_.first[i] = -1;
      if (!there && (rule.flags & kOptional) == 0) throw Malformed("%s: %s is missing", row().name, rule.name);
      if (!there) continue;
      call_.first[i] = static_cast<std::int16_t>(next);
      const int count = (rule.flags & kRepeated) != 0 ? call_.repeats : 1;
      if (next + count > launch_.operandCount)
        throw Malformed("%s takes more than %d operands", row().name, launch_.operandCount);
      for (int k = 0; k < count; ++k) call_.rule[next++] = static_cast<std::int8_t>(i);
      if ((rule.flags & kWritten) != 0) writes += count;
    }
    if (next != launch_.operandCount || writes != launch_.writes)
      throw Malformed("%s takes %d operands of which %d are written, not %d and %d", row().name, next, writes,
                      launch_.operandCount, launch_.writes);
  }

  // The dtype of the call is that of the first operand that has it.
  void chooseKernel() {
    call_.dtype = DType::kFloat32;
    bool known = false;
    for (int i = 0; i < launch_.operandCount; ++i) {
      const int wanted = ruleOf(i).dtype;
      const DType dtype = launch_.operands[i].dtype;
      if (wanted == kCallDType && !known) {
        call_.dtype = dtype;
        known = true;
      } else if (static_cast<int>(dtype) != (wanted == kCallDType ? static_cast<int>(call_.dtype) : wanted)) {
        throw Malformed("%s: %s has dtype %d", row().name, ruleOf(i).name, static_cast<int>(dtype));
      }
    }
    call_.run = row().run[static_cast<int>(call_.dtype)];
    if (call_.run == nullptr) throw Malformed("%s has no dtype %d", row().name, static_cast<int>(call_.dtype));
  }

  void readOperands() {
    for (const FixedSize& each : row().sizes) letters_[each.letter] = each.size;
    std::int64_t* next = &call_.geometry[0];
    for (int i = 0; i < launch_.operandCount; ++i) {
      CallOperand& operand = call_.operands[i];
      operand.dtype = launch_.operands[i].dtype;
      operand.rank = static_cast<int>(reader_.integer("rank", 0, kMaxCallRank));
      operand.sizes = next;
      for (int d = 0; d < operand.rank; ++d) *next++ = reader_.integer("size", 0, kMaxInteger);
      operand.strides = next;
      for (int d = 0; d < operand.rank; ++d) *next++ = reader_.integer("stride", -kMaxInteger, kMaxInteger);
      operand.data = launch_.operands[i].data;
    }
    // Capitals are sizes of one repetition, so operands are matched repetition by repetition.
    for (int k = 0; k < call_.repeats; ++k) {
      letters_.forgetCapitals();
      for (int r = 0; r < row().operands.count; ++r) {
        if (call_.first[r] < 0 || (k > 0 && (row().operands[r].flags & kRepeated) == 0)) continue;
        matchExtents(call_.first[r] + k);
      }
    }
    for (int i = 0; i < launch_.operandCount; ++i) checkMemory(i);
    checkOverlaps(launch_);
  }

  void matchExtents(int number) {
    const CallOperand& operand = call_.operands[number];
    const OperandRule& rule = ruleOf(number);
    const char* letter = rule.extents;
    int others = 0;
    for (const char* c = letter; *c != '\0'; ++c) others += *c == '*' ? 0 : *c == '@' ? call_.repeats : 1;
    int d = 0;
    if (*letter == '*') {
      matchGrid(operand, operand.rank - others, rule);
      d = std::max(operand.rank - others, 0);
      ++letter;
    } else if (operand.rank != others) {
      throw Malformed("%s: %s has rank %d, not %d", row().name, rule.name, operand.rank, others);
    }
    for (; *letter != '\0'; ++letter) {
      if (*letter == '@') {
        d += call_.repeats;
        continue;
      }
      std::int64_t& size = letters_[*letter];
      if (size == kUnknown) size = operand.sizes[d];
      if (size != operand.sizes[d])
        throw Malformed("%s: dim %d of %s has size %lld, not %lld", row().name, d, rule.name,
                        static_cast<long long>(operand.sizes[d]), static_cast<long long>(size));
      ++d;
    }
  }

  void matchGrid(const CallOperand& operand, int rank, const OperandRule& rule) {
    if (rank < 0) throw Malformed("%s: %s has only %d dims", row().name, rule.name, operand.rank);
    if (grid_ == nullptr) {
      grid_ = operand.sizes;
      gridRank_ = rank;
      return;
    }
    if (rank != gridRank_ || !std::equal(grid_, grid_ + rank, operand.sizes))
      throw Malformed("%s: the dims in front of %s differ from those of other operands", row().name, rule.name);
  }

  // What lies within the buffer, and what the rule says of the strides.
  void checkMemory(int number) {
    const CallOperand& operand = call_.operands[number];
    const OperandRule& rule = ruleOf(number);
    const Operand& memory = launch_.operands[number];
    KernelCall::Reach& reach = call_.reach[number];
    reach = {0, 0};
    if (countElements(operand) == 0) return;
    std::int64_t low = 0, high = 0;
    for (int d = 0; d < operand.rank; ++d) {
      std::int64_t extent;
      std::int64_t& end = operand.strides[d] < 0 ? low : high;
      if (__builtin_mul_overflow(operand.sizes[d] - 1, operand.strides[d], &extent) ||
          __builtin_add_overflow(end, extent, &end))
        throw Malformed("%s: size %lld times stride %lld of %s overflows", row().name,
                        static_cast<long long>(operand.sizes[d]), static_cast<long long>(operand.strides[d]),
                        rule.name);
    }
    if (high >= memory.extent || -low > memory.start)
      throw Malformed("%s: %s reaches the elements %lld to %lld, but its buffer has those from %lld to %lld",
                      row().name, rule.name, static_cast<long long>(low), static_cast<long long>(high),
                      static_cast<long long>(-memory.start), static_cast<long long>(memory.extent - 1));
    reach = {low * memory.item, (high + 1) * memory.item};
    if ((rule.flags & kContiguous) != 0) checkContiguous(operand, rule);
    if ((rule.flags & (kWritten | kScattered)) == kWritten) checkDistinct(operand, rule);
  }

  // At most 2^53.
  std::int64_t countElements(const CallOperand& operand) {
    std::int64_t count = 1;
    for (int d = 0; d < operand.rank; ++d) count = saturatingProduct(count, operand.sizes[d]);
    if (count > kMaxInteger) throw Malformed("%s: an operand has more than 2^53 elements", row().name);
    return count;
  }

  void checkContiguous(const CallOperand& operand, const OperandRule& rule) {
    std::int64_t step = 1;
    for (int d = operand.rank - 1; d >= 0; --d) {
      if (operand.sizes[d] != 1 && operand.strides[d] != step)
        throw Malformed("%s: %s is not contiguous", row().name, rule.name);
      step *= operand.sizes[d];
    }
  }

  // No element is written twice where each dim steps over all that the dims of smaller strides reach.
  void checkDistinct(const CallOperand& operand, const OperandRule& rule) {
    int order[kMaxCallRank], rank = 0;
    for (int d = 0; d < operand.rank; ++d)
      if (operand.sizes[d] > 1) order[rank++] = d;
    const auto step = [&](int d) { return std::abs(operand.strides[d]); };
    std::sort(order, order + rank, [&](int a, int b) { return step(a) < step(b); });
    std::int64_t reach = 0;
    for (int i = 0; i < rank; ++i) {
      if (step(order[i]) <= reach)
        throw Malformed("%s: dim %d of %s, which is written, steps over elements of other dims", row().name, order[i],
                        rule.name);
      reach += (operand.sizes[order[i]] - 1) * step(order[i]);
    }
  }

  void readParameters() {
    for (int i = 0; i < row().integers.count; ++i) {
      const IntegerRule& rule = row().integers[i];
      call_.integers[i] = reader_.integer(rule.name, rule.low, rule.high);
    }
    for (int i = 0; i < row().reals.count; ++i) {
      const RealRule& rule = row().reals[i];
      const double real = reader_.real(rule.name);
      const bool fits = real != real ? rule.takesNaN : real >= rule.low && real <= rule.high;
      if (!fits)
        throw Malformed("%s: %s is %.17g, not a number in %.17g..%.17g", row().name, rule.name, real, rule.low,
                        rule.high);
      call_.reals[i] = real;
    }
  }

  Reader& reader_;
  Launch& launch_;
  KernelCall& call_;
  Letters letters_;
  const std::int64_t* grid_ = nullptr;
  int gridRank_ = 0;
};

}  // namespace

void decodeKernel(const KernelTable& table, Reader reader, Launch& launch) { Decoder(reader, launch).decode(table); }

void bindKernel(Launch& launch) {
  for (int i = 0; i < launch.operandCount; ++i) launch.kernel.operands[i].data = launch.operands[i].data;
}

bool kernelFits(Launch& launch) {
  for (int i = 0; i < launch.operandCount; ++i) {
    const Operand& operand = launch.operands[i];
    const KernelCall::Reach& reach = launch.kernel.reach[i];
    if (reach.high > operand.extent * operand.item || -reach.low > operand.start * operand.item) return false;
  }
  checkOverlaps(launch);
  return true;
}

std::int64_t runKernel(const KernelCall& kernel, const Epilogue* epilogue) {
  const auto bytes = static_cast<std::size_t>(kernel.scratchBytes);
  if (kernel.scratch != nullptr || bytes == 0) return kernel.run(viewOf(kernel, kernel.scratch, epilogue));
  const CallScratch scratch(bytes);
  return kernel.run(viewOf(kernel, scratch.data(), epilogue));
}

CallCost costOf(const Launch& launch) {
  const KernelCall& kernel = launch.kernel;
  CallCost cost{0, 0};
  for (int i = 0; i < launch.operandCount; ++i) {
    const CallOperand& operand = kernel.operands[i];
    const std::uint32_t flags = kernel.row->operands[kernel.rule[i]].flags;
    // Of what indices choose, an element for each point of the dims in front.
    const int rank = (flags & kScattered) != 0 ? operand.rank - kernel.repeats : operand.rank;
    double elements = 1;
    for (int d = 0; d < rank; ++d)
      if ((flags & kScattered) != 0 || operand.strides[d] != 0 || operand.sizes[d] == 0)
        elements *= static_cast<double>(operand.sizes[d]);
    cost.bytes += elements * static_cast<double>(launch.operands[i].item) * ((flags & kUpdated) != 0 ? 2 : 1);
  }
  if (kernel.row->cost != nullptr) cost.operations = kernel.row->cost(viewOf(kernel, nullptr, nullptr));
  return cost;
}

}  // namespace dyngrad
