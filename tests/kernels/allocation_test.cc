#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <new>

#include "runtime/backend/backend.hpp"
#include "tests/support/kernel_harness.hpp"

namespace {

thread_local bool counting = false;
thread_local int allocations = 0;

/// oneDNN builds a map of the arguments whenever a primitive is executed: that is out of our hands.
bool is_in_onednn(const void* code) {
  Dl_info info;
  return dladdr(code, &info) != 0 && std::strstr(info.dli_fname, "libdnnl") != nullptr;
}

}  // namespace

// Not inlined, or the compiler sees memory from new go to free and warns.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  if (counting) {
    counting = false;  // dladdr may allocate
    if (!is_in_onednn(__builtin_return_address(0))) ++allocations;
    counting = true;
  }
  if (void* memory = std::malloc(bytes > 0 ? bytes : 1)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace keraunos::testing {
namespace {

/// Allocations on the calling thread from the second run on.
int steady_allocations(const KernelEntry& entry, const NodeCase& node) {
  allocations = 0;
  run_repeatedly(entry, node, 4, [](int i) { counting = i > 0; });
  counting = false;
  return allocations;
}

std::vector<NodeCase> one_node_of_each_op() {
  Random random(1);
  const Window same = {3, 1, 1, Padding::same, 0, 0};
  std::vector<NodeCase> nodes;
  const auto add = [&](Op op, std::vector<Tensor> inputs) {
    nodes.push_back({std::move(op), std::move(inputs), {false, true, true}});
  };
  add(Conv{{same, same}, 1, relu()},
      tensors(random.tensor({2, 9, 9, 20}), random.tensor({3, 3, 20, 20}), random.tensor({20})));
  add(Conv{{same, same}, 20, {UnaryFn::tanh}},
      tensors(random.tensor({2, 9, 9, 20}), random.tensor({3, 3, 1, 20})));
  add(MatMul{relu()}, tensors(random.tensor({3, 40}), random.tensor({40, 30})));
  const Window stride_2 = {3, 2, 1, Padding::explicit_, 0, 0};
  add(ConvTranspose{{stride_2, stride_2}, relu()},
      tensors(random.tensor({2, 4, 4, 20}), random.tensor({3, 3, 10, 20}), random.tensor({10})));
  add(BatchMatMul{true, true}, tensors(random.tensor({3, 20, 7}), random.tensor({3, 40, 20})));
  Recurrent lstm = {CellFn::lstm, {UnaryFn::tanh}, {UnaryFn::sigmoid}};
  add(lstm, tensors(random.tensor({2, 5, 40}), random.tensor({10, 40}), random.tensor({2, 10}),
                    random.tensor({2, 10})));
  lstm.windows = {same};
  add(lstm, tensors(random.tensor({2, 5, 6, 40}), random.tensor({3, 10, 40}),
                    random.tensor({2, 6, 10}), random.tensor({2, 6, 10})));
  add(Norm{NormFn::standard, {0, 2}}, tensors(random.tensor({9, 20, 3})));
  add(AdaptivePool{PoolFn::average, {3}}, tensors(random.tensor({2, 7, 3})));
  add(Pool{PoolFn::max, {same, same}}, tensors(random.tensor({2, 9, 9, 20})));
  add(Reduce{ReduceFn::mean, {1, 2}, false}, tensors(random.tensor({2, 9, 9, 20})));
  add(relu(), tensors(random.tensor({100})));
  add(Binary{BinaryFn::add}, tensors(random.tensor({9, 20}), random.tensor({20})));
  add(Affine{1}, tensors(random.tensor({9, 20}), random.tensor({20}), random.tensor({20})));
  for (const SoftmaxFn fn : {SoftmaxFn::softmax, SoftmaxFn::log_softmax, SoftmaxFn::sparsemax}) {
    add(Softmax{fn, {1}}, tensors(random.tensor({9, 20, 2})));
  }
  add(Resize{7, 11, Interpolation::bilinear, true}, tensors(random.tensor({2, 9, 9, 3})));
  add(Pad{{{0, 0}, {1, 2}}, 0}, tensors(random.tensor({9, 20})));
  add(Concat{0}, tensors(random.tensor({9, 20}), random.tensor({2, 20})));
  add(Slice{{8, 0}, {9, 10}, {-1, 2}}, tensors(random.tensor({9, 20})));
  add(Broadcast{{9, 20}}, tensors(random.tensor({9, 1})));
  add(Gather{0}, tensors(random.tensor({9, 20}), Tensor(DType::int32, {3})));
  add(GatherAlong{0}, tensors(random.tensor({9, 20}), Tensor(DType::int64, {3, 20})));
  add(Select{}, tensors(Tensor(DType::boolean, {9, 1}), random.tensor({20}), random.tensor({})));
  add(Binary{BinaryFn::power}, tensors(random.tensor({9, 20}), random.tensor({20})));
  add(Reduce{ReduceFn::min, {0}, false}, tensors(random.tensor({9, 20})));
  add(ArgReduce{true, 1, false}, tensors(random.tensor({9, 20})));
  add(Scan{ScanFn::sum, 1}, tensors(random.tensor({9, 20})));
  add(Sort{1, true}, tensors(random.tensor({9, 20})));
  add(Transpose{{1, 0}}, tensors(random.tensor({9, 20})));
  add(Cast{DType::int32}, tensors(random.tensor({9, 20})));
  return nodes;
}

TEST(Allocations, AreCounted) {
  counting = true;
  allocations = 0;
  void* volatile memory = ::operator new(4);  // volatile, or the compiler leaves both out
  ::operator delete(memory);
  counting = false;
  EXPECT_EQ(allocations, 1);
}

TEST(Allocations, NoCpuKernelMakesOneWhileItRuns) {
  for (const NodeCase& node : one_node_of_each_op()) {
    for (const KernelEntry& entry : cpu_backend().kernels_for(node.op.index())) {
      if (!verdict(entry, node)) continue;
      EXPECT_EQ(steady_allocations(entry, node), 0) << entry.name << ": " << node.describe();
    }
  }
}

}  // namespace
}  // namespace keraunos::testing
