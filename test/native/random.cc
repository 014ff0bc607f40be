// The random rows against test/fixtures/random.json, which PyTorch wrote; run from the project's root.
#include <cmath>
#include <fstream>
#include <string>

#include "call.h"

namespace dyngrad::test {
namespace {

// A case of the fixture: one JSON object per line, read by searching for its keys.
struct Case {
  std::string line;

  std::string text(const char* key) const {
    const std::size_t at = line.find(std::string("\"") + key + "\":");
    const std::size_t from = at + std::strlen(key) + 3;
    const char close = line[from] == '[' ? ']' : line[from] == '"' ? '"' : ',';
    const std::size_t start = from + (close != ',');
    return line.substr(start, line.find_first_of(close == ',' ? ",}" : std::string(1, close), start) - start);
  }

  std::vector<double> numbers(const char* key) const {
    std::vector<double> all;
    const std::string list = text(key);
    for (const char* at = list.c_str(); *at;) {
      char* end;
      all.push_back(std::strtod(at, &end));
      at = *end == ',' ? end + 1 : end;
    }
    return all;
  }
};

std::vector<std::uint8_t> fromBase64(const std::string& text) {
  static const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<std::uint8_t> bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char letter : text) {
    if (letter == '=') break;
    bits = bits << 6 | static_cast<std::uint32_t>(letters.find(letter));
    count += 6;
    if (count >= 8) bytes.push_back(static_cast<std::uint8_t>(bits >> (count -= 8)));
  }
  return bytes;
}

// A generator's state, as an operand of calls.
using State = std::vector<std::uint8_t>;

std::int64_t stateBytes() {
  const KernelRow* row = findKernel("seed");
  return row == nullptr ? 0 : row->sizes[0].size;
}

template <class T>
void draw(const char* row, State& state, std::vector<T>& out, std::vector<double> reals, const T* elements) {
  const auto count = static_cast<std::int64_t>(out.size());
  KernelCaller call(row);
  if (elements != nullptr) call.operand(elements, {count});
  else if (std::strcmp(row, "bernoulli") == 0) call.skip();
  // PyTorch takes two words from a range of 2^28 on.
  if (std::strcmp(row, "randint") == 0) call.integers({reals[1] - reals[0] >= 0x1p28 ? 2 : 1});
  call.operand(state.data(), {stateBytes()}).operand(out.data(), {count}).reals(std::move(reals)).template run<T>();
}

struct Function {
  const char* name;
  const char* row;
  std::vector<double> defaults;  // where the case has no arguments
};

const std::vector<Function>& functions() {
  static const std::vector<Function> all = {{"rand", "uniform", {0, 1}},     {"uniform_", "uniform", {}},
                                            {"randn", "normal", {0, 1}},     {"normal", "normal", {}},
                                            {"randint", "randint", {}},      {"randperm", "randperm", {0, 0}},
                                            {"bernoulli_", "bernoulli", {}}, {"bernoulli", "bernoulli", {0, 0}}};
  return all;
}

// glibc gives PyTorch and us the same logarithm, sine and cosine; other libraries may differ in the last bit.
#if defined(__x86_64__) && defined(__GLIBC__)
constexpr double kNormalTolerance = 0;
#else
constexpr double kNormalTolerance = 1e-6;
#endif

template <class T>
bool equal(const T* got, const T* want, std::size_t count, double tolerance) {
  if (tolerance == 0) return std::memcmp(got, want, count * sizeof(T)) == 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (std::fabs(double(got[i]) - double(want[i])) > tolerance * (1 + std::fabs(double(want[i])))) return false;
  }
  return true;
}

template <class T>
void checkCase(const Case& c, const Function& function, std::size_t keep) {
  State state(static_cast<std::size_t>(stateBytes()));
  KernelCaller("seed")
      .operand(state.data(), {stateBytes()})
      .integers({static_cast<std::int64_t>(std::fmod(c.numbers("seed")[0], 0x1p32))})
      .run(DType::kFloat32);
  std::vector<double> arguments = c.numbers("arguments");
  if (arguments.empty()) arguments = function.defaults;
  arguments.resize(2);
  const std::vector<std::uint8_t> want = fromBase64(c.text("values"));
  const std::string label = c.text("function") + " " + c.text("dtype") + " seed " + c.text("seed");
  const double tolerance = std::strcmp(function.row, "normal") == 0 ? kNormalTolerance : 0;
  std::size_t at = 0;
  for (const double size : c.numbers("sizes")) {
    const auto count = static_cast<std::size_t>(size);
    std::vector<T> out(count), p(count);
    for (std::size_t i = 0; i < count; ++i) p[i] = static_cast<T>((i % 11) / 10.0);
    draw(function.row, state, out, arguments, c.text("function") == "bernoulli" ? p.data() : nullptr);
    const std::size_t kept = count < keep ? count : keep;
    std::vector<T> expected(kept);
    std::memcpy(expected.data(), want.data() + at, kept * sizeof(T));
    expect(equal(out.data() + count - kept, expected.data(), kept, tolerance), label.c_str(),
           std::to_string(count).c_str());
    at += kept * sizeof(T);
  }
  expect(at == want.size(), label.c_str(), "values");
  std::vector<std::int64_t> next(1);
  draw<std::int64_t>("randint", state, next, {0, 0x1p27}, nullptr);
  expect(next[0] == static_cast<std::int64_t>(c.numbers("next")[0]), label.c_str(), "next");
}

void checkCase(const Case& c, std::size_t keep) {
  for (const Function& function : functions()) {
    if (c.text("function") != function.name) continue;
    const std::string dtype = c.text("dtype");
    if (dtype == "float32") return checkCase<float>(c, function, keep);
    if (dtype == "float64") return checkCase<double>(c, function, keep);
    if (dtype == "int32") return checkCase<std::int32_t>(c, function, keep);
    if (dtype == "int64") return checkCase<std::int64_t>(c, function, keep);
    if (dtype == "uint8") return checkCase<std::uint8_t>(c, function, keep);
  }
  expect(false, "random.json has a case without a test:", c.text("function").c_str());
}

}  // namespace

void testRandom() {
  std::ifstream file("test/fixtures/random.json");
  int cases = 0;
  std::size_t keep = 0;
  for (std::string line; std::getline(file, line);) {
    const Case c{line};
    if (line.rfind("\"keep\"", 0) == 0) keep = static_cast<std::size_t>(c.numbers("keep")[0]);
    if (line.rfind("{\"function\"", 0) != 0) continue;
    checkCase(c, keep);
    ++cases;
  }
  expect(cases > 0, "test/fixtures/random.json", "is missing: run from the project's root");
}

}  // namespace dyngrad::test
