// Casts, one row per source dtype, and the row that counts.
#include "loops.h"

namespace dyngrad::KERNEL_NS {
namespace {

// Where a value does not fit, x86's truncating conversions give the least integer; here every instruction set does.
template <class To, class From>
To truncateTo(From x) {
  constexpr From limit = -static_cast<From>(sizeof(To) == 4 ? INT32_MIN : INT64_MIN);
  const bool fits = x >= -limit && x < limit;
  return fits ? static_cast<To>(fits ? x : 0) : static_cast<To>(sizeof(To) == 4 ? INT32_MIN : INT64_MIN);
}

template <class To, class From>
Lane<To> castOne(Lane<From> x) {
  if constexpr (kIsSame<To, bool>) return x != 0;
  else if constexpr (!kIsFloat<From> || kIsFloat<To>) return static_cast<To>(x);
  else if constexpr (sizeof(To) == 1) return static_cast<To>(truncateTo<std::int64_t>(x));
  else return truncateTo<To>(x);
}

template <class To, class From>
int runCast(void* out, const Source* sources, std::int64_t count) {
  const auto* from = static_cast<const Lane<From>*>(sources[0].data);
  auto* to = static_cast<Lane<To>*>(out);
  if (sources[0].step == 0) {
    const Lane<To> value = castOne<To, From>(*from);
    for (std::int64_t i = 0; i < count; ++i) to[i] = value;
  } else {
    for (std::int64_t i = 0; i < count; ++i) to[i] = castOne<To, From>(from[i]);
  }
  return 0;
}

// Of whole lines, past the caches; several at a time, so that narrow stores have left the store buffer when whole
// vectors read them.
template <class To, class From>
void streamCast(void* out, const Source* sources, std::int64_t count) {
  constexpr std::int64_t kMost = 2048 / sizeof(To);
  auto* to = static_cast<Lane<To>*>(out);
  alignas(kLineBytes) Lane<To> piece[kMost];
  for (std::int64_t i = 0; i < count; i += kMost) {
    const std::int64_t n = count - i < kMost ? count - i : kMost;
    const Source from{static_cast<const Lane<From>*>(sources[0].data) + i * sources[0].step, sources[0].step};
    runCast<To, From>(piece, &from, n);
    for (std::int64_t j = 0; j < n; j += kLanes<Lane<To>>) storePast(load(piece + j), to + i + j);
  }
}

template <class From, class... To>
constexpr PointwiseRow castFrom(const char* name, Types<To...>) {
  return {name, 1, Signature::kCast, kDTypeOf<From>, false, {runCast<To, From>...}, {streamCast<To, From>...}};
}

int runIndex(void* out, const Source* sources, std::int64_t count) {
  const std::int64_t start = *static_cast<const std::int64_t*>(sources[0].data);
  for (std::int64_t i = 0; i < count; ++i) static_cast<std::int64_t*>(out)[i] = start + i;
  return 0;
}

constexpr PointwiseRow kRows[] = {
    castFrom<float>("cast.float32", kEvery),
    castFrom<double>("cast.float64", kEvery),
    castFrom<std::int32_t>("cast.int32", kEvery),
    castFrom<std::int64_t>("cast.int64", kEvery),
    castFrom<std::uint8_t>("cast.uint8", kEvery),
    castFrom<bool>("cast.bool", kEvery),
    {"index", 0, Signature::kIndex, DType::kInt64, false, {nullptr, nullptr, nullptr, runIndex, nullptr, nullptr}, {}},
};

}  // namespace

FileRows castRows() { return {.pointwise = kRows}; }

}  // namespace dyngrad::KERNEL_NS
