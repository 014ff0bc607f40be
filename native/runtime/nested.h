// One instruction, or a copy, over operands of any strides, without a plan: rows run where they lie.
#pragma once

#include "runtime/stream.h"
#include "runtime/strided.h"

namespace dyngrad {

class NestedLaunch {
 public:
  // Takes over all but the values of uniform inputs; false where the expression is of another kind, or its rows too
  // short.
  bool prepare(const Launch& launch);

  // Takes over the pointers of operands that have moved.
  void bind(const Launch& launch);

  // Reads the values of uniform inputs.
  void read();

  int run() const;

 private:
  // How a row of a source comes to the kernel.
  enum class Way : std::uint8_t {
    kUniform,     // one value in all rows
    kRepeated,    // one value per row
    kInPlace,     // contiguous
    kGathered,    // by its stride
    kTransposed,  // several rows at once: they are columns in memory
  };
  // Where in the space a unit of work lies: some rows, and of each some columns.
  struct Unit {
    const std::byte* from[3];
    std::byte* to;
    std::int64_t rows, columns;
  };

  void makeNest(const Expression& e);
  Way wayOf(int s) const;
  void chooseUnits();
  Unit unitAt(std::int64_t number) const;
  bool mayStream() const;
  // Without a streamer, results go through the caches.
  int runUnits(std::int64_t begin, std::int64_t end, bool streams) const;
  bool isNarrow() const;
  int runNarrow(const Unit& unit, std::byte* memory, Streamer* streamer) const;
  int runUnit(const Unit& unit, std::byte* memory, Streamer* streamer) const;
  int runKernel(std::byte* out, const Source* sources, std::int64_t count, Streamer* streamer) const;
  void copyUnit(const Unit& unit, std::byte* memory, Streamer* streamer) const;
  void streamRow(Streamer& streamer, std::byte* to, const std::byte* from, std::int64_t stride, std::int64_t count,
                 std::byte* memory) const;

  PointwiseKernel kernel_;  // null: a copy
  StreamKernel stream_;     // null without
  int arity_;
  // The sources, then the output. The number is -1 for a constant.
  int operand_[4];
  std::byte* data_[4];
  std::int64_t item_[4];
  Way way_[3];
  // The dims in the order of the output's strides, merged where all operands allow it; at least two. Strides are in
  // bytes.
  int rank_;
  Sizes sizes_, strides_[4];
  bool narrow_;  // the rows of a unit run as one
  // A unit is at most so many rows by so many columns.
  std::int64_t unitRows_, unitColumns_;
  std::int64_t rowUnits_, columnUnits_, units_;
  std::int64_t bytes_;         // of the output
  const std::byte* value_[3];  // of uniform inputs, null for other sources
  alignas(64) std::byte uniform_[3][kUniformBytes];
};

}  // namespace dyngrad
