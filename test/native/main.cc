// Tests of the kernels of one instruction set, named by KERNEL_NS. From the project's root, for AVX2:
//   g++ -std=c++20 -O3 -ffp-contract=off -fno-math-errno -fno-trapping-math -fno-strict-aliasing -Wno-psabi -mavx2 -mfma -mbmi2 -mf16c
//     -DKERNEL_NS=avx2 -Inative test/native/*.cc native/kernels/kernels.cc native/runtime/scratch.cc -o kernels_test && ./kernels_test
// `--exhaustive` visits all float32 inputs of the main functions (minutes each); `--bench` only measures speed.
#include "check.h"

using namespace dyngrad::test;

// Kernels of an instruction set that this CPU lacks cannot be tested here.
static bool runsHere() {
#if defined(__x86_64__)
  if (std::strcmp(table().isa, "avx512") == 0) return __builtin_cpu_supports("avx512vl") != 0;
  if (std::strcmp(table().isa, "avx2") == 0) return __builtin_cpu_supports("avx2") != 0;
#endif
  return true;
}

int main(int argc, char** argv) {
  if (!runsHere()) {
    std::printf("%s: skipped, this CPU lacks it\n", table().isa);
    return 0;
  }
  const char* option = argc > 1 ? argv[1] : "";
  if (std::strcmp(option, "--bench") == 0) {
    benchmark();
    return 0;
  }
  testWalking();
  testIntegers();
  testCompareAndCast();
  testSpecialValues();
  testReductions();
  testMatmul();
  testIndex();
  testArgReduce();
  testRandom();
  testDoubleFunctions();
  testFloatFunctions(std::strcmp(option, "--exhaustive") == 0);
  std::printf("%s: %s\n", table().isa, failures == 0 ? "all passed" : "FAILED");
  return failures == 0 ? 0 : 1;
}
