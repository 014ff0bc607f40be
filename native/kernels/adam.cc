// Adam and AdamW (Kingma and Ba, 2015; Loshchilov and Hutter, 2019): parameter and state in one pass.
// As an expression of thirteen instructions, each a pass over a block, a million parameters took four times as long.
#include "call.h"
#include "extremes.h"
#include "simd/pow.h"

namespace dyngrad::KERNEL_NS {
namespace {

// Options of a step, float64, in the order of the operand that holds them.
enum AdamOption { kRate, kBeta1, kBeta2, kEps, kWeightDecay, kAdamOptions };
// Bits of the form. `kDecays` adds weight decay to the gradient or, if `kDecoupled`, takes it from the parameter.
enum AdamForm { kMaximizes = 1, kDecays = 2, kKeepsLargest = 4, kDecoupled = 8, kAdamForms = 16 };

// What the elements of one parameter have in common.
struct AdamFactors {
  double sign;   // of the gradient
  double decay;  // share of the parameter that is added to the gradient
  double keep;   // share of the parameter that stays
  double meanWeight, squareKeep, squareWeight;
  double rate, eps;  // with the corrections of the bias
};

// One parameter with its state. `largest` is null without kKeepsLargest.
struct AdamTensors {
  const void* gradient;
  void *parameter, *mean, *square, *largest;
  std::int64_t count;
};

inline double power(double base, double exponent) { return pow(Vec<double>(base), Vec<double>(exponent)).v[0]; }

// m / correction1 / (sqrt(v) / root + eps) = (root / correction1) * m / (sqrt(v) + root * eps)
// Counts the step.
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

// Updates the elements [begin, end).
template <class T>
void updateElements(const AdamFactors& factors, int form, const AdamTensors& tensors, std::int64_t begin,
                    std::int64_t end) {
  const bool addsDecay = (form & (kDecays | kDecoupled)) == kDecays;
  if (addsDecay && tensors.largest) adamElements<T, true, true>(factors, tensors, begin, end);
  else if (addsDecay) adamElements<T, true, false>(factors, tensors, begin, end);
  else if (tensors.largest) adamElements<T, false, true>(factors, tensors, begin, end);
  else adamElements<T, false, false>(factors, tensors, begin, end);
}

// ---- the row ----

enum AdamRule { kOptions, kGradient, kStep, kParameter, kMean, kSquare, kLargest };
// In one call: options, and for each parameter a gradient and at least four that are written, are no more than 64
// operands.
constexpr int kMostParameters = 12;

// Threads take parts of all parameters laid end to end.
template <class T>
std::int64_t adam(const Call& call) {
  double options[kAdamOptions];
  __builtin_memcpy(options, call.at(kOptions).data, sizeof options);
  const int form = static_cast<int>(call.integers[0]);
  AdamFactors factors[kMostParameters];
  AdamTensors tensors[kMostParameters];
  std::int64_t total = 0;
  for (int t = 0; t < call.repeats; ++t) {
    factors[t] = adamBegin(options, form, call.at(kStep, t).as<float>());
    tensors[t] = {call.at(kGradient, t).data,
                  call.at(kParameter, t).data,
                  call.at(kMean, t).data,
                  call.at(kSquare, t).data,
                  call.has(kLargest) ? call.at(kLargest, t).data : nullptr,
                  countOf(call.at(kParameter, t))};
    total += tensors[t].count;
  }
  inParallel(call, total, kGrain, [&](std::int64_t begin, std::int64_t end) {
    std::int64_t start = 0;
    for (int t = 0; t < call.repeats && start < end; ++t) {
      const std::int64_t next = start + tensors[t].count;
      const std::int64_t first = begin > start ? begin : start, last = end < next ? end : next;
      if (first < last) updateElements<T>(factors[t], form, tensors[t], first - start, last - start);
      start = next;
    }
  });
  return 0;
}

const char* checkAdam(const Call& call, std::int64_t&) {
  if (call.repeats > kMostParameters) return "there are more than 12 parameters";
  return call.has(kLargest) == ((call.integers[0] & kKeepsLargest) != 0) ? nullptr
                                                                         : "the form disagrees with the operands";
}

// Instructions that an element takes without options.
double adamCost(const Call& call) {
  double elements = 0;
  for (int t = 0; t < call.repeats; ++t) elements += static_cast<double>(countOf(call.at(kParameter, t)));
  return 14 * elements;
}

constexpr std::uint32_t kState = kWritten | kUpdated | kContiguous | kRepeated;
constexpr FixedSize kAdamSizes[] = {{'o', kAdamOptions}};
constexpr OperandRule kAdamOperands[] = {{"options", "o", fixed(DType::kFloat64), kContiguous},
                                         {"gradient", "N", kCallDType, kContiguous | kRepeated},
                                         {"step", "", fixed(DType::kFloat32), kState},
                                         {"parameter", "N", kCallDType, kState, kGradient},
                                         {"mean", "N", kCallDType, kState},
                                         {"square", "N", kCallDType, kState},
                                         {"largest", "N", kCallDType, kState | kOptional}};
constexpr IntegerRule kAdamIntegers[] = {{"form", 0, kAdamForms - 1}};

constexpr KernelRow kRows[] = {
    {"adam", kAdamOperands, kAdamIntegers, {}, kAdamSizes, checkAdam, {adam<float>, adam<double>}, adamCost}};

}  // namespace

FileRows adamRows() { return {.kernel = kRows}; }

}  // namespace dyngrad::KERNEL_NS
