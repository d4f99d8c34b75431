#include <doctest/doctest.h>

#include <engram/plasticity/acausal.hpp>
#include <engram/plasticity/causal.hpp>
#include <engram/plasticity/homeostatic.hpp>
#include <engram/plasticity/mix.hpp>

#include <numbers>

#include "oracle/rule.hpp"

using namespace engram;
using namespace engram::literals;

namespace {

constexpr double w_max = 0.24;

const Causal causal{Voltage{1.1}, Voltage{0.9}, 15_ms, 30_ms};
const Acausal acausal{VoltageRate{0.02}, VoltageRate{0.03}, 28_ms, 17_ms, 25_ms, 12_ms};
const Homeostatic homeostatic{Voltage{-0.4}, Voltage{0.07}, 33_ms};

const oracle::Rule causal_oracle = oracle::causal(1.1, 0.9, 15, 30);
const oracle::Rule acausal_oracle = oracle::acausal(0.02, 0.03, 28, 17, 25, 12);
const oracle::Rule homeostatic_oracle = oracle::homeostatic(-0.4, 0.07, 33);

/// A rule of one's own, with everything that a rule can have.
struct Own {
  constexpr auto pre_then_post() const { return std::tuple{Decay{1_mV, 10_ms}, SlopedDecay{-0.5_mV, 0.1_mV_per_ms, 7_ms}, Decay{0.2_mV, 50_ms}}; }
  constexpr auto post_then_pre() const { return std::tuple<>{}; }
  constexpr Voltage per_pre() const { return 0.3_mV; }
  constexpr Voltage per_post() const { return -0.2_mV; }
};
static_assert(PairRule<Own>);

/// Simpson's rule over one side of a window, lags h, 2h, ... and both ends taken as limits from inside.
template <class F>
auto side_quadrature(F&& f) {
  const double end = 1500, h = 0.01;
  auto sum = f(1e-12) + f(end);
  for (int k = 1; k * h < end - h / 2; ++k) sum += (k % 2 ? 4. : 2.) * f(k * h);
  return sum * (h / 3);
}

template <class R>
double quadrature(const R& rule) {
  return side_quadrature([&](double s) { return window(rule, Time{s}).value; }) + side_quadrature([&](double s) { return window(rule, Time{-s}).value; });
}

template <class R>
std::complex<double> transform_quadrature(const R& rule, double omega) {
  const auto side = [&](double direction) {
    return side_quadrature([&](double s) { return window(rule, Time{direction * s}).value * std::polar(1., -omega * direction * s); });
  };
  return side(1) + side(-1);
}

template <class R>
void check_against(const R& rule, const oracle::Rule& expected) {
  for (double s = -120; s <= 120; s += 0.5) CHECK(window(rule, Time{s}).value == doctest::Approx(expected(s)).epsilon(1e-14));
  CHECK(window(rule, 0_ms).value == doctest::Approx((expected.after(0) + expected.before(0)) / 2).epsilon(1e-14));
  CHECK(per_pre(rule).value == doctest::Approx(expected.per_pre));
  CHECK(per_post(rule).value == doctest::Approx(expected.per_post));
}

template <class R>
void check_integrals(const R& rule) {
  CHECK(window_integral(rule).value == doctest::Approx(quadrature(rule)).epsilon(1e-8));
  CHECK(window_transform(rule, 0).real() == doctest::Approx(window_integral(rule).value).epsilon(1e-12));
  const double scale = std::abs(window_transform(rule, 0.05)) + std::abs(window_integral(rule).value);
  for (const double omega : {-0.5, 0.001, 0.05, 0.3, 2.}) CHECK(std::abs(window_transform(rule, omega) - transform_quadrature(rule, omega)) < 1e-8 * scale);
}

}  // namespace

TEST_CASE("window: every rule is its equation, both sides, half rule at 0") {
  check_against(causal, causal_oracle);
  check_against(acausal, acausal_oracle);
  check_against(homeostatic, homeostatic_oracle);
  check_against(mix(0.3, causal, acausal), oracle::mix(0.3, causal_oracle, acausal_oracle));
  check_against(mix(0.6, homeostatic, Own{}),
                oracle::mix(0.6, homeostatic_oracle,
                            {[](double s) { return std::exp(-s / 10) + (0.1 * s - 0.5) * std::exp(-s / 7) + 0.2 * std::exp(-s / 50); },
                             [](double) { return 0.; }, 0.3, -0.2}));
}

TEST_CASE("window: integral and Fourier transform against quadrature") {
  check_integrals(causal);
  check_integrals(acausal);
  check_integrals(homeostatic);
  check_integrals(Own{});
  check_integrals(mix(0.3, causal, acausal));
  check_integrals(mix(0.6, mix(0.2, causal, Own{}), homeostatic));
}

TEST_CASE("window: the transform of an even window is real, of an odd one imaginary") {
  const Causal odd{1_mV, 1_mV, 20_ms, 20_ms};
  for (const double omega : {0.01, 0.1, 1.}) {
    CHECK(std::abs(window_transform(odd, omega).real()) < 1e-14);
    CHECK(window_transform(odd, omega).imag() < 0);  // potentiation at positive lags
    CHECK(std::abs(window_transform(homeostatic, omega).imag()) < 1e-14);
  }
}

TEST_CASE("mix: linear in kappa; its ends are its parts") {
  for (const double omega : {0., 0.02, 0.4})
    for (const double kappa : {0., 0.25, 1.}) {
      const auto expected = kappa * window_transform(causal, omega) + (1 - kappa) * window_transform(acausal, omega);
      CHECK(std::abs(window_transform(mix(kappa, causal, acausal), omega) - expected) < 1e-13 * std::abs(expected));
    }
  for (const double s : {-31., 0., 4.}) {
    CHECK(window(mix(1, causal, acausal), Time{s}).value == window(causal, Time{s}).value);
    CHECK(window(mix(0, causal, acausal), Time{s}).value == window(acausal, Time{s}).value);
  }
}

TEST_CASE("balanced rules have the integral that was asked for") {
  for (const double S0 : {-8.33e-5, 0., 2e-3}) {
    CHECK(window_integral(Causal::balanced(0.7_mV, VoltageTime{S0}, 15_ms, 30_ms)).value == doctest::Approx(S0).epsilon(1e-9).scale(1));
    CHECK(window_integral(Acausal::balanced(0.02_mV_per_ms, VoltageTime{S0}, 28_ms, 25_ms)).value == doctest::Approx(S0).epsilon(1e-9).scale(1));
  }
  CHECK(Homeostatic::for_target(homeostatic.f, homeostatic.tau, 7_Hz).target() / 1_Hz == doctest::Approx(7));
}

TEST_CASE("the numbers of the model") {
  const VoltageTime S0{-8.33e-5 * w_max};
  const auto c = Causal::balanced(Voltage{3.33e-3 * w_max}, S0, 20_ms, 20_ms);
  CHECK(c.f_plus.value / w_max == doctest::Approx(3.3258e-3).epsilon(2e-5));
  CHECK(Causal::balanced(Voltage{3.33e-3 * w_max}, S0, 15_ms, 30_ms).f_plus.value / w_max == doctest::Approx(6.6545e-3).epsilon(2e-5));
  CHECK(Acausal::balanced(VoltageRate{1.11e-4 * w_max}, S0, 30_ms, 30_ms).T_minus / 1_ms == doctest::Approx(29.975).epsilon(2e-6));
  CHECK(Acausal::balanced(VoltageRate{1.11e-4 * w_max}, VoltageTime{-1.05e-3 * w_max}, 30_ms, 30_ms).T_minus / 1_ms == doctest::Approx(29.685).epsilon(2e-5));
  CHECK(Acausal::balanced(VoltageRate{1.11e-4 * w_max}, VoltageTime{-6e-4 * w_max}, 30_ms, 30_ms).T_minus / 1_ms == doctest::Approx(29.820).epsilon(2e-5));
  CHECK(Homeostatic::for_target(Voltage{-6e-4 * w_max}, 30_ms, 12_Hz).d.value == doctest::Approx(1.0368e-4).epsilon(1e-12));
}

TEST_CASE("the defaults are the model's table") {
  CHECK(window_integral(Causal{}).value / w_max == doctest::Approx(-8.33e-5).epsilon(1e-4));
  CHECK(window_integral(Acausal{}).value / w_max == doctest::Approx(-8.33e-5).epsilon(1e-4));
  CHECK(Homeostatic{}.target() / 1_Hz == doctest::Approx(12));
  CHECK(window(Causal{}, Time{1e-9}).value / w_max == doctest::Approx(3.3258e-3).epsilon(2e-5));
  CHECK(window(Causal{}, Time{-1e-9}).value / w_max == doctest::Approx(-3.33e-3));
  CHECK(window(Acausal{}, Time{1e-9}).value / w_max == doctest::Approx(1.11e-4 * 30));
}

TEST_CASE("chance drift: pairs at chance, plus what each spike adds by itself") {
  CHECK(chance_drift(Causal{}, 10_Hz, 20_Hz).value == doctest::Approx(0.01 * 0.02 * window_integral(Causal{}).value));
  CHECK(chance_drift(Own{}, 10_Hz, 20_Hz).value == doctest::Approx(0.01 * 0.02 * window_integral(Own{}).value + 0.01 * 0.3 - 0.02 * 0.2));
  const Homeostatic rule;
  CHECK(std::abs(chance_drift(rule, 5_Hz, rule.target()).value) < 1e-18);
  CHECK(chance_drift(rule, 5_Hz, 2 * rule.target()).value < 0);  // too much output strengthens inhibition
}
