#pragma once
/// Modularity beyond chance: Q of the best partition found, minus the mean Q of null networks searched just as hard.
/// Raw Q rises with sparsity alone (Guimera, Sales-Pardo, Amaral 2004), so none of these functions returns Q without
/// its null. A change of structure is the difference of two excesses at equal size and equal options.
///
///   excess_modularity_q10       primary. The 10 % largest weights of each block as a directed binary graph of fixed
///                               density; null: degree-preserving swaps inside blocks
///   excess_modularity_weighted  block-normalised abs(W); null: strength-preserving shuffle inside blocks
///   excess_modularity_raw       abs(W) as it is; the same null. Strong blocks dominate it
///   excess_modularity_signed    block-normalised, with Dale's sign (Gomez et al. 2009); the same null, then signed.
///                               It counts inhibition inside an assembly against the assembly, and the search then
///                               puts the I cells elsewhere
///
/// All four read W(i, j) onto i from j, E cells first, and leave autapses out. abs(W) is what an assembly of E and I
/// cells raises, whose I to E weights are strong inside.
#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

#include "louvain.hpp"
#include "null_model.hpp"

namespace engram::inline ENGRAM_ABI::analysis {

struct ExcessOptions {
  double strongest = 0.1;  ///< q10 only: the fraction of the pairs of each block that is kept
  Louvain louvain{};       ///< the same search for the network and for its nulls
  NullModel null{};

  static constexpr auto fields() {
    return std::tuple{field("strongest", &ExcessOptions::strongest, Range{0, 1, true})};
  }
  void check(const std::string& name) const {
    validate(louvain, name + ".louvain");
    validate(null, name + ".null");
  }
};

struct ExcessModularity {
  double Q = 0;
  double null_mean = 0;
  double null_sd = 0;  ///< over the null networks; NaN for a single one
  Labels labels;       ///< the partition that has Q

  double excess() const { return Q - null_mean; }
};

/// The `fraction` of pairs with the largest abs(W) of each block, as a binary directed graph. Ties are broken by
/// `seed`, not by position. Pairs without weight are never kept: a block with fewer synapses than asked keeps them all.
inline Graph strongest_synapses(const Graph& graph, const CellTypes& types, double fraction, Seed seed = {}) {
  require_in("strongest_synapses.fraction", fraction, {0, 1, true});
  auto blocks = magnitudes_by_block(graph, types);
  Stream random(seed, Purpose::user, 0, 0x51313051u);
  for (std::size_t b = 0; b < 4; ++b) {
    auto& edges = blocks[b];
    detail::shuffle(std::span(edges), random);
    const auto wanted = static_cast<std::size_t>(std::llround(fraction * static_cast<double>(types.pairs(b))));
    std::ranges::stable_sort(edges, std::greater{}, &Edge::weight);
    edges.resize(std::min(wanted, edges.size()));
    for (Edge& e : edges) e.weight = 1;
  }
  return joined(graph.size(), blocks);
}

namespace detail {
/// Searches `observed` and as many nulls as asked; `null_network(stream)` makes one.
template <class MakeNull>
ExcessModularity excess(const Graph& observed, const ExcessOptions& options, MakeNull&& null_network) {
  Communities found = analysis::louvain(observed, options.louvain);
  std::vector<double> null_Q;
  for (int sample = 0; sample < options.null.samples; ++sample) {
    Stream random = options.null.stream(sample);
    null_Q.push_back(analysis::louvain(null_network(random), options.louvain).Q);
  }
  const auto null = null_statistics(null_Q);
  return {found.Q, null.mean, null.sd, std::move(found.labels)};
}

inline ExcessModularity excess_over_shuffle(const Graph& weights, const CellTypes& types,
                                            const ExcessOptions& options) {
  return excess(weights, options, [&](Stream& random) {
    return strength_preserving_shuffle(weights, types, options.null, random);
  });
}
}  // namespace detail

/// The primary metric; see the head of this file.
inline ExcessModularity excess_modularity_q10(const Graph& W, const CellTypes& types,
                                              const ExcessOptions& options = {}) {
  validate(options, "ExcessOptions");
  const Graph strongest = strongest_synapses(W, types, options.strongest, options.null.seed);
  return detail::excess(strongest, options, [&](Stream& random) {
    return swap_edges(strongest, types, options.null.swap_attempts, random);
  });
}

inline ExcessModularity excess_modularity_weighted(const Graph& W, const CellTypes& types,
                                                   const ExcessOptions& options = {}) {
  validate(options, "ExcessOptions");
  return detail::excess_over_shuffle(block_normalised(W, types), types, options);
}

inline ExcessModularity excess_modularity_raw(const Graph& W, const CellTypes& types,
                                              const ExcessOptions& options = {}) {
  validate(options, "ExcessOptions");
  return detail::excess_over_shuffle(magnitudes(W, types), types, options);
}

inline ExcessModularity excess_modularity_signed(const Graph& W, const CellTypes& types,
                                                 const ExcessOptions& options = {}) {
  validate(options, "ExcessOptions");
  const Graph weights = block_normalised(W, types);
  return detail::excess(signed_by_type(weights, types), options, [&](Stream& random) {
    return signed_by_type(strength_preserving_shuffle(weights, types, options.null, random), types);
  });
}

}  // namespace engram::inline ENGRAM_ABI::analysis
