#include "runtime/kernel_table.h"

#include <vector>

namespace dyngrad {
namespace {

struct Joined {
  std::vector<PointwiseRow> pointwise;
  std::vector<ReduceRow> reduce;
  std::vector<ArgReduceRow> argReduce;
  std::vector<RandomRow> random;
  KernelTable table{};

  explicit Joined(const KernelFiles& kernels) {
    for (const KernelFile& file : kernels.files) add(file());
    table.isa = kernels.isa;
    table.pointwise = pointwise.data();
    table.pointwiseCount = static_cast<int>(pointwise.size());
    table.reduce = reduce.data();
    table.reduceCount = static_cast<int>(reduce.size());
    table.argReduce = argReduce.data();
    table.argReduceCount = static_cast<int>(argReduce.size());
    table.random = random.data();
    table.randomCount = static_cast<int>(random.size());
  }

  void add(const KernelRows& rows) {
    append(pointwise, rows.pointwise);
    append(reduce, rows.reduce);
    append(argReduce, rows.argReduce);
    append(random, rows.random);
    for (const MatmulRow& row : rows.matmul) table.matmul[static_cast<int>(row.dtype)] = row.kernel;
    for (const MoveRow& row : rows.move) {
      table.gather[row.item] = row.gather;
      table.repeat[row.item] = row.repeat;
      table.transpose[row.item] = row.transpose;
    }
    if (rows.index != nullptr) table.index = rows.index;
    if (rows.adamBegin != nullptr) table.adamBegin = rows.adamBegin;
    for (int dtype = 0; dtype < kDTypeCount; ++dtype)
      if (rows.adam[dtype] != nullptr) table.adam[dtype] = rows.adam[dtype];
  }

  template <class Row>
  static void append(std::vector<Row>& all, Rows<Row> rows) {
    all.insert(all.end(), rows.begin(), rows.end());
  }
};

}  // namespace

// Threads of the pool may still run kernels while the process ends, hence no destructor.
const KernelTable& joinedTable(const KernelFiles& kernels) { return (new Joined(kernels))->table; }

}  // namespace dyngrad
