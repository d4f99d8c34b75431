#include <doctest/doctest.h>

#include <engram/engram.hpp>

#include "hash.hpp"

using namespace engram;
using namespace engram::literals;

namespace {

constexpr Bernoulli wiring{0.025};

/// A network with every kind of projection, several blocks of targets, in tiles, a signal, and weights near their bounds.
template <class T>
auto network(Threads threads, Index cells = 8000) {
  const auto e = population("E", cells * 4 / 5, ExpIF{}, Exponential{5_ms}, WhiteNoise{.sigma = 5_mV},
                            CommonSignal{.members = {CellRange{0, cells / 2}}, .enabled = true});
  const auto i = population("I", cells / 5, ExpIF{}, Exponential{5_ms}, WhiteNoise{.sigma = 5_mV});
  return simulation<T>(Clock{0.1_ms}, Seed{5}, threads, e, i,
                       connect(e, e, wiring, Weight{0.237_mV}, mix(0.4, Causal{}, Acausal{}), HardBounds{0_mV, 0.24_mV}),
                       connect(i, e, wiring, Weight{-0.3_mV}, Homeostatic{}, HardBounds{-0.96_mV, 0_mV}),
                       connect(e, i, wiring, Weight{0.08_mV}), connect(i, i, wiring, Weight{-0.32_mV}));
}

struct Counter {
  Time every{2};
  int calls = 0;
  bool observe(const auto&) { return ++calls < 5; }
};

}  // namespace

TEST_CASE_TEMPLATE("the same bits for any number of threads and any split of the run", T, float, double) {
  auto one = network<T>(Threads{1});
  REQUIRE(std::get<0>(one.projections()).blocks() == 2);
  const auto rows = draw_synapses(wiring, 6400, 6400, true, Seed{5}, 0).front();
  REQUIRE(detail::Tiles(rows).cells < rows.targets.size);
  one.run(40_ms);
  const auto expected = hash(one);
  for (const unsigned threads : {2u, 3u, 8u}) {
    CAPTURE(threads);
    auto whole = network<T>(Threads{threads});
    whole.run(40_ms);
    CHECK(hash(whole) == expected);
    auto split = network<T>(Threads{threads});
    for (const Time part : {0.1_ms, 3.1_ms, 16.8_ms}) split.run(part);
    split.set_threads(Threads{1});
    split.run(0.3_ms);
    split.set_threads(Threads{2});
    split.run(19.7_ms);
    CHECK(hash(split) == expected);
  }
}

TEST_CASE("an observer and an error with threads") {
  auto sim = network<float>(Threads{3}, 400);
  Counter counter;
  CHECK(sim.run(40_ms, counter) == RunResult::stopped);
  CHECK(sim.steps_done() == 100);
  std::get<0>(sim.populations()).state()[7] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(sim.run(40_ms), numerical_error);
  CHECK_THROWS_AS(sim.set_threads(Threads{0}), config_error);
}

TEST_CASE("blocks of targets cover a population, equally and evenly") {
  for (const Index n : {1u, 31u, 800u, 1024u, 1025u, 2000u, 2049u, 8000u, 8001u, 65535u, 80000u, 1000000u, 4000000u}) {
    const Index cells = target_block_cells(n), blocks = (n + cells - 1) / cells;
    CAPTURE(n);
    CHECK(cells <= 65536);
    CHECK((blocks == 1 || blocks % 2 == 0));
    CHECK((blocks == 1 || cells % logical_width == 0));
    CHECK((n < 2048 || blocks >= 2));
    CHECK((n > 65536 || blocks <= 2));
  }
}

TEST_CASE("rows do not depend on threads or blocks") {
  const auto serial = draw_synapses(Bernoulli{0.01}, 3000, 5000, true, Seed{2}, 1);
  for (const unsigned threads : {2u, 5u}) {
    const auto parallel = draw_synapses(Bernoulli{0.01}, 3000, 5000, true, Seed{2}, 1, Threads{threads});
    REQUIRE(parallel.size() == serial.size());
    for (std::size_t b = 0; b < serial.size(); ++b) {
      CHECK(parallel[b].row_begin == serial[b].row_begin);
      CHECK(parallel[b].target == serial[b].target);
    }
  }
  // And are those of the wiring, source by source.
  for (const Index j : {0u, 255u, 256u, 2999u}) {
    std::vector<Index> expected, found;
    Stream random(Seed{2}, Purpose::wiring, 1, j);
    Bernoulli{0.01}.row(j, 5000, random, [&](Index i) { if (i != j) expected.push_back(i); });
    for (const auto& rows : serial)
      for (const auto i : rows.row(j)) found.push_back(rows.targets.first + i);
    CHECK(found == expected);
  }
}
