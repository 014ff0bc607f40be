// Adam and AdamW (Kingma and Ba, 2015; Loshchilov and Hutter, 2019): parameter and state in one pass.
// As an expression of thirteen instructions, each a pass over a block, a million parameters took four times as long.
#include "extremes.h"
#include "runtime/kernel_table.h"
#include "simd/pow.h"

namespace dyngrad::KERNEL_NS {
namespace {

inline double power(double base, double exponent) { return pow(Vec<double>(base), Vec<double>(exponent)).v[0]; }

// m / correction1 / (sqrt(v) / root + eps) = (root / correction1) * m / (sqrt(v) + root * eps)
AdamFactors adamBegin(const double* options, int form, float* step) {
  *step += 1;
  const double correction1 = 1 - power(options[kBeta1], *step);
  const double root = __builtin_sqrt(1 - power(options[kBeta2], *step));
  const double decay = (form & kDecays) != 0 ? options[kWeightDecay] : 0;
  const bool decoupled = (form & kDecoupled) != 0;
  AdamFactors factors;
  factors.sign = (form & kMaximizes) != 0 ? -1 : 1;
  factors.decay = decoupled ? 0 : decay;
  factors.keep = decoupled ? 1 - options[kRate] * decay : 1;
  factors.meanWeight = 1 - options[kBeta1];
  factors.squareKeep = options[kBeta2];
  factors.squareWeight = 1 - options[kBeta2];
  factors.rate = options[kRate] * root / correction1;
  factors.eps = options[kEps] * root;
  return factors;
}

// From the end that is nearer, so that a weight of 1 gives the end. (PyTorch's lerp.)
template <class T>
Vec<T> lerp(Vec<T> start, Vec<T> end, Vec<T> weight) {
  const auto nearStart = weight < Vec<T>(T(0.5));
  return select(nearStart, start, end) + select(nearStart, weight, weight - 1) * (end - start);
}

template <class T, bool kAddsDecay, bool kLargest>
[[gnu::flatten]] void adamElements(const AdamFactors& factors, const AdamTensors& tensors, std::int64_t begin,
                                   std::int64_t end) {
  const auto vector = [](double value) { return Vec<T>(static_cast<T>(value)); };
  const Vec<T> sign = vector(factors.sign), decay = vector(factors.decay), keep = vector(factors.keep);
  const Vec<T> meanWeight = vector(factors.meanWeight), squareKeep = vector(factors.squareKeep);
  const Vec<T> squareWeight = vector(factors.squareWeight), rate = vector(factors.rate), eps = vector(factors.eps);
  const auto update = [&](auto read, auto write) {
    const Vec<T> old = read(tensors.parameter);
    Vec<T> gradient = sign * read(tensors.gradient);
    if constexpr (kAddsDecay) gradient = gradient + old * decay;
    const Vec<T> mean = lerp(read(tensors.mean), gradient, meanWeight);
    const Vec<T> square = read(tensors.square) * squareKeep + squareWeight * gradient * gradient;
    Vec<T> scale = square;
    if constexpr (kLargest) {
      scale = maximum(read(tensors.largest), square);
      write(scale, tensors.largest);
    }
    write(mean, tensors.mean);
    write(square, tensors.square);
    write(old * keep - rate * mean / (sqrt(scale) + eps), tensors.parameter);
  };
  std::int64_t i = begin;
  for (; i + kLanes<T> <= end; i += kLanes<T>)
    update([i](const void* from) { return load(static_cast<const T*>(from) + i); },
           [i](Vec<T> x, void* to) { store(x, static_cast<T*>(to) + i); });
  const std::int64_t rest = end - i;
  if (rest > 0)
    update([i, rest](const void* from) { return loadPartial(static_cast<const T*>(from) + i, rest); },
           [i, rest](Vec<T> x, void* to) { storePartial(x, static_cast<T*>(to) + i, rest); });
}

template <class T>
void adamKernel(const AdamFactors& factors, int form, const AdamTensors& tensors, std::int64_t begin,
                std::int64_t end) {
  const bool addsDecay = (form & (kDecays | kDecoupled)) == kDecays;
  if (addsDecay && tensors.largest) adamElements<T, true, true>(factors, tensors, begin, end);
  else if (addsDecay) adamElements<T, true, false>(factors, tensors, begin, end);
  else if (tensors.largest) adamElements<T, false, true>(factors, tensors, begin, end);
  else adamElements<T, false, false>(factors, tensors, begin, end);
}

}  // namespace

KernelRows adamRows() { return {.adamBegin = adamBegin, .adam = {adamKernel<float>, adamKernel<double>}}; }

}  // namespace dyngrad::KERNEL_NS
