#pragma once
/// Motif coefficients of all triples of unlike cells for all rules, and the drift they make up to second order.
#include <vector>

#include "motifs.hpp"
#include "populations.hpp"

namespace engram::inline ENGRAM_ABI::theory {

class MotifTable {
 public:
  /// `cells` are the unlike ones; quadrature errors throw (motif_coefficients).
  MotifTable(const std::vector<Cell>& cells, const std::vector<WindowSpectrum>& rules, const FrequencyGrid& grid)
      : kinds_(cells.size()) {
    for (const auto& rule : rules)
      for (const auto& a : cells)
        for (const auto& b : cells) {
          for (const auto& c : cells) coefficients_.push_back(motif_coefficients(rule, a, b, c, grid));
          signals_.push_back(overlap(rule, motif::signal(a, b), grid).value);
        }
  }

  const MotifCoefficients& at(std::size_t rule, std::size_t a, std::size_t b, std::size_t c) const {
    return coefficients_[((rule * kinds_ + a) * kinds_ + b) * kinds_ + c];
  }
  /// Of a common white signal of unit power, 1/(ms mV).
  double signal(std::size_t rule, std::size_t a, std::size_t b) const { return signals_[(rule * kinds_ + a) * kinds_ + b]; }

 private:
  std::size_t kinds_;
  std::vector<MotifCoefficients> coefficients_;
  std::vector<double> signals_;
};

/// Covariance part of the drift of block (a, b), mV/ms: motifs with up to `order` synapses (0, 1, 2), without signals.
/// kind[a] says which cell of the table a population's neurons are.
inline double motif_drift(const PopulationNetwork& net, const MotifTable& table, const std::vector<std::size_t>& kind,
                          const Eigen::MatrixXd& W, Eigen::Index a, Eigen::Index b, int order) {
  const auto rule = static_cast<std::size_t>(net.rule(a, b));
  const auto of = [&](Eigen::Index c) -> const MotifCoefficients& {
    return table.at(rule, kind[static_cast<std::size_t>(a)], kind[static_cast<std::size_t>(b)], kind[static_cast<std::size_t>(c)]);
  };
  const auto mean = [&](Eigen::Index to, Eigen::Index from) { return net.probability(to, from) * W(to, from); };
  double sum = order >= 1 ? of(a).Sf.value * W(a, b) + of(a).Sb.value * mean(b, a) : 0;
  for (Eigen::Index c = 0; order >= 2 && c < net.count(); ++c)
    sum += net.size(c) * (of(c).Scc.value * mean(a, c) * mean(b, c) + of(c).Sfc.value * mean(a, c) * mean(c, b) +
                          of(c).Sbc.value * mean(b, c) * mean(c, a));
  return sum;
}

}  // namespace engram::inline ENGRAM_ABI::theory
