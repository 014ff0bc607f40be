// Tests of the kernels of one instruction set, named by KERNEL_NS. `npm run test:native` builds and runs them:
// build-cmake/release/kernel_tests_avx2 and its like.
// `--exhaustive` visits all float32 inputs of the main functions (minutes each); `--bench` only measures speed.
#include "check.h"

using namespace dyngrad::test;

// Kernels of an instruction set that this CPU lacks cannot be tested here.
static bool runsHere() {
#if defined(__x86_64__)
  if (kIsa == "avx512") return __builtin_cpu_supports("avx512vl") != 0;
  if (kIsa == "avx2") return __builtin_cpu_supports("avx2") != 0;
#endif
  return true;
}

int main(int argc, char** argv) {
  if (!runsHere()) {
    std::printf("%s: skipped, this CPU lacks it\n", kIsa.data());
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
  testSort();
  testScans();
  testDoubleFunctions();
  testFloatFunctions(std::strcmp(option, "--exhaustive") == 0);
  std::printf("%s: %s\n", table().isa, failures == 0 ? "all passed" : "FAILED");
  return failures == 0 ? 0 : 1;
}
