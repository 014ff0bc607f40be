// The transcendental functions on Vec<float> and Vec<double>; accuracy in test/native/math_test.cc.
#pragma once

#include "erf.h"
#include "exp.h"
#include "log.h"
#include "pow.h"
#include "trig.h"
