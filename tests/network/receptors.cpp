/// Populations with several receptors: against a loop over cells, and that one receptor costs nothing and changes nothing.
#include <doctest/doctest.h>

#include <filesystem>

#include <engram/engram.hpp>
#include <engram/io/checkpoint.hpp>

#include "hash.hpp"

using namespace engram;
using namespace engram::literals;

namespace {

/// A user's own kernel of two variables: spikes feed the first, the first feeds the current.
struct Alpha {
  Time tau{3};
  template <class B>
  struct State {
    B rise, current;
  };
  template <class B>
  B filter(State<B>& s, Time dt) const {
    const B now = s.current, decay = B(std::exp(-(dt / tau)));
    s.current = decay * (s.current + B(dt / tau) * s.rise);
    s.rise *= decay;
    return now;
  }
  static constexpr auto fields() { return std::tuple{field("tau", &Alpha::tau, positive)}; }
};
static_assert(SynapseKernel<Alpha>);

constexpr HardBounds bounds{0_mV, 2_mV};

/// E excites itself by `fast`; I inhibits E by receptor k.
template <class T>
auto network(const auto& fast_and_slow, std::size_t k, Index cells = 300) {
  const auto e = population("E", cells, ExpIF{}, fast_and_slow, WhiteNoise{.sigma = 5_mV});
  const auto i = population("I", 80, ExpIF{}, Exponential{5_ms}, WhiteNoise{.sigma = 5_mV});
  return simulation<T>(Clock{0.1_ms}, Seed{1}, e, i, connect(e, e, Bernoulli{0.1}, Weight{1_mV}, Causal{}, bounds),
                       connect(i, receptor(e, k), Bernoulli{0.2}, Weight{-2_mV}), connect(e, i, Bernoulli{0.1}, Weight{1_mV}));
}
const auto fast_and_slow = receptors(Exponential{5_ms}, Exponential{20_ms});

config_error refusal(auto&& f) {
  try {
    f();
  } catch (const config_error& e) {
    return e;
  }
  return {"", "", ""};
}

}  // namespace

TEST_CASE("three receptors, one of them with two variables: the loop over cells") {
  // Sources that fire all the time, and targets that only integrate.
  const LIF clockwork{.leak = 0_mV, .cut = -60_mV, .reset = -61_mV, .refractory = 4_ms};
  const LIF passive{.tau = 20_ms, .leak = -70_mV, .cut = 1000_mV, .reset = -70_mV};
  const auto source = population("source", 3, clockwork, Exponential{5_ms}, WhiteNoise{.sigma = 0_mV});
  const auto target = population("target", 40, passive, receptors(Exponential{5_ms, 2}, Alpha{3_ms}, Exponential{20_ms}), WhiteNoise{.sigma = 0_mV});
  auto sim = simulation<double>(Clock{0.5_ms}, Seed{1}, source, target, connect(source, target, AllToAll{}, Weight{0.7_mV}),
                                connect(source, receptor(target, 1), AllToAll{}, Weight{-1.1_mV}),
                                connect(source, receptor(target, 2), AllToAll{}, Weight{0.3_mV}));
  auto& [s, t] = sim.populations();
  const double dt = 0.5, mean5 = 2 * 5 / dt * (1 - std::exp(-dt / 5)), mean20 = 20 / dt * (1 - std::exp(-dt / 20));
  double v = t.state()[0], fast = 0, rise = 0, alpha = 0, slow = 0, worst = 0, largest = 0;
  for (int n = 0; n < 400; ++n) {
    v += dt / 20 * (-70 - v + mean5 * fast + alpha + mean20 * slow);
    fast *= std::exp(-dt / 5);
    alpha = std::exp(-dt / 3) * (alpha + dt / 3 * rise);
    rise *= std::exp(-dt / 3);
    slow *= std::exp(-dt / 20);
    sim.step();
    const auto spikes = static_cast<double>(s.spikes().size());
    fast += 0.7 * spikes, rise -= 1.1 * spikes, slow += 0.3 * spikes;
    worst = std::max({worst, std::abs(t.state()[0] - v), std::abs(t.synaptic()[0] - fast), std::abs(t.synaptic(1)[0] - rise), std::abs(t.synaptic(2)[0] - slow)});
    largest = std::max({largest, std::abs(v), std::abs(slow)});
  }
  CHECK(s.spike_count()[0] > 30);
  // Every quantity forgets within 40 steps, and a step rounds it some ten times.
  CHECK(worst < 40 * 10 * largest * 0x1p-53);
  CHECK_THROWS_AS(t.synaptic(3), std::out_of_range);
}

TEST_CASE_TEMPLATE("a list of one receptor is that receptor, to the bit", T, float, double) {
  auto plain = network<T>(Exponential{5_ms}, 0);
  auto listed = network<T>(receptors(Exponential{5_ms}), 0);
  CHECK(fingerprint(plain) == fingerprint(listed));
  plain.run(300_ms);
  listed.run(300_ms);
  CHECK(hash(plain) == hash(listed));
}

TEST_CASE("a receptor that nobody delivers to changes nothing; one that is delivered to does") {
  auto one = network<float>(Exponential{5_ms}, 0);
  auto idle = network<float>(fast_and_slow, 0), used = network<float>(fast_and_slow, 1);
  one.run(300_ms);
  idle.run(300_ms);
  used.run(300_ms);
  const auto spikes = [](const auto& sim) {
    const auto count = std::get<0>(sim.populations()).spike_count();
    return std::vector<std::uint64_t>(count.begin(), count.end());
  };
  CHECK(std::get<0>(one.populations()).spike_count()[7] > 0);
  CHECK(spikes(one) == spikes(idle));
  CHECK(spikes(one) != spikes(used));
}

TEST_CASE_TEMPLATE("several receptors: any number of threads, split runs and checkpoints give the same bits", T, float, double) {
  auto whole = network<T>(fast_and_slow, 1, 700);
  whole.run(400_ms);
  for (const unsigned threads : {2u, 3u}) {
    auto other = network<T>(fast_and_slow, 1, 700);
    other.set_threads(Threads{threads});
    other.run(400_ms);
    CHECK(hash(other) == hash(whole));
  }
  const auto path = std::filesystem::temp_directory_path() / ("engram_receptors_" + std::to_string(sizeof(T)));
  auto first = network<T>(fast_and_slow, 1, 700), second = network<T>(fast_and_slow, 1, 700);
  first.run(250_ms);
  save(path, first);
  load(path, second);
  second.run(150_ms);
  CHECK(hash(second) == hash(whole));

  auto elsewhere = network<T>(fast_and_slow, 0, 700);
  auto alpha = network<T>(Alpha{}, 0, 700);
  CHECK_THROWS_AS(load(path, elsewhere), io_error);  // the same synapses onto the other receptor
  save(path, alpha);
  CHECK_THROWS_AS(load(path, elsewhere), io_error);  // as many variables, but one receptor
  std::filesystem::remove(path);
}

TEST_CASE("a projection onto another receptor than the first has a name of its own") {
  const auto e = population("E", 50, ExpIF{}, fast_and_slow, WhiteNoise{.sigma = 5_mV});
  const auto sim = simulation(Clock{0.1_ms}, Seed{1}, e, connect(e, e, Bernoulli{0.1}, Weight{1_mV}), connect(e, receptor(e, 1), Bernoulli{0.1}, Weight{2_mV}));
  const auto all_weigh = [&](const char* name, float weight) {
    int found = 0;
    sim.with_projection(name, [&](const auto& projection) {
      ++found;
      projection.for_each([&](const auto& s) { CHECK(s.weight == weight); });
    });
    CHECK(found == 1);
  };
  all_weigh("E->E", 1);
  all_weigh("E->E/1", 2);
}

TEST_CASE("a receptor that is not there, and parameters out of range, are refused by name") {
  const auto missing = refusal([] { network<float>(fast_and_slow, 2); });
  CHECK(missing.field == "I->E.receptor");
  CHECK(missing.value == "2");
  CHECK(missing.allowed == "[0, 1] (number of receptors of E: 2)");
  CHECK(refusal([] { network<float>(Exponential{5_ms}, 1); }).allowed == "[0, 0] (number of receptors of E: 1)");
  CHECK(refusal([] { network<float>(receptors(Exponential{5_ms}, Alpha{0_ms}), 1); }).field == "E.receptor.1.tau");
  const auto p = parameters(fast_and_slow);
  REQUIRE(p.size() == 4);
  CHECK(p[2].name == "1.tau");
  CHECK(p[2].value == 20);
}
