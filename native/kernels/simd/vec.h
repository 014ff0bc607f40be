// Vec<T>: one native vector of float, double, int32, int64 or uint8. The only file that knows instruction sets.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__x86_64__)
// The intrinsics' header would bring in <stdlib.h> for an allocator that is not wanted here.
#define _MM_MALLOC_H_INCLUDED
#define __MM_MALLOC_H
#if !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // GCC bug 105593: _mm512_undefined_ps() and its like
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <immintrin.h>
#if !defined(__clang__)
#pragma GCC diagnostic pop
#endif
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

// The anonymous namespace gives every template below internal linkage.
namespace dyngrad::KERNEL_NS {
namespace {

#if defined(__AVX512BW__)
constexpr int kVectorBytes = 64;
#elif defined(__AVX2__)
constexpr int kVectorBytes = 32;
#else
constexpr int kVectorBytes = 16;
#endif

#if defined(__FMA__) || defined(__aarch64__)
constexpr bool kHasFma = true;
#else
constexpr bool kHasFma = false;
#endif

template <class T, int N>
struct NativeOf {
  typedef T type __attribute__((vector_size(sizeof(T) * N)));
};
template <class T, int N>
using Native = typename NativeOf<T, N>::type;

// Integers as wide as a T. Signed ones hold masks; unsigned ones wrap on overflow, where signed ones would be
// undefined.
template <int kBytes>
struct IntegersOf;
template <>
struct IntegersOf<1> {
  using Signed = std::int8_t;
  using Unsigned = std::uint8_t;
};
template <>
struct IntegersOf<2> {
  using Signed = std::int16_t;
  using Unsigned = std::uint16_t;
};
template <>
struct IntegersOf<4> {
  using Signed = std::int32_t;
  using Unsigned = std::uint32_t;
};
template <>
struct IntegersOf<8> {
  using Signed = std::int64_t;
  using Unsigned = std::uint64_t;
};
template <class T>
using SignedOf = typename IntegersOf<sizeof(T)>::Signed;

template <class T>
struct WrappingOf {
  using type = typename IntegersOf<sizeof(T)>::Unsigned;
};
template <>
struct WrappingOf<float> {
  using type = float;
};
template <>
struct WrappingOf<double> {
  using type = double;
};

template <class T>
constexpr bool kIsFloat = false;
template <>
constexpr bool kIsFloat<float> = true;
template <>
constexpr bool kIsFloat<double> = true;

template <class T>
constexpr int kLanes = kVectorBytes / static_cast<int>(sizeof(T));

// The result of a comparison: each lane all ones or all zeros.
template <class T>
struct Mask {
  using Lanes = Native<SignedOf<T>, kLanes<T>>;
  Lanes v;

  Mask() = default;
  Mask(Lanes lanes) : v(lanes) {}
  explicit Mask(bool all) : v(all ? ~Lanes{} : Lanes{}) {}
  friend Mask operator&(Mask a, Mask b) { return a.v & b.v; }
  friend Mask operator|(Mask a, Mask b) { return a.v | b.v; }
  friend Mask operator^(Mask a, Mask b) { return a.v ^ b.v; }
  friend Mask operator~(Mask a) { return ~a.v; }
};

template <class T>
struct Vec {
  using Element = T;
  using Lanes = Native<T, kLanes<T>>;
  using Wrapping = Native<typename WrappingOf<T>::type, kLanes<T>>;
  using Bits = Native<typename IntegersOf<sizeof(T)>::Unsigned, kLanes<T>>;
  Lanes v;

  Vec() = default;
  Vec(Lanes lanes) : v(lanes) {}
  Vec(T value) : v(value - Lanes{}) {}

  friend Vec operator+(Vec a, Vec b) { return (Lanes)((Wrapping)a.v + (Wrapping)b.v); }
  friend Vec operator-(Vec a, Vec b) { return (Lanes)((Wrapping)a.v - (Wrapping)b.v); }
  friend Vec operator*(Vec a, Vec b) { return (Lanes)((Wrapping)a.v * (Wrapping)b.v); }
  friend Vec operator-(Vec a) { return (Lanes)(-(Wrapping)a.v); }
  friend Vec operator/(Vec a, Vec b) requires kIsFloat<T> { return a.v / b.v; }

  friend Vec operator&(Vec a, Vec b) { return (Lanes)((Bits)a.v & (Bits)b.v); }
  friend Vec operator|(Vec a, Vec b) { return (Lanes)((Bits)a.v | (Bits)b.v); }
  friend Vec operator^(Vec a, Vec b) { return (Lanes)((Bits)a.v ^ (Bits)b.v); }
  friend Vec operator~(Vec a) { return (Lanes)(~(Bits)a.v); }
  friend Vec operator<<(Vec a, int bits) { return (Lanes)((Bits)a.v << bits); }
  friend Vec operator>>(Vec a, int bits) requires(!kIsFloat<T>) { return a.v >> bits; }

  friend Mask<T> operator==(Vec a, Vec b) { return (typename Mask<T>::Lanes)(a.v == b.v); }
  friend Mask<T> operator!=(Vec a, Vec b) { return (typename Mask<T>::Lanes)(a.v != b.v); }
  friend Mask<T> operator<(Vec a, Vec b) { return (typename Mask<T>::Lanes)(a.v < b.v); }
  friend Mask<T> operator<=(Vec a, Vec b) { return (typename Mask<T>::Lanes)(a.v <= b.v); }
  friend Mask<T> operator>(Vec a, Vec b) { return (typename Mask<T>::Lanes)(a.v > b.v); }
  friend Mask<T> operator>=(Vec a, Vec b) { return (typename Mask<T>::Lanes)(a.v >= b.v); }

  friend Vec select(Mask<T> mask, Vec a, Vec b) { return mask.v ? a.v : b.v; }
};

// ---- memory ----

// Lanes at any address. (GCC 12 moves a vector of int64 or uint8 that memcpy fills through the stack, in halves.)
template <class T>
struct UnalignedOf {
  typedef typename Vec<T>::Lanes type __attribute__((aligned(1), may_alias));
};

template <class T>
Vec<T> load(const T* from) {
  return typename Vec<T>::Lanes(*reinterpret_cast<const typename UnalignedOf<T>::type*>(from));
}

template <class T>
void store(Vec<T> x, T* to) {
  *reinterpret_cast<typename UnalignedOf<T>::type*>(to) = x.v;
}

// The first `count` (1..lanes) elements; the first one again in the lanes behind them.
template <class T>
Vec<T> loadPartial(const T* from, std::int64_t count) {
#if defined(__AVX512BW__)
  const __mmask64 mask = ~0ull >> (64 - count * sizeof(T));
  return (typename Vec<T>::Lanes)_mm512_mask_loadu_epi8((__m512i)Vec<T>(*from).v, mask, from);
#else
  Vec<T> x(*from);
  __builtin_memcpy(&x, from, static_cast<std::size_t>(count) * sizeof(T));
  return x;
#endif
}

template <class T>
void storePartial(Vec<T> x, T* to, std::int64_t count) {
#if defined(__AVX512BW__)
  _mm512_mask_storeu_epi8(to, ~0ull >> (64 - count * sizeof(T)), (__m512i)x.v);
#else
  __builtin_memcpy(to, &x, static_cast<std::size_t>(count) * sizeof(T));
#endif
}

// The first few elements, of 16 bytes; the lanes behind them are 0.
template <class T>
constexpr int kFewLanes = 16 / static_cast<int>(sizeof(T));

template <class T>
Vec<T> loadFew(const T* from) {
  Native<T, kFewLanes<T>> few;
  __builtin_memcpy(&few, from, sizeof few);
#if defined(__AVX512BW__)
  return (typename Vec<T>::Lanes)_mm512_zextsi128_si512((__m128i)few);
#elif defined(__AVX2__)
  return (typename Vec<T>::Lanes)_mm256_zextsi128_si256((__m128i)few);
#else
  return few;
#endif
}

// Past the caches, where the instruction set can; `to` is aligned to a vector.
template <class T>
void storePast(Vec<T> x, T* to) {
#if defined(__AVX512BW__)
  _mm512_stream_si512(reinterpret_cast<__m512i*>(to), (__m512i)x.v);
#elif defined(__AVX2__)
  _mm256_stream_si256(reinterpret_cast<__m256i*>(to), (__m256i)x.v);
#elif defined(__x86_64__)
  _mm_stream_si128(reinterpret_cast<__m128i*>(to), (__m128i)x.v);
#else
  store(x, to);
#endif
}

// `count` (1..lanes) elements that lie `stride` apart; the first one again in the lanes behind them.
template <class To, class From>
Vec<To> loadApart(const From* from, std::int64_t stride, std::int64_t count) {
  To lanes[kLanes<To>];
  if (count == kLanes<To>) {
    for (std::int64_t i = 0; i < kLanes<To>; ++i) lanes[i] = static_cast<To>(from[i * stride]);
  } else {
    for (std::int64_t i = 0; i < kLanes<To>; ++i) lanes[i] = static_cast<To>(from[i < count ? i * stride : 0]);
  }
  return load(lanes);
}

// ---- masks ----

template <class T>
bool any(Mask<T> mask) {
#if defined(__AVX512BW__)
  return _mm512_movepi8_mask((__m512i)mask.v) != 0;
#elif defined(__AVX2__)
  return _mm256_movemask_epi8((__m256i)mask.v) != 0;
#elif defined(__x86_64__)
  return _mm_movemask_epi8((__m128i)mask.v) != 0;
#elif defined(__aarch64__)
  return vmaxvq_u8((uint8x16_t)mask.v) != 0;
#endif
}

template <class T>
Mask<T> isNan(Vec<T> x) {
  return x != x;
}

// ---- lanes ----

template <int... I>
struct Indices {};
#if defined(__clang__)
template <class T, T... I>
using IndicesOf = Indices<I...>;
template <int N>
using FirstIndices = __make_integer_seq<IndicesOf, int, N>;
#else
template <int N>
using FirstIndices = Indices<__integer_pack(N)...>;
#endif

template <class T>
Vec<T> laneNumbers() {
  return []<int... I>(Indices<I...>) { return Vec<T>(typename Vec<T>::Lanes{static_cast<T>(I)...}); }
  (FirstIndices<kLanes<T>>{});
}

// Lane i of the result is lane i + kBy of x (around the end).
template <int kBy, class T>
Vec<T> rotateLanes(Vec<T> x) {
  return [&]<int... I>(Indices<I...>) { return Vec<T>(__builtin_shufflevector(x.v, x.v, ((I + kBy) % kLanes<T>)...)); }
  (FirstIndices<kLanes<T>>{});
}

// The last lane first.
template <class T>
Vec<T> reverseLanes(Vec<T> x) {
  return [&]<int... I>(Indices<I...>) { return Vec<T>(__builtin_shufflevector(x.v, x.v, (kLanes<T> - 1 - I)...)); }
  (FirstIndices<kLanes<T>>{});
}

// ---- bits ----

// The same bits as lanes of To.
template <class To, class From>
Vec<To> bitcast(Vec<From> x) {
  static_assert(sizeof(To) == sizeof(From));
  return (typename Vec<To>::Lanes)x.v;
}

template <class T>
constexpr T kSignBit = static_cast<T>(-0.0);
template <>
constexpr std::int32_t kSignBit<std::int32_t> = INT32_MIN;
template <>
constexpr std::int64_t kSignBit<std::int64_t> = INT64_MIN;

template <class T>
Vec<T> abs(Vec<T> x) {
  if constexpr (kIsFloat<T>) return x & ~Vec<T>(kSignBit<T>);
  else if constexpr (sizeof(T) == 1) return x;
  else return select(x < Vec<T>(0), -x, x);
}

template <class T>
Vec<T> copySign(Vec<T> magnitude, Vec<T> sign) {
  const Vec<T> bit(kSignBit<T>);
  return (magnitude & ~bit) | (sign & bit);
}

template <class T>
Mask<T> signBit(Vec<T> x) {
  return Mask<T>(bitcast<SignedOf<T>>(x).v >> static_cast<int>(8 * sizeof(T) - 1));
}

// Shifts in zeros, whatever the sign.
template <class T>
Vec<T> shiftRight(Vec<T> x, int bits) {
  return (typename Vec<T>::Lanes)((typename Vec<T>::Bits)x.v >> bits);
}

// ---- conversion ----

// float <-> int32 and double <-> int64; lanes that do not fit an integer are the caller's to avoid.
template <class To, class From>
Vec<To> convert(Vec<From> x) {
  static_assert(sizeof(To) == sizeof(From));
  return __builtin_convertvector(x.v, typename Vec<To>::Lanes);
}

// The lower and the upper half of a vector of float. (GCC makes four instructions of one where it converts a whole
// vector.)
template <int kHalf>
Vec<double> widen(Vec<float> x) {
#if defined(__AVX512BW__)
  return _mm512_cvtps_pd(_mm512_extractf32x8_ps(x.v, kHalf));
#else
  return [&]<int... I>(Indices<I...>) {
    const auto half = __builtin_shufflevector(x.v, x.v, (I + kHalf * kLanes<double>)...);
    return Vec<double>(__builtin_convertvector(half, Vec<double>::Lanes));
  }
  (FirstIndices<kLanes<double>>{});
#endif
}

inline Vec<float> narrow(Vec<double> lower, Vec<double> upper) {
  using Half = Native<float, kLanes<double>>;
  const Half a = __builtin_convertvector(lower.v, Half), b = __builtin_convertvector(upper.v, Half);
  return [&]<int... I>(Indices<I...>) { return Vec<float>(__builtin_shufflevector(a, b, I...)); }
  (FirstIndices<kLanes<float>>{});
}

// A float function through the double one: half the speed, nearly the correctly rounded result.
template <class F, class... V>
Vec<float> throughDouble(F f, V... x) {
  return narrow(f(widen<0>(x)...), f(widen<1>(x)...));
}

// ---- floating point ----

#if defined(__AVX512BW__)
#define DYNGRAD_SIMD(name) _mm512_##name
#define DYNGRAD_ROUND(x, mode, suffix) _mm512_roundscale_##suffix(x, mode | _MM_FROUND_NO_EXC)
#elif defined(__AVX2__)
#define DYNGRAD_SIMD(name) _mm256_##name
#define DYNGRAD_ROUND(x, mode, suffix) _mm256_round_##suffix(x, mode | _MM_FROUND_NO_EXC)
#elif defined(__x86_64__)
#define DYNGRAD_SIMD(name) _mm_##name
#define DYNGRAD_ROUND(x, mode, suffix) _mm_round_##suffix(x, mode | _MM_FROUND_NO_EXC)
#endif

#if defined(__x86_64__)
inline Vec<float> sqrt(Vec<float> x) { return DYNGRAD_SIMD(sqrt_ps)(x.v); }
inline Vec<double> sqrt(Vec<double> x) { return DYNGRAD_SIMD(sqrt_pd)(x.v); }
inline Vec<float> floor(Vec<float> x) { return DYNGRAD_ROUND(x.v, _MM_FROUND_TO_NEG_INF, ps); }
inline Vec<double> floor(Vec<double> x) { return DYNGRAD_ROUND(x.v, _MM_FROUND_TO_NEG_INF, pd); }
inline Vec<float> ceil(Vec<float> x) { return DYNGRAD_ROUND(x.v, _MM_FROUND_TO_POS_INF, ps); }
inline Vec<double> ceil(Vec<double> x) { return DYNGRAD_ROUND(x.v, _MM_FROUND_TO_POS_INF, pd); }
inline Vec<float> trunc(Vec<float> x) { return DYNGRAD_ROUND(x.v, _MM_FROUND_TO_ZERO, ps); }
inline Vec<double> trunc(Vec<double> x) { return DYNGRAD_ROUND(x.v, _MM_FROUND_TO_ZERO, pd); }
inline Vec<float> roundEven(Vec<float> x) { return DYNGRAD_ROUND(x.v, _MM_FROUND_TO_NEAREST_INT, ps); }
inline Vec<double> roundEven(Vec<double> x) { return DYNGRAD_ROUND(x.v, _MM_FROUND_TO_NEAREST_INT, pd); }
// a < b ? a : b and a > b ? a : b, hence b where a lane of either is NaN.
inline Vec<float> lesser(Vec<float> a, Vec<float> b) { return DYNGRAD_SIMD(min_ps)(a.v, b.v); }
inline Vec<double> lesser(Vec<double> a, Vec<double> b) { return DYNGRAD_SIMD(min_pd)(a.v, b.v); }
inline Vec<float> greater(Vec<float> a, Vec<float> b) { return DYNGRAD_SIMD(max_ps)(a.v, b.v); }
inline Vec<double> greater(Vec<double> a, Vec<double> b) { return DYNGRAD_SIMD(max_pd)(a.v, b.v); }
#if defined(__FMA__)
inline Vec<float> fma(Vec<float> a, Vec<float> b, Vec<float> c) { return DYNGRAD_SIMD(fmadd_ps)(a.v, b.v, c.v); }
inline Vec<double> fma(Vec<double> a, Vec<double> b, Vec<double> c) { return DYNGRAD_SIMD(fmadd_pd)(a.v, b.v, c.v); }
#else
template <class T>
Vec<T> fma(Vec<T> a, Vec<T> b, Vec<T> c) {
  return a * b + c;
}
#endif
#if defined(__AVX512BW__)
constexpr bool kHasScale = true;
// x 2^n, rounded once.
inline Vec<float> scaleByPower(Vec<float> x, Vec<float> n) { return _mm512_scalef_ps(x.v, n.v); }
inline Vec<double> scaleByPower(Vec<double> x, Vec<double> n) { return _mm512_scalef_pd(x.v, n.v); }
// Lane i is table[n] for the number n in the four low bits of lane i of `index`.
constexpr bool kHasTables = true;
inline Vec<float> lookUp(const float (&table)[16], Vec<float> index) {
  return _mm512_permutexvar_ps((__m512i)index.v, load(table).v);
}
// x = 2^k m with m in [0.75, 1.5), where k = exponent(x) - exponent(m), denormal x included; m is NaN for x < 0.
// For 0 and infinity m is 1 or -1 and k infinite.
inline Vec<float> exponent(Vec<float> x) { return _mm512_getexp_ps(x.v); }
inline Vec<float> significand(Vec<float> x) { return _mm512_getmant_ps(x.v, _MM_MANT_NORM_p75_1p5, _MM_MANT_SIGN_nan); }
#else
constexpr bool kHasScale = false, kHasTables = false;
#endif
#undef DYNGRAD_SIMD
#undef DYNGRAD_ROUND
#elif defined(__aarch64__)
constexpr bool kHasScale = false, kHasTables = false;
inline Vec<float> sqrt(Vec<float> x) { return vsqrtq_f32(x.v); }
inline Vec<double> sqrt(Vec<double> x) { return vsqrtq_f64(x.v); }
inline Vec<float> floor(Vec<float> x) { return vrndmq_f32(x.v); }
inline Vec<double> floor(Vec<double> x) { return vrndmq_f64(x.v); }
inline Vec<float> ceil(Vec<float> x) { return vrndpq_f32(x.v); }
inline Vec<double> ceil(Vec<double> x) { return vrndpq_f64(x.v); }
inline Vec<float> trunc(Vec<float> x) { return vrndq_f32(x.v); }
inline Vec<double> trunc(Vec<double> x) { return vrndq_f64(x.v); }
inline Vec<float> roundEven(Vec<float> x) { return vrndnq_f32(x.v); }
inline Vec<double> roundEven(Vec<double> x) { return vrndnq_f64(x.v); }
inline Vec<float> fma(Vec<float> a, Vec<float> b, Vec<float> c) { return vfmaq_f32(c.v, a.v, b.v); }
inline Vec<double> fma(Vec<double> a, Vec<double> b, Vec<double> c) { return vfmaq_f64(c.v, a.v, b.v); }
template <class T>
Vec<T> lesser(Vec<T> a, Vec<T> b) {
  return select(a < b, a, b);
}
template <class T>
Vec<T> greater(Vec<T> a, Vec<T> b) {
  return select(a > b, a, b);
}
#endif

}  // namespace
}  // namespace dyngrad::KERNEL_NS
