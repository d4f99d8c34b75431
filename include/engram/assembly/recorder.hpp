#pragma once
#include <limits>
#include <string>

#include "../record/block_means.hpp"
#include "../record/rates.hpp"
#include "network.hpp"

namespace engram::inline ENGRAM_ABI {

/// One row of the experiment: mean weights as fractions x of their bound, and rates (Hz) since the row before. AA averages
/// A->A and B->B, AB both directions, AO is O->A and O->B, OA the reverse. NaN where a block has no synapse.
struct AssemblyRow {
  std::string phase;
  double t = 0;  ///< s, since the start
  double AA, AB, AO, OA, OO, AI, OI;
  double r_A, r_B, r_O, r_I;

  void archive_state(auto& archive) { archive(phase, t, AA, AB, AO, OA, OO, AI, OI, r_A, r_B, r_O, r_I); }
};

/// Observer of the assembly network.
struct AssemblyRecorder {
  Time every;
  AssemblyPreset preset;
  TwoAssemblies layout;
  std::string phase = "initial";
  double stop_at_AA = std::numeric_limits<double>::infinity();  ///< stop the run when x_AA reaches this
  std::vector<AssemblyRow> rows{};
  Rates excitatory_rates{Time{}, "E", {}}, inhibitory_rates{Time{}, "I", {}};

  bool observe(const auto& sim) {
    rows.push_back(read(sim));
    return !(rows.back().AA >= stop_at_AA);
  }

  void archive_state(auto& archive) {
    if constexpr (std::decay_t<decltype(archive)>::reading) rows.clear();
    archive(phase, stop_at_AA, rows, excitatory_rates, inhibitory_rates);
  }

  /// The row of this moment; it ends an interval of the rates.
  AssemblyRow read(const auto& sim) {
    const auto groups = layout.groups();
    const auto ee = block_sums(recurrent_excitation(sim), groups, groups);
    const Index N_I = inhibitory(sim).size();
    const auto ei = block_sums(inhibition(sim), groups, {CellSet{CellRange{0, N_I}}});
    const auto x = [](const BlockSums& s, Voltage bound, std::initializer_list<std::pair<int, int>> blocks) {
      double sum = 0, count = 0;
      for (const auto& [a, b] : blocks) sum += s.sum(a, b), count += s.count(a, b);
      return count > 0 ? sum / count / bound.value : std::numeric_limits<double>::quiet_NaN();
    };
    const Voltage e = preset.W_EE_max, i = preset.W_EI_max;
    excitatory_rates.groups = groups;
    inhibitory_rates.groups = {CellSet{CellRange{0, N_I}}};
    excitatory_rates.observe(sim);
    inhibitory_rates.observe(sim);
    const auto r = excitatory_rates.rows.back().second;
    const double r_I = inhibitory_rates.rows.back().second[0];
    excitatory_rates.rows.clear();
    inhibitory_rates.rows.clear();
    return {phase, sim.now().value * 1e-3,
            x(ee, e, {{0, 0}, {1, 1}}), x(ee, e, {{0, 1}, {1, 0}}), x(ee, e, {{0, 2}, {1, 2}}), x(ee, e, {{2, 0}, {2, 1}}), x(ee, e, {{2, 2}}),
            x(ei, i, {{0, 0}, {1, 0}}), x(ei, i, {{2, 0}}),
            r[0], r[1], r[2], r_I};
  }
};

}  // namespace engram::inline ENGRAM_ABI
