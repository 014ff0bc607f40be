// What crosses between runtime and kernels: dtypes, one row type per kernel family, the table of one instruction set.
// Includes nothing but fixed-width integers, so that kernels stay free of std templates.
#pragma once

#include "runtime/kernel_row.h"

namespace dyngrad {

// Elements that the interpreter evaluates at a time, and the leaf of every reduction tree.
inline constexpr std::int64_t kBlock = 512;
// A uniform source repeats its value over this many bytes, the widest vector of any instruction set.
inline constexpr std::int64_t kUniformBytes = 64;

// ---- pointwise ----

// A block of operand values: `step` 1 walks contiguous elements, `step` 0 repeats kUniformBytes of one value.
struct Source {
  const void* data;
  std::int64_t step;
};

// How a row's operand and result dtypes follow from the dtype T of the instruction.
enum class Signature : std::uint8_t {
  kSame,     // T... -> T
  kCompare,  // T, T -> bool
  kSelect,   // bool, T, T -> T
  kCast,     // `source` -> T
  kIndex,    // -> T: the logical linear index; sources[0].data points at the int64 index of the first element
};

// Writes `count` results; returns nonzero when a checked value fails (`checks` rows only).
// `out` may be the same address as a source with step 1, never a partial overlap.
using PointwiseKernel = int (*)(void* out, const Source* sources, std::int64_t count);
// The same past the caches: `out` is aligned to kLineBytes, and `count` fills whole lines. Never fails. Other threads
// see the results after streamEnd().
using StreamKernel = void (*)(void* out, const Source* sources, std::int64_t count);
inline constexpr std::int64_t kLineBytes = 64;

struct PointwiseRow {
  const char* name;
  int arity;
  Signature signature;
  DType source;  // kCast only
  bool checks;
  PointwiseKernel kernels[kDTypeCount];  // by instruction dtype T; null where undefined
  StreamKernel streams[kDTypeCount];     // null where there is none
};

// ---- reduce ----

// Rows of a column that are reduced to one before an accumulator takes them.
inline constexpr std::int64_t kRunRows = 8;
// Rows of a column that are one group: accumulators of groups combine pairwise.
inline constexpr std::int64_t kGroupRows = 64;

struct ReduceKernels {
  // Bytes of an accumulator, of which partial results are made.
  std::int64_t item;
  // Reduces each of `rows` rows of `count` contiguous elements, one row behind the other, to an accumulator: blocks of
  // kBlock through a fixed tree of lanes (the same on every instruction set), then blocks pairwise.
  void (*rows)(void* accumulators, const void* elements, std::int64_t rows, std::int64_t count);
  // accumulators[i] = accumulators[i] (op) (elements[row * stride + i] over kRunRows rows), run after run; from the
  // identity if `fresh`. Only the last run of a group may be shorter.
  void (*columns)(void* accumulators, const void* elements, std::int64_t rows, std::int64_t stride, std::int64_t count,
                  bool fresh);
  // The same for any number of rows, from the identity: groups of kGroupRows rows, then groups pairwise. Best for few
  // columns.
  void (*groups)(void* accumulators, const void* elements, std::int64_t rows, std::int64_t stride, std::int64_t count);
  // accumulators[i] = accumulators[i] (op) others[i].
  void (*combine)(void* accumulators, const void* others, std::int64_t count);
  // results[i] from accumulators[i], into each of which `reduced` elements went. No overlap.
  void (*finish)(void* results, const void* accumulators, std::int64_t count, std::int64_t reduced);
  // The value of an empty reduction, written `count` times.
  void (*identity)(void* results, std::int64_t count);
};

struct ReduceRow {
  const char* name;
  ReduceKernels kernels[kDTypeCount];  // pointers are null where undefined
};

// ---- matmul ----

// out[m, n] = a[m, k] @ b[k, n] (+ bias[m, n]); strides in elements. Each element sums k = 0..K-1 in ascending order
// (fma where the instruction set has it), in chains of chainLength(K) whose sums are added in their order, or `inLanes`
// (see sumsInLanes), then adds the bias; so the bits do not depend on strides, tiles or threads. `out` overlaps no
// operand: it may hold sums of smaller k, and some elements are written twice.
struct MatmulLaunch {
  std::int64_t m, n, k;
  const void* a;
  std::int64_t aRow, aColumn;
  const void* b;
  std::int64_t bRow, bColumn;
  void* out;
  std::int64_t outRow, outColumn;
  const void* bias;  // null without; strides may be 0
  std::int64_t biasRow, biasColumn;
  bool inLanes;  // floats only
};
// False where there is no memory for packing; then nothing in `out` is meant.
using MatmulKernel = bool (*)(const MatmulLaunch&);

struct MatmulRow {
  DType dtype;
  MatmulKernel kernel;
};

// Equal parts of at most kLongestChain. One chain of 500,000 products loses 1.7e-4 of a sum of squares in float32,
// since each adds to what is large already; chains of 512 lose 1e-6. They are the blocks of k, too: a longer one reads
// and writes out less often, a shorter one leaves room for more rows of a, each of which saves a walk through b. With
// 1024 and 84 rows, 1024 x 1024 x 1024 reached 102 GFLOP/s, with 512 and 140 rows 112; 2048 x 2048 x 2048 94 and 106
// (Cascade Lake, whose last cache is slow).
inline constexpr std::int64_t kLongestChain = 512;
constexpr std::int64_t chainLength(std::int64_t k) {
  const std::int64_t chains = (k + kLongestChain - 1) / kLongestChain;
  return chains > 1 ? (k + chains - 1) / chains : k;
}

// Whether the elements of a product are summed in lanes: lane l takes k = l, l + L, l + 2 L... in ascending order (L
// lanes fill kSumLaneBytes), then lane l adds lane l + L/2, then l + L/4, and so on. Few elements in chains would wait
// for their own sums, and a small matrix times a vector for the shuffles that put chains side by side. A matrix that is
// read across k gains nothing, and takes twice a chain's time when it leaves the first cache, hence kLaneMatrixBytes.
// Logical sizes decide, before batches become rows and rows are split; vectors of a batch times one matrix become a
// matrix, so they keep its chains.
inline constexpr int kSumLaneBytes = 64;
inline constexpr std::int64_t kLaneMatrixBytes = 32 << 10;
constexpr bool sumsInLanes(std::int64_t batches, std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t item) {
  if (k <= 8 || (n > 1 && batches > 1)) return false;
  if (saturatingProduct(m, n) <= 16) return true;
  return (m == 1 || n == 1) && saturatingProduct(m, n, k) <= kLaneMatrixBytes / item;
}

// ---- copies of elements that lie apart ----

// out[i] = in[i step] for items of one size; the step is in items.
using GatherKernel = void (*)(void* out, const void* in, std::int64_t step, std::int64_t count);

// out[r][c] = in[r step], the step in items. Writes up to kUniformBytes behind the last row.
using RepeatKernel = void (*)(void* out, const void* in, std::int64_t step, std::int64_t rows, std::int64_t columns);

// out[r][c] = in[c][r], where rows of `out` and columns of `in` are contiguous; strides in bytes. Nothing overlaps.
using TransposeKernel = void (*)(void* out, std::int64_t outRow, const void* in, std::int64_t inColumn,
                                 std::int64_t rows, std::int64_t columns);

// Kernels for items of one size.
struct MoveRow {
  std::size_t item;
  GatherKernel gather;
  RepeatKernel repeat;
  TransposeKernel transpose;
};

// ---- what the kernel files of an instruction set hold ----

// The rows of one file, by family.
struct FileRows {
  List<PointwiseRow> pointwise = {};
  List<ReduceRow> reduce = {};
  List<MatmulRow> matmul = {};
  List<MoveRow> move = {};
  List<KernelRow> kernel = {};
};
using KernelFile = FileRows (*)();

struct KernelFiles {
  const char* isa;
  List<KernelFile> files;
};

// ---- the table ----

struct KernelTable {
  const char* isa;
  const PointwiseRow* pointwise;
  int pointwiseCount;
  const ReduceRow* reduce;
  int reduceCount;
  const KernelRow* const* kernel;
  int kernelCount;
  MatmulKernel matmul[kDTypeCount];  // null for bool
  GatherKernel gather[9];            // by item size
  RepeatKernel repeat[9];
  TransposeKernel transpose[9];
};

// The rows of all files in one table, which is never freed.
const KernelTable& joinedTable(const KernelFiles& kernels);

// Memory for packing, private to the calling thread and kept by it; 64-byte aligned, null where there is none. Provided
// by the runtime.
void* threadScratch(std::size_t bytes) noexcept;

}  // namespace dyngrad
