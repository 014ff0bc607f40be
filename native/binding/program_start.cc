// A replay on a thread of libuv's pool. The program stays taken and the buffers stay referenced until it ends.
#include <memory>
#include <new>
#include <vector>

#include "binding/program.h"
#include "runtime/thread_pool.h"

namespace dyngrad {
namespace {

struct Start {
  SharedProgram program;
  std::vector<napi_ref> buffers;
  napi_async_work work = nullptr;
  napi_deferred deferred = nullptr;
  std::int64_t result = 0;
  bool hasResult = false;  // false: there was no memory
};

// An event loop that wakes while every CPU calculates may wait for the scheduler's next tick. Of 2000 ticks of a timer
// of 1 ms on 2 CPUs, 13 were more than 2 ms late beside 2 threads, 6.2 ms at most; beside one thread 1 was, 4.0 ms at
// most.
void execute(napi_env, void* data) {
  auto& start = *static_cast<Start*>(data);
  const SpareCpu spare;
  try {
    start.result = start.program->run();
    start.hasResult = true;
  } catch (const std::bad_alloc&) {
  }
}

void discard(napi_env env, Start* start) {
  for (napi_ref buffer : start->buffers) napi_delete_reference(env, buffer);
  if (start->work != nullptr) napi_delete_async_work(env, start->work);
  delete start;
}

napi_value errorOf(napi_env env, const char* what) {
  napi_value message, error = nullptr;
  if (napi_create_string_utf8(env, what, NAPI_AUTO_LENGTH, &message) == napi_ok)
    napi_create_error(env, nullptr, message, &error);
  return error;
}

// In an environment that is being torn down every call may fail; then nobody waits for the promise.
void complete(napi_env env, napi_status status, void* data) {
  auto* start = static_cast<Start*>(data);
  start->program->release();
  napi_value value = nullptr;
  if (status == napi_ok && start->hasResult) {
    if (napi_create_int64(env, start->result, &value) == napi_ok) napi_resolve_deferred(env, start->deferred, value);
  } else {
    value = errorOf(
        env, status == napi_ok ? "internal: the program is out of memory" : "internal: the program was cancelled");
    if (value != nullptr) napi_reject_deferred(env, start->deferred, value);
  }
  discard(env, start);
}

bool reference(napi_env env, const ProgramCall& call, Start& start) {
  const auto slots = static_cast<std::size_t>(call.program().slotCount());
  for (std::size_t i = 0; i < slots; ++i) {
    napi_ref buffer;
    if (napi_create_reference(env, call.slot(i), 1, &buffer) != napi_ok) return false;
    start.buffers.push_back(buffer);
  }
  return true;
}

napi_value queue(napi_env env, const ProgramCall& call, ProgramTurn& turn) {
  auto made = std::make_unique<Start>(Start{call.shared(), {}});
  made->buffers.reserve(static_cast<std::size_t>(call.program().slotCount()));
  Start* start = made.release();
  napi_value name, promise = nullptr;
  if (!reference(env, call, *start) ||
      napi_create_string_utf8(env, "dyngrad.program", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_async_work(env, nullptr, name, execute, complete, start, &start->work) != napi_ok ||
      napi_create_promise(env, &start->deferred, &promise) != napi_ok ||
      napi_queue_async_work(env, start->work) != napi_ok) {
    discard(env, start);
    napi_throw_error(env, nullptr, "internal: the program did not start");
    return nullptr;
  }
  turn.keep();
  return promise;
}

}  // namespace

napi_value startProgram(napi_env env, napi_callback_info info) {
  ProgramCall call(env, info, "start", 0);
  if (!call.read()) return nullptr;
  ProgramTurn turn(call.program());
  if (!turn.taken()) return throwRunning(env);
  if (!call.place()) return nullptr;
  try {
    return queue(env, call, turn);
  } catch (const std::bad_alloc&) {
    return throwNoMemory(env);
  }
}

}  // namespace dyngrad
