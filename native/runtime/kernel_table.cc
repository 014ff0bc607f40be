#include "runtime/kernel_table.h"

#include <vector>

namespace dyngrad {
namespace {

struct Joined {
  std::vector<PointwiseRow> pointwise;
  std::vector<ReduceRow> reduce;
  std::vector<const KernelRow*> kernel;
  KernelTable table{};

  explicit Joined(const KernelFiles& kernels) {
    for (const KernelFile& file : kernels.files) add(file());
    table.isa = kernels.isa;
    table.pointwise = pointwise.data();
    table.pointwiseCount = static_cast<int>(pointwise.size());
    table.reduce = reduce.data();
    table.reduceCount = static_cast<int>(reduce.size());
    table.kernel = kernel.data();
    table.kernelCount = static_cast<int>(kernel.size());
  }

  void add(const FileRows& rows) {
    append(pointwise, rows.pointwise);
    append(reduce, rows.reduce);
    for (const KernelRow& row : rows.kernel) kernel.push_back(&row);
    for (const MatmulRow& row : rows.matmul) table.matmul[static_cast<int>(row.dtype)] = row.kernel;
    for (const MoveRow& row : rows.move) {
      table.gather[row.item] = row.gather;
      table.repeat[row.item] = row.repeat;
      table.transpose[row.item] = row.transpose;
    }
  }

  template <class Row>
  static void append(std::vector<Row>& all, List<Row> rows) {
    all.insert(all.end(), rows.begin(), rows.end());
  }
};

}  // namespace

// Threads of the pool may still run kernels while the process ends, hence no destructor.
const KernelTable& joinedTable(const KernelFiles& kernels) { return (new Joined(kernels))->table; }

}  // namespace dyngrad
