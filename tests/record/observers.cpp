#include <doctest/doctest.h>

#include <engram/engram.hpp>

using namespace engram;
using namespace engram::literals;

namespace {
auto network() {
  const auto e = population("E", 60, ExpIF{}, Exponential{5_ms}, WhiteNoise{.sigma = 4_mV});
  const auto ee = connect(e, e, Bernoulli{0.3}, Weight{0.1_mV}, Causal{}, HardBounds{0_mV, 0.24_mV});
  return simulation<double>(Clock{0.1_ms}, Seed{4}, e, ee);
}
}  // namespace

TEST_CASE("block sums agree with a sum over the matrix, in both normalisations") {
  auto sim = network();
  auto& [EE] = sim.projections();
  EE.set_weights([](Index j, Index i, double) { return 1e-3 * j + 1e-5 * i; });
  const std::vector<CellSet> groups{CellRange{0, 20}, CellRange{20, 40}};
  const auto sums = block_sums(EE, groups, groups);
  const auto w = weight_matrix(EE, 60, 60, -1);
  double sum = 0, count = 0;
  for (int i = 0; i < 20; ++i)
    for (int j = 20; j < 60; ++j)
      if (w(i, j) >= 0) sum += static_cast<double>(w(i, j)), count += 1;
  CHECK(sums.count(0, 1) == count);
  CHECK(sums.mean_existing()(0, 1) == doctest::Approx(sum / count).epsilon(1e-6));
  CHECK(sums.mean_all_pairs(60)(0, 1) == doctest::Approx(60 * sum / 800).epsilon(1e-6));
  for (int i = 0; i < 60; ++i) CHECK(w(i, i) == -1);  // no autapses
}

TEST_CASE("spikes, rates and counts agree") {
  auto sim = network();
  SpikeRecorder spikes{0.1_ms, "E"};
  Rates rates{100_ms, "E", {CellRange{0, 60}, CellRange{0, 10}}};
  sim.run(1_s, spikes, rates);
  REQUIRE(rates.rows.size() == 10);
  double mean = 0;
  for (const auto& [t, r] : rates.rows) mean += r[0] / 10;
  CHECK(mean == doctest::Approx(static_cast<double>(spikes.cell.size()) / 60).epsilon(1e-12));
  const auto& [E] = sim.populations();
  std::uint64_t total = 0;
  for (const auto c : E.spike_count()) total += c;
  CHECK(total == spikes.cell.size());
  CHECK(std::is_sorted(spikes.time.begin(), spikes.time.end()));
}

TEST_CASE("a histogram holds every weight once") {
  auto sim = network();
  auto& [EE] = sim.projections();
  EE.set_weights([](Index j, Index, double) { return j < 30 ? 0. : 0.24; });
  const auto h = weight_histogram(EE, 0_mV, 0.24_mV, 12);
  CHECK(h.count.front() + h.count.back() == EE.size());
  CHECK(h.count[5] == 0);
}

TEST_CASE("progress reports, and stops a run") {
  auto sim = network();
  int calls = 0;
  Progress progress{10_ms, [&](const ProgressReport& r) {
                      CHECK(r.total.value == 100);
                      CHECK(r.done.value == doctest::Approx(10. * ++calls));
                      return calls < 3;
                    }};
  CHECK(sim.run(100_ms, progress) == RunResult::stopped);
  CHECK(sim.now().value == doctest::Approx(30));
  CHECK(sim.run(10_ms) == RunResult::completed);
  CHECK(sim.run(0_ms) == RunResult::completed);
}

TEST_CASE("an observer of something that is not there is an error that lists what is") {
  auto sim = network();
  Rates rates{10_ms, "X", {CellRange{0, 1}}};
  try {
    sim.run(10_ms, rates);
    FAIL("accepted");
  } catch (const config_error& e) {
    CHECK(e.value == "X");
    CHECK(e.allowed == "one of E");
  }
  BlockMeans odd{0.25_ms, "E->E", {}, {}};
  CHECK_THROWS_AS(sim.run(10_ms, odd), config_error);
}
