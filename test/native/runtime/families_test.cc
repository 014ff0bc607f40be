// The driver of matmul, and kernel calls through the border: batches, splits over threads, overlaps, epilogues.
#include <algorithm>

#include "check.h"
#include "runtime/program.h"
#include "runtime/thread_pool.h"

namespace dyngrad::test {
namespace {

std::vector<Buffer> buffersOf(std::vector<Bytes>& memory) {
  std::vector<Buffer> buffers;
  for (Bytes& bytes : memory) buffers.push_back({bytes.data(), static_cast<std::int64_t>(bytes.size())});
  return buffers;
}

std::vector<double> matmulWords(const Dims& batch, std::int64_t m, std::int64_t n, std::int64_t k,
                                const std::vector<Dims>& strides) {
  std::vector<double> words{1, 0, static_cast<double>(strides.size()), 1};
  words.resize(4 + 2 * strides.size());
  const auto put = [&](std::int64_t value) { words.push_back(static_cast<double>(value)); };
  put(static_cast<std::int64_t>(batch.size()));
  for (std::int64_t size : batch) put(size);
  for (std::int64_t size : {m, n, k}) put(size);
  for (const Dims& list : strides)
    for (std::int64_t stride : list) put(stride);
  words[1] = static_cast<double>(words.size());
  return words;
}

// A batched, split product against single products of the whole, bit by bit.
void checkMatmul(Random& random, std::int64_t batch, std::int64_t m, std::int64_t n, std::int64_t k, bool sharedB) {
  if (kernelTable().matmul[0] == nullptr) return;
  const auto bytes = [](std::int64_t count) { return Bytes(static_cast<std::size_t>(count) * 4); };
  std::vector<Bytes> memory{bytes(batch * m * k), bytes(sharedB ? k * n : batch * k * n), bytes(n),
                            bytes(batch * m * n)};
  for (Bytes& x : memory) randomise(random, DType::kFloat32, x);
  const auto words =
      matmulWords({batch}, m, n, k, {{m * k, k, 1}, {sharedB ? 0 : k * n, n, 1}, {0, 0, 1}, {m * n, n, 1}});
  Bytes expected = memory[3];
  for (std::int64_t b = 0; b < batch; ++b)
    kernelTable().matmul[0]({m, n, k, &memory[0][static_cast<std::size_t>(b * m * k * 4)], k, 1,
                             &memory[1][static_cast<std::size_t>(sharedB ? 0 : b * k * n * 4)], n, 1,
                             &expected[static_cast<std::size_t>(b * m * n * 4)], n, 1, memory[2].data(), 0, 1,
                             sumsInLanes(batch, m, n, k, 4)});
  for (int threads : {1, 2, 3}) {
    setNumThreads(threads);
    std::fill(memory[3].begin(), memory[3].end(), std::byte{1});
    launch(words, buffersOf(memory));
    expect(memory[3] == expected, "matmul " + std::to_string(batch) + " x " + std::to_string(m) + " x " +
                                      std::to_string(n) + " x " + std::to_string(k));
  }
}

void checkEmptyMatmul() {
  if (kernelTable().matmul[0] == nullptr) return;
  std::vector<Bytes> memory{{}, {}, Bytes(24, std::byte{1})};
  launch(matmulWords({}, 2, 3, 0, {{9007199254740992, 1}, {1, 1}, {3, 1}}), buffersOf(memory));
  expect(memory[2] == Bytes(24), "a product over nothing is 0");
}

struct Geometry {
  double dtype, offset;  // in bytes
  Dims sizes, strides;
};

std::vector<double> callWords(const char* row, int repeats, int present, int writes,
                              const std::vector<Geometry>& operands, std::vector<double> parameters = {}) {
  std::vector<double> words{2, 0, static_cast<double>(operands.size()), static_cast<double>(writes)};
  for (const Geometry& each : operands) words.insert(words.end(), {each.dtype, each.offset});
  words.insert(words.end(),
               {static_cast<double>(kernelRow(row)), static_cast<double>(repeats), static_cast<double>(present)});
  for (const Geometry& each : operands) {
    words.push_back(static_cast<double>(each.sizes.size()));
    for (std::int64_t size : each.sizes) words.push_back(static_cast<double>(size));
    for (std::int64_t stride : each.strides) words.push_back(static_cast<double>(stride));
  }
  words.insert(words.end(), parameters.begin(), parameters.end());
  words[1] = static_cast<double>(words.size());
  return words;
}

std::string refusal(const std::vector<double>& words, const std::vector<Buffer>& buffers) {
  try {
    launch(words, buffers);
    return "accepted";
  } catch (const Malformed& error) {
    return error.what();
  }
}

// Over dims of stride 0 sizes may be as large as 2^53: nothing that is computed from them leaves 64 bits.
void checkExpanded() {
  constexpr std::int64_t kMost = std::int64_t{1} << 53;
  static_assert(saturatingProduct(kMost, kMost) == INT64_MAX && saturatingProduct(kMost, kMost, 0) == 0);
  static_assert(!sumsInLanes(1, 1 << 20, 1 << 20, std::int64_t{1} << 40, 4) && !sumsInLanes(1, 17, 1, kMost, 4));
  static_assert(sumsInLanes(1, 4, 4, kMost, 4));
  std::vector<Bytes> memory{Bytes(8), Bytes(8), Bytes(8)};
  const auto sizes = [](const char* row, std::vector<Dims> dims) {
    std::vector<Geometry> operands;
    for (std::size_t i = 0; i < dims.size(); ++i)
      operands.push_back({i == 2 ? 3.0 : 0.0, 0, dims[i], Dims(dims[i].size(), 0)});
    return callWords(row, 1, (1 << dims.size()) - 1, static_cast<int>(dims.size()) - 1, operands);
  };
  for (const Dims& empty :
       {Dims{kMost, kMost, kMost, 0}, Dims{0, kMost, kMost, kMost}, Dims{kMost, 0, kMost, 64}, Dims{0, 256, kMost}}) {
    const std::string answer = refusal(sizes("cumsum", {empty, empty}), {{memory[0].data(), 8}, {memory[1].data(), 8}});
    expect(answer == "accepted", "an empty cumsum: " + answer);
    auto sort = sizes("sort", {empty, empty, empty});
    sort.push_back(0);
    sort[1] += 1;
    const bool isLong = empty.back() == kMost;
    expect(refusal(sort, buffersOf(memory)) ==
               (isLong ? "sort: a dim of more than 4294967295 elements cannot be sorted" : "accepted"),
           "an empty sort");
  }
}

// A matrix of one element that is shown 2^50 times cannot be packed.
void checkNoMemory() {
  constexpr std::int64_t kMuch = std::int64_t{1} << 50;
  std::vector<Bytes> memory{Bytes(4), Bytes(4), Bytes(64)};
  for (int threads : {1, 3}) {
    setNumThreads(threads);
    for (const Dims& batch : {Dims{1}, Dims{4}}) {
      bool refused = false;
      try {
        launch(matmulWords(batch, 1, 1, kMuch, {{0, 0, 0}, {0, 0, 0}, {1, 1, 1}}), buffersOf(memory));
      } catch (const std::bad_alloc&) {
        refused = true;
      }
      expect(refused, "a product without memory for packing throws");
    }
  }
}

void checkCallOverlap() {
  std::vector<std::int64_t> cells(64);
  const Buffer buffer{cells.data(), 512};
  const auto gather = [](double values) {
    return callWords("gather", 1, 7, 1, {{3, 0, {4, 4}, {0, 1}}, {3, 0, {4}, {1}}, {3, values, {4}, {1}}}, {1});
  };
  expect(refusal(gather(24), {buffer, buffer, buffer}) == "gather: values, which is written, overlaps data",
         "a gather over its data is refused");
  expect(refusal(gather(32), {buffer, buffer, buffer}) == "accepted", "a gather beside its data runs");
  const auto argmax = callWords("argmax", 1, 3, 1, {{3, 0, {4, 8}, {8, 1}}, {3, 248, {4}, {1}}});
  expect(refusal(argmax, {buffer, buffer}) == "argmax: indices, which is written, overlaps input",
         "an argmax over its input is refused");
  const auto reversed = callWords("argmax", 1, 3, 1, {{3, 64, {8}, {-1}}, {3, 72, {}, {}}});
  expect(refusal(reversed, {buffer, buffer}) == "accepted", "a reversed line is accepted");
  const auto below = callWords("argmax", 1, 3, 1, {{3, 48, {8}, {-1}}, {3, 72, {}, {}}});
  expect(refusal(below, {buffer, buffer}) ==
             "argmax: input reaches the elements -7 to 0, but its buffer has those from -6 to 57",
         "a line that begins before its buffer is refused");
  const auto twice = callWords("argmax", 1, 3, 1, {{3, 0, {3, 3, 2}, {0, 0, 1}}, {3, 256, {3, 3}, {2, 1}}});
  expect(refusal(twice, {buffer, buffer}) ==
             "argmax: dim 0 of indices, which is written, steps over elements of other dims",
         "an output that shows an element twice is refused");
}

void checkRandom() {
  const auto state = static_cast<std::int64_t>(kernelTable().kernel[kernelRow("seed")]->sizes[0].size);
  std::vector<std::byte> bytes(static_cast<std::size_t>(3 + state + 4096), std::byte{0xff});
  const Buffer buffer{bytes.data(), static_cast<std::int64_t>(bytes.size())};
  const auto words = [&](std::int64_t offset) {
    return callWords("uniform", 1, 3, 2, {{4, 3, {state}, {1}}, {0, static_cast<double>(offset), {1000}, {1}}}, {0, 1});
  };
  expect(refusal(words(8), {buffer, buffer}) == "uniform: out, which is written, overlaps state",
         "numbers over the generator's state are refused");
  // The state is not aligned and claims to stand beyond its end.
  expect(refusal(words((state + 10) / 8 * 8), {buffer, buffer}) == "accepted", "a hostile state is survived");
}

void checkArgReduce(Random& random) {
  Bytes in(40 * 30 * 50 * 4);
  randomise(random, DType::kFloat32, in);
  std::vector<Bytes> memory{in, Bytes(40 * 50 * 8)};
  std::vector<Bytes> again = memory;
  const auto words = callWords("argmax", 1, 3, 1, {{0, 0, {40, 50, 30}, {1500, 1, 50}}, {3, 0, {40, 50}, {50, 1}}});
  setNumThreads(1);
  launch(words, buffersOf(memory));
  setNumThreads(3);
  launch(words, buffersOf(again));
  expect(memory[1] == again[1], "argmax does not depend on threads");
}

// Two parameters: threads change no bit, and the same one twice is refused.
void checkAdam(Random& random) {
  constexpr std::int64_t kCount = 40000;
  const Bytes row(kCount * 4);
  // Options, gradients, steps, parameters, means, squares.
  std::vector<Bytes> memory{Bytes(40), row, row, Bytes(4), Bytes(4), row, row, row, row, row, row};
  const double options[] = {0.01, 0.9, 0.999, 1e-8, 0};
  std::memcpy(memory[0].data(), options, sizeof options);
  for (std::size_t i : {1, 2, 5, 6}) randomise(random, DType::kFloat32, memory[i]);
  std::vector<Geometry> operands{{1, 0, {5}, {1}}};
  for (std::size_t i = 1; i < memory.size(); ++i) {
    if (i == 3 || i == 4) operands.push_back({0, 0, {}, {}});
    else operands.push_back({0, 0, {kCount}, {1}});
  }
  const auto words = callWords("adam", 2, 0b111111, 8, operands, {0});
  std::vector<Bytes> expected;
  for (int threads : {1, 2, 3}) {
    setNumThreads(threads);
    std::vector<Bytes> now = memory;
    launch(words, buffersOf(now));
    float step;
    std::memcpy(&step, now[3].data(), sizeof step);
    expect(step == 1, "adam counts steps");
    if (threads == 1) expected = now;
    expect(now == expected, "adam does not depend on threads");
  }
  std::vector<Buffer> buffers = buffersOf(memory);
  buffers[6] = buffers[5];
  expect(refusal(words, buffers) == "adam: parameter, which is written, overlaps parameter", "a parameter twice");
  buffers = buffersOf(memory);
  buffers[1] = buffers[5];
  expect(refusal(words, buffers) == "accepted", "a parameter may be its own gradient");
}

// Doubles its input in two parts, each of which its epilogue follows.
std::int64_t doubleInParts(const Call& call) {
  const CallOperand& in = call.at(0);
  const std::int64_t count = in.sizes[0];
  const std::int64_t ends[] = {0, count / 3, count};
  for (int part = 0; part < 2; ++part) {
    for (std::int64_t i = ends[part]; i < ends[part + 1]; ++i)
      call.at(1).as<float>()[i] = 2 * in.as<float>()[i * in.strides[0]];
    if (call.epilogue != nullptr) call.epilogue->run(call.epilogue->context, ends[part], ends[part + 1]);
  }
  return 0;
}

constexpr OperandRule kDoubleOperands[] = {{"in", "n"}, {"out", "n", kCallDType, kWritten}};

// A row that applies epilogues finishes the expression behind it; one that does not is no product.
void checkCallEpilogue(bool applies) {
  KernelRow row{"double", kDoubleOperands, {}, {}, {}, nullptr, {doubleInParts}, nullptr};
  row.appliesEpilogue = applies;
  const KernelRow* rows[] = {&row};
  KernelTable table = kernelTable();
  table.kernel = rows;
  table.kernelCount = 1;
  constexpr std::int64_t kCount = 1000;
  const double add = pointwiseRow("add"), bytes = kCount * 4;
  std::vector<double> words{3, bytes, bytes, bytes, 2, 0,      2, 17, 2,      1, 0, 0, 0,
                            0, 0,     1,     3,     1, kCount, 1, 1,  kCount, 1, 0, 1};
  const std::vector<double> expression{0, 25, 3, 1, 0,   0, 0, 0, 0,  0, 1,  kCount, 1,
                                       1, 1,  0, 1, add, 0, 0, 1, -1, 2, -1, 0};
  words.push_back(1);
  words.insert(words.end(), expression.begin(), expression.end());
  words.insert(words.end(), {1, 0, 2});
  try {
    Program program(table, {words.data(), static_cast<std::int64_t>(words.size() * 8)});
    std::vector<float> memory[3];
    for (auto& each : memory) each.resize(kCount);
    for (std::int64_t i = 0; i < kCount; ++i) memory[0][static_cast<std::size_t>(i)] = static_cast<float>(i);
    Buffer buffers[3];
    for (int i = 0; i < 3; ++i) buffers[i] = {memory[i].data(), kCount * 4};
    const double offsets[3] = {};
    program.place(buffers, reinterpret_cast<const std::byte*>(offsets));
    expect(program.run() == 0, "a program with a call and its epilogue runs");
    bool right = true;
    for (std::size_t i = 0; i < kCount; ++i) right &= memory[2][i] == 3 * static_cast<float>(i);
    expect(right && applies, "an epilogue of a kernel call gives its values");
  } catch (const Malformed& error) {
    expect(!applies && std::string(error.what()) == "an epilogue does not follow a matmul", error.what());
  }
}

}  // namespace

void testFamilies() {
  Random random(3);
  checkMatmul(random, 1, 300, 200, 150, true);
  checkMatmul(random, 1, 7, 900, 400, false);
  checkMatmul(random, 5, 64, 64, 64, true);
  checkMatmul(random, 5, 64, 64, 64, false);
  checkMatmul(random, 100, 3, 4, 5, false);
  checkMatmul(random, 2, 1, 1, 1, false);
  // Sums in lanes, and batches that are merged with or without them.
  checkMatmul(random, 1, 1, 100, 64, false);
  checkMatmul(random, 5, 1, 100, 64, true);
  checkMatmul(random, 5, 30, 1, 70, true);
  checkMatmul(random, 5, 30, 1, 70, false);
  checkMatmul(random, 1, 4, 4, 3000, true);
  checkEmptyMatmul();
  checkExpanded();
  checkNoMemory();
  checkCallOverlap();
  checkRandom();
  checkArgReduce(random);
  checkAdam(random);
  checkCallEpilogue(true);
  checkCallEpilogue(false);
}

}  // namespace dyngrad::test
