#include "runtime/isa.h"

#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

namespace dyngrad {

#if defined(__x86_64__) || defined(_M_X64)
namespace baseline {
KernelFiles kernelFiles();
}
namespace avx2 {
KernelFiles kernelFiles();
}
namespace avx512 {
KernelFiles kernelFiles();
}
#else
namespace neon {
KernelFiles kernelFiles();
}
#endif

namespace {

struct Isa {
  const char* name;
  KernelFiles (*files)();
  bool (*supported)();
};

// The best comes first. What is asked of the CPU are the flags of native/build.json.
constexpr Isa kIsas[] = {
#if defined(__x86_64__) || defined(_M_X64)
    {"avx512", avx512::kernelFiles,
     [] {
       return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
              __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
              __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
     }},
    {"avx2", avx2::kernelFiles,
     [] { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2"); }},
    {"baseline", baseline::kernelFiles,
     [] { return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt"); }},
#else
    {"neon", neon::kernelFiles, [] { return true; }},
#endif
};

// A build for one CPU has no kernels of other instruction sets.
bool isCompiled(const Isa& isa) { return isa.files().files.count > 0; }

std::string names(bool (*include)(const Isa&)) {
  std::string list;
  for (const Isa& isa : kIsas)
    if (include(isa)) list += (list.empty() ? "" : ", ") + std::string(isa.name);
  return list;
}

bool isUsable(const Isa& isa) { return isCompiled(isa) && isa.supported(); }

const Isa& choose() {
  const char* wanted = std::getenv("DYNGRAD_ISA");
  if (wanted == nullptr || *wanted == '\0') {
    for (const Isa& isa : kIsas)
      if (isUsable(isa)) return isa;
    throw std::runtime_error("this CPU has none of the instruction sets " + names(isCompiled));
  }
  const std::string usable = names(isUsable);
  for (const Isa& isa : kIsas) {
    if (std::strcmp(isa.name, wanted) != 0) continue;
    if (isUsable(isa)) return isa;
    throw std::invalid_argument("DYNGRAD_ISA is '" + std::string(wanted) + "', which this " +
                                (isCompiled(isa) ? "CPU" : "build") + " does not have; use one of " + usable);
  }
  throw std::invalid_argument("DYNGRAD_ISA must be one of " + usable + ", got '" + wanted + "'");
}

}  // namespace

const KernelTable& kernelTable() {
  static const KernelTable& table = joinedTable(choose().files());
  return table;
}

}  // namespace dyngrad
