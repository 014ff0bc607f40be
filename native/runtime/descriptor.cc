// The header of every descriptor.
#include "runtime/descriptor_parts.h"

namespace dyngrad {

// Items have a power of two of bytes, and a division takes as long as the rest of an operand's checks.
static constexpr int kItemShift[kDTypeCount] = {2, 3, 2, 3, 0, 0};

static void readOperand(Reader& reader, int number, const Buffer& buffer, Operand& operand) {
  operand.dtype = static_cast<DType>(reader.integer("dtype", 0, kDTypeCount - 1));
  const int shift = kItemShift[static_cast<int>(operand.dtype)];
  operand.item = std::int64_t{1} << shift;
  const std::int64_t offset = reader.integer("byte offset", 0, kMaxInteger);
  if (offset > buffer.bytes)
    throw Malformed("operand %d starts at byte %lld of a buffer of %lld", number, static_cast<long long>(offset),
                    static_cast<long long>(buffer.bytes));
  operand.data = static_cast<std::byte*>(buffer.data) + offset;
  operand.extent = (buffer.bytes - offset) >> shift;
  const std::uintptr_t address = reinterpret_cast<std::uintptr_t>(operand.data);
  if (((address | static_cast<std::uintptr_t>(offset)) & static_cast<std::uintptr_t>(operand.item - 1)) != 0)
    throw Malformed("operand %d is not aligned: byte offset %lld, items of %lld bytes", number,
                    static_cast<long long>(offset), static_cast<long long>(operand.item));
}

void decode(const KernelTable& table, const void* words, std::int64_t wordBytes, const Buffer* buffers, int bufferCount,
            Launch& launch) {
  if (wordBytes % 8 != 0) throw Malformed("the words fill %lld bytes", static_cast<long long>(wordBytes));
  ++launch.generation;
  const auto* bytes = static_cast<const std::byte*>(words);
  Reader header(bytes, wordBytes / 8);
  launch.family = static_cast<Family>(header.integer("family", 0, static_cast<int>(Family::kAdam)));
  const std::int64_t length = header.integer("length", 4, wordBytes / 8);
  Reader reader(bytes + 16, length - 2);
  launch.operandCount = static_cast<int>(reader.integer("number of operands", 1, kMaxOperands));
  if (launch.operandCount != bufferCount)
    throw Malformed("%d operands, but %d buffers", launch.operandCount, bufferCount);
  launch.writes = static_cast<int>(reader.integer("number of written operands", 1, launch.operandCount));
  launch.operands.fit(bufferCount);
  for (int i = 0; i < bufferCount; ++i) readOperand(reader, i, buffers[i], launch.operands[i]);
  switch (launch.family) {
    case Family::kPointwise:
      decodeExpression(table, reader, launch);
      break;
    case Family::kMatmul:
      decodeMatmul(table, reader, launch);
      break;
    case Family::kIndex:
      decodeIndex(table, reader, launch);
      break;
    case Family::kArgReduce:
      decodeArgReduce(table, reader, launch);
      break;
    case Family::kRandom:
      decodeRandom(table, reader, launch);
      break;
    case Family::kAdam:
      decodeAdam(table, reader, launch);
      break;
  }
}

bool decodeAgain(const void* words, const Buffer* buffers, int bufferCount, Launch& launch) {
  const Expression& e = launch.expression;
  Operand* operands = &launch.operands[0];
  const std::int64_t* reach = &e.reach[0];
  Reader reader(static_cast<const std::byte*>(words) + 32, 2 * bufferCount);
  for (int i = 0; i < bufferCount; ++i) {
    readOperand(reader, i, buffers[i], operands[i]);
    if (reach[i] >= operands[i].extent) return false;
  }
  return true;
}

}  // namespace dyngrad
