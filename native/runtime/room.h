// Memory for as many items as were ever asked for: what is decoded or planned again takes none, what is kept takes its
// size.
#pragma once

#include <memory>

namespace dyngrad {

template <class T>
class Room {
 public:
  // Makes room for `count` items; those that were there are lost when it grows. Throws std::bad_alloc.
  void fit(int count) {
    if (count > capacity_) [[unlikely]]
      grow(count);
  }

  T& operator[](std::ptrdiff_t i) { return items_.get()[i]; }
  const T& operator[](std::ptrdiff_t i) const { return items_.get()[i]; }

 private:
  [[gnu::noinline]] void grow(int count) {
    capacity_ = 0;
    items_.reset(new T[static_cast<std::size_t>(count)]);
    capacity_ = count;
  }

  std::unique_ptr<T[]> items_;
  int capacity_ = 0;
};

}  // namespace dyngrad
