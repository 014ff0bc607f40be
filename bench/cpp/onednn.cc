// Matrix products by oneDNN: the primitive of each case is made once, and only runs when it is timed. It has no
// float64.

#include <dnnl.hpp>

#include "matmul.h"

namespace {

using dnnl::memory;

struct OneDnn {
  static std::string version() {
    const dnnl_version_t* of = dnnl_version();
    return std::to_string(of->major) + "." + std::to_string(of->minor) + "." + std::to_string(of->patch);
  }

  template <typename T>
  static std::function<void()> multiply(const bench::Product& of, const T* a, const T* b, T* c) {
    if constexpr (std::is_same_v<T, double>) {
      return nullptr;
    } else {
      const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
      const auto layout = [](int rows, int columns, bool transposed) {
        return memory::desc({rows, columns}, memory::data_type::f32,
                            transposed ? memory::format_tag::ba : memory::format_tag::ab);
      };
      const memory::desc descA = layout(of.m, of.k, of.transposesA), descB = layout(of.k, of.n, of.transposesB);
      const memory::desc descC = layout(of.m, of.n, false);
      const dnnl::matmul primitive(dnnl::matmul::primitive_desc(dnnl::matmul::desc(descA, descB, descC), engine));
      const std::unordered_map<int, memory> operands{{DNNL_ARG_SRC, memory(descA, engine, const_cast<T*>(a))},
                                                     {DNNL_ARG_WEIGHTS, memory(descB, engine, const_cast<T*>(b))},
                                                     {DNNL_ARG_DST, memory(descC, engine, c)}};
      dnnl::stream stream(engine);
      return [=]() mutable {
        primitive.execute(stream, operands);
        stream.wait();
      };
    }
  }
};

}  // namespace

int main(int count, char** words) { return bench::matmulMain<OneDnn>(count, words); }
