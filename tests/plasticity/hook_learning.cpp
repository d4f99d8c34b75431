/// A pair rule stated by hooks is the pair rule: against the explicit double sum over all pairs. By hooks a coincident pair
/// is split between the two spikes (half of L(0+) with the postsynaptic, half of L(0-) with the presynaptic one), which only
/// bounds can tell from PairLearning, where the presynaptic spike brings the whole of it.
#include <doctest/doctest.h>

#include <engram/engram.hpp>
#include <engram/plasticity/hook_learning.hpp>

#include "oracle/synapse.hpp"

using namespace engram;
using namespace engram::literals;

namespace {

struct PairHooks {
  double f_plus = 0.03, f_minus = 0.02;
  std::array<Time, 1> pre_traces() const { return {20_ms}; }
  std::array<Time, 1> post_traces() const { return {30_ms}; }
  double on_pre(double w, const std::array<double, 1>&, const std::array<double, 1>& post) const { return w - f_minus * post[0]; }
  double on_post(double w, const std::array<double, 1>& pre, const std::array<double, 1>&) const { return w + f_plus * pre[0]; }
};
static_assert(PlasticityRule<PairHooks>);

const oracle::Rule rule = oracle::causal(0.03, 0.02, 20, 30);

double learn_split(const oracle::Bounds& bounds, double w, const oracle::Train& pre, const oracle::Train& post, Step n, double dt) {
  const bool here = oracle::fires(pre, n), there = oracle::fires(post, n);
  if (there) w = bounds.clip(w + oracle::on_post(rule, pre, n, dt) + (here ? rule.after(0) / 2 : 0));
  if (here) w = bounds.clip(w + oracle::on_pre(rule, post, n, dt) - (there ? rule.after(0) / 2 : 0));
  return w;
}

template <class T>
double worst_difference(const oracle::Bounds& within, double start) {
  const Index cells = 8;
  const Step steps = 4000;
  SynapseRows rows;
  rows.targets = {0, cells};
  rows.row_begin = {0};
  for (Index j = 0; j < cells; ++j) {
    for (Index i = 0; i < cells; ++i)
      if ((i + j) % 3 != 0) rows.target.push_back(static_cast<std::uint16_t>(i));
    rows.row_begin.push_back(rows.target.size());
  }
  HookLearning<T, PairHooks> learning(rows, {}, HardBounds{Voltage{within.low}, Voltage{within.high}}, 0.5_ms, aligned_vector<T>(rows.size(), static_cast<T>(start)), -1);
  Stream random(Seed{9}, Purpose::user);
  std::vector<oracle::Train> pre(cells), post(cells);
  std::vector<double> w(rows.size(), static_cast<double>(static_cast<T>(start)));
  std::vector<T> input(cells);
  for (Step n = 0; n < steps; ++n) {
    std::vector<Index> from, to;
    const bool together = random.uniform() < 0.02;
    for (Index c = 0; c < cells; ++c) {
      if (together || random.uniform() < 0.01) from.push_back(c), pre[c].push_back(n);
      if (together || random.uniform() < 0.01) to.push_back(c), post[c].push_back(n);
    }
    learning.step(rows, n, from, to, input.data());
    for (Index j = 0; j < cells; ++j)
      for (std::size_t s = rows.row_begin[j]; s < rows.row_begin[j + 1]; ++s) w[s] = learn_split(within, w[s], pre[j], post[rows.target[s]], n, 0.5);
  }
  double worst = 0, scale = std::abs(start);
  for (Index j = 0; j < cells; ++j)
    for (std::size_t s = rows.row_begin[j]; s < rows.row_begin[j + 1]; ++s) {
      worst = std::max(worst, std::abs(static_cast<double>(learning.weight(rows, j, s)) - w[s]));
      scale = std::max(scale, std::abs(w[s]));
    }
  return worst / scale;
}

}  // namespace

TEST_CASE_TEMPLATE("hooks: a pair rule against the double sum over all pairs", T, double, float) {
  const double tolerance = sizeof(T) == 8 ? 1e-12 : 1e-5;
  CHECK(worst_difference<T>({}, 0.5) < tolerance);
  CHECK(worst_difference<T>({0.4, 0.6}, 0.5) < tolerance);
  CHECK(worst_difference<T>({0.5, 0.6}, 0.5) < tolerance);
}
