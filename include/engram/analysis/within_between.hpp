#pragma once
/// How much stronger synapses are within communities than between them, block by block:
///
///   ratio_b = mean of abs(W) over pairs of block b in one community / mean over pairs in two,
///
/// pairs without a synapse counting as 0. Whether I cells belong to assemblies shows in EI, IE and II, and only
/// beside the null: a partition found in the same weights gives ratios above 1 by chance.
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "excess_modularity.hpp"

namespace engram::inline ENGRAM_ABI::analysis {

struct WithinBetween {
  double ratio = 0;      ///< infinite if nothing lies between, NaN if the block has no pairs of one of the kinds
  double null_mean = 0;  ///< over the null networks that have a finite ratio; NaN if none has
  double null_sd = 0;
};

/// The ratios for given communities, without a null.
inline PerBlock<double> within_between_ratios(const Graph& W, const CellTypes& types, std::span<const Node> labels) {
  require_labels("within_between_ratios.labels", labels.size(), W.size());
  const auto blocks = magnitudes_by_block(W, types);
  const Labels community = canonical(labels);
  std::array<std::vector<double>, 2> members;
  for (auto& m : members) m.assign(community_count(community), 0);
  for (Node i = 0; i < community.size(); ++i) ++members[types.type(i)][community[i]];
  PerBlock<double> ratio;
  for (std::size_t b = 0; b < 4; ++b) {
    const auto &post = members[b / 2], &pre = members[b % 2];
    double pairs_within = 0, within = 0, between = 0;
    for (std::size_t c = 0; c < post.size(); ++c) pairs_within += post[c] * (b / 2 == b % 2 ? pre[c] - 1 : pre[c]);
    for (const Edge& e : blocks[b]) (community[e.post] == community[e.pre] ? within : between) += e.weight;
    const double pairs_between = static_cast<double>(types.pairs(b)) - pairs_within;
    ratio[b] = within / pairs_within / (between / pairs_between);
  }
  return ratio;
}

namespace detail {
inline PerBlock<WithinBetween> beside_null(const PerBlock<double>& observed,
                                           const std::vector<PerBlock<double>>& nulls) {
  PerBlock<WithinBetween> out;
  for (std::size_t b = 0; b < 4; ++b) {
    std::vector<double> values;
    for (const auto& null : nulls)
      if (std::isfinite(null[b])) values.push_back(null[b]);
    const auto s = null_statistics(values);
    out[b] = {observed[b], values.empty() ? std::nan("") : s.mean, s.sd};
  }
  return out;
}
}  // namespace detail

/// Communities known beforehand (assemblies of stimuli, a layout): the null shuffles the weights, strengths preserved,
/// and keeps the labels.
inline PerBlock<WithinBetween> within_between(const Graph& W, const CellTypes& types, std::span<const Node> labels,
                                              const NullModel& null = {}) {
  validate(null, "NullModel");
  std::vector<PerBlock<double>> nulls;
  for (int sample = 0; sample < null.samples; ++sample) {
    Stream random = null.stream(sample);
    nulls.push_back(within_between_ratios(strength_preserving_shuffle(W, types, null, random), types, labels));
  }
  return detail::beside_null(within_between_ratios(W, types, labels), nulls);
}

/// Communities found in the block-normalised weights: the null shuffles the weights and searches again, so that what
/// the search gains by chance is in the null too.
inline PerBlock<WithinBetween> within_between_of_found(const Graph& W, const CellTypes& types,
                                                       const ExcessOptions& options = {}) {
  validate(options, "ExcessOptions");
  const auto ratios = [&](const Graph& weights) {
    return within_between_ratios(weights, types, louvain(weights, options.louvain).labels);
  };
  const Graph weights = block_normalised(W, types);
  std::vector<PerBlock<double>> nulls;
  for (int sample = 0; sample < options.null.samples; ++sample) {
    Stream random = options.null.stream(sample);
    nulls.push_back(ratios(strength_preserving_shuffle(weights, types, options.null, random)));
  }
  return detail::beside_null(ratios(weights), nulls);
}

}  // namespace engram::inline ENGRAM_ABI::analysis
