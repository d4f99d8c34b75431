#pragma once
#include "window.hpp"

namespace engram::inline ENGRAM_ABI {

namespace detail {
constexpr Decay scaled(double k, Decay t) { return {k * t.amplitude, t.tau}; }
constexpr SlopedDecay scaled(double k, SlopedDecay t) { return {k * t.amplitude, k * t.gradient, t.tau}; }
constexpr auto scaled_side(double k, const auto& side) {
  return std::apply([&](const auto&... term) { return std::tuple{scaled(k, term)...}; }, side);
}
}  // namespace detail

/// kappa A + (1 - kappa) B: a pair rule again. For A = Causal and B = Acausal, kappa is the causality of the rule
/// (Yang and Doiron 2025).
template <PairRule A, PairRule B>
struct Mix {
  double kappa = 0;  ///< weight of the first rule, in [0, 1]
  A first{};
  B second{};

  constexpr auto pre_then_post() const {
    return std::tuple_cat(detail::scaled_side(kappa, first.pre_then_post()),
                          detail::scaled_side(1 - kappa, second.pre_then_post()));
  }
  constexpr auto post_then_pre() const {
    return std::tuple_cat(detail::scaled_side(kappa, first.post_then_pre()),
                          detail::scaled_side(1 - kappa, second.post_then_pre()));
  }
  constexpr Voltage per_pre() const {
    return kappa * engram::per_pre(first) + (1 - kappa) * engram::per_pre(second);
  }
  constexpr Voltage per_post() const {
    return kappa * engram::per_post(first) + (1 - kappa) * engram::per_post(second);
  }

  static constexpr auto fields() { return std::tuple{field("kappa", &Mix::kappa, fraction)}; }
  void parts(auto&& visit) const {
    visit("first", first);
    visit("second", second);
  }
  void check(const std::string& name) const {
    validate(first, name + ".first");
    validate(second, name + ".second");
  }
};

template <PairRule A, PairRule B>
constexpr Mix<A, B> mix(double kappa, A first, B second) {
  return {kappa, first, second};
}

}  // namespace engram::inline ENGRAM_ABI
