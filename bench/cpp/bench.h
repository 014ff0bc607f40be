// What the programs of this folder share: the arguments `<trial> check|time <seconds> <cases...>` and the lines that
// measure.ts prints. Knows nothing about what is timed.
#pragma once

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace bench {

/** Work that a program can do: so many turns, and some values of the result. */
struct Case {
  std::function<void(int)> run;
  std::function<std::vector<double>()> values;
};

/** A trial's case by its name, or nothing where the program does not know it. */
using Find = std::function<std::optional<Case>(const std::string& trial, const std::string& name)>;

constexpr double kSampleNs = 300e3;
constexpr double kWarmUpNs = 200e6;

inline double now() {
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

inline double elapsed(const Case& of, int times) {
  const double start = now();
  of.run(times);
  return now() - start;
}

/** Nanoseconds per turn, one number per sample. */
inline std::vector<double> samples(const Case& of, double seconds) {
  int times = 1;
  for (const double end = now() + kWarmUpNs; now() < end;) {
    if (elapsed(of, times) < kSampleNs / 2) times *= 2;
  }
  std::vector<double> values;
  for (const double end = now() + seconds * 1e9; values.empty() || now() < end;) {
    values.push_back(elapsed(of, times) / times);
  }
  return values;
}

inline void printList(const char* key, const std::vector<double>& numbers, const std::string& name) {
  std::printf("{\"name\":\"%s\",\"%s\":[", name.c_str(), key);
  for (size_t i = 0; i < numbers.size(); i++) std::printf("%s%.17g", i == 0 ? "" : ",", numbers[i]);
  std::printf("]}\n");
}

/** Answers the words of a command line for the cases that the program knows. */
inline int serve(const std::vector<std::string>& words, const Find& find) {
  if (words.size() < 3) {
    std::fprintf(stderr, "<trial> check|time <seconds> <cases...>\n");
    return 1;
  }
  const bool checks = words[1] == "check";
  const double seconds = std::atof(words[2].c_str());
  for (size_t i = 3; i < words.size(); i++) {
    const std::optional<Case> found = find(words[0], words[i]);
    if (!found) continue;
    printList(checks ? "values" : "samples", checks ? found->values() : samples(*found, seconds), words[i]);
  }
  return 0;
}

}  // namespace bench
