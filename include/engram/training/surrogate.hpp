#pragma once
/// Surrogate derivatives of the spike (Neftci, Mostafa and Zenke 2019): the forward pass thresholds, S = (x > 0) with
/// x = U - threshold, the backward pass uses sigma'(x). A policy is a struct with
///
///     template <class B> B derivative(B x) const;      // B is a batch or a plain number
///
/// and, to be tested as a smooth relaxation, the function whose derivative that is: `double primitive(double x) const`.
#include <cmath>
#include <concepts>
#include <tuple>

#include "../core/fields.hpp"
#include "../core/math.hpp"

namespace engram::inline ENGRAM_ABI::training {

template <class S>
concept Surrogate = requires(const S s, double x, native_lanes<float> lanes) {
  { s.derivative(x) } -> std::same_as<double>;
  { s.derivative(lanes) } -> std::same_as<native_lanes<float>>;
};

/// A surrogate that knows its primitive, a smooth step.
template <class S>
concept SmoothStep = Surrogate<S> && requires(const S s, double x) {
  { s.primitive(x) } -> std::same_as<double>;
};

namespace detail {
template <class B>
B magnitude(B x) {
  return max(x, B(-x));
}
}  // namespace detail

/// sigma'(x) = 1/(1 + beta|x|)^2, primitive 1/2 + x/(1 + beta|x|) (Zenke and Ganguli 2018). beta > 0, default 20.
struct SuperSpike {
  double beta = 20;

  template <class B>
  B derivative(B x) const {
    const B r = fma(B(scalar_t<B>(beta)), detail::magnitude(x), B(scalar_t<B>(1)));
    return B(scalar_t<B>(1)) / (r * r);
  }
  double primitive(double x) const { return 0.5 + x / (1 + beta * std::abs(x)); }

  static constexpr auto fields() { return std::tuple{field("beta", &SuperSpike::beta, positive)}; }
};

/// sigma'(x) = beta s (1 - s), s = 1/(1 + exp(-beta x)) its primitive. beta > 0.
struct SigmoidSurrogate {
  double beta = 20;

  template <class B>
  B derivative(B x) const {
    using T = scalar_t<B>;
    const B e = exp(B(B(T(-beta)) * detail::magnitude(x)));  // even in x: the small exponential loses no digits
    const B r = B(T(1)) + e;
    return B(T(beta)) * e / (r * r);
  }
  double primitive(double x) const { return 1 / (1 + std::exp(-beta * x)); }

  static constexpr auto fields() { return std::tuple{field("beta", &SigmoidSurrogate::beta, positive)}; }
};

/// sigma'(x) = max(0, 1 - beta|x|) (Bellec et al. 2018), primitive a quadratic spline from 0 to 1/beta. beta > 0.
struct PiecewiseLinear {
  double beta = 1;

  template <class B>
  B derivative(B x) const {
    using T = scalar_t<B>;
    return max(fma(B(T(-beta)), detail::magnitude(x), B(T(1))), B(T(0)));
  }
  double primitive(double x) const {
    const double y = std::min(std::max(x, -1 / beta), 1 / beta);
    return 0.5 / beta + y - 0.5 * beta * y * std::abs(y);
  }

  static constexpr auto fields() { return std::tuple{field("beta", &PiecewiseLinear::beta, positive)}; }
};

static_assert(SmoothStep<SuperSpike> && SmoothStep<SigmoidSurrogate> && SmoothStep<PiecewiseLinear>);

}  // namespace engram::inline ENGRAM_ABI::training
