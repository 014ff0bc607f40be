#include "runtime/tree.h"

namespace dyngrad {

Tree makeTree(const Expression& e) {
  Sizes sizes, strides;
  bool reduced[kMaxRank];
  int rank = 0;
  for (int d = 0; d < e.rank; ++d) {
    const bool mask = (e.mask >> d & 1) != 0;
    if (e.sizes[d] == 1) continue;
    if (rank > 0 && reduced[rank - 1] == mask) {
      sizes[rank - 1] *= e.sizes[d];
    } else {
      sizes[rank] = e.sizes[d];
      reduced[rank++] = mask;
    }
  }
  std::int64_t stride = 1;
  for (int d = rank - 1; d >= 0; --d) {
    strides[d] = stride;
    stride *= sizes[d];
  }
  Tree tree{};
  tree.inner = rank > 0 && reduced[rank - 1];
  tree.columns = tree.outerCount = 1;
  const int columnDim = tree.inner ? rank - 2 : rank - 1;
  for (int d = 0; d < rank; ++d) {
    if (reduced[d]) {
      tree.sizes[tree.levels] = sizes[d];
      tree.strides[tree.levels++] = strides[d];
    } else if (d == columnDim) {
      tree.columns = sizes[d];
      tree.columnStride = strides[d];
    } else {
      tree.outerSizes[tree.outerDims] = sizes[d];
      tree.outerStrides[tree.outerDims++] = strides[d];
      tree.outerCount *= sizes[d];
    }
  }
  return tree;
}

}  // namespace dyngrad
