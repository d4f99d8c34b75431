#pragma once
/// Communities of largest modularity: Louvain (Blondel et al. 2008) with the refinement of Leiden (Traag et al. 2019),
/// repeated as an iterated local search (Lourenco, Martin, Stuetzle 2003).
///
/// One pass moves nodes, refines, aggregates, and climbs until every community is one node of its level. Passes repeat
/// from the best partition, as it is while that helps, then with a random 30 % of the nodes taken out of their
/// communities, until that has failed several times in a row. Restarts begin anew in another random order; the best is
/// returned. On graphs of non-negative weights every community found with `refine` is connected.
///
/// The optimum is degenerate (Good, de Montjoye, Clauset 2010): on Zachary's karate club a single pass of plain Louvain
/// gives 0.38 to 0.42. Compare Q only at equal size, density and options, and only beside a null model.
#include <limits>
#include <tuple>
#include <utility>
#include <vector>

#include "community_moves.hpp"

namespace engram::inline ENGRAM_ABI::analysis {

/// What to search for and how hard. The defaults are for graphs of up to some 10^5 edges.
struct Louvain {
  double resolution = 1;   ///< gamma of the modularity; larger finds smaller communities
  int restarts = 5;        ///< independent random orders
  int passes = 1000;       ///< at most so many passes per restart
  int perturbations = 10;  ///< perturbed passes without gain, in a row, that end a restart; 0: none is tried
  bool refine = true;      ///< Leiden's refinement
  Seed seed{};

  /// One pass of one restart: below a second for 10^6 edges.
  static constexpr Louvain quick() { return {.restarts = 1, .passes = 1}; }
  /// The algorithm of Blondel et al. and no more, for comparison.
  static constexpr Louvain plain() { return {.passes = 1, .refine = false}; }

  static constexpr auto fields() {
    return std::tuple{field("resolution", &Louvain::resolution, non_negative),
                      field("restarts", &Louvain::restarts, {1, 1e6}), field("passes", &Louvain::passes, {1, 1e6}),
                      field("perturbations", &Louvain::perturbations, {0, 1e6})};
  }
};

struct Communities {
  Labels labels;                  ///< of the best restart, 0, 1, ... in order of first appearance
  double Q = 0;                   ///< its modularity
  std::vector<double> restart_Q;  ///< of every restart: the spread says how far to trust the best
};

namespace detail {
/// A pass from the partition `start` of the ground level.
template <std::size_t Signs>
Labels louvain_pass(const CommunityLevel<Signs>& ground, Labels start, bool with_refinement, Stream& random) {
  CommunityLevel<Signs> upper;
  const CommunityLevel<Signs>* level = &ground;
  Labels node(ground.size());  // the node of the current level that each ground node belongs to
  for (Node i = 0; i < node.size(); ++i) node[i] = i;
  Labels label = canonical(start);
  for (;;) {
    move_nodes(*level, label, random);
    label = canonical(label);
    const std::size_t communities = community_count(label);
    Labels group = with_refinement ? canonical(refine(*level, label, random)) : label;
    std::size_t groups = community_count(group);
    if (groups == level->size()) group = label, groups = communities;
    if (groups == level->size()) break;
    Labels next(groups);
    for (Node u = 0; u < label.size(); ++u) next[group[u]] = label[u];
    for (Node& i : node) i = group[i];
    upper = aggregate(*level, group, groups);
    level = &upper;
    label = std::move(next);
  }
  for (Node& i : node) i = label[i];
  return node;
}

/// The partition with a random 30 % of its nodes each in a community of its own.
inline Labels perturbed(const Labels& canonical_labels, Stream& random) {
  Labels out = canonical_labels;
  auto next = static_cast<Node>(community_count(out));
  for (Node& c : out)
    if (random.uniform() < 0.3) c = next++;
  return out;
}

template <std::size_t Signs>
std::pair<Labels, double> louvain_restart(const Graph& graph, const CommunityLevel<Signs>& ground,
                                          const Louvain& options, Stream& random) {
  Labels best(graph.size());
  for (Node i = 0; i < best.size(); ++i) best[i] = i;
  double Q = -std::numeric_limits<double>::infinity();
  for (int pass = 0, failed = 0; pass < options.passes && failed <= options.perturbations; ++pass) {
    Labels found = louvain_pass(ground, failed > 0 ? perturbed(best, random) : best, options.refine, random);
    found = Signs == 1 && options.refine ? split_disconnected(graph, found) : canonical(found);
    const double q = modularity<Signs>(graph, found, options.resolution);
    ++failed;
    if (q <= Q + 1e-12) continue;
    failed = 0;
    Q = q;
    best = std::move(found);
  }
  return {std::move(best), Q};
}

template <std::size_t Signs>
Communities louvain(const Graph& graph, const Louvain& options) {
  const auto ground = ground_level<Signs>(graph, options.resolution);
  Communities best{{}, -std::numeric_limits<double>::infinity(), {}};
  for (int restart = 0; restart < options.restarts; ++restart) {
    Stream random(options.seed, Purpose::user, static_cast<std::uint32_t>(restart), 0x4c4f5556u);
    auto [labels, Q] = louvain_restart(graph, ground, options, random);
    best.restart_Q.push_back(Q);
    if (Q > best.Q) best.Q = Q, best.labels = std::move(labels);
  }
  return best;
}
}  // namespace detail

/// The best partition found; undirected, directed, weighted or signed according to the graph.
/// Throws config_error for options out of range or a graph without weight. The same seed gives the same result.
inline Communities louvain(const Graph& graph, const Louvain& options = {}) {
  validate(options, "Louvain");
  return graph.non_negative() ? detail::louvain<1>(graph, options) : detail::louvain<2>(graph, options);
}

}  // namespace engram::inline ENGRAM_ABI::analysis
