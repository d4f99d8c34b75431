#pragma once
/// A team of threads for one large network: it waits at a barrier between steps, so that a step costs no thread start.
/// Only as many threads as the caller asked for, and only while run() runs.
#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "../core/fields.hpp"

namespace engram::inline ENGRAM_ABI {

/// How many threads may be used; the caller's own is one of them. Results are the same bits for any number.
struct Threads {
  unsigned count = 1;  ///< 1 to 1024
};

inline constexpr Range thread_range{1, 1024};

namespace detail {
/// Tells the core that this is a loop of waiting.
inline void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}
}  // namespace detail

/// All of `count` threads wait here for each other: they spin for at most some ten microseconds, as long as the shares of
/// a step may differ, and then sleep, so that a core that another program wants is given up. How long they spin is learned:
/// where spinning was in vain, as on a machine with more work than cores, it becomes short.
class Barrier {
 public:
  explicit Barrier(unsigned count) : count_(count) {}

  void wait() {
    const unsigned phase = phase_.load(std::memory_order_acquire);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == count_) {
      arrived_.store(0, std::memory_order_relaxed);
      phase_.store(phase + 1, std::memory_order_release);
      phase_.notify_all();
      return;
    }
    const int spins = spins_.load(std::memory_order_relaxed);
    for (int k = 0; k < spins; ++k) {
      detail::relax();
      if (phase_.load(std::memory_order_acquire) == phase) continue;
      spins_.store(spins + (most_spins - spins) / 8, std::memory_order_relaxed);
      return;
    }
    spins_.store(std::max(least_spins, spins / 2), std::memory_order_relaxed);
    phase_.wait(phase, std::memory_order_acquire);
  }

 private:
  static constexpr int least_spins = 30, most_spins = 1000;
  const unsigned count_;
  std::atomic<int> spins_{most_spins};
  alignas(64) std::atomic<unsigned> arrived_{0};
  alignas(64) std::atomic<unsigned> phase_{0};
};

/// Calls job(t, barrier) for t = 0 ... count - 1, t = 0 on the caller's thread, and returns when all have ended. A job
/// must not throw.
class Team {
 public:
  explicit Team(Threads threads) : barrier_(threads.count) {
    for (unsigned t = 1; t < threads.count; ++t)
      others_.emplace_back([this, t] {
        for (;;) {
          barrier_.wait();
          if (call_ == nullptr) return;
          call_(job_, t, barrier_);
          barrier_.wait();
        }
      });
  }
  ~Team() {
    call_ = nullptr;
    barrier_.wait();
  }
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  unsigned size() const { return static_cast<unsigned>(others_.size()) + 1; }

  template <class Job>
  void operator()(Job job) {
    job_ = &job;
    call_ = [](void* j, unsigned t, Barrier& barrier) noexcept { (*static_cast<Job*>(j))(t, barrier); };
    barrier_.wait();
    call_(job_, 0, barrier_);
    barrier_.wait();
  }

 private:
  Barrier barrier_;
  void (*call_)(void*, unsigned, Barrier&) = nullptr;
  void* job_ = nullptr;
  std::vector<std::jthread> others_;
};

}  // namespace engram::inline ENGRAM_ABI
