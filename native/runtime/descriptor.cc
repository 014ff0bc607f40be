// The header of every descriptor.
#include "runtime/descriptor_parts.h"

namespace dyngrad {

// Items have a power of two of bytes, and a division takes as long as the rest of an operand's checks.
static constexpr int kItemShift[kDTypeCount] = {2, 3, 2, 3, 0, 0, 0, 1, 1, 1};

// The first operand's byte offset in a descriptor; each next one stands two words further.
static constexpr int kFirstOffset = 5;

static void readOperand(Reader& reader, int number, const Buffer& buffer, Operand& operand) {
  operand.dtype = static_cast<DType>(reader.integer("dtype", 0, kDTypeCount - 1));
  const int shift = kItemShift[static_cast<int>(operand.dtype)];
  operand.item = std::int64_t{1} << shift;
  const std::int64_t offset = reader.integer("byte offset", 0, kMaxInteger);
  if (offset > buffer.bytes)
    throw Malformed("operand %d starts at byte %lld of a buffer of %lld", number, static_cast<long long>(offset),
                    static_cast<long long>(buffer.bytes));
  const std::uintptr_t address = reinterpret_cast<std::uintptr_t>(buffer.data) + static_cast<std::uintptr_t>(offset);
  operand.data = reinterpret_cast<std::byte*>(address);
  operand.extent = (buffer.bytes - offset) >> shift;
  operand.start = offset >> shift;
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
  launch.family = static_cast<Family>(header.integer("family", 0, static_cast<int>(Family::kKernel)));
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
    case Family::kKernel:
      decodeKernel(table, reader, launch);
      break;
  }
}

// By operand, how far it reaches; a kernel call's operands reach in both directions and are looked at later.
static const std::int64_t* reachOf(const Launch& launch) {
  static const auto nowhere = [] {
    struct {
      std::int64_t reach[kMaxOperands];
    } none;
    for (std::int64_t& each : none.reach) each = -1;
    return none;
  }();
  if (launch.family == Family::kKernel) return nowhere.reach;
  return launch.family == Family::kMatmul ? launch.matmul.reach : &launch.expression.reach[0];
}

bool decodeAgain(const void* words, const Buffer* buffers, Launch& launch) {
  Operand* operands = &launch.operands[0];
  const std::int64_t* reach = reachOf(launch);
  const std::byte* word = static_cast<const std::byte*>(words) + 8 * kFirstOffset;
  for (int i = 0; i < launch.operandCount; ++i, word += 16) {
    double real;
    std::memcpy(&real, word, sizeof real);
    // NaN fails the first comparison.
    if (!(real >= 0 && real <= static_cast<double>(buffers[i].bytes))) return false;
    const auto offset = static_cast<std::int64_t>(real);
    Operand& operand = operands[i];
    const int shift = kItemShift[static_cast<int>(operand.dtype)];
    operand.data = static_cast<std::byte*>(buffers[i].data) + offset;
    operand.extent = (buffers[i].bytes - offset) >> shift;
    operand.start = offset >> shift;
    const std::uintptr_t address = reinterpret_cast<std::uintptr_t>(operand.data) | static_cast<std::uintptr_t>(offset);
    if ((address & static_cast<std::uintptr_t>(operand.item - 1)) != 0 || reach[i] >= operand.extent ||
        static_cast<double>(offset) != real)
      return false;
  }
  return launch.family != Family::kKernel || kernelFits(launch);
}

void bind(Launch& launch) {
  if (launch.family == Family::kMatmul) bindMatmul(launch);
  else if (launch.family == Family::kKernel) bindKernel(launch);
}

}  // namespace dyngrad
