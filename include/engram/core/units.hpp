#pragma once
/// Units at the border: a Quantity is one double in the base units ms and mV, its dimension in the type.
/// `20_ms + 4_mV` does not compile; `20_ms / 0.1_ms` is a plain number. Kernels use `.value` and bare numbers.
#include <string>

#include "config.hpp"

namespace engram::inline ENGRAM_ABI {

/// ms^TimePower mV^VoltagePower.
template <int TimePower, int VoltagePower>
struct Quantity {
  double value = 0;

  constexpr Quantity() = default;
  constexpr explicit Quantity(double v) : value(v) {}  // explicit, or `ExpIF{.tau = 20}` would compile

  friend constexpr auto operator<=>(const Quantity&, const Quantity&) = default;
  constexpr Quantity operator-() const { return Quantity{-value}; }
  constexpr Quantity& operator+=(Quantity o) { return value += o.value, *this; }
  constexpr Quantity& operator-=(Quantity o) { return value -= o.value, *this; }
};

using Time = Quantity<1, 0>;         ///< ms
using Voltage = Quantity<0, 1>;      ///< mV
using Rate = Quantity<-1, 0>;        ///< 1/ms; literals and texts in Hz
using VoltageRate = Quantity<-1, 1>; ///< mV/ms: the slope of a window, the drift of a weight
using VoltageTime = Quantity<1, 1>;  ///< mV ms: the integral of a window

template <int T, int V>
constexpr Quantity<T, V> operator+(Quantity<T, V> a, Quantity<T, V> b) { return Quantity<T, V>{a.value + b.value}; }
template <int T, int V>
constexpr Quantity<T, V> operator-(Quantity<T, V> a, Quantity<T, V> b) { return Quantity<T, V>{a.value - b.value}; }
template <int T, int V>
constexpr Quantity<T, V> operator*(double k, Quantity<T, V> q) { return Quantity<T, V>{k * q.value}; }
template <int T, int V>
constexpr Quantity<T, V> operator*(Quantity<T, V> q, double k) { return Quantity<T, V>{q.value * k}; }
template <int T, int V>
constexpr Quantity<T, V> operator/(Quantity<T, V> q, double k) { return Quantity<T, V>{q.value / k}; }
template <int T, int V>
constexpr Quantity<-T, -V> operator/(double k, Quantity<T, V> q) { return Quantity<-T, -V>{k / q.value}; }

template <int T1, int V1, int T2, int V2>
constexpr auto operator*(Quantity<T1, V1> a, Quantity<T2, V2> b) {
  if constexpr (T1 + T2 == 0 && V1 + V2 == 0) return a.value * b.value;
  else return Quantity<T1 + T2, V1 + V2>{a.value * b.value};
}
template <int T1, int V1, int T2, int V2>
constexpr auto operator/(Quantity<T1, V1> a, Quantity<T2, V2> b) {
  if constexpr (T1 == T2 && V1 == V2) return a.value / b.value;
  else return Quantity<T1 - T2, V1 - V2>{a.value / b.value};
}

namespace literals {
constexpr Time operator""_ms(long double v) { return Time{static_cast<double>(v)}; }
constexpr Time operator""_ms(unsigned long long v) { return Time{static_cast<double>(v)}; }
constexpr Time operator""_s(long double v) { return Time{static_cast<double>(v) * 1e3}; }
constexpr Time operator""_s(unsigned long long v) { return Time{static_cast<double>(v) * 1e3}; }
constexpr Voltage operator""_mV(long double v) { return Voltage{static_cast<double>(v)}; }
constexpr Voltage operator""_mV(unsigned long long v) { return Voltage{static_cast<double>(v)}; }
constexpr Rate operator""_Hz(long double v) { return Rate{static_cast<double>(v) * 1e-3}; }
constexpr Rate operator""_Hz(unsigned long long v) { return Rate{static_cast<double>(v) * 1e-3}; }
constexpr VoltageRate operator""_mV_per_ms(long double v) { return VoltageRate{static_cast<double>(v)}; }
constexpr VoltageTime operator""_mV_ms(long double v) { return VoltageTime{static_cast<double>(v)}; }
}  // namespace literals

/// How a field of type Q is written for people: its unit, and the number of base units in it.
template <class Q>
struct unit_of {
  static constexpr const char* name = "";
  static constexpr double scale = 1;
  static constexpr double number(Q q) { return static_cast<double>(q); }
  static constexpr Q make(double v) { return static_cast<Q>(v); }
};
template <int T, int V>
struct unit_of<Quantity<T, V>> {
  using Q = Quantity<T, V>;
  static constexpr const char* name = T == 1 && V == 0    ? "ms"
                                      : T == 0 && V == 1  ? "mV"
                                      : T == -1 && V == 0 ? "Hz"
                                      : T == -1 && V == 1 ? "mV/ms"
                                      : T == 1 && V == 1  ? "mV ms"
                                                          : "?";
  static constexpr double scale = T == -1 && V == 0 ? 1e-3 : 1;
  static constexpr double number(Q q) { return q.value / scale; }
  static constexpr Q make(double v) { return Q{v * scale}; }
};

}  // namespace engram::inline ENGRAM_ABI
