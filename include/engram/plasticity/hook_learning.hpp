#pragma once
/// Plasticity by a rule given as hooks, for what no window can state: triplets, dependence on the weight, and so on.
///
///     std::array<Time, n> pre_traces() const;    // time constants of traces that jump by 1 at presynaptic spikes
///     std::array<Time, m> post_traces() const;
///     double on_pre(double w, const std::array<double, n>& pre, const std::array<double, m>& post) const;   // new weight
///     double on_post(double w, const std::array<double, n>& pre, const std::array<double, m>& post) const;
///
/// A hook sees the traces of its own side without the present spike, and those of the other side with half of a
/// coincident one: for pair rules that is the half rule. Every spike touches its synapses at once, by row or by an index
/// of columns (8 bytes a synapse more), so this costs more than PairLearning. The order within a step is the same, but that
/// a coincident pair is shared between its two spikes: near a bound that may clip otherwise than PairLearning does.
#include <array>

#include "../network/synapses.hpp"
#include "../core/archive.hpp"
#include "bounds.hpp"

namespace engram::inline ENGRAM_ABI {

namespace detail {
/// The array of trace values that belongs to an array of time constants.
template <std::size_t N>
std::array<double, N> values_of(const std::array<Time, N>&);
}  // namespace detail

template <class R>
concept HasTraces = requires(const R rule) {
  { rule.pre_traces()[0] } -> std::convertible_to<Time>;
  { rule.post_traces()[0] } -> std::convertible_to<Time>;
};
template <class R>
concept PlasticityRule = HasTraces<R> && requires(const R rule) {
  { rule.on_pre(0., detail::values_of(rule.pre_traces()), detail::values_of(rule.post_traces())) } -> std::convertible_to<double>;
  { rule.on_post(0., detail::values_of(rule.pre_traces()), detail::values_of(rule.post_traces())) } -> std::convertible_to<double>;
};

namespace detail {

/// Exponential traces of a set of cells, one array for each time constant.
template <std::size_t N>
class Traces {
 public:
  Traces(std::size_t cells, const std::array<Time, N>& tau, double dt) : value_(cells) {
    for (std::size_t k = 0; k < N; ++k) decay_[k] = std::exp(-dt / tau[k].value);
  }
  void decay() {
    for (auto& cell : value_)
      for (std::size_t k = 0; k < N; ++k) cell[k] *= decay_[k];
  }
  void add(std::size_t cell, double jump) {
    for (auto& v : value_[cell]) v += jump;
  }
  const std::array<double, N>& operator[](std::size_t cell) const { return value_[cell]; }
  void archive_state(auto& archive) { archive(decay_, value_); }

 private:
  std::array<double, N> decay_{};
  std::vector<std::array<double, N>> value_;
};

}  // namespace detail

template <class T, class Rule>
class HookLearning {
 public:
  HookLearning(const SynapseRows& rows, const Rule& rule, const HardBounds& bounds, Time dt, aligned_vector<T> weights, Step)
      : rule_(rule),
        weights_(std::move(weights)),
        pre_(rows.sources(), rule.pre_traces(), dt.value),
        post_(rows.targets.size, rule.post_traces(), dt.value) {
    set_bounds(rows, bounds);
    index_columns(rows);
  }

  void step(const SynapseRows& rows, Step, std::span<const Index> pre, std::span<const Index> post, T* input) {
    pre_.decay();
    post_.decay();
    const auto first = std::lower_bound(post.begin(), post.end(), rows.targets.first);
    const std::span own(first, std::lower_bound(first, post.end(), rows.targets.end()));
    if (learning_) learn(rows, pre, own);
    const auto& w = transmitted_.empty() ? weights_ : transmitted_;
    for (const Index j : pre)
      for (std::size_t s = rows.row_begin[j]; s < rows.row_begin[j + 1]; ++s) input[rows.target[s]] += w[s];
    for (const Index j : pre) pre_.add(j, 1);
    for (const Index i : own) post_.add(i - rows.targets.first, 1);
  }

  T weight(const SynapseRows&, Index, std::size_t s) const { return weights_[s]; }
  template <class F>
  void transform(const SynapseRows& rows, F&& f) {
    for (Index j = 0; j < rows.sources(); ++j)
      for (std::size_t s = rows.row_begin[j]; s < rows.row_begin[j + 1]; ++s)
        weights_[s] = clip(f(j, rows.targets.first + rows.target[s], weights_[s]));
  }
  void set_learning(const SynapseRows&, bool on) { learning_ = on; }
  bool learning() const { return learning_; }
  void set_bounds(const SynapseRows&, const HardBounds& bounds) {
    bounds_ = bounds;
    for (T& w : weights_) w = clip(w);
  }
  void accumulate_only(const SynapseRows&) {
    transmitted_ = weights_;
    bounds_ = unbounded;
  }
  void continue_mode(HookLearning& replaced) {
    learning_ = replaced.learning_;
    transmitted_ = std::move(replaced.transmitted_);
  }
  void archive_state(auto& archive) {
    if constexpr (std::decay_t<decltype(archive)>::reading) transmitted_.clear();
    archive(bounds_.low.value, bounds_.high.value, learning_, weights_, transmitted_, pre_, post_);
    detail::archive_bytes(archive, rule_);
  }
  const Rule& rule() const { return rule_; }
  std::size_t bytes() const { return (weights_.size() + transmitted_.size()) * sizeof(T) + column_.size() * sizeof(Column); }

 private:
  struct Column {
    Index source, synapse;
  };

  T clip(double w) const { return static_cast<T>(std::min(std::max(w, bounds_.low.value), bounds_.high.value)); }

  void learn(const SynapseRows& rows, std::span<const Index> pre, std::span<const Index> post) {
    for (const Index j : pre) pre_.add(j, 0.5);
    for (const Index i : post)
      for (std::size_t c = column_begin_[i - rows.targets.first]; c < column_begin_[i - rows.targets.first + 1]; ++c) {
        T& w = weights_[column_[c].synapse];
        w = clip(rule_.on_post(w, pre_[column_[c].source], post_[i - rows.targets.first]));
      }
    for (const Index j : pre) pre_.add(j, -0.5);
    for (const Index i : post) post_.add(i - rows.targets.first, 0.5);
    for (const Index j : pre)
      for (std::size_t s = rows.row_begin[j]; s < rows.row_begin[j + 1]; ++s)
        weights_[s] = clip(rule_.on_pre(weights_[s], pre_[j], post_[rows.target[s]]));
    for (const Index i : post) post_.add(i - rows.targets.first, -0.5);
  }

  void index_columns(const SynapseRows& rows) {
    require_in("synapses with a rule of hooks in one block", static_cast<double>(rows.size()), {0, 4294967295.});
    column_begin_.assign(rows.targets.size + 1, 0);
    for (const auto i : rows.target) ++column_begin_[i + 1u];
    for (std::size_t i = 1; i < column_begin_.size(); ++i) column_begin_[i] += column_begin_[i - 1];
    column_.resize(rows.size());
    auto next = column_begin_;
    for (Index j = 0; j < rows.sources(); ++j)
      for (std::size_t s = rows.row_begin[j]; s < rows.row_begin[j + 1]; ++s)
        column_[next[rows.target[s]]++] = {j, static_cast<Index>(s)};
  }

  Rule rule_;
  HardBounds bounds_;
  bool learning_ = true;
  aligned_vector<T> weights_, transmitted_;
  detail::Traces<std::tuple_size_v<decltype(std::declval<Rule>().pre_traces())>> pre_;
  detail::Traces<std::tuple_size_v<decltype(std::declval<Rule>().post_traces())>> post_;
  std::vector<std::size_t> column_begin_;
  std::vector<Column> column_;
};

}  // namespace engram::inline ENGRAM_ABI
