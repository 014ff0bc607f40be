// The body of a pointwise descriptor: iteration space, registers, instructions, reduction.
#include <algorithm>

#include "runtime/descriptor_parts.h"

namespace dyngrad {
namespace {

// Integers that a dtype holds; int64 as far as float64 is exact.
constexpr double kLeast[kDTypeCount] = {0, 0, -2147483648.0, -9223372036854775808.0, 0, 0};
constexpr double kGreatest[kDTypeCount] = {0, 0, 2147483647.0, 9223372036854774784.0, 255, 1};

template <class T>
void put(std::byte* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

void readConstant(Reader& reader, Constant& constant) {
  constant.dtype = static_cast<DType>(reader.integer("dtype of a constant", 0, kDTypeCount - 1));
  const double value = reader.real("constant");
  if (isOfStorage(constant.dtype)) throw Malformed("a constant has a dtype of storage");
  if (constant.dtype == DType::kFloat32) return put(constant.value, static_cast<float>(value));
  if (constant.dtype == DType::kFloat64) return put(constant.value, value);
  const int dtype = static_cast<int>(constant.dtype);
  if (!(value >= kLeast[dtype] && value <= kGreatest[dtype]) ||
      static_cast<double>(static_cast<std::int64_t>(value)) != value)
    throw Malformed("constant %.17g is no value of dtype %d", value, dtype);
  const auto integer = static_cast<std::int64_t>(value);
  if (kItemSize[dtype] == 8) return put(constant.value, integer);
  if (kItemSize[dtype] == 4) return put(constant.value, static_cast<std::int32_t>(integer));
  put(constant.value, static_cast<std::uint8_t>(integer));
}

DType registerDType(const Launch& launch, int number) {
  const Expression& e = launch.expression;
  if (number < e.inputs) return launch.operands[number].dtype;
  number -= e.inputs;
  return number < e.constants ? e.constant[number].dtype : e.instruction[number - e.constants].dtype;
}

DType sourceDType(const PointwiseRow& row, DType dtype, int source) {
  if (row.signature == Signature::kCast) return row.source;
  return row.signature == Signature::kSelect && source == 0 ? DType::kBool : dtype;
}

void readInstruction(const KernelTable& table, Reader& reader, const Launch& launch, int number, Instruction& i) {
  const PointwiseRow& row = table.pointwise[reader.integer("row", 0, table.pointwiseCount - 1)];
  const auto dtype = static_cast<DType>(reader.integer("dtype of an instruction", 0, kDTypeCount - 1));
  i.kernel = row.kernels[static_cast<int>(dtype)];
  if (i.kernel == nullptr) throw Malformed("kernel %s has no dtype %d", row.name, static_cast<int>(dtype));
  i.stream = row.streams[static_cast<int>(dtype)];
  i.dtype = row.signature == Signature::kCompare ? DType::kBool : dtype;
  i.takesIndex = row.signature == Signature::kIndex;
  i.arity = static_cast<std::int8_t>(row.arity);
  const int registers = launch.expression.inputs + launch.expression.constants + number;
  for (int s = 0; s < 3; ++s) {
    const auto source = static_cast<int>(reader.integer("source register", -1, registers - 1));
    if ((source >= 0) != (s < row.arity))
      throw Malformed("kernel %s takes %d sources; source %d is %d", row.name, row.arity, s, source);
    i.sources[s] = static_cast<std::int16_t>(source);
    if (source >= 0 && registerDType(launch, source) != sourceDType(row, dtype, s))
      throw Malformed("source %d of kernel %s has dtype %d", s, row.name,
                      static_cast<int>(registerDType(launch, source)));
  }
}

void readProgram(const KernelTable& table, Reader& reader, Launch& launch) {
  Expression& e = launch.expression;
  e.constants = static_cast<int>(reader.integer("number of constants", 0, kMaxRegisters - e.inputs));
  e.constant.fit(e.constants);
  for (int c = 0; c < e.constants; ++c) readConstant(reader, e.constant[c]);
  const auto instructions =
      static_cast<int>(reader.integer("number of instructions", 0, kMaxRegisters - e.inputs - e.constants));
  e.instruction.fit(instructions);
  for (e.instructions = 0; e.instructions < instructions; ++e.instructions)
    readInstruction(table, reader, launch, e.instructions, e.instruction[e.instructions]);
  const int registers = e.inputs + e.constants + e.instructions;
  e.outputRegister.fit(e.outputs);
  for (int w = 0; w < e.outputs; ++w) {
    const auto number = static_cast<int>(reader.integer("output register", 0, registers - 1));
    e.outputRegister[w] = static_cast<std::int16_t>(number);
    expectDType(launch, e.inputs + w, registerDType(launch, number));
  }
}

void readReductions(const KernelTable& table, Reader& reader, Launch& launch) {
  Expression& e = launch.expression;
  e.reduces = false;
  e.reduction.fit(e.outputs);
  for (int w = 0; w < e.outputs; ++w) {
    const std::int64_t row = reader.integer("reduce row", -1, table.reduceCount - 1);
    e.reduction[w] = nullptr;
    if (row < 0) continue;
    const auto dtype = static_cast<int>(launch.operands[e.inputs + w].dtype);
    e.reduction[w] = &table.reduce[row].kernels[dtype];
    e.reduces = true;
    if (e.reduction[w]->rows == nullptr) throw Malformed("reduction %s has no dtype %d", table.reduce[row].name, dtype);
  }
  e.mask = static_cast<std::uint32_t>(reader.integer("reduce mask", 0, (std::int64_t{1} << e.rank) - 1));
  if (!e.reduces && e.mask != 0) throw Malformed("reduce mask %u without a reduce row", e.mask);
}

// An operand without elements is not looked at.
void checkInput(Launch& launch, int i) {
  Expression& e = launch.expression;
  e.reach[i] = -1;
  if (e.count == 0) return;
  e.reach[i] = reachOf(e.rank, e.sizes, e.strides[i]);
  checkReach(launch, i, e.reach[i]);
}

// A reduction of no elements still has results.
void checkOutput(Launch& launch, int w) {
  Expression& e = launch.expression;
  const int i = e.inputs + w;
  const std::uint32_t dims = e.stores(w) ? kAllDims : ~e.mask;
  const std::int64_t count = e.stores(w) ? e.count : e.keptCount;
  e.reach[i] = -1;
  if (count == 0) return;
  const std::int64_t reach = reachOf(e.rank, e.sizes, e.strides[i], dims);
  checkReach(launch, i, reach);
  checkDistinct(launch, i, e.rank, e.sizes, e.strides[i], count, dims);
  e.reach[i] = std::max(reach, count - 1);
  for (int d = 0; d < e.rank; ++d)
    if ((dims >> d & 1) == 0 && e.strides[i][d] != 0)
      throw Malformed("output operand %d has stride %lld in reduced dim %d", i, static_cast<long long>(e.strides[i][d]),
                      d);
}

}  // namespace

void decodeExpression(const KernelTable& table, Reader reader, Launch& launch) {
  Expression& e = launch.expression;
  e.outputs = launch.writes;
  e.inputs = launch.operandCount - launch.writes;
  e.rank = readSizes(reader, e.sizes);
  e.strides.fit(launch.operandCount);
  e.reach.fit(launch.operandCount);
  for (int i = 0; i < launch.operandCount; ++i) readStrides(reader, e.rank, e.strides[i]);
  readProgram(table, reader, launch);
  readReductions(table, reader, launch);
  reader.finish();
  e.count = e.keptCount = countOf(e.rank, e.sizes);
  e.reducedCount = 1;
  if (e.mask != 0) {
    e.keptCount = countOf(e.rank, e.sizes, ~e.mask);
    e.reducedCount = countOf(e.rank, e.sizes, e.mask);
  }
  for (int i = 0; i < e.inputs; ++i) checkInput(launch, i);
  for (int w = 0; w < e.outputs; ++w) checkOutput(launch, w);
}

}  // namespace dyngrad
