// The one translation unit per instruction set: KERNEL_NS names the namespace, the compiler's flags choose the instructions.
#include "runtime/kernel_table.h"

// The kernels:
#include "adam.cc"
#include "arg_reduce.cc"
#include "index.cc"
#include "matmul.cc"
#include "move.cc"
#include "pointwise.cc"
#include "random.cc"
#include "reduce.cc"

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
  table.argReduce = kArgReduceRows;
  table.argReduceCount = countOf(kArgReduceRows);
  table.random = kRandomRows;
  table.randomCount = countOf(kRandomRows);
  for (int dtype = 0; dtype < kDTypeCount; ++dtype) table.matmul[dtype] = kMatmulKernels[dtype];
  table.index = indexKernel;
  table.adamBegin = adamBegin;
  table.adam[static_cast<int>(DType::kFloat32)] = adamKernel<float>;
  table.adam[static_cast<int>(DType::kFloat64)] = adamKernel<double>;
  table.gather[1] = gatherStep<std::uint8_t>;
  table.gather[4] = gatherStep<std::uint32_t>;
  table.gather[8] = gatherStep<std::uint64_t>;
  table.repeat[1] = repeatEach<std::uint8_t>;
  table.repeat[4] = repeatEach<std::uint32_t>;
  table.repeat[8] = repeatEach<std::uint64_t>;
  table.transpose[1] = transposeRows<std::uint8_t>;
  table.transpose[4] = transposeRows<std::uint32_t>;
  table.transpose[8] = transposeRows<std::uint64_t>;
  return table;
}

constexpr KernelTable kTable = makeTable();

}  // namespace

const KernelTable& kernelTable();
const KernelTable& kernelTable() { return kTable; }

}  // namespace dyngrad::KERNEL_NS
