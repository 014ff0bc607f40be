// How blocks are walked, and how a generic lambda becomes a row with one kernel per dtype.
#pragma once

#include "runtime/kernel_table.h"
#include "simd/vec.h"

namespace dyngrad::KERNEL_NS {
namespace {

// ---- dtypes ----

template <class... T>
struct Types {};
constexpr Types<float, double> kFloats;
constexpr Types<std::int32_t, std::int64_t, std::uint8_t> kIntegers;
constexpr Types<float, double, std::int32_t, std::int64_t, std::uint8_t> kNumbers;
constexpr Types<bool> kBoolean;
constexpr Types<float, double, std::int32_t, std::int64_t, std::uint8_t, bool> kEvery;

// The bits of IEEE 754's binary16, and of the upper half of a float32.
struct Half {
  std::uint16_t bits;
};
struct BFloat16 {
  std::uint16_t bits;
};

template <class T>
constexpr DType kDTypeOf = DType::kFloat32;
template <>
constexpr DType kDTypeOf<double> = DType::kFloat64;
template <>
constexpr DType kDTypeOf<std::int32_t> = DType::kInt32;
template <>
constexpr DType kDTypeOf<std::int64_t> = DType::kInt64;
template <>
constexpr DType kDTypeOf<std::uint8_t> = DType::kUint8;
template <>
constexpr DType kDTypeOf<bool> = DType::kBool;
template <>
constexpr DType kDTypeOf<std::int8_t> = DType::kInt8;
template <>
constexpr DType kDTypeOf<std::int16_t> = DType::kInt16;
template <>
constexpr DType kDTypeOf<Half> = DType::kFloat16;
template <>
constexpr DType kDTypeOf<BFloat16> = DType::kBFloat16;

template <class A, class B>
constexpr bool kIsSame = false;
template <class A>
constexpr bool kIsSame<A, A> = true;

// A bool lives in a uint8 lane as 0 or 1.
template <class T>
struct LaneOf {
  using type = T;
};
template <>
struct LaneOf<bool> {
  using type = std::uint8_t;
};
template <class T>
using Lane = typename LaneOf<T>::type;

// ---- walking ----

// One operand; a step of 0 reads the same vector of repeats again and again.
template <class T>
struct Stream {
  const T* data;
  std::int64_t advance;  // elements from one vector to the next: its lanes, or 0

  explicit Stream(Source source) : data(static_cast<const T*>(source.data)), advance(source.step * kLanes<T>) {}
  Vec<T> next() {
    const Vec<T> x = load(data);
    data += advance;
    return x;
  }
  Vec<T> tail(std::int64_t count) const { return loadPartial(data, count); }
};

template <class T, class F, class... S>
void walk(T* out, std::int64_t count, F f, S... streams) {
  constexpr std::int64_t lanes = kLanes<T>;
  for (; count >= 2 * lanes; count -= 2 * lanes, out += 2 * lanes) {
    const Vec<T> first = f(streams.next()...), second = f(streams.next()...);
    store(first, out);
    store(second, out + lanes);
  }
  if (count >= lanes) {
    store(f(streams.next()...), out);
    count -= lanes, out += lanes;
  }
  if (count > 0) storePartial(f(streams.tail(count)...), out, count);
}

// Calls f with `kArity` streams over the sources.
template <int kArity, class T, class F>
void withStreams(const Source* sources, F f) {
  static_assert(kArity >= 1 && kArity <= 3);
  if constexpr (kArity == 1) f(Stream<T>(sources[0]));
  else if constexpr (kArity == 2) f(Stream<T>(sources[0]), Stream<T>(sources[1]));
  else f(Stream<T>(sources[0]), Stream<T>(sources[1]), Stream<T>(sources[2]));
}

// ---- kernels: a captureless lambda F over blocks of T ----

template <int kArity, class T, class F>
[[gnu::flatten]] int runSame(void* out, const Source* sources, std::int64_t count) {
  withStreams<kArity, T>(sources, [&](auto... streams) { walk(static_cast<T*>(out), count, F{}, streams...); });
  return 0;
}

// Of whole lines, past the caches.
template <int kArity, class T, class F>
[[gnu::flatten]] void streamSame(void* out, const Source* sources, std::int64_t count) {
  withStreams<kArity, T>(sources, [&](auto... streams) mutable {
    auto* to = static_cast<T*>(out);
    for (std::int64_t i = 0; i < count; i += kLanes<T>) storePast(F{}(streams.next()...), to + i);
  });
}

// F takes a mask besides, to which it adds the lanes that fail. (A tail's spare lanes repeat real elements, so they
// fail with them.)
template <int kArity, class T, class F>
[[gnu::flatten]] int runChecked(void* out, const Source* sources, std::int64_t count) {
  Mask<T> failed(false);
  const auto check = [&](auto... x) { return F{}(x..., failed); };
  withStreams<kArity, T>(sources, [&](auto... streams) { walk(static_cast<T*>(out), count, check, streams...); });
  return any(failed) ? 1 : 0;
}

// The lanes of a mask as that many bytes of 0 or 1. Compilers narrow well with AVX-512 only; elsewhere each lane's
// first byte is picked.
template <class T>
Native<std::int8_t, kLanes<T>> narrowMask(Mask<T> mask) {
  using Bytes = Native<std::int8_t, kLanes<T>>;
  if constexpr (kVectorBytes == 64 || sizeof(T) == 1) return __builtin_convertvector(mask.v, Bytes) & 1;
  const auto all = (Native<std::int8_t, kVectorBytes>)mask.v;
  return [&]<int... I>(Indices<I...>)->Bytes {
    return __builtin_shufflevector(all, all, (I * static_cast<int>(sizeof(T)))...) & 1;
  }
  (FirstIndices<kLanes<T>>{});
}

template <class T>
void storeMask(Mask<T> mask, std::uint8_t* to, std::int64_t count) {
  const auto bytes = narrowMask(mask);
  __builtin_memcpy(to, &bytes, static_cast<std::size_t>(count));
}

template <int kArity, class T, class F>
[[gnu::flatten]] int runCompare(void* out, const Source* sources, std::int64_t count) {
  withStreams<kArity, T>(sources, [&](auto... streams) mutable {
    auto* to = static_cast<std::uint8_t*>(out);
    std::int64_t i = 0;
    for (; i + kLanes<T> <= count; i += kLanes<T>) storeMask(F{}(streams.next()...), to + i, kLanes<T>);
    if (i < count) storeMask(F{}(streams.tail(count - i)...), to + i, count - i);
  });
  return 0;
}

// ---- rows: pairs of (dtypes, lambda) follow the name ----

template <int kArity, class... T, class F, class... More>
constexpr void fillSame(PointwiseRow& row, Types<T...>, F, More... more) {
  ((row.kernels[static_cast<int>(kDTypeOf<T>)] = runSame<kArity, Lane<T>, F>), ...);
  ((row.streams[static_cast<int>(kDTypeOf<T>)] = streamSame<kArity, Lane<T>, F>), ...);
  if constexpr (sizeof...(More) > 0) fillSame<kArity>(row, more...);
}

template <int kArity, class... T, class F, class... More>
constexpr void fillChecked(PointwiseRow& row, Types<T...>, F, More... more) {
  ((row.kernels[static_cast<int>(kDTypeOf<T>)] = runChecked<kArity, Lane<T>, F>), ...);
  if constexpr (sizeof...(More) > 0) fillSame<kArity>(row, more...);
}

template <class... Kernels>
constexpr PointwiseRow unary(const char* name, Kernels... kernels) {
  PointwiseRow row{name, 1, Signature::kSame, DType::kFloat32, false, {}, {}};
  fillSame<1>(row, kernels...);
  return row;
}

template <class... Kernels>
constexpr PointwiseRow binary(const char* name, Kernels... kernels) {
  PointwiseRow row{name, 2, Signature::kSame, DType::kFloat32, false, {}, {}};
  fillSame<2>(row, kernels...);
  return row;
}

template <class... Kernels>
constexpr PointwiseRow ternary(const char* name, Kernels... kernels) {
  PointwiseRow row{name, 3, Signature::kSame, DType::kFloat32, false, {}, {}};
  fillSame<3>(row, kernels...);
  return row;
}

// The first pair's lambda checks; the others cannot fail.
template <class... Kernels>
constexpr PointwiseRow checkedUnary(const char* name, Kernels... kernels) {
  PointwiseRow row{name, 1, Signature::kSame, DType::kFloat32, true, {}, {}};
  fillChecked<1>(row, kernels...);
  return row;
}

template <class... Kernels>
constexpr PointwiseRow checkedBinary(const char* name, Kernels... kernels) {
  PointwiseRow row{name, 2, Signature::kSame, DType::kFloat32, true, {}, {}};
  fillChecked<2>(row, kernels...);
  return row;
}

template <int kArity, class... T, class F>
constexpr PointwiseRow compare(const char* name, Types<T...>, F) {
  PointwiseRow row{name, kArity, Signature::kCompare, DType::kFloat32, false, {}, {}};
  ((row.kernels[static_cast<int>(kDTypeOf<T>)] = runCompare<kArity, Lane<T>, F>), ...);
  return row;
}

}  // namespace
}  // namespace dyngrad::KERNEL_NS
