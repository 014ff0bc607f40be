// Rows that give or take booleans.
#include "loops.h"

namespace dyngrad::KERNEL_NS {
namespace {

template <class T>
Mask<T> isTrue(Vec<T> x) {
  return x != Vec<T>(0);
}

template <class T>
Mask<T> isInfinite(Vec<T> x) {
  return abs(x) == Vec<T>(static_cast<T>(__builtin_inf()));
}

template <class T>
Mask<T> isFinite(Vec<T> x) {
  return abs(x) < Vec<T>(static_cast<T>(__builtin_inf()));
}

// kLanes<T> (or fewer) bytes of 0 or 1 as a mask; spare lanes are false.
template <class T>
Mask<T> loadMask(const std::uint8_t* from, std::int64_t count) {
  Native<std::int8_t, kLanes<T>> bytes{};
  __builtin_memcpy(&bytes, from, static_cast<std::size_t>(count));
  return __builtin_convertvector(-bytes, typename Mask<T>::Lanes);
}

template <class T>
[[gnu::flatten]] int runWhere(void* out, const Source* sources, std::int64_t count) {
  const auto* condition = static_cast<const std::uint8_t*>(sources[0].data);
  const std::int64_t advance = -sources[0].step;
  Stream<T> a(sources[1]), b(sources[2]);
  T* to = static_cast<T*>(out);
  std::int64_t i = 0;
  for (; i + kLanes<T> <= count; i += kLanes<T>)
    store(select(loadMask<T>(condition + (i & advance), kLanes<T>), a.next(), b.next()), to + i);
  const std::int64_t rest = count - i;
  if (rest > 0)
    storePartial(select(loadMask<T>(condition + (i & advance), rest), a.tail(rest), b.tail(rest)), to + i, rest);
  return 0;
}

template <class... T>
constexpr PointwiseRow where(Types<T...>) {
  PointwiseRow row{"where", 3, Signature::kSelect, DType::kFloat32, false, {}, {}};
  ((row.kernels[static_cast<int>(kDTypeOf<T>)] = runWhere<Lane<T>>), ...);
  return row;
}

constexpr PointwiseRow kRows[] = {
    compare<2>("eq", kEvery, [](auto a, auto b) { return a == b; }),
    compare<2>("ne", kEvery, [](auto a, auto b) { return a != b; }),
    compare<2>("lt", kEvery, [](auto a, auto b) { return a < b; }),
    compare<2>("le", kEvery, [](auto a, auto b) { return a <= b; }),
    compare<2>("gt", kEvery, [](auto a, auto b) { return a > b; }),
    compare<2>("ge", kEvery, [](auto a, auto b) { return a >= b; }),
    compare<2>("logicalAnd", kEvery, [](auto a, auto b) { return isTrue(a) & isTrue(b); }),
    compare<2>("logicalOr", kEvery, [](auto a, auto b) { return isTrue(a) | isTrue(b); }),
    compare<2>("logicalXor", kEvery, [](auto a, auto b) { return isTrue(a) ^ isTrue(b); }),
    compare<1>("logicalNot", kEvery, [](auto x) { return x == 0; }),
    compare<1>("isnan", kFloats, [](auto x) { return isNan(x); }),
    compare<1>("isinf", kFloats, [](auto x) { return isInfinite(x); }),
    compare<1>("isfinite", kFloats, [](auto x) { return isFinite(x); }),
    compare<1>("signbit", kFloats, [](auto x) { return signBit(x); }),
    where(kEvery),
};

}  // namespace

FileRows compareRows() { return {.pointwise = kRows}; }

}  // namespace dyngrad::KERNEL_NS
