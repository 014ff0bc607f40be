// Module init: the list of exports, nothing else.
#include <napi.h>

#include "binding/addon_data.h"
#include "binding/kernels.h"
#include "binding/launch.h"
#include "binding/process.h"
#include "binding/program.h"
#include "runtime/blas.h"
#include "runtime/isa.h"
#include "runtime/memory.h"
#include "runtime/thread_pool.h"

namespace {

using namespace dyngrad;

Napi::Object initialise(Napi::Env env, Napi::Object exports) try {
  numThreads();  // throws here what is wrong with the environment variables, as kernelTable() does
  keepFreedMemory();
  env.SetInstanceData(new AddonData(kernelTable()));
  exports["launch"] = makeLaunch(env);
  exports["launches"] = makeLaunches(env);
  exports["program"] = makeProgram(env);
  exports["kernels"] = Napi::Function::New(env, listKernels, "kernels");
  exports["cost"] = Napi::Function::New(env, kernelCost, "cost");
  exports["blas"] = Napi::String::New(env, kBlas);
  exports["isa"] = Napi::String::New(env, kernelTable().isa);
  exports["setNumThreads"] = Napi::Function::New(env, setThreads, "setNumThreads");
  exports["getNumThreads"] = Napi::Function::New(env, getThreads, "getNumThreads");
  exports["choosesMemory"] = Napi::Boolean::New(env, choosesMemory());
  exports["preferHugePages"] = Napi::Function::New(env, hugePages, "preferHugePages");
  exports["releaseFreedMemory"] = Napi::Function::New(env, releaseMemory, "releaseFreedMemory");
  exports["memory"] = Napi::Function::New(env, memory, "memory");
  exports["entropy"] = Napi::Function::New(env, entropy, "entropy");
  exports["blockSize"] = Napi::Number::New(env, static_cast<double>(kBlock));
  exports["maxRank"] = Napi::Number::New(env, kMaxRank);
  exports["maxOperands"] = Napi::Number::New(env, kMaxOperands);
  exports["maxRegisters"] = Napi::Number::New(env, kMaxRegisters);
  return exports;
} catch (const Napi::Error&) {
  throw;
} catch (const std::exception& error) {
  throw Napi::Error::New(env, error.what());
}

}  // namespace

NODE_API_MODULE(dyngrad, initialise)
