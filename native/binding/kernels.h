// Tells JavaScript which kernels exist, by the numbers that descriptors name them with.
#pragma once

#include <napi.h>

namespace dyngrad {

Napi::Value listKernels(const Napi::CallbackInfo& info);
// What a kernel call costs, whose words are given.
Napi::Value kernelCost(const Napi::CallbackInfo& info);

}  // namespace dyngrad
