// Reduces parts of an expression's tree on one thread.
#pragma once

#include "runtime/evaluator.h"
#include "runtime/tree.h"

namespace dyngrad {

// Combines vectors pairwise in the order of their arrival: a binary counter, level l of which holds the result of 2^l
// vectors. Cutting the vectors at a multiple of a power of two and counting the parts' results gives the same tree.
class Counter {
 public:
  static std::size_t bytesFor(std::int64_t items, std::size_t rowBytes);
  void attach(std::byte* memory, std::size_t rowBytes, const ReduceKernels* kernels);

  void reset(std::int64_t width);
  void push(const std::byte* vector);
  const std::byte* fold();

 private:
  std::byte* row(int level) const { return rows_ + static_cast<std::size_t>(level) * rowBytes_; }

  std::byte* rows_;
  std::size_t rowBytes_;
  const ReduceKernels* kernels_;
  std::int64_t width_;
  std::uint64_t pushed_;
};

// Nothing is to be computed or stored, and what is reduced lies in memory as it is counted.
bool readsWhole(const Plan& plan);

class Reducer {
 public:
  // Columns are reduced at most `width` at a time.
  Reducer(const Plan& plan, const Tree& tree, std::int64_t width);

  // Reduces items [begin, end) of the outermost level for columns [column, column + width) of the kept index `outer`.
  void reduce(std::int64_t outer, std::int64_t column, std::int64_t width, std::int64_t begin, std::int64_t end);

  // Accumulators by reduced output, in the order of the outputs.
  std::byte* result(int r) const { return outputs_[r].result; }
  int status() const { return evaluator_.status(); }

 private:
  // A reduced output.
  struct Output {
    int number;
    const ReduceKernels* kernels;
    std::int64_t item;  // bytes of an element
    const std::byte*
        whole;  // all elements in logical order, where they lie so in memory and nothing else is to be evaluated
    std::byte* result;  // one accumulator per column
    std::byte* run;     // kRunRows rows of elements
    Counter counters[kMaxRank];
  };

  void reduceLevel(int level, std::int64_t base, std::int64_t begin, std::int64_t end, std::int64_t width);
  void reduceWhole(std::int64_t base, std::int64_t begin, std::int64_t end, std::int64_t width);
  void reduceRows(std::int64_t base, std::int64_t width);
  void reduceBlocks(std::int64_t base, std::int64_t begin, std::int64_t end, std::int64_t width);
  void reduceGroups(std::int64_t base, std::int64_t begin, std::int64_t end, std::int64_t width);
  void addGroup(std::int64_t base, std::int64_t rows, std::int64_t width);
  void addRuns(std::int64_t base, std::int64_t rows, std::int64_t atOnce, std::int64_t width, bool fresh);
  void resetCounters(int level, std::int64_t width);
  void pushResults(int level);
  void foldCounters(int level, std::int64_t width);

  const Tree& tree_;
  Evaluator evaluator_;
  const bool whole_;
  int outputCount_;
  Output* outputs_;
};

}  // namespace dyngrad
