#pragma once
#include <chrono>
#include <functional>

#include "../core/concepts.hpp"

namespace engram::inline ENGRAM_ABI {

/// Where a run stands.
struct ProgressReport {
  Time done, total;        ///< model time of the present run()
  double wall_seconds;     ///< since its beginning
  double remaining;        ///< estimated wall seconds
};

/// Observer: calls `report` every so often; the run stops if it returns false.
struct Progress {
  Time every;
  std::function<bool(const ProgressReport&)> report;
  std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();

  bool observe(const auto& sim) {
    const auto [begin, end] = sim.run_span();
    const Time done = static_cast<double>(sim.steps_done() - begin) * sim.dt();
    const Time total = static_cast<double>(end - begin) * sim.dt();
    const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    return report({done, total, wall, wall * ((total - done) / done)});
  }
};

}  // namespace engram::inline ENGRAM_ABI
