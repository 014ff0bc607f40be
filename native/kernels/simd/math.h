// The transcendental functions on Vec<float> and Vec<double>; their accuracy is tested by test/native/float_functions.cc and double_functions.cc.
#pragma once

#include "erf.h"
#include "exp.h"
#include "log.h"
#include "pow.h"
#include "trig.h"
