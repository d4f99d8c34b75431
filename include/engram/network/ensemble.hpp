#pragma once
/// Many small simulations side by side: seeds, overlaps, rules.
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "../core/fields.hpp"

namespace engram::inline ENGRAM_ABI {

/// Calls task(0) ... task(n - 1), each once, on `threads` threads (>= 1; the caller's own is one of them). Tasks start in
/// order. The first exception stops further tasks from starting and is thrown here once all have ended.
template <class Task>
void run_ensemble(unsigned threads, std::size_t n, Task&& task) {
  require_in("threads", threads, {1, 4096});
  std::atomic<std::size_t> next{0};
  std::exception_ptr failed;
  std::mutex guard;
  const auto work = [&] {
    for (std::size_t k; (k = next.fetch_add(1)) < n;) {
      try {
        task(k);
      } catch (...) {
        const std::lock_guard lock(guard);
        if (!failed) failed = std::current_exception();
        next = n;
      }
    }
  };
  {
    std::vector<std::jthread> others;
    for (unsigned t = 1; t < threads && t < n; ++t) others.emplace_back(work);
    work();
  }
  if (failed) std::rethrow_exception(failed);
}

}  // namespace engram::inline ENGRAM_ABI
