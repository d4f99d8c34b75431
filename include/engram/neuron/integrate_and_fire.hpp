#pragma once
/// One-dimensional integrate-and-fire models, stated by their drift alone:
///
///     tau dV/dt = drift(V) + drive(t) + sigma sqrt(2 tau) xi(t);   V >= cut: spike, V = reset, held for `refractory`.
///
/// From the one statement the simulator steps the model (a Scheme) and the theory solves its Fokker-Planck equation.
/// sigma is the standard deviation that the noise would give the membrane without drift but the leak.
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

/// Membrane potential (mV) and what is left of the refractory period (steps).
template <class B>
struct MembraneState {
  B v;
  B refractory;
};

/// Euler and Maruyama: V += (dt/tau) (drift(V) + current) + sqrt(2 dt/tau) noise. Strong order 1 (additive noise) for the
/// membrane, 1/2 for the time of the crossing, which is seen at the end of a step only.
struct EulerMaruyama {
  template <class B>
  static B advance(const auto& model, B v, const Drive<B>& in, Time dt) {
    const double a = dt / model.tau;
    return fma(B(std::sqrt(2 * a)), in.noise, fma(B(a), model.drift(v) + in.current, v));
  }
};

/// Makes a model that can be stepped out of a one-dimensional one.
template <IntegrateAndFire Model, class Scheme = EulerMaruyama>
struct Stepped {
  Model model{};

  template <class B>
  using State = MembraneState<B>;

  template <class B>
  auto step(State<B>& s, const Drive<B>& in, Time dt) const {
    using T = scalar_t<B>;
    const B hold = max(s.refractory - B(T(1)), B(T(0)));
    const auto free = s.refractory <= B(T(0));
    const B v = where(free, Scheme::template advance<B>(model, s.v, in, dt), s.v);
    const auto spike = v >= B(model.cut.value);
    s.v = where(spike, B(model.reset.value), v);
    s.refractory = where(spike, B(std::round(model.refractory / dt)), hold);
    return spike;
  }

  /// Before the first step: uniform between reset and `spread_to`, u in (0, 1), so that no population starts in step.
  MembraneState<double> initial(double u) const {
    const double top = model.drift(model.reset.value) > 0 ? model.reset.value + tail(model) : model.reset.value;
    return {model.reset.value + u * (top - model.reset.value), 0};
  }

 private:
  static double tail(const Model& m) {
    double v = m.reset.value;  // up to where the drift vanishes: the resting potential
    while (m.drift(v) > 0 && v < m.cut.value) v += 0.1;
    return v - m.reset.value;
  }
};

}  // namespace engram::inline ENGRAM_ABI
