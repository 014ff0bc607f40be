#include "binding/kernels.h"

#include <cstring>

#include "binding/addon_data.h"
#include "binding/arguments.h"
#include "runtime/descriptor_parts.h"

namespace dyngrad {
namespace {

// Indexed by Signature.
constexpr const char* kSignatureNames[] = {"same", "compare", "select", "cast", "index"};

// Bit `1 << dtype` where `has(dtype)`.
template <class F>
int dtypesWhere(F has) {
  int bits = 0;
  for (int dtype = 0; dtype < kDTypeCount; ++dtype) bits |= has(dtype) ? 1 << dtype : 0;
  return bits;
}

template <class Row, class F>
Napi::Array listRows(Napi::Env env, const Row* rows, int count, F describe) {
  Napi::Array list = Napi::Array::New(env, static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    Napi::Object row = Napi::Object::New(env);
    row["name"] = Napi::String::New(env, rows[i].name);
    describe(row, rows[i]);
    list[static_cast<std::uint32_t>(i)] = row;
  }
  return list;
}

Napi::Array listPointwise(Napi::Env env, const KernelTable& table) {
  return listRows(env, table.pointwise, table.pointwiseCount, [env](Napi::Object& object, const PointwiseRow& row) {
    object["arity"] = Napi::Number::New(env, row.arity);
    object["signature"] = Napi::String::New(env, kSignatureNames[static_cast<int>(row.signature)]);
    object["source"] = Napi::Number::New(env, static_cast<int>(row.source));
    object["checks"] = Napi::Boolean::New(env, row.checks);
    object["dtypes"] = Napi::Number::New(env, dtypesWhere([&](int dtype) { return row.kernels[dtype] != nullptr; }));
  });
}

Napi::Object describeOperand(Napi::Env env, const OperandRule& rule) {
  Napi::Object object = Napi::Object::New(env);
  object["name"] = Napi::String::New(env, rule.name);
  object["extents"] = Napi::String::New(env, rule.extents);
  object["dtype"] = Napi::Number::New(env, rule.dtype);
  const auto flag = [&](const char* name, std::uint32_t bit) {
    object[name] = Napi::Boolean::New(env, (rule.flags & bit) != 0);
  };
  flag("isWritten", kWritten);
  flag("isUpdated", kUpdated);
  flag("isScattered", kScattered);
  flag("isOptional", kOptional);
  flag("isRepeated", kRepeated);
  flag("isContiguous", kContiguous);
  object["inPlaceOf"] = Napi::Number::New(env, rule.inPlaceOf);
  return object;
}

template <class Rule>
Napi::Array describeParameters(Napi::Env env, const List<Rule>& rules) {
  Napi::Array list = Napi::Array::New(env);
  for (const Rule& rule : rules) {
    Napi::Object object = Napi::Object::New(env);
    object["name"] = Napi::String::New(env, rule.name);
    object["low"] = Napi::Number::New(env, static_cast<double>(rule.low));
    object["high"] = Napi::Number::New(env, static_cast<double>(rule.high));
    list[list.Length()] = object;
  }
  return list;
}

Napi::Object describeKernel(Napi::Env env, const KernelRow& row) {
  Napi::Object object = Napi::Object::New(env);
  object["name"] = Napi::String::New(env, row.name);
  object["dtypes"] = Napi::Number::New(env, dtypesWhere([&](int dtype) { return row.run[dtype] != nullptr; }));
  Napi::Array operands = Napi::Array::New(env);
  for (const OperandRule& rule : row.operands) operands[operands.Length()] = describeOperand(env, rule);
  object["operands"] = operands;
  object["integers"] = describeParameters(env, row.integers);
  object["reals"] = describeParameters(env, row.reals);
  Napi::Object sizes = Napi::Object::New(env);
  for (const FixedSize& each : row.sizes)
    sizes[std::string(1, each.letter)] = Napi::Number::New(env, static_cast<double>(each.size));
  object["sizes"] = sizes;
  object["counts"] = Napi::Boolean::New(env, row.counts);
  object["appliesEpilogue"] = Napi::Boolean::New(env, row.appliesEpilogue);
  return object;
}

Napi::Array listKernelRows(Napi::Env env, const KernelTable& table) {
  Napi::Array list = Napi::Array::New(env);
  for (int i = 0; i < table.kernelCount; ++i) list[list.Length()] = describeKernel(env, *table.kernel[i]);
  return list;
}

Napi::Array listReduce(Napi::Env env, const KernelTable& table) {
  return listRows(env, table.reduce, table.reduceCount, [env](Napi::Object& object, const ReduceRow& row) {
    object["dtypes"] =
        Napi::Number::New(env, dtypesWhere([&](int dtype) { return row.kernels[dtype].rows != nullptr; }));
  });
}

}  // namespace

Napi::Value listKernels(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const KernelTable& table = env.GetInstanceData<AddonData>()->table;
  Napi::Object kernels = Napi::Object::New(env);
  kernels["pointwise"] = listPointwise(env, table);
  kernels["reduce"] = listReduce(env, table);
  kernels["kernel"] = listKernelRows(env, table);
  kernels["matmul"] = Napi::Number::New(env, dtypesWhere([&](int dtype) { return table.matmul[dtype] != nullptr; }));
  return kernels;
}

// Operands lie at addresses that nobody reads, far from each other.
Napi::Value kernelCost(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto& addon = *env.GetInstanceData<AddonData>();
  Buffer words;
  if (!readBuffer(env, info[0], addon.nodeTakesShared, words))
    throw Napi::TypeError::New(env, "internal: cost takes an ArrayBuffer");
  constexpr std::int64_t kSpace = std::int64_t{1} << 54;
  Buffer buffers[kMaxOperands];
  for (int i = 0; i < kMaxOperands; ++i)
    buffers[i] = {reinterpret_cast<void*>(static_cast<std::uintptr_t>(i + 1) << 56), kSpace};
  try {
    Launch launch;
    double operands = 0;
    if (words.bytes >= 24) std::memcpy(&operands, static_cast<const std::byte*>(words.data) + 16, sizeof operands);
    const int count = operands >= 1 && operands <= kMaxOperands ? static_cast<int>(operands) : 0;
    decode(addon.table, words.data, words.bytes, buffers, count, launch);
    if (launch.family != Family::kKernel) throw Malformed("cost is known of kernel calls alone");
    const CallCost cost = costOf(launch);
    Napi::Object result = Napi::Object::New(env);
    result["bytes"] = Napi::Number::New(env, cost.bytes);
    result["operations"] = Napi::Number::New(env, cost.operations);
    return result;
  } catch (const std::exception& error) {
    throw Napi::RangeError::New(env, std::string("internal: ") + error.what());
  }
}

}  // namespace dyngrad
