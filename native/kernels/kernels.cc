// The one translation unit per instruction set: KERNEL_NS names the namespace, the compiler's flags choose the instructions.
#include "runtime/kernel_table.h"

#include "pointwise.cc"
#include "reduce.cc"
#if __has_include("matmul.cc")
#include "matmul.cc"
#define DYNGRAD_HAS_MATMUL
#endif
#if __has_include("index.cc")
#include "index.cc"
#define DYNGRAD_HAS_INDEX
#endif
#if __has_include("arg_reduce.cc")
#include "arg_reduce.cc"
#define DYNGRAD_HAS_ARG_REDUCE
#endif
#if __has_include("random.cc")
#include "random.cc"
#define DYNGRAD_HAS_RANDOM
#endif

#define DYNGRAD_STRING(name) #name
#define DYNGRAD_NAME(name) DYNGRAD_STRING(name)

namespace dyngrad::KERNEL_NS {
namespace {

template <class Row, int kCount>
constexpr int countOf(const Row (&)[kCount]) {
  return kCount;
}

constexpr KernelTable makeTable() {
  KernelTable table{};
  table.isa = DYNGRAD_NAME(KERNEL_NS);
  table.pointwise = kPointwiseRows;
  table.pointwiseCount = countOf(kPointwiseRows);
  table.reduce = kReduceRows;
  table.reduceCount = countOf(kReduceRows);
#if defined(DYNGRAD_HAS_ARG_REDUCE)
  table.argReduce = kArgReduceRows;
  table.argReduceCount = countOf(kArgReduceRows);
#endif
#if defined(DYNGRAD_HAS_RANDOM)
  table.random = kRandomRows;
  table.randomCount = countOf(kRandomRows);
#endif
#if defined(DYNGRAD_HAS_MATMUL)
  for (int dtype = 0; dtype < kDTypeCount; ++dtype) table.matmul[dtype] = kMatmulKernels[dtype];
#endif
#if defined(DYNGRAD_HAS_INDEX)
  table.index = indexKernel;
#endif
  return table;
}

constexpr KernelTable kTable = makeTable();

}  // namespace

const KernelTable& kernelTable();
const KernelTable& kernelTable() {
  return kTable;
}

}  // namespace dyngrad::KERNEL_NS
