#include "binding/kernels.h"

#include "binding/addon_data.h"

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

// Rows whose kernels are one pointer per dtype.
template <class Row>
Napi::Array listSimple(Napi::Env env, const Row* rows, int count) {
  return listRows(env, rows, count, [env](Napi::Object& object, const Row& row) {
    object["dtypes"] = Napi::Number::New(env, dtypesWhere([&](int dtype) { return row.kernels[dtype] != nullptr; }));
  });
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
  kernels["argReduce"] = listSimple(env, table.argReduce, table.argReduceCount);
  kernels["random"] = listSimple(env, table.random, table.randomCount);
  kernels["matmul"] = Napi::Number::New(env, dtypesWhere([&](int dtype) { return table.matmul[dtype] != nullptr; }));
  return kernels;
}

}  // namespace dyngrad
