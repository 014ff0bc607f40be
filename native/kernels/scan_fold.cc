// Cumulative sums and products.
#include "scan.h"

namespace dyngrad::KERNEL_NS {
namespace {

// One element, or that of four neighbouring lines: one by one, of which GCC makes one instruction; of
// __builtin_convertvector it makes four.
template <class V, class T>
V loadAs(const T* from) {
  if constexpr (sizeof(V) == kGroup * sizeof(Accumulator<T>)) {
    using A = Accumulator<T>;
    return V{static_cast<A>(from[0]), static_cast<A>(from[1]), static_cast<A>(from[2]), static_cast<A>(from[3])};
  } else {
    return static_cast<V>(*from);
  }
}

template <class V, class T>
void storeAs(V x, T* to) {
  if constexpr (sizeof(V) == kGroup * sizeof(Accumulator<T>)) {
    const Four<T> narrow = __builtin_convertvector(x, Four<T>);
    __builtin_memcpy(to, &narrow, sizeof narrow);
  } else {
    *to = static_cast<T>(x);
  }
}

struct Sum {
  template <class T>
  static constexpr bool kGrouped = kIsFloat<T>;         // a chain of integers takes a cycle for each
  static constexpr double kStart = 0, kNeutral = -0.0;  // -0 + x is x, where 0 + x makes 0 of -0
  template <class V>
  static V merge(V a, V b) {
    return a + b;
  }
};

struct Product {
  // The product of four float64 may be infinite or 0 where that of all that came before is not; in double, that of four
  // float32 may not.
  template <class T>
  static constexpr bool kGrouped = !kIsFloat<T> || sizeof(T) == 4;
  static constexpr double kStart = 1, kNeutral = 1;
  template <class V>
  static V merge(V a, V b) {
    return a * b;
  }
};

// A group's scan is x0, x01 = x0 x1, x01 x2, x01 (x2 x3); each meets the carry.
template <class Op, class T>
struct Fold {
  using A = Accumulator<T>;
  using Operands = Elements<const T, T>;
  static constexpr bool kGrouped = Op::template kGrouped<T>;
  static constexpr std::int64_t kWork = 1;

  template <std::int64_t kWidth>
  struct State {
    A carry[kWidth];

    State(std::int64_t width, const T* in, T* out) {
      for (std::int64_t c = 0; c < width; ++c) {
        carry[c] = Op::merge(static_cast<A>(Op::kStart), static_cast<A>(in[c]));
        out[c] = static_cast<T>(carry[c]);
      }
    }
  };

  static void piece(State<1>& state, std::int64_t, std::int64_t count, const T* in, T* out) {
    std::int64_t i = 0;
    if constexpr (kGrouped && !kIsFloat<A> && sizeof(A) == 8) {  // x86 multiplies them one by one
      for (; i + kGroup <= count; i += kGroup) group<A>(state.carry, kGroup, {in + i, 1}, {out + i, 1});
    } else if constexpr (kGrouped) {
      Four<A> carry = state.carry[0] - Four<A>{};
      const Four<A> neutral = static_cast<A>(Op::kNeutral) - Four<A>{};
      for (; i + kGroup <= count; i += kGroup) {
        Four<A> x = loadAs<Four<A>>(in + i);
        x = Op::merge(x, (Four<A>)__builtin_shufflevector(x, neutral, 4, 0, 6, 2));
        x = Op::merge(x, (Four<A>)__builtin_shufflevector(x, neutral, 4, 5, 1, 1));
        storeAs(Op::merge(carry, x), out + i);
        carry = Op::merge(carry, (Four<A>)__builtin_shufflevector(x, x, 3, 3, 3, 3));
      }
      state.carry[0] = carry[0];
    }
    group<A>(state.carry, count - i, {in + i, 1}, {out + i, 1});
  }

  static void rows(State<kStrip>& state, std::int64_t width, std::int64_t length, Column<const T> in, Column<T> out) {
    for (std::int64_t row = 1; row < length; row += kGroup) {
      const std::int64_t n = length - row < kGroup ? length - row : kGroup;
      const Column<const T> from{in.at(row), in.step};
      const Column<T> to{out.at(row), out.step};
      std::int64_t c = 0;
      for (; c + kGroup <= width; c += kGroup)
        group<Four<A>>(state.carry + c, n, {from.first + c, from.step}, {to.first + c, to.step});
      for (; c < width; ++c) group<A>(state.carry + c, n, {from.first + c, from.step}, {to.first + c, to.step});
    }
  }

  // The next elements, at most a group of them unless there are no groups, of one line or of four side by side.
  template <class V>
  static void group(A* carry, std::int64_t count, Column<const T> in, Column<T> out) {
    const V before = loadAs<V>(carry);
    V after = before;
    if (count == kGroup && kGrouped) {
      const V x0 = loadAs<V>(in.at(0)), x1 = loadAs<V>(in.at(1)), x2 = loadAs<V>(in.at(2)), x3 = loadAs<V>(in.at(3));
      const V x01 = Op::merge(x0, x1), x012 = Op::merge(x01, x2), x23 = Op::merge(x2, x3);
      after = Op::merge(before, Op::merge(x01, x23));
      storeAs(Op::merge(before, x0), out.at(0));
      storeAs(Op::merge(before, x01), out.at(1));
      storeAs(Op::merge(before, x012), out.at(2));
      storeAs(after, out.at(3));
    } else if (kGrouped) {
      V x = before;
      for (std::int64_t i = 0; i < count; ++i) {
        const V next = loadAs<V>(in.at(i));
        x = i == 0 ? next : Op::merge(x, next);
        storeAs(Op::merge(before, x), out.at(i));
      }
    } else {
      for (std::int64_t i = 0; i < count; ++i) {
        after = Op::merge(after, loadAs<V>(in.at(i)));
        storeAs(after, out.at(i));
      }
    }
    storeAs(after, carry);
  }
};

template <class Op>
constexpr KernelRow foldRow(const char* name) {
  return {name,
          kScanOperands,
          {},
          {},
          {},
          nullptr,
          {scan<Fold<Op, float>>, scan<Fold<Op, double>>, scan<Fold<Op, std::int32_t>>, scan<Fold<Op, std::int64_t>>,
           scan<Fold<Op, std::uint8_t>>, nullptr},
          scanCost<1>};
}

constexpr KernelRow kRows[] = {foldRow<Sum>("cumsum"), foldRow<Product>("cumprod")};

}  // namespace

FileRows scanFoldRows() { return {.kernel = kRows}; }

}  // namespace dyngrad::KERNEL_NS
