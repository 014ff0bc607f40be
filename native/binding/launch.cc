#include "binding/launch.h"

#include <exception>
#include <new>

#include "binding/addon_data.h"
#include "binding/arguments.h"
#include "runtime/interpreter.h"

namespace dyngrad {
namespace {

constexpr std::size_t kMostArguments = 1 + kMaxOperands;
// Node fills what the caller left out, so a short list is asked for first.
constexpr std::size_t kFewArguments = 8;

// Asking for the kind of each argument costs 15 ns a launch, hence only where Node does not do so itself.
bool nodeTakesShared(Napi::Env env) {
  const Napi::Value constructor = env.Global().Get("SharedArrayBuffer");
  if (!constructor.IsFunction()) return true;
  const Napi::Object shared = constructor.As<Napi::Function>().New({Napi::Number::New(env, 8)});
  Buffer buffer;
  return readBuffer(env, shared, false, buffer);
}

napi_value runLaunch(napi_env env, AddonData& data, const napi_value* arguments, std::size_t count) {
  Buffer buffers[kMostArguments];
  for (std::size_t i = 0; i < count; ++i) {
    if (readBuffer(env, arguments[i], data.nodeTakesShared, buffers[i])) [[likely]]
      continue;
    return throwNoBuffer(env, i, "launch");
  }
  napi_value result = nullptr;
  try {
    Prepared& prepared = data.memos.prepare(data.table, buffers[0], buffers + 1, static_cast<int>(count) - 1);
    const std::int64_t status = prepared.run(data.table);
    // 0, and all others that are no counts: a small integer is made in less time.
    const auto small = static_cast<std::int32_t>(status);
    if (small == status) napi_create_int32(env, small, &result);
    else napi_create_int64(env, status, &result);
  } catch (const Malformed& error) {
    return throwMalformed(env, error.what());
  } catch (const std::bad_alloc&) {
    napi_throw_error(env, nullptr, "launch: out of memory");
  }
  return result;
}

napi_value launch(napi_env env, napi_callback_info info) {
  napi_value arguments[kMostArguments];
  std::size_t count = kFewArguments;
  void* data = nullptr;
  if (napi_get_cb_info(env, info, &count, arguments, nullptr, &data) != napi_ok) return nullptr;
  if (count > kFewArguments) {
    if (count > kMostArguments) return throwMalformed(env, "launch takes at most 64 buffers");
    napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  }
  if (count < 2) return throwMalformed(env, "launch takes words and at least one buffer");
  return runLaunch(env, *static_cast<AddonData*>(data), arguments, count);
}

}  // namespace

Napi::Value makeLaunch(Napi::Env env) {
  auto* data = env.GetInstanceData<AddonData>();
  data->nodeTakesShared = nodeTakesShared(env);
  napi_value function;
  const napi_status status = napi_create_function(env, "launch", NAPI_AUTO_LENGTH, launch, data, &function);
  NAPI_THROW_IF_FAILED(env, status, Napi::Value());
  return {env, function};
}

}  // namespace dyngrad
