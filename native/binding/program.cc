#include "binding/program.h"

#include <algorithm>
#include <memory>
#include <new>

#include "binding/arguments.h"

namespace dyngrad {

napi_value throwRunning(napi_env env) {
  napi_throw_error(env, nullptr, "internal: the program is running");
  return nullptr;
}

napi_value throwNoMemory(napi_env env) {
  napi_throw_error(env, nullptr, "internal: the program is out of memory");
  return nullptr;
}

bool ProgramCall::read() {
  std::size_t count = kFirst;
  void* data = nullptr;
  if (napi_get_cb_info(env_, info_, &count, few_, nullptr, &data) != napi_ok) return false;
  function_ = static_cast<ProgramFunction*>(data);
  const auto slots = static_cast<std::size_t>(program().slotCount());
  const std::size_t expected = leading_ + 1 + slots;
  if (count < expected || count > expected + (mayHaveRest_ ? slots : 0)) {
    char message[96];
    std::snprintf(message, sizeof message, "%s takes %d arguments, offsets and a buffer for each slot, not %d", name_,
                  static_cast<int>(expected), static_cast<int>(count));
    throwMalformed(env_, message);
    return false;
  }
  if (count > kFewArguments) {
    arguments_ = function_->arguments.data();
    buffers_ = function_->buffers.data();
  }
  if (count > kFirst) napi_get_cb_info(env_, info_, &count, arguments_, nullptr, nullptr);
  const bool checkKind = function_->addon.nodeTakesShared;
  rest_ = count - expected;
  for (std::size_t i = leading_; i < count; ++i) {
    if (readBuffer(env_, arguments_[i], checkKind, buffers_[i])) [[likely]]
      continue;
    throwNoBuffer(env_, i, name_);
    return false;
  }
  if (buffers_[leading_].bytes == static_cast<std::int64_t>(slots * sizeof(double))) return true;
  throwMalformed(env_, "the offsets are not a float64 for each slot");
  return false;
}

bool ProgramCall::place() {
  try {
    program().place(buffers_ + leading_ + 1, static_cast<const std::byte*>(buffers_[leading_].data));
    return true;
  } catch (const Malformed& error) {
    throwMalformed(env_, error.what());
    return false;
  }
}

namespace {

napi_value replay(napi_env env, napi_callback_info info) {
  ProgramCall call(env, info, "replay", 0);
  if (!call.read()) return nullptr;
  const ProgramTurn turn(call.program());
  if (!turn.taken()) return throwRunning(env);
  if (!call.place()) return nullptr;
  napi_value result = nullptr;
  try {
    napi_create_int64(env, call.program().run(), &result);
  } catch (const std::bad_alloc&) {
    return throwNoMemory(env);
  }
  return result;
}

napi_value timesOf(napi_env env, Program& program, std::size_t repeats) {
  const auto launches = static_cast<std::size_t>(program.launchCount());
  std::vector<double> samples(repeats), medians(launches);
  for (std::size_t i = 0; i < launches; ++i) {
    program.time(static_cast<int>(i), samples);
    medians[i] = samples[repeats / 2];
  }
  void* memory = nullptr;
  napi_value buffer, result;
  if (napi_create_arraybuffer(env, launches * sizeof(double), &memory, &buffer) != napi_ok) return nullptr;
  std::copy(medians.begin(), medians.end(), static_cast<double*>(memory));
  if (napi_create_typedarray(env, napi_float64_array, launches, buffer, 0, &result) != napi_ok) return nullptr;
  return result;
}

napi_value time(napi_env env, napi_callback_info info) {
  ProgramCall call(env, info, "time", 1);
  if (!call.read()) return nullptr;
  double repeats = 0;
  if (napi_get_value_double(env, call.argument(0), &repeats) != napi_ok || !(repeats >= 1 && repeats <= 1e6))
    return throwMalformed(env, "repeats are no number in 1..1000000");
  const ProgramTurn turn(call.program());
  if (!turn.taken()) return throwRunning(env);
  if (!call.place()) return nullptr;
  try {
    return timesOf(env, call.program(), static_cast<std::size_t>(repeats));
  } catch (const std::bad_alloc&) {
    return throwNoMemory(env);
  }
}

// The function has the program, so that no argument can be taken for one.
void addFunction(napi_env env, napi_value object, const char* name, napi_callback callback, const AddonData& addon,
                 const SharedProgram& program) {
  auto data = std::make_unique<ProgramFunction>(ProgramFunction{addon, program, {}, {}});
  // With the offsets, one that stands before them, and as many sources as slots.
  const std::size_t arguments = 2 * static_cast<std::size_t>(program->slotCount()) + 2;
  if (arguments > ProgramCall::kFewArguments) {
    data->arguments.resize(arguments);
    data->buffers.resize(arguments);
  }
  napi_value function;
  napi_status status = napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, data.get(), &function);
  NAPI_THROW_IF_FAILED_VOID(env, status);
  const auto finalize = [](napi_env, void* held, void*) { delete static_cast<ProgramFunction*>(held); };
  status = napi_add_finalizer(env, function, data.get(), finalize, nullptr, nullptr);
  NAPI_THROW_IF_FAILED_VOID(env, status);
  data.release();
  status = napi_set_named_property(env, object, name, function);
  NAPI_THROW_IF_FAILED_VOID(env, status);
}

napi_value program(napi_env env, napi_callback_info info) {
  napi_value argument;
  std::size_t count = 1;
  void* data = nullptr;
  if (napi_get_cb_info(env, info, &count, &argument, nullptr, &data) != napi_ok) return nullptr;
  const auto& addon = *static_cast<AddonData*>(data);
  Buffer words;
  if (!readBuffer(env, argument, addon.nodeTakesShared, words)) return throwNoBuffer(env, 0, "program");
  try {
    const SharedProgram made(addon.table, words);
    napi_value object;
    const napi_status status = napi_create_object(env, &object);
    NAPI_THROW_IF_FAILED(env, status, nullptr);
    addFunction(env, object, "replay", replay, addon, made);
    addFunction(env, object, "start", startProgram, addon, made);
    addFunction(env, object, "time", time, addon, made);
    return object;
  } catch (const Malformed& error) {
    return throwMalformed(env, error.what());
  } catch (const std::bad_alloc&) {
    return throwNoMemory(env);
  } catch (const Napi::Error& error) {
    error.ThrowAsJavaScriptException();
    return nullptr;
  }
}

}  // namespace

Napi::Value makeProgram(Napi::Env env) {
  napi_value function;
  const napi_status status =
      napi_create_function(env, "program", NAPI_AUTO_LENGTH, program, env.GetInstanceData<AddonData>(), &function);
  NAPI_THROW_IF_FAILED(env, status, Napi::Value());
  return {env, function};
}

}  // namespace dyngrad
