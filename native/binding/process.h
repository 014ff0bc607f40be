// What concerns the process rather than tensors: its threads, its memory and the system's random numbers.
#pragma once

#include <napi.h>

namespace dyngrad {

void setThreads(const Napi::CallbackInfo& info);
Napi::Value getThreads(const Napi::CallbackInfo& info);

// preferHugePages of an ArrayBuffer.
void hugePages(const Napi::CallbackInfo& info);

void releaseMemory(const Napi::CallbackInfo& info);

// { peakRss in bytes, pageFaults served without and majorFaults served with reading from a disk } of the process so
// far.
Napi::Value memory(const Napi::CallbackInfo& info);

// 64 bits of the system's entropy.
Napi::Value entropy(const Napi::CallbackInfo& info);

}  // namespace dyngrad
