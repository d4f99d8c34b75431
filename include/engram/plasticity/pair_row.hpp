#pragma once
/// What learning in one pass keeps for a row, that is for one presynaptic cell (pair_learning.hpp).
#include "epochs.hpp"

namespace engram::inline ENGRAM_ABI::detail {

/// The last spikes of one postsynaptic cell, newest at (count - 1) % length: for weights that are replayed.
struct SpikeHistory {
  static constexpr std::size_t length = 32;
  std::array<Step, length> step{};
  std::size_t count = 0;

  void archive_state(auto& archive) { archive(step, count); }
  void add(Step n) { step[count++ % length] = n; }
  Step back(std::size_t k) const { return step[(count - 1 - k) % length]; }
  /// How many of them came after step `last`.
  std::size_t since(Step last) const {
    std::size_t k = 0;
    while (k < std::min(count, length) && back(k) > last) ++k;
    return k;
  }
};

/// Without initialisers, so that an array of them on the stack costs nothing; vectors of rows start at 0.
template <class T, PairRule Rule>
struct PairRow {
  using Timeline = Epochs<Rule>;

  Step last;           ///< step of the last visit
  std::uint32_t slot;  ///< whose accumulators `c` counts on
  T reach;             ///< bound on what SpikeHistory::length spikes can change: nearer to a bound, replay
  std::array<T, Timeline::after_size> c;
  PreTrace<typename Timeline::After> trace;  ///< counted from the start of the epoch of `slot`

  void archive_state(auto& archive) { archive(last, slot, reach, c, trace.value); }

  /// Counts the trace from the start of the present epoch.
  void move_to_present(const Timeline& time) {
    if (const auto epochs = time.age(slot); epochs != 0) trace.value = time.faded(trace.value, epochs);
    slot = time.current();
  }

  /// Sets c, which later postsynaptic spikes are weighed with, for a trace that is that of step n.
  void count_from(Step n, const Timeline& time, Voltage per_post) {
    const auto exact = trace.coefficients(time.after);
    for (std::size_t b = 0; b < Timeline::kernel_size; ++b) c[b] = static_cast<T>(exact[b]);
    if constexpr (Timeline::has_per_post) c[Timeline::kernel_size] = static_cast<T>(per_post.value);
    last = n;
  }
  /// The same while nothing is learned.
  void count_nothing(Step n) {
    c = {};
    reach = 0;
    last = n;
  }

  /// A bound on what SpikeHistory::length spikes after `instant` can change: one at `lag` from now changes
  /// (now + slope lag) e^{-lag/tau}.
  double reach_from(const typename Timeline::Instant& instant, const Timeline& time, Voltage per_post) const {
    double most = std::abs(per_post.value);
    for_each_term(time.after, [&](const auto& term, std::size_t b) {
      double now = static_cast<double>(c[b]) * instant.after_later[b];
      if constexpr (basis_of<std::decay_t<decltype(term)>> == 2) {
        now += static_cast<double>(c[b + 1]) * instant.after_later[b + 1];
        most += std::abs(static_cast<double>(c[b + 1])) * instant.after_later[b] * term.tau.value / 2.718281828;
      }
      most += std::abs(now);
    });
    return static_cast<double>(SpikeHistory::length) * most;
  }

  /// A weight that is `unclipped` when all is summed up, as it is when each of the last n changes is clipped.
  T replayed(const SpikeHistory& history, std::size_t n, T unclipped, const Timeline& time, auto&& clip) const {
    std::array<T, SpikeHistory::length> change;
    T w = unclipped;
    for (std::size_t k = 0; k < n; ++k) {
      const auto e = time.later_from(slot, history.back(k));
      change[k] = 0;
      for (std::size_t b = 0; b < Timeline::after_size; ++b) change[k] += c[b] * static_cast<T>(e[b]);
      w -= change[k];
    }
    for (std::size_t k = n; k-- > 0;) w = clip(w + change[k]);
    return w;
  }
};

}  // namespace engram::inline ENGRAM_ABI::detail
