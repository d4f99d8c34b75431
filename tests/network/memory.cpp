/// What a synapse takes: 2 bytes if it is static and all weights are equal, 2 more than a weight if it learns. The rest, some
/// bytes for each row and cell, is small beside rows of hundreds of synapses.
#include <doctest/doctest.h>

#include <engram/engram.hpp>

using namespace engram;
using namespace engram::literals;

namespace {

template <class T, class Rule>
double bytes_per_synapse(Rule rule) {
  constexpr Index cells = 2000;
  const auto e = population("E", cells, ExpIF{}, Exponential{5_ms}, WhiteNoise{});
  const auto sim = [&] {
    if constexpr (std::same_as<Rule, Static>) return simulation<T>(Clock{0.1_ms}, Seed{1}, e, connect(e, e, Bernoulli{0.5}, Weight{0.1_mV}));
    else return simulation<T>(Clock{0.1_ms}, Seed{1}, e, connect(e, e, Bernoulli{0.5}, Weight{0.1_mV}, rule, HardBounds{0_mV, 1_mV}));
  }();
  const auto& ee = std::get<0>(sim.projections());
  return static_cast<double>(ee.bytes()) / static_cast<double>(ee.size());
}

}  // namespace

TEST_CASE_TEMPLATE("bytes a synapse: 2 static, 2 and a weight plastic", T, float, double) {
  const double learned = 2 + sizeof(T);
  CHECK(bytes_per_synapse<T>(Static{}) >= 2);
  CHECK(bytes_per_synapse<T>(Static{}) < 2.1);
  CHECK(bytes_per_synapse<T>(Causal{}) >= learned);
  CHECK(bytes_per_synapse<T>(Causal{}) < 1.1 * learned);
}
