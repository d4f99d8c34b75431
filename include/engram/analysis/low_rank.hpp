#pragma once
/// How many directions a weight change has: the participation ratio of its squared singular values s_k^2,
///
///   PR = (sum_k s_k^2)^2 / sum_k s_k^4 = |M|_F^4 / |M^T M|_F^2,
///
/// 1 for a change of rank one, about N/2 for independent entries (square Gaussian M), N for a multiple of a rotation.
/// M is the change with each E/I block divided by the mean magnitude the block had before.
#include <Eigen/Core>
#include <cmath>
#include <string>
#include <vector>

#include "null_model.hpp"

namespace engram::inline ENGRAM_ABI::analysis {

/// PR of any finite matrix, in [1, min(rows, columns)]; 0 for a matrix of zeros.
template <class Derived>
double participation_ratio(const Eigen::MatrixBase<Derived>& M) {
  const Eigen::MatrixXd m = M.template cast<double>();
  if (!m.allFinite()) throw config_error("participation_ratio.M", "an entry that is not finite", "finite numbers");
  if (m.size() == 0) return 0;
  const double scale = m.cwiseAbs().maxCoeff();
  if (scale == 0) return 0;
  const Eigen::MatrixXd unit = m / scale;
  const double squares = unit.squaredNorm();
  return squares * squares / (unit.transpose() * unit).squaredNorm();
}

struct WeightChangeRank {
  double participation_ratio = 0;
  double shuffled_mean = 0;  ///< of the same entries in random places of their blocks
  double shuffled_sd = 0;
};

namespace detail {
/// f(i, j) for every pair of a block, autapses left out.
template <class F>
void for_each_pair(const CellTypes& types, std::size_t block, F&& f) {
  for (std::size_t k = 0; k < types.pairs(block); ++k) {
    const Edge e = nth_pair(types, block, k);
    f(static_cast<Eigen::Index>(e.post), static_cast<Eigen::Index>(e.pre));
  }
}
}  // namespace detail

/// The change from `before` to `after`, each block over the mean of abs(before) in that block; the diagonal is 0.
/// Throws config_error if shapes differ, or if a block changes that had no weight before.
inline Eigen::MatrixXd block_normalised_change(const Eigen::MatrixXd& before, const Eigen::MatrixXd& after,
                                               const CellTypes& types) {
  if (before.rows() != after.rows() || before.cols() != after.cols() || before.rows() != before.cols())
    throw config_error(
        "block_normalised_change.after", std::to_string(after.rows()) + " x " + std::to_string(after.cols()),
        "the square shape of before, " + std::to_string(before.rows()) + " x " + std::to_string(before.cols()));
  types.require_size(static_cast<std::size_t>(before.rows()));
  Eigen::MatrixXd change = Eigen::MatrixXd::Zero(before.rows(), before.cols());
  for (std::size_t b = 0; b < 4; ++b) {
    double sum = 0, moved = 0;
    detail::for_each_pair(types, b, [&](Eigen::Index i, Eigen::Index j) {
      sum += std::abs(before(i, j));
      change(i, j) = after(i, j) - before(i, j);
      moved += std::abs(change(i, j));
    });
    if (moved == 0) continue;
    if (sum == 0)
      throw config_error(std::string("before.") + block_names[b], "all 0", "weights, since this block changes");
    const double mean = sum / static_cast<double>(types.pairs(b));
    detail::for_each_pair(types, b, [&](Eigen::Index i, Eigen::Index j) { change(i, j) /= mean; });
  }
  return change;
}

/// PR of the block-normalised change beside its control. A shrinkage like L1 subtracts a part of full rank: judge the
/// rank of learning without it.
inline WeightChangeRank weight_change_rank(const Eigen::MatrixXd& before, const Eigen::MatrixXd& after,
                                           const CellTypes& types, int shuffles = 3, Seed seed = {}) {
  require_in("weight_change_rank.shuffles", shuffles, {1, 1e6});
  const Eigen::MatrixXd change = block_normalised_change(before, after, types);
  std::vector<double> control;
  for (int sample = 0; sample < shuffles; ++sample) {
    Stream random(seed, Purpose::user, static_cast<std::uint32_t>(sample), 0x52414e4bu);
    Eigen::MatrixXd shuffled = change;
    for (std::size_t b = 0; b < 4; ++b) {
      std::vector<double> values;
      detail::for_each_pair(types, b, [&](Eigen::Index i, Eigen::Index j) { values.push_back(change(i, j)); });
      detail::shuffle(std::span(values), random);
      std::size_t next = 0;
      detail::for_each_pair(types, b, [&](Eigen::Index i, Eigen::Index j) { shuffled(i, j) = values[next++]; });
    }
    control.push_back(participation_ratio(shuffled));
  }
  const auto s = null_statistics(control);
  return {participation_ratio(change), s.mean, s.sd};
}

}  // namespace engram::inline ENGRAM_ABI::analysis
