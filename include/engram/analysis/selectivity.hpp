#pragma once
/// Do the communities of the wiring say what the cells respond to? eta^2, the part of the variance of class selectivity
/// between cells that lies between communities,
///
///   eta^2 = sum_c n_c |mean_c S - mean S|^2 / sum_i |S_i - mean S|^2   in [0, 1],
///
/// against the same with community labels permuted among cells of equal type. Chance alone gives about
/// (communities - 1) / (cells - 1).
#include <Eigen/Core>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "null_model.hpp"
#include "partition.hpp"

namespace engram::inline ENGRAM_ABI::analysis {

/// S(i, k) = r(i, k) / mean_k r(i, k) - 1 of cell i and class k, from mean responses r >= 0 in any unit. Two classes:
/// S(i, 0) = (r_0 - r_1)/(r_0 + r_1). A silent cell has S = 0.
inline Eigen::MatrixXd class_selectivity(const Eigen::MatrixXd& responses) {
  if (responses.cols() < 2)
    throw config_error("class_selectivity.responses", std::to_string(responses.cols()) + " classes",
                       "at least 2 columns");
  if (!responses.allFinite() || (responses.array() < 0).any())
    throw config_error("class_selectivity.responses", "an entry below 0 or not finite", "mean responses >= 0");
  Eigen::MatrixXd S = Eigen::MatrixXd::Zero(responses.rows(), responses.cols());
  for (Eigen::Index i = 0; i < S.rows(); ++i) {
    const double mean = responses.row(i).mean();
    if (mean > 0) S.row(i) = responses.row(i).array() / mean - 1;
  }
  return S;
}

/// eta^2 of the rows of S (cells by classes) over communities; 0 if all rows are equal.
inline double eta_squared(const Eigen::MatrixXd& S, std::span<const Node> labels) {
  require_labels("eta_squared.labels", labels.size(), static_cast<std::size_t>(S.rows()));
  if (S.rows() == 0) return 0;
  const Labels c = canonical(labels);
  const auto communities = static_cast<Eigen::Index>(community_count(c));
  const Eigen::MatrixXd centred = S.rowwise() - S.colwise().mean();
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(communities, S.cols());
  Eigen::VectorXd size = Eigen::VectorXd::Zero(communities);
  for (std::size_t i = 0; i < c.size(); ++i) {
    sum.row(static_cast<Eigen::Index>(c[i])) += centred.row(static_cast<Eigen::Index>(i));
    size(static_cast<Eigen::Index>(c[i])) += 1;
  }
  const double total = centred.squaredNorm();
  return total > 0 ? (sum.rowwise().squaredNorm().array() / size.array()).sum() / total : 0;
}

struct MembershipTest {
  double eta_squared = 0;
  double null_mean = 0;
  double null_sd = 0;
  double p_value = 1;  ///< (1 + permutations with at least the observed eta^2) / (1 + permutations)
};

/// eta^2 beside permuted labels. `types` gives E and I cells of which labels are permuted separately; put all cells
/// into `excitatory` to permute freely.
inline MembershipTest membership_against_selectivity(const Eigen::MatrixXd& S, std::span<const Node> labels,
                                                     const CellTypes& types, int permutations = 1000, Seed seed = {}) {
  require_in("membership_against_selectivity.permutations", permutations, {1, 1e9});
  types.require_size(static_cast<std::size_t>(S.rows()));
  const double observed = eta_squared(S, labels);
  Stream random(seed, Purpose::user, 0, 0x45544132u);
  Labels permuted(labels.begin(), labels.end());
  std::vector<double> null;
  int reached = 0;
  for (int k = 0; k < permutations; ++k) {
    detail::shuffle(std::span(permuted).first(types.excitatory), random);
    detail::shuffle(std::span(permuted).subspan(types.excitatory), random);
    null.push_back(eta_squared(S, permuted));
    reached += null.back() >= observed - 1e-12;
  }
  const auto s = null_statistics(null);
  return {observed, s.mean, s.sd, (1.0 + reached) / (1.0 + permutations)};
}

}  // namespace engram::inline ENGRAM_ABI::analysis
