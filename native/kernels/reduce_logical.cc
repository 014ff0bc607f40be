// Whether any element is true, or all are.
#include "reduce.h"

namespace dyngrad::KERNEL_NS {
namespace {

constexpr ReduceRow kRows[] = {
    reduceRow<reduction::Any>("any", kBoolean),
    reduceRow<reduction::All>("all", kBoolean),
};

}  // namespace

FileRows reduceLogicalRows() { return {.reduce = kRows}; }

}  // namespace dyngrad::KERNEL_NS
