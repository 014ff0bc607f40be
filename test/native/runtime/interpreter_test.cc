// Random expressions over random views against evaluation one element at a time.
#include <algorithm>

#include "check.h"
#include "runtime/thread_pool.h"

namespace dyngrad::test {
namespace {

DType resultDType(const TestInstruction& i) {
  return kernelTable().pointwise[i.row].signature == Signature::kCompare ? DType::kBool : i.dtype;
}

// Strides of a random view: dims in random order, steps and gaps, sometimes broadcast. Returns elements needed.
std::int64_t randomStrides(Random& random, const Dims& sizes, bool mayBroadcast, bool dense, Dims& strides) {
  const std::size_t rank = sizes.size();
  std::vector<std::size_t> order(rank);
  for (std::size_t d = 0; d < rank; ++d) order[d] = rank - 1 - d;
  if (!dense && random.chance(50))
    for (std::size_t d = 1; d < rank; ++d)
      std::swap(order[d], order[static_cast<std::size_t>(random.in(0, static_cast<std::int64_t>(d)))]);
  strides.assign(rank, 0);
  std::int64_t next = dense ? 1 : random.chance(30) ? random.in(1, 3) : 1, last = 0;
  for (std::size_t d : order) {
    if (mayBroadcast && random.chance(25)) continue;
    strides[d] = next;
    last += (sizes[d] - 1) * next;
    next *= sizes[d];
    if (!dense && random.chance(20)) next += random.in(0, 3);
  }
  return last + 1;
}

class RandomProgram {
 public:
  RandomProgram(Random& random, std::int64_t largest) : random_(random) {
    makeSizes(largest);
    for (std::int64_t i = random.in(0, 5); i > 0; --i) addInput();
    for (std::int64_t c = random.in(p.inputs.empty() ? 1 : 0, 2); c > 0; --c) {
      p.constants.push_back(
          {static_cast<DType>(random.in(0, static_cast<int>(DType::kBool))), static_cast<double>(random.in(0, 1))});
      registers.push_back(p.constants.back().dtype);
    }
    for (std::int64_t i = random.in(0, random.chance(10) ? 30 : 6); i > 0; --i) addInstruction();
    for (std::int64_t w = random.in(1, 3); w > 0; --w) addOutput();
  }

  TestProgram p;
  std::vector<Bytes> memory;
  std::vector<DType> registers;

 private:
  DType randomDType() { return static_cast<DType>(random_.in(0, kDTypeCount - 1)); }

  void makeSizes(std::int64_t largest) {
    for (std::int64_t d = random_.in(0, 5), left = largest; d > 0; --d) {
      const std::int64_t size =
          random_.chance(20) ? 1 : random_.in(1, std::min<std::int64_t>(left, random_.chance(30) ? left : 9));
      p.sizes.push_back(size);
      left = std::max<std::int64_t>(left / size, 1);
    }
    if (random_.chance(2) && !p.sizes.empty()) p.sizes[0] = 0;
  }

  int newBuffer(DType dtype, std::int64_t elements) {
    memory.emplace_back(static_cast<std::size_t>(elements * itemOf(dtype)));
    randomise(random_, dtype, memory.back());
    return static_cast<int>(memory.size()) - 1;
  }

  void addInput() {
    View view{randomDType(), 0, random_.in(0, 3), {}};
    const std::int64_t needed = randomStrides(random_, p.sizes, true, random_.chance(40), view.strides);
    view.buffer = newBuffer(view.dtype, view.offset + std::max<std::int64_t>(needed, 1));
    p.inputs.push_back(view);
    registers.push_back(view.dtype);
  }

  int pick(DType dtype) {
    std::vector<int> fit;
    for (std::size_t r = 0; r < registers.size(); ++r)
      if (registers[r] == dtype) fit.push_back(static_cast<int>(r));
    return fit.empty() ? -1 : fit[static_cast<std::size_t>(random_.in(0, static_cast<std::int64_t>(fit.size()) - 1))];
  }

  void addInstruction() {
    static const int rows[] = {pointwiseRow("add"),        pointwiseRow("sub"),       pointwiseRow("maximum"),
                               pointwiseRow("neg"),        pointwiseRow("lt"),        pointwiseRow("where"),
                               pointwiseRow("index"),      pointwiseRow("cast.bool"), pointwiseRow("cast.float32"),
                               pointwiseRow("cast.int64"), pointwiseRow("cast.uint8")};
    TestInstruction i{rows[random_.in(0, 10)], randomDType(), {-1, -1, -1}};
    const PointwiseRow& row = kernelTable().pointwise[i.row];
    if (row.kernels[static_cast<int>(i.dtype)] == nullptr) return;
    for (int s = 0; s < row.arity; ++s) {
      const bool condition = row.signature == Signature::kSelect && s == 0;
      i.sources[s] = pick(row.signature == Signature::kCast ? row.source : condition ? DType::kBool : i.dtype);
      if (i.sources[s] < 0) return;
    }
    p.instructions.push_back(i);
    registers.push_back(resultDType(i));
  }

  // A view of its own, or in place: exactly an input that no other output overwrites.
  void addOutput() {
    const auto result =
        static_cast<std::size_t>(random_.chance(70) ? static_cast<std::int64_t>(registers.size()) - 1
                                                    : random_.in(0, static_cast<std::int64_t>(registers.size()) - 1));
    View view{registers[result], 0, random_.in(0, 3), {}};
    const View* alias = aliasFor(view.dtype);
    if (alias != nullptr && random_.chance(60)) {
      view = *alias;
    } else {
      const std::int64_t needed = randomStrides(random_, p.sizes, false, random_.chance(60), view.strides);
      view.buffer = newBuffer(view.dtype, view.offset + std::max<std::int64_t>(needed, 1));
    }
    p.outputs.push_back(view);
    p.results.push_back(static_cast<int>(result));
  }

  const View* aliasFor(DType dtype) {
    for (const View& input : p.inputs) {
      bool free = input.dtype == dtype;
      for (std::size_t d = 0; d < p.sizes.size(); ++d) free &= p.sizes[d] <= 1 || input.strides[d] != 0;
      for (const View& output : p.outputs) free &= output.buffer != input.buffer;
      if (free) return &input;
    }
    return nullptr;
  }

  Random& random_;
};

// Evaluates one element with the same kernels, one value at a time.
int evaluateElement(const RandomProgram& program, std::int64_t linear, std::vector<UniformValue>& values) {
  const TestProgram& p = program.p;
  std::size_t r = 0;
  for (const View& view : p.inputs) {
    const std::int64_t at = locate(view, p.sizes, linear) * itemOf(view.dtype);
    spread(values[r++].bytes, &program.memory[static_cast<std::size_t>(view.buffer)][static_cast<std::size_t>(at)],
           itemOf(view.dtype));
  }
  for (const TestConstant& c : p.constants) {
    Bytes one(8);
    const auto put = [&](auto x) { std::memcpy(one.data(), &x, sizeof x); };
    if (c.dtype == DType::kFloat32) put(static_cast<float>(c.value));
    else if (c.dtype == DType::kFloat64) put(c.value);
    else put(static_cast<std::int64_t>(c.value));
    spread(values[r++].bytes, one.data(), itemOf(c.dtype));
  }
  int status = 0;
  for (std::size_t i = 0; i < p.instructions.size(); ++i, ++r) {
    const TestInstruction& instruction = p.instructions[i];
    const PointwiseRow& row = kernelTable().pointwise[instruction.row];
    Source sources[3] = {{&linear, 0}, {}, {}};
    for (int s = 0; s < row.arity; ++s)
      sources[s] = {values[static_cast<std::size_t>(instruction.sources[s])].bytes, 0};
    UniformValue result{};
    if (row.kernels[static_cast<int>(instruction.dtype)](result.bytes, sources, 1) != 0 && status == 0)
      status = static_cast<int>(i) + 1;
    spread(values[r].bytes, result.bytes, itemOf(resultDType(instruction)));
  }
  return status;
}

void checkProgram(Random& random, std::int64_t largest, int number) {
  RandomProgram program(random, largest);
  TestProgram& p = program.p;
  std::vector<Bytes> expected = program.memory;
  std::vector<UniformValue> values(program.registers.size());
  const std::int64_t count = product(p.sizes);
  for (std::int64_t linear = 0; linear < count; ++linear) {
    evaluateElement(program, linear, values);
    for (std::size_t w = 0; w < p.outputs.size(); ++w) {
      const View& view = p.outputs[w];
      const std::int64_t item = itemOf(view.dtype);
      std::memcpy(&expected[static_cast<std::size_t>(view.buffer)]
                           [static_cast<std::size_t>(locate(view, p.sizes, linear) * item)],
                  values[static_cast<std::size_t>(p.results[w])].bytes, static_cast<std::size_t>(item));
    }
  }
  std::vector<Bytes> got = program.memory;
  try {
    launch(p, got);
  } catch (const Malformed& error) {
    return expect(false, "program " + std::to_string(number) + " refused: " + error.what());
  }
  for (const auto* list : {&p.inputs, &p.outputs})
    for (const View& view : *list) {
      const Bytes& a = got[static_cast<std::size_t>(view.buffer)];
      const Bytes& b = expected[static_cast<std::size_t>(view.buffer)];
      bool equal = true;
      for (std::size_t at = 0; at + static_cast<std::size_t>(itemOf(view.dtype)) <= a.size();
           at += static_cast<std::size_t>(itemOf(view.dtype)))
        equal &= same(view.dtype, &a[at], &b[at]);
      expect(equal, "program " + std::to_string(number) + " with " + std::to_string(p.instructions.size()) +
                        " instructions over " + std::to_string(count) + " elements");
    }
}

void testStatus() {
  const int check = pointwiseRow("checkUnit"), add = pointwiseRow("add");
  TestProgram p;
  p.sizes = {100000};
  p.inputs = {{DType::kFloat32, 0, 0, {1}}, {DType::kFloat32, 1, 0, {1}}};
  p.outputs = {{DType::kFloat32, 2, 0, {1}}};
  p.instructions = {
      {add, DType::kFloat32, {0, 1, -1}}, {check, DType::kFloat32, {1, -1, -1}}, {check, DType::kFloat32, {0, -1, -1}}};
  p.results = {2};
  std::vector<Bytes> memory(3, Bytes(400000));
  expect(launch(p, memory) == 0, "checks pass");
  const float bad = 2;
  std::memcpy(&memory[0][0], &bad, 4);
  expect(launch(p, memory) == 3, "the third instruction fails");
  std::memcpy(&memory[1][399996], &bad, 4);
  expect(launch(p, memory) == 2, "the second instruction fails, though later in memory");
}

}  // namespace

void testInterpreter() {
  for (int threads : {1, 3}) {
    setNumThreads(threads);
    for (int i = 0; i < 4000; ++i) {
      Random random(static_cast<std::uint32_t>(i));
      checkProgram(random, i % 10 == 0 ? 3000 : 60, i);
    }
    for (int i = 0; i < 12; ++i) {
      Random random(static_cast<std::uint32_t>(100000 + i));
      checkProgram(random, 200000, 100000 + i);
    }
    testStatus();
  }
}

}  // namespace dyngrad::test
