#pragma once
/// One-dimensional integrate-and-fire models, stated by their drift alone:
///
///     tau dV/dt = drift(V) + drive(t) + sigma sqrt(2 tau) xi(t);   V >= cut: spike, V = reset, held for `refractory`.
///
/// From the one statement the simulator steps the model (a Scheme) and the theory solves its Fokker-Planck equation.
/// sigma is the standard deviation that the noise would give the membrane without drift but the leak.
#include <algorithm>
#include <cmath>
#include <concepts>

#include "../core/fields.hpp"
#include "../core/simd.hpp"

namespace engram::inline ENGRAM_ABI {

template <class M>
concept HasTau = requires(const M m) { { m.tau } -> std::convertible_to<Time>; };
template <class M>
concept HasDrift = requires(const M m, double v, native_lanes<float> lanes) {
  { m.drift(v) } -> std::same_as<double>;
  { m.drift(lanes) } -> std::same_as<native_lanes<float>>;
};
template <class M>
concept HasSpike = requires(const M m) {
  { m.cut } -> std::convertible_to<Voltage>;
  { m.reset } -> std::convertible_to<Voltage>;
  { m.refractory } -> std::convertible_to<Time>;
};

/// A model given by tau, drift(V), cut, reset and refractory.
template <class M>
concept IntegrateAndFire = HasTau<M> && HasDrift<M> && HasSpike<M>;

/// What a cell is given in one step.
template <class B>
struct Drive {
  B current;  ///< mV: mean input, recurrent input, injected current
  B noise;    ///< mV: sum of sigma_k z_k over the white noises, z standard normal
};

/// Membrane potential (mV) and what is left of the refractory period (steps; negative once it is over).
template <class B>
struct MembraneState {
  B v;
  B refractory;
};

/// A policy worked out for one step size: forwards to the policy's own `prepare(dt)`, where constants such as exp(-dt/tau)
/// are computed once, or carries dt along for a policy that has none.
template <class P>
struct AtStep {
  P policy;
  Time dt;
  auto step(auto& state, const auto& in) const { return policy.step(state, in, dt); }
  auto filter(auto& state) const { return policy.filter(state, dt); }
};
template <class P>
auto prepare(const P& policy, Time dt) {
  if constexpr (requires { policy.prepare(dt); }) return policy.prepare(dt);
  else return AtStep<P>{policy, dt};
}

/// Euler and Maruyama: V += (dt/tau) (drift(V) + current) + sqrt(2 dt/tau) noise. Strong order 1 (additive noise) for the
/// membrane, 1/2 for the time of the crossing, which is seen at the end of a step only.
struct EulerMaruyama {
  struct Prepared {
    double a, b;
    template <class B>
    B advance(const auto& model, B v, const Drive<B>& in) const {
      return fma(B(a), fma(B(b), in.noise, model.drift(v) + in.current), v);
    }
  };
  static Prepared prepare(Time dt, Time tau) { return {dt / tau, std::sqrt(2 / (dt / tau))}; }
};

/// Makes a model that can be stepped out of a one-dimensional one.
template <IntegrateAndFire Model, class Scheme = EulerMaruyama>
struct Stepped {
  Model model{};
  Time tau = model.tau;

  template <class B>
  using State = MembraneState<B>;

  struct Prepared {
    Model model;
    decltype(Scheme::prepare(Time{}, Time{})) scheme;
    double hold;  ///< refractory period in steps

    template <class B>
    auto step(State<B>& s, const Drive<B>& in) const {
      const B left = s.refractory - B(1);
      const B v = where(s.refractory <= B(0), scheme.advance(model, s.v, in), s.v);
      const auto spike = v >= B(model.cut.value);
      s.v = where(spike, B(model.reset.value), v);
      s.refractory = where(spike, B(hold), left);
      return spike;
    }
  };
  Prepared prepare(Time dt) const { return {model, Scheme::prepare(dt, model.tau), std::round(model.refractory / dt)}; }

  template <class B>
  auto step(State<B>& s, const Drive<B>& in, Time dt) const {
    return prepare(dt).step(s, in);
  }

  /// Before the first step: uniform between reset and rest, u in (0, 1), so that no population starts in step.
  MembraneState<double> initial(double u) const {
    return {model.reset.value + u * (resting() - model.reset.value), 0};
  }

 private:
  /// Where the drift vanishes above the reset or, in a model that fires without noise, is weakest; to 0.1 mV.
  double resting() const {
    double v = model.reset.value;
    for (double f = model.drift(v); v + 0.1 < model.cut.value; v += 0.1) {
      const double next = model.drift(v + 0.1);
      if (f <= 0 || next > f) break;
      f = next;
    }
    return v;
  }
};

}  // namespace engram::inline ENGRAM_ABI
