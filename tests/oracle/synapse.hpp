#pragma once
/// One plastic synapse between two given spike trains: all pairs of spikes, summed explicitly, without traces.
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <vector>

#include "rule.hpp"

namespace oracle {

using Train = std::vector<std::int64_t>;  ///< steps of the spikes, ascending, each at most once

struct Bounds {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();

  double clip(double w) const { return std::min(std::max(w, low), high); }
};

inline bool fires(const Train& train, std::int64_t n) { return std::binary_search(train.begin(), train.end(), n); }

/// What a postsynaptic spike in step n adds: its pairs with all presynaptic spikes of earlier steps.
inline double on_post(const Rule& rule, const Train& pre, std::int64_t n, double dt) {
  double change = rule.per_post;
  for (const auto m : pre)
    if (m < n) change += rule(static_cast<double>(n - m) * dt);
  return change;
}

/// What a presynaptic spike in step n adds: its pairs with all postsynaptic spikes up to n, the coincident one included.
inline double on_pre(const Rule& rule, const Train& post, std::int64_t n, double dt) {
  double change = rule.per_pre;
  for (const auto m : post)
    if (m <= n) change += rule(static_cast<double>(m - n) * dt);
  return change;
}

/// Learning of step n: the postsynaptic spike first, then the presynaptic one, clipped after each.
inline double learn(const Rule& rule, const Bounds& bounds, double w, const Train& pre, const Train& post,
                    std::int64_t n, double dt) {
  if (fires(post, n)) w = bounds.clip(w + on_post(rule, pre, n, dt));
  if (fires(pre, n)) w = bounds.clip(w + on_pre(rule, post, n, dt));
  return w;
}

/// The weight after both trains; `each(n, w)` sees it after every step with a spike.
template <class Visit>
double run_synapse(const Rule& rule, const Bounds& bounds, double w, const Train& pre, const Train& post, double dt,
                   Visit&& each) {
  Train events;
  std::set_union(pre.begin(), pre.end(), post.begin(), post.end(), std::back_inserter(events));
  for (const auto n : events) each(n, w = learn(rule, bounds, w, pre, post, n, dt));
  return w;
}

inline double run_synapse(const Rule& rule, const Bounds& bounds, double w, const Train& pre, const Train& post, double dt) {
  return run_synapse(rule, bounds, w, pre, post, dt, [](std::int64_t, double) {});
}

/// The same without bounds, in one formula: w + sum over pairs of L(t_post - t_pre) + constants per spike.
inline double all_pairs(const Rule& rule, double w, const Train& pre, const Train& post, double dt) {
  for (const auto i : post)
    for (const auto j : pre) w += rule(static_cast<double>(i - j) * dt);
  return w + static_cast<double>(pre.size()) * rule.per_pre + static_cast<double>(post.size()) * rule.per_post;
}

}  // namespace oracle
