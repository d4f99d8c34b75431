#pragma once
/// The parameter sets of the plastic E-I network with two overlapping assemblies.
#include <string>

#include "../input/white_noise.hpp"
#include "../neuron/exp_if.hpp"
#include "../plasticity/acausal.hpp"
#include "../plasticity/causal.hpp"
#include "../plasticity/homeostatic.hpp"
#include "../plasticity/mix.hpp"
#include "../synapse/exponential.hpp"

namespace engram::inline ENGRAM_ABI {

/// The E->E rule: L = kappa L^c + (1 - kappa) L^ac.
using CausalityMix = Mix<Causal, Acausal>;

/// Amplitudes and integrals of E->E plasticity, in units of W_EE_max as the paper's Table II has them.
struct ExcitatoryRule {
  Time tau_plus{20}, tau_minus{20};  ///< causal window
  double f_causal = 3.33e-3;         ///< f_-^c / W_EE_max
  double S0_causal = -8.33e-5;       ///< integral / W_EE_max, ms
  Time tau_acausal{30}, T_plus{30};  ///< acausal window
  double f_acausal = 1.11e-4;        ///< f^ac / W_EE_max, 1/ms
  double S0_acausal = -8.33e-5;      ///< integral / W_EE_max, ms

  CausalityMix at(double kappa, Voltage W_EE_max) const {
    return mix(kappa,
               Causal::balanced(f_causal * W_EE_max, VoltageTime{S0_causal * W_EE_max.value}, tau_plus, tau_minus),
               Acausal::balanced(VoltageRate{f_acausal * W_EE_max.value}, VoltageTime{S0_acausal * W_EE_max.value}, T_plus, tau_acausal));
  }
};

/// Everything about the network and the experiment but kappa, lambda, seed and time step.
struct AssemblyPreset {
  std::string name = "paper";

  double N = 1000;          ///< cells
  double excitatory = 0.8;  ///< gamma_E
  double p = 0.1;           ///< connection probability
  ExpIF neuron{};
  Time tau_syn{5};
  double weight_scale = 1;  ///< a spike makes the current jump by weight_scale W
  Voltage mu{0}, sigma{4}, sigma_train{1.5};

  Voltage W_EE_max{0.24}, W_EI_max{-0.96};  ///< bounds of plastic synapses
  Voltage W_IE{0.08}, W_II{-0.32};          ///< static
  double initial_EE = 0.15;                 ///< of W_EE_max; inhibition starts at its balance

  ExcitatoryRule rule{};      ///< after training
  ExcitatoryRule training{};  ///< during training
  double training_kappa = -1; ///< kappa during training; -1: that of the rule under test
  double f_homeostatic = -6e-4;  ///< f^h / W_EE_max
  Time tau_homeostatic{30};
  Rate target{0.012};

  double train_until = 0;         ///< stop training when x_AA reaches this; 0: by time alone
  Time train_acausal{400e3}, train_causal{1000e3};  ///< longest training at kappa 0 and 1; linear between
  Time post{2000e3};
  Time record_every{10e3};

  Exponential receptor() const { return {tau_syn, weight_scale}; }
  CausalityMix rule_at(double kappa) const { return rule.at(kappa, W_EE_max); }
  double kappa_in_training(double kappa) const { return training_kappa < 0 ? kappa : training_kappa; }
  CausalityMix training_rule_at(double kappa) const { return training.at(kappa_in_training(kappa), W_EE_max); }
  Homeostatic homeostatic() const { return Homeostatic::for_target(f_homeostatic * W_EE_max, tau_homeostatic, target); }
  Time longest_training(double kappa) const {
    const double k = kappa_in_training(kappa);
    return Time{std::round((1 - k) * train_acausal.value + k * train_causal.value)};
  }
  Index cells() const { return static_cast<Index>(N); }
  Index excitatory_cells() const { return static_cast<Index>(std::lround(excitatory * N)); }

  /// Yang and Doiron 2025, Tables I and II, read as docs/model.md says; training with a causal rule uses 15/30 ms.
  static AssemblyPreset paper() {
    AssemblyPreset p;
    p.training.tau_plus = Time{15};
    p.training.tau_minus = Time{30};
    return p;
  }

  /// The same model where fates complete in the simulation; docs/model.md says what was changed and why.
  static AssemblyPreset robust() {
    AssemblyPreset p;
    p.name = "robust";
    p.weight_scale = 4;
    p.sigma_train = Voltage{1.2};
    p.W_EI_max = Voltage{-1.248};
    p.initial_EE = 0.18;
    p.training.S0_acausal = -1.05e-3;
    p.training_kappa = 0;
    p.rule.f_causal = 0.6 * 3.33e-3;
    p.rule.S0_causal = 0.6 * -7.5e-4;
    p.rule.S0_acausal = -6.0e-4;
    p.f_homeostatic = 20 * -6e-4;
    p.train_until = 0.63;
    p.train_acausal = p.train_causal = Time{1000e3};
    p.post = Time{4000e3};
    return p;
  }

  /// Throws config_error: "paper" or "robust".
  static AssemblyPreset named(const std::string& name) {
    if (name == "paper") return paper();
    if (name == "robust") return robust();
    throw config_error("preset", name, "paper or robust");
  }

  /// Calls f(name, reference, range) for every number: what --set changes and what the run record lists.
  void each(auto&& f) { each_of(*this, f); }
  void each(auto&& f) const { each_of(*this, f); }

  void check(const std::string&) const {
    each([](const std::string& field, const auto& value, const Range& range) {
      using unit = unit_of<std::decay_t<decltype(value)>>;
      require_in(field, unit::number(value), range, unit::name);
    });
    validate(neuron, "neuron");
    require_in("initial_EE", initial_EE, fraction);
  }

 private:
  static void each_of(auto& p, auto& f) {
    f("N", p.N, Range{2, 1e7});
    f("excitatory", p.excitatory, Range{0, 1, true, true});
    f("p", p.p, fraction);
    f("tau", p.neuron.tau, positive);
    f("E_L", p.neuron.leak, any_finite);
    f("V_T", p.neuron.threshold, any_finite);
    f("Delta_T", p.neuron.sharpness, positive);
    f("V_s", p.neuron.cut, any_finite);
    f("V_r", p.neuron.reset, any_finite);
    f("tau_ref", p.neuron.refractory, non_negative);
    f("tau_syn", p.tau_syn, positive);
    f("weight_scale", p.weight_scale, positive);
    f("mu", p.mu, any_finite);
    f("sigma", p.sigma, non_negative);
    f("sigma_train", p.sigma_train, non_negative);
    f("W_EE_max", p.W_EE_max, positive);
    f("W_EI_max", p.W_EI_max, Range{any_finite.low, 0, false, true});
    f("W_IE", p.W_IE, non_negative);
    f("W_II", p.W_II, Range{any_finite.low, 0});
    f("initial_EE", p.initial_EE, Range{0, any_finite.high});
    each_rule(p.rule, f, "");
    f("train_kappa", p.training_kappa, Range{-1, 1});
    each_rule(p.training, f, "train_");
    f("f_homeostatic", p.f_homeostatic, Range{any_finite.low, 0, false, true});
    f("tau_homeostatic", p.tau_homeostatic, positive);
    f("r_target", p.target, positive);
    f("train_until", p.train_until, Range{0, 1});
    f("train_acausal", p.train_acausal, non_negative);
    f("train_causal", p.train_causal, non_negative);
    f("post", p.post, non_negative);
    f("record_every", p.record_every, positive);
  }
  static void each_rule(auto& r, auto& f, const std::string& prefix) {
    f(prefix + "tau_plus", r.tau_plus, positive);
    f(prefix + "tau_minus", r.tau_minus, positive);
    f(prefix + "f_causal", r.f_causal, non_negative);
    f(prefix + "S0_causal", r.S0_causal, any_finite);
    f(prefix + "tau_acausal", r.tau_acausal, positive);
    f(prefix + "T_plus", r.T_plus, any_finite);
    f(prefix + "f_acausal", r.f_acausal, positive);
    f(prefix + "S0_acausal", r.S0_acausal, any_finite);
  }
};

/// Sets one number by its name, in ms, mV or Hz; config_error names what there is.
inline void set(AssemblyPreset& preset, const std::string& name, double value) {
  bool found = false;
  std::string names;
  preset.each([&](const std::string& field, auto& number, const Range& range) {
    using unit = unit_of<std::decay_t<decltype(number)>>;
    names += (names.empty() ? "" : ", ") + field;
    if (field != name) return;
    require_in(field, value, range, unit::name);
    number = unit::make(value);
    found = true;
  });
  if (!found) throw config_error("parameter", name, "one of " + names);
}

inline std::vector<Parameter> parameters(const AssemblyPreset& preset) {
  std::vector<Parameter> out;
  preset.each([&](const std::string& field, const auto& number, const Range&) {
    using unit = unit_of<std::decay_t<decltype(number)>>;
    out.push_back({field, unit::number(number), unit::name});
  });
  return out;
}

}  // namespace engram::inline ENGRAM_ABI
