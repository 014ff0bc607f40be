#include "binding/process.h"

#include <cstdio>
#include <random>

#if !defined(_WIN32)
#include <sys/resource.h>
#endif

#include "runtime/memory.h"
#include "runtime/thread_pool.h"

namespace dyngrad {

void setThreads(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsNumber()) throw Napi::TypeError::New(env, "setNumThreads: expected a number of threads");
  const double count = info[0].As<Napi::Number>().DoubleValue();
  if (!(count >= 1 && count <= kMaxThreads) || count != static_cast<int>(count))
    throw Napi::RangeError::New(env, "setNumThreads: expected a whole number in 1.." + std::to_string(kMaxThreads) +
                                         ", got " + info[0].ToString().Utf8Value());
  setNumThreads(static_cast<int>(count));
}

Napi::Value getThreads(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), numThreads()); }

void hugePages(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsArrayBuffer()) throw Napi::TypeError::New(env, "internal: preferHugePages takes an ArrayBuffer");
  auto buffer = info[0].As<Napi::ArrayBuffer>();
  preferHugePages(buffer.Data(), buffer.ByteLength());
}

void releaseMemory(const Napi::CallbackInfo&) { releaseFreedMemory(); }

#if defined(_WIN32)
// Windows has no getrusage; all figures are 0 there.
struct rusage {
  long ru_maxrss, ru_minflt, ru_majflt;
};
static rusage resources() { return {}; }
#else
static rusage resources() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage;
}
#endif

// Largest resident set so far. On Linux ru_maxrss of a child process begins at its parent's, hence the file.
static double peakResident(const rusage& usage) {
#if defined(__linux__)
  if (std::FILE* status = std::fopen("/proc/self/status", "r")) {
    char line[256];
    long kilobytes = 0;
    while (std::fgets(line, sizeof line, status) != nullptr)
      if (std::sscanf(line, "VmHWM: %ld", &kilobytes) == 1) break;
    std::fclose(status);
    if (kilobytes > 0) return static_cast<double>(kilobytes) * 1024;
  }
#endif
#if defined(__APPLE__)
  return static_cast<double>(usage.ru_maxrss);
#else
  return static_cast<double>(usage.ru_maxrss) * 1024;
#endif
}

Napi::Value memory(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const rusage usage = resources();
  Napi::Object memory = Napi::Object::New(env);
  memory["peakRss"] = Napi::Number::New(env, peakResident(usage));
  memory["pageFaults"] = Napi::Number::New(env, static_cast<double>(usage.ru_minflt));
  memory["majorFaults"] = Napi::Number::New(env, static_cast<double>(usage.ru_majflt));
  return memory;
}

Napi::Value entropy(const Napi::CallbackInfo& info) try {
  std::random_device device;
  const std::uint64_t high = device(), low = device();
  return Napi::BigInt::New(info.Env(), high << 32 | low);
} catch (const std::exception& error) {
  throw Napi::Error::New(info.Env(), std::string("the system gives no random numbers: ") + error.what());
}

}  // namespace dyngrad
