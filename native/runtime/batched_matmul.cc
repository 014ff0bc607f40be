// Batches of matrix products: dims of the batch become rows where they can, the rest is shared among threads.
#include <algorithm>
#include <new>

#include "runtime/blas.h"
#include "runtime/interpreter.h"
#include "runtime/thread_pool.h"

namespace dyngrad {
namespace {

// Multiplications that are worth a thread, and elements read and written, which is what takes the time of narrow
// products.
constexpr std::int64_t kGrainProducts = 1 << 20;
constexpr std::int64_t kGrainElements = 2 * kGrain;
// A multiple of the columns of any kernel's tile.
constexpr std::int64_t kTileColumns = 32;

const std::byte* at(const void* data, std::int64_t elements, std::int64_t item) {
  return static_cast<const std::byte*>(data) + elements * item;
}

MatmulLaunch batchOf(const BatchedMatmul& matmul, std::int64_t batch) {
  std::int64_t a = 0, b = 0, bias = 0, out = 0;
  for (int d = matmul.rank - 1; d >= 0; --d) {
    const std::int64_t index = batch % matmul.sizes[d];
    batch /= matmul.sizes[d];
    a += index * matmul.aStrides[d];
    b += index * matmul.bStrides[d];
    bias += index * matmul.biasStrides[d];
    out += index * matmul.outStrides[d];
  }
  MatmulLaunch launch = matmul.first;
  launch.a = at(launch.a, a, matmul.item);
  launch.b = at(launch.b, b, matmul.item);
  if (launch.bias != nullptr) launch.bias = at(launch.bias, bias, matmul.item);
  launch.out = const_cast<std::byte*>(at(launch.out, out, matmul.item));
  return launch;
}

MatmulLaunch rowsOf(MatmulLaunch x, std::int64_t begin, std::int64_t end, std::int64_t item) {
  x.m = end - begin;
  x.a = at(x.a, begin * x.aRow, item);
  x.out = const_cast<std::byte*>(at(x.out, begin * x.outRow, item));
  if (x.bias != nullptr) x.bias = at(x.bias, begin * x.biasRow, item);
  return x;
}

MatmulLaunch columnsOf(MatmulLaunch x, std::int64_t begin, std::int64_t end, std::int64_t item) {
  x.n = end - begin;
  x.b = at(x.b, begin * x.bColumn, item);
  x.out = const_cast<std::byte*>(at(x.out, begin * x.outColumn, item));
  if (x.bias != nullptr) x.bias = at(x.bias, begin * x.biasColumn, item);
  return x;
}

// Kernels are built without exceptions.
void multiply(MatmulKernel kernel, const MatmulLaunch& launch) {
  if (!kernel(launch)) throw std::bad_alloc();
}

// Products of one launch and elements that it reads and writes, as far as they say whether a split pays. No overflow: m
// n elements lie in a buffer, and a k that is longer than any buffer is not worth a split.
struct Work {
  std::int64_t products, elements;
};

Work workOf(const MatmulLaunch& x) {
  const std::int64_t k = std::clamp<std::int64_t>(x.k, 1, 1 << 16);
  return {x.m * x.n * k, (x.m + x.n) * k + x.m * x.n};
}

// Equal pieces of one product; each element is computed as without a split. Columns are cut where vectors are, rows
// anywhere: tiles of fewer rows lose nothing, one piece that is longer than the other does. Returns true when each
// piece has called the epilogue for its rows.
bool runSplit(const BatchedMatmul& matmul, std::int64_t batch, const Work& work, const Epilogue* epilogue) {
  const MatmulLaunch whole = batchOf(matmul, batch);
  const bool byRows = whole.m >= whole.n;
  const std::int64_t length = byRows ? whole.m : whole.n;
  const std::int64_t most = kSplitsProducts ? numThreads() : 1;
  // Few rows may lie between each other, and then each piece would read all of a.
  const std::int64_t grains =
      std::max(work.products / kGrainProducts, std::min(work.elements / kGrainElements, length / kTileColumns));
  const std::int64_t pieces = std::clamp<std::int64_t>(grains, 1, most);
  const std::int64_t unit = byRows ? 1 : kTileColumns;
  const std::int64_t piece = (length + pieces * unit - 1) / (pieces * unit) * unit;
  const bool fused = epilogue != nullptr && byRows && piece < length;
  parallelFor(length, piece, [&](std::int64_t begin, std::int64_t end) {
    const auto part = byRows ? rowsOf : columnsOf;
    multiply(matmul.kernel, part(whole, begin, end, matmul.item));
    if (fused) epilogue->run(epilogue->context, begin * whole.n, end * whole.n);
  });
  return fused;
}

}  // namespace

bool runMatmul(const BatchedMatmul& matmul, const Epilogue* epilogue) {
  if (matmul.batches == 0) return false;
  const Work work = workOf(matmul.first);
  if (matmul.batches < numThreads()) {
    bool fused = false;
    for (std::int64_t batch = 0; batch < matmul.batches; ++batch) fused = runSplit(matmul, batch, work, epilogue);
    return fused;
  }
  parallelFor(matmul.batches, std::max<std::int64_t>(kGrainProducts / work.products, 1),
              [&](std::int64_t begin, std::int64_t end) {
                for (std::int64_t batch = begin; batch < end; ++batch) multiply(matmul.kernel, batchOf(matmul, batch));
              });
  return false;
}

}  // namespace dyngrad
