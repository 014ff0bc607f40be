// Rows of kernels that are called with whole operands: everything that is neither a pointwise expression with its
// reductions nor a matrix product. A row says what it takes; the border checks each call against that before `check`
// and `run` see it, and explain(), costs and fuzz tests follow from the same words.
#pragma once

#include "runtime/dtype.h"
#include "runtime/extents.h"

namespace dyngrad {

// Of an operand: the dims of a tensor, and those that indices choose in it.
inline constexpr int kMaxCallRank = 2 * kMaxRank;
inline constexpr int kMaxRules = 12;
inline constexpr int kMaxIntegers = 16;
inline constexpr int kMaxReals = 8;

// Of OperandRule.flags.
enum OperandFlags : std::uint32_t {
  kWritten = 1,      // the kernel writes it; written rules stand behind all others
  kUpdated = 2,      // reads what it writes
  kScattered = 4,    // written or read at places that indices choose, so its strides may show an element more than once
  kOptional = 8,     // may be absent
  kRepeated = 16,    // there as often as the call repeats, one operand behind the other
  kContiguous = 32,  // its elements follow each other in memory
};

// The dtype of an operand: that of the call, by which a kernel is chosen, or always the same.
inline constexpr int kCallDType = -1;
constexpr int fixed(DType dtype) { return static_cast<int>(dtype); }

struct OperandRule {
  const char* name;
  // A letter for each dim. `*`, which comes first, stands for any number of dims, the same sizes wherever it stands. A
  // small letter is one size in the whole call, a capital one size in each repetition, `@` is one dim for each
  // repetition.
  const char* extents;
  int dtype = kCallDType;
  std::uint32_t flags = 0;
  // Number of an earlier rule whose operand this one may be exactly: the same elements in the same order. All other
  // overlap of what is written is refused. -1: none.
  int inPlaceOf = -1;
};

struct IntegerRule {
  const char* name;
  std::int64_t low, high;
};

// A parameter that is no integer; what lies outside is refused, and NaN unless the kernel takes it.
struct RealRule {
  const char* name;
  double low, high;
  bool takesNaN = false;
};

// A letter whose size is always the same.
struct FixedSize {
  char letter;
  std::int64_t size;
};

template <class T>
struct List {
  const T* items = nullptr;
  int count = 0;

  constexpr List() = default;
  template <int kCount>
  constexpr List(const T (&all)[kCount]) : items(all), count(kCount) {}
  constexpr const T* begin() const { return items; }
  constexpr const T* end() const { return items + count; }
  constexpr const T& operator[](int i) const { return items[i]; }
};

// Elements in memory. Strides count elements and may be negative; `data` is the element whose indices are all 0.
struct CallOperand {
  void* data;
  DType dtype;
  int rank;
  const std::int64_t* sizes;
  const std::int64_t* strides;

  template <class T>
  [[gnu::always_inline]] T* as() const {
    return static_cast<T*>(data);
  }
};

// Splitting work smaller than this, in elements, costs more than it saves.
inline constexpr std::int64_t kGrain = 32768;

using PartFunction = void (*)(void* context, std::int64_t begin, std::int64_t end);
// Calls body(begin, end) over [0, count) in parts that begin at multiples of `grain`, on any number of threads.
using ParallelFor = void (*)(std::int64_t count, std::int64_t grain, PartFunction body, void* context);

// What follows on elements [begin, end) of the first written operand, as soon as they are there.
struct Epilogue {
  PartFunction run;
  void* context;
};

// A call that agrees with its row: kinds, extents, ranges, reach and overlap are checked. Sizes may be 0.
struct Call {
  DType dtype;
  int repeats;
  const CallOperand* operands;
  // By rule: its first operand, -1 where it is absent.
  const std::int16_t* first;
  const std::int64_t* integers;
  const double* reals;
  // As many bytes as `check` asked for, aligned to kLineBytes; null in `check` and `cost`.
  std::byte* scratch;
  ParallelFor parallelFor;
  // Null unless the row applies epilogues.
  const Epilogue* epilogue;

  // Inlined always: a copy with one instruction set's instructions may not serve the others.
  [[gnu::always_inline]] bool has(int rule) const { return first[rule] >= 0; }
  [[gnu::always_inline]] const CallOperand& at(int rule, int repetition = 0) const {
    return operands[first[rule] + repetition];
  }
};

struct KernelRow {
  const char* name;
  List<OperandRule> operands;
  List<IntegerRule> integers;
  List<RealRule> reals;
  List<FixedSize> sizes;
  // Relates sizes and integers and says how many bytes of scratch the call needs; returns what is wrong, or null. Null
  // where there is nothing to say. Depends on sizes, strides, integers and reals alone, never on elements or the number
  // of threads.
  const char* (*check)(const Call& call, std::int64_t& scratchBytes);
  // By dtype of the call; null where undefined. Allocates nothing. Returns 0, or a positive status where a value that
  // it checks is wrong, before it has written anything; of a row that counts, what it counted, or a negative status.
  std::int64_t (*run[kDTypeCount])(const Call& call);
  // Operations on elements, of the order of one instruction of an expression each; null: none.
  double (*cost)(const Call& call);
  // A number follows from the elements and is returned, so a program has no place for such a call.
  bool counts = false;
  // Runs Call.epilogue over all elements of its first written operand, which is then one dense block.
  bool appliesEpilogue = false;
};

}  // namespace dyngrad
