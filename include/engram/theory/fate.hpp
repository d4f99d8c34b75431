#pragma once
/// Phase diagram of the fate of two assemblies over causality kappa and overlap lambda, and the boundary lambda*(kappa).
#include <Eigen/Core>
#include <optional>
#include <vector>

#include "reduction.hpp"

namespace engram::inline ENGRAM_ABI::theory {

/// dW_AB/dt over a grid: drift(k, l) at kappa[k], lambda[l].
struct PhaseDiagram {
  std::vector<double> kappa, lambda;
  Eigen::MatrixXd drift;
};

/// `rate(kappa, lambda)` gives dW_AB/dt at the initial weight in question.
inline PhaseDiagram phase_diagram(std::vector<double> kappa, std::vector<double> lambda, const auto& rate) {
  PhaseDiagram out{std::move(kappa), std::move(lambda), {}};
  out.drift.resize(static_cast<Eigen::Index>(out.kappa.size()), static_cast<Eigen::Index>(out.lambda.size()));
  for (Eigen::Index k = 0; k < out.drift.rows(); ++k)
    for (Eigen::Index l = 0; l < out.drift.cols(); ++l)
      out.drift(k, l) = rate(out.kappa[static_cast<std::size_t>(k)], out.lambda[static_cast<std::size_t>(l)]);
  return out;
}

/// lambda*(kappa): the least overlap at which W_AB grows; 0 if it grows without any, nothing if it decays at every overlap.
inline std::optional<double> boundary(const auto& rate, double kappa, double lambda_max, int cells = 8) {
  const auto flow = [&](double lambda) { return rate(kappa, lambda); };
  if (flow(0.) >= 0) return 0.;
  const auto zeros = fixed_points(flow, 0, lambda_max, cells);
  if (zeros.empty()) return std::nullopt;
  return zeros.front().x;
}

}  // namespace engram::inline ENGRAM_ABI::theory
