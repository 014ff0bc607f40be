#include "runtime/prepared.h"

#include <atomic>
#include <new>

#include "runtime/descriptor_parts.h"

namespace dyngrad {
namespace {

bool takesEpilogue(const Launch& launch) {
  return launch.family == Family::kMatmul || (launch.family == Family::kKernel && launch.kernel.row->appliesEpilogue);
}

std::int64_t denseElements(const BatchedMatmul& matmul) {
  if (matmul.batches == 0) return 0;
  const MatmulLaunch& x = matmul.first;
  const bool dense = matmul.rank == 0 && (x.m == 1 || x.outRow == x.n) && (x.n == 1 || x.outColumn == 1);
  return dense ? x.m * x.n : -1;
}

std::int64_t denseElements(const CallOperand& operand) {
  std::int64_t count = 1;
  for (int d = operand.rank - 1; d >= 0; --d) {
    if (operand.sizes[d] != 1 && operand.strides[d] != count && count > 0) return -1;
    count = saturatingProduct(count, operand.sizes[d]);
  }
  return count;
}

// Elements of a product whose output is one dense block, -1 where it is not.
std::int64_t denseElements(const Launch& product) {
  if (product.family == Family::kMatmul) return denseElements(product.matmul);
  return denseElements(product.kernel.operands[product.operandCount - product.writes]);
}

// True when the operand's elements lie in memory in their logical order.
bool isDense(const Expression& e, int operand) {
  std::int64_t dense = 1;
  for (int d = e.rank - 1; d >= 0; --d) {
    if (e.sizes[d] == 1) continue;
    if (e.strides[operand][d] != dense) return false;
    dense *= e.sizes[d];
  }
  return true;
}

// True when a walk that takes the dims of the operand's larger strides further out, as a plan's does, is the logical
// order.
bool isOrdered(const Expression& e, int operand) {
  std::int64_t outer = kMaxInteger;
  for (int d = 0; d < e.rank; ++d) {
    if (e.sizes[d] == 1) continue;
    if (e.strides[operand][d] > outer) return false;
    outer = e.strides[operand][d];
  }
  return true;
}

}  // namespace

void Prepared::decode(const KernelTable& table, const void* words, std::int64_t wordBytes, const Buffer* buffers,
                      int bufferCount) {
  dyngrad::decode(table, words, wordBytes, buffers, bufferCount, launch_);
  moved_ = true;
  planned_ = false;
  kind_ = kindOf();
  if (kind_ == Kind::kReduction) tree_ = makeTree(launch_.expression);
}

bool Prepared::decodeAgain(const void* words, const Buffer* buffers) {
  moved_ = true;
  planned_ = false;
  return dyngrad::decodeAgain(words, buffers, launch_);
}

bool Prepared::recurs() const {
  if (launch_.family == Family::kKernel) return true;
  if (launch_.family == Family::kMatmul) return launch_.matmul.batches > 0;
  return launch_.family == Family::kPointwise && launch_.expression.count > 0;
}

Prepared::Kind Prepared::kindOf() {
  if (launch_.family != Family::kPointwise) return Kind::kOther;
  const Expression& e = launch_.expression;
  if (e.keptCount == 0) return Kind::kEmpty;
  if (e.count == 0) return Kind::kEmptyReduction;
  if (e.reduces) return Kind::kReduction;
  if (direct_.prepare(launch_)) return Kind::kDirect;
  return nested_.prepare(launch_) ? Kind::kNested : Kind::kElements;
}

void Prepared::becomeEpilogueOf(const Prepared& product) {
  const Expression& e = launch_.expression;
  if (launch_.family != Family::kPointwise || e.reduces) throw Malformed("an epilogue is no elementwise expression");
  if (!takesEpilogue(product.launch_)) throw Malformed("an epilogue does not follow a matmul");
  const std::int64_t elements = denseElements(product.launch_);
  if (elements < 0) throw Malformed("the output of a matmul with an epilogue is not one dense block");
  if (elements != e.count)
    throw Malformed("an epilogue of %lld elements follows a matmul of %lld", static_cast<long long>(e.count),
                    static_cast<long long>(elements));
  isEpilogue_ = true;
  // Parts of it begin anywhere.
  if (kind_ == Kind::kNested) kind_ = Kind::kElements;
  byRows_ = elements > 1 && mayRunByRowsOf(product);
}

// Rows of the product run together with their part of the expression, in any order. So the expression has to go through
// its elements in that order, read of the product only the element at which it stands, and write nothing that the
// product reads.
bool Prepared::mayRunByRowsOf(const Prepared& product) const {
  const Expression& e = launch_.expression;
  if (!isOrdered(e, e.inputs)) return false;
  const int first = product.launch_.operandCount - product.launch_.writes;
  const Operand& out = product.launch_.operands[first];
  const Range written = rangeOf(product.launch_, first);
  for (int i = 0; i < launch_.operandCount; ++i) {
    const Operand& operand = launch_.operands[i];
    const Range range = rangeOf(operand, e.reach[i]);
    const bool same = operand.data == out.data && operand.item == out.item && isDense(e, i);
    if (!same && range.meets(written)) return false;
    // Nothing of what else the product writes is read, nothing that it touches is written.
    for (int j = 0; j < product.launch_.operandCount; ++j)
      if (j != first && (i >= e.inputs || j > first) && range.meets(rangeOf(product.launch_, j))) return false;
  }
  return true;
}

// Makes pointers, plan and uniform values those of the operands as they are.
void Prepared::prepare() {
  if (kind_ == Kind::kDirect) {
    if (moved_) direct_.bind(launch_);
    direct_.read();
  } else if (kind_ == Kind::kNested) {
    if (moved_) nested_.bind(launch_);
    nested_.read();
  } else if (kind_ == Kind::kElements || kind_ == Kind::kReduction) {
    if (planned_) {
      // Slots never overlap, and within a slot nothing moves.
      if (moved_) movePlan(launch_, plan_);
      rereadUniforms(launch_, plan_);
    } else {
      planned_ = false;
      makePlan(launch_, plan_);
      // What follows from constants alone is not evaluated again, and its failure would be forgotten.
      planned_ = plan_.status == 0;
    }
  } else if (moved_) {
    bind(launch_);
  }
  moved_ = false;
}

int Prepared::runElementwise() const { return kind_ == Kind::kDirect ? direct_.run() : runElements(plan_); }

int Prepared::runElementwise(std::int64_t begin, std::int64_t end) const {
  return kind_ == Kind::kDirect ? direct_.run(begin, end) : runElements(plan_, begin, end);
}

std::int64_t Prepared::run(const KernelTable& table) {
  prepare();
  switch (kind_) {
    case Kind::kEmpty:
      return 0;
    case Kind::kDirect:
    case Kind::kElements:
      return runElementwise();
    case Kind::kNested:
      return nested_.run();
    case Kind::kReduction:
      return runReduction(plan_, tree_);
    case Kind::kEmptyReduction:
      return runReduction(launch_, plan_);
    case Kind::kOther:
      break;
  }
  return dyngrad::run(table, launch_, plan_);
}

bool Prepared::runProduct(const Epilogue* epilogue) const {
  if (launch_.family == Family::kMatmul) return runMatmul(launch_.matmul, epilogue);
  runKernel(launch_.kernel, epilogue);
  return epilogue != nullptr;
}

int Prepared::runAfter(Prepared& product) {
  product.prepare();
  if (!byRows_) {
    product.runProduct(nullptr);
    if (kind_ == Kind::kEmpty) return 0;
    prepare();
    return runElementwise();
  }
  prepare();
  struct Rows {
    const Prepared& step;
    FirstFailure failure;
    std::atomic<bool> outOfMemory;
  } rows{*this, {}, false};
  // A kernel that calls it is built without exceptions.
  const Epilogue epilogue{[](void* context, std::int64_t begin, std::int64_t end) noexcept {
                            auto& rows = *static_cast<Rows*>(context);
                            try {
                              rows.failure.add(rows.step.runElementwise(begin, end));
                            } catch (const std::bad_alloc&) {
                              rows.outOfMemory.store(true, std::memory_order_relaxed);
                            }
                          },
                          &rows};
  if (!product.runProduct(&epilogue)) return runElementwise();
  if (rows.outOfMemory.load(std::memory_order_relaxed)) throw std::bad_alloc();
  return rows.failure.status();
}

}  // namespace dyngrad
