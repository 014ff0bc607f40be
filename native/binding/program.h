// `program`: checks a list of launches and makes the object that replays them.
#pragma once

#include <napi.h>

#include <atomic>

#include "binding/addon_data.h"
#include "runtime/program.h"

namespace dyngrad {

Napi::Value makeProgram(Napi::Env env);

// A program with a count of those who have it: its functions and a running start, which may end on another thread's
// word. (std::shared_ptr would raise the floor of glibc.)
class SharedProgram {
 public:
  SharedProgram(const KernelTable& table, const Buffer& words) : counted_(new Counted{{table, words}}) {}
  SharedProgram(const SharedProgram& other) : counted_(other.counted_) {
    counted_->owners.fetch_add(1, std::memory_order_relaxed);
  }
  SharedProgram& operator=(const SharedProgram&) = delete;
  ~SharedProgram() {
    if (counted_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete counted_;
  }

  Program& operator*() const { return counted_->program; }
  Program* operator->() const { return &counted_->program; }

 private:
  struct Counted {
    Program program;
    std::atomic<int> owners{1};
  };
  Counted* counted_;
};

// What a function of a program's object has for its data.
struct ProgramFunction {
  const AddonData& addon;
  SharedProgram program;
  // For more arguments than fit on the stack.
  std::vector<napi_value> arguments;
  std::vector<Buffer> buffers;
};

// The program in the hands of one caller, until this goes.
class ProgramTurn {
 public:
  explicit ProgramTurn(Program& program) : program_(program), taken_(program.take()) {}
  ~ProgramTurn() {
    if (taken_) program_.release();
  }
  ProgramTurn(const ProgramTurn&) = delete;

  bool taken() const { return taken_; }
  // The program stays taken.
  void keep() { taken_ = false; }

 private:
  Program& program_;
  bool taken_;
};

// Arguments of a program's function: `leading` of its own, the offsets, a buffer for each slot, perhaps more buffers.
class ProgramCall {
 public:
  static constexpr std::size_t kFewArguments = 33;
  // What may follow the slots' buffers: nothing, or at most as many others.
  enum class Rest { kNone, kSources };

  ProgramCall(napi_env env, napi_callback_info info, const char* name, std::size_t leading, Rest rest = Rest::kNone)
      : env_(env), info_(info), name_(name), leading_(leading), mayHaveRest_(rest != Rest::kNone) {}

  // Reads them; false when an error is thrown.
  bool read();
  // Places the program, of which the caller has the turn; false when an error is thrown.
  bool place();

  Program& program() const { return *function_->program; }
  const SharedProgram& shared() const { return function_->program; }
  napi_value argument(std::size_t i) const { return arguments_[i]; }
  // Buffers of slots, and behind them the rest.
  napi_value slot(std::size_t i) const { return arguments_[leading_ + 1 + i]; }
  const Buffer& buffer(std::size_t i) const { return buffers_[leading_ + 1 + i]; }
  std::size_t rest() const { return rest_; }
  bool checkKind() const { return function_->addon.nodeTakesShared; }

 private:
  // A short list first, since Node fills what the caller left out.
  static constexpr std::size_t kFirst = 8;

  napi_env env_;
  napi_callback_info info_;
  const char* name_;
  std::size_t leading_;
  bool mayHaveRest_;
  std::size_t rest_ = 0;
  ProgramFunction* function_ = nullptr;
  napi_value* arguments_ = few_;
  Buffer* buffers_ = fewBuffers_;
  napi_value few_[kFewArguments];
  Buffer fewBuffers_[kFewArguments];
};

napi_value throwRunning(napi_env env);
napi_value throwNoMemory(napi_env env);

// program.start
napi_value startProgram(napi_env env, napi_callback_info info);

}  // namespace dyngrad
