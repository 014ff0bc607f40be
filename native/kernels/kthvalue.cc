// The element of a rank along the last dim, and where a stable sort would take it from.
#include "select.h"

namespace dyngrad::KERNEL_NS {
namespace {

LineCopy copyOf(const Call& call) {
  const CallOperand& input = call.at(kInput);
  return LineCopy(strideOf(input) == 0 ? 1 : sizeOf(input), strideOf(input), kItemSize[static_cast<int>(call.dtype)]);
}

Parts partsOf(const Call& call) { return Parts(linesOf(call), sizeOf(call.at(kInput)), copyOf(call).bytes()); }

const char* checkMedian(const Call& call, std::int64_t& scratchBytes) {
  if (sizeOf(call.at(kInput)) == 0 && countOf(call.at(kValues)) > 0) return "the dim is empty";
  scratchBytes = partsOf(call).total(linesOf(call));
  return nullptr;
}

const char* checkKthvalue(const Call& call, std::int64_t& scratchBytes) {
  if (call.integers[0] > sizeOf(call.at(kInput))) return "k is larger than the dim";
  return checkMedian(call, scratchBytes);
}

// The position of a key after so many equal ones, or -1.
template <class T>
std::int64_t positionOfKey(const DenseKeys<T> keys, std::int64_t n, Selected<SignedOf<T>> wanted) {
  using Key = SignedOf<T>;
  const Vec<Key> all(wanted.key);
  std::int64_t position = -1;
  forEachKey(
      keys, n, [&](Vec<Key> x) { return x == all; },
      [&](std::int64_t i, Key key) {
        if (key != wanted.key || wanted.before-- > 0) return true;
        position = i;
        return false;
      });
  return position;
}

template <class T>
std::int64_t firstNan(const T* data, std::int64_t n) {
  if constexpr (!kIsFloat<T>) return -1;
  else return positionOfKey(DenseKeys<T>{data, 0}, n, {kGreatestKey<T>, 0});
}

// The median is the lower of two in the middle, and the first NaN where there is one.
template <class T, bool kMedian>
std::int64_t kthvalue(const Call& call) {
  const std::int64_t n = sizeOf(call.at(kInput)), step = strideOf(call.at(kInput));
  const std::int64_t rank = kMedian ? (n - 1) / 2 : call.integers[0] - 1;
  const LineCopy copy = copyOf(call);
  forEachLine<T>(call, partsOf(call), [&](const T* data, T* values, std::int64_t* indices, std::byte* scratch) {
    std::int64_t position = -1;
    if (step == 0) {
      // One element all over: the order is that of positions.
      position = kMedian && data[0] != data[0] ? 0 : rank;
    } else {
      const DenseKeys<T> keys{copy.dense(data, n, step, scratch), 0};
      if (kMedian) position = firstNan(keys.data, n);
      if (position < 0) position = positionOfKey(keys, n, selectOf(keys, n, rank, scratch + copy.copy));
    }
    *values = data[position * step];
    *indices = position;
  });
  return 0;
}

double kthvalueCost(const Call& call) { return 3.0 * static_cast<double>(walkedCount(call.at(kInput))); }

constexpr OperandRule kOperands[] = {
    {"input", "*n"}, {"values", "*", kCallDType, kWritten}, {"indices", "*", fixed(DType::kInt64), kWritten}};
constexpr IntegerRule kIntegers[] = {{"k", 1, std::int64_t{1} << 53}};

template <bool kMedian>
constexpr KernelRow row(const char* name, List<IntegerRule> integers) {
  return {name,
          kOperands,
          integers,
          {},
          {},
          kMedian ? checkMedian : checkKthvalue,
          {kthvalue<float, kMedian>, kthvalue<double, kMedian>, kthvalue<std::int32_t, kMedian>,
           kthvalue<std::int64_t, kMedian>, kthvalue<std::uint8_t, kMedian>, nullptr},
          kthvalueCost};
}

constexpr KernelRow kRows[] = {row<false>("kthvalue", kIntegers), row<true>("median", {})};

}  // namespace

FileRows kthvalueRows() { return {.kernel = kRows}; }

}  // namespace dyngrad::KERNEL_NS
