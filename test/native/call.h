// Calls of kernel rows by hand: operands over vectors, run in parts as threads would.
#pragma once

#include <algorithm>
#include <initializer_list>

#include "check.h"

namespace dyngrad::test {

inline const KernelRow* findKernel(const char* name) {
  for (int i = 0; i < table().kernelCount; ++i)
    if (std::strcmp(table().kernel[i]->name, name) == 0) return table().kernel[i];
  expect(false, "missing kernel", name);
  return nullptr;
}

using Dims = std::vector<std::int64_t>;

inline Dims denseStrides(const Dims& sizes) {
  Dims strides(sizes.size());
  std::int64_t step = 1;
  for (std::size_t d = sizes.size(); d-- > 0; step *= sizes[d]) strides[d] = step;
  return strides;
}

// A call under construction; rules are given in their order, absent ones with `skip`.
class KernelCaller {
 public:
  explicit KernelCaller(const char* name) : row_(findKernel(name)) {}

  // An operand of the next rule.
  template <class T>
  KernelCaller& operand(T* data, Dims sizes, Dims strides) {
    first_[rule_++] = static_cast<std::int16_t>(operands_.size());
    return repeat(data, std::move(sizes), std::move(strides));
  }
  template <class T>
  KernelCaller& operand(T* data, Dims sizes) {
    Dims strides = denseStrides(sizes);
    return operand(data, std::move(sizes), std::move(strides));
  }
  // One more operand of the same rule.
  template <class T>
  KernelCaller& repeat(T* data, Dims sizes, Dims strides) {
    geometry_.push_back({std::move(sizes), std::move(strides)});
    operands_.push_back(
        {const_cast<void*>(static_cast<const void*>(data)), kDType<std::remove_const_t<T>>, 0, nullptr, nullptr});
    repeats_ = std::max(repeats_, static_cast<int>(operands_.size()) - first_[rule_ - 1]);
    return *this;
  }
  KernelCaller& skip() {
    first_[rule_++] = -1;
    return *this;
  }
  KernelCaller& integers(Dims values) {
    integers_ = std::move(values);
    return *this;
  }
  KernelCaller& reals(std::vector<double> values) {
    reals_ = std::move(values);
    return *this;
  }
  // Into how many parts the work is cut, which are run from the last to the first.
  KernelCaller& parts(std::int64_t count) {
    parts_ = count;
    return *this;
  }

  // What the kernel returns, or -1000 where the row refuses the call.
  std::int64_t run(DType dtype) {
    if (row_ == nullptr) return -1000;
    for (std::size_t i = 0; i < operands_.size(); ++i) {
      operands_[i].rank = static_cast<int>(geometry_[i].sizes.size());
      operands_[i].sizes = geometry_[i].sizes.data();
      operands_[i].strides = geometry_[i].strides.data();
    }
    Call call{dtype, repeats_, operands_.data(), first_, integers_.data(), reals_.data(), nullptr, inParts, nullptr};
    std::int64_t bytes = 0;
    if (row_->check != nullptr && row_->check(call, bytes) != nullptr) return -1000;
    std::vector<std::byte> scratch(static_cast<std::size_t>(bytes) + kLineBytes);
    const auto address = reinterpret_cast<std::uintptr_t>(scratch.data());
    call.scratch = scratch.data() + (kLineBytes - address % kLineBytes) % kLineBytes;
    partCount = parts_;
    const auto kernel = row_->run[static_cast<int>(dtype)];
    expect(kernel != nullptr, "missing dtype of", row_->name);
    return kernel == nullptr ? -1000 : kernel(call);
  }
  template <class T>
  std::int64_t run() {
    return run(kDType<T>);
  }

 private:
  struct Geometry {
    Dims sizes, strides;
  };

  inline static std::int64_t partCount = 1;

  static void inParts(std::int64_t count, std::int64_t grain, PartFunction body, void* context) {
    const std::int64_t grains = (count + grain - 1) / grain;
    const std::int64_t each = (grains + partCount - 1) / partCount * grain;
    for (std::int64_t begin = (count - 1) / each * each; begin >= 0; begin -= each)
      body(context, begin, std::min(begin + each, count));
  }

  const KernelRow* row_;
  std::vector<CallOperand> operands_;
  std::vector<Geometry> geometry_;
  std::int16_t first_[kMaxRules] = {};
  int rule_ = 0, repeats_ = 1;
  Dims integers_;
  std::vector<double> reals_;
  std::int64_t parts_ = 1;
};

}  // namespace dyngrad::test
