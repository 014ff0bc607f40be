// The complement of the error function and the inverses.
#include "in_double.h"
#include "simd/erfc.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr PointwiseRow kRows[] = {
    unaryInDouble("erfc", [](auto x) { return erfc(x); }),
    unaryInDouble("erfcx", [](auto x) { return erfcx(x); }),
    unaryInDouble("erfinv", [](auto x) { return erfinv(x); }),
    unaryInDouble("ndtri", [](auto x) { return ndtri(x); }),
};

}  // namespace

FileRows errorFunctionsRows() { return {.pointwise = kRows}; }

}  // namespace dyngrad::KERNEL_NS
