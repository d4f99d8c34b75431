#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <set>

#include <engram/analysis/null_model.hpp>

#include "reference_graphs.hpp"

using namespace engram;
using namespace engram::analysis;

namespace {

const CellTypes types{40, 12};

/// Sums of weight (or counts) of each cell in each block: first in, then out.
std::vector<double> strengths(const Graph& graph, bool count, const CellTypes& cells = types) {
  std::vector<double> sum(graph.size() * 8, 0);
  graph.for_each([&](const Edge& e) {
    const double w = count ? 1 : e.weight;
    sum[e.post * 8 + cells.block(e.post, e.pre)] += w;
    sum[e.pre * 8 + 4 + cells.block(e.post, e.pre)] += w;
  });
  return sum;
}

double worst_relative(const std::vector<double>& a, const std::vector<double>& b) {
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (b[i] != 0) worst = std::max(worst, std::abs(a[i] / b[i] - 1));
  return worst;
}

std::multiset<double> weights_of(const Graph& graph, std::size_t block) {
  std::multiset<double> out;
  graph.for_each([&](const Edge& e) {
    if (types.block(e.post, e.pre) == block) out.insert(e.weight);
  });
  return out;
}

}  // namespace

TEST_CASE("null model: swaps keep every degree of every block, no autapse, no double edge, and move the edges") {
  Stream random(Seed{1}, Purpose::user);
  const Graph graph(reference::random_weights(52, 0.15, 1));
  const Graph swapped = swap_edges(graph, types, 4, random);
  CHECK(swapped.entries() == graph.entries());
  CHECK(strengths(swapped, true) == strengths(graph, true));
  std::set<std::pair<Node, Node>> before;
  graph.for_each([&](const Edge& e) { before.insert({e.post, e.pre}); });
  std::size_t same = 0;
  swapped.for_each([&](const Edge& e) {
    CHECK(e.post != e.pre);
    same += before.contains({e.post, e.pre});
  });
  CHECK(static_cast<double>(same) < 0.3 * static_cast<double>(graph.entries()));
  for (std::size_t b = 0; b < 4; ++b) CHECK(weights_of(swapped, b) == weights_of(graph, b));
}

TEST_CASE("null model: swaps sample the graphs of given degrees uniformly") {
  // In- and out-degree 1 on four cells without autapses: the 9 derangements, each reachable.
  const std::vector<Edge> ring{{1, 0}, {2, 1}, {3, 2}, {0, 3}};
  Stream random(Seed{2}, Purpose::user);
  std::map<std::vector<Node>, int> count;
  const int samples = 9000;
  for (int k = 0; k < samples; ++k) {
    std::vector<Node> image;
    swap_edges(Graph(4, ring), {4}, 20, random).for_each([&](const Edge& e) { image.push_back(e.pre); });
    ++count[image];
  }
  CHECK(count.size() == 9);
  double chi_square = 0;
  for (const auto& c : count) chi_square += std::pow(c.second - samples / 9., 2) / (samples / 9.);
  MESSAGE("chi-square with 8 degrees of freedom: " << chi_square);
  CHECK(chi_square < 26.1);  // p = 1e-3
}

TEST_CASE("null model: a shuffle keeps the weights of each block and forgets their places") {
  Stream random(Seed{3}, Purpose::user);
  for (const double density : {0.1, 0.8, 1.0}) {
    const Graph graph(reference::random_weights(52, density, 2));
    for (const auto placement : {Placement::any_pair, Placement::existing_synapses}) {
      const Graph shuffled = shuffle_weights(graph, types, placement, random);
      for (std::size_t b = 0; b < 4; ++b) CHECK(weights_of(shuffled, b) == weights_of(graph, b));
      const bool same_places = strengths(shuffled, true) == strengths(graph, true);
      CHECK(same_places == (placement == Placement::existing_synapses || density == 1.0));
    }
  }
}

TEST_CASE("null model: Sinkhorn sweeps restore the strengths of each block") {
  Stream random(Seed{4}, Purpose::user);
  const Graph graph(reference::random_weights(52, 1, 3));
  const Graph shuffled = shuffle_weights(graph, types, Placement::any_pair, random);
  const auto goal = strengths(graph, false);
  const double before = worst_relative(strengths(shuffled, false), goal);
  const double after = worst_relative(strengths(restore_strengths(shuffled, graph, types, 30), false), goal);
  MESSAGE("dense: strengths off by " << before << " before, " << after << " after 30 sweeps");
  CHECK(before > 0.1);
  CHECK(after < 1e-9);
  const Graph sparse(reference::random_weights(52, 0.4, 3));
  const NullModel null{};
  const Graph other = strength_preserving_shuffle(sparse, types, null, random);
  CHECK(strengths(other, true) == strengths(sparse, true));
  const double off = worst_relative(strengths(other, false), strengths(sparse, false));
  MESSAGE("density 0.4, with blocks of only 12 cells: strengths off by at most " << off);
  CHECK(off < 0.1);
}

TEST_CASE("null model: pairs are counted without autapses, choices are uniform") {
  const CellTypes small{3, 2};
  for (std::size_t b = 0; b < 4; ++b) {
    std::set<std::pair<Node, Node>> seen;
    for (std::size_t k = 0; k < small.pairs(b); ++k) {
      const Edge e = analysis::detail::nth_pair(small, b, k);
      CHECK(small.block(e.post, e.pre) == b);
      CHECK(e.post != e.pre);
      seen.insert({e.post, e.pre});
    }
    CHECK(seen.size() == small.pairs(b));
  }
  Stream random(Seed{5}, Purpose::user);
  for (const std::size_t chosen : {3u, 7u}) {
    std::array<int, 10> hits{};
    for (int k = 0; k < 10000; ++k)
      for (const std::size_t i : analysis::detail::choose(10, chosen, random)) ++hits[i];
    for (const int h : hits) CHECK(std::abs(h - 1000. * static_cast<double>(chosen)) < 5 * std::sqrt(10000 * 0.21));
  }
}

TEST_CASE("null model: the set of pairs agrees with std::set under random insertions and removals") {
  Stream random(Seed{8}, Purpose::user);
  analysis::detail::PairSet ours(64);
  std::set<std::pair<Node, Node>> theirs;
  for (int k = 0; k < 20000; ++k) {
    const Node post = random.below(12) << 28, pre = random.below(12);
    CHECK(ours.contains(post, pre) == theirs.contains({post, pre}));
    if (theirs.contains({post, pre})) {
      ours.erase(post, pre);
      theirs.erase({post, pre});
    } else if (theirs.size() < 64) {
      ours.insert(post, pre);
      theirs.insert({post, pre});
    }
  }
}

TEST_CASE("null model: nulls of a million synapses in seconds") {
  Stream random(Seed{6}, Purpose::user);
  std::vector<Edge> edges;
  for (int k = 0; k < 1000000; ++k) {
    const Node post = random.below(10000), pre = random.below(9999);
    edges.push_back({post, pre + (pre >= post), random.uniform()});
  }
  const Graph graph(10000, edges);
  const CellTypes many{8000, 2000};
  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  swap_edges(graph, many, 4, random);
  const double swaps = seconds();
  const Graph shuffled = strength_preserving_shuffle(graph, many, {.placement = Placement::existing_synapses}, random);
  MESSAGE("10^6 synapses: 4 10^6 swap attempts " << swaps << " s, shuffle and 30 sweeps " << seconds() - swaps << " s");
  // columns exactly, rows as far as 30 sweeps converge
  CHECK(worst_relative(strengths(shuffled, false, many), strengths(graph, false, many)) < 1e-3);
}
