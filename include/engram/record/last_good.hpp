#pragma once
#include <optional>

#include "../core/concepts.hpp"

namespace engram::inline ENGRAM_ABI {

/// Observer: keeps a copy of the whole simulation, at most `every` old. After a numerical_error `sim = *last_good.state` goes on
/// from there, with another step, another guard or other parameters:
///
///     LastGood<decltype(sim)> last_good{1_s};
template <class Simulation>
struct LastGood {
  Time every;
  std::optional<Simulation> state{};

  void observe(const Simulation& sim) { state = sim; }
};

}  // namespace engram::inline ENGRAM_ABI
