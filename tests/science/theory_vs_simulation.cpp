/// The theory against the simulator: rate and susceptibility of single neurons, covariance of pairs under a common signal,
/// drift of every plastic block at frozen weights, weights after a long run without bounds. Errors are standard errors over
/// independent runs (seeds: wiring and noise) or stretches of time, and nothing is allowed beside them: the theory is that of the
/// neuron as it is stepped. Short form by default; ENGRAM_SCIENCE=full for the tables of docs/theory.md.
#include <doctest/doctest.h>

#include <cstdio>
#include <string>
#include <thread>

#include <engram/assembly/balance.hpp>
#include <engram/assembly/layout.hpp>
#include <engram/assembly/preset.hpp>
#include <engram/input/common_signal.hpp>
#include <engram/network/build.hpp>
#include <engram/network/ensemble.hpp>
#include <engram/record/block_means.hpp>
#include <engram/theory/noise_transfer.hpp>
#include <engram/theory/trajectory.hpp>

#include "support/estimate.hpp"

using namespace engram;
using namespace engram::theory;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using statistics::Estimate, statistics::estimate, statistics::full;

namespace {

constexpr Time dt{0.1};

double report(const std::string& what, Estimate e, double expected) {
  std::printf("| %-32s | %11.4e | %8.1e | %11.4e | %+5.2f |\n", what.c_str(), e.mean, e.error, expected, e.z(expected));
  std::fflush(stdout);
  return e.z(expected);
}
void heading(const std::string& what) { std::printf("\n%s\n| what | simulation | s.e. | theory | z |\n|---|---|---|---|---|\n", what.c_str()); }

/// Rates (Hz) of free neurons over stretches of one run.
std::vector<double> free_rates(Voltage mu, Time step, int stretches, Time each, Seed seed) {
  auto sim = simulation<float>(Clock{step}, seed, population("E", 2000, ExpIF{}, Exponential{}, WhiteNoise{mu, Voltage{4}}));
  auto& e = std::get<0>(sim.populations());
  const auto spikes = [&] {
    double sum = 0;
    for (const auto n : e.spike_count()) sum += static_cast<double>(n);
    return sum;
  };
  sim.run(Time{500});
  std::vector<double> out;
  for (int k = 0; k < stretches; ++k) {
    const double before = spikes();
    sim.run(each);
    out.push_back((spikes() - before) / (2000 * each.value * 1e-3));
  }
  return out;
}

/// A symmetric rule of a user's own.
struct MexicanHat {
  auto pre_then_post() const { return std::tuple{Decay{Voltage{0.24 * 5e-3}, Time{12}}, Decay{Voltage{0.24 * -2.00139e-3}, Time{30}}}; }
  auto post_then_pre() const { return pre_then_post(); }
};

/// Changes of x in the blocks AA, AB, AO, OA, OO, AI, OI over a run, per second of it, and rates (Hz) of A with B, O and I.
struct Outcome {
  std::array<double, 7> drift;
  std::array<double, 3> rate;
};
const std::array<const char*, 7> block_names{"AA", "AB", "AO", "OA", "OO", "AI", "OI"};
const std::array<const char*, 3> rate_names{"rate of A, B (Hz)", "rate of O (Hz)", "rate of I (Hz)"};

std::array<double, 7> blocks(const MatrixXd& W, const MatrixXd& I, const AssemblyPreset& p) {
  const double E_max = p.W_EE_max.value, I_max = p.W_EI_max.value;
  return {(W(0, 0) + W(1, 1)) / (2 * E_max), (W(0, 1) + W(1, 0)) / (2 * E_max), (W(0, 2) + W(1, 2)) / (2 * E_max), (W(2, 0) + W(2, 1)) / (2 * E_max),
          W(2, 2) / E_max, (I(0, 0) + I(1, 0)) / (2 * I_max), I(2, 0) / I_max};
}

/// One network from given block weights, without bounds; `frozen`: changes are accumulated beside weights that stay.
Outcome run_network(const AssemblyPreset& p, const PairRule auto& rule, double lambda, const BlockFractions& x, bool frozen, Time duration, Seed seed) {
  const auto layout = TwoAssemblies::make(p.cells(), p.excitatory_cells(), lambda);
  const Index N_E = p.excitatory_cells(), N_I = p.cells() - N_E;
  const WhiteNoise noise{p.mu, p.sigma};
  const auto e = population("E", N_E, p.neuron, p.receptor(), noise), i = population("I", N_I, p.neuron, p.receptor(), noise);
  const auto ee = connect(e, e, Bernoulli{p.p}, Weight{Voltage{0}}, rule);
  const auto ei = connect(i, e, Bernoulli{p.p}, Weight{Voltage{0}}, p.homeostatic());
  const auto ie = connect(e, i, Bernoulli{p.p}, Weight{p.W_IE});
  const auto ii = connect(i, i, Bernoulli{p.p}, Weight{p.W_II});
  auto sim = simulation<float>(Clock{dt}, seed, e, i, ee, ei, ie, ii);
  auto& EE = std::get<0>(sim.projections());
  auto& EI = std::get<1>(sim.projections());
  const auto group = [&](Index cell) { return layout.A.contains(cell) ? 0u : layout.B.contains(cell) ? 1u : 2u; };
  const auto balance = balanced_inhibition(p, layout, x);
  EE.set_weights([&](Index j, Index k, auto) { return x[group(k)][group(j)] * p.W_EE_max.value; });
  EI.set_weights([&](Index, Index k, auto) { return balance[group(k)]; });
  EE.set_learning(false), EI.set_learning(false);
  sim.run(Time{1000});  // cells start alike: until they have parted, their covariance is not that of the stationary state
  EE.set_learning(true), EI.set_learning(true);
  if (frozen) EE.accumulate_only(), EI.accumulate_only();
  const auto groups = layout.groups();
  const auto all_I = CellSet{CellRange{0, N_I}};
  const auto spikes = [&] {
    std::array<double, 3> out{};
    const auto& E = std::get<0>(sim.populations());
    for (Index k = 0; k < N_E; ++k) out[layout.O.contains(k) ? 1 : 0] += static_cast<double>(E.spike_count()[k]);
    for (const auto n : std::get<1>(sim.populations()).spike_count()) out[2] += static_cast<double>(n);
    return out;
  };
  const auto read = [&] { return blocks(block_sums(EE, groups, groups).mean_existing().matrix(), block_sums(EI, groups, {all_I}).mean_existing().matrix(), p); };
  const auto before = read();
  const auto counted = spikes();
  sim.run(duration);
  Outcome out{read(), spikes()};
  const double N_O = layout.O.size, seconds = duration.value * 1e-3;
  const std::array<double, 3> cells{N_E - N_O, N_O, static_cast<double>(N_I)};
  for (std::size_t k = 0; k < 7; ++k) out.drift[k] = (out.drift[k] - before[k]) / seconds;
  for (std::size_t k = 0; k < 3; ++k) out.rate[k] = (out.rate[k] - counted[k]) / (seconds * cells[k]);
  return out;
}

/// The mean field for the same network: neurons as they are stepped, with the noise of recurrent spikes, at the network's rates.
class Prediction {
 public:
  Prediction(const AssemblyPreset& p, double lambda, const BlockFractions& x) : p_(p), two_{describe(p, lambda)} {
    const auto layout = TwoAssemblies::make(p.cells(), p.excitatory_cells(), lambda);
    W_ = two_.weights({x[0][0], x[0][1], x[0][2], x[2][0], x[2][2]});
    const auto balance = balanced_inhibition(p, layout, x);
    for (Eigen::Index a = 0; a < 3; ++a) W_(a, 3) = balance[static_cast<std::size_t>(a)];
    const VectorXd target = VectorXd::Constant(4, p.target.value);
    const VectorXd v = recurrent_variance(two_.network(), p.receptor(), p.neuron.tau, W_.cwiseAbs2(), target).array() + p.sigma.value * p.sigma.value;
    const auto A = family().at(v(0));
    tables_ = {A, A, family().at(v(2)), family().at(v(3))};
  }

  MeanField field(const PairRule auto& rule, Order order) const {
    return {two_.network(), p_.receptor(), tables_, {sample(rule, grid()), sample(p_.homeostatic(), grid())}, grid(),
            {.order = order, .inhibition = Inhibition::dynamic, .follow_rates = true, .heterogeneous_rates = true}};
  }
  std::array<double, 3> rates(const MeanField& field) const {
    const VectorXd r = 1e3 * field.rates(W_);
    return {r(0), r(2), r(3)};
  }
  /// dx/dt at the weights of the start, 1/s.
  std::array<double, 7> drifts(const MeanField& field) const {
    const MatrixXd d = 1e3 * field.derivative(W_);
    return blocks(d, d.col(3), p_);
  }
  /// The change of x over a run from there without bounds, per second of it.
  std::array<double, 7> change(const MeanField& field, Time duration) const {
    const std::vector<Time> times{Time{0}, duration};
    const auto path = trajectory(field, W_, times, false, {1e-5, 1e-7});
    const MatrixXd d = (path[1] - W_) / (duration.value * 1e-3);
    return blocks(d, d.col(3), p_);
  }

 private:
  static const FrequencyGrid& grid() {
    static const FrequencyGrid each;
    return each;
  }
  static const NoiseTransfer& family() {
    static const NoiseTransfer each(Stepped<ExpIF>{ExpIF{}}, dt, {Voltage{4}, Voltage{4.05}}, grid(), {Voltage{-1.5}, Voltage{1.5}, 7});
    return each;
  }
  static AssemblyPopulations describe(const AssemblyPreset& p, double lambda) {
    return {.N_E = p.excitatory * p.N, .N_I = (1 - p.excitatory) * p.N, .lambda = lambda, .p = p.p, .W_EE_max = p.W_EE_max,
            .W_EI_max = p.W_EI_max, .W_IE = p.W_IE, .W_II = p.W_II, .mu = p.mu, .target = p.target};
  }

  AssemblyPreset p_;
  AssemblyPopulations two_;
  MatrixXd W_;
  Transfers tables_;
};

/// Networks of seeds 1 to `runs` beside the theory: frozen weights, or plastic ones.
void compare(const AssemblyPreset& p, const PairRule auto& rule, const std::string& name, double lambda, bool frozen, int runs, Time each) {
  const auto x = symmetric_blocks(1, 0.22, 1, 1, 1);
  std::vector<Outcome> all(static_cast<std::size_t>(runs));
  run_ensemble(std::clamp(std::thread::hardware_concurrency(), 1u, 8u), all.size(),
               [&](std::size_t k) { all[k] = run_network(p, rule, lambda, x, frozen, each, Seed{k + 1}); });
  const auto column = [&](auto&& value) {
    std::vector<double> out;
    for (const auto& run : all) out.push_back(value(run));
    return estimate(out);
  };
  const Prediction theory(p, lambda, x);
  const auto whole = theory.field(rule, Order::all);
  const auto second = theory.drifts(theory.field(rule, Order::two));
  const auto drift = frozen ? theory.drifts(whole) : theory.change(whole, each);
  heading(name + ", lambda " + number_text(lambda) + ", " + (frozen ? "frozen, " : "plastic without bounds, ") + std::to_string(runs) + " networks of " +
          number_text(each.value * 1e-3) + " s");
  for (std::size_t k = 0; k < 3 && frozen; ++k) {
    const auto e = column([&](const Outcome& run) { return run.rate[k]; });
    CHECK_MESSAGE(std::abs(report(rate_names[k], e, theory.rates(whole)[k])) < 4, rate_names[k]);
    CHECK(e.error < 0.01 * e.mean);
  }
  for (std::size_t k = 0; k < 7; ++k) {
    const auto e = column([&](const Outcome& run) { return run.drift[k]; });
    CHECK_MESSAGE(std::abs(report(std::string(frozen ? "drift of " : "mean drift of ") + block_names[k] + " (1/s)", e, drift[k])) < 4, block_names[k]);
    if (frozen && k < 5) report("    at order 2", e, second[k]);
  }
}

}  // namespace

TEST_CASE("rate and static susceptibility of a neuron") {
  heading("2000 single neurons, Euler and Maruyama");
  const int stretches = full() ? 40 : 10;
  const Time each{full() ? 2500. : 500.};
  const auto stepped = [](Voltage mu, Time step) { return SteppedResponse(Stepped<ExpIF>{ExpIF{}}, mu, Voltage{4}, step).rate().value * 1e3; };
  for (const double step : full() ? std::vector{0.1, 0.05, 0.025} : std::vector{0.1, 0.05}) {
    const auto rate = estimate(free_rates(Voltage{0}, Time{step}, stretches, each, Seed{3}));
    CHECK(std::abs(report("rate at mu 0, dt " + number_text(step) + " ms (Hz)", rate, stepped(Voltage{0}, Time{step}))) < 4);
    CHECK(rate.error < 0.01 * rate.mean);
  }
  const auto high = free_rates(Voltage{0.5}, dt, stretches, each, Seed{3}), low = free_rates(Voltage{-0.5}, dt, stretches, each, Seed{4});
  std::vector<double> slope;
  for (std::size_t k = 0; k < high.size(); ++k) slope.push_back(high[k] - low[k]);
  CHECK(std::abs(report("f(0.5 mV) - f(-0.5 mV), dt 0.1 ms (Hz)", estimate(slope), stepped(Voltage{0.5}, dt) - stepped(Voltage{-0.5}, dt))) < 4);
}

TEST_CASE("covariance of pairs under a common signal") {
  const double sigma = 4, common = 0.8, bin = 4;  // mV, mV, ms
  const Index n = 1000;
  const int stretches = full() ? 60 : 16;
  const auto length = static_cast<std::size_t>(full() ? 1500 : 500);  // bins in a stretch
  auto sim = simulation<float>(Clock{}, Seed{7}, population("E", n, ExpIF{}, Exponential{}, WhiteNoise{Voltage{0}, Voltage{sigma}},
                                                            CommonSignal{Voltage{common}, {CellSet{CellRange{0, n}}}, true}));
  auto& e = std::get<0>(sim.populations());
  sim.run(Time{500});
  const std::vector<std::size_t> lags{0, 1, 2, 4, 8};
  std::vector<std::vector<double>> measured(lags.size());
  std::vector<std::uint32_t> before(e.spike_count().begin(), e.spike_count().end());
  for (int s = 0; s < stretches; ++s) {
    std::vector<double> count(length, 0.);
    std::vector<std::vector<std::uint8_t>> own(length, std::vector<std::uint8_t>(n));  // of each cell, to take its own covariance out
    for (std::size_t b = 0; b < length; ++b) {
      sim.run(Time{bin});
      for (Index k = 0; k < n; ++k) {
        const auto now = static_cast<std::uint32_t>(e.spike_count()[k]);
        own[b][k] = static_cast<std::uint8_t>(now - before[k]);
        count[b] += own[b][k];
        before[k] = now;
      }
    }
    double mean = 0;
    for (const double c : count) mean += c / static_cast<double>(length);
    for (std::size_t l = 0; l < lags.size(); ++l) {
      double sum = 0, self = 0;
      for (std::size_t b = 0; b + lags[l] < length; ++b) {
        sum += count[b] * count[b + lags[l]];
        for (Index k = 0; k < n; ++k) self += own[b][k] * own[b + lags[l]][k];
      }
      const double pairs = static_cast<double>(n) * (n - 1) * static_cast<double>(length - lags[l]);
      measured[l].push_back((sum - self) / pairs - mean * mean / (static_cast<double>(n) * n));
    }
  }
  const ThresholdIntegration neuron(ExpIF{}, Voltage{0}, Voltage{std::hypot(sigma, common)});
  heading("count covariance of a pair in bins of 4 ms, common signal of 0.8 mV beside 4 mV of private noise");
  for (std::size_t l = 0; l < lags.size(); ++l) {
    const double at_rest = std::norm(neuron.respond(0.).chi) * 2 * 20 * common * common;
    double expected = -at_rest * bin / static_cast<double>(length);  // the mean of a stretch was taken off, not the true one
    const double step = 0.002;
    std::vector<double> omega;
    for (double w = step / 2; w < 6; w += step) omega.push_back(w);
    const auto response = neuron.respond(omega);
    for (std::size_t k = 0; k < omega.size(); ++k) {
      const double x = omega[k] * bin / 2, box = bin * std::sin(x) / x;
      expected += step / std::numbers::pi * box * box * 2 * 20 * common * common * std::norm(response[k].chi) * std::cos(omega[k] * bin * static_cast<double>(lags[l]));
    }
    CHECK(std::abs(report("lag " + number_text(bin * static_cast<double>(lags[l])) + " ms", estimate(measured[l]), expected)) < 4);
  }
}

TEST_CASE("drift of all plastic blocks at frozen weights") {
  const auto p = AssemblyPreset::paper();
  const int runs = full() ? 10 : 8;
  const Time each{full() ? 250e3 : 8e3};
  for (const double lambda : {0.1, 0.6})
    for (const double kappa : {0., 1.}) {
      if (!full() && (lambda == 0.1) == (kappa == 0)) continue;  // two of the four
      compare(p, p.rule_at(kappa), "kappa " + number_text(kappa), lambda, true, runs, each);
    }
  compare(p, MexicanHat{}, "own rule (Mexican hat)", 0.1, true, runs, each);
}

TEST_CASE("weights after a run without bounds") {
  const auto p = AssemblyPreset::paper();
  for (const double lambda : {0.1, 0.6})
    for (const double kappa : {0., 1.}) {
      if (!full() && (lambda == 0.6 || kappa == 1)) continue;
      compare(p, p.rule_at(kappa), "kappa " + number_text(kappa), lambda, false, full() ? 6 : 8, full() ? Time{2000e3} : Time{15e3});
    }
}
