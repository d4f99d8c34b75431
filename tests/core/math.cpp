#include <doctest/doctest.h>

#include <engram/core/math.hpp>

#include <algorithm>
#include <random>
#include <vector>

using namespace engram;

namespace {

/// Error of y against the exact value, in units in the last place of the exact value.
template <class T>
double ulps(T y, long double exact) {
  int exponent;
  std::frexp(exact, &exponent);
  return static_cast<double>(std::abs(static_cast<long double>(y) - exact) * std::ldexp(1.0L, std::numeric_limits<T>::digits - exponent));
}

/// Evenly spaced over [low, high], with a random offset within each piece; both ends included.
template <class T>
std::vector<T> sweep(double low, double high, std::size_t count) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> offset(0, 1);
  std::vector<T> x{static_cast<T>(low), static_cast<T>(high)};
  while (x.size() < padded(count))
    x.push_back(static_cast<T>(low + (high - low) * (static_cast<double>(x.size()) + offset(random)) / static_cast<double>(padded(count))));
  return x;
}

/// f on native lanes, over the whole array.
template <class T, class F>
std::vector<T> on_lanes(const std::vector<T>& x, F&& f) {
  using B = native_lanes<T>;
  std::vector<T> y(x.size());
  for (std::size_t k = 0; k < x.size(); k += lane_count<B>) store(&y[k], f(load<B>(&x[k])));
  return y;
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), [](T x, T y) { return std::bit_cast<int_of<T>>(x) == std::bit_cast<int_of<T>>(y); });
}

/// Lanes and plain numbers agree in every bit; returns the largest error against `exact`.
template <class T, class F, class G>
double worst(const std::vector<T>& x, F&& f, G&& exact) {
  const auto y = on_lanes(x, f);
  std::vector<T> plain(x.size());
  std::transform(x.begin(), x.end(), plain.begin(), f);
  CHECK(same_bits(y, plain));
  double error = 0;
  for (std::size_t k = 0; k < x.size(); ++k) error = std::max(error, ulps(y[k], exact(static_cast<long double>(x[k]))));
  return error;
}

constexpr auto exponential = [](auto x) { return engram::exp(x); };
constexpr auto power_of_two = [](auto x) { return engram::exp2(x); };
constexpr auto squared_radius = [](auto x) { return minus_two_log(x); };
constexpr auto cosine = [](auto t) { decltype(t) c, s; return cos_sin_quarter(t, c, s), c; };
constexpr auto sine = [](auto t) { decltype(t) c, s; return cos_sin_quarter(t, c, s), s; };
constexpr long double quarter = 1.57079632679489661923132169163975144L;

}  // namespace

TEST_CASE_TEMPLATE("exp: at most 2 ulp", T, float, double) {
  using C = detail::exp_constants<T>;
  const auto exact = [](long double x) { return std::exp(x); };
  const double wide = worst(sweep<T>(C::low, C::high, 1 << 20), exponential, exact);
  const double near_zero = worst(sweep<T>(-1, 1, 1 << 20), exponential, exact);
  const double upstroke = worst(sweep<T>(-40, 18, 1 << 20), exponential, exact);  // (V - V_T)/D of the model
  MESSAGE("whole range " << wide << ", [-1, 1] " << near_zero << ", [-40, 18] " << upstroke << " ulp");
  CHECK(wide <= 2);
  CHECK(near_zero <= 2);
  CHECK(upstroke <= 2);
}

TEST_CASE_TEMPLATE("exp: where the reduction changes its integer", T, float, double) {
  std::vector<T> x;
  for (int n = -125; n <= 126; ++n)
    for (int k = -32; k < 32; ++k) x.push_back(static_cast<T>((n + 0.5) * 0.693147180559945309 * (1 + k * static_cast<double>(std::numeric_limits<T>::epsilon()))));
  CHECK(worst(x, exponential, [](long double v) { return std::exp(v); }) <= 2);
}

TEST_CASE_TEMPLATE("exp: special arguments", T, float, double) {
  using C = detail::exp_constants<T>;
  using limits = std::numeric_limits<T>;
  const auto top = static_cast<T>(std::exp(static_cast<long double>(C::high)));
  const auto bottom = static_cast<T>(std::exp(static_cast<long double>(C::low)));
  std::vector<T> x{0, T(-0.), limits::infinity(), limits::max(), -limits::infinity(), limits::lowest(), limits::denorm_min(), -limits::min()};
  x.resize(padded(x.size()));
  const auto y = on_lanes(x, exponential);
  CHECK(y[0] == 1);
  CHECK(y[1] == 1);
  for (int k : {2, 3}) CHECK(y[static_cast<std::size_t>(k)] == doctest::Approx(top).epsilon(4 * limits::epsilon()));
  for (int k : {4, 5}) CHECK(y[static_cast<std::size_t>(k)] == doctest::Approx(bottom).epsilon(4 * limits::epsilon()));
  CHECK(y[6] == 1);
  CHECK(y[7] == 1);
  CHECK(std::isfinite(y[2]));
  CHECK(y[4] > 0);
}

TEST_CASE_TEMPLATE("exp: a NaN stays a NaN, whatever its sign and payload", T, float, double) {
  using I = int_of<T>;
  std::vector<T> x;
  for (const T sign : {T(1), T(-1)})
    for (I payload : {I{0}, I{1}, I{2}, I{0x155}, I{0x1ff}, I{0x3ff}, I{0x7ff}, I{0x3fffff}})
      x.push_back(std::copysign(std::bit_cast<T>(std::bit_cast<I>(std::numeric_limits<T>::quiet_NaN()) | payload), sign));
  x.resize(padded(x.size()), std::numeric_limits<T>::quiet_NaN());
  for (const T y : on_lanes(x, exponential)) CHECK(std::isnan(y));
  for (const T each : x) CHECK(std::isnan(engram::exp(each)));
}

TEST_CASE_TEMPLATE("exp2: at most 2 ulp; clamped at the ends; a NaN stays a NaN", T, float, double) {
  using C = detail::exp_constants<T>;
  const auto exact = [](long double x) { return std::exp2(x); };
  const double wide = worst(sweep<T>(C::low2, C::high2, 1 << 20), power_of_two, exact);
  const double near_zero = worst(sweep<T>(-1, 1, 1 << 20), power_of_two, exact);
  MESSAGE("whole range " << wide << ", [-1, 1] " << near_zero << " ulp");
  CHECK(wide <= 2);
  CHECK(near_zero <= 2);
  std::vector<T> ends{std::numeric_limits<T>::infinity(), -std::numeric_limits<T>::infinity(), std::numeric_limits<T>::quiet_NaN()};
  ends.resize(padded(ends.size()));
  const auto y = on_lanes(ends, power_of_two);
  CHECK(std::isfinite(y[0]));
  CHECK(y[1] > 0);
  CHECK(std::isnan(y[2]));
  CHECK(std::isnan(engram::exp2(ends[2])));
}

TEST_CASE("-2 log: at most 4 ulp on (0, 1], never negative; a scale is exact") {
  const auto exact = [](long double x) { return -2 * std::log(x); };
  std::vector<float> tails;  // the uniforms of the Gaussian reach down to 2^-32
  for (int e = 0; e < 32; ++e)
    for (const float x : sweep<float>(std::ldexp(0.5, -e), std::ldexp(1., -e), 1 << 14)) tails.push_back(x);
  std::vector<float> near_one;  // every float from 1 - 2^-8 to 1
  for (float x = 1 - 0x1p-8f; x <= 1; x = std::nextafter(x, 2.f)) near_one.push_back(x);
  near_one.resize(near_one.size() / padding * padding);
  const double error = worst(tails, squared_radius, exact), edge = worst(near_one, squared_radius, exact);
  MESSAGE("(0, 1] " << error << ", just below 1 " << edge << " ulp");
  CHECK(error <= 4);
  CHECK(edge <= 4);
  for (const float y : on_lanes(near_one, squared_radius)) REQUIRE(y >= 0);
  CHECK(minus_two_log(1.f) == 0.f);
  for (const float x : tails) REQUIRE(minus_two_log<31>(std::ldexp(x, 31)) == minus_two_log(x));
}

TEST_CASE("-2 log in double: at most 3 ulp on (0, 1]") {
  const auto exact = [](long double x) { return -2 * std::log(x); };
  std::vector<double> tails;
  for (int e = 0; e < 1022; e += 7)
    for (const double x : sweep<double>(std::ldexp(0.5, -e), std::ldexp(1., -e), 1 << 8)) tails.push_back(x);
  const double error = worst(tails, squared_radius, exact), edge = worst(sweep<double>(0.99, 1, 1 << 14), squared_radius, exact);
  MESSAGE("(0, 1] " << error << ", just below 1 " << edge << " ulp");
  CHECK(error <= 3);
  CHECK(edge <= 3);
  CHECK(minus_two_log(1.) == 0.);
}

TEST_CASE("cos of quarter turns within 1.5e-7, sin within 3 ulp") {
  auto t = sweep<float>(-0x1.fffffep-1, 0x1.fffffep-1, 1 << 20);
  for (int e = 1; e < 34; ++e) t.push_back(std::ldexp(1.f, -e)), t.push_back(-std::ldexp(1.f, -e));
  t.resize(padded(t.size()), 0.25f);
  double c = 0;
  const auto y = on_lanes(t, cosine);
  for (std::size_t k = 0; k < t.size(); ++k) c = std::max(c, static_cast<double>(std::abs(y[k] - std::cos(quarter * t[k]))));
  const double s = worst(t, sine, [](long double x) { return std::sin(quarter * x); });
  MESSAGE("cos " << c << ", sin " << s << " ulp");
  CHECK(c <= 1.5e-7);
  CHECK(s <= 3);
  CHECK(cosine(0.f) == 1.f);
  CHECK(std::abs(cosine(1.f)) <= 1.5e-7f);
  CHECK(sine(0.f) == 0.f);
}
