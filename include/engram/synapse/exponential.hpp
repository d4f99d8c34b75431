#pragma once
#include <cmath>
#include <complex>

#include "../core/fields.hpp"
#include "../core/simd.hpp"

namespace engram::inline ENGRAM_ABI {

/// Exponential synapse: a spike makes the current jump by gain W, and the current decays with tau:
///
///     I(t) = gain sum_k W exp(-(t - t_k)/tau),   area gain W tau
///
/// Over a step the current acts with its mean, (tau/dt)(1 - exp(-dt/tau)) I, so that the area is exact at every dt.
struct Exponential {
  Time tau{5};
  double gain = 1;

  template <class B>
  struct State {
    B current;
  };

  /// The kernel at a fixed step, its constants worked out.
  struct Prepared {
    double decay, mean;

    template <class B>
    B filter(State<B>& s) const {
      const B now = s.current * B(mean);
      s.current *= B(decay);
      return now;
    }
  };
  Prepared prepare(Time dt) const {
    const double decay = std::exp(-(dt / tau));
    return {decay, gain * (tau / dt) * (1 - decay)};
  }

  template <class B>
  B filter(State<B>& s, Time dt) const {
    return prepare(dt).filter(s);
  }

  /// integral of the unit response, ms.
  Time area() const { return gain * tau; }
  /// Fourier transform of the unit response, ms; omega in rad/ms.
  std::complex<double> transform(double omega) const { return gain / std::complex<double>(1 / tau.value, omega); }

  static constexpr auto fields() {
    return std::tuple{field("tau", &Exponential::tau, positive), field("gain", &Exponential::gain)};
  }
};

}  // namespace engram::inline ENGRAM_ABI
