#pragma once
/// A projection: the synapses from one population to another, with their weights and their plasticity.
#include <cmath>
#include <optional>
#include <string>

#include "../plasticity/hook_learning.hpp"
#include "../plasticity/pair_learning.hpp"
#include "../plasticity/static_synapses.hpp"
#include "population.hpp"
#include "wiring.hpp"

namespace engram::inline ENGRAM_ABI {

template <class R>
concept Plasticity = std::same_as<R, Static> || PairRule<R> || PlasticityRule<R>;

namespace detail {
/// What keeps the weights of a projection with a given rule.
template <class T, class Rule>
struct synapses_of;
template <class T>
struct synapses_of<T, Static> { using type = StaticSynapses<T>; };
template <class T, PairRule Rule>
struct synapses_of<T, Rule> { using type = PairLearning<T, Rule>; };
template <class T, class Rule>
  requires(PlasticityRule<Rule> && !PairRule<Rule>)
struct synapses_of<T, Rule> { using type = HookLearning<T, Rule>; };
}  // namespace detail

/// Initial weight of every synapse of a projection, mV; negative for inhibition.
struct Weight {
  Voltage value;
};

/// Where a projection ends: a population, and which of its receptors; the first unless receptor() names another.
struct Target {
  std::string name;
  std::size_t receptor = 0;

  template <class... Parts>
  Target(const PopulationSpec<Parts...>& population, std::size_t k = 0) : name(population.name), receptor(k) {}
};

/// Receptor k, counted from 0, as the target of a projection: connect(i, receptor(e, 1), ...).
template <class... Parts>
Target receptor(const PopulationSpec<Parts...>& population, std::size_t k) {
  return {population, k};
}

/// What is to be built: returned by connect(), given to simulation().
template <Wiring W, Plasticity Rule>
struct ProjectionSpec {
  std::string source;
  Target target;
  W wiring;
  Voltage initial;
  Rule rule;
  HardBounds bounds;

  /// "I->E".
  std::string ends() const { return joined({source, "->", target.name}); }
  /// The same, and "I->E/1" if it ends at another receptor than the first.
  std::string name() const { return target.receptor == 0 ? ends() : joined({ends(), "/", std::to_string(target.receptor)}); }
};

/// Static synapses of one weight.
template <class... Source, Wiring W>
auto connect(const PopulationSpec<Source...>& source, const Target& target, W wiring, Weight weight) {
  return ProjectionSpec<W, Static>{source.name, target, wiring, weight.value, {}, unbounded};
}

/// Plastic synapses that start from one weight, kept within `bounds`:
///
///     auto ee = connect(e, e, Bernoulli{0.1}, Weight{0.04_mV}, mix(kappa, Causal{}, Acausal{}), HardBounds{0_mV, 0.24_mV});
template <class... Source, Wiring W, Plasticity Rule>
auto connect(const PopulationSpec<Source...>& source, const Target& target, W wiring, Weight weight, Rule rule, HardBounds bounds = unbounded) {
  return ProjectionSpec<W, Rule>{source.name, target, wiring, weight.value, rule, bounds};
}

template <class T, Plasticity Rule>
class Projection {
 public:
  static constexpr bool is_plastic = !std::same_as<Rule, Static>;
  using Synapses = typename detail::synapses_of<T, Rule>::type;

  template <Wiring W>
  Projection(const ProjectionSpec<W, Rule>& spec, Index sources, Index targets, Time dt, Seed seed, std::uint32_t stream, Threads threads = {})
      : name_(spec.name()),
        receptor_(spec.target.receptor),
        bounds_(spec.bounds),
        dt_(dt),
        rows_(draw_synapses(spec.wiring, sources, targets, spec.source == spec.target.name, seed, stream, threads)) {
    synapses_.reserve(rows_.size());
    for (const auto& rows : rows_) synapses_.push_back(build(rows, spec.rule, aligned_vector<T>(is_plastic ? rows.size() : 0, static_cast<T>(spec.initial.value)), static_cast<T>(spec.initial.value), -1));
  }

  /// Learning and delivery of one step; see PairLearning for the order within the step. Spikes act from the next step on.
  void step(Step n, std::span<const Index> pre, std::span<const Index> post, std::span<T> input) {
    begin(n);
    for (std::size_t b = 0; b < rows_.size(); ++b) step_block(b, n, pre, post, input);
  }
  /// The parts of step(), for callers that share blocks of targets out among threads.
  void begin(Step n) { now_ = n; }
  void step_block(std::size_t b, Step n, std::span<const Index> pre, std::span<const Index> post, std::span<T> input) {
    synapses_[b].step(rows_[b], n, pre, post, input.data() + rows_[b].targets.first);
  }

  void archive_state(auto& archive) {
    archive(bounds_.low.value, bounds_.high.value, now_);
    for (std::size_t b = 0; b < rows_.size(); ++b) archive(synapses_[b]);
    if constexpr (std::decay_t<decltype(archive)>::reading)
      for (std::size_t b = 0; b < rows_.size(); ++b)
        if constexpr (requires { synapses_[b].is_consistent(rows_[b], now_); })
          if (!synapses_[b].is_consistent(rows_[b], now_)) throw archive_error("the learning state of " + name_ + " contradicts itself");
  }
  void describe(std::ostream& out) const {
    std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a over rows and targets
    const auto mix_in = [&](std::uint64_t v) { hash = (hash ^ v) * 0x100000001b3u; };
    for (const auto& rows : rows_) {
      for (const auto v : rows.row_begin) mix_in(v);
      for (const auto v : rows.target) mix_in(v);
    }
    out << "projection " << name_ << ": " << size() << " synapses, wiring " << hash << ", rule";
    if constexpr (is_plastic)
      for (const auto& p : parameters(rule())) out << ' ' << p.name;
    else
      out << " static";
    out << '\n';
  }

  const std::string& name() const { return name_; }
  /// Which receptor of the target its spikes go to.
  std::size_t receptor() const { return receptor_; }
  /// Number of the last step that was made, -1 before the first.
  Step last_step() const { return now_; }
  const HardBounds& bounds() const { return bounds_; }
  std::size_t blocks() const { return rows_.size(); }
  std::size_t size(std::size_t block) const { return rows_[block].size(); }
  std::size_t size() const {
    std::size_t n = 0;
    for (const auto& r : rows_) n += r.size();
    return n;
  }
  /// Bytes held for synapses, rows and traces.
  std::size_t bytes() const {
    std::size_t n = 0;
    for (std::size_t b = 0; b < rows_.size(); ++b)
      n += rows_[b].size() * sizeof(std::uint16_t) + rows_[b].row_begin.size() * sizeof(std::uint64_t) + synapses_[b].bytes();
    return n;
  }

  /// Calls f(Synapse{source, target, weight}) for every synapse as it is now; changes nothing.
  template <class F>
  void for_each(F&& f) const {
    for (std::size_t b = 0; b < rows_.size(); ++b)
      for (Index j = 0; j < rows_[b].sources(); ++j)
        for (std::size_t s = rows_[b].row_begin[j]; s < rows_[b].row_begin[j + 1]; ++s)
          f(Synapse<T>{j, rows_[b].targets.first + rows_[b].target[s], synapses_[b].weight(rows_[b], j, s)});
  }

  /// The first synapse of the sources [first, last) whose weight is not a number within the bounds, as T has them.
  std::optional<Synapse<T>> first_outside(Index first, Index last) const {
    const T low = static_cast<T>(bounds_.low.value), high = static_cast<T>(bounds_.high.value);
    for (std::size_t b = 0; b < rows_.size(); ++b)
      for (Index j = first; j < last; ++j)
        for (std::size_t s = rows_[b].row_begin[j]; s < rows_[b].row_begin[j + 1]; ++s) {
          const T w = synapses_[b].weight(rows_[b], j, s);
          if (!(std::isfinite(w) && w >= low && w <= high)) return Synapse<T>{j, rows_[b].targets.first + rows_[b].target[s], w};
        }
    return std::nullopt;
  }
  Index sources() const { return static_cast<Index>(rows_.front().sources()); }

  /// Replaces every weight by f(source, target, weight). A value outside the bounds is an error, and then no weight changes.
  template <class F>
  void set_weights(F&& f) {
    const Range allowed{std::max(bounds_.low.value, any_finite.low), std::min(bounds_.high.value, any_finite.high)};
    const std::string field = name_ + ".weight";
    std::vector<T> weights;
    weights.reserve(size());
    for_each([&](const Synapse<T>& s) {
      const double value = static_cast<double>(f(s.source, s.target, s.weight));
      require_in(field, value, allowed, "mV");
      weights.push_back(static_cast<T>(value));
    });
    auto next = weights.begin();
    for (std::size_t b = 0; b < rows_.size(); ++b) synapses_[b].transform(rows_[b], [&](Index, Index, T) { return *next++; });
  }

  /// Freezes or thaws plasticity; nothing else changes.
  void set_learning(bool on) requires is_plastic {
    for (std::size_t b = 0; b < rows_.size(); ++b) synapses_[b].set_learning(rows_[b], on);
  }
  /// Another rule of the same type from now on. The traces start anew: pairs across the change do not count.
  void set_rule(const Rule& rule) requires is_plastic {
    validate(rule, name_ + ".rule");
    for (std::size_t b = 0; b < rows_.size(); ++b) {
      aligned_vector<T> weights(rows_[b].size());
      for (Index j = 0; j < rows_[b].sources(); ++j)
        for (std::size_t s = rows_[b].row_begin[j]; s < rows_[b].row_begin[j + 1]; ++s)
          weights[s] = synapses_[b].weight(rows_[b], j, s);
      auto renewed = build(rows_[b], rule, std::move(weights), T(0), now_);
      renewed.continue_mode(synapses_[b]);
      synapses_[b] = std::move(renewed);
    }
  }
  const Rule& rule() const requires is_plastic { return synapses_.front().rule(); }
  /// Other bounds from now on; weights outside are moved to them.
  void set_bounds(const HardBounds& bounds) requires is_plastic {
    validate(bounds, name_ + ".bounds");
    bounds_ = bounds;
    for (std::size_t b = 0; b < rows_.size(); ++b) synapses_[b].set_bounds(rows_[b], bounds);
  }
  /// From now on the network runs with its present weights, while the weights that are read accumulate what the rule
  /// would change, without bounds: for drifts at frozen weights.
  void accumulate_only() requires is_plastic {
    bounds_ = unbounded;
    for (std::size_t b = 0; b < rows_.size(); ++b) synapses_[b].accumulate_only(rows_[b]);
  }

 private:
  Synapses build(const SynapseRows& rows, const Rule& rule, aligned_vector<T> weights, T uniform, Step now) const {
    if constexpr (is_plastic) return Synapses(rows, rule, bounds_, dt_, std::move(weights), now);
    else return Synapses(rows, uniform);
  }

  std::string name_;
  std::size_t receptor_;
  HardBounds bounds_;
  Time dt_;
  Step now_ = -1;
  std::vector<SynapseRows> rows_;
  std::vector<Synapses> synapses_;
};

}  // namespace engram::inline ENGRAM_ABI
