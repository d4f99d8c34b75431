#pragma once
/// The parameters of Yang and Doiron 2025 that the tests of the theory share (rules of Table II, neuron of Table I).
#include <engram/neuron/exp_if.hpp>
#include <engram/plasticity/acausal.hpp>
#include <engram/plasticity/causal.hpp>
#include <engram/plasticity/homeostatic.hpp>
#include <engram/plasticity/mix.hpp>
#include <engram/theory/motifs.hpp>
#include <engram/theory/transfer.hpp>
#include <map>
#include <memory>

namespace paper {
using namespace engram;
using namespace engram::theory;

inline constexpr double W_max = 0.24;  // mV
inline const Causal causal = Causal::balanced(Voltage{3.33e-3 * W_max}, VoltageTime{-8.33e-5 * W_max}, Time{20}, Time{20});
inline const Acausal acausal = Acausal::balanced(VoltageRate{1.11e-4 * W_max}, VoltageTime{-8.33e-5 * W_max}, Time{30}, Time{30});
inline const double mu_target = -0.08189;  // mV, where the rate is 12 Hz

inline const FrequencyGrid& grid() {
  static const FrequencyGrid each;
  return each;
}
inline const std::shared_ptr<const Transfer>& neuron(double sigma = 4) {
  static std::map<double, std::shared_ptr<const Transfer>> known;
  auto& out = known[sigma];
  if (!out) out = std::make_shared<const Transfer>(transfer(ExpIF{}, Voltage{sigma}, grid(), {Voltage{-4}, Voltage{4}, 33}));
  return out;
}
inline Cell cell(double mu, Exponential filter = {}) {
  return {ThresholdIntegration(ExpIF{}, Voltage{mu}, Voltage{4}).response(grid()), filter, grid()};
}
inline std::vector<WindowSpectrum> rules(double kappa) {
  return {sample(mix(kappa, causal, acausal), grid()), sample(Homeostatic{}, grid())};
}
}  // namespace paper
