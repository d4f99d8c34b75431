#pragma once
/// A fixed crew of threads for one object: `run(n, f)` calls f(task, worker) for task = 0 .. n-1, each once, in any
/// order. Results must not depend on who did what: every task writes its own place, and sums are taken afterwards in
/// order.
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "../core/fields.hpp"

namespace engram::inline ENGRAM_ABI::training {

class Workers {
 public:
  /// `threads` in all, the caller's included: 1 starts none.
  explicit Workers(std::size_t threads) {
    require_in("threads", static_cast<double>(threads), {1, 1024});
    for (std::size_t k = 1; k < threads; ++k) crew_.emplace_back([this, k] { serve(k); });
  }
  ~Workers() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    wake_.notify_all();
    for (auto& thread : crew_) thread.join();
  }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  std::size_t size() const { return crew_.size() + 1; }

  void run(std::size_t tasks, const std::function<void(std::size_t, std::size_t)>& f) {
    if (crew_.empty()) {
      for (std::size_t k = 0; k < tasks; ++k) f(k, 0);
      return;
    }
    {
      const std::lock_guard lock(mutex_);
      job_ = &f;
      tasks_ = tasks;
      next_ = 0;
      busy_ = crew_.size();
      ++round_;
    }
    wake_.notify_all();
    work(0);
    if (!soon([this] { return busy_ == 0; })) {
      std::unique_lock lock(mutex_);
      done_.wait(lock, [this] { return busy_ == 0; });
    }
    if (auto e = std::exchange(failure_, nullptr)) std::rethrow_exception(e);
  }

 private:
  void work(std::size_t worker) {
    try {
      for (std::size_t k; (k = next_.fetch_add(1)) < tasks_;) (*job_)(k, worker);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      failure_ = std::current_exception();
      next_ = tasks_;
    }
  }
  void serve(std::size_t worker) {
    for (std::size_t seen = 0;;) {
      const auto called = [&] { return stop_ || round_ != seen; };
      if (!soon(called)) {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, called);
      }
      if (stop_) return;
      seen = round_;
      work(worker);
      const std::lock_guard lock(mutex_);
      if (--busy_ == 0) done_.notify_one();
    }
  }

  /// Whether `condition` comes true within some 100 us. Between two tasks of a step that is shorter than a sleep and a
  /// wake-up would be; whoever else wants the core gets it.
  template <class Condition>
  static bool soon(const Condition& condition) {
    for (int k = 0; k < 256; ++k) {
      if (condition()) return true;
      std::this_thread::yield();
    }
    return condition();
  }

  std::vector<std::thread> crew_;
  std::mutex mutex_;
  std::condition_variable wake_, done_;
  const std::function<void(std::size_t, std::size_t)>* job_ = nullptr;
  std::size_t tasks_ = 0;
  std::atomic<std::size_t> next_{0}, busy_{0}, round_{0};
  std::atomic<bool> stop_{false};
  std::exception_ptr failure_;
};

}  // namespace engram::inline ENGRAM_ABI::training
