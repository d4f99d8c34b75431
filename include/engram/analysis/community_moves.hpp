#pragma once
/// The two searches on one level of communities: local moving of nodes (Blondel et al. 2008, with the queue of Traag et
/// al. 2019) and the refinement of Leiden (Traag, Waltman, van Eck 2019), which keeps communities connected.
#include <vector>

#include "community_level.hpp"

namespace engram::inline ENGRAM_ABI::analysis {

namespace detail {
/// A gain below this is rounding, not structure: 1e-11 of the node's own strength.
template <std::size_t Signs>
double rounding(const Strength<Signs>& s) {
  double sum = 0;
  for (std::size_t t = 0; t < Signs; ++t) sum += s.out[t] + s.in[t];
  return 1e-11 * sum;
}

/// Nodes that wait for a visit, each at most once: first in, first out.
class VisitQueue {
 public:
  explicit VisitQueue(std::vector<Node> order)
      : ring_(std::move(order)), waiting_(ring_.size(), true), count_(ring_.size()) {}

  bool empty() const { return count_ == 0; }
  Node pop() {
    const Node u = ring_[head_];
    head_ = head_ + 1 == ring_.size() ? 0 : head_ + 1;
    --count_;
    waiting_[u] = false;
    return u;
  }
  void push(Node u) {
    if (waiting_[u]) return;
    waiting_[u] = true;
    const std::size_t tail = head_ + count_++;
    ring_[tail < ring_.size() ? tail : tail - ring_.size()] = u;
  }

 private:
  std::vector<Node> ring_;
  std::vector<char> waiting_;
  std::size_t head_ = 0, count_ = 0;
};
}  // namespace detail

/// Moves single nodes to the neighbouring (or an empty) community with the largest gain in Q until none has one.
/// Moving u from c to d changes norm Q by  X_ud - E_ud - (X_uc - E_uc),  X the weight and E the expectation between u
/// and the others of a community. `label` values are < level.size(). Every move raises Q, so it ends.
template <std::size_t Signs>
void move_nodes(const CommunityLevel<Signs>& level, Labels& label, Stream& random) {
  const std::size_t n = level.size();
  std::vector<Strength<Signs>> total(n);
  std::vector<Node> members(n, 0), vacant;
  for (Node u = 0; u < n; ++u) total[label[u]] += level.expected.strength[u], ++members[label[u]];
  for (Node c = 0; c < n; ++c)
    if (members[c] == 0) vacant.push_back(c);
  WeightByCommunity to(n);
  detail::VisitQueue queue(random_order(n, random));
  while (!queue.empty()) {
    const Node u = queue.pop(), home = label[u];
    const auto& own = level.expected.strength[u];
    level.for_each_neighbour(u, [&](Node v, double w) { to.add(label[v], w); });
    const double margin = detail::rounding(own);
    Node best = home;
    double gain = to[home] - level.expected.between(own, total[home] - own);
    if (members[home] > 1 && gain < -margin) gain = 0, best = vacant.empty() ? home : vacant.back();
    for (const Node c : to.touched()) {
      if (c == home) continue;
      const double g = to[c] - level.expected.between(own, total[c]);
      if (g > gain + margin) gain = g, best = c;
    }
    to.clear();
    if (best == home) continue;
    if (members[best]++ == 0) vacant.pop_back();
    if (--members[home] == 0) vacant.push_back(home);
    total[home] -= own;
    total[best] += own;
    label[u] = best;
    level.for_each_neighbour(u, [&](Node v, double) {
      if (label[v] != best) queue.push(v);
    });
  }
}

/// Splits each community into well-connected parts: every node starts alone and, once, joins the part of its own
/// community with the largest gain, along edges of positive weight and only if node and part hold to the rest of the
/// community by at least the expected weight. Merging is greedy rather than random: the restarts are the randomness.
template <std::size_t Signs>
Labels refine(const CommunityLevel<Signs>& level, const Labels& community, Stream& random) {
  const std::size_t n = level.size();
  const auto& expected = level.expected;
  std::vector<Strength<Signs>> whole(n), part(expected.strength);
  for (Node u = 0; u < n; ++u) whole[community[u]] += expected.strength[u];
  std::vector<double> to_rest(n, 0);  // weight from a part to the rest of its community
  for (Node u = 0; u < n; ++u)
    level.for_each_neighbour(u, [&](Node v, double w) {
      if (community[v] == community[u]) to_rest[u] += w;
    });
  Labels label(n);
  for (Node u = 0; u < n; ++u) label[u] = u;
  std::vector<char> alone(n, true);
  const auto well_connected = [&](Node p, Node c) {
    return to_rest[p] >= expected.between(part[p], whole[c] - part[p]) - detail::rounding(part[p]);
  };
  WeightByCommunity to(n);
  for (const Node u : random_order(n, random)) {
    if (!alone[u] || !well_connected(u, community[u])) continue;
    level.for_each_neighbour(u, [&](Node v, double w) {
      if (community[v] == community[u] && w > 0) to.add(label[v], w);
    });
    Node best = u;
    double gain = detail::rounding(expected.strength[u]);
    for (const Node p : to.touched()) {
      const double g = to[p] - expected.between(expected.strength[u], part[p]);
      if (g > gain && well_connected(p, community[u])) gain = g, best = p;
    }
    if (best != u) {
      to_rest[best] += to_rest[u] - 2 * to[best];
      part[best] += expected.strength[u];
      alone[best] = alone[u] = false;
      label[u] = best;
    }
    to.clear();
  }
  return label;
}

}  // namespace engram::inline ENGRAM_ABI::analysis
