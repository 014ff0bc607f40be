// The one function that carries tensor mathematics across the border.
#pragma once

#include <napi.h>

namespace dyngrad {

// `launch(words, ...buffers)`; see docs/architecture.md.
Napi::Value makeLaunch(Napi::Env env);

}  // namespace dyngrad
