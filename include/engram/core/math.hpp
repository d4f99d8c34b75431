#pragma once
/// Elementary functions on lanes, within 2 ulp over the ranges stated unless said otherwise (tests/core/math.cpp measures it).
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
  static constexpr float low2 = -125.9f, high2 = 127.3f;
  static constexpr int mantissa = 23;
};
template <>
struct exp_constants<double> {
  static constexpr double magic = 6755399441056767.;  // 1.5 2^52 + 1023
  static constexpr double ln2_high = 6.93145751953125e-1, ln2_low = 1.42860682030941723212e-6;
  static constexpr double low = -708., high = 709.;
  static constexpr double low2 = -1021., high2 = 1023.;
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
  x = clamp(x, B(C::low), B(C::high));
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

/// 2^x. Arguments outside [-125.9, 127.3] (float) or [-1021, 1023] (double) are clamped; NaN stays NaN. Two operations
/// less than exp() in the reduction, which is exact.
template <class B>
B exp2(B x) {
  using T = scalar_t<B>;
  using C = detail::exp_constants<T>;
  using I = rebind<B, int_of<T>>;
  x = clamp(x, B(C::low2), B(C::high2));
  const B shifted = x + B(C::magic);
  const B r = x - B(shifted - B(C::magic));
  B p;
  if constexpr (sizeof(T) == 4) {
    static constexpr float c[] = {1.f, 0.693147182f, 0.240226462f, 0.0555032864f, 0.00961848907f, 0.00133999309f, 0.000153458124f};
    p = detail::horner(r, c);
  } else {
    static constexpr double c[] = {1, 0.69314718055994529, 0.24022650695910155, 0.055504108664819925, 0.0096181291075883354,
                                   0.0013333558146789951, 0.00015403530462514614, 1.5252733489960805e-05, 1.321543308959463e-06,
                                   1.0178198033328528e-07, 7.0741056262456591e-09, 4.4352809446103363e-10};
    p = detail::horner(r, c);
  }
  return p * bit_cast_lanes<T>(I(shift_left<C::mantissa>(bit_cast_lanes<int_of<T>>(shifted))));
}

/// -2 ln(x 2^-scale) for a normal float in (0, 2^scale], >= 0, within 4 ulp: the squared radius of a Gaussian pair. No check.
template <int scale = 0, class B>
  requires std::same_as<scalar_t<B>, float>
B minus_two_log(B x) {
  using I = rebind<B, std::int32_t>;
  const I ix = I(bit_cast_lanes<std::int32_t>(x) - I(0x3f3504f3 + (scale << 23)));  // sqrt(1/2): the mantissa goes to [0.707, 1.414)
  const B e = to_float(I(shift_right<23>(ix)));
  const B f = bit_cast_lanes<float>(I(I(ix & I(0x007fffff)) + I(0x3f3504f3))) - B(1.f);
  static constexpr float c[] = {-1.99999988f,  1.00000727f,  -0.666701198f, 0.499398172f,
                                -0.39800331f, 0.345016599f, -0.324451566f, 0.202137873f};
  return fma(e, B(-1.38629436f), f * detail::horner(f, c));
}

/// The same in double, within 3 ulp: log m = 2 atanh((m - 1)/(m + 1)), the mantissa m in [sqrt(1/2), sqrt(2)).
template <class B>
  requires std::same_as<scalar_t<B>, double>
B minus_two_log(B x) {
  using I = rebind<B, std::int64_t>;
  const I bits = bit_cast_lanes<std::int64_t>(x);
  // The exponent as a double: 2^52 + k has k in its low bits.
  const B k = bit_cast_lanes<double>(I(shift_right<52>(bits) | I(0x4330000000000000))) - B(0x1p52 + 1023);
  const B m = bit_cast_lanes<double>(I(I(bits & I(0x000fffffffffffff)) | I(0x3ff0000000000000)));  // in [1, 2)
  const auto upper = m > B(1.4142135623730951);
  const B half = where(upper, B(m * B(0.5)), m), e = where(upper, B(k + B(1)), k);
  const B f = (half - B(1)) / (half + B(1)), f2 = f * f;
  static constexpr double c[] = {-4., -4. / 3, -4. / 5, -4. / 7, -4. / 9, -4. / 11, -4. / 13, -4. / 15, -4. / 17, -4. / 19, -4. / 21};
  return fma(e, B(-1.3862943611198906), f * detail::horner(f2, c));
}

/// cos (within 1.5e-7, absolute) and sin (within 3 ulp) of t quarter turns, t in [-1, 1].
template <class B>
  requires std::same_as<scalar_t<B>, float>
void cos_sin_quarter(B t, B& c, B& s) {
  static constexpr float cc[] = {1.f, -1.23369884f, 0.25365296f, -0.0208134744f, 0.000859402004f};
  static constexpr float sc[] = {1.57079637f, -0.645963728f, 0.0796896815f, -0.00467376644f, 0.000151485132f};
  const B t2 = t * t;
  c = detail::horner(t2, cc);
  s = t * detail::horner(t2, sc);
}

}  // namespace engram::inline ENGRAM_ABI
