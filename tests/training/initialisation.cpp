#include <doctest/doctest.h>

#include <engram/training/bptt.hpp>
#include <engram/training/initialisation.hpp>

using namespace engram;
using namespace engram::training;
using namespace engram::literals;

TEST_CASE("fluctuation-driven initialisation: reference values") {
  const auto e = response_integrals(20_ms, 10_ms, 2_ms), i = response_integrals(20_ms, 20_ms, 2_ms);
  CHECK(e.mean * 1e-3 == doctest::Approx(0.011032257).epsilon(1e-7));
  CHECK(e.square * 1e-3 == doctest::Approx(0.002035611).epsilon(2e-7));
  CHECK(i.mean * 1e-3 == doctest::Approx(0.021005675).epsilon(1e-7));
  CHECK(i.square * 1e-3 == doctest::Approx(0.005530421).epsilon(1e-7));
  const auto s = FluctuationDriven{}.scales(Model<>{});
  CHECK(s.recurrent_ratio == doctest::Approx(4.242640687).epsilon(1e-9));
  CHECK(s.balance_ratio == doctest::Approx(0.647008817).epsilon(1e-7));
  CHECK(s.input == doctest::Approx(2.977804921).epsilon(1e-8));
  CHECK(s.excitatory == doctest::Approx(12.633756315).epsilon(1e-8));
  CHECK(s.inhibitory == doctest::Approx(1.926666040).epsilon(1e-8));
}

TEST_CASE("drawn weights have the means that were asked for, no autapses, no padding") {
  const Model<> model{};
  const auto w = FluctuationDriven{}.weights<float>(model, Seed{2});
  const double means[] = {0.3358, 0.0792, 0.5190};  // exponential: the standard error is mean/sqrt(n)
  const double n[] = {50 * 125, 100 * 124, 25 * 124};
  for (std::size_t k = 0; k < 3; ++k)
    CHECK(std::abs(mean_magnitude(w, all_blocks[k]) - means[k]) < 4 * means[k] / std::sqrt(n[k]));
  CHECK(mean_magnitude(w, Block::readout) ==
        doctest::Approx(0.1 * std::sqrt(2 / 3.14159265)).epsilon(4 / std::sqrt(400.0)));
  for (Block b : all_blocks)
    for (std::size_t i = 0; i < w[b].rows; ++i)
      for (std::size_t j = w[b].columns; j < w[b].stride; ++j) CHECK(w[b](i, j) == 0);
  for (std::size_t i = 0; i < 125; ++i) CHECK(w.recurrent()(i, i) == 0);
}

// Ten-Hertz Poisson input on all afferents, recurrent ones included, onto neurons that cannot spike. The values
// asserted, 0.976 and 0.056, are the prototype's from one draw; the targets are 1 and 0. The across-neuron scatter of
// the mean (0.66) over 125 neurons and the shared afferents set the tolerance.
TEST_CASE("the membrane without threshold fluctuates by about one threshold") {
  struct Silent : NormalizedLIF {
    double threshold = 1e30;
  };
  const Shape small{};
  const std::size_t steps = 4000, burn = 100;
  Model<Silent> model{.shape = {175, 100, 25, 2}};
  Weights<double> w(model.shape);
  const auto drawn = FluctuationDriven{}.weights<double>(Model<>{.shape = small}, Seed{4});
  // Afferents as input units: input and E rows excite; inhibition needs the sign, given here by negative rows with
  // tau_E = tau_I.
  for (std::size_t i = 0; i < 175; ++i)
    for (std::size_t j = 0; j < 125; ++j)
      w[Block::input](i, j) = i < 50 ? drawn[Block::input](i, j) : i < 150 ? drawn[Block::excitatory](i - 50, j) : 0;
  SpikeData data(steps, 175, 2);
  Stream random(Seed{5}, Purpose::user, 1);
  std::vector<InputSpike> spikes;
  for (std::uint32_t t = 0; t < steps; ++t)
    for (std::uint32_t u = 0; u < 175; ++u)
      if (random.uniform() < 0.02) spikes.push_back({t, u});
  data.add(spikes, 0);
  Weights<double> w_inhibitory(model.shape);
  for (std::size_t i = 150; i < 175; ++i)
    for (std::size_t j = 0; j < 125; ++j) w_inhibitory[Block::input](i, j) = drawn[Block::inhibitory](i - 150, j);

  BlockPass<double, Silent, SuperSpike> excited(model, {});
  auto slow = model;
  slow.tau_excitatory = 20_ms;  // the inhibitory current, run apart: without threshold everything adds up
  BlockPass<double, Silent, SuperSpike> inhibited(slow, {});
  const std::uint32_t one[] = {0};
  excited.forward(w, data, one);
  inhibited.forward(w_inhibitory, data, one);

  double grand = 0, variance = 0, scatter = 0;
  for (std::size_t j = 0; j < 125; ++j) {
    double sum = 0, square = 0;
    const double n = double(steps - burn);
    for (std::size_t t = burn; t < steps; ++t) {
      const double u = excited.voltage(t, 0, j) - inhibited.voltage(t, 0, j);
      sum += u, square += u * u;
    }
    grand += sum / n / 125;
    scatter += sum * sum / n / n / 125;
    variance += (square / n - sum * sum / n / n) / 125;
  }
  CHECK(std::sqrt(variance) == doctest::Approx(1).epsilon(0.08));
  CHECK(std::abs(grand) < 0.3);
  CHECK(std::sqrt(scatter) == doctest::Approx(0.66).epsilon(0.3));
}
