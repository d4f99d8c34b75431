#pragma once
/// Elementary functions on lanes: exp and log, within 2 ulp over the ranges stated (tests/core/math.cpp measures it).
/// Range reduction and minimax polynomials after Cody and Waite 1980 and Cephes (Moshier 1989); no tables, no branches.
#include <cmath>
#include <limits>

#include "simd.hpp"

namespace engram::inline ENGRAM_ABI {

namespace detail {

template <class T>
struct exp_constants;
template <>
struct exp_constants<float> {
  // 1.5 2^23 + 127: adding it leaves the nearest integer in the low bits, as the exponent field of a float.
  static constexpr float magic = 12583039.f;
  static constexpr float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
  static constexpr float low = -87.3f, high = 88.3f;
  static constexpr int mantissa = 23;
};
template <>
struct exp_constants<double> {
  static constexpr double magic = 6755399441056767.;  // 1.5 2^52 + 1023
  static constexpr double ln2_high = 6.93145751953125e-1, ln2_low = 1.42860682030941723212e-6;
  static constexpr double low = -708., high = 709.;
  static constexpr int mantissa = 52;
};

/// sum_k c[k] x^k, Horner.
template <class B, std::size_t N>
B horner(B x, const scalar_t<B> (&c)[N]) {
  B y(c[N - 1]);
  for (std::size_t k = N - 1; k-- > 0;) y = fma(y, x, B(c[k]));
  return y;
}

}  // namespace detail

/// exp(x). Arguments outside [-87.3, 88.3] (float) or [-708, 709] (double) are clamped, so that it never returns 0 or
/// Inf: the loop cannot produce an Inf that it did not start with. NaN stays NaN.
template <class B>
B exp(B x) {
  using T = scalar_t<B>;
  using C = detail::exp_constants<T>;
  using I = rebind<B, int_of<T>>;
  // The order of arguments keeps a NaN in x on every instruction set: comparisons with NaN are false.
  x = where(x < B(C::low), B(C::low), where(x > B(C::high), B(C::high), x));
  const B shifted = fma(x, B(T(1.44269504088896340736)), B(C::magic));
  const B n = shifted - B(C::magic);
  const B r = fma(n, B(-C::ln2_low), fma(n, B(-C::ln2_high), x));
  B p;
  if constexpr (sizeof(T) == 4) {
    static constexpr float c[] = {1.f, 1.f, 4.9999993449e-1f, 1.6666520645e-1f, 4.1668387888e-2f, 8.3687152190e-3f, 1.3814601840e-3f};
    p = detail::horner(r, c);
  } else {
    static constexpr double c[] = {1., 1., 1. / 2, 1. / 6, 1. / 24, 1. / 120, 1. / 720, 1. / 5040, 1. / 40320,
                                   1. / 362880, 1. / 3628800, 1. / 39916800, 1. / 479001600, 1. / 6227020800.};
    p = detail::horner(r, c);
  }
  // A product, not a sum of exponent fields: that would turn some NaNs into numbers.
  return p * bit_cast_lanes<T>(I(shift_left<C::mantissa>(bit_cast_lanes<int_of<T>>(shifted))));
}

/// Natural logarithm of a normal positive float. No check: used on uniforms in (0, 1].
template <class B>
  requires std::same_as<scalar_t<B>, float>
B log_positive(B x) {
  using I = rebind<B, std::int32_t>;
  const I ix = I(bit_cast_lanes<std::int32_t>(x) - I(0x3f3504f3));  // sqrt(1/2): the mantissa goes to [0.707, 1.414)
  const B e = to_float(I(shift_right<23>(ix)));
  const B f = bit_cast_lanes<float>(I(I(ix & I(0x007fffff)) + I(0x3f3504f3))) - B(1.f);
  static constexpr float c[] = {3.3333910739e-1f,  -2.5001337036e-1f, 1.9963063698e-1f, -1.6577584768e-1f,
                                1.4914769222e-1f, -1.4267486217e-1f, 8.7004305740e-2f};
  const B f2 = f * f;
  B y = f * (f2 * detail::horner(f, c));
  y = fma(e, B(-2.12194440e-4f), y);
  y = fma(f2, B(-0.5f), y);
  return fma(e, B(0.693359375f), f + y);
}

/// cos and sin of t quarter turns, t in [-1/2, 1/2].
template <class B>
  requires std::same_as<scalar_t<B>, float>
void cos_sin_quarter(B t, B& c, B& s) {
  static constexpr float cc[] = {9.9999999994e-1f, -1.2337005396f, 2.5366918260e-1f, -2.0859936030e-2f, 9.0336298056e-4f};
  static constexpr float sc[] = {1.5707963217f, -6.4596346023e-1f, 7.9680032768e-2f, -4.6016578869e-3f};
  const B t2 = t * t;
  c = detail::horner(t2, cc);
  s = t * detail::horner(t2, sc);
}

}  // namespace engram::inline ENGRAM_ABI
