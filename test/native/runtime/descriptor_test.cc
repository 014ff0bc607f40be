// Hostile descriptors: every word of valid ones replaced by nonsense. Refused or run, nothing outside the buffers
// changes; an address sanitizer sees the reads.
#include <algorithm>
#include <cmath>
#include <limits>

#include "check.h"
#include "runtime/descriptor_parts.h"

namespace dyngrad::test {
namespace {

struct Call {
  std::vector<double> words;
  std::vector<std::size_t> bytes;  // of the buffers
};

std::vector<Call> validCalls() {
  const double add = pointwiseRow("add"), lt = pointwiseRow("lt"), where = pointwiseRow("where"),
               sum = reduceRow("sum"), mean = reduceRow("mean");
  const auto state = static_cast<double>(kernelTable().kernel[kernelRow("seed")]->sizes[0].size);
  const double gather = kernelRow("gather"), accumulate = kernelRow("accumulate"), argmax = kernelRow("argmax"),
               uniform = kernelRow("uniform"), adam = kernelRow("adam");
  const auto call = [](std::vector<double> words, std::vector<std::size_t> bytes) {
    words[1] = static_cast<double>(words.size());
    return Call{words, bytes};
  };
  return {
      call({0, 0, 3, 1, 0, 0, 0, 0, 0, 0, 1, 4, 1, 1, 1, 0, 1, add, 0, 0, 1, -1, 2, -1, 0}, {16, 16, 16}),
      call({0,   0, 3,  1, 0, 4, 0,  8,     0, 0, 2, 3, 4,   4, 1, 0, 1,  1, 3,  1, 0,
            2.5, 3, lt, 0, 0, 1, -1, where, 0, 3, 0, 2, add, 0, 4, 1, -1, 5, -1, 0},
           {64, 64, 64}),
      call({0, 0, 2, 1, 0, 0, 0, 0, 3, 4, 5, 6, 30, 6, 1, 6, 0, 1, 0, 0, 0, sum, 2}, {480, 96}),
      call({0, 0, 4, 3, 0, 0, 0,   0, 0, 0, 0,  0, 2, 4, 5,   5,  1,    0, 1,
            8, 1, 0, 1, 0, 1, add, 0, 0, 0, -1, 1, 1, 0, sum, -1, mean, 1},
           {80, 20, 144, 20}),
      call({1, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 15, 5, 1, 0, 4, 1, 0, 0, 1, 12, 4, 1},
           {120, 80, 16, 96}),
      call({2, 0, 3, 1, 0, 0, 3, 0, 0, 0, gather, 1, 7, 3, 3, 4, 5, 0, 1, 4, 2, 3, 4, 1, 0, 2, 3, 4, 4, 1, 1},
           {80, 24, 48}),
      call({2, 0, 3, 1, 0, 0, 3, 0, 0, 0, accumulate, 1, 7, 2, 3, 4, 4, 1, 2, 3, 4, 1, 0, 3, 3, 4, 5, 0, 1, 4, 1},
           {48, 24, 80}),
      call({2, 0, 2, 1, 0, 0, 3, 0, argmax, 1, 3, 2, 3, 5, 5, 1, 1, 3, 1}, {60, 24}),
      call({2, 0, 2, 1, 0, 16, 3, 0, argmax, 1, 3, 2, 3, 5, 5, -1, 1, 3, 1}, {76, 24}),
      call({2, 0, 2, 2, 4, 0, 0, 0, uniform, 1, 3, 1, state, 1, 1, 10, 1, 0, 1}, {static_cast<std::size_t>(state), 40}),
      call({2, 0, 7, 5, 1,  0, 0, 0, 0,  0, 0, 0,  0, 0, 0,  0, 0, 0,  adam, 1, 127,
            1, 5, 1, 1, 10, 1, 0, 1, 10, 1, 1, 10, 1, 1, 10, 1, 1, 10, 1,    4},
           {40, 40, 4, 40, 40, 40, 40}),
  };
}

double nonsense(Random& random, double old) {
  const double infinity = std::numeric_limits<double>::infinity();
  const double values[] = {std::nan(""),
                           infinity,
                           -infinity,
                           -1,
                           -2,
                           0.5,
                           1e300,
                           -1e300,
                           9007199254740992.0,
                           9007199254740991.0,
                           1e15,
                           4294967296.0,
                           2147483648.0,
                           65536,
                           1000,
                           100,
                           17,
                           16,
                           7,
                           6,
                           5,
                           4,
                           3,
                           2,
                           1,
                           0,
                           -0.0,
                           old + 1,
                           old - 1,
                           old * 2};
  return values[random.in(0, std::size(values) - 1)];
}

// Dims without strides need no memory, however long they are: legal, and for ever.
bool isEndless(const Launch& launch) {
  const Expression& e = launch.expression;
  const MatmulLaunch& x = launch.matmul.first;
  const double most = 1e6;
  switch (launch.family) {
    case Family::kPointwise:
      return static_cast<double>(e.count) > most;
    case Family::kMatmul:
      return launch.matmul.batches > 0 &&
             static_cast<double>(launch.matmul.batches) * static_cast<double>(x.m * x.n) * static_cast<double>(x.k) >
                 most;
    case Family::kKernel: {
      double count = 0;
      for (int i = 0; i < launch.operandCount; ++i) {
        const CallOperand& operand = launch.kernel.operands[i];
        double elements = 1;
        for (int d = 0; d < operand.rank; ++d) elements *= static_cast<double>(operand.sizes[d]);
        count = std::max(count, elements);
      }
      return count > most;
    }
  }
  return false;
}

constexpr std::size_t kGuard = 64;
Launch decoded;
Plan plan;

void checkMutant(Random& random, const Call& call, int& accepted) {
  Call mutant = call;
  for (std::int64_t n = random.in(1, 3); n > 0; --n) {
    double& word =
        mutant.words[static_cast<std::size_t>(random.in(0, static_cast<std::int64_t>(mutant.words.size()) - 1))];
    word = nonsense(random, word);
  }
  if (random.chance(5))
    mutant.words.resize(static_cast<std::size_t>(random.in(0, static_cast<std::int64_t>(mutant.words.size()))));
  if (random.chance(10))
    mutant.bytes[static_cast<std::size_t>(random.in(0, static_cast<std::int64_t>(mutant.bytes.size()) - 1))] =
        static_cast<std::size_t>(random.in(0, 8));
  if (random.chance(5)) mutant.bytes.pop_back();
  std::vector<Bytes> memory;
  std::vector<Buffer> buffers;
  for (std::size_t bytes : mutant.bytes) memory.emplace_back(bytes + 2 * kGuard, std::byte{0});
  for (Bytes& bytes : memory) {
    std::fill_n(bytes.begin(), kGuard, std::byte{0xa5});
    std::fill_n(bytes.end() - kGuard, kGuard, std::byte{0xa5});
    buffers.push_back({bytes.data() + kGuard, static_cast<std::int64_t>(bytes.size() - 2 * kGuard)});
  }
  try {
    decode(kernelTable(), mutant.words.data(), static_cast<std::int64_t>(mutant.words.size() * 8), buffers.data(),
           static_cast<int>(buffers.size()), decoded);
    if (!isEndless(decoded)) run(kernelTable(), decoded, plan);
    ++accepted;
  } catch (const Malformed&) {
  }
  for (const Bytes& bytes : memory)
    for (std::size_t i = 0; i < kGuard; ++i)
      expect(bytes[i] == std::byte{0xa5} && bytes[bytes.size() - 1 - i] == std::byte{0xa5},
             "a mutant wrote outside its buffer");
}

void expectRefused(const Call& call, std::size_t word, double value, const char* what) {
  Call mutant = call;
  mutant.words[word] = value;
  std::vector<Bytes> memory;
  std::vector<Buffer> buffers;
  for (std::size_t bytes : mutant.bytes) memory.emplace_back(bytes);
  for (Bytes& bytes : memory) buffers.push_back({bytes.data(), static_cast<std::int64_t>(bytes.size())});
  try {
    launch(mutant.words, buffers);
    expect(false, std::string("not refused: ") + what);
  } catch (const Malformed& error) {
    expect(std::string(error.what()) == what, std::string("said '") + error.what() + "', not '" + what + "'");
  }
}

}  // namespace

void testDescriptor() {
  const std::vector<Call> calls = validCalls();
  for (std::size_t i = 0; i < calls.size(); ++i) {
    std::vector<Bytes> memory;
    std::vector<Buffer> buffers;
    for (std::size_t bytes : calls[i].bytes) memory.emplace_back(bytes);
    for (Bytes& bytes : memory) buffers.push_back({bytes.data(), static_cast<std::int64_t>(bytes.size())});
    try {
      launch(calls[i].words, buffers);
    } catch (const Malformed& error) {
      expect(false, "valid call " + std::to_string(i) + " refused: " + error.what());
    }
  }
  const Call& add = calls[0];
  expectRefused(add, 0, 3, "family is 3, not an integer in 0..2");
  expectRefused(add, 2, 2, "2 operands, but 3 buffers");
  expectRefused(add, 5, 2, "operand 0 is not aligned: byte offset 2, items of 4 bytes");
  expectRefused(add, 5, 20, "operand 0 starts at byte 20 of a buffer of 16");
  expectRefused(add, 5, 4, "operand 0 reaches element 3, but its buffer ends at 3");
  expectRefused(add, 10, std::nan(""), "rank is nan, not an integer in 0..16");
  expectRefused(add, 14, 0, "output operand 2 has stride 0 in dim 0 of size 4");
  expectRefused(add, 18, 5, "source 0 of kernel add has dtype 0");
  expectRefused(add, 19, 2, "source register is 2, not an integer in -1..1");
  expectRefused(add, 21, 0, "kernel add takes 2 sources; source 2 is 0");
  expectRefused(add, 8, 1, "operand 2 has dtype 1, not 0");
  expectRefused(add, 24, 1, "reduce mask 1 without a reduce row");
  const Call& mixed = calls[3];
  expectRefused(mixed, 20, 0, "output operand 2 has stride 0 in dim 1 of size 5");
  expectRefused(mixed, 19, 80, "operand 2 reaches element 244, but its buffer ends at 36");
  expectRefused(mixed, 17, 1, "output operand 1 has stride 1 in reduced dim 0");
  expectRefused(mixed, 34, reduceRow("sum"), "output operand 2 has stride 8 in reduced dim 0");
  expectRefused(mixed, 33, -1, "output operand 1 has stride 0 in dim 0 of size 4");
  Call longer = add;
  longer.words.push_back(0);
  expectRefused(longer, 1, 26, "1 words follow the descriptor");
  int accepted = 0;
  for (int i = 0; i < 400000; ++i) {
    Random random(static_cast<std::uint32_t>(i));
    checkMutant(random, calls[static_cast<std::size_t>(i) % calls.size()], accepted);
  }
  expect(accepted > 10000, "many mutants are valid");
}

}  // namespace dyngrad::test
