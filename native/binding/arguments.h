// What the functions on the hot path share: raw Node-API, since the C++ wrapper's conversions cost more than a small
// operation.
#pragma once

#include <napi.h>

#include <cstdio>

#include "runtime/descriptor.h"

namespace dyngrad {

inline napi_value throwMalformed(napi_env env, const char* what) {
  char message[256];
  std::snprintf(message, sizeof message, "internal: %s", what);
  napi_throw_range_error(env, nullptr, message);
  return nullptr;
}

inline napi_value throwNoBuffer(napi_env env, std::size_t argument, const char* function) {
  char message[64];
  std::snprintf(message, sizeof message, "internal: argument %d of %s is no ArrayBuffer", static_cast<int>(argument),
                function);
  napi_throw_type_error(env, nullptr, message);
  return nullptr;
}

// A SharedArrayBuffer is refused: another thread could change what has been checked. `checkKind` where Node does not
// refuse it.
inline bool readBuffer(napi_env env, napi_value argument, bool checkKind, Buffer& buffer) {
  bool isBuffer = true;
  std::size_t bytes = 0;
  if (checkKind && napi_is_arraybuffer(env, argument, &isBuffer) != napi_ok) return false;
  if (!isBuffer || napi_get_arraybuffer_info(env, argument, &buffer.data, &bytes) != napi_ok) return false;
  buffer.bytes = static_cast<std::int64_t>(bytes);
  return true;
}

}  // namespace dyngrad
