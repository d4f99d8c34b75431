#pragma once
/// The one header that names xsimd: batches ("lanes"), masks, and the handful of operations the library builds on.
///
/// A model is a template on its lane type `B`, which is either `Lanes<T>` (a native batch) or plain `float`/`double`.
/// Every operation here exists for both, so one text serves the time loop, the theory and a debugger. Results are the
/// same bits for every width: multiply-adds are explicit (`fma`), and engram's target compiles with
/// -ffp-contract=off so that the compiler adds none of its own. Builds without FMA hardware form a class of their own.
#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "config.hpp"
#if !defined(ENGRAM_SCALAR)
#include <xsimd/xsimd.hpp>
#endif

namespace engram::inline ENGRAM_ABI {

/// Width on which streams of noise are laid out, on every instruction set: 16 lanes.
inline constexpr std::size_t logical_width = 16;

/// Populations are padded to this many cells: two rows of the logical width, one pair of Gaussian batches.
inline constexpr std::size_t padding = 2 * logical_width;

constexpr std::size_t padded(std::size_t n) { return (n + padding - 1) / padding * padding; }

template <class T>
using int_of = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;

#if !defined(ENGRAM_SCALAR)

template <class T>
struct Mask {
  xsimd::batch_bool<T> raw;
  friend Mask operator&(Mask a, Mask b) { return {a.raw & b.raw}; }
  friend Mask operator|(Mask a, Mask b) { return {a.raw | b.raw}; }
  friend Mask operator!(Mask a) { return {~a.raw}; }
};

/// A native batch of T. Arithmetic with plain numbers converts them to T.
template <class T>
struct Lanes {
  using value_type = T;
  using batch = xsimd::batch<T>;
  static constexpr std::size_t size = batch::size;
  batch raw;

  Lanes() = default;
  Lanes(batch b) : raw(b) {}
  template <class S>
    requires std::is_arithmetic_v<S>
  Lanes(S s) : raw(static_cast<T>(s)) {}

  friend Lanes operator+(Lanes a, Lanes b) { return a.raw + b.raw; }
  friend Lanes operator-(Lanes a, Lanes b) { return a.raw - b.raw; }
  friend Lanes operator*(Lanes a, Lanes b) { return a.raw * b.raw; }
  friend Lanes operator/(Lanes a, Lanes b) { return a.raw / b.raw; }
  friend Lanes operator^(Lanes a, Lanes b) { return a.raw ^ b.raw; }
  friend Lanes operator&(Lanes a, Lanes b) { return a.raw & b.raw; }
  friend Lanes operator|(Lanes a, Lanes b) { return a.raw | b.raw; }
  Lanes operator-() const {
    if constexpr (std::floating_point<T>) return raw ^ batch(T(-0.));  // xsimd 8 subtracts from 0, which loses -0
    else return -raw;
  }
  Lanes& operator+=(Lanes o) { return *this = *this + o; }
  Lanes& operator-=(Lanes o) { return *this = *this - o; }
  Lanes& operator*=(Lanes o) { return *this = *this * o; }

  friend Mask<T> operator<(Lanes a, Lanes b) { return {a.raw < b.raw}; }
  friend Mask<T> operator<=(Lanes a, Lanes b) { return {a.raw <= b.raw}; }
  friend Mask<T> operator>(Lanes a, Lanes b) { return {a.raw > b.raw}; }
  friend Mask<T> operator>=(Lanes a, Lanes b) { return {a.raw >= b.raw}; }
  friend Mask<T> operator==(Lanes a, Lanes b) { return {a.raw == b.raw}; }
  friend Mask<T> operator!=(Lanes a, Lanes b) { return {~(a.raw == b.raw)}; }  // NaN differs; not so in xsimd 8
};

template <int K, class T>
Lanes<T> shift_left(Lanes<T> a) { return a.raw << K; }
template <int K, class T>
Lanes<T> shift_right(Lanes<T> a) { return a.raw >> K; }
template <int K, class T>
Lanes<T> rotate_left(Lanes<T> a) {
#if defined(__AVX512F__)
  if constexpr (sizeof(T) == 4) return xsimd::batch<T>(_mm512_rol_epi32(a.raw, K));
  else return xsimd::batch<T>(_mm512_rol_epi64(a.raw, K));
#else
  return (a.raw << K) | (a.raw >> (static_cast<int>(8 * sizeof(T)) - K));
#endif
}

template <class T>
Lanes<T> fma(Lanes<T> a, Lanes<T> b, Lanes<T> c) {
#if defined(__AVX512F__)  // xsimd 8 multiplies and adds here
  if constexpr (sizeof(T) == 4) return xsimd::batch<T>(_mm512_fmadd_ps(a.raw, b.raw, c.raw));
  else return xsimd::batch<T>(_mm512_fmadd_pd(a.raw, b.raw, c.raw));
#else
  return xsimd::fma(a.raw, b.raw, c.raw);
#endif
}
template <class T>
Lanes<T> sqrt(Lanes<T> a) {
#if defined(__aarch64__)  // xsimd 8 iterates on an estimate, as 32-bit ARM must
  if constexpr (sizeof(T) == 4) return xsimd::batch<T>(vsqrtq_f32(a.raw));
#endif
  return xsimd::sqrt(a.raw);
}
template <class T>
Lanes<T> where(Mask<T> m, Lanes<T> a, Lanes<T> b) { return xsimd::select(m.raw, a.raw, b.raw); }

/// a < b ? a : b, and a > b ? a : b, on every instruction set: the second argument if either is NaN, as x86 has it. (Versions
/// of xsimd differ in which one they return.)
template <std::floating_point T>
Lanes<T> min(Lanes<T> a, Lanes<T> b) {
  using batch = typename Lanes<T>::batch;
#if defined(__AVX512F__)
  if constexpr (sizeof(T) == 4) return batch(_mm512_min_ps(a.raw, b.raw));
  else return batch(_mm512_min_pd(a.raw, b.raw));
#elif defined(__AVX__)
  if constexpr (sizeof(T) == 4) return batch(_mm256_min_ps(a.raw, b.raw));
  else return batch(_mm256_min_pd(a.raw, b.raw));
#elif defined(__SSE2__)
  if constexpr (sizeof(T) == 4) return batch(_mm_min_ps(a.raw, b.raw));
  else return batch(_mm_min_pd(a.raw, b.raw));
#else
  return where(a < b, a, b);
#endif
}
template <std::floating_point T>
Lanes<T> max(Lanes<T> a, Lanes<T> b) {
  using batch = typename Lanes<T>::batch;
#if defined(__AVX512F__)
  if constexpr (sizeof(T) == 4) return batch(_mm512_max_ps(a.raw, b.raw));
  else return batch(_mm512_max_pd(a.raw, b.raw));
#elif defined(__AVX__)
  if constexpr (sizeof(T) == 4) return batch(_mm256_max_ps(a.raw, b.raw));
  else return batch(_mm256_max_pd(a.raw, b.raw));
#elif defined(__SSE2__)
  if constexpr (sizeof(T) == 4) return batch(_mm_max_ps(a.raw, b.raw));
  else return batch(_mm_max_pd(a.raw, b.raw));
#else
  return where(a > b, a, b);
#endif
}
/// a within [low, high]; a NaN stays a NaN.
template <std::floating_point T>
Lanes<T> clamp(Lanes<T> a, Lanes<T> low, Lanes<T> high) { return min(high, max(low, a)); }
template <class T>
bool any(Mask<T> m) { return xsimd::any(m.raw); }

/// The mask as bits, lane 0 lowest.
template <class T>
std::uint32_t bits(Mask<T> m) {
#if defined(__AVX512F__)
  return static_cast<std::uint32_t>(static_cast<typename xsimd::batch_bool<T>::register_type>(m.raw));
#elif defined(__AVX__)
  if constexpr (sizeof(T) == 4) return static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_castps_si256(m.raw))));
  else return static_cast<std::uint32_t>(_mm256_movemask_pd(m.raw));
#elif defined(__SSE2__)
  if constexpr (sizeof(T) == 4) return static_cast<std::uint32_t>(_mm_movemask_ps(m.raw));
  else return static_cast<std::uint32_t>(_mm_movemask_pd(m.raw));
#else
  bool flags[Lanes<T>::size];
  m.raw.store_unaligned(flags);
  std::uint32_t out = 0;
  for (std::size_t k = 0; k < Lanes<T>::size; ++k) out |= std::uint32_t{flags[k]} << k;
  return out;
#endif
}

template <class To, class From>
Lanes<To> bit_cast_lanes(Lanes<From> a) {
#if XSIMD_VERSION_MAJOR >= 9
  return xsimd::bitwise_cast<To>(a.raw);
#else
  return xsimd::bitwise_cast<xsimd::batch<To>>(a.raw);
#endif
}
inline Lanes<float> to_float(Lanes<std::int32_t> a) { return xsimd::to_float(a.raw); }

template <class B>
struct lane_traits {
  using value_type = B;
  static constexpr std::size_t size = 1;
};
template <class T>
struct lane_traits<Lanes<T>> {
  using value_type = T;
  static constexpr std::size_t size = Lanes<T>::size;
};

template <class T>
using native_lanes = Lanes<T>;

template <class B>
B load(const typename lane_traits<B>::value_type* p) {
  if constexpr (std::is_arithmetic_v<B>) return *p;
  else return B(B::batch::load_unaligned(p));
}
template <class T>
void store(T* p, Lanes<T> a) { a.raw.store_unaligned(p); }

/// B::size numbers of float, widened if B is of double.
template <class B>
  requires std::same_as<B, Lanes<typename lane_traits<B>::value_type>>
B load_float(const float* p) {
  if constexpr (std::same_as<B, Lanes<float>>) {
    return load<B>(p);
  } else {
#if defined(__AVX512F__)
    return xsimd::batch<double>(_mm512_cvtps_pd(_mm256_loadu_ps(p)));
#elif defined(__AVX__)
    return xsimd::batch<double>(_mm256_cvtps_pd(_mm_loadu_ps(p)));
#else
    double wide[B::size];
    for (std::size_t k = 0; k < B::size; ++k) wide[k] = static_cast<double>(p[k]);
    return load<B>(wide);
#endif
  }
}

#else  // ENGRAM_SCALAR: the same library on plain numbers

template <class B>
struct lane_traits {
  using value_type = B;
  static constexpr std::size_t size = 1;
};
template <class T>
using native_lanes = T;
template <class B>
B load(const B* p) { return *p; }

#endif

// The same operations on plain numbers.

template <std::floating_point T>
T fma(T a, T b, T c) {
#if defined(__FMA__) || defined(__AVX512F__) || defined(__aarch64__)
  return std::fma(a, b, c);
#else
  return a * b + c;
#endif
}
template <std::floating_point T>
T sqrt(T a) { return std::sqrt(a); }
template <class T>
  requires std::is_arithmetic_v<T>
T where(bool m, T a, T b) { return m ? a : b; }
template <class T>
  requires std::is_arithmetic_v<T>
T min(T a, T b) { return a < b ? a : b; }
template <class T>
  requires std::is_arithmetic_v<T>
T max(T a, T b) { return a > b ? a : b; }
/// a within [low, high]; a NaN stays a NaN.
template <std::floating_point T>
T clamp(T a, T low, T high) { return a < low ? low : (a > high ? high : a); }
template <std::floating_point T>
T load_float(const float* p) { return static_cast<T>(*p); }
inline bool any(bool m) { return m; }
inline std::uint32_t bits(bool m) { return m; }
template <int K, std::integral T>
T shift_left(T a) { return static_cast<T>(static_cast<std::make_unsigned_t<T>>(a) << K); }
template <int K, std::integral T>
T shift_right(T a) { return static_cast<T>(a >> K); }
template <int K, std::unsigned_integral T>
T rotate_left(T a) { return std::rotl(a, K); }
template <class To, class From>
  requires std::is_arithmetic_v<From>
To bit_cast_lanes(From a) { return std::bit_cast<To>(a); }
inline float to_float(std::int32_t a) { return static_cast<float>(a); }
template <class T>
  requires std::is_arithmetic_v<T>
void store(T* p, T a) { *p = a; }

template <class B>
using scalar_t = typename lane_traits<B>::value_type;
template <class B>
inline constexpr std::size_t lane_count = lane_traits<B>::size;

/// The lane type with another scalar, of the same kind (batch or plain): `rebind<Lanes<float>, std::uint32_t>`.
template <class B, class U>
struct rebind_lanes { using type = U; };
#if !defined(ENGRAM_SCALAR)
template <class T, class U>
struct rebind_lanes<Lanes<T>, U> { using type = Lanes<U>; };
#endif
template <class B, class U>
using rebind = typename rebind_lanes<B, U>::type;

template <class B>
using mask_of = decltype(std::declval<B>() < std::declval<B>());

}  // namespace engram::inline ENGRAM_ABI
