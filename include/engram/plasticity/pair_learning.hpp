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
#include "../core/archive.hpp"
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
        stored_(std::move(weights)),
        row_(rows.sources()),
        cells_(padded(rows.targets.size)),
        pending_(slots * cells_ * after_size),
        trace_(cells_ * before_size),
        change_(cells_) {
    prepare_rule();
    history_.resize(exact_once_ ? 0 : rows.targets.size);
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
    while (n - epoch_start_ >= epoch_steps_) begin_epoch(rows, epoch_start_ + epoch_steps_);
    const std::span<const Index> own_post = own(rows, post);
    if (!own_post.empty()) post_spikes(rows, n, own_post);
    if (!pre.empty()) {
      if (learning_) find_changes(rows, n, own_post);
      const auto ahead = [this](Index j, std::uint64_t begin, std::uint64_t end) {
        prefetch(stored_.data() + begin, stored_.data() + end);
        prefetch(&row_[j], &row_[j] + 1);
      };
      rows.for_each_row(pre, ahead, [&](Index j) { visit(rows, j, n, input); });
    }
    for (const Index i : own_post) remember(i - rows.targets.first, n);
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
    for (auto& row : row_) count_from_now(row, row.last);
  }

  /// What changes in a run, for checkpoints. The rule is part of it, since it may have been replaced.
  void archive_state(auto& archive) {
    detail::archive_bytes(archive, rule_);
    if constexpr (std::decay_t<decltype(archive)>::reading) {
      prepare_rule();
      history_.clear();
      transmitted_.clear();
    }
    archive(now_, epoch_start_, settled_at_, learning_, low_, high_, current_slot_, slot_start_, stored_, transmitted_, row_, pending_, trace_, history_);
  }
  /// Whether a state that was read can be that of these rows after step `now`.
  bool is_consistent(const SynapseRows& rows, Step now) const {
    const auto in_slot = [&](const Row& row) { return row.slot < slots && row.last <= now && row.last >= slot_start_[row.slot] - 1; };
    const auto in_past = [&](const History& h) { return std::all_of(h.step.begin(), h.step.end(), [&](Step n) { return n <= now; }); };
    bool ok = now_ == now && now >= -1 && epoch_start_ >= 0 && epoch_start_ <= now + 1 && now - epoch_start_ < epoch_steps_ && current_slot_ < slots;
    for (std::uint32_t s = 0; ok && s < slots; ++s) ok = slot_start_[s] <= epoch_start_ && slot_start_[s] >= epoch_start_ - age(s) * epoch_steps_;
    return ok && (transmitted_.empty() || transmitted_.size() == stored_.size()) && history_.size() == (exact_once_ ? 0 : rows.targets.size) && std::all_of(row_.begin(), row_.end(), in_slot) &&
           std::all_of(history_.begin(), history_.end(), in_past);
  }

  const Rule& rule() const { return rule_; }
  std::size_t bytes() const {
    return stored_.size() * sizeof(T) + row_.size() * sizeof(Row) + (pending_.size() + trace_.size()) * sizeof(T) +
           change_.size() * sizeof(T) + history_.size() * sizeof(History) + instant_.size() * sizeof(Instant);
  }

 private:
  using After = decltype(std::declval<Rule>().pre_then_post());
  using Before = decltype(std::declval<Rule>().post_then_pre());
  static constexpr bool has_per_post = requires(const Rule r) { r.per_post(); };
  static constexpr std::size_t kernel_size = detail::basis_size<After>;
  static constexpr std::size_t after_size = kernel_size + has_per_post;   ///< accumulators a cell and slot
  static constexpr std::size_t before_size = detail::basis_size<Before>;  ///< traces a cell
  static constexpr std::uint32_t slots = 8;

  struct Row {
    Step last = 0;         ///< step of the last visit
    std::uint32_t slot = 0;  ///< whose accumulators `c` counts on
    T reach = 0;           ///< bound on what `history_length` spikes can change: nearer to a bound, replay
    std::array<T, after_size> c{};
    detail::PreTrace<After> trace;  ///< counted from the start of the epoch of `slot`

    void archive_state(auto& archive) { archive(last, slot, reach, c, trace.value); }
  };

  /// The basis functions at one step of an epoch.
  struct Instant {
    std::array<double, after_size> after_later;
    std::array<double, kernel_size> after_earlier;
    std::array<double, before_size> before_earlier, before_coefficient;
  };

  /// The last spikes of one postsynaptic cell, newest at (count - 1) % history_length.
  static constexpr std::size_t history_length = 32;
  struct History {
    std::array<Step, history_length> step{};
    std::size_t count = 0;
    void archive_state(auto& archive) { archive(step, count); }
    void add(Step n) { step[count++ % history_length] = n; }
    Step back(std::size_t k) const { return step[(count - 1 - k) % history_length]; }
    std::size_t since(Step last) const {
      std::size_t k = 0;
      while (k < std::min(count, history_length) && back(k) > last) ++k;
      return k;
    }
  };

  T* accumulators(std::size_t slot) { return pending_.data() + slot * cells_ * after_size; }
  const T* accumulators(std::size_t slot) const { return pending_.data() + slot * cells_ * after_size; }
  std::uint32_t age(std::uint32_t slot) const { return (current_slot_ - slot) % slots; }
  const Instant& at(Step n) const { return instant_[static_cast<std::size_t>(n - epoch_start_)]; }
  double since(Step start, Step n) const { return static_cast<double>(n - start) * dt_; }
  T clip(T w) const { return min(high_, max(low_, w)); }  // in this order a NaN stays one

  void set_bounds(const HardBounds& bounds) {
    low_ = static_cast<T>(bounds.low.value);
    high_ = static_cast<T>(bounds.high.value);
  }

  /// Everything that follows from the rule and dt alone.
  void prepare_rule() {
    after_ = rule_.pre_then_post();
    before_ = rule_.post_then_pre();
    epoch_steps_ = static_cast<Step>(std::clamp(3 * detail::shortest_tau(after_, before_) / dt_, 1., 4096.));  // no pairs: inf
    exact_once_ = detail::one_signed(after_, engram::per_post(rule_));
    instant_.resize(static_cast<std::size_t>(epoch_steps_));
    for (std::size_t n = 0; n < instant_.size(); ++n) {
      const double t = since(0, static_cast<Step>(n));
      instant_[n] = {basis(t), detail::earlier_basis(after_, t), detail::earlier_basis(before_, t), detail::earlier_coefficients(before_, t)};
    }
    for (std::uint32_t k = 0; k < slots; ++k) {
      moved_[k] = since(0, k * epoch_steps_);
      detail::for_each_term(after_, [&](const auto& term, std::size_t b) { fade_[k][b] = exp(-moved_[k] / term.tau.value); });
    }
  }

  /// w of a synapse onto the block's cell i, all spikes so far accounted for.
  T settled(const Row& row, std::size_t i, T u) const {
    const T* const g = accumulators(row.slot) + i * after_size;
    T w = u;
    for (std::size_t b = 0; b < after_size; ++b) w = fma(row.c[b], g[b], w);
    if (!exact_once_ && (w < low_ + row.reach || w > high_ - row.reach)) return near_bound(row, i, w);
    return clip(w);
  }

  /// The same for a weight that might have met a bound in between: replayed if it can have.
  T near_bound(const Row& row, std::size_t i, T unclipped) const {
    const std::size_t n = history_[i].since(row.last);
    if (n < 2) return clip(unclipped);
    const T most = static_cast<T>(n) * (row.reach / static_cast<T>(history_length));
    return unclipped - most >= low_ && unclipped + most <= high_ ? unclipped : replayed(row, i, unclipped, n);
  }

  /// The last n postsynaptic spikes one by one, each change clipped.
  T replayed(const Row& row, std::size_t i, T unclipped, std::size_t n) const {
    std::array<T, history_length> change;
    T w = unclipped;
    for (std::size_t k = 0; k < n; ++k) {
      const Step elapsed = history_[i].back(k) - slot_start_[row.slot];
      const auto e = faded(instant_[static_cast<std::size_t>(elapsed % epoch_steps_)].after_later, static_cast<std::uint32_t>(elapsed / epoch_steps_));
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
  /// The basis functions of a time, counted from `epochs` epochs earlier.
  std::array<double, after_size> faded(std::array<double, after_size> e, std::uint32_t epochs) const {
    detail::for_each_term(after_, [&](const auto& term, std::size_t b) {
      if constexpr (detail::basis_of<std::decay_t<decltype(term)>> == 2) e[b + 1] = (e[b + 1] + moved_[epochs] * e[b]) * fade_[epochs][b];
      e[b] *= fade_[epochs][b];
    });
    return e;
  }

  /// This step's postsynaptic spikes: they pair with what every row remembers, now or when it is visited.
  void post_spikes(const SynapseRows& rows, Step n, std::span<const Index> post) {
    if (!exact_once_) make_history_room(rows, post);
    for (std::uint32_t slot = 0; slot < slots; ++slot) {
      const auto exact = faded(at(n).after_later, age(slot));
      T* const g = accumulators(slot);
      for (std::size_t b = 0; b < after_size; ++b) {
        const T e = static_cast<T>(exact[b]);
        for (const Index i : post) g[(i - rows.targets.first) * after_size + b] += e;
      }
    }
    if (!exact_once_)
      for (const Index i : post) history_[i - rows.targets.first].add(n);
  }

  /// A postsynaptic spike enters the traces that later presynaptic ones read.
  void remember(std::size_t i, Step n) {
    for (std::size_t b = 0; b < before_size; ++b) trace_[b * cells_ + i] += static_cast<T>(at(n).before_earlier[b]);
  }

  /// By how much a presynaptic spike of this step changes a weight onto each cell: the same for all rows.
  void find_changes(const SynapseRows& rows, Step n, std::span<const Index> post) {
    using B = native_lanes<T>;
    const B at_pre(static_cast<T>(per_pre(rule_).value));
    std::array<B, before_size> k;
    for (std::size_t b = 0; b < before_size; ++b) k[b] = B(static_cast<T>(at(n).before_coefficient[b]));
    const std::size_t cells = cells_;
    const T* const trace = trace_.data();
    T* const out = change_.data();
    for (std::size_t i = 0; i < cells; i += lane_count<B>) {
      B change = at_pre;
      for (std::size_t b = 0; b < before_size; ++b) change = fma(k[b], load<B>(trace + b * cells + i), change);
      store(out + i, change);
    }
    const T coincident = static_cast<T>(window(rule_, Time{0}).value);
    for (const Index i : post) change_[i - rows.targets.first] += coincident;
  }

  /// A presynaptic spike.
  void visit(const SynapseRows& rows, Index j, Step n, T* input) {
    Row& row = row_[j];
    const Row old = row;
    move_to_epoch(row);
    row.last = n;
    for (std::size_t b = 0; b < kernel_size; ++b) row.trace.value[b] += at(n).after_earlier[b];
    count_from_now(row, n);
    if (!learning_) return deliver(rows, j, input);
    if (exact_once_) pass<true>(rows, j, old, input);
    else pass<false>(rows, j, old, input);
  }

  /// One pass over a row: settle, learn, deliver, store.
  template <bool once>
  void pass(const SynapseRows& rows, Index j, const Row& old, T* input) {
    const Row row = row_[j];
    const std::uint16_t* const target = rows.target.data();
    T* const stored = stored_.data();
    const T* const transmitted = transmitted_.empty() ? nullptr : transmitted_.data();
    const T* const g_old = accumulators(old.slot);
    const T* const g = accumulators(row.slot);
    const T* const change = change_.data();
    const T low = low_, high = high_, near_low = low_ + old.reach, near_high = high_ - old.reach;
    const auto bounded = [=](T w) { return min(high, max(low, w)); };
    for (std::size_t s = rows.row_begin[j], end = rows.row_begin[j + 1]; s < end; ++s) {
      const std::size_t i = target[s];
      T w = stored[s];
      for (std::size_t b = 0; b < after_size; ++b) w = fma(old.c[b], g_old[i * after_size + b], w);
      if constexpr (once) w = bounded(w);
      else if (w < near_low || w > near_high) w = near_bound(old, i, w);
      w = bounded(w + change[i]);
      input[i] += transmitted ? transmitted[s] : w;
      for (std::size_t b = 0; b < after_size; ++b) w = fma(-row.c[b], g[i * after_size + b], w);
      stored[s] = w;
    }
  }

  void deliver(const SynapseRows& rows, Index j, T* input) const {
    const T* const w = transmitted_.empty() ? stored_.data() : transmitted_.data();
    const std::uint16_t* const target = rows.target.data();
    for (std::size_t s = rows.row_begin[j], end = rows.row_begin[j + 1]; s < end; ++s) input[target[s]] += w[s];
  }

  /// The row's trace, counted from the start of the present epoch.
  void move_to_epoch(Row& row) const {
    const std::uint32_t epochs = age(row.slot);
    if (epochs == 0) return;
    detail::for_each_term(after_, [&](const auto& term, std::size_t b) {
      auto& x = row.trace.value;
      if constexpr (detail::basis_of<std::decay_t<decltype(term)>> == 2) x[b + 1] = (x[b + 1] + moved_[epochs] * x[b]) * fade_[epochs][b];
      x[b] *= fade_[epochs][b];
    });
    row.slot = current_slot_;
  }

  /// Sets c for a row whose trace is that of step n.
  void count_from_now(Row& row, Step n) const {
    row.slot = current_slot_;
    row.c = {};
    row.reach = 0;
    if (!learning_) return;
    const auto exact = row.trace.coefficients(after_);
    for (std::size_t b = 0; b < kernel_size; ++b) row.c[b] = static_cast<T>(exact[b]);
    if constexpr (has_per_post) row.c[kernel_size] = static_cast<T>(per_post(rule_).value);
    if (!exact_once_) row.reach = static_cast<T>(reach_of(row, at(std::max(n, epoch_start_))));
  }

  /// A bound on what history_length later spikes can change. A spike `lag` from now changes (now + slope lag) e^{-lag/tau}.
  double reach_of(const Row& row, const Instant& instant) const {
    double most = std::abs(per_post(rule_).value);
    detail::for_each_term(after_, [&](const auto& term, std::size_t b) {
      double now = static_cast<double>(row.c[b]) * instant.after_later[b];
      if constexpr (detail::basis_of<std::decay_t<decltype(term)>> == 2) {
        now += static_cast<double>(row.c[b + 1]) * instant.after_later[b + 1];
        most += std::abs(static_cast<double>(row.c[b + 1])) * instant.after_later[b] * term.tau.value / 2.718281828;
      }
      most += std::abs(now);
    });
    return static_cast<double>(history_length) * most;
  }

  /// Settles a row at the last completed step, lets `change` alter its weights, and stores it anew.
  void rebase(const SynapseRows& rows, Index j, auto&& change) {
    const Row old = row_[j];
    Row& row = row_[j];
    move_to_epoch(row);
    row.last = now_;
    count_from_now(row, now_);
    const T* const g = accumulators(row.slot);
    for (std::size_t s = rows.row_begin[j]; s < rows.row_begin[j + 1]; ++s) {
      const std::size_t i = rows.target[s];
      T w = change(s, settled(old, i, stored_[s]));
      for (std::size_t b = 0; b < after_size; ++b) w = fma(-row.c[b], g[i * after_size + b], w);
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
    detail::for_each_term(before_, [&](const auto& term, std::size_t b) {
      const T fade = static_cast<T>(exp(-moved / term.tau.value)), by = static_cast<T>(moved);
      T* const x = trace_.data() + b * cells_;
      if constexpr (detail::basis_of<std::decay_t<decltype(term)>> == 2)
        for (std::size_t i = 0; i < cells_; ++i) x[cells_ + i] = fma(by, x[i], x[cells_ + i]) * fade;
      for (std::size_t i = 0; i < cells_; ++i) x[i] *= fade;
    });
    epoch_start_ = n;
    current_slot_ = next;
    slot_start_[next] = n;
    std::fill_n(accumulators(next), cells_ * after_size, T(0));
  }

  /// A cell whose oldest remembered spike may still be needed: settle every row, after which none is.
  void make_history_room(const SynapseRows& rows, std::span<const Index> post) {
    for (const Index p : post) {
      const History& h = history_[p - rows.targets.first];
      if (h.count >= history_length && h.back(history_length - 1) > settled_at_ &&
          h.back(history_length - 1) >= slot_start_[(current_slot_ + 1) % slots]) {
        settle(rows);
        settled_at_ = now_;
        return;
      }
    }
  }

  static std::span<const Index> own(const SynapseRows& rows, std::span<const Index> cells) {
    return {std::lower_bound(cells.begin(), cells.end(), rows.targets.first), std::lower_bound(cells.begin(), cells.end(), rows.targets.end())};
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
  std::size_t cells_;                       ///< of the block, padded
  aligned_vector<T> pending_, trace_;       ///< accumulators by slot, cell, basis; traces by basis, cell
  aligned_vector<T> change_;                ///< of this step
  std::vector<History> history_;
  std::vector<Instant> instant_;            ///< for each step of an epoch
  std::array<std::array<double, after_size>, slots> fade_{};  ///< of the later basis over that many epochs
  std::array<double, slots> moved_{};       ///< that many epochs, ms
};

}  // namespace engram::inline ENGRAM_ABI
