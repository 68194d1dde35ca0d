#include <ucontext.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "tests/cuda/double/device.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define KERAUNOS_FIBERS_UNDER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KERAUNOS_FIBERS_UNDER_ASAN 1
#endif
#endif
#ifdef KERAUNOS_FIBERS_UNDER_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

// A block of threads as fibers of one host thread: each runs until it must wait for others.

namespace keraunos::cuda_double {

thread_local Extent thread_index, block_index, block_extent, grid_extent;

namespace {

constexpr unsigned warp_size = 32;
constexpr std::size_t stack_bytes = std::size_t{128} << 10;

struct Fiber {
  enum class State { ready, at_warp, at_block, done };
  ucontext_t context{};
  std::unique_ptr<char[]> stack{new char[stack_bytes]};
  State state = State::done;
  std::uint64_t offered = 0;  // to the lanes of the warp
};

/// Tells AddressSanitizer which stack is in use.
class StackSwitch {
 public:
#ifdef KERAUNOS_FIBERS_UNDER_ASAN
  void leave_for(const void* bottom, std::size_t bytes) {
    __sanitizer_start_switch_fiber(&fake_stack_, bottom, bytes);
  }
  void arrive() { __sanitizer_finish_switch_fiber(fake_stack_, &from_bottom_, &from_bytes_); }
  static void leave_for_good(const void* bottom, std::size_t bytes) {
    __sanitizer_start_switch_fiber(nullptr, bottom, bytes);
  }
#else
  void leave_for(const void*, std::size_t) {}
  void arrive() {}
  static void leave_for_good(const void*, std::size_t) {}
#endif
  const void* from_bottom() const { return from_bottom_; }
  std::size_t from_bytes() const { return from_bytes_; }

 private:
  [[maybe_unused]] void* fake_stack_ = nullptr;
  const void* from_bottom_ = nullptr;
  std::size_t from_bytes_ = 0;
};

class Block {
 public:
  static Block& current() {
    static thread_local Block block;
    return block;
  }

  void run(unsigned threads, const std::function<void()>& body) {
    body_ = &body;
    while (fibers_.size() < threads) fibers_.push_back(std::make_unique<Fiber>());
    threads_ = threads;
    for (unsigned i = 0; i < threads; ++i) prepare(*fibers_[i]);
    for (bool unfinished = true; unfinished;) {
      unfinished = false;
      for (unsigned i = 0; i < threads; ++i) unfinished = resume(i) || unfinished;
      const bool warp_met = release_warps();
      const bool met = release_block() || warp_met;
      if (unfinished && !met && nothing_is_ready()) die("threads of a block wait for each other");
    }
  }

  std::uint64_t exchange(std::uint64_t bits, unsigned lane_mask) {
    Fiber& own = *fibers_[running_];
    own.offered = bits;
    wait(Fiber::State::at_warp);
    const std::uint64_t taken = fibers_[running_ ^ lane_mask]->offered;
    wait(Fiber::State::at_warp);  // before anyone offers the next
    return taken;
  }

  void wait_for_all() { wait(Fiber::State::at_block); }

 private:
  void prepare(Fiber& fiber) {
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = fiber.stack.get();
    fiber.context.uc_stack.ss_size = stack_bytes;
    fiber.context.uc_link = nullptr;
    makecontext(&fiber.context, &Block::enter, 0);
    fiber.state = Fiber::State::ready;
  }

  static void enter() {
    Block& block = current();
    StackSwitch arrival;
    arrival.arrive();
    block.home_bottom_ = arrival.from_bottom();
    block.home_bytes_ = arrival.from_bytes();
    (*block.body_)();
    Fiber& fiber = *block.fibers_[block.running_];
    fiber.state = Fiber::State::done;
    StackSwitch::leave_for_good(block.home_bottom_, block.home_bytes_);
    setcontext(&block.home_);
  }

  /// Runs a fiber until it waits or ends; true while it has not ended.
  bool resume(unsigned i) {
    Fiber& fiber = *fibers_[i];
    if (fiber.state == Fiber::State::ready) {
      running_ = i;
      thread_index.x = i;
      StackSwitch there;
      there.leave_for(fiber.stack.get(), stack_bytes);
      swapcontext(&home_, &fiber.context);
      there.arrive();
    }
    return fiber.state != Fiber::State::done;
  }

  void wait(Fiber::State state) {
    Fiber& fiber = *fibers_[running_];
    fiber.state = state;
    StackSwitch back;
    back.leave_for(home_bottom_, home_bytes_);
    swapcontext(&fiber.context, &home_);
    back.arrive();
  }

  /// Lets go on whoever waits in [first, last), if all of them do.
  bool release(unsigned first, unsigned last, Fiber::State state) {
    for (unsigned i = first; i < last; ++i) {
      if (fibers_[i]->state != state) return false;
    }
    for (unsigned i = first; i < last; ++i) fibers_[i]->state = Fiber::State::ready;
    return true;
  }
  bool release_warps() {
    bool any = false;
    for (unsigned first = 0; first + warp_size <= threads_; first += warp_size) {
      any = release(first, first + warp_size, Fiber::State::at_warp) || any;
    }
    return any;
  }
  bool release_block() { return release(0, threads_, Fiber::State::at_block); }

  bool nothing_is_ready() const {
    for (unsigned i = 0; i < threads_; ++i) {
      if (fibers_[i]->state == Fiber::State::ready) return false;
    }
    return true;
  }

  ucontext_t home_{};
  const void* home_bottom_ = nullptr;
  std::size_t home_bytes_ = 0;
  std::vector<std::unique_ptr<Fiber>> fibers_;
  const std::function<void()>* body_ = nullptr;
  unsigned threads_ = 0;
  unsigned running_ = 0;
};

}  // namespace

void run_grid(unsigned blocks, unsigned threads, const std::function<void()>& body) {
  grid_extent.x = blocks;
  block_extent.x = threads;
  for (unsigned block = 0; block < blocks; ++block) {
    block_index.x = block;
    Block::current().run(threads, body);
  }
}

void die(const char* what) {
  std::fprintf(stderr, "the device double: %s\n", what);
  std::abort();
}

std::uint64_t shuffle_xor(std::uint64_t bits, unsigned lane_mask) {
  return Block::current().exchange(bits, lane_mask);
}

void synchronize_block() { Block::current().wait_for_all(); }

}  // namespace keraunos::cuda_double
