#include "theory.hpp"

#include "own_rule.hpp"

using namespace engram;
using namespace engram::theory;

namespace {
WindowSpectrum blend(double kappa, const WindowSpectrum& a, const WindowSpectrum& b) {
  return {kappa * a.S0 + (1 - kappa) * b.S0, kappa * a.per_pre + (1 - kappa) * b.per_pre, kappa * a.per_post + (1 - kappa) * b.per_post,
          kappa * a.transform + (1 - kappa) * b.transform};
}
}  // namespace

AssemblyTheory::AssemblyTheory(const Options& options) : options_(options), synapse_(options.preset.receptor()) {
  const auto& p = options.preset;
  const std::vector<Voltage> sigma{p.sigma, 1.05 * p.sigma, 1.12 * p.sigma, 1.2 * p.sigma};
  family_ = std::make_shared<const NoiseTransfer>(p.neuron, sigma, grid_, InputRange{p.mu + Voltage{-6}, p.mu + Voltage{6}, 41}, Voltage{0.04});
  stepped_ = family_;
  if (options.simulate || options.simulate_phase > 0)
    stepped_ = std::make_shared<const NoiseTransfer>(Stepped<ExpIF>{p.neuron}, Time{options.dt}, std::vector<Voltage>{p.sigma, 1.06 * p.sigma, 1.12 * p.sigma},
                                                     grid_, InputRange{p.mu + Voltage{-1.6}, p.mu + Voltage{1.6}, 9});
  own_noise_ = family_->at(p.sigma.value * p.sigma.value);
  const auto both = p.rule_at(1);
  causal_ = sample(both.first, grid_);
  other_ = options.rule == "own" ? sample(MexicanHat{}, grid_) : sample(p.rule_at(0).second, grid_);
  homeostatic_ = sample(p.homeostatic(), grid_);
}

AssemblyPopulations AssemblyTheory::populations(double lambda) const {
  const auto& p = options_.preset;
  return {.N_E = p.excitatory * p.N, .N_I = (1 - p.excitatory) * p.N, .lambda = lambda, .p = p.p, .W_EE_max = p.W_EE_max, .W_EI_max = p.W_EI_max,
          .W_IE = p.W_IE, .W_II = p.W_II, .mu = p.mu, .sigma_train = Voltage{0}, .tau = p.neuron.tau, .target = p.target};
}

WindowSpectrum AssemblyTheory::rule(double kappa) const { return blend(kappa, causal_, other_); }

Cell AssemblyTheory::excitatory() const { return {own_noise_->response(own_noise_->input_for(options_.preset.target.value)), synapse_, grid_}; }

Cell AssemblyTheory::inhibitory() const {
  const auto two = populations(0);
  const MeanField at(two.network(), synapse_, Transfers(4, own_noise_), {rule(0), homeostatic_}, grid_, {.bounded_inhibition = false});
  return at.cell(AssemblyPopulations::I);
}

Transfers AssemblyTheory::tables(double lambda, const NoiseTransfer& neuron, const AssemblyPopulations::Fractions& x) const {
  const auto two = populations(lambda);
  const auto net = two.network();
  const MeanField plain(net, synapse_, Transfers(4, own_noise_), {rule(0), homeostatic_}, grid_);
  const Eigen::MatrixXd W = plain.settled(two.weights(x));
  const double own = options_.preset.sigma.value * options_.preset.sigma.value;
  const Eigen::VectorXd variance = recurrent_variance(net, synapse_, options_.preset.neuron.tau, W.cwiseAbs2(), plain.rates(W)).array() + own;
  const auto A = neuron.at(variance(AssemblyPopulations::A));
  return {A, A, neuron.at(variance(AssemblyPopulations::O)), neuron.at(variance(AssemblyPopulations::I))};
}

MeanField AssemblyTheory::field(double kappa, double lambda, Order order, Inhibition inhibition, const AssemblyPopulations::Fractions& x) const {
  const bool all = order == Order::all;
  const auto& neuron = inhibition == Inhibition::balanced ? family_ : stepped_;
  return {populations(lambda).network(), synapse_, all ? tables(lambda, *neuron, x) : Transfers(4, own_noise_), {rule(kappa), homeostatic_}, grid_,
          {.order = order, .inhibition = inhibition, .bounded_inhibition = all || inhibition == Inhibition::dynamic, .follow_rates = all}};
}

double AssemblyTheory::drift_AB(double kappa, double lambda, Order order, const AssemblyPopulations::Fractions& x) const {
  const auto two = populations(lambda);
  return two.fractions(field(kappa, lambda, order, Inhibition::balanced, x).drift(two.weights(x))).AB;
}

double AssemblyTheory::diffusion(double kappa) const {
  const Cell E = excitatory();
  if (options_.rule == "own") return weight_diffusion(mix(kappa, options_.preset.rule_at(1).first, MexicanHat{}), E, E, grid_);
  return weight_diffusion(options_.preset.rule_at(kappa), E, E, grid_);
}

AssemblyTheory::Components AssemblyTheory::components() const {
  const auto& p = options_.preset;
  const double step = 0.005, mu = own_noise_->input_for(p.target.value);
  std::vector<double> omega;
  for (double w = step / 2; w < 8; w += step) omega.push_back(w);  // midpoints: a period of 2 pi/step = 1257 ms
  const ThresholdIntegration neuron(p.neuron, Voltage{mu}, p.sigma, Voltage{0.02});
  const auto response = neuron.respond(omega);
  Components out;
  const auto causal = p.rule_at(1).first;
  const auto acausal = p.rule_at(0).second;
  for (double s = -100; s <= 100; s += 0.5) {
    double forward = 0, common = 0, chain = 0, backward = 0;
    for (std::size_t k = 0; k < omega.size(); ++k) {
      const auto f = response[k].first_passage;
      const double C0 = neuron.rate().value * (1 - std::norm(f)) / std::norm(1. - f);
      const auto K = response[k].chi * synapse_.transform(omega[k]), turn = std::polar(step / std::numbers::pi * C0, omega[k] * s);
      forward += std::real(K * turn), backward += std::real(std::conj(K) * turn);
      common += std::norm(K) * turn.real(), chain += std::real((K * K + std::conj(K * K)) * turn);
    }
    out.s.push_back(s);
    out.causal.push_back(window(causal, Time{s}).value);
    out.other.push_back(options_.rule == "own" ? window(MexicanHat{}, Time{s}).value : window(acausal, Time{s}).value);
    out.forward.push_back(forward), out.backward.push_back(backward), out.common.push_back(common), out.chains.push_back(chain);
  }
  return out;
}
