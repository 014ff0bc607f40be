// A replay on a thread of libuv's pool. The program stays taken and the buffers stay referenced until it ends.
#include <cstring>
#include <memory>
#include <new>
#include <vector>

#include "binding/arguments.h"
#include "binding/program.h"
#include "runtime/reader.h"
#include "runtime/thread_pool.h"

namespace dyngrad {
namespace {

// Bytes that a slot is given before the launches run.
struct Copy {
  std::byte* to;
  const std::byte* from;
  std::int64_t bytes;
};

struct Start {
  SharedProgram program;
  std::vector<Copy> copies;
  std::vector<napi_ref> buffers;
  napi_async_work work = nullptr;
  napi_deferred deferred = nullptr;
  std::int64_t result = 0;
  bool hasResult = false;  // false: there was no memory
};

constexpr std::int64_t kCopyGrain = 1 << 18;

void copyBytes(const Copy& copy) {
  parallelFor(copy.bytes, kCopyGrain, [&](std::int64_t begin, std::int64_t end) {
    std::memmove(copy.to + begin, copy.from + begin, static_cast<std::size_t>(end - begin));
  });
}

// An event loop that wakes while every CPU calculates may wait for the scheduler's next tick. Of 2000 ticks of a timer
// of 1 ms on 2 CPUs, 13 were more than 2 ms late beside 2 threads, 6.2 ms at most; beside one thread 1 was, 4.0 ms at
// most.
void execute(napi_env, void* data) {
  auto& start = *static_cast<Start*>(data);
  const SpareCpu spare;
  try {
    for (const auto& copy : start.copies) copyBytes(copy);
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

bool isIn(const Buffer& buffer, std::int64_t first, std::int64_t bytes) { return bytes <= buffer.bytes - first; }

// A copy is three numbers, slot, first byte and bytes, and a source that has these bytes at the same place.
constexpr std::int64_t kCopyWords = 3;

Copy readCopy(const ProgramCall& call, Reader& numbers, const Buffer& from) {
  const auto slot = numbers.integer("slot of a copy", 0, call.program().slotCount() - 1);
  const auto first = numbers.integer("first byte of a copy", 0, kMaxInteger);
  const auto bytes = numbers.integer("number of bytes of a copy", 0, kMaxInteger);
  const Buffer& to = call.buffer(static_cast<std::size_t>(slot));
  if (!isIn(from, first, bytes) || !isIn(to, first, bytes)) throw Malformed("a copy leaves its buffer");
  if (bytes == 0) return {nullptr, nullptr, 0};
  return {static_cast<std::byte*>(to.data) + first, static_cast<const std::byte*>(from.data) + first, bytes};
}

// Throws Malformed.
void readCopies(napi_env env, const ProgramCall& call, Start& start) {
  Buffer words;
  if (!readBuffer(env, call.argument(0), call.checkKind(), words) ||
      words.bytes != static_cast<std::int64_t>(call.rest() * kCopyWords * sizeof(double)))
    throw Malformed("the copies are not three numbers for each source");
  Reader numbers(static_cast<const std::byte*>(words.data), words.bytes / static_cast<std::int64_t>(sizeof(double)));
  const auto slots = static_cast<std::size_t>(call.program().slotCount());
  for (std::size_t i = 0; i < call.rest(); ++i) start.copies.push_back(readCopy(call, numbers, call.buffer(slots + i)));
}

bool referenceAll(napi_env env, const ProgramCall& call, Start& start) {
  const std::size_t count = static_cast<std::size_t>(call.program().slotCount()) + call.rest();
  start.buffers.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    napi_ref buffer;
    if (napi_create_reference(env, call.slot(i), 1, &buffer) != napi_ok) return false;
    start.buffers.push_back(buffer);
  }
  return true;
}

napi_value queue(napi_env env, const ProgramCall& call, ProgramTurn& turn) {
  auto made = std::make_unique<Start>(Start{call.shared(), {}, {}});
  readCopies(env, call, *made);
  Start* start = made.release();
  napi_value name, promise = nullptr;
  if (!referenceAll(env, call, *start) ||
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
  ProgramCall call(env, info, "start", 1, ProgramCall::Rest::kSources);
  if (!call.read()) return nullptr;
  ProgramTurn turn(call.program());
  if (!turn.taken()) return throwRunning(env);
  if (!call.place()) return nullptr;
  try {
    return queue(env, call, turn);
  } catch (const Malformed& error) {
    return throwMalformed(env, error.what());
  } catch (const std::bad_alloc&) {
    return throwNoMemory(env);
  }
}

}  // namespace dyngrad
