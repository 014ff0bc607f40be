// Runs a plan block by block on one thread.
#pragma once

#include "runtime/plan.h"

namespace dyngrad {

class Evaluator {
 public:
  // Takes the calling thread's scratch for expressions; at most one evaluator per thread may be in use.
  explicit Evaluator(const Plan& plan);

  // Evaluates the logical elements [linear, linear + count), count <= kBlock, and writes the stored outputs. In place,
  // elements may be evaluated only once.
  void evaluate(std::int64_t linear, std::int64_t count);

  // The values of the reduced output `w` in the block that was evaluated last, contiguous; valid until the next call of
  // either.
  const std::byte* values(int w);

  // Where it is not 0, blocks should not reach over multiples of it: within them each input lies contiguous or repeats
  // a value, and across them some have to be copied.
  std::int64_t rowLength() const { return rowLength_; }

  int status() const { return status_; }

 private:
  std::byte* slot(int number) const { return slots_ + number * kSlotBytes; }
  // The halves of a register are apart: a load that spans two stores waits for them to leave the store buffer.
  Source source(int number) const { return {data_[number], steps_[number]}; }
  void setSource(int number, Source source) {
    data_[number] = source.data;
    steps_[number] = source.step;
  }
  void load(const Load& load, std::int64_t linear, std::int64_t count);
  void run(const Step& step, std::int64_t linear, std::int64_t count);
  void store(const Store& store, std::int64_t linear, std::int64_t count);

  // A line more than a page's fraction, so that equal positions in two slots do not share their low address bits.
  static constexpr std::int64_t kSlotBytes = kBlock * 8 + 128;

  const Plan& plan_;
  const void** data_;
  std::int64_t* steps_;
  std::byte* slots_;
  std::int64_t linear_ = 0, count_ = 0;
  std::int64_t rowLength_;
  int status_;
};

}  // namespace dyngrad
