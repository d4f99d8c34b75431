#pragma once
/// Plasticity by a pair rule, all pairs, in one pass over a row at each presynaptic spike.
///
/// Between two presynaptic spikes a weight changes at postsynaptic spikes only, by sum_b c_b e_b(q), with e_b the basis of
/// traces.hpp, c_b fixed by the row's own trace. So nothing is done at a postsynaptic spike but to add e_b(q) to that
/// cell's accumulators G, and what is stored for a synapse is
///
///     u = w - sum_b c_b G_b,      w(t) = u + sum_b c_b G_b(t)  at any later time.
///
/// There is no list of synapses by target, no step over synapses at a postsynaptic spike, and a read changes nothing.
/// Time is cut into epochs; a row counts from the start of the epoch of its last visit, and each of the last `slots`
/// epochs has its own G. A row that was silent for so long is settled when its slot is needed again.
///
/// Bounds: w is clipped after every change. Between visits that equals clipping once if all changes have one sign (causal,
/// homeostatic). Where the window changes sign and two or more spikes came, a weight near a bound is replayed spike by
/// spike from the recent postsynaptic spike times.
///
/// In one step: (1) pairs of this step's postsynaptic spikes with earlier presynaptic ones, clip; (2) for presynaptic
/// spikes the pairs with earlier postsynaptic ones, the coincident pair's (L(0+) + L(0-))/2 and per_pre, clip; (3) delivery.
#include "../network/synapses.hpp"
#include "bounds.hpp"
#include "traces.hpp"

namespace engram::inline ENGRAM_ABI {

template <class T, PairRule Rule>
class PairLearning {
 public:
  PairLearning(const SynapseRows& rows, const Rule& rule, const HardBounds& bounds, Time dt, aligned_vector<T> weights, Step now)
      : rule_(rule),
        after_(rule.pre_then_post()),
        before_(rule.post_then_pre()),
        dt_(dt.value),
        now_(now),
        epoch_start_(now + 1),
        epoch_steps_(std::max<Step>(1, static_cast<Step>(3 * detail::shortest_tau(after_, before_) / dt.value))),
        exact_once_(detail::one_signed(after_, engram::per_post(rule))),
        stored_(std::move(weights)),
        row_(rows.sources()),
        pending_(slots * rows.targets.size * after_size),
        trace_(rows.targets.size * trace_size),
        history_(exact_once_ ? 0 : rows.targets.size) {
    slot_start_.fill(epoch_start_);
    set_bounds(bounds);
    for (auto& row : row_) {
      row.last = now;
      count_from_now(row, now);
    }
  }

  /// Learns from the spikes of step `n` and delivers: `pre` are sources, `post` cells of the target population (both
  /// ascending), `input` the synaptic variables of this block's targets.
  void step(const SynapseRows& rows, Step n, std::span<const Index> pre, std::span<const Index> post, T* input) {
    if (n - epoch_start_ >= epoch_steps_) begin_epoch(rows, n);
    post_spikes(rows, n, post);
    for (const Index j : pre) visit(rows, j, n, input);
    remember(rows, n, post);
    now_ = n;
  }

  /// The weight of synapse s of row j as it is now. Pure: reading changes no later result.
  T weight(const SynapseRows& rows, Index j, std::size_t s) const { return settled(row_[j], rows.target[s], stored_[s]); }

  /// Replaces every weight by f(source, target, weight), clipped to the bounds.
  template <class F>
  void transform(const SynapseRows& rows, F&& f) {
    for (Index j = 0; j < row_.size(); ++j)
      rebase(rows, j, [&](std::size_t s, T w) { return clip(static_cast<T>(f(j, rows.targets.first + rows.target[s], w))); });
  }

  /// While false no weight changes; spikes are still remembered, so that after thawing pairs across the thaw count.
  void set_learning(const SynapseRows& rows, bool on) {
    if (on == learning_) return;
    learning_ = on;
    settle(rows);
  }
  bool learning() const { return learning_; }

  void set_bounds(const SynapseRows& rows, const HardBounds& bounds) {
    settle(rows);
    set_bounds(bounds);
    settle(rows);
  }

  /// The network goes on with the weights of now, while what the rule would change is accumulated in weight(), without
  /// bounds: for drifts at frozen weights.
  void accumulate_only(const SynapseRows& rows) {
    settle(rows);
    transmitted_.resize(stored_.size());
    for (Index j = 0; j < row_.size(); ++j)
      for (std::size_t s = rows.row_begin[j]; s < rows.row_begin[j + 1]; ++s) transmitted_[s] = weight(rows, j, s);
    set_bounds(unbounded);
  }

  /// Goes on in the mode of the learning that this one replaces: frozen, or accumulating beside fixed weights.
  void continue_mode(PairLearning& replaced) {
    learning_ = replaced.learning_;
    transmitted_ = std::move(replaced.transmitted_);
  }

  const Rule& rule() const { return rule_; }
  std::size_t bytes() const {
    return stored_.size() * sizeof(T) + row_.size() * sizeof(Row) + (pending_.size() + trace_.size()) * sizeof(T) +
           history_.size() * sizeof(History);
  }

 private:
  using After = decltype(std::declval<Rule>().pre_then_post());
  using Before = decltype(std::declval<Rule>().post_then_pre());
  static constexpr bool has_per_post = requires(const Rule r) { r.per_post(); };
  static constexpr std::size_t kernel_size = detail::basis_size<After>;
  static constexpr std::size_t after_size = kernel_size + has_per_post;   ///< accumulators a cell and slot
  static constexpr std::size_t before_size = detail::basis_size<Before>;
  static constexpr std::size_t trace_size = before_size + 1;              ///< traces a cell; the last: coincidence, mV
  static constexpr std::size_t slots = 16;

  struct Row {
    Step last = 0;         ///< step of the last visit
    std::uint32_t slot = 0;  ///< whose accumulators `c` counts on
    T reach = 0;           ///< bound on what `history_length` spikes can change: nearer to a bound, replay
    std::array<T, after_size> c{};
    detail::PreTrace<After> trace;
  };

  /// The last spikes of one postsynaptic cell, newest at (count - 1) % history_length.
  static constexpr std::size_t history_length = 32;
  struct History {
    std::array<Step, history_length> step{};
    std::size_t count = 0;
    Step back(std::size_t k) const { return step[(count - 1 - k) % history_length]; }
    std::size_t since(Step last) const {
      std::size_t k = 0;
      while (k < std::min(count, history_length) && back(k) > last) ++k;
      return k;
    }
  };

  T* accumulators(std::size_t slot) { return &pending_[slot * (pending_.size() / slots)]; }
  const T* accumulators(std::size_t slot) const { return &pending_[slot * (pending_.size() / slots)]; }
  double since(Step start, Step n) const { return static_cast<double>(n - start) * dt_; }
  T clip(T w) const { return min(max(w, low_), high_); }

  void set_bounds(const HardBounds& bounds) {
    low_ = static_cast<T>(bounds.low.value);
    high_ = static_cast<T>(bounds.high.value);
  }

  /// w of a synapse onto the block's cell i, all spikes so far accounted for.
  T settled(const Row& row, std::size_t i, T u) const {
    const T* g = accumulators(row.slot) + i * after_size;
    T w = u;
    for (std::size_t b = 0; b < after_size; ++b) w += row.c[b] * g[b];
    if (!exact_once_ && (w - row.reach < low_ || w + row.reach > high_)) return replayed(row, i, w);
    return clip(w);
  }

  /// The same, spike by spike, each change clipped.
  T replayed(const Row& row, std::size_t i, T unclipped) const {
    const History& h = history_[i];
    const std::size_t n = h.since(row.last);
    if (n < 2) return clip(unclipped);
    std::array<T, history_length> change;
    T w = unclipped;
    for (std::size_t k = 0; k < n; ++k) {
      const auto e = basis(since(slot_start_[row.slot], h.back(k)));
      change[k] = 0;
      for (std::size_t b = 0; b < after_size; ++b) change[k] += row.c[b] * static_cast<T>(e[b]);
      w -= change[k];
    }
    for (std::size_t k = n; k-- > 0;) w = clip(w + change[k]);
    return w;
  }

  std::array<double, after_size> basis(double q) const {
    std::array<double, after_size> out;
    const auto e = detail::later_basis(after_, q);
    std::copy(e.begin(), e.end(), out.begin());
    if constexpr (has_per_post) out[kernel_size] = 1;
    return out;
  }

  /// This step's postsynaptic spikes: they pair with what every row remembers, now or when it is visited.
  void post_spikes(const SynapseRows& rows, Step n, std::span<const Index> post) {
    if (post.empty()) return;
    const auto [first, last] = own(rows, post);
    if (first == last) return;
    if (!exact_once_) make_history_room(rows, first, last);
    const T coincident = static_cast<T>(window(rule_, Time{0}).value);
    std::array<std::array<T, after_size>, slots> e;
    for (std::size_t q = 0; q < slots; ++q) {
      const auto exact = basis(since(slot_start_[q], n));
      for (std::size_t b = 0; b < after_size; ++b) e[q][b] = static_cast<T>(exact[b]);
    }
    for (auto p = first; p != last; ++p) {
      const std::size_t i = *p - rows.targets.first;
      for (std::size_t q = 0; q < slots; ++q)
        for (std::size_t b = 0; b < after_size; ++b) accumulators(q)[i * after_size + b] += e[q][b];
      trace_[i * trace_size + before_size] = coincident;
      if (!exact_once_) history_[i].step[history_[i].count++ % history_length] = n;
    }
  }

  /// This step's postsynaptic spikes enter the trace that later presynaptic ones read.
  void remember(const SynapseRows& rows, Step n, std::span<const Index> post) {
    if (post.empty()) return;
    const auto [first, last] = own(rows, post);
    if (first == last) return;
    const auto e = detail::earlier_basis(before_, since(epoch_start_, n));
    for (auto p = first; p != last; ++p) {
      T* const y = &trace_[(*p - rows.targets.first) * trace_size];
      for (std::size_t b = 0; b < before_size; ++b) y[b] += static_cast<T>(e[b]);
      y[before_size] = 0;
    }
  }

  /// One pass over a row: settle, learn, deliver, store.
  void visit(const SynapseRows& rows, Index j, Step n, T* input) {
    Row& row = row_[j];
    if (!learning_) return deliver(rows, j, n, input);
    const Row old = row;
    advance_trace(row, n);
    row.trace.spike(after_);
    count_from_now(row, n);
    std::array<T, before_size> k;
    const auto exact = detail::earlier_coefficients(before_, since(epoch_start_, n));
    for (std::size_t b = 0; b < before_size; ++b) k[b] = static_cast<T>(exact[b]);
    const T at_pre = static_cast<T>(per_pre(rule_).value);
    const T* const g = accumulators(row.slot);
    for (std::size_t s = rows.row_begin[j]; s < rows.row_begin[j + 1]; ++s) {
      const std::size_t i = rows.target[s];
      T w = settled(old, i, stored_[s]);
      const T* const y = &trace_[i * trace_size];
      w += at_pre + y[before_size];
      for (std::size_t b = 0; b < before_size; ++b) w += k[b] * y[b];
      w = clip(w);
      input[i] += transmitted_.empty() ? w : transmitted_[s];
      for (std::size_t b = 0; b < after_size; ++b) w -= row.c[b] * g[i * after_size + b];
      stored_[s] = w;
    }
  }

  void deliver(const SynapseRows& rows, Index j, Step n, T* input) {
    const auto& w = transmitted_.empty() ? stored_ : transmitted_;
    for (std::size_t s = rows.row_begin[j]; s < rows.row_begin[j + 1]; ++s) input[rows.target[s]] += w[s];
    advance_trace(row_[j], n);
    row_[j].trace.spike(after_);
  }

  void advance_trace(Row& row, Step n) {
    row.trace.decay(after_, since(row.last, n));
    row.last = n;
  }

  /// Sets c and the slot for a row whose trace is that of step n.
  void count_from_now(Row& row, Step n) {
    row.slot = current_slot_;
    row.c = {};
    row.reach = 0;
    if (!learning_) return;
    const auto exact = row.trace.coefficients(after_, since(epoch_start_, n));
    for (std::size_t b = 0; b < kernel_size; ++b) row.c[b] = static_cast<T>(exact[b]);
    if constexpr (has_per_post) row.c[kernel_size] = static_cast<T>(per_post(rule_).value);
    if (!exact_once_) row.reach = static_cast<T>(reach_of(row));
  }

  double reach_of(const Row& row) const {
    double most = std::abs(per_post(rule_).value);
    detail::for_each_term(after_, [&](const auto& term, std::size_t b) {
      const double a = term.initial().value, s = term.slope().value, x = row.trace.value[b];
      double r = 0;
      if constexpr (detail::basis_of<std::decay_t<decltype(term)>> == 2) r = row.trace.value[b + 1];
      most += std::abs(a * x + s * r) + std::abs(s) * x * term.tau.value / 2.718281828;
    });
    return static_cast<double>(history_length) * most;
  }

  /// Settles a row at the last completed step, lets `change` alter its weights, and stores it anew.
  void rebase(const SynapseRows& rows, Index j, auto&& change) {
    const Row old = row_[j];
    Row& row = row_[j];
    advance_trace(row, now_);
    count_from_now(row, now_);
    const T* const g = accumulators(row.slot);
    for (std::size_t s = rows.row_begin[j]; s < rows.row_begin[j + 1]; ++s) {
      const std::size_t i = rows.target[s];
      T w = change(s, settled(old, i, stored_[s]));
      for (std::size_t b = 0; b < after_size; ++b) w -= row.c[b] * g[i * after_size + b];
      stored_[s] = w;
    }
  }
  void settle(const SynapseRows& rows) {
    for (Index j = 0; j < row_.size(); ++j) rebase(rows, j, [](std::size_t, T w) { return w; });
  }

  /// Moves the origin of time on, and frees the slot of the oldest epoch.
  void begin_epoch(const SynapseRows& rows, Step n) {
    const std::uint32_t next = (current_slot_ + 1) % slots;
    for (Index j = 0; j < row_.size(); ++j)
      if (row_[j].slot == next) rebase(rows, j, [](std::size_t, T w) { return w; });
    const double moved = since(epoch_start_, n);
    for (std::size_t i = 0; i < trace_.size(); i += trace_size)
      detail::for_each_term(before_, [&](const auto& term, std::size_t b) {
        const T fade = static_cast<T>(exp(-moved / term.tau.value));
        if constexpr (detail::basis_of<std::decay_t<decltype(term)>> == 2)
          trace_[i + b + 1] = (trace_[i + b + 1] + static_cast<T>(moved) * trace_[i + b]) * fade;
        trace_[i + b] *= fade;
      });
    epoch_start_ = n;
    current_slot_ = next;
    slot_start_[next] = n;
    std::fill_n(accumulators(next), pending_.size() / slots, T(0));
  }

  /// A cell whose oldest remembered spike may still be needed: settle every row, after which none is.
  void make_history_room(const SynapseRows& rows, auto first, auto last) {
    for (auto p = first; p != last; ++p) {
      const History& h = history_[*p - rows.targets.first];
      if (h.count >= history_length && h.back(history_length - 1) > settled_at_ &&
          h.back(history_length - 1) >= slot_start_[(current_slot_ + 1) % slots]) {
        settle(rows);
        settled_at_ = now_;
        return;
      }
    }
  }

  static auto own(const SynapseRows& rows, std::span<const Index> cells) {
    return std::pair{std::lower_bound(cells.begin(), cells.end(), rows.targets.first),
                     std::lower_bound(cells.begin(), cells.end(), rows.targets.end())};
  }

  Rule rule_;
  After after_;
  Before before_;
  double dt_;
  Step now_, epoch_start_, epoch_steps_;
  Step settled_at_ = std::numeric_limits<Step>::min();
  bool exact_once_, learning_ = true;
  T low_ = 0, high_ = 0;
  std::uint32_t current_slot_ = 0;
  std::array<Step, slots> slot_start_{};
  aligned_vector<T> stored_, transmitted_;
  std::vector<Row> row_;
  aligned_vector<T> pending_, trace_;
  std::vector<History> history_;
};

}  // namespace engram::inline ENGRAM_ABI
