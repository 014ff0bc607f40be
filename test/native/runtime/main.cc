// Tests of native/runtime over the real kernels; DYNGRAD_ISA chooses which. `npm run test:native` builds and runs them:
// build-cmake/release/runtime_tests.
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
