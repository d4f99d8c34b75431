#include <doctest/doctest.h>

#include <engram/engram.hpp>

using namespace engram;
using namespace engram::literals;

namespace {

/// Trains on N cells, all to all, against the explicit double sum over all pairs; returns the largest difference.
template <class T, class Rule>
double difference(const Rule& rule, const HardBounds& bounds, double start, double probability, Index cells, Step steps) {
  SynapseRows rows;
  rows.targets = {0, cells};
  rows.row_begin = {0};
  for (Index j = 0; j < cells; ++j) {
    for (Index i = 0; i < cells; ++i)
      if (i != j) rows.target.push_back(static_cast<std::uint16_t>(i));
    rows.row_begin.push_back(rows.target.size());
  }
  PairLearning<T, Rule> learning(rows, rule, bounds, 0.1_ms, aligned_vector<T>(rows.size(), static_cast<T>(start)), -1);
  std::vector<double> w(cells * cells, start);
  std::vector<std::vector<Step>> past(cells);
  std::vector<T> input(cells);
  Stream random(Seed{7}, Purpose::user);
  const auto clip = [&](double x) { return std::min(std::max(x, bounds.low.value), bounds.high.value); };
  const auto lag = [](Step s) { return Time{0.1 * static_cast<double>(s)}; };
  for (Step n = 0; n < steps; ++n) {
    std::vector<bool> spiked(cells);
    std::vector<Index> spikes;
    for (Index c = 0; c < cells; ++c)
      if (random.uniform() < probability) spiked[c] = true, spikes.push_back(c);
    learning.step(rows, n, spikes, spikes, input.data());
    for (Index j = 0; j < cells; ++j)
      for (Index i = 0; i < cells; ++i) {
        if (i == j) continue;
        double& x = w[i * cells + j];
        if (spiked[i]) {
          double change = per_post(rule).value;
          for (const Step q : past[j]) change += window(rule, lag(n - q)).value;
          x = clip(x + change);
        }
        if (spiked[j]) {
          double change = per_pre(rule).value;
          for (const Step q : past[i]) change += window(rule, lag(q - n)).value;
          if (spiked[i]) change += window(rule, Time{0}).value;
          x = clip(x + change);
        }
      }
    for (const Index c : spikes) past[c].push_back(n);
  }
  double worst = 0;
  for (Index j = 0; j < cells; ++j)
    for (std::size_t s = rows.row_begin[j]; s < rows.row_begin[j + 1]; ++s)
      worst = std::max(worst, std::abs(static_cast<double>(learning.weight(rows, j, s)) - w[rows.target[s] * cells + j]));
  return worst;
}

struct PerPost {
  auto pre_then_post() const { return std::tuple{Decay{1e-3_mV, 20_ms}}; }
  auto post_then_pre() const { return std::tuple{Decay{-1e-3_mV, 20_ms}}; }
  Voltage per_post() const { return -1e-4_mV; }
};

}  // namespace

TEST_CASE_TEMPLATE("pair learning equals the double sum over all pairs", T, float, double) {
  const double tolerance = sizeof(T) == 8 ? 1e-12 : 1e-5;  // relative to weights of order 0.1 to 1 mV
  const HardBounds tight{0.1_mV, 0.101_mV};
  for (const double probability : {1.2e-3, 1e-2, 3e-2}) {
    CAPTURE(probability);
    const auto close = [&](const auto& rule, const HardBounds& bounds) {
      CHECK(difference<T>(rule, bounds, 0.1005, probability, 6, 6000) < tolerance);
    };
    for (const auto& bounds : {unbounded, tight}) {
      close(Causal{}, bounds);
      close(Acausal{}, bounds);
      close(mix(0.4, Causal{}, Acausal{}), bounds);
      close(PerPost{}, bounds);
      close(Homeostatic{}, bounds);
    }
  }
}

namespace {

/// Sources 0 .. n - 1 onto the targets [first, last) of a population, each pair with a probability of 0.05.
SynapseRows part(Index n, Index all, Index first, Index last) {
  SynapseRows rows;
  rows.targets = {first, last - first};
  rows.row_begin = {0};
  for (Index j = 0; j < n; ++j) {
    Stream random(Seed{3}, Purpose::user, 0, j);
    for (Index i = 0; i < all; ++i)
      if (random.uniform() < 0.05 && i >= first && i < last) rows.target.push_back(static_cast<std::uint16_t>(i - first));
    rows.row_begin.push_back(rows.target.size());
  }
  return rows;
}

/// What 600 steps deliver to each target, and the weight of each pair, all targets in blocks of `size`.
template <class T, class Rule>
std::vector<T> run_in_blocks(const Rule& rule, const HardBounds& bounds, Index size, bool tiled, bool accumulate) {
  constexpr Index n = 150, all = 8000;  // more than 128 rows at once in some steps
  std::vector<T> out(all + n * all);
  for (Index first = 0; first < all; first += size) {
    const SynapseRows rows = part(n, all, first, std::min(all, first + size));
    CHECK((rows.targets.size > detail::Tiles(rows).cells) == tiled);
    PairLearning<T, Rule> learning(rows, rule, bounds, 0.1_ms, aligned_vector<T>(rows.size(), T(0.1005)), -1);
    if (accumulate) learning.accumulate_only(rows);
    Stream random(Seed{7}, Purpose::user);
    for (Step at = 0; at < 600; ++at) {
      std::vector<Index> pre, post;
      for (Index c = 0; c < all; ++c) {
        const double u = random.uniform();
        if (c < n && u < (at % 200 == 100 ? 0.95 : 0.01)) pre.push_back(c);
        if (random.uniform() < 0.01) post.push_back(c);
      }
      learning.step(rows, at, pre, post, out.data() + first);
    }
    for (Index j = 0; j < n; ++j)
      for (std::size_t s = rows.row_begin[j]; s < rows.row_begin[j + 1]; ++s)
        out[all + j * all + first + rows.target[s]] = learning.weight(rows, j, s);
  }
  return out;
}

}  // namespace

TEST_CASE_TEMPLATE("a large block, visited in tiles, gives the same bits as small ones", T, float, double) {
  const auto same = [](const auto& rule, const HardBounds& bounds, bool accumulate = false) {
    CHECK((run_in_blocks<T>(rule, bounds, 8000, true, accumulate) == run_in_blocks<T>(rule, bounds, 1000, false, accumulate)));
  };
  for (const auto& bounds : {unbounded, HardBounds{0.1_mV, 0.101_mV}}) {
    same(Causal{}, bounds);
    same(mix(0.4, Causal{}, Acausal{}), bounds);
  }
  same(mix(0.4, Causal{}, Acausal{}), unbounded, true);
}
