#include "kernels/cpu/onednn/primitive.hpp"

#include <atomic>

#include "kernels/cpu/threads.hpp"

namespace keraunos::cpu::onednn {
namespace {

constexpr std::size_t slot_count = 16;  // runs at the same time that find a set already made

// oneDNN's interface is not const-correct: it writes to outputs only.
void* writable(const void* pointer) { return const_cast<void*>(pointer); }

}  // namespace

struct Primitive::ArgumentSet {
  dnnl::stream stream{engine()};
  std::vector<dnnl::memory> variable;      // rebound by every run: not constant, then scratch
  std::vector<dnnl_exec_arg_t> execution;  // all of them, as the C interface wants them
};

struct Primitive::Slot {
  std::atomic<bool> busy = false;
  std::unique_ptr<ArgumentSet> set;  // belongs to whoever made the slot busy
};

/// A set of arguments for one run: from a free slot, or made for this run where all are busy.
class Primitive::Lease {
 public:
  explicit Lease(const Primitive& primitive) {
    for (std::size_t i = 0; i < slot_count && slot_ == nullptr; ++i) {
      Slot& slot = primitive.slots_[i];
      if (!slot.busy.exchange(true, std::memory_order_acquire)) slot_ = &slot;
    }
  }
  ~Lease() {
    if (slot_ != nullptr) slot_->busy.store(false, std::memory_order_release);
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  ArgumentSet& set(const Primitive& primitive) {
    std::unique_ptr<ArgumentSet>& set = slot_ != nullptr ? slot_->set : temporary_;
    if (!set) set = primitive.make_set();
    return *set;
  }

 private:
  Slot* slot_ = nullptr;
  std::unique_ptr<ArgumentSet> temporary_;
};

Primitive::Primitive(dnnl::primitive primitive, const dnnl::memory::desc& scratchpad, int threads,
                     std::vector<Argument> arguments)
    : primitive_(std::move(primitive)),
      scratchpad_(scratchpad),
      threads_(threads),
      arguments_(std::move(arguments)),
      slots_(new Slot[slot_count]) {
  for (const Argument& argument : arguments_) {
    const bool constant = argument.constant != nullptr;
    constants_.push_back(constant
                             ? dnnl::memory(argument.desc, engine(), writable(argument.constant))
                             : dnnl::memory());
  }
  slots_[0].set = make_set();
}

Primitive::~Primitive() = default;

std::unique_ptr<Primitive::ArgumentSet> Primitive::make_set() const {
  auto set = std::make_unique<ArgumentSet>();
  const auto add = [&](int index, const dnnl::memory& memory) {
    set->execution.push_back({index, memory.get()});
  };
  const auto add_variable = [&](int index, const dnnl::memory::desc& desc) {
    set->variable.push_back(dnnl::memory(desc, engine(), DNNL_MEMORY_NONE));
    add(index, set->variable.back());
  };
  for (std::size_t i = 0; i < arguments_.size(); ++i) {
    if (constants_[i]) {
      add(arguments_[i].index, constants_[i]);
    } else {
      add_variable(arguments_[i].index, arguments_[i].desc);
    }
  }
  add_variable(DNNL_ARG_SCRATCHPAD, scratchpad_);
  return set;
}

void Primitive::run(std::initializer_list<const void*> pointers, void* workspace) const {
  translated([&] {
    Lease lease(*this);
    ArgumentSet& set = lease.set(*this);
    std::size_t next = 0;
    for (const void* pointer : pointers) set.variable[next++].set_data_handle(writable(pointer));
    set.variable[next].set_data_handle(workspace);
    const ThreadLimit limit(threads_);
    const dnnl_status_t status =
        dnnl_primitive_execute(primitive_.get(), set.stream.get(),
                               static_cast<int>(set.execution.size()), set.execution.data());
    dnnl::error::wrap_c_api(status, "could not execute a primitive");
  });
}

const void* pack_weights(KernelBuild& build, std::size_t i, const dnnl::memory::desc& stored,
                         const dnnl::memory::desc& wanted) {
  if (wanted == stored) return build.raw(i);
  const auto reorder = [&](const void* src, void* dst) {
    translated([&] {
      dnnl::stream stream(engine());
      dnnl::memory from(stored, engine(), writable(src));
      dnnl::memory to(wanted, engine(), dst);
      dnnl::reorder(from, to).execute(stream, from, to);
      stream.wait();
    });
  };
  return build.packed(i, "oneDNN " + layout_name(wanted), wanted.get_size(), reorder);
}

}  // namespace keraunos::cpu::onednn
