// One launch of a program: decoded once, run again and again. What follows from words and addresses is kept.
#pragma once

#include "runtime/direct.h"
#include "runtime/interpreter.h"
#include "runtime/nested.h"

namespace dyngrad {

class ProgramStep {
 public:
  // Decodes against the buffers' addresses without a look at their bytes; throws Malformed.
  ProgramStep(const KernelTable& table, const std::byte* words, std::int64_t wordBytes, const Buffer* buffers,
              int bufferCount);
  ProgramStep(const ProgramStep&) = delete;

  const Launch& launch() const { return launch_; }
  // Where an operand's address is kept.
  std::byte** address(int operand) { return &launch_.operands[operand].data; }
  // Operands have got other addresses.
  void move() { moved_ = true; }

  // Makes this expression the epilogue of `product`; throws Malformed where it cannot be one.
  void becomeEpilogueOf(const ProgramStep& product);
  bool isEpilogue() const { return isEpilogue_; }

  // Returns 0 or the status of a check.
  int run(const KernelTable& table);
  // Runs a product and this epilogue of it, whose status it returns.
  int runAfter(ProgramStep& product);

 private:
  enum class Kind { kEmpty, kDirect, kNested, kElements, kReduction, kEmptyReduction, kOther };

  Kind kindOf();
  bool mayRunByRowsOf(const ProgramStep& product) const;
  void prepare();
  int runElementwise() const;
  int runElementwise(std::int64_t begin, std::int64_t end) const;

  Launch launch_;
  Kind kind_;
  bool moved_ = true, planned_ = false, isEpilogue_ = false, byRows_ = false;
  Plan plan_;
  DirectLaunch direct_;
  NestedLaunch nested_;
  Tree tree_;
};

}  // namespace dyngrad
