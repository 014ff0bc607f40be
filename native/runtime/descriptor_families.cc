// The bodies of the descriptors of matmul, index, argReduce, random and adam.
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

void bindMatmul(Launch& launch) {
  MatmulLaunch& x = launch.matmul.first;
  x.a = launch.operands[0].data;
  x.b = launch.operands[1].data;
  x.out = launch.operands[launch.operandCount - 1].data;
  x.bias = launch.operandCount == 4 ? launch.operands[2].data : nullptr;
}

}  // namespace

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

namespace {

// Indices are checked before anything is written, which holds only while writing cannot change them.
void checkIndexAlias(const Launch& launch, int index, std::int64_t reach, int written, std::int64_t writtenReach) {
  const Operand& a = launch.operands[index];
  const Operand& b = launch.operands[written];
  if (a.data < b.data + (writtenReach + 1) * b.item && b.data < a.data + (reach + 1) * a.item)
    throw Malformed("index operand %d overlaps the written operand %d", index, written);
}

// How far an index launch reaches into its data, all indices in range; -1 when an empty dim leaves none in range.
std::int64_t dataReach(const IndexLaunch& index) {
  std::int64_t reach = reachOf(index.rank, index.sizes, index.dataStrides);
  for (int j = 0; j < index.indexCount; ++j) {
    if (index.dimSize[j] == 0) return -1;
    const Sizes size{index.dimSize[j]}, stride{index.dimStride[j]};
    if (__builtin_add_overflow(reach, reachOf(1, size, stride), &reach))
      throw Malformed("the reach of an index launch overflows");
  }
  return reach;
}

void readIndexBody(Reader& reader, Launch& launch, int values, int data) {
  IndexLaunch& index = launch.index;
  index.rank = readSizes(reader, index.sizes);
  for (int i = 0, j = 0; i < launch.operandCount; ++i) {
    Sizes& strides = i == values ? index.valueStrides : i == data ? index.dataStrides : index.indexStrides[j++];
    readStrides(reader, index.rank, strides);
  }
  for (int j = 0; j < index.indexCount; ++j) {
    index.dimSize[j] = reader.integer("size of an indexed dim", 0, kMaxInteger);
    index.dimStride[j] = reader.integer("stride of an indexed dim", 0, kMaxInteger);
  }
}

void bindIndex(Launch& launch) {
  IndexLaunch& index = launch.index;
  const int last = launch.operandCount - 1;
  const int data = index.mode == IndexMode::kGather ? 0 : last;
  index.data = launch.operands[data].data;
  index.values = launch.operands[last - data].data;
  for (int j = 0; j < index.indexCount; ++j)
    index.indices[j] = reinterpret_cast<const std::int64_t*>(launch.operands[1 + j].data);
}

}  // namespace

void decodeIndex(const KernelTable& table, Reader reader, Launch& launch) {
  expectOperands(launch, 3, 2 + kMaxIndices, 1);
  if (table.index == nullptr) throw Malformed("there is no index kernel");
  IndexLaunch& index = launch.index;
  index.mode = static_cast<IndexMode>(reader.integer("index mode", 0, 2));
  const int last = launch.operandCount - 1;
  const int data = index.mode == IndexMode::kGather ? 0 : last;
  const int values = last - data;
  index.dtype = launch.operands[data].dtype;
  expectDType(launch, values, index.dtype);
  index.indexCount = launch.operandCount - 2;
  for (int i = 1; i < last; ++i) expectDType(launch, i, DType::kInt64);
  readIndexBody(reader, launch, values, data);
  reader.finish();
  bindIndex(launch);
  const std::int64_t count = countOf(index.rank, index.sizes);
  if (count == 0) return;
  const std::int64_t reachData = dataReach(index);
  const std::int64_t reachValues = reachOf(index.rank, index.sizes, index.valueStrides);
  if (reachData >= 0) checkReach(launch, data, reachData);
  checkReach(launch, values, reachValues);
  if (data == 0) checkDistinct(launch, last, index.rank, index.sizes, index.valueStrides, count);
  for (int j = 0; j < index.indexCount; ++j) {
    const std::int64_t reach = reachOf(index.rank, index.sizes, index.indexStrides[j]);
    checkReach(launch, 1 + j, reach);
    if (reachData >= 0) checkIndexAlias(launch, 1 + j, reach, last, data == 0 ? reachValues : reachData);
  }
}

static void bindArgReduce(Launch& launch) {
  launch.argReduce.first.in = launch.operands[0].data;
  launch.argReduce.first.out = reinterpret_cast<std::int64_t*>(launch.operands[1].data);
}

void decodeArgReduce(const KernelTable& table, Reader reader, Launch& launch) {
  expectOperands(launch, 2, 2, 1);
  expectDType(launch, 1, DType::kInt64);
  const ArgReduceRow& row = table.argReduce[reader.integer("argReduce row", 0, table.argReduceCount - 1)];
  ArgReduce& reduce = launch.argReduce;
  const auto dtype = static_cast<int>(launch.operands[0].dtype);
  reduce.kernel = row.kernels[dtype];
  if (reduce.kernel == nullptr) throw Malformed("%s has no dtype %d", row.name, dtype);
  reduce.item = launch.operands[0].item;
  const int rank = readSizes(reader, reduce.sizes);
  if (rank == 0) throw Malformed("%s needs a dim to reduce", row.name);
  reduce.rank = rank - 1;
  readStrides(reader, rank, reduce.inStrides);
  readStrides(reader, reduce.rank, reduce.outStrides);
  reader.finish();
  const std::int64_t length = reduce.sizes[reduce.rank];
  reduce.rows = countOf(reduce.rank, reduce.sizes);
  if (reduce.rows == 0) return;
  if (countOf(rank, reduce.sizes) == 0) throw Malformed("%s of a dim of size 0", row.name);
  checkReach(launch, 0, reachOf(rank, reduce.sizes, reduce.inStrides));
  checkReach(launch, 1, reachOf(reduce.rank, reduce.sizes, reduce.outStrides));
  checkDistinct(launch, 1, reduce.rank, reduce.sizes, reduce.outStrides, reduce.rows);
  const int last = reduce.rank - 1;
  reduce.first = {nullptr, length, reduce.inStrides[reduce.rank], 1, 0, nullptr, 0};
  if (last >= 0) {
    reduce.first.rowStride = reduce.inStrides[last];
    reduce.first.outStride = reduce.outStrides[last];
  }
  bindArgReduce(launch);
}

static void bindRandom(Launch& launch) {
  Random& random = launch.random;
  const int state = launch.operandCount - 2;
  random.state = launch.operands[state].data;
  random.launch.out = launch.operands[state + 1].data;
  random.launch.elements = state == 1 ? launch.operands[0].data : nullptr;
}

void decodeRandom(const KernelTable& table, Reader reader, Launch& launch) {
  expectOperands(launch, 2, 3, 2);
  const int state = launch.operandCount - 2;
  expectDType(launch, state, DType::kUint8);
  const Operand& out = launch.operands[state + 1];
  const RandomRow& row = table.random[reader.integer("random row", 0, table.randomCount - 1)];
  Random& random = launch.random;
  random.kernel = row.kernels[static_cast<int>(out.dtype)];
  if (random.kernel == nullptr) throw Malformed("%s has no dtype %d", row.name, static_cast<int>(out.dtype));
  const std::int64_t count = reader.integer("count", 0, kMaxInteger);
  const double first = reader.real("first parameter");
  const double second = reader.real("second parameter");
  reader.finish();
  checkReach(launch, state, sizeof(GeneratorState) - 1);
  if (count > 0) checkReach(launch, state + 1, count - 1);
  if (state == 1) {
    expectDType(launch, 0, out.dtype);
    if (count > 0) checkReach(launch, 0, count - 1);
  }
  random.launch = {nullptr, out.dtype, nullptr, count, {first, second}, nullptr};
  bindRandom(launch);
}

// Options, gradients, then what is written of each parameter.
static void bindAdam(Launch& launch) {
  Adam& adam = launch.adam;
  adam.options = reinterpret_cast<const double*>(launch.operands[0].data);
  const int state = launch.writes / adam.count;
  for (int t = 0; t < adam.count; ++t) {
    const Operand* written = &launch.operands[1 + adam.count + t * state];
    AdamTensors& tensors = adam.tensors[t];
    tensors.gradient = launch.operands[1 + t].data;
    tensors.step = reinterpret_cast<float*>(written[0].data);
    tensors.parameter = written[1].data;
    tensors.mean = written[2].data;
    tensors.square = written[3].data;
    tensors.largest = state == 5 ? written[4].data : nullptr;
  }
}

void decodeAdam(const KernelTable& table, Reader reader, Launch& launch) {
  Adam& adam = launch.adam;
  adam.form = static_cast<int>(reader.integer("form", 0, kAdamForms - 1));
  adam.count = static_cast<int>(reader.integer("number of parameters", 1, kMaxAdamTensors));
  const int state = (adam.form & kKeepsLargest) != 0 ? 5 : 4;
  const int operands = 1 + adam.count * (1 + state);
  expectOperands(launch, operands, operands, adam.count * state);
  expectDType(launch, 0, DType::kFloat64);
  checkReach(launch, 0, kAdamOptions - 1);
  const DType dtype = launch.operands[1].dtype;
  adam.begin = table.adamBegin;
  adam.kernel = table.adam[static_cast<int>(dtype)];
  adam.item = launch.operands[1].item;
  if (adam.kernel == nullptr) throw Malformed("adam has no dtype %d", static_cast<int>(dtype));
  for (int t = 0; t < adam.count; ++t) {
    const std::int64_t count = reader.integer("count", 0, kMaxInteger);
    const auto check = [&](int operand) {
      expectDType(launch, operand, dtype);
      checkReach(launch, operand, count - 1);
    };
    const int step = 1 + adam.count + t * state;
    expectDType(launch, step, DType::kFloat32);
    checkReach(launch, step, 0);
    check(1 + t);
    for (int i = 1; i < state; ++i) check(step + i);
    adam.tensors[t].count = count;
  }
  reader.finish();
  bindAdam(launch);
}

void bind(Launch& launch) {
  switch (launch.family) {
    case Family::kPointwise:
      break;
    case Family::kMatmul:
      bindMatmul(launch);
      break;
    case Family::kIndex:
      bindIndex(launch);
      break;
    case Family::kArgReduce:
      bindArgReduce(launch);
      break;
    case Family::kRandom:
      bindRandom(launch);
      break;
    case Family::kAdam:
      bindAdam(launch);
      break;
  }
}

}  // namespace dyngrad
