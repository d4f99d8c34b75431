#pragma once
/// Other ways to take a step than Euler and Maruyama; see docs/speed.md for what each is worth. A scheme is chosen with
/// the model: population("E", 800, Stepped<ExpIF, ExponentialEuler>{ExpIF{}}, ...).
#include "integrate_and_fire.hpp"

namespace engram::inline ENGRAM_ABI {

/// Exponential Euler (Lord and Tambue 2013): the leak, the linear part of the drift, is solved exactly and the rest held
/// for the step,
///
///     V += (1 - e^{-h}) (drift(V) + current) + sqrt(1 - e^{-2h}) noise,   h = dt/tau,
///
/// so that a cell with a leak alone is exact at every dt. For models whose drift contains -V.
struct ExponentialEuler {
  struct Prepared {
    double a, b;
    template <class B>
    B advance(const auto& model, B v, const Drive<B>& in) const {
      return fma(B(b), in.noise, fma(B(a), model.drift(v) + in.current, v));
    }
  };
  static Prepared prepare(Time dt, Time tau) { return {-std::expm1(-(dt / tau)), std::sqrt(-std::expm1(-2 * (dt / tau)))}; }
};

/// Heun's method with the same noise in both stages: weak order 2 in dt for additive noise between crossings, for two
/// evaluations of the drift.
///
///     V* = V + h (drift(V) + current) + sqrt(2h) noise,   V += h ((drift(V) + drift(V*))/2 + current) + sqrt(2h) noise
///
/// The second drift is taken no higher than the cut: beyond it the upstroke of the predictor means nothing.
struct StochasticHeun {
  struct Prepared {
    double a, b;
    template <class B>
    B advance(const auto& model, B v, const Drive<B>& in) const {
      const B first = model.drift(v);
      const B kick = fma(B(b), in.noise, B(B(a) * in.current));
      const B predicted = min(B(fma(B(a), first, v) + kick), B(model.cut.value));
      return fma(B(a / 2), first + model.drift(predicted), v) + kick;
    }
  };
  static Prepared prepare(Time dt, Time tau) { return {dt / tau, std::sqrt(2 * (dt / tau))}; }
};

/// A model whose drift is its leak and an upstroke that it can solve, as ExpIF.
template <class M>
concept HasUpstroke = requires(const M m, double v) {
  { m.leak } -> std::convertible_to<Voltage>;
  { m.upstroke(v, v) } -> std::same_as<double>;
};

/// The leak with current and noise, then the upstroke, each solved exactly:
///
///     V* = V + (1 - e^{-h}) (leak + current - V) + sqrt(1 - e^{-2h}) noise,   V = model.upstroke(V*, h)
///
/// The spike is where the upstroke is, inside the step. Taken in turn, the two parts are the symmetric splitting of order 2
/// (Strang 1968) seen half an upstroke later, so that rates and correlations are of order 2 in dt. For models with HasUpstroke.
struct ExactUpstroke {
  struct Prepared {
    ExponentialEuler::Prepared leak;
    double h;
    template <class B>
    B advance(const HasUpstroke auto& model, B v, const Drive<B>& in) const {
      const B towards = B(model.leak.value) + in.current - v;
      return model.upstroke(B(fma(B(leak.b), in.noise, fma(B(leak.a), towards, v))), h);
    }
  };
  static Prepared prepare(Time dt, Time tau) { return {ExponentialEuler::prepare(dt, tau), dt / tau}; }
};

}  // namespace engram::inline ENGRAM_ABI
