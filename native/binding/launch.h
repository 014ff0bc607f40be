// The functions that carry tensor mathematics across the border.
#pragma once

#include <napi.h>

namespace dyngrad {

// `launch(words, ...buffers)`; see docs/architecture.md.
Napi::Value makeLaunch(Napi::Env env);
// `launches(words, ...buffers)`: several launches, words behind words and buffers behind buffers, up to the first that
// fails.
Napi::Value makeLaunches(Napi::Env env);

}  // namespace dyngrad
