#pragma once
/// The mean field in time.
#include "mean_field.hpp"
#include "ode.hpp"

namespace engram::inline ENGRAM_ABI::theory {

/// Weight matrices (mV) at the given times (ms, ascending), from W at the first; plastic blocks stay within the bounds of
/// the network (`bounded`) and inhibition that follows is where it follows to.
inline std::vector<Eigen::MatrixXd> trajectory(const MeanField& field, const Eigen::MatrixXd& W, const std::vector<Time>& times,
                                               bool bounded = true, OdeOptions options = {}) {
  const auto& net = field.network();
  const auto n = net.count();
  const auto flat = [](const Eigen::MatrixXd& m) { return Eigen::VectorXd(m.reshaped()); };
  const auto square = [n](const Eigen::VectorXd& v) { return Eigen::MatrixXd(v.reshaped(n, n)); };
  OdeBounds bounds;
  if (bounded) {
    const auto fixed = net.rule.array() < 0;
    bounds.lower = flat(fixed.select(W, net.lower));
    bounds.upper = flat(fixed.select(W, net.upper));
  }
  BoundedOde ode([&](double, const Eigen::VectorXd& y) { return flat(field.drift(square(y))); }, bounds, options);
  std::vector<double> t;
  for (const Time& each : times) t.push_back(each.value);
  std::vector<Eigen::MatrixXd> out;
  for (const auto& y : ode.solve(flat(W), t)) out.push_back(field.settled(square(y)));
  return out;
}

}  // namespace engram::inline ENGRAM_ABI::theory
