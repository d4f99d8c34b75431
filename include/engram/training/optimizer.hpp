#pragma once
/// Optimisers. A policy states the change of one parameter from its gradient and `states` numbers kept for it:
///
///     static constexpr std::size_t states;  static constexpr double initial(std::size_t k);
///     template <class B> B change(B gradient, std::array<B, states>& s, double rate, std::uint64_t step) const;  //
///     step 1, 2 ..
///
/// The rate of a block of weights is relative, rate = eta mean|w0| with w0 the block's initial weights, or absolute.
/// Relative rates are what the findings of docs/training.md hold for; with absolute ones they do not.
#include <array>
#include <cmath>
#include <cstdint>
#include <tuple>
#include <vector>

#include "../core/fields.hpp"
#include "../core/simd.hpp"
#include "constraint.hpp"
#include "network.hpp"

namespace engram::inline ENGRAM_ABI::training {

template <class P>
concept OptimizerPolicy = requires(const P p, std::array<double, P::states>& s) {
  { p.change(1.0, s, 0.01, std::uint64_t{1}) } -> std::same_as<double>;
  { P::initial(0) } -> std::convertible_to<double>;
};

/// Plain gradient descent with momentum: v <- momentum v + g; change -rate v.
struct SGD {
  double momentum = 0;
  static constexpr std::size_t states = 1;
  static constexpr double initial(std::size_t) { return 0; }

  template <class B>
  B change(B g, std::array<B, states>& s, double rate, std::uint64_t) const {
    s[0] = fma(B(scalar_t<B>(momentum)), s[0], g);
    return B(scalar_t<B>(-rate)) * s[0];
  }
  static constexpr auto fields() { return std::tuple{field("momentum", &SGD::momentum, Range{0, 1, false, true})}; }
};

/// Kingma and Ba 2015: m, v running means of g and g^2 with bias correction; change -rate m/(sqrt(v) + epsilon).
struct Adam {
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  static constexpr std::size_t states = 2;
  static constexpr double initial(std::size_t) { return 0; }

  template <class B>
  B change(B g, std::array<B, states>& s, double rate, std::uint64_t step) const {
    using T = scalar_t<B>;
    const double t = static_cast<double>(step);
    s[0] = fma(B(T(beta1)), s[0], B(B(T(1 - beta1)) * g));
    s[1] = fma(B(T(beta2)), s[1], B(B(B(T(1 - beta2)) * g) * g));
    const B root = sqrt(B(s[1] * B(T(1 / (1 - std::pow(beta2, t))))));
    return B(T(-rate / (1 - std::pow(beta1, t)))) * s[0] / (root + B(T(epsilon)));
  }
  static constexpr auto fields() {
    const Range below_one{0, 1, false, true};
    return std::tuple{field("beta1", &Adam::beta1, below_one), field("beta2", &Adam::beta2, below_one),
                      field("epsilon", &Adam::epsilon, positive)};
  }
};

/// Funk 2015: means over a memory that shortens when the gradient is consistent, r = 1/(memory + 1), x = g1^2/(g2 +
/// epsilon): change -g min(rate, x)/(sqrt(g2) + epsilon), memory <- 1 + memory (1 - x).
struct SMORMS3 {
  double epsilon = 1e-16;
  static constexpr std::size_t states = 3;
  static constexpr double initial(std::size_t k) { return k == 0 ? 1 : 0; }

  template <class B>
  B change(B g, std::array<B, states>& s, double rate, std::uint64_t) const {
    using T = scalar_t<B>;
    const B one(T(1)), eps(static_cast<T>(epsilon));
    const B r = one / (s[0] + one), keep = one - r;
    s[1] = fma(keep, s[1], B(r * g));
    s[2] = fma(keep, s[2], B(B(r * g) * g));
    const B x = s[1] * s[1] / (s[2] + eps);
    s[0] = fma(s[0], B(one - x), one);
    return -g * min(B(T(rate)), x) / (sqrt(s[2]) + eps);
  }
  static constexpr auto fields() { return std::tuple{field("epsilon", &SMORMS3::epsilon, positive)}; }
};

static_assert(OptimizerPolicy<SGD> && OptimizerPolicy<Adam> && OptimizerPolicy<SMORMS3>);

/// Learning rates of the four blocks; relative ones are multiplied by the block's mean |w| at the start.
struct BlockRates {
  double input = 0.02, excitatory = 0.01, inhibitory = 0.01, readout = 0.1;
  bool relative = true;

  double of(Block b) const { return std::array{input, excitatory, inhibitory, readout}[static_cast<std::size_t>(b)]; }
  static BlockRates absolute(double rate) { return {rate, rate, rate, rate, false}; }

  static constexpr auto fields() {
    return std::tuple{field("input", &BlockRates::input, non_negative),
                      field("excitatory", &BlockRates::excitatory, non_negative),
                      field("inhibitory", &BlockRates::inhibitory, non_negative),
                      field("readout", &BlockRates::readout, non_negative)};
  }
};

/// A policy at work on the weights of one network.
template <class T, OptimizerPolicy Policy>
class Optimizer {
 public:
  Optimizer(const Policy& policy, const BlockRates& rates, const Weights<T>& initial)
      : policy_(policy), rates_(rates), initial_(block_means(initial)) {
    validate(policy, "optimizer");
    validate(rates, "rates");
    for (std::size_t k = 0; k < Policy::states; ++k)
      state_[k].assign(initial.flat().size(), static_cast<T>(Policy::initial(k)));
  }

  double rate(Block b) const { return rates_.of(b) * (rates_.relative ? initial_[static_cast<std::size_t>(b)] : 1); }
  const BlockMeans& initial() const { return initial_; }
  std::uint64_t step() const { return step_; }

  void update(Weights<T>& w, const Weights<T>& gradient, bool input_plastic) {
    ++step_;
    for (Block b : all_blocks)
      if (b != Block::input || input_plastic) update_block(w[b].flat(), gradient[b].flat(), w.flat().data(), rate(b));
  }

  void archive_state(auto& archive) {
    archive(step_, initial_);
    for (auto& s : state_) archive(s);
  }

 private:
  using B = native_lanes<T>;

  void update_block(std::span<T> w, std::span<const T> g, const T* origin, double rate) {
    const std::size_t at = static_cast<std::size_t>(w.data() - origin);
    for (std::size_t v = 0; v < w.size(); v += lane_count<B>) {
      std::array<B, Policy::states> s;
      for (std::size_t k = 0; k < Policy::states; ++k) s[k] = load<B>(&state_[k][at + v]);
      store(&w[v], load<B>(&w[v]) + policy_.change(load<B>(&g[v]), s, rate, step_));
      for (std::size_t k = 0; k < Policy::states; ++k) store(&state_[k][at + v], s[k]);
    }
  }

  Policy policy_;
  BlockRates rates_;
  BlockMeans initial_;
  std::array<aligned_vector<T>, Policy::states> state_;
  std::uint64_t step_ = 0;
};

}  // namespace engram::inline ENGRAM_ABI::training
