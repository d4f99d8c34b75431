#include <doctest/doctest.h>

#include <engram/training/task.hpp>

#include <set>

using namespace engram;
using namespace engram::training;

TEST_CASE("random manifolds: smooth, in [0, 1], the same for the same seed") {
  CHECK(RandomManifold::cutoff(2) == 32);
  CHECK(RandomManifold::cutoff(1) == 1000);
  const RandomManifold a(20, 1, 2, Seed{1}, 0), same(20, 1, 2, Seed{1}, 0), other(20, 1, 2, Seed{1}, 1);
  std::vector<double> y(20), z(20), low(20, 1), high(20, 0);
  double differs = 0, roughest = 0;
  for (int k = 0; k <= 1000; ++k) {
    const double x[] = {k / 1000.0};
    a.embed(x, y);
    same.embed(x, z);
    CHECK(y == z);
    other.embed(x, z);
    for (std::size_t u = 0; u < 20; ++u) {
      differs = std::max(differs, std::abs(y[u] - z[u]));
      low[u] = std::min(low[u], y[u]), high[u] = std::max(high[u], y[u]);
    }
    const double next[] = {std::min(1.0, x[0] + 1e-5)};
    a.embed(next, z);
    for (std::size_t u = 0; u < 20; ++u) roughest = std::max(roughest, std::abs(y[u] - z[u]));
  }
  CHECK(differs > 0.3);
  CHECK(roughest < 1e-2);  // slope below 2 pi sum i/(i+1)^2 over the least range: continuous, not noise
  for (std::size_t u = 0; u < 20; ++u) {
    CHECK(low[u] >= 0);
    CHECK(high[u] <= 1);
    CHECK(high[u] - low[u] > 0.98);  // scaled by its own extremes over 2000 points
  }
}

TEST_CASE("rough manifolds take more spike times than smooth ones") {
  const auto roughness = [](double alpha) {
    const RandomManifold m(5, 1, alpha, Seed{3}, 0);
    std::vector<double> y(5), z(5);
    double path = 0;
    for (int k = 0; k < 2000; ++k) {
      const double x[] = {k / 2000.0}, next[] = {(k + 1) / 2000.0};
      m.embed(x, y), m.embed(next, z);
      for (std::size_t u = 0; u < 5; ++u) path += std::abs(y[u] - z[u]);
    }
    return path;
  };
  CHECK(roughness(1) > 2 * roughness(2));
  CHECK(roughness(2) > 1.3 * roughness(4));
}

namespace {
std::set<std::uint32_t> steps_of(const SpikeData& data, std::size_t trial, std::uint32_t from, std::uint32_t to) {
  std::set<std::uint32_t> units;
  for (const auto& s : data.spikes(trial))
    if (s.step >= from && s.step < to) units.insert(s.unit);
  return units;
}
}  // namespace

TEST_CASE("tasks: one spike per unit and stimulus, in its window, with the right label") {
  const auto simple = ManifoldClasses{}.make(Seed{1}, 0, 40);
  CHECK(simple.steps() == 100);
  const auto pair = DelayedXor{}.make(Seed{1}, 0, 40), memory = DelayedMemory{}.make(Seed{1}, 0, 40);
  CHECK(pair.steps() == 120);
  for (std::size_t n = 0; n < 40; ++n) {
    CHECK(simple.spikes(n).size() == 50);
    CHECK(steps_of(simple, n, 0, 50).size() == 50);
    CHECK(simple.label(n) == n % 2);
    CHECK(pair.spikes(n).size() == 100);
    CHECK(steps_of(pair, n, 0, 40).size() == 50);
    CHECK(steps_of(pair, n, 60, 100).size() == 50);
    CHECK(pair.label(n) == (n % 2 ^ n / 2 % 2));
    CHECK(memory.label(n) == n % 2);
    CHECK(std::ranges::equal(memory.spikes(n), pair.spikes(n)));  // the matched control
  }
}

TEST_CASE("context switch: four different balanced maps, cues of the context only") {
  const auto maps = ContextSwitch::maps(Seed{9});
  std::set<std::array<std::size_t, 4>> different(maps.begin(), maps.end());
  CHECK(different.size() == 4);
  for (const auto& m : maps) CHECK(m[0] + m[1] + m[2] + m[3] == 2);
  const auto data = ContextSwitch{}.make(Seed{9}, 0, 64);
  CHECK(data.units() == 82);
  for (std::size_t n = 0; n < 64; ++n) {
    const std::size_t context = n / 4 % 4;
    std::array<int, 32> cues{};
    for (const auto& s : data.spikes(n))
      if (s.unit >= 50) ++cues[s.unit - 50];
    for (std::size_t u = 0; u < 32; ++u) CHECK(cues[u] == (u / 8 == context ? 5 : 0));
    CHECK(data.label(n) == maps[context][n % 4]);
  }
}

TEST_CASE("trials depend on seed and index alone") {
  const auto whole = DelayedXor{}.make(Seed{2}, 0, 30), part = DelayedXor{}.make(Seed{2}, 20, 10);
  for (std::size_t n = 0; n < 10; ++n) CHECK(std::ranges::equal(whole.spikes(20 + n), part.spikes(n)));
  const auto other = DelayedXor{}.make(Seed{3}, 0, 30);
  CHECK(!std::ranges::equal(whole.spikes(0), other.spikes(0)));
  CHECK_THROWS_AS(DelayedXor{.stimuli = {.classes = 3}}.make(Seed{1}, 0, 1), config_error);
  CHECK_THROWS_AS(ManifoldClasses{.stimuli = {.dimension = 0}}.make(Seed{1}, 0, 1), config_error);
  CHECK_THROWS_AS(ManifoldClasses{.span = 101}.make(Seed{1}, 0, 1), config_error);
  CHECK_THROWS_AS(ManifoldClasses{.span = -1}.make(Seed{1}, 0, 1), config_error);
  CHECK_THROWS_AS(DelayedXor{.second = 90}.make(Seed{1}, 0, 1), config_error);
  CHECK_THROWS_AS(ContextSwitch{.period = 0}.make(Seed{1}, 0, 1), config_error);
}
