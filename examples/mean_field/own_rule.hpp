#pragma once
/// A user's own pair rule, compiled in: `--rule own` takes it in the place of the acausal one. Nothing in the theory or
/// in the simulator knows of it.
#include <engram/plasticity/window.hpp>

/// Symmetric Mexican hat: potentiation within some 20 ms, depression around it, and an integral S0 that hardly depends on
/// either since the two nearly cancel.
struct MexicanHat {
  engram::Voltage peak{0.24 * 5.0e-3};
  engram::Voltage trough{0.24 * -2.00139e-3};  // S0 = -8.33e-5 W_EE^max mV ms: 2 (5e-3 x 12 - 2.00139e-3 x 30)
  engram::Time narrow{12}, wide{30};

  constexpr auto pre_then_post() const { return std::tuple{engram::Decay{peak, narrow}, engram::Decay{trough, wide}}; }
  constexpr auto post_then_pre() const { return pre_then_post(); }
};
static_assert(engram::PairRule<MexicanHat>);
