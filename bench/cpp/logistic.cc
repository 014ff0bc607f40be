// The limit of trials/compile-logistic.ts: the whole training step written out as one loop over the points, in plain
// C++ that a compiler vectorises. Its first argument is a file: count, learning rate, momentum, two weights, bias, then
// x0 x1 y of every point.

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "bench.h"

namespace {

constexpr int kCheckedSteps = 50;
constexpr float kLog2e = 1.44269504f;
constexpr float kLn2 = 0.693147181f;

template <typename To, typename From>
inline To bits(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

/** exp of 0 or less, without a call or a branch: 2^n by the exponent's bits, the rest by its series. */
inline float expNegative(float x) {
  const float least = x < -87.0f ? -87.0f : x;
  const auto n = static_cast<int32_t>(least * kLog2e - 0.5f);
  const float r = least - static_cast<float>(n) * kLn2;
  float series = 1.0f / 5040;
  for (const float factorial : {720.0f, 120.0f, 24.0f, 6.0f, 2.0f, 1.0f, 1.0f}) series = series * r + 1 / factorial;
  return series * bits<float>((n + 127) << 23);
}

/** log(1 + x) of 0 to 1: 2 artanh of a third at most, by its series. */
inline float logOnePlus(float x) {
  const float r = x / (x + 2);
  const float square = r * r;
  float series = 1.0f / 13;
  for (const float odd : {11.0f, 9.0f, 7.0f, 5.0f, 3.0f, 1.0f}) series = series * square + 1 / odd;
  return 2 * r * series;
}

struct Regression {
  std::vector<float> x0, x1, y;
  float rate = 0, momentum = 0;
  float w0 = 0, w1 = 0, b = 0;
  float v0 = 0, v1 = 0, vb = 0;

  /** One step of SGD on the mean of the binary cross entropy, which it returns. */
  float step() {
    const auto count = static_cast<int>(y.size());
    const float *px0 = x0.data(), *px1 = x1.data(), *py = y.data();
    const float u0 = w0, u1 = w1, c = b;
    float loss = 0, g0 = 0, g1 = 0, gb = 0;
    for (int i = 0; i < count; i++) {
      const float z = px0[i] * u0 + px1[i] * u1 + c;
      const float e = expNegative(-std::fabs(z));
      const float larger = 1 / (1 + e);
      const float error = (z < 0 ? e * larger : larger) - py[i];
      loss += logOnePlus(e) + (z < 0 ? 0 : z) - z * py[i];
      g0 += error * px0[i];
      g1 += error * px1[i];
      gb += error;
    }
    const float share = 1.0f / static_cast<float>(count);
    w0 -= rate * (v0 = momentum * v0 + g0 * share);
    w1 -= rate * (v1 = momentum * v1 + g1 * share);
    b -= rate * (vb = momentum * vb + gb * share);
    return loss * share;
  }
};

float next(std::FILE* file) {
  float value = 0;
  if (std::fscanf(file, "%f", &value) != 1) {
    std::fprintf(stderr, "the data end too early\n");
    std::exit(1);
  }
  return value;
}

Regression read(const char* path) {
  std::FILE* file = std::fopen(path, "r");
  if (file == nullptr) {
    std::perror(path);
    std::exit(1);
  }
  Regression job;
  const auto count = static_cast<int>(next(file));
  for (float* value : {&job.rate, &job.momentum, &job.w0, &job.w1, &job.b}) *value = next(file);
  for (int i = 0; i < count; i++) {
    for (std::vector<float>* column : {&job.x0, &job.x1, &job.y}) column->push_back(next(file));
  }
  std::fclose(file);
  return job;
}

std::vector<double> losses(Regression& job) {
  std::vector<double> values;
  for (int i = 0; i < kCheckedSteps; i++) values.push_back(job.step());
  return values;
}

void run(Regression& job, int times) {
  volatile float sink = 0;
  for (int i = 0; i < times; i++) sink = job.step();
  (void)sink;
}

}  // namespace

int main(int count, char** words) {
  if (count < 2) {
    std::fprintf(stderr, "logistic <file> <trial> check|time <seconds> <cases...>\n");
    return 1;
  }
  Regression job = read(words[1]);
  return bench::serve({words + 2, words + count}, [&](const std::string&, const std::string&) {
    return bench::Case{[&](int times) { run(job, times); }, [&] { return losses(job); }};
  });
}
