#include "runtime/plan.h"

#include <algorithm>

#include "runtime/first_failure.h"

namespace dyngrad {
namespace {

class Planner {
 public:
  Planner(const Launch& launch, Plan& plan) : launch_(launch), e_(launch.expression), plan_(plan) {}

  void move() {
    for (int i = 0; i < e_.inputs; ++i) plan_.inputs[i].data = launch_.operands[i].data;
    for (int w = 0; w < e_.outputs; ++w) plan_.outputs[w].data = launch_.operands[e_.inputs + w].data;
  }

  // Takes over the plan of a launch of the same words when its operands lie to each other as they did; false if not.
  bool refresh() {
    move();
    if (overlaps() != plan_.overlaps) return false;
    reread();
    return true;
  }

  void reread() {
    plan_.status = 0;
    for (int i = 0; i < e_.inputs; ++i)
      if (plan_.inputs[i].uniform()) spread(plan_.uniformValue[i].bytes, plan_.inputs[i].data, itemOf(i));
    for (int i = 0; i < plan_.rereads; ++i) evaluateUniform(plan_.reread[i]);
  }

  void run() {
    plan_.expression = &e_;
    plan_.registers = e_.inputs + e_.constants + e_.instructions;
    plan_.slots = plan_.status = plan_.loads = plan_.steps = plan_.stores = 0;
    plan_.generation = 0;
    makeRoom();
    makeViews();
    findUniform();
    findLastUses();
    for (int i = 0; i < e_.instructions; ++i)
      if (varies(resultOf(i))) addStep(i);
    for (int w = 0; w < e_.outputs; ++w) addOutput(w);
    plan_.overlaps = overlaps();
    findRereads();
    // A failed check of a constant is rare; finding it anew is not worth a place to keep it.
    plan_.generation = e_.inputs * e_.outputs <= 64 && plan_.status == 0 ? launch_.generation : 0;
  }

 private:
  int resultOf(int instruction) const { return e_.inputs + e_.constants + instruction; }
  bool varies(int number) const { return plan_.varies[number] != 0; }
  std::int16_t sourceOf(const Instruction& i, int s) const {
    return s < i.arity ? i.sources[s] : static_cast<std::int16_t>(plan_.registers);
  }
  std::int64_t itemOf(int number) const {
    if (number < e_.inputs) return launch_.operands[number].item;
    number -= e_.inputs;
    const DType dtype = number < e_.constants ? e_.constant[number].dtype : e_.instruction[number - e_.constants].dtype;
    return kItemSize[static_cast<int>(dtype)];
  }

  void setUniform(int number);
  void makeRoom();
  void makeViews();
  void orderDims(int (&order)[kMaxRank]) const;
  void findUniform();
  void evaluateUniform(int instruction);
  void findRereads();
  void findLastUses();
  std::uint64_t overlaps() const;
  void addStep(int instruction);
  void addLoad(int before, int input);
  void addOutput(int w);
  int directOutput(int instruction) const;
  bool sharedWithAnotherOutput(int input) const;
  bool overlap(const StridedView& a, const StridedView& b) const;
  std::int16_t takeSlot();
  void freeAfter(int instruction, int source, bool inPlace);

  const Launch& launch_;
  const Expression& e_;
  Plan& plan_;
  std::int16_t lastUse_[kMaxRegisters];
  std::int16_t slot_[kMaxRegisters];
  bool loaded_[kMaxOperands] = {};
  std::int16_t free_[kMaxRegisters];
  int freeCount_ = 0;
};

// Elementwise work may walk its dims in any order; the output's own keeps an operation on transposed tensors
// contiguous.
void Planner::orderDims(int (&order)[kMaxRank]) const {
  for (int d = 0; d < e_.rank; ++d) order[d] = d;
  if (e_.reduces || e_.rank < 2) return;
  for (int i = 0; i < e_.instructions; ++i)
    if (e_.instruction[i].takesIndex) return;
  const Sizes& strides = e_.strides[e_.inputs];
  const auto outer = [&](int a, int b) { return strides[a] > strides[b]; };
  for (int d = 1; d < e_.rank; ++d)
    for (int j = d; j > 0 && outer(order[j], order[j - 1]); --j) std::swap(order[j], order[j - 1]);
}

void Planner::makeRoom() {
  plan_.inputs.fit(e_.inputs);
  plan_.outputs.fit(e_.outputs);
  plan_.load.fit(e_.inputs);
  plan_.step.fit(e_.instructions);
  plan_.store.fit(e_.outputs);
  plan_.uniformValue.fit(plan_.registers);
  plan_.uniform.fit(plan_.registers);
  plan_.varies.fit(plan_.registers);
  plan_.reread.fit(e_.instructions);
}

void Planner::makeViews() {
  int order[kMaxRank];
  orderDims(order);
  Sizes sizes, strides;
  std::uint32_t kept = 0;  // dims that a reduction leaves
  for (int d = 0; d < e_.rank; ++d) {
    sizes[d] = e_.sizes[order[d]];
    if ((e_.mask >> order[d] & 1) == 0) kept |= 1u << d;
  }
  for (int i = 0; i < e_.inputs + e_.outputs; ++i) {
    for (int d = 0; d < e_.rank; ++d) strides[d] = e_.strides[i][order[d]];
    const bool input = i < e_.inputs;
    StridedView& view = input ? plan_.inputs[i] : plan_.outputs[i - e_.inputs];
    makeView(view, launch_.operands[i], e_.rank, sizes, strides, input || e_.stores(i - e_.inputs) ? ~0u : kept);
  }
}

// Uniform inputs are read here, before anything is written that they may alias.
void Planner::findUniform() {
  for (int i = 0; i < plan_.registers; ++i) {
    plan_.uniform[i] = nullptr;
    plan_.varies[i] = 1;
  }
  const auto set = [&](int number, const std::byte* value) {
    spread(plan_.uniformValue[number].bytes, value, itemOf(number));
    setUniform(number);
  };
  for (int i = 0; i < e_.inputs; ++i)
    if (plan_.inputs[i].uniform()) set(i, plan_.inputs[i].data);
  for (int c = 0; c < e_.constants; ++c) set(e_.inputs + c, e_.constant[c].value);
  for (int i = 0; i < e_.instructions; ++i) evaluateUniform(i);
}

void Planner::setUniform(int number) {
  plan_.uniform[number] = plan_.uniformValue[number].bytes;
  plan_.varies[number] = 0;
}

// A kernel over repeated values repeats its own; only the index goes on.
void Planner::evaluateUniform(int number) {
  const Instruction& i = e_.instruction[number];
  if (i.takesIndex && e_.count > 1) return;
  const std::int64_t first = 0;
  Source sources[3] = {{&first, 0}, {}, {}};
  for (int s = 0; s < i.arity; ++s) {
    if (varies(i.sources[s])) return;
    sources[s] = {plan_.uniform[i.sources[s]], 0};
  }
  const int result = resultOf(number);
  const std::int64_t item = itemOf(result);
  std::byte* value = plan_.uniformValue[result].bytes;
  if (i.kernel(value, sources, kUniformBytes / item) != 0) plan_.status = firstFailure(plan_.status, number + 1);
  if (i.takesIndex) spread(value, value, item);
  setUniform(result);
}

// Constants and what follows from them stay; what follows from uniform inputs has a new value in each launch.
void Planner::findRereads() {
  plan_.rereads = 0;
  for (int i = 0; i < e_.instructions; ++i) {
    if (varies(resultOf(i))) continue;
    bool rereads = false;
    for (int s = 0; s < e_.instruction[i].arity; ++s) {
      const int source = e_.instruction[i].sources[s];
      rereads |= source < e_.inputs;
      for (int r = 0; r < plan_.rereads; ++r) rereads |= source == resultOf(plan_.reread[r]);
    }
    if (rereads) plan_.reread[plan_.rereads++] = static_cast<std::int16_t>(i);
  }
}

// Where inputs lie in stored outputs decides what may be written at once and what must be copied first.
std::uint64_t Planner::overlaps() const {
  std::uint64_t bits = 0;
  if (e_.inputs * e_.outputs > 64) return bits;
  for (int w = 0; w < e_.outputs; ++w)
    for (int i = 0; e_.stores(w) && i < e_.inputs; ++i)
      bits = bits << 1 | (overlap(plan_.inputs[i], plan_.outputs[w]) ? 1 : 0);
  return bits;
}

void Planner::findLastUses() {
  for (int i = 0; i < plan_.registers; ++i) lastUse_[i] = -1;
  for (int i = 0; i < e_.instructions; ++i)
    for (int s = 0; s < e_.instruction[i].arity; ++s)
      lastUse_[e_.instruction[i].sources[s]] = static_cast<std::int16_t>(i);
  for (int w = 0; w < e_.outputs; ++w)
    if (e_.outputRegister[w] < e_.inputs) lastUse_[e_.outputRegister[w]] = static_cast<std::int16_t>(e_.instructions);
}

std::int16_t Planner::takeSlot() {
  return freeCount_ > 0 ? free_[--freeCount_] : static_cast<std::int16_t>(plan_.slots++);
}

bool Planner::overlap(const StridedView& a, const StridedView& b) const {
  return a.data < b.data + extentOf(b) && b.data < a.data + extentOf(a);
}

// The output that an instruction may write at once: stored, contiguous, and no input lies there that is read later.
int Planner::directOutput(int instruction) const {
  for (int w = 0; w < e_.outputs; ++w) {
    if (!e_.stores(w) || e_.outputRegister[w] != resultOf(instruction) || !plan_.outputs[w].contiguous()) continue;
    bool readLater = false;
    for (int i = 0; i < e_.inputs; ++i)
      readLater |= varies(i) && lastUse_[i] > instruction && overlap(plan_.inputs[i], plan_.outputs[w]);
    if (!readLater) return w;
  }
  return -1;
}

bool Planner::sharedWithAnotherOutput(int input) const {
  for (int w = 0; w < e_.outputs; ++w)
    if (e_.stores(w) && e_.outputRegister[w] != input && overlap(plan_.inputs[input], plan_.outputs[w])) return true;
  return false;
}

// An input that goes to one output while another overwrites it needs a copy of its own.
void Planner::addLoad(int before, int input) {
  if (loaded_[input]) return;
  loaded_[input] = true;
  const bool copied = lastUse_[input] == e_.instructions && sharedWithAnotherOutput(input);
  const bool inPlace = plan_.inputs[input].contiguous() && !copied;
  slot_[input] = inPlace ? std::int16_t{-1} : takeSlot();
  plan_.load[plan_.loads++] = {static_cast<std::int16_t>(before), static_cast<std::int16_t>(input), slot_[input],
                               copied};
}

// Gives back a source's slot at its last use. The result may take it (`inPlace`) only where the kernel may run in
// place: same item size and one value per element.
void Planner::freeAfter(int instruction, int source, bool inPlace) {
  if (!varies(source) || lastUse_[source] != instruction || slot_[source] < 0) return;
  const bool sameItems = itemOf(source) == itemOf(resultOf(instruction));
  const bool mayRepeat = source < e_.inputs && plan_.inputs[source].strides[plan_.inputs[source].rank - 1] == 0;
  if (inPlace != (sameItems && !mayRepeat)) return;
  free_[freeCount_++] = slot_[source];
  slot_[source] = -1;
}

void Planner::addStep(int number) {
  const Instruction& i = e_.instruction[number];
  for (int s = 0; s < i.arity; ++s)
    if (i.sources[s] < e_.inputs && varies(i.sources[s])) addLoad(number, i.sources[s]);
  const int result = resultOf(number);
  const int output = directOutput(number);
  for (int s = 0; s < i.arity; ++s) freeAfter(number, i.sources[s], true);
  bool kept = false;
  for (int w = 0; w < e_.outputs; ++w) kept |= e_.outputRegister[w] == result;
  const std::int16_t slot = output < 0 ? takeSlot() : std::int16_t{-1};
  for (int s = 0; s < i.arity; ++s) freeAfter(number, i.sources[s], false);
  slot_[result] = slot;
  if (kept) lastUse_[result] = static_cast<std::int16_t>(e_.instructions);
  if (lastUse_[result] < 0 && slot >= 0) free_[freeCount_++] = slot;
  plan_.step[plan_.steps++] = {
      i.kernel, static_cast<std::int16_t>(number), static_cast<std::int16_t>(result),
      slot,     static_cast<std::int16_t>(output), {sourceOf(i, 0), sourceOf(i, 1), sourceOf(i, 2)}};
}

void Planner::addOutput(int w) {
  const int source = e_.outputRegister[w];
  if (source < e_.inputs && varies(source)) addLoad(e_.instructions, source);
  if (!e_.stores(w)) return;
  for (int s = 0; s < plan_.steps; ++s)
    if (plan_.step[s].output == w) return;
  plan_.store[plan_.stores++] = {static_cast<std::int16_t>(w), static_cast<std::int16_t>(source)};
}

}  // namespace

void makePlan(const Launch& launch, Plan& plan) {
  Planner planner(launch, plan);
  if (plan.generation == launch.generation && plan.expression == &launch.expression && planner.refresh()) return;
  planner.run();
}

void rereadUniforms(const Launch& launch, Plan& plan) { Planner(launch, plan).reread(); }

void movePlan(const Launch& launch, Plan& plan) { Planner(launch, plan).move(); }

}  // namespace dyngrad
