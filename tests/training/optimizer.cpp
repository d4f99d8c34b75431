#include <doctest/doctest.h>

#include <engram/training/initialisation.hpp>
#include <engram/training/optimizer.hpp>

using namespace engram;
using namespace engram::training;

namespace {

/// The path of one parameter from 1 under given gradients, rate 0.01.
template <class Policy>
void check_path(const Policy& policy, std::initializer_list<double> expected) {
  const double gradients[] = {0.5, -0.2, 0.1, 0.1};
  std::array<double, Policy::states> s;
  for (std::size_t k = 0; k < Policy::states; ++k) s[k] = Policy::initial(k);
  double p = 1;
  for (std::size_t t = 0; t < 4; ++t) {
    p += policy.change(gradients[t], s, 0.01, t + 1);
    CHECK(p == doctest::Approx(expected.begin()[t]).epsilon(1e-12));
  }
}

}  // namespace

TEST_CASE("optimisers follow their published vectors") {
  check_path(Adam{}, {0.990000000200, 0.986543941812, 0.982750024084, 0.978647798740});
  check_path(SMORMS3{}, {0.985857864376, 0.992487799818, 0.988633382651, 0.984316164990});
  check_path(SGD{}, {0.995, 0.997, 0.996, 0.995});
  check_path(SGD{.momentum = 0.5}, {0.995, 0.9945, 0.99325, 0.991625});  // v = 0.5, 0.05, 0.125, 0.1625
}

TEST_CASE("rates of a block are relative to its initial weights, or absolute") {
  const Model<> model{};
  const auto w = FluctuationDriven{}.weights<double>(model, Seed{1});
  const Optimizer<double, Adam> relative({}, {}, w), absolute({}, BlockRates::absolute(5e-3), w);
  CHECK(relative.rate(Block::input) == doctest::Approx(0.02 * mean_magnitude(w, Block::input)));
  CHECK(relative.rate(Block::inhibitory) == doctest::Approx(0.01 * mean_magnitude(w, Block::inhibitory)));
  CHECK(absolute.rate(Block::readout) == 5e-3);
}

TEST_CASE("an update moves every block by its own rate, and a frozen input not at all") {
  const Model<> model{};
  auto w = FluctuationDriven{}.weights<float>(model, Seed{1});
  const auto before = w;
  Weights<float> g(model.shape);
  for (float& x : g.flat()) x = 2;
  Optimizer<float, Adam> adam({}, {}, w);
  adam.update(w, g, false);
  for (Block b : {Block::excitatory, Block::inhibitory, Block::readout})
    CHECK(double(before[b](3, 1) - w[b](3, 1)) == doctest::Approx(adam.rate(b)).epsilon(1e-4));
  CHECK(w[Block::input](3, 1) == before[Block::input](3, 1));
  project(w);
  for (Block b : {Block::excitatory, Block::inhibitory})
    for (std::size_t i = 0; i < w[b].rows; ++i) CHECK(w[b](i, autapse(model.shape, b, i)) == 0);
}

TEST_CASE("constraints on weights") {
  const Model<> model{};
  const auto initial = FluctuationDriven{}.weights<double>(model, Seed{1});
  const auto means = block_means(initial);
  const Block e = Block::excitatory;

  auto w = initial;
  constraints(WeightL1{0.5}).shrink(w, means);
  CHECK(w[Block::input](0, 0) == initial[Block::input](0, 0));
  for (std::size_t j = 1; j < 100; ++j)
    CHECK(w[e](0, j) == doctest::Approx(std::max(0.0, initial[e](0, j) - 0.5 * means[1])));

  std::vector<Position> ring;
  for (std::size_t k = 0; k < 125; ++k) ring.push_back({double(k), 0, 0});
  w = initial;
  const auto wiring = constraints(WiringCost{ring, 0.5});
  wiring.check("constraint", model.shape);
  wiring.shrink(w, means);
  const double mean_distance = 126.0 / 3;  // of two different integers out of 0..124
  for (std::size_t j = 1; j < 125; ++j)
    CHECK(w[e](0, j) == doctest::Approx(std::max(0.0, initial[e](0, j) - 0.5 * means[1] * double(j) / mean_distance)));
  ring.pop_back();
  CHECK_THROWS_AS(constraints(WiringCost{ring}).check("constraint", model.shape), config_error);
  CHECK_THROWS_AS(constraints(WeightL1{-1}).check("constraint", model.shape), config_error);
}
