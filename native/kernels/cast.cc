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

// ---- dtypes of storage: to and from the dtype that computes for them; other casts are two ----

inline float floatOf(std::uint32_t bits) { return __builtin_bit_cast(float, bits); }
inline std::uint32_t bitsOf(float x) { return __builtin_bit_cast(std::uint32_t, x); }

// The exponents of the two formats differ by 112. A subnormal counts units of 2^-24.
inline float widen(Half x) {
  const std::uint32_t magnitude = x.bits & 0x7fffu;
  const std::uint32_t shifted = (magnitude << 13) + (112u << 23);
  const std::uint32_t special = shifted + (112u << 23);
  const std::uint32_t subnormal = bitsOf(static_cast<float>(static_cast<std::int32_t>(magnitude)) * 0x1p-24f);
  const std::uint32_t bits = magnitude < 0x400u ? subnormal : magnitude >= 0x7c00u ? special : shifted;
  return floatOf(bits | (x.bits & 0x8000u) << 16);
}

inline float widen(BFloat16 x) { return floatOf(static_cast<std::uint32_t>(x.bits) << 16); }

// To nearest, ties to even: the bits that go are rounded by an addition that carries into those that stay. Below 2^-14
// the addition of 1/2, whose last bit is worth 2^-24, rounds to units of that.
inline std::uint16_t narrow(float x, Half) {
  const std::uint32_t bits = bitsOf(x), magnitude = bits & 0x7fffffffu;
  const std::uint32_t normal = (magnitude - (112u << 23) + 0xfffu + (magnitude >> 13 & 1u)) >> 13;
  const std::uint32_t subnormal = bitsOf(floatOf(magnitude) + 0.5f) - 0x3f000000u;
  const std::uint32_t finite = magnitude < 0x38800000u ? subnormal : normal;
  const std::uint32_t large = magnitude > 0x7f800000u ? 0x7e00u : 0x7c00u;
  return static_cast<std::uint16_t>((magnitude >= 0x47800000u ? large : finite) | (bits >> 16 & 0x8000u));
}

inline std::uint16_t narrow(float x, BFloat16) {
  const std::uint32_t bits = bitsOf(x);
  const std::uint32_t rounded = (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
  return static_cast<std::uint16_t>((bits & 0x7fffffffu) > 0x7f800000u ? 0x7fc0u : rounded);
}

template <class T>
int runWiden(void* out, const Source* sources, std::int64_t count) {
  const auto* from = static_cast<const T*>(sources[0].data);
  auto* to = static_cast<float*>(out);
  if (sources[0].step == 0) {
    for (std::int64_t i = 0; i < count; ++i) to[i] = widen(*from);
  } else {
    for (std::int64_t i = 0; i < count; ++i) to[i] = widen(from[i]);
  }
  return 0;
}

template <class T>
int runNarrow(void* out, const Source* sources, std::int64_t count) {
  const auto* from = static_cast<const float*>(sources[0].data);
  auto* to = static_cast<std::uint16_t*>(out);
  if (sources[0].step == 0) {
    for (std::int64_t i = 0; i < count; ++i) to[i] = narrow(*from, T{});
  } else {
    for (std::int64_t i = 0; i < count; ++i) to[i] = narrow(from[i], T{});
  }
  return 0;
}

// ---- rows ----

template <class To>
constexpr void setKernel(PointwiseRow& row, PointwiseKernel kernel, StreamKernel stream = nullptr) {
  row.kernels[static_cast<int>(kDTypeOf<To>)] = kernel;
  row.streams[static_cast<int>(kDTypeOf<To>)] = stream;
}

constexpr PointwiseRow emptyCast(const char* name, DType source) {
  return {name, 1, Signature::kCast, source, false, {}, {}};
}

template <class From, class... To>
constexpr PointwiseRow castFrom(const char* name, Types<To...>) {
  PointwiseRow row = emptyCast(name, kDTypeOf<From>);
  (setKernel<To>(row, runCast<To, From>, streamCast<To, From>), ...);
  return row;
}

constexpr PointwiseRow castFromInt32() {
  PointwiseRow row = castFrom<std::int32_t>("cast.int32", kEvery);
  setKernel<std::int8_t>(row, runCast<std::int8_t, std::int32_t>);
  setKernel<std::int16_t>(row, runCast<std::int16_t, std::int32_t>);
  return row;
}

constexpr PointwiseRow castFromFloat32() {
  PointwiseRow row = castFrom<float>("cast.float32", kEvery);
  setKernel<Half>(row, runNarrow<Half>);
  setKernel<BFloat16>(row, runNarrow<BFloat16>);
  return row;
}

template <class From, class To>
constexpr PointwiseRow castFromStorage(const char* name, PointwiseKernel kernel) {
  PointwiseRow row = emptyCast(name, kDTypeOf<From>);
  setKernel<To>(row, kernel);
  return row;
}

int runIndex(void* out, const Source* sources, std::int64_t count) {
  const std::int64_t start = *static_cast<const std::int64_t*>(sources[0].data);
  for (std::int64_t i = 0; i < count; ++i) static_cast<std::int64_t*>(out)[i] = start + i;
  return 0;
}

constexpr PointwiseRow kRows[] = {
    castFromFloat32(),
    castFrom<double>("cast.float64", kEvery),
    castFromInt32(),
    castFrom<std::int64_t>("cast.int64", kEvery),
    castFrom<std::uint8_t>("cast.uint8", kEvery),
    castFrom<bool>("cast.bool", kEvery),
    castFromStorage<std::int8_t, std::int32_t>("cast.int8", runCast<std::int32_t, std::int8_t>),
    castFromStorage<std::int16_t, std::int32_t>("cast.int16", runCast<std::int32_t, std::int16_t>),
    castFromStorage<Half, float>("cast.float16", runWiden<Half>),
    castFromStorage<BFloat16, float>("cast.bfloat16", runWiden<BFloat16>),
    {"index", 0, Signature::kIndex, DType::kInt64, false, {nullptr, nullptr, nullptr, runIndex, nullptr, nullptr}, {}},
};

}  // namespace

FileRows castRows() { return {.pointwise = kRows}; }

}  // namespace dyngrad::KERNEL_NS
