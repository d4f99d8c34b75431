#include <doctest/doctest.h>

#include <engram/assembly/fate.hpp>

using namespace engram;
using namespace engram::literals;

namespace {
std::vector<AssemblyRow> rows(double AA, double AB, double AB_per_row = 0) {
  std::vector<AssemblyRow> out;
  for (int k = 0; k < 100; ++k) {
    AssemblyRow r{};
    r.t = 10. * k, r.AA = AA, r.AB = AB + AB_per_row * k;
    out.push_back(r);
  }
  return out;
}
Fate fate(const std::vector<AssemblyRow>& after) {
  AssemblyRow before{}, trained{};
  before.AA = before.AB = 0.18;
  trained.AA = 0.63, trained.AB = 0.3;
  return FateCriterion{}(before, trained, after);
}
}  // namespace

TEST_CASE("fates by the stated criterion, and undecided between them") {
  CHECK(fate(rows(0.9, 0.8)) == Fate::fused);
  CHECK(fate(rows(0.66, 0.2)) == Fate::segregated);
  CHECK(fate(rows(0.25, 0.2)) == Fate::faded);
  CHECK(fate(rows(0.66, 0.4)) == Fate::undecided);
  CHECK(fate(rows(0.35, 0.1)) == Fate::undecided);               // half faded
  CHECK(fate(rows(0.66, 0.2, 1e-3)) == Fate::undecided);         // low, but on its way up
  CHECK(fate({}) == Fate::undecided);
}

TEST_CASE("layout: lambda N cells in the overlap, the rest halved") {
  const auto l = TwoAssemblies::make(1000, 800, 0.1);
  CHECK(l.A.size == 350);
  CHECK(l.O.size == 100);
  CHECK(l.B.size == 350);
  CHECK(l.assemblies()[0].size() == 450);
  CHECK(TwoAssemblies::make(1000, 800, 0.8).A.size == 0);
  CHECK_THROWS_AS(TwoAssemblies::make(1000, 800, 0.81), config_error);
  CHECK_THROWS_AS(TwoAssemblies::make(1000, 800, -0.1), config_error);
}

TEST_CASE("presets: the numbers of docs/model.md, and errors that name the field") {
  const auto p = AssemblyPreset::paper();
  CHECK(p.rule_at(1).first.f_plus.value / 0.24 == doctest::Approx(3.32583e-3).epsilon(1e-5));
  CHECK(p.training_rule_at(1).first.f_plus.value / 0.24 == doctest::Approx(6.6545e-3).epsilon(1e-4));
  CHECK(p.rule_at(0).second.T_minus.value == doctest::Approx(29.975).epsilon(1e-5));
  CHECK(p.homeostatic().d.value == doctest::Approx(1.0368e-4));
  const auto r = AssemblyPreset::robust();
  CHECK(r.rule_at(0).second.T_minus.value == doctest::Approx(29.820).epsilon(1e-5));
  CHECK(r.training_rule_at(1).second.T_minus.value == doctest::Approx(29.685).epsilon(1e-4));
  CHECK(r.training_rule_at(1).kappa == 0);
  CHECK(window_integral(r.rule_at(1)).value / 0.24 == doctest::Approx(0.6 * -7.5e-4));
  auto changed = p;
  set(changed, "sigma", 5);
  CHECK(changed.sigma.value == 5);
  const auto field_of = [&](const std::string& name, double value) {
    try {
      set(changed, name, value);
    } catch (const config_error& e) {
      return e.field;
    }
    return std::string("accepted");
  };
  CHECK(field_of("tau", -1) == "tau");
  CHECK(field_of("p", 1.2) == "p");
  CHECK(field_of("W_EI_max", 1) == "W_EI_max");
  CHECK(field_of("nothing", 1) == "parameter");
  CHECK_THROWS_AS(AssemblyPreset::named("other"), config_error);
}

TEST_CASE("every parameter of a preset refuses NaN and what lies outside its range") {
  AssemblyPreset p;
  p.each([&](const std::string& name, auto&, const Range& range) {
    CAPTURE(name);
    AssemblyPreset q;
    CHECK_THROWS_AS(set(q, name, std::nan("")), config_error);
    if (range.low > any_finite.low) CHECK_THROWS_AS(set(q, name, range.low - 1), config_error);
    if (range.high < any_finite.high) CHECK_THROWS_AS(set(q, name, range.high + 1), config_error);
  });
}

TEST_CASE("the network: one dt beyond the refractory period, unreachable balance, wrong blocks") {
  const auto layout = TwoAssemblies::make(200, 160, 0.1);
  auto p = AssemblyPreset::robust();
  p.N = 200;
  CHECK_THROWS_AS(assembly_network(p, layout, 0, Clock{1.5_ms}, Seed{1}), config_error);
  CHECK_THROWS_AS(assembly_network(p, layout, 1.5, Clock{0.1_ms}, Seed{1}), config_error);
  auto sim = assembly_network(p, layout, 0, Clock{0.1_ms}, Seed{1});
  set_blocks(sim, p, layout, symmetric_blocks(0.5, 0.1, 0.4, 0.3, 0.6));
  AssemblyRecorder recorder{10_ms, p, layout};
  const auto row = recorder.read(sim);
  CHECK(row.AA == doctest::Approx(0.5).epsilon(1e-5));
  CHECK(row.AB == doctest::Approx(0.1).epsilon(1e-5));
  CHECK(row.AO == doctest::Approx(0.4).epsilon(1e-5));
  CHECK(row.OA == doctest::Approx(0.3).epsilon(1e-5));
  CHECK(row.OO == doctest::Approx(0.6).epsilon(1e-5));
  p.W_EI_max = Voltage{-0.01};
  CHECK_THROWS_AS(set_blocks(sim, p, layout, homogeneous(0.9)), config_error);
}

TEST_CASE("a blow-up ends the run and names population and cell; what was there stays readable") {
  const auto e = population("E", 40, ExpIF{}, Exponential{5_ms}, WhiteNoise{.mean = Voltage{1e6}, .sigma = 4_mV});
  auto sim = simulation<float>(Clock{0.1_ms}, Seed{1}, e);
  try {
    sim.run(1_s);
    FAIL("went on");
  } catch (const numerical_error& error) {
    CHECK(error.population == "E");
    CHECK(error.cell < 40);
    CHECK(error.value > 500);
  }
  auto& [E] = sim.populations();
  CHECK(std::isfinite(E.state()[0]));
  auto poisoned = simulation<float>(Clock{0.1_ms}, Seed{1}, population("E", 40, ExpIF{}, Exponential{5_ms}, WhiteNoise{}));
  auto& [P] = poisoned.populations();
  P.state()[17] = std::nanf("");
  try {
    poisoned.run(1_s);
    FAIL("went on");
  } catch (const numerical_error& error) {
    CHECK(error.cell == 17);
  }
}
