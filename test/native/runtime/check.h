// What the runtime's tests share: expectations, random numbers, descriptors.
#pragma once

#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "runtime/descriptor.h"
#include "runtime/interpreter.h"
#include "runtime/isa.h"

namespace dyngrad::test {

inline int failures = 0;
inline std::uint32_t seed = 1;

inline void expect(bool holds, const std::string& what) {
  if (holds) return;
  if (++failures <= 20) std::printf("FAILED (seed %u) %s\n", seed, what.c_str());
}

class Random {
 public:
  explicit Random(std::uint32_t number) : engine_(number) { seed = number; }
  // In [low, high].
  std::int64_t in(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(engine_);
  }
  bool chance(int percent) { return in(1, 100) <= percent; }

 private:
  std::mt19937_64 engine_;
};

inline int pointwiseRow(const char* name) {
  const KernelTable& table = kernelTable();
  for (int i = 0; i < table.pointwiseCount; ++i)
    if (std::strcmp(table.pointwise[i].name, name) == 0) return i;
  expect(false, std::string("no pointwise row ") + name);
  return 0;
}

inline int reduceRow(const char* name) {
  const KernelTable& table = kernelTable();
  for (int i = 0; i < table.reduceCount; ++i)
    if (std::strcmp(table.reduce[i].name, name) == 0) return i;
  expect(false, std::string("no reduce row ") + name);
  return 0;
}

inline int kernelRow(const char* name) {
  const KernelTable& table = kernelTable();
  for (int i = 0; i < table.kernelCount; ++i)
    if (std::strcmp(table.kernel[i]->name, name) == 0) return i;
  expect(false, std::string("no kernel ") + name);
  return 0;
}

using Bytes = std::vector<std::byte>;
using Dims = std::vector<std::int64_t>;

// An operand as a descriptor tells it; offset and strides in elements.
struct View {
  DType dtype;
  int buffer;
  std::int64_t offset;
  Dims strides;
};

struct TestInstruction {
  int row;
  DType dtype;
  int sources[3];
};

struct TestConstant {
  DType dtype;
  double value;
};

struct TestProgram {
  Dims sizes;
  std::vector<View> inputs, outputs;
  std::vector<TestConstant> constants;
  std::vector<TestInstruction> instructions;
  std::vector<int> results;
  std::vector<int> reduceRows;  // by result, -1 where it is stored; empty where all are
  unsigned mask = 0;
};

inline std::int64_t itemOf(DType dtype) { return kItemSize[static_cast<int>(dtype)]; }

inline std::vector<double> describe(const TestProgram& p) {
  std::vector<View> operands = p.inputs;
  operands.insert(operands.end(), p.outputs.begin(), p.outputs.end());
  std::vector<double> words{0, 0, static_cast<double>(operands.size()), static_cast<double>(p.outputs.size())};
  const auto put = [&](auto value) { words.push_back(static_cast<double>(value)); };
  for (const View& view : operands) {
    put(static_cast<int>(view.dtype));
    put(view.offset * itemOf(view.dtype));
  }
  put(p.sizes.size());
  for (std::int64_t size : p.sizes) put(size);
  for (const View& view : operands)
    for (std::int64_t stride : view.strides) put(stride);
  put(p.constants.size());
  for (const TestConstant& c : p.constants) {
    put(static_cast<int>(c.dtype));
    put(c.value);
  }
  put(p.instructions.size());
  for (const TestInstruction& i : p.instructions) {
    put(i.row);
    put(static_cast<int>(i.dtype));
    for (int source : i.sources) put(source);
  }
  for (int result : p.results) put(result);
  for (std::size_t w = 0; w < p.results.size(); ++w) put(p.reduceRows.empty() ? -1 : p.reduceRows[w]);
  put(p.mask);
  words[1] = static_cast<double>(words.size());
  return words;
}

// Decodes and runs; operand i uses buffers[p.inputs..outputs[i].buffer].
inline std::int64_t launch(const std::vector<double>& words, const std::vector<Buffer>& buffers) {
  static Launch launch;
  static Plan plan;
  decode(kernelTable(), words.data(), static_cast<std::int64_t>(words.size() * 8), buffers.data(),
         static_cast<int>(buffers.size()), launch);
  return run(kernelTable(), launch, plan);
}

inline std::int64_t launch(const TestProgram& p, std::vector<Bytes>& memory) {
  std::vector<Buffer> buffers;
  for (const auto* list : {&p.inputs, &p.outputs})
    for (const View& view : *list) {
      Bytes& bytes = memory[static_cast<std::size_t>(view.buffer)];
      buffers.push_back({bytes.data(), static_cast<std::int64_t>(bytes.size())});
    }
  return launch(describe(p), buffers);
}

inline std::int64_t product(const Dims& sizes) {
  std::int64_t count = 1;
  for (std::int64_t size : sizes) count *= size;
  return count;
}

// Where logical element `linear` of a view lies, in elements from the buffer's start.
inline std::int64_t locate(const View& view, const Dims& sizes, std::int64_t linear) {
  std::int64_t at = view.offset;
  for (std::size_t d = sizes.size(); d-- > 0; linear /= sizes[d]) at += linear % sizes[d] * view.strides[d];
  return at;
}

// Same bits, or both NaN.
inline bool same(DType dtype, const std::byte* a, const std::byte* b) {
  if (std::memcmp(a, b, static_cast<std::size_t>(itemOf(dtype))) == 0) return true;
  const auto isNaN = [dtype](const std::byte* p) {
    float f;
    double d;
    std::memcpy(&f, p, sizeof f);
    if (dtype == DType::kFloat32) return f != f;
    if (dtype != DType::kFloat64) return false;
    std::memcpy(&d, p, sizeof d);
    return d != d;
  };
  return itemOf(dtype) >= 4 && isNaN(a) && isNaN(b);
}

// Values that give no trap and few NaN: small numbers of the dtype.
inline void randomise(Random& random, DType dtype, Bytes& bytes) {
  const std::int64_t item = itemOf(dtype);
  for (std::size_t at = 0; at + static_cast<std::size_t>(item) <= bytes.size(); at += static_cast<std::size_t>(item)) {
    const std::int64_t value = random.in(dtype == DType::kBool || dtype == DType::kUint8 ? 0 : -100, 100);
    const auto put = [&](auto x) { std::memcpy(&bytes[at], &x, sizeof x); };
    switch (dtype) {
      case DType::kFloat32:
        put(static_cast<float>(value) * 0.37f);
        break;
      case DType::kFloat64:
        put(static_cast<double>(value) * 0.37);
        break;
      case DType::kInt32:
        put(static_cast<std::int32_t>(value));
        break;
      case DType::kInt64:
        put(value);
        break;
      case DType::kUint8:
        put(static_cast<std::uint8_t>(value));
        break;
      case DType::kBool:
        put(static_cast<std::uint8_t>(value & 1));
        break;
      case DType::kInt8:
        put(static_cast<std::int8_t>(value));
        break;
      case DType::kInt16:
        put(static_cast<std::int16_t>(value));
        break;
      case DType::kFloat16:
      case DType::kBFloat16:
        put(static_cast<std::uint16_t>(0x3c00 + value));
        break;
    }
  }
}

void testDescriptor();
void testInterpreter();
void testReduction();
void testFamilies();
void testThreadPool();

}  // namespace dyngrad::test
