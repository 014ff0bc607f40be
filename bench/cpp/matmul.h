// The twin of trials/matmul.ts of libraries with a matrix product: reads the names of its cases and lays out its data.
// A library gives `Library::version()` and `Library::multiply<T>(product, a, b, c)`: a call that is ready to run, or
// none.
#pragma once

#include <cmath>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "bench.h"

namespace bench {

/** a [m, k] by b [k, n]; a transposed operand lies in memory as [k, m] or [n, k]. */
struct Product {
  int m, k, n;
  bool transposesA, transposesB, isDouble;
};

/** "32x784x512 AB" with a t after each operand that is transposed, of the trials matmul and matmul64. */
inline std::optional<Product> parseProduct(const std::string& trial, const std::string& name) {
  static const std::regex pattern(R"((\d+)x(\d+)x(\d+) A(t?)B(t?))");
  std::smatch part;
  if (!std::regex_match(name, part, pattern)) return std::nullopt;
  const auto number = [&](int at) { return std::stoi(part[at].str()); };
  return Product{number(1), number(2), number(3), part[4].length() > 0, part[5].length() > 0, trial == "matmul64"};
}

template <typename T>
std::vector<T> waves(size_t count) {
  std::vector<T> values(count);
  for (size_t i = 0; i < count; i++) values[i] = static_cast<T>(std::sin(static_cast<double>(i + 1)));
  return values;
}

template <typename T>
std::vector<double> probe(const std::vector<T>& values) {
  const size_t count = values.size();
  return {values[0], values[count >> 2], values[count >> 1], values[(3 * count) >> 2], values[count - 1]};
}

template <typename Library, typename T>
std::optional<Case> matmulCase(const Product& of) {
  struct Data {
    std::vector<T> a, b, c;
  };
  const auto size = [](int rows, int columns) { return static_cast<size_t>(rows) * columns; };
  const auto data = std::make_shared<Data>(
      Data{waves<T>(size(of.m, of.k)), waves<T>(size(of.k, of.n)), std::vector<T>(size(of.m, of.n))});
  const std::function<void()> multiply =
      Library::template multiply<T>(of, data->a.data(), data->b.data(), data->c.data());
  if (!multiply) return std::nullopt;
  return Case{[multiply, data](int times) {
                for (int i = 0; i < times; i++) multiply();
              },
              [multiply, data] {
                multiply();
                return probe(data->c);
              }};
}

template <typename Library>
int matmulMain(int count, char** arguments) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  if (words == std::vector<std::string>{"version"}) {
    std::printf("%s\n", Library::version().c_str());
    return 0;
  }
  return serve(words, [](const std::string& trial, const std::string& name) -> std::optional<Case> {
    const std::optional<Product> product = parseProduct(trial, name);
    if (!product) return std::nullopt;
    return product->isDouble ? matmulCase<Library, double>(*product) : matmulCase<Library, float>(*product);
  });
}

}  // namespace bench
