// The drivers of matmul, index, argReduce, random and adam: batches, splits over threads, overlaps.
#include <algorithm>

#include "check.h"
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

void checkIndexOverlap() {
  if (kernelTable().index == nullptr) return;
  std::vector<std::int64_t> cells{0, 1, 2, 3};
  const Buffer buffer{cells.data(), 32};
  try {
    launch({2, 22, 3, 1, 3, 0, 3, 0, 3, 0, 1, 1, 4, 1, 1, 0, 4, 1, 0, 0, 0, 0}, {buffer, buffer, buffer});
    expect(false, "indices that are written to are accepted");
  } catch (const Malformed&) {
  }
}

void checkRandom() {
  if (kernelTable().randomCount == 0) return;
  int uniform = 0;
  while (uniform < kernelTable().randomCount && std::strcmp(kernelTable().random[uniform].name, "uniform") != 0)
    ++uniform;
  std::vector<std::byte> bytes(3 + sizeof(GeneratorState) + 4096, std::byte{0xff});
  // The state is not aligned, claims to stand beyond its end, and the numbers are written over it.
  const Buffer buffer{bytes.data(), static_cast<std::int64_t>(bytes.size())};
  launch({4, 12, 2, 2, 4, 3, 0, 8, static_cast<double>(uniform), 1000, 0, 1}, {buffer, buffer});
}

void checkArgReduce(Random& random) {
  if (kernelTable().argReduceCount == 0) return;
  Bytes in(40 * 30 * 50 * 4);
  randomise(random, DType::kFloat32, in);
  std::vector<Bytes> memory{in, Bytes(40 * 50 * 8)};
  std::vector<Bytes> again = memory;
  const std::vector<double> words{3, 16, 2, 1, 0, 0, 3, 0, 0, 3, 40, 50, 30, 1500, 1, 50, 50, 1};
  std::vector<double> whole = words;
  whole[1] = static_cast<double>(whole.size());
  setNumThreads(1);
  launch(whole, buffersOf(memory));
  setNumThreads(3);
  launch(whole, buffersOf(again));
  expect(memory[1] == again[1], "argReduce does not depend on threads");
}

// Two parameters, apart or the same one twice: threads change no bit, and the second step of one continues the first.
void checkAdam(Random& random, bool twice) {
  if (kernelTable().adam[0] == nullptr) return;
  constexpr std::int64_t kCount = 40000;
  const Bytes row(kCount * 4);
  std::vector<Bytes> memory{Bytes(kAdamOptions * 8), row, row, Bytes(4), row, row, row, Bytes(4), row, row, row};
  const double options[kAdamOptions] = {0.01, 0.9, 0.999, 1e-8, 0};
  std::memcpy(memory[0].data(), options, sizeof options);
  for (std::size_t i : {1, 2, 4, 8}) randomise(random, DType::kFloat32, memory[i]);
  std::vector<double> words{5, 30, 11, 8};
  words.resize(26);
  words[4] = 1;
  words.insert(words.end(), {0, 2, kCount, kCount});
  std::vector<Bytes> expected;
  for (int threads : {1, 2, 3}) {
    setNumThreads(threads);
    std::vector<Bytes> now = memory;
    std::vector<Buffer> buffers = buffersOf(now);
    if (twice) std::copy_n(buffers.begin() + 3, 4, buffers.begin() + 7);
    launch(words, buffers);
    float step;
    std::memcpy(&step, now[3].data(), sizeof step);
    expect(step == (twice ? 2 : 1), "adam counts steps");
    if (threads == 1) expected = now;
    expect(now == expected, "adam does not depend on threads");
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
  checkIndexOverlap();
  checkRandom();
  checkArgReduce(random);
  checkAdam(random, false);
  checkAdam(random, true);
}

}  // namespace dyngrad::test
