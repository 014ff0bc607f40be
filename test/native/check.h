// Calling the kernels of one instruction set by row name, and counting failures.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/kernel_table.h"

namespace dyngrad::KERNEL_NS {
KernelFiles kernelFiles();
}

namespace dyngrad::test {

#define DYNGRAD_TEST_STRING(name) #name
#define DYNGRAD_TEST_NAME(name) DYNGRAD_TEST_STRING(name)
// The instruction set under test, told without running anything of it: this CPU may lack it.
inline constexpr std::string_view kIsa = DYNGRAD_TEST_NAME(KERNEL_NS);

inline const KernelTable& table() {
  static const KernelTable& joined = joinedTable(KERNEL_NS::kernelFiles());
  return joined;
}
inline int failures = 0;

inline void expect(bool holds, const char* what, const char* detail = "") {
  if (holds) return;
  ++failures;
  std::printf("FAILED %s %s\n", what, detail);
}

template <class T>
inline constexpr DType kDType = DType::kFloat32;
template <>
inline constexpr DType kDType<double> = DType::kFloat64;
template <>
inline constexpr DType kDType<std::int32_t> = DType::kInt32;
template <>
inline constexpr DType kDType<std::int64_t> = DType::kInt64;
template <>
inline constexpr DType kDType<std::uint8_t> = DType::kUint8;
template <>
inline constexpr DType kDType<bool> = DType::kBool;

inline const PointwiseRow* findRow(const char* name) {
  for (int i = 0; i < table().pointwiseCount; ++i)
    if (std::strcmp(table().pointwise[i].name, name) == 0) return &table().pointwise[i];
  return nullptr;
}

inline PointwiseKernel find(const char* name, DType dtype) {
  const PointwiseRow* row = findRow(name);
  PointwiseKernel kernel = row ? row->kernels[static_cast<int>(dtype)] : nullptr;
  expect(kernel != nullptr, "missing row", name);
  return kernel;
}

// out = row(a, b, c) over vectors; `status` receives what the kernel returns.
template <class Out, class In>
std::vector<Out> run(PointwiseKernel kernel, const std::vector<std::vector<In>>& in, int* status = nullptr) {
  std::vector<Out> out(in[0].size());
  Source sources[3];
  for (std::size_t k = 0; k < in.size(); ++k) sources[k] = {in[k].data(), 1};
  const int result = kernel(out.data(), sources, static_cast<std::int64_t>(out.size()));
  if (status) *status = result;
  return out;
}

void testFloatFunctions(bool exhaustive);
void testDoubleFunctions();
void testSpecialValues();
void testIntegers();
void testCompareAndCast();
void testWalking();
void testReductions();
void testMatmul();
void testIndex();
void testArgReduce();
void testRandom();
void testSort();
void testScans();
void benchmark();

}  // namespace dyngrad::test
