// The body of a matmul's descriptor.
#include "runtime/blas.h"
#include "runtime/descriptor_parts.h"

namespace dyngrad {
namespace {

// One operand of a matmul: its batch strides, and what it spans in the two dims of a matrix.
struct Matrix {
  Sizes batch;
  std::int64_t row, column;
};

void readMatrix(Reader& reader, int rank, Matrix& matrix) {
  readStrides(reader, rank, matrix.batch);
  matrix.row = reader.integer("row stride", 0, kMaxInteger);
  matrix.column = reader.integer("column stride", 0, kMaxInteger);
}

// Batch dims and the matrix as one space of rank + 2 dims, for the checks.
struct Space {
  int rank;
  std::int64_t sizes[kMaxRank];
  std::int64_t strides[kMaxRank];
};

Space spaceOf(const BatchedMatmul& matmul, const Matrix& matrix, std::int64_t rows, std::int64_t columns) {
  Space space;
  space.rank = matmul.rank + 2;
  for (int d = 0; d < matmul.rank; ++d) {
    space.sizes[d] = matmul.sizes[d];
    space.strides[d] = matrix.batch[d];
  }
  space.sizes[matmul.rank] = rows;
  space.sizes[matmul.rank + 1] = columns;
  space.strides[matmul.rank] = matrix.row;
  space.strides[matmul.rank + 1] = matrix.column;
  return space;
}

// Strides that are never followed become 0, so that nothing adds up to an address outside the buffer.
void checkMatrix(Launch& launch, int operand, Matrix& matrix, std::int64_t rows, std::int64_t columns) {
  const Space space = spaceOf(launch.matmul, matrix, rows, columns);
  std::int64_t& reach = launch.matmul.reach[operand];
  reach = -1;
  if (countOf(space.rank, space.sizes) == 0) {
    matrix = {};
    return;
  }
  reach = reachOf(space.rank, space.sizes, space.strides);
  checkReach(launch, operand, reach);
}

void copyStrides(int rank, const Sizes& from, Sizes& to) {
  for (int d = 0; d < rank; ++d) to[d] = from[d];
}

// A batch dim over which b does not change, and along which the rows of a and out go on, is only more rows.
void mergeRows(BatchedMatmul& matmul, bool hasBias) {
  MatmulLaunch& x = matmul.first;
  while (matmul.rank > 0) {
    const int d = matmul.rank - 1;
    const bool rowsGoOn = matmul.aStrides[d] == x.m * x.aRow && matmul.outStrides[d] == x.m * x.outRow &&
                          (!hasBias || matmul.biasStrides[d] == x.m * x.biasRow);
    if (matmul.sizes[d] != 1 && (matmul.bStrides[d] != 0 || !rowsGoOn)) return;
    x.m *= matmul.sizes[d];
    matmul.batches /= matmul.sizes[d];
    --matmul.rank;
  }
}

}  // namespace

void bindMatmul(Launch& launch) {
  MatmulLaunch& x = launch.matmul.first;
  x.a = launch.operands[0].data;
  x.b = launch.operands[1].data;
  x.out = launch.operands[launch.operandCount - 1].data;
  x.bias = launch.operandCount == 4 ? launch.operands[2].data : nullptr;
}

void decodeMatmul(const KernelTable& table, Reader reader, Launch& launch) {
  expectOperands(launch, 3, 4, 1);
  const DType dtype = launch.operands[0].dtype;
  for (int i = 1; i < launch.operandCount; ++i) expectDType(launch, i, dtype);
  BatchedMatmul& matmul = launch.matmul;
  matmul.kernel = table.matmul[static_cast<int>(dtype)];
  if (matmul.kernel == nullptr) throw Malformed("matmul has no dtype %d", static_cast<int>(dtype));
  matmul.kernel = withBlas(dtype, matmul.kernel);
  matmul.item = launch.operands[0].item;
  matmul.rank = static_cast<int>(reader.integer("batch rank", 0, kMaxRank - 2));
  for (int d = 0; d < matmul.rank; ++d) matmul.sizes[d] = reader.integer("batch size", 0, kMaxInteger);
  const std::int64_t m = reader.integer("m", 0, kMaxInteger);
  const std::int64_t n = reader.integer("n", 0, kMaxInteger);
  const std::int64_t k = reader.integer("k", 0, kMaxInteger);
  const bool hasBias = launch.operandCount == 4;
  Matrix a, b, bias, out;
  bias.row = bias.column = 0;
  for (int d = 0; d < matmul.rank; ++d) bias.batch[d] = 0;
  readMatrix(reader, matmul.rank, a);
  readMatrix(reader, matmul.rank, b);
  if (hasBias) readMatrix(reader, matmul.rank, bias);
  readMatrix(reader, matmul.rank, out);
  reader.finish();
  const Space whole = spaceOf(matmul, out, m, n);
  matmul.batches = countOf(matmul.rank, matmul.sizes);
  if (countOf(whole.rank, whole.sizes) == 0) {
    matmul.batches = 0;
    return;
  }
  const int last = launch.operandCount - 1;
  checkMatrix(launch, 0, a, m, k);
  checkMatrix(launch, 1, b, k, n);
  if (hasBias) checkMatrix(launch, 2, bias, m, n);
  checkMatrix(launch, last, out, m, n);
  checkDistinct(launch, last, whole.rank, whole.sizes, whole.strides, countOf(whole.rank, whole.sizes));
  copyStrides(matmul.rank, a.batch, matmul.aStrides);
  copyStrides(matmul.rank, b.batch, matmul.bStrides);
  copyStrides(matmul.rank, bias.batch, matmul.biasStrides);
  copyStrides(matmul.rank, out.batch, matmul.outStrides);
  matmul.first = {m,        n,        k,           nullptr,
                  a.row,    a.column, nullptr,     b.row,
                  b.column, nullptr,  out.row,     out.column,
                  nullptr,  bias.row, bias.column, sumsInLanes(matmul.batches, m, n, k, matmul.item)};
  mergeRows(matmul, hasBias);
  bindMatmul(launch);
}

}  // namespace dyngrad
