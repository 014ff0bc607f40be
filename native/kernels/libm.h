// Functions of the C library whose newer symbol versions would keep the addon from running on older systems.
#pragma once

#include <cstdint>  // the C library's headers define __GLIBC__

// glibc 2.29 gave `exp`, `log` and `pow` a second symbol version; the first one has the same bits.
#if defined(__GLIBC__) && defined(__x86_64__)
extern "C" double dyngradExp(double);
extern "C" double dyngradLog(double);
extern "C" double dyngradPow(double, double);
__asm__(".symver dyngradExp, exp@GLIBC_2.2.5");
__asm__(".symver dyngradLog, log@GLIBC_2.2.5");
__asm__(".symver dyngradPow, pow@GLIBC_2.2.5");
#elif defined(__GLIBC__) && defined(__aarch64__)
extern "C" double dyngradExp(double);
extern "C" double dyngradLog(double);
extern "C" double dyngradPow(double, double);
__asm__(".symver dyngradExp, exp@GLIBC_2.17");
__asm__(".symver dyngradLog, log@GLIBC_2.17");
__asm__(".symver dyngradPow, pow@GLIBC_2.17");
#else
static inline double dyngradExp(double x) { return __builtin_exp(x); }
static inline double dyngradLog(double x) { return __builtin_log(x); }
static inline double dyngradPow(double x, double y) { return __builtin_pow(x, y); }
#endif
