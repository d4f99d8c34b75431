#pragma once
/// Time in epochs of a few time constants, for learning in one pass over a row (pair_learning.hpp). Exponentials are counted
/// from the start of an epoch, so that they stay small, and of the last `slots` epochs each has accumulators of its own. All
/// exponentials are worked out beforehand: basis functions for every step of an epoch, decays over whole epochs.
#include <cmath>
#include <cstdint>
#include <vector>

#include "../core/archive.hpp"
#include "../core/concepts.hpp"
#include "traces.hpp"

namespace engram::inline ENGRAM_ABI::detail {

template <PairRule Rule>
class Epochs {
 public:
  using After = decltype(std::declval<Rule>().pre_then_post());
  using Before = decltype(std::declval<Rule>().post_then_pre());
  static constexpr bool has_per_post = requires(const Rule r) { r.per_post(); };
  static constexpr std::size_t kernel_size = basis_size<After>;
  static constexpr std::size_t after_size = kernel_size + has_per_post;  ///< accumulators a cell and slot
  static constexpr std::size_t before_size = basis_size<Before>;         ///< traces a cell
  static constexpr std::uint32_t slots = 8;

  /// The basis functions at one step of an epoch.
  struct Instant {
    std::array<double, after_size> after_later;
    std::array<double, kernel_size> after_earlier;
    std::array<double, before_size> before_earlier, before_coefficient;
  };

  After after;
  Before before;

  Epochs(const Rule& rule, Time dt, Step start) : after(rule.pre_then_post()), before(rule.post_then_pre()), dt_(dt.value), start_(start) {
    slot_start_.fill(start);
    prepare(rule);
  }

  /// Everything that follows from the rule and dt alone.
  void prepare(const Rule& rule) {
    after = rule.pre_then_post();
    before = rule.post_then_pre();
    steps_ = static_cast<Step>(std::clamp(3 * shortest_tau(after, before) / dt_, 1., 4096.));  // no pairs: inf
    instant_.resize(static_cast<std::size_t>(steps_));
    for (std::size_t n = 0; n < instant_.size(); ++n) {
      const double t = milliseconds(static_cast<Step>(n));
      instant_[n] = {later(t), earlier_basis(after, t), earlier_basis(before, t), earlier_coefficients(before, t)};
    }
    for (std::uint32_t k = 0; k < slots; ++k) {
      moved_[k] = milliseconds(k * steps_);
      for_each_term(after, [&](const auto& term, std::size_t b) { fade_[k][b] = exp(-moved_[k] / term.tau.value); });
    }
  }

  bool over(Step n) const { return n - start_ >= steps_; }
  /// Begins the next epoch, in the slot of the oldest.
  void advance() {
    current_ = next();
    start_ += steps_;
    slot_start_[current_] = start_;
  }

  std::uint32_t current() const { return current_; }
  std::uint32_t next() const { return (current_ + 1) % slots; }
  std::uint32_t age(std::uint32_t slot) const { return (current_ - slot) % slots; }
  Step start() const { return start_; }
  Step start_of(std::uint32_t slot) const { return slot_start_[slot]; }
  double length() const { return milliseconds(steps_); }

  /// A step of the present epoch.
  const Instant& at(Step n) const { return instant_[static_cast<std::size_t>(n - start_)]; }
  /// The later basis of a step, counted from the start of the epoch of `slot`.
  std::array<double, after_size> later_from(std::uint32_t slot, Step n) const {
    const Step elapsed = n - slot_start_[slot];
    return faded(instant_[static_cast<std::size_t>(elapsed % steps_)].after_later, static_cast<std::uint32_t>(elapsed / steps_));
  }
  /// Values of the basis, or of a trace in it, as they are counted from `epochs` epochs earlier, or read so much later.
  template <std::size_t N>
  std::array<double, N> faded(std::array<double, N> e, std::uint32_t epochs) const {
    for_each_term(after, [&](const auto& term, std::size_t b) {
      if constexpr (basis_of<std::decay_t<decltype(term)>> == 2) e[b + 1] = (e[b + 1] + moved_[epochs] * e[b]) * fade_[epochs][b];
      e[b] *= fade_[epochs][b];
    });
    return e;
  }

  std::size_t bytes() const { return instant_.size() * sizeof(Instant); }
  void archive_state(auto& archive) { archive(start_, current_, slot_start_); }
  /// Whether what was read can be the time after step `now`.
  bool is_consistent(Step now) const {
    bool ok = now >= -1 && start_ >= 0 && start_ <= now + 1 && now - start_ < steps_ && current_ < slots;
    for (std::uint32_t s = 0; ok && s < slots; ++s) ok = slot_start_[s] <= start_ && slot_start_[s] >= start_ - age(s) * steps_;
    return ok;
  }

 private:
  double milliseconds(Step n) const { return static_cast<double>(n) * dt_; }
  std::array<double, after_size> later(double q) const {
    std::array<double, after_size> out;
    const auto e = later_basis(after, q);
    std::copy(e.begin(), e.end(), out.begin());
    if constexpr (has_per_post) out[kernel_size] = 1;
    return out;
  }

  double dt_;
  Step start_, steps_ = 1;
  std::uint32_t current_ = 0;
  std::array<Step, slots> slot_start_{};
  std::vector<Instant> instant_;                              ///< for each step of an epoch
  std::array<std::array<double, after_size>, slots> fade_{};  ///< of the later basis over that many epochs
  std::array<double, slots> moved_{};                         ///< that many epochs, ms
};

}  // namespace engram::inline ENGRAM_ABI::detail
