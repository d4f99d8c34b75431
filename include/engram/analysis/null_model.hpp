#pragma once
/// Networks that share what a measure must not be credited for: the degrees or strengths of every cell in every block.
///
///   swap_edges            directed edge swaps inside blocks (Maslov and Sneppen 2002): a <- b, c <- d become a <- d,
///                         c <- b unless that makes an autapse or a double edge. In- and out-degrees stay exactly.
///   shuffle_weights       the weights of each block in random places of the block, see Placement
///   restore_strengths     Sinkhorn sweeps (Sinkhorn and Knopp 1967): rows, then columns of each block are scaled to
///                         the in- and out-strengths of the original
#include <algorithm>
#include <bit>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

#include "../core/random.hpp"
#include "blocks.hpp"

namespace engram::inline ENGRAM_ABI::analysis {

/// Where shuffled weights land, which matters when some pairs have no synapse:
///
///   swapped_synapses   the synapses are rewired by swap_edges first: every cell keeps its number of synapses
///   existing_synapses  on the synapses that there are, so that the wiring itself is part of the null
///   any_pair           on any pair of the block. Restoring the strengths of cells that then have few synapses makes
///                      weights uneven and Q_null too high: by 0.005 for N = 125 at density 0.5, by 0.03 at 0.2
enum class Placement { swapped_synapses, existing_synapses, any_pair };

struct NullModel {
  int samples = 3;           ///< networks to average over
  int swap_attempts = 4;     ///< per edge
  int sinkhorn_sweeps = 30;  ///< 30 bring a dense block of exponential weights to rounding
  Placement placement = Placement::swapped_synapses;
  Seed seed{};

  static constexpr auto fields() {
    return std::tuple{field("samples", &NullModel::samples, {1, 1e6}),
                      field("swap_attempts", &NullModel::swap_attempts, {0, 1e6}),
                      field("sinkhorn_sweeps", &NullModel::sinkhorn_sweeps, {0, 1e6})};
  }

  /// The random numbers of one sample.
  Stream stream(int sample) const { return {seed, Purpose::user, static_cast<std::uint32_t>(sample), 0x4e554c4cu}; }
};

namespace detail {
/// A set of pairs of known largest size, by linear probing: several times faster here than std::unordered_set.
class PairSet {
 public:
  explicit PairSet(std::size_t largest) : slot_(std::bit_ceil(2 * largest + 2), empty) {}

  bool contains(Node post, Node pre) const { return slot_[find(key(post, pre))] != empty; }
  void insert(Node post, Node pre) { slot_[find(key(post, pre))] = key(post, pre); }
  void erase(Node post, Node pre) {
    std::size_t hole = find(key(post, pre));
    slot_[hole] = empty;
    for (std::size_t k = next(hole); slot_[k] != empty; k = next(k)) {  // close the gap in the chains across it
      const std::size_t distance_home = (k - home(slot_[k])) & (slot_.size() - 1);
      if (distance_home < ((k - hole) & (slot_.size() - 1))) continue;
      slot_[hole] = std::exchange(slot_[k], empty);
      hole = k;
    }
  }

 private:
  static constexpr std::uint64_t empty = ~std::uint64_t{0};
  static constexpr std::uint64_t key(Node post, Node pre) { return std::uint64_t{post} << 32 | pre; }
  std::size_t home(std::uint64_t k) const {
    return static_cast<std::size_t>((k * 0x9E3779B97F4A7C15u) >> 32) & (slot_.size() - 1);
  }
  std::size_t next(std::size_t k) const { return (k + 1) & (slot_.size() - 1); }
  std::size_t find(std::uint64_t wanted) const {
    std::size_t k = home(wanted);
    while (slot_[k] != empty && slot_[k] != wanted) k = next(k);
    return k;
  }

  std::vector<std::uint64_t> slot_;
};

template <class T>
void shuffle(std::span<T> values, Stream& random) {
  for (std::size_t i = values.size(); i > 1; --i)
    std::swap(values[i - 1], values[random.below(static_cast<std::uint32_t>(i))]);
}

/// The k-th pair (post, pre), post != pre, of a block.
inline Edge nth_pair(const CellTypes& types, std::size_t block, std::size_t k) {
  const std::size_t post = block / 2, pre = block % 2;
  const std::size_t width = types.count(pre) - (post == pre ? 1 : 0);
  const std::size_t row = k / width, column = k % width;
  return {static_cast<Node>(types.first(post) + row),
          static_cast<Node>(types.first(pre) + column + (post == pre && column >= row ? 1 : 0)), 0};
}

/// `count` different numbers below n, in ascending order. Draws whichever is fewer, the chosen or the left out.
inline std::vector<std::size_t> choose(std::size_t n, std::size_t count, Stream& random) {
  const bool draw_chosen = count <= n / 2;
  const std::size_t draws = draw_chosen ? count : n - count;
  std::unordered_set<std::size_t> drawn;
  while (drawn.size() < draws)
    drawn.insert(std::min(n - 1, static_cast<std::size_t>(random.uniform() * static_cast<double>(n))));
  std::vector<std::size_t> out;
  if (draw_chosen) {
    out.assign(drawn.begin(), drawn.end());
    std::ranges::sort(out);
  } else {
    for (std::size_t k = 0; k < n; ++k)
      if (!drawn.contains(k)) out.push_back(k);
  }
  return out;
}
}  // namespace detail

/// Degree-preserving swaps inside blocks, `attempts_per_edge` times the edges of each block. A weight stays with its
/// presynaptic cell, so that out-strengths too are preserved.
inline Graph swap_edges(const Graph& graph, const CellTypes& types, int attempts_per_edge, Stream& random) {
  auto blocks = magnitudes_by_block(graph, types);
  for (auto& edges : blocks) {
    if (edges.size() < 2) continue;
    detail::PairSet present(edges.size());
    for (const Edge& e : edges) present.insert(e.post, e.pre);
    const auto count = static_cast<std::uint32_t>(edges.size());
    for (std::size_t k = 0; k < edges.size() * static_cast<std::size_t>(attempts_per_edge); ++k) {
      Edge &e = edges[random.below(count)], &f = edges[random.below(count)];
      if (e.post == f.pre || f.post == e.pre || present.contains(e.post, f.pre) || present.contains(f.post, e.pre))
        continue;
      present.erase(e.post, e.pre);
      present.erase(f.post, f.pre);
      std::swap(e.post, f.post);
      present.insert(e.post, e.pre);
      present.insert(f.post, f.pre);
    }
  }
  return joined(graph.size(), blocks);
}

/// The magnitudes of each block in random order, on any pair of the block or on the synapses of the graph.
inline Graph shuffle_weights(const Graph& graph, const CellTypes& types, Placement placement, Stream& random) {
  auto blocks = magnitudes_by_block(graph, types);
  for (std::size_t b = 0; b < 4; ++b) {
    auto& edges = blocks[b];
    std::vector<double> weights;
    for (const Edge& e : edges) weights.push_back(e.weight);
    detail::shuffle(std::span(weights), random);
    if (placement == Placement::any_pair) {
      const auto places = detail::choose(types.pairs(b), edges.size(), random);
      for (std::size_t k = 0; k < places.size(); ++k) edges[k] = detail::nth_pair(types, b, places[k]);
    }
    for (std::size_t k = 0; k < edges.size(); ++k) edges[k].weight = weights[k];
  }
  return joined(graph.size(), blocks);
}

/// Scales `shuffled` towards the in- and out-strengths that `original` has in each block. A row or column that holds
/// no weight cannot be scaled and is left alone; with few synapses per cell the strengths are met only nearly.
inline Graph restore_strengths(const Graph& shuffled, const Graph& original, const CellTypes& types, int sweeps) {
  auto edges = magnitudes(shuffled, types).edges();
  const auto target = magnitudes(original, types).edges();
  const auto row = [&](const Edge& e) { return 2 * std::size_t{e.post} + types.type(e.pre); };
  const auto column = [&](const Edge& e) { return 2 * std::size_t{e.pre} + types.type(e.post); };
  const auto sums = [&](const std::vector<Edge>& list, const auto& key) {
    std::vector<double> sum(2 * types.size(), 0);
    for (const Edge& e : list) sum[key(e)] += e.weight;
    return sum;
  };
  const auto scale = [&](const std::vector<double>& goal, const auto& key) {
    auto factor = sums(edges, key);
    for (std::size_t k = 0; k < factor.size(); ++k) factor[k] = factor[k] > 0 ? goal[k] / factor[k] : 0;
    for (Edge& e : edges) e.weight *= factor[key(e)];
  };
  const auto rows = sums(target, row), columns = sums(target, column);
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    scale(rows, row);
    scale(columns, column);
  }
  return Graph(types.size(), edges);
}

/// The strength-preserving null model: new places, shuffle_weights, restore_strengths.
inline Graph strength_preserving_shuffle(const Graph& graph, const CellTypes& types, const NullModel& null,
                                         Stream& random) {
  const bool swap = null.placement == Placement::swapped_synapses;
  const Graph places = swap ? swap_edges(graph, types, null.swap_attempts, random) : magnitudes(graph, types);
  return restore_strengths(shuffle_weights(places, types, null.placement, random), graph, types, null.sinkhorn_sweeps);
}

/// Mean and sample standard deviation of what the null model gives.
struct NullStatistics {
  double mean = 0;
  double sd = 0;  ///< NaN for a single sample
};

inline NullStatistics null_statistics(std::span<const double> values) {
  NullStatistics s;
  const double n = static_cast<double>(values.size());
  for (const double v : values) s.mean += v / n;
  double squares = 0;
  for (const double v : values) squares += (v - s.mean) * (v - s.mean);
  s.sd = values.size() < 2 ? std::nan("") : std::sqrt(squares / (n - 1));
  return s;
}

}  // namespace engram::inline ENGRAM_ABI::analysis
