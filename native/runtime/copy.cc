#include "runtime/copy.h"

#include <cstring>

#include "runtime/stream.h"
#include "runtime/strided.h"

namespace dyngrad {
namespace {

template <std::int64_t kItem>
int copyItems(void* out, const Source* sources, std::int64_t count) {
  const auto* from = static_cast<const std::byte*>(sources[0].data);
  if (sources[0].step == 0) fill(static_cast<std::byte*>(out), from, kItem, count);
  else std::memmove(out, from, static_cast<std::size_t>(count * kItem));
  return 0;
}

template <std::int64_t kItem>
void streamItems(void* out, const Source* sources, std::int64_t count) {
  stream(static_cast<std::byte*>(out), static_cast<const std::byte*>(sources[0].data), count * kItem);
}

template <std::int64_t kItem>
constexpr CopyKernels kCopies{copyItems<kItem>, streamItems<kItem>};

}  // namespace

const CopyKernels& copyKernels(std::int64_t item) {
  return item == 1 ? kCopies<1> : item == 2 ? kCopies<2> : item == 4 ? kCopies<4> : kCopies<8>;
}

}  // namespace dyngrad
