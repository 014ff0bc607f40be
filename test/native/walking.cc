// Every row of one signature, at every length and step: tails give the same bits as whole vectors, nothing is written
// beyond `count`, in place equals out of place, whole lines past the caches equal those through them.
#include "check.h"

namespace dyngrad::test {
namespace {

constexpr std::int64_t kMax = 200;

struct Operand {
  alignas(64) unsigned char bytes[kMax * 8];
};

void fill(Operand& operand, DType dtype, int seed) {
  for (std::int64_t i = 0; i < kMax; ++i) {
    const double x = 0.001 + static_cast<double>((i * 29 + seed * 31) % 97) / 97.0;
    switch (dtype) {
      case DType::kFloat32:
        reinterpret_cast<float*>(operand.bytes)[i] = static_cast<float>(x);
        break;
      case DType::kFloat64:
        reinterpret_cast<double*>(operand.bytes)[i] = x;
        break;
      case DType::kInt32:
        reinterpret_cast<std::int32_t*>(operand.bytes)[i] = static_cast<std::int32_t>(x * 60) + 1;
        break;
      case DType::kInt64:
        reinterpret_cast<std::int64_t*>(operand.bytes)[i] = static_cast<std::int64_t>(x * 60) + 1;
        break;
      case DType::kUint8:
        operand.bytes[i] = static_cast<unsigned char>(x * 60 + 1);
        break;
      case DType::kBool:
        operand.bytes[i] = x > 0.5;
        break;
      case DType::kInt8:
        operand.bytes[i] = static_cast<unsigned char>(x * 60 - 30);
        break;
      case DType::kInt16:
        reinterpret_cast<std::int16_t*>(operand.bytes)[i] = static_cast<std::int16_t>(x * 6000 - 3000);
        break;
      case DType::kFloat16:
      case DType::kBFloat16:
        // Finite numbers of both signs in either format.
        reinterpret_cast<std::uint16_t*>(operand.bytes)[i] = static_cast<std::uint16_t>((i & 1) << 15 | (0x3000 + i));
        break;
    }
  }
}

struct Types {
  DType in[3], out;
};

Types typesOf(const PointwiseRow& row, DType dtype) {
  Types types{{dtype, dtype, dtype}, dtype};
  if (row.signature == Signature::kCompare) types.out = DType::kBool;
  if (row.signature == Signature::kSelect) types.in[0] = DType::kBool;
  if (row.signature == Signature::kCast) types.in[0] = row.source;
  return types;
}

// What the kernel gives for element i alone.
void single(PointwiseKernel kernel, const Operand* in, const std::int64_t* steps, const Types& types, std::int64_t i,
            unsigned char* out) {
  Operand copies[3];
  Source sources[3];
  for (int k = 0; k < 3; ++k) {
    const std::int64_t size = kItemSize[static_cast<int>(types.in[k])];
    for (std::int64_t j = 0; j < kUniformBytes; j += size)
      std::memcpy(copies[k].bytes + j, in[k].bytes + (steps[k] ? i * size : 0), static_cast<std::size_t>(size));
    sources[k] = {copies[k].bytes, steps[k]};
  }
  kernel(out, sources, 1);
}

void checkLengths(const PointwiseRow& row, int dtype, const Types& types, const std::int64_t* steps) {
  const PointwiseKernel kernel = row.kernels[dtype];
  const StreamKernel stream = row.streams[dtype];
  Operand in[3], want, out;
  for (int k = 0; k < 3; ++k) fill(in[k], types.in[k], k);
  Source sources[3];
  for (int k = 0; k < 3; ++k) {
    const std::int64_t size = kItemSize[static_cast<int>(types.in[k])];
    if (steps[k] == 0)
      for (std::int64_t j = size; j < kUniformBytes; j += size)
        std::memcpy(in[k].bytes + j, in[k].bytes, static_cast<std::size_t>(size));
    sources[k] = {in[k].bytes, steps[k]};
  }
  const std::int64_t size = kItemSize[static_cast<int>(types.out)];
  for (std::int64_t i = 0; i < kMax; ++i) single(kernel, in, steps, types, i, want.bytes + i * size);
  for (const std::int64_t count : {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 127, 200}) {
    std::memset(out.bytes, 0xee, sizeof out.bytes);
    kernel(out.bytes, sources, count);
    expect(std::memcmp(out.bytes, want.bytes, static_cast<std::size_t>(count * size)) == 0, "lengths", row.name);
    for (std::int64_t i = count * size; i < static_cast<std::int64_t>(sizeof out.bytes); ++i)
      expect(out.bytes[i] == 0xee, "written beyond", row.name);
  }
  const std::int64_t line = kLineBytes / size;
  for (std::int64_t count = line; stream != nullptr && count <= kMax; count += line) {
    std::memset(out.bytes, 0xee, sizeof out.bytes);
    stream(out.bytes, sources, count);
    expect(std::memcmp(out.bytes, want.bytes, static_cast<std::size_t>(count * size)) == 0, "past the caches",
           row.name);
    for (std::int64_t i = count * size; i < static_cast<std::int64_t>(sizeof out.bytes); ++i)
      expect(out.bytes[i] == 0xee, "streamed beyond", row.name);
  }
  if (steps[0] == 1 && types.in[0] == types.out) {
    kernel(in[0].bytes, sources, kMax);
    expect(std::memcmp(in[0].bytes, want.bytes, static_cast<std::size_t>(kMax * size)) == 0, "in place", row.name);
  }
}

}  // namespace

void testWalking() {
  constexpr std::int64_t kSteps[][3] = {{1, 1, 1}, {1, 0, 1}, {0, 1, 1}, {1, 1, 0}, {0, 0, 0}};
  for (int r = 0; r < table().pointwiseCount; ++r) {
    const PointwiseRow& row = table().pointwise[r];
    if (row.signature == Signature::kIndex) continue;
    for (int d = 0; d < kDTypeCount; ++d)
      if (row.kernels[d])
        for (const auto& steps : kSteps) checkLengths(row, d, typesOf(row, static_cast<DType>(d)), steps);
  }
}

}  // namespace dyngrad::test
