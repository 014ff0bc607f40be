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

// Runs the launch of these words, or several.
using Run = std::int64_t(AddonData& data, const Buffer* buffers, int bufferCount);

std::int64_t runOne(AddonData& data, const Buffer* buffers, int bufferCount) {
  return data.memos.prepare(data.table, buffers[0], buffers + 1, bufferCount).run(data.table);
}

// The words of the next launch of several, which lie one behind the other.
Buffer nextWords(const Buffer& words, std::int64_t start, int bufferCount) {
  constexpr std::int64_t kHeader = 4;
  const std::int64_t left = words.bytes / 8 - start;
  if (left < kHeader) throw Malformed("launches end within a launch");
  auto* word = static_cast<double*>(words.data) + start;
  const double length = word[1], operands = word[2];
  if (!(length >= kHeader && length <= static_cast<double>(left))) throw Malformed("launches end within a launch");
  if (!(operands >= 1 && operands <= bufferCount)) throw Malformed("launches have fewer buffers than operands");
  return {word, static_cast<std::int64_t>(length) * 8};
}

std::int64_t runAll(AddonData& data, const Buffer* buffers, int bufferCount) {
  const Buffer& words = buffers[0];
  const Buffer* operands = buffers + 1;
  for (std::int64_t start = 0; start < words.bytes / 8;) {
    const Buffer part = nextWords(words, start, bufferCount);
    const int count = static_cast<int>(static_cast<const double*>(part.data)[2]);
    if (const std::int64_t status = data.memos.prepare(data.table, part, operands, count).run(data.table))
      return status;
    start += part.bytes / 8;
    operands += count;
    bufferCount -= count;
  }
  if (bufferCount > 0) throw Malformed("launches have more buffers than operands");
  return 0;
}

napi_value runLaunch(napi_env env, AddonData& data, const napi_value* arguments, std::size_t count, Run* run) {
  Buffer buffers[kMostArguments];
  for (std::size_t i = 0; i < count; ++i) {
    if (readBuffer(env, arguments[i], data.nodeTakesShared, buffers[i])) [[likely]]
      continue;
    return throwNoBuffer(env, i, "launch");
  }
  napi_value result = nullptr;
  try {
    const std::int64_t status = run(data, buffers, static_cast<int>(count) - 1);
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

template <Run run>
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
  return runLaunch(env, *static_cast<AddonData*>(data), arguments, count, run);
}

Napi::Value functionOf(Napi::Env env, const char* name, napi_callback callback) {
  napi_value function;
  auto* data = env.GetInstanceData<AddonData>();
  const napi_status status = napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, data, &function);
  NAPI_THROW_IF_FAILED(env, status, Napi::Value());
  return {env, function};
}

}  // namespace

Napi::Value makeLaunch(Napi::Env env) {
  env.GetInstanceData<AddonData>()->nodeTakesShared = nodeTakesShared(env);
  return functionOf(env, "launch", launch<runOne>);
}

Napi::Value makeLaunches(Napi::Env env) { return functionOf(env, "launches", launch<runAll>); }

}  // namespace dyngrad
