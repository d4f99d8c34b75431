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
