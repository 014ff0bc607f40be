// A decoded launch that is run again and again, of a program or of eager code. What follows from its words is kept.
#pragma once

#include "runtime/direct.h"
#include "runtime/interpreter.h"
#include "runtime/nested.h"

namespace dyngrad {

class Prepared {
 public:
  Prepared() = default;
  Prepared(const Prepared&) = delete;

  // Decodes against the buffers' addresses without a look at their bytes; throws Malformed.
  void decode(const KernelTable& table, const void* words, std::int64_t wordBytes, const Buffer* buffers,
              int bufferCount);

  // Decodes words that differ from the last ones in byte offsets only. Operands may lie to each other as they did not
  // before. False where one ends too early or its offset makes no sense, for which decode() has the words.
  bool decodeAgain(const void* words, const Buffer* buffers);

  // True where decodeAgain() may follow.
  bool recurs() const;

  const Launch& launch() const { return launch_; }
  // Where an operand's address is kept.
  std::byte** address(int operand) { return &launch_.operands[operand].data; }
  // Bytes of scratch that a kernel call needs, and where it finds them from now on.
  std::int64_t scratchBytes() const { return launch_.family == Family::kKernel ? launch_.kernel.scratchBytes : 0; }
  void useScratch(std::byte* scratch) { launch_.kernel.scratch = scratch; }
  // Operands have got other addresses, where they lie to each other as before.
  void move() { moved_ = true; }

  // Makes this expression the epilogue of `product`; throws Malformed where it cannot be one.
  void becomeEpilogueOf(const Prepared& product);
  bool isEpilogue() const { return isEpilogue_; }

  // Returns 0 or the status of a check; of a row that counts, what it says.
  std::int64_t run(const KernelTable& table);
  // Runs a matmul, or a kernel call that never fails, and this epilogue of it, whose status it returns.
  int runAfter(Prepared& product);

 private:
  enum class Kind { kEmpty, kDirect, kNested, kElements, kReduction, kEmptyReduction, kOther };

  Kind kindOf();
  bool mayRunByRowsOf(const Prepared& product) const;
  void prepare();
  // Runs a matmul or a kernel call; true when the epilogue has run.
  bool runProduct(const Epilogue* epilogue) const;
  int runElementwise() const;
  int runElementwise(std::int64_t begin, std::int64_t end) const;

  Launch launch_;
  Kind kind_ = Kind::kEmpty;
  bool moved_ = true, planned_ = false, isEpilogue_ = false, byRows_ = false;
  Plan plan_;
  DirectLaunch direct_;
  NestedLaunch nested_;
  Tree tree_;
};

}  // namespace dyngrad
