// Tests of native/runtime over the real kernels; DYNGRAD_ISA chooses which. From the project's root:
//   F="-std=c++20 -O2 -g -Wall -Wextra -Werror -Wno-psabi -fno-strict-aliasing -ffp-contract=off -Inative"
//   K="$F -fno-exceptions -fno-math-errno -fno-trapping-math -c native/kernels/kernels.cc"
//   g++ $K -DKERNEL_NS=baseline -mssse3 -msse4.2 -mpopcnt -o baseline.o
//   g++ $K -DKERNEL_NS=avx2 -mavx2 -mfma -mbmi2 -mf16c -o avx2.o
//   g++ $K -DKERNEL_NS=avx512 -mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma -mbmi2 -mf16c -o avx512.o
//   g++ $F test/native/runtime/*.cc native/runtime/*.cc baseline.o avx2.o avx512.o -o runtime_tests && ./runtime_tests
#include "check.h"

using namespace dyngrad::test;

int main() {
  testDescriptor();
  testInterpreter();
  testReduction();
  testFamilies();
  testThreadPool();
  std::printf("runtime on %s: %s\n", dyngrad::kernelTable().isa, failures == 0 ? "all passed" : "FAILED");
  return failures == 0 ? 0 : 1;
}
