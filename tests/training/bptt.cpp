#include <doctest/doctest.h>

#include <engram/training/batch.hpp>

#include <algorithm>
#include <numeric>

#include "reference.hpp"

using namespace engram;
using namespace engram::training;
using namespace engram::literals;
using reference::Spike;

namespace {

/// The network of ../../docs/training.md whose numbers an independent program (torch autograd) gave.
struct Regression {
  Model<> model{.shape = {2, 3, 1, 2}, .tau_readout = 50_ms};
  Weights<double> w{model.shape};
  SpikeData data{30, 2, 2};

  Regression() {
    const auto in = w[Block::input], out = w[Block::readout];
    const auto rec = w.recurrent();
    for (std::size_t i = 0; i < 2; ++i)
      for (std::size_t j = 0; j < 4; ++j) in(i, j) = 1.5 + 0.1 * double((3 * i + 5 * j) % 7);
    for (std::size_t i = 0; i < 4; ++i)
      for (std::size_t j = 0; j < 4; ++j) rec(i, j) = i == j ? 0 : 0.2 + 0.05 * double((2 * i + 3 * j) % 5);
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t k = 0; k < 2; ++k) out(i, k) = ((i + k) % 2 ? -0.5 : 0.5) + 0.1 * double(i);
    data.add({{0, 0},
              {1, 1},
              {2, 0},
              {3, 1},
              {5, 0},
              {6, 0},
              {8, 1},
              {9, 0},
              {12, 1},
              {13, 0},
              {14, 0},
              {16, 1},
              {20, 0},
              {21, 1},
              {22, 0}},
             0);
  }
  /// Autapses included, as in that program.
  template <class S, class Loss>
  std::pair<double, Weights<double>> gradient(const S& s, const Loss& l) const {
    BlockPass<double, NormalizedLIF, S> pass(model, s);
    TransposedWeights<double> transposed(model.shape);
    transposed.assign(w);
    const std::uint32_t one[] = {0};
    pass.forward(w, data, one);
    std::vector<double> scratch;
    for (std::size_t s2 = 1; s2 < block_trials; ++s2) std::fill_n(pass.trace(s2).data, 30 * pass.trace(s2).stride, 0.0);
    const double loss = l(pass.trace(0), 0, scratch).loss;
    Weights<double> g(model.shape);
    pass.backward(transposed, 1.0, true, g);
    return {loss, g};
  }
};

double norm(MatrixView<const double> m) {
  double s = 0;
  for (double x : m.flat()) s += x * x;
  return std::sqrt(s);
}

/// A small network that spikes a lot, with trials for it.
template <class Neuron, class S>
reference::Network<Neuron, S> small(const S& s, std::size_t steps = 40) {
  reference::Network<Neuron, S> net{{.shape = {5, 7, 4, 3}, .tau_readout = 30_ms}, s, {}, {}};
  net.data = reference::random_trials(19, steps, 5, 3, 0.25, Seed{3});
  return net;
}
template <class Net>
Weights<double> weights_of(const Net& net) {
  return FluctuationDriven{.sigma = 2}.weights<double>(net.model, Seed{11});
}

template <class Net, class Loss>
Weights<double> library_gradient(const Net& net, const Loss& l, const Weights<double>& w, std::uint32_t trial) {
  const std::uint32_t one[] = {trial};
  const auto with = [&](auto c) {
    BatchGradient<double, decltype(net.model.neuron), decltype(net.surrogate), Loss, decltype(c)> batch(
        net.model, net.surrogate, l, c);
    batch.gradient(w, net.data, one, true);
    return batch.gradient();
  };
  return net.bound ? with(constraints(*net.bound)) : with(constraints());
}

/// Largest difference between `gradient` and central differences of `loss(w)`, over the largest gradient.
template <class F>
double difference_error(const Weights<double>& w, const Weights<double>& gradient, F&& loss) {
  double worst = 0;
  for (Block b : all_blocks)
    for (std::size_t i = 0; i < w[b].rows; ++i)
      for (std::size_t j = 0; j < w[b].columns; ++j) {
        if (b != Block::readout && j == autapse(w.shape(), b, i)) continue;
        auto moved = w;
        const double h = 1e-6;
        moved[b](i, j) += h;
        const double up = loss(moved);
        moved[b](i, j) -= 2 * h;
        worst = std::max(worst, std::abs((up - loss(moved)) / (2 * h) - gradient[b](i, j)));
      }
  return worst / reference::largest(gradient);
}

template <class Neuron, class S, class Loss>
void check_gradients(const S& s, const Loss& l, std::optional<SpikeCountBound> bound) {
  auto net = small<Neuron>(s);
  net.bound = bound;
  const auto w = weights_of(net);
  std::size_t spikes = 0;
  for (std::uint32_t trial : {0u, 7u}) {
    const auto stored = net.run(w, trial, Spike::hard);
    for (const auto& row : stored.s) spikes += static_cast<std::size_t>(std::accumulate(row.begin(), row.end(), 0.0));
    const auto g = library_gradient(net, l, w, trial);

    // The replay about the run itself has the same loss, and its finite differences are the gradient.
    CHECK(net.total(l, w, trial, Spike::replay, &stored) ==
          doctest::Approx(net.total(l, w, trial, Spike::hard)).epsilon(1e-12));
    CHECK(difference_error(w, g, [&](const auto& m) { return net.total(l, m, trial, Spike::replay, &stored); }) < 2e-7);

    // The dense adjoint agrees; on the smooth twin it is the gradient of an ordinary function.
    auto dense = net.gradient(l, w, trial, Spike::hard);
    for (Block b : {Block::excitatory, Block::inhibitory})
      for (std::size_t i = 0; i < dense[b].rows; ++i) dense[b](i, autapse(w.shape(), b, i)) = 0;
    double apart = 0;
    for (std::size_t k = 0; k < g.flat().size(); ++k) apart = std::max(apart, std::abs(g.flat()[k] - dense.flat()[k]));
    CHECK(apart < 1e-13 * reference::largest(g));
    const auto smooth = net.gradient(l, w, trial, Spike::smooth);
    CHECK(difference_error(w, smooth, [&](const auto& m) { return net.total(l, m, trial, Spike::smooth); }) < 1e-6);

    // <gradient, v> = directional derivative in forward mode.
    Weights<double> v(w.shape());
    Stream random(Seed{5}, Purpose::user, trial);
    for (Block b : all_blocks)
      for (std::size_t i = 0; i < v[b].rows; ++i)
        for (std::size_t j = 0; j < v[b].columns; ++j) v[b](i, j) = random.normal();
    project(v);  // no autapses
    double dot = 0, scale = 0;
    for (std::size_t k = 0; k < g.flat().size(); ++k)
      dot += g.flat()[k] * v.flat()[k], scale += std::abs(g.flat()[k] * v.flat()[k]);
    CHECK(std::abs(dot - net.tangent(l, w, v, trial)) < 1e-12 * scale);
  }
  CHECK(spikes > 50);
}

template <class Neuron, class S>
void check_losses_and_constraints(const S& s) {
  // Bounds end in .5 over the number of neurons: no count lies on the kink.
  const std::optional<SpikeCountBound> bounds[] = {
      {},
      SpikeCountBound{.bound = 1.05, .strength = 0.3},
      SpikeCountBound{.bound = 0.05, .strength = 0.3, .norm = Norm::l1},
      SpikeCountBound{.bound = 1.5, .strength = 0.3, .scope = Scope::neuron},
      SpikeCountBound{.bound = 30.05, .strength = 0.1, .side = Side::lower, .norm = Norm::l1},
      SpikeCountBound{.bound = 20.5, .strength = 0.01, .side = Side::lower, .scope = Scope::neuron}};
  for (const auto& bound : bounds) {
    check_gradients<Neuron>(s, MaxOverTime{}, bound);
    check_gradients<Neuron>(s, MeanOverWindow{9}, bound);
  }
}

struct Gaussian {
  template <class B>
  B derivative(B x) const {
    return exp(B(B(scalar_t<B>(-8)) * x * x));
  }
};
struct LastStep {  // squared distance from one-hot at the last step
  template <class T>
  Verdict operator()(ReadoutTrace<T> y, std::size_t label, std::vector<double>&) const {
    Verdict v;
    for (std::size_t k = 0; k < y.classes; ++k) {
      const T d = y(y.steps - 1, k) - T(k == label);
      v.loss += 0.5 * static_cast<double>(d * d);
      if (y(y.steps - 1, k) > y(y.steps - 1, v.choice)) v.choice = k;
      for (std::size_t t = 0; t + 1 < y.steps; ++t) y(t, k) = T(0);
      y(y.steps - 1, k) = d;
    }
    return v;
  }
};

}  // namespace

TEST_CASE("regression network: the numbers of an independent program") {
  const Regression r;
  const auto check = [&](const auto& s, const auto& l, double loss, std::initializer_list<double> numbers,
                         double length) {
    const auto [value, g] = r.gradient(s, l);
    CHECK(value == doctest::Approx(loss).epsilon(1e-11));
    if (numbers.size() == 4) {
      const double ours[] = {g[Block::input](0, 0), g.recurrent()(0, 1), g.recurrent()(3, 0), g[Block::readout](1, 0)};
      for (std::size_t k = 0; k < 4; ++k) CHECK(ours[k] == doctest::Approx(numbers.begin()[k]).epsilon(1e-10));
    }
    CHECK(norm(std::as_const(g).recurrent()) == doctest::Approx(length).epsilon(1e-11));
  };
  const double out = -0.290239158211;  // the readout's gradient does not know the surrogate
  check(SuperSpike{5}, MaxOverTime{}, 0.397411217663, {-0.036116749308, 0.015637567784, 0.040221222066, out},
        0.101939578789);
  check(SigmoidSurrogate{5}, MaxOverTime{}, 0.397411217663, {-0.091169910273, 0.033424691544, 0.098243255086, out},
        0.271981892674);
  check(PiecewiseLinear{1}, MaxOverTime{}, 0.397411217663, {-0.080232536202, 0.032117193973, 0.086598361846, out},
        0.240514684588);
  check(SuperSpike{5}, MeanOverWindow{10}, 0.371534991528, {}, 0.122946787013);

  BlockPass<double, NormalizedLIF, SuperSpike> pass(r.model, {});
  const std::uint32_t one[] = {0};
  pass.forward(r.w, r.data, one);
  const auto counts = pass.counts(0);
  CHECK(std::vector<std::uint32_t>(counts.begin(), counts.end()) == std::vector<std::uint32_t>{7, 7, 8, 8});
}

TEST_CASE("gradients: affine replay, smooth twin, tangent and adjoint; leaky neuron") {
  SUBCASE("SuperSpike") { check_losses_and_constraints<NormalizedLIF>(SuperSpike{5}); }
  SUBCASE("sigmoid") { check_losses_and_constraints<NormalizedLIF>(SigmoidSurrogate{5}); }
  SUBCASE("piecewise linear") { check_losses_and_constraints<NormalizedLIF>(PiecewiseLinear{1}); }
}

TEST_CASE("gradients: affine replay, smooth twin, tangent and adjoint; exponential neuron") {
  SUBCASE("SuperSpike") { check_losses_and_constraints<NormalizedExpIF>(SuperSpike{5}); }
  SUBCASE("sigmoid") { check_losses_and_constraints<NormalizedExpIF>(SigmoidSurrogate{5}); }
  SUBCASE("piecewise linear") { check_losses_and_constraints<NormalizedExpIF>(PiecewiseLinear{1}); }
}

TEST_CASE("a user's own surrogate and loss") {
  static_assert(Surrogate<Gaussian> && ReadoutLoss<LastStep>);
  const auto net = small<NormalizedLIF>(Gaussian{});
  const auto w = weights_of(net);
  const auto stored = net.run(w, 2, Spike::hard);
  const auto g = library_gradient(net, LastStep{}, w, 2);
  CHECK(difference_error(w, g, [&](const auto& m) { return net.total(LastStep{}, m, 2, Spike::replay, &stored); }) <
        2e-7);
}

TEST_CASE("a batch is the mean of its trials, whatever the threads; float agrees with double") {
  const auto net = small<NormalizedLIF>(SuperSpike{});
  const auto w = weights_of(net);
  const Weights<float> wf(w);
  std::vector<std::uint32_t> all(net.data.size());
  std::iota(all.begin(), all.end(), 0u);
  std::vector<std::uint32_t> many;
  for (int k = 0; k < 9; ++k) many.insert(many.end(), all.begin(), all.end());

  Weights<double> mean(w.shape());
  for (auto trial : all) {
    const auto g = library_gradient(net, MaxOverTime{}, w, trial);
    for (std::size_t k = 0; k < g.flat().size(); ++k) mean.flat()[k] += g.flat()[k] / double(all.size());
  }
  BatchGradient<double, NormalizedLIF, SuperSpike, MaxOverTime> batch(net.model, {}, {}, {});
  batch.gradient(w, net.data, all, true);
  double apart = 0;
  for (std::size_t k = 0; k < mean.flat().size(); ++k)
    apart = std::max(apart, std::abs(mean.flat()[k] - batch.gradient().flat()[k]));
  CHECK(apart < 1e-13 * reference::largest(mean));

  BatchGradient<float, NormalizedLIF, SuperSpike, MaxOverTime> single(net.model, {}, {}, {});
  single.gradient(wf, net.data, all, true);
  apart = 0;
  for (std::size_t k = 0; k < mean.flat().size(); ++k)
    apart = std::max(apart, std::abs(mean.flat()[k] - double(single.gradient().flat()[k])));
  CHECK(apart < 5e-6 * reference::largest(mean));

  const auto one = single.gradient(wf, net.data, many, true);
  const auto bits = single.gradient();
  for (std::size_t threads : {2u, 3u, 8u}) {
    BatchGradient<float, NormalizedLIF, SuperSpike, MaxOverTime> team(net.model, {}, {}, {}, threads);
    const auto report = team.gradient(wf, net.data, many, true);
    CHECK(report.loss == one.loss);
    CHECK(std::equal(bits.flat().begin(), bits.flat().end(), team.gradient().flat().begin()));
  }
}

TEST_CASE("frozen input has no gradient and changes no other") {
  const auto net = small<NormalizedLIF>(SuperSpike{});
  const auto w = weights_of(net);
  const std::uint32_t trials[] = {0, 1, 2};
  BatchGradient<double, NormalizedLIF, SuperSpike, MaxOverTime> batch(net.model, {}, {}, {});
  batch.gradient(w, net.data, trials, true);
  const auto plastic = batch.gradient();
  batch.gradient(w, net.data, trials, false);
  CHECK(norm(std::as_const(batch).gradient()[Block::input]) == 0);
  CHECK(norm(plastic[Block::input]) > 0);
  CHECK(std::ranges::equal(plastic[Block::excitatory].flat(), batch.gradient()[Block::excitatory].flat()));
}

TEST_CASE("odd sizes: one neuron over a lane, no inhibition, more classes than lanes") {
  for (const Shape shape :
       {Shape{3, 16, 1, 2}, Shape{3, 17, 0, 2}, Shape{1, 1, 1, 2}, Shape{3, 64, 65, 19}, Shape{2, 15, 18, 3}}) {
    reference::Network<NormalizedLIF, SuperSpike> net{{.shape = shape}, {}, {}, {}};
    net.data = reference::random_trials(2, 25, shape.inputs, shape.classes, 0.4, Seed{8});
    const auto w = weights_of(net);
    const auto g = library_gradient(net, MaxOverTime{}, w, 1);
    const auto dense = net.gradient(MaxOverTime{}, w, 1, Spike::hard);
    double apart = 0;
    for (Block b : all_blocks)
      for (std::size_t i = 0; i < g[b].rows; ++i)
        for (std::size_t j = 0; j < g[b].columns; ++j)
          if (b == Block::readout || j != autapse(shape, b, i))
            apart = std::max(apart, std::abs(g[b](i, j) - dense[b](i, j)));
    CHECK(apart < 1e-12 * reference::largest(dense));
  }
}

TEST_CASE("bad input is named") {
  const auto net = small<NormalizedLIF>(SuperSpike{});
  const auto w = weights_of(net);
  BatchGradient<double, NormalizedLIF, SuperSpike, MaxOverTime> batch(net.model, {}, {}, {});
  const std::uint32_t good[] = {0}, bad[] = {19};
  CHECK_THROWS_AS(batch.gradient(w, net.data, bad, true), config_error);
  CHECK_THROWS_AS(batch.gradient(w, net.data, {}, true), config_error);
  CHECK_THROWS_AS(batch.gradient(w, SpikeData(40, 6, 3), good, true), config_error);
  CHECK_THROWS_AS(batch.gradient(w, SpikeData(40, 5, 2), good, true), config_error);
  CHECK_THROWS_AS(batch.gradient(Weights<double>(Shape{5, 8, 3, 3}), net.data, good, true), config_error);
  SpikeData data(10, 2, 2);
  CHECK_THROWS_AS(data.add({{10, 0}}, 0), config_error);
  CHECK_THROWS_AS(data.add({{0, 2}}, 0), config_error);
  CHECK_THROWS_AS(data.add({{0, 0}}, 2), config_error);
  CHECK(data.size() == 0);
  using Batch = BatchGradient<double, NormalizedLIF, SuperSpike, MaxOverTime>;
  CHECK_THROWS_AS(Batch({.shape = {5, 0, 1, 2}}, {}, {}, {}), config_error);
  CHECK_THROWS_AS(Batch({.dt = Time{-1}}, {}, {}, {}), config_error);
  CHECK_THROWS_AS(Batch({}, SuperSpike{-1}, {}, {}), config_error);
}
