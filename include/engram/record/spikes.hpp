#pragma once
#include <string>
#include <vector>

#include "../core/concepts.hpp"

namespace engram::inline ENGRAM_ABI {

/// Observer: every spike of a population, in order of time and then of cell. `every` must be the time step.
struct SpikeRecorder {
  Time every;
  std::string population;
  std::vector<double> time{};  ///< ms: the end of the step in which the cell spiked
  std::vector<Index> cell{};

  void observe(const auto& sim) {
    sim.with_population(population, [&](const auto& p) {
      for (const Index c : p.spikes()) {
        time.push_back(sim.now().value);
        cell.push_back(c);
      }
    });
  }
};

}  // namespace engram::inline ENGRAM_ABI
