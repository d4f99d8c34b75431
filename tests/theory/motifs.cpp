#include "paper.hpp"

#include <doctest/doctest.h>

#include <engram/theory/motif_table.hpp>

using namespace paper;

namespace {

/// A user's own rule: depression between two humps of potentiation, symmetric. No line of theory knows it.
struct MexicanHat {
  auto pre_then_post() const { return std::tuple{Decay{Voltage{2e-4}, Time{10}}, Decay{Voltage{-8e-5}, Time{30}}}; }
  auto post_then_pre() const { return pre_then_post(); }
};
static_assert(PairRule<MexicanHat>);

/// integral L(s) M(s) ds in the time domain, M(s) from its spectrum by the trapezium on a fine uniform grid of frequencies.
double in_time(const auto& rule, const auto& spectrum) {
  const double dw = 2e-3, dt = 0.25;
  const int nw = 3000, nt = 1200;
  double sum = 0;
  std::vector<std::complex<double>> M;
  for (int k = 0; k < nw; ++k) M.push_back(spectrum(k * dw + 1e-9));
  for (int n = -nt; n <= nt; ++n) {
    double value = 0;
    for (int k = 0; k < nw; ++k) value += (k == 0 ? 0.5 : 1) * std::real(M[static_cast<std::size_t>(k)] * std::polar(1., k * dw * n * dt));
    sum += dt * window(rule, Time{n * dt}).value * value * dw / std::numbers::pi;
  }
  return sum;
}

}  // namespace

TEST_CASE("coefficients are those of the reference table") {
  const Cell E = cell(mu_target), I = cell(0);  // the table has I at its rate without recurrence
  const auto in_units = [](Integral s) { return s.value / W_max; };
  const auto c = motif_coefficients(sample(causal, grid()), E, E, E, grid()), c_I = motif_coefficients(sample(causal, grid()), E, E, I, grid());
  CHECK(in_units(c.Sf) == doctest::Approx(2.36865e-7).epsilon(1e-4));
  CHECK(in_units(c.Sb) == doctest::Approx(-2.37063e-7).epsilon(1e-4));
  CHECK(in_units(c.Scc) == doctest::Approx(-1.824e-12).epsilon(1e-3));
  CHECK(in_units(c.Sfc) + in_units(c.Sbc) == doctest::Approx(-1.180e-12).epsilon(2e-3));
  CHECK(in_units(c_I.Scc) == doctest::Approx(-1.839e-12).epsilon(1e-3));
  CHECK(in_units(c_I.Sfc) + in_units(c_I.Sbc) == doctest::Approx(-1.192e-12).epsilon(2e-3));
  const auto a = motif_coefficients(sample(acausal, grid()), E, E, E, grid()), a_I = motif_coefficients(sample(acausal, grid()), E, E, I, grid());
  CHECK(in_units(a.Sf) == doctest::Approx(1.19483e-7).epsilon(1e-4));
  CHECK(in_units(a.Sb) == doctest::Approx(1.19251e-7).epsilon(1e-4));
  CHECK(in_units(a.Scc) == doctest::Approx(2.59223e-9).epsilon(1e-4));
  CHECK(in_units(a.Sfc) + in_units(a.Sbc) == doctest::Approx(1.96753e-10).epsilon(1e-3));
  CHECK(in_units(a_I.Scc) == doctest::Approx(2.61552e-9).epsilon(1e-4));
  CHECK(in_units(a_I.Sfc) + in_units(a_I.Sbc) == doctest::Approx(2.08840e-10).epsilon(1e-3));
  CHECK(c.S0 / W_max == doctest::Approx(-8.33e-5));
}

TEST_CASE("coefficients converge in dV and with the frequency grid") {
  const auto Sfb = [](Voltage dV, FrequencyRange range) {
    const FrequencyGrid g(range);
    const Cell E{ThresholdIntegration(ExpIF{}, Voltage{mu_target}, Voltage{4}, dV).response(g), {}, g};
    const auto c = motif_coefficients(sample(acausal, g), E, E, E, g);
    return std::array{c.Sf.value, c.Scc.value, c.Sfc.value + c.Sbc.value};
  };
  const auto fine = Sfb(Voltage{0.0025}, {.first = 0.01, .last = 320, .per_octave = 2});
  for (std::size_t k = 0; k < 3; ++k) {
    const double e1 = std::abs(Sfb(Voltage{0.04}, {})[k] / fine[k] - 1), e2 = std::abs(Sfb(Voltage{0.02}, {})[k] / fine[k] - 1);
    CHECK(std::abs(Sfb(Voltage{0.01}, {})[k] / fine[k] - 1) < 1e-5);
    CHECK(std::log2(e1 / e2) == doctest::Approx(2).epsilon(0.1));
    CHECK(Sfb(Voltage{0.01}, {.per_octave = 0.5})[k] == doctest::Approx(Sfb(Voltage{0.01}, {})[k]).epsilon(1e-6));
  }
}

TEST_CASE("a coefficient is the overlap of window and covariance in time, for any pair rule") {
  const Cell E = cell(mu_target);
  const ThresholdIntegration neuron(ExpIF{}, Voltage{mu_target}, Voltage{4});
  const Exponential filter{};
  const auto forward = [&](double w) { return neuron.respond(w).chi * filter.transform(w) * neuron.spectrum(w); };
  const auto common = [&](double w) { return std::norm(neuron.respond(w).chi * filter.transform(w)) * neuron.spectrum(w); };
  const MexicanHat hat;
  const auto c = motif_coefficients(sample(hat, grid()), E, E, E, grid());
  CHECK(c.Sf.value == doctest::Approx(in_time(hat, forward)).epsilon(1e-3));
  CHECK(c.Scc.value == doctest::Approx(in_time(hat, common)).epsilon(1e-3));
  // the sign of the lag: potentiation of pre before post makes the forward motif grow
  CHECK(motif_coefficients(sample(causal, grid()), E, E, E, grid()).Sf.value == doctest::Approx(in_time(causal, forward)).epsilon(3e-3));
}

TEST_CASE("symmetric windows do not know forward from backward") {
  const Cell E = cell(0);
  const auto c = motif_coefficients(sample(MexicanHat{}, grid()), E, E, E, grid());
  CHECK(c.Sf.value == doctest::Approx(c.Sb.value).epsilon(1e-12));
  CHECK(c.Sfc.value == doctest::Approx(c.Sbc.value).epsilon(1e-12));
}

TEST_CASE("a frequency grid that is too coarse or too narrow is refused with its error") {
  const FrequencyGrid coarse({.first = 3, .last = 12, .per_octave = 0.5});
  const Cell E{ThresholdIntegration(ExpIF{}, Voltage{0}, Voltage{4}).response(coarse), {}, coarse};
  const auto rule = sample(Acausal::balanced(VoltageRate{1e-5}, VoltageTime{0}, Time{300}, Time{300}), coarse);
  CHECK_THROWS_WITH_AS(motif_coefficients(rule, E, E, E, coarse), doctest::Contains("relative error of"), config_error);
  CHECK_THROWS_AS(Cell(cell(0), {}, coarse), config_error);
}
