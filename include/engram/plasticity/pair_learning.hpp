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
#include "bounds.hpp"
#include "pair_row.hpp"
#include "tiles.hpp"

namespace engram::inline ENGRAM_ABI {

template <class T, PairRule Rule>
class PairLearning {
 public:
  PairLearning(const SynapseRows& rows, const Rule& rule, const HardBounds& bounds, Time dt, aligned_vector<T> weights, Step now)
      : rule_(rule),
        now_(now),
        time_(rule, dt, now + 1),
        stored_(std::move(weights)),
        row_(rows.sources()),
        tiles_(rows),
        cells_(padded(rows.targets.size)),
        pending_(Epochs::slots * cells_ * after_size),
        trace_(cells_ * before_size),
        change_(cells_) {
    prepare_rule();
    history_.resize(exact_once_ ? 0 : rows.targets.size);
    set_bounds(bounds);
    for (auto& row : row_) count_from(row, now);
  }

  /// Learns from the spikes of step `n` and delivers: `pre` are sources, `post` cells of the target population (both
  /// ascending), `input` the synaptic variables of this block's targets.
  void step(const SynapseRows& rows, Step n, std::span<const Index> pre, std::span<const Index> post, T* input) {
    while (time_.over(n)) begin_epoch(rows);
    const std::span<const Index> own_post = own(rows, post);
    if (!own_post.empty()) post_spikes(rows, n, own_post);
    if (!pre.empty()) {
      if (learning_) find_changes(rows, n, own_post);
      if (!learning_ || rows.targets.size <= tiles_.cells) visit_rows(rows, n, pre, input);
      else if (exact_once_) visit_tiles<true>(rows, n, pre, input);
      else visit_tiles<false>(rows, n, pre, input);
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
    for (auto& row : row_) count_from(row, row.last);
  }

  /// What changes in a run, for checkpoints. The rule is part of it, since it may have been replaced.
  void archive_state(auto& archive) {
    detail::archive_bytes(archive, rule_);
    if constexpr (std::decay_t<decltype(archive)>::reading) {
      prepare_rule();
      history_.clear();
      transmitted_.clear();
    }
    archive(now_, time_, settled_at_, learning_, low_, high_, stored_, transmitted_, row_, pending_, trace_, history_);
  }
  /// Whether a state that was read can be that of these rows after step `now`.
  bool is_consistent(const SynapseRows& rows, Step now) const {
    if (now_ != now || !time_.is_consistent(now)) return false;
    const auto in_slot = [&](const Row& row) { return row.slot < Epochs::slots && row.last <= now && row.last >= time_.start_of(row.slot) - 1; };
    const auto in_past = [&](const History& h) { return std::all_of(h.step.begin(), h.step.end(), [&](Step n) { return n <= now; }); };
    return (transmitted_.empty() || transmitted_.size() == stored_.size()) && history_.size() == (exact_once_ ? 0 : rows.targets.size) &&
           std::all_of(row_.begin(), row_.end(), in_slot) && std::all_of(history_.begin(), history_.end(), in_past);
  }

  const Rule& rule() const { return rule_; }
  std::size_t bytes() const {
    return stored_.size() * sizeof(T) + row_.size() * sizeof(Row) + (pending_.size() + trace_.size() + change_.size()) * sizeof(T) +
           history_.size() * sizeof(History) + time_.bytes();
  }

 private:
  using Epochs = detail::Epochs<Rule>;
  using Row = detail::PairRow<T, Rule>;
  using History = detail::SpikeHistory;
  static constexpr std::size_t after_size = Epochs::after_size, before_size = Epochs::before_size;

  /// A row whose cell spiked, visited as far as its synapse `at`.
  struct Visit : detail::RowProgress {
    Row old;                      ///< as it was
    std::array<T, after_size> c;  ///< as it will be
  };

  T* accumulators(std::size_t slot) { return pending_.data() + slot * cells_ * after_size; }
  const T* accumulators(std::size_t slot) const { return pending_.data() + slot * cells_ * after_size; }
  T clip(T w) const { return min(high_, max(low_, w)); }  // in this order a NaN stays one

  void set_bounds(const HardBounds& bounds) {
    low_ = static_cast<T>(bounds.low.value);
    high_ = static_cast<T>(bounds.high.value);
  }
  void prepare_rule() {
    time_.prepare(rule_);
    exact_once_ = detail::one_signed(time_.after, per_post(rule_));
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
    const T most = static_cast<T>(n) * (row.reach / static_cast<T>(History::length));
    if (unclipped - most >= low_ && unclipped + most <= high_) return unclipped;
    return row.replayed(history_[i], n, unclipped, time_, [this](T w) { return clip(w); });
  }

  /// This step's postsynaptic spikes: they pair with what every row remembers, now or when it is visited.
  void post_spikes(const SynapseRows& rows, Step n, std::span<const Index> post) {
    if (!exact_once_) make_history_room(rows, post);
    for (std::uint32_t slot = 0; slot < Epochs::slots; ++slot) {
      const auto exact = time_.faded(time_.at(n).after_later, time_.age(slot));
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
    for (std::size_t b = 0; b < before_size; ++b) trace_[b * cells_ + i] += static_cast<T>(time_.at(n).before_earlier[b]);
  }

  /// By how much a presynaptic spike of this step changes a weight onto each cell: the same for all rows.
  void find_changes(const SynapseRows& rows, Step n, std::span<const Index> post) {
    using B = native_lanes<T>;
    const B at_pre(static_cast<T>(per_pre(rule_).value));
    std::array<B, before_size> k;
    for (std::size_t b = 0; b < before_size; ++b) k[b] = B(static_cast<T>(time_.at(n).before_coefficient[b]));
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
  Visit open(const SynapseRows& rows, Index j, Step n) {
    Row& row = row_[j];
    const Row old = row;
    row.move_to_present(time_);
    for (std::size_t b = 0; b < Epochs::kernel_size; ++b) row.trace.value[b] += time_.at(n).after_earlier[b];
    count_from(row, n);
    return {{rows.row_begin[j], rows.row_begin[j + 1], rows.row_begin[j]}, old, row.c};
  }

  /// Row by row.
  void visit_rows(const SynapseRows& rows, Step n, std::span<const Index> pre, T* input) {
    const auto ahead = [this](Index j, std::uint64_t begin, std::uint64_t end) {
      prefetch(stored_.data() + begin, stored_.data() + end);
      prefetch_row(j);
    };
    rows.for_each_row(pre, ahead, [&](Index j) {
      Visit visit = open(rows, j, n);
      if (!learning_) deliver(rows, j, input);
      else if (exact_once_) pass<true, false>(rows, visit, 0, input);
      else pass<false, false>(rows, visit, 0, input);
    });
  }

  template <bool once>
  void visit_tiles(const SynapseRows& rows, Step n, std::span<const Index> pre, T* input) {
    detail::for_each_tile(
        rows, tiles_, stored_.data(), pre, [&](Index j) { prefetch_row(j); }, [&](Index j) { return open(rows, j, n); },
        [&](Visit& visit, std::size_t limit) { pass<once, true>(rows, visit, limit, input); });
  }
  void prefetch_row(Index j) const { prefetch(&row_[j], &row_[j] + 1); }

  /// Settles, learns, delivers and stores the synapses of a row, `tiled`: as far as target `limit`.
  template <bool once, bool tiled>
  void pass(const SynapseRows& rows, Visit& visit, std::size_t limit, T* input) {
    const Row& old = visit.old;
    const std::array<T, after_size> c_old = old.c, c = visit.c;
    const std::uint16_t* const target = rows.target.data();
    T* const stored = stored_.data();
    const T* const transmitted = transmitted_.empty() ? nullptr : transmitted_.data();
    const T* const g_old = accumulators(old.slot);
    const T* const g = accumulators(time_.current());
    const T* const change = change_.data();
    const T low = low_, high = high_, near_low = low_ + old.reach, near_high = high_ - old.reach;
    const auto bounded = [=](T w) { return min(high, max(low, w)); };
    std::uint64_t s = visit.at;
    for (const std::uint64_t end = visit.end; s < end; ++s) {
      const std::size_t i = target[s];
      if constexpr (tiled)
        if (i >= limit) break;
      T w = stored[s];
      for (std::size_t b = 0; b < after_size; ++b) w = fma(c_old[b], g_old[i * after_size + b], w);
      if constexpr (once) w = bounded(w);
      else if (w < near_low || w > near_high) w = near_bound(old, i, w);
      w = bounded(w + change[i]);
      input[i] += transmitted ? transmitted[s] : w;
      for (std::size_t b = 0; b < after_size; ++b) w = fma(-c[b], g[i * after_size + b], w);
      stored[s] = w;
    }
    visit.at = s;
  }

  void deliver(const SynapseRows& rows, Index j, T* input) const {
    const T* const w = transmitted_.empty() ? stored_.data() : transmitted_.data();
    const std::uint16_t* const target = rows.target.data();
    for (std::size_t s = rows.row_begin[j], end = rows.row_begin[j + 1]; s < end; ++s) input[target[s]] += w[s];
  }

  /// From step n on the row's spikes until then weigh later postsynaptic ones.
  void count_from(Row& row, Step n) const {
    row.slot = time_.current();
    row.count_nothing(n);
    if (!learning_) return;
    row.count_from(n, time_, per_post(rule_));
    if (!exact_once_) row.reach = static_cast<T>(row.reach_from(time_.at(std::max(n, time_.start())), time_, per_post(rule_)));
  }

  /// Settles a row at the last completed step, lets `change` alter its weights, and stores it anew.
  void rebase(const SynapseRows& rows, Index j, auto&& change) {
    const Row old = row_[j];
    Row& row = row_[j];
    row.move_to_present(time_);
    count_from(row, now_);
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

  /// Settles the rows that count from the oldest epoch, whose slot the next one takes.
  void begin_epoch(const SynapseRows& rows) {
    for (Index j = 0; j < row_.size(); ++j)
      if (row_[j].slot == time_.next()) rebase(rows, j, [](std::size_t, T w) { return w; });
    const T by = static_cast<T>(time_.length());
    detail::for_each_term(time_.before, [&](const auto& term, std::size_t b) {
      const T fade = static_cast<T>(exp(-time_.length() / term.tau.value));
      T* const x = trace_.data() + b * cells_;
      if constexpr (detail::basis_of<std::decay_t<decltype(term)>> == 2)
        for (std::size_t i = 0; i < cells_; ++i) x[cells_ + i] = fma(by, x[i], x[cells_ + i]) * fade;
      for (std::size_t i = 0; i < cells_; ++i) x[i] *= fade;
    });
    time_.advance();
    std::fill_n(accumulators(time_.current()), cells_ * after_size, T(0));
  }

  /// A cell whose oldest remembered spike may still be needed: settle every row, after which none is.
  void make_history_room(const SynapseRows& rows, std::span<const Index> post) {
    for (const Index p : post) {
      const History& h = history_[p - rows.targets.first];
      if (h.count >= History::length && h.back(History::length - 1) > settled_at_ &&
          h.back(History::length - 1) >= time_.start_of(time_.next())) {
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
  Step now_, settled_at_ = std::numeric_limits<Step>::min();
  Epochs time_;
  bool exact_once_, learning_ = true;
  T low_ = 0, high_ = 0;
  aligned_vector<T> stored_, transmitted_;
  aligned_vector<Row> row_;
  detail::Tiles tiles_;
  std::size_t cells_;                  ///< of the block, padded
  aligned_vector<T> pending_, trace_;  ///< accumulators by slot, cell, basis; traces by basis, cell
  aligned_vector<T> change_;           ///< of this step
  std::vector<History> history_;
};

}  // namespace engram::inline ENGRAM_ABI
