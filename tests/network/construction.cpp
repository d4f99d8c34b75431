/// Construction, by property: whatever is within its range builds and runs; one value out of its range, in any field of any
/// policy, is refused by name before anything runs.
#include <doctest/doctest.h>

#include <engram/engram.hpp>

using namespace engram;
using namespace engram::literals;

namespace {

using Rule = Mix<Causal, Acausal>;

/// Everything that a network of two populations is built from.
struct Parts {
  Time dt;
  Index E, I;
  ExpIF excitatory;
  LIF inhibitory;
  Exponential receptor_E, receptor_I;
  WhiteNoise noise_E, noise_I;
  CommonSignal signal;
  Bernoulli wiring;
  Rule rule;
  Homeostatic homeostatic;
  HardBounds bounds, inhibitory_bounds;
  Voltage initial, inhibitory_initial;

  auto build() const {
    const auto e = population("E", E, excitatory, receptor_E, noise_E, signal);
    const auto i = population("I", I, inhibitory, receptor_I, noise_I);
    return simulation<float>(Clock{dt}, Seed{1}, e, i, connect(e, e, wiring, Weight{initial}, rule, bounds),
                             connect(i, e, wiring, Weight{inhibitory_initial}, homeostatic, inhibitory_bounds), connect(e, i, OneToOne{}, Weight{0.1_mV}));
  }
};

/// Uniform, and often one of the ends.
double within(Stream& random, double low, double high) {
  const auto choice = random.below(8);
  return choice == 0 ? low : choice == 1 ? high : low + (high - low) * random.uniform();
}

Parts valid(Stream& random) {
  const auto between = [&](double low, double high) { return within(random, low, high); };
  const auto mV = [&](double low, double high) { return Voltage{between(low, high)}; };
  const auto ms = [&](double low, double high) { return Time{between(low, high)}; };
  Parts p;
  p.dt = ms(0.01, 0.5);
  p.E = random.below(4) == 0 ? random.below(3) : random.below(400);
  p.I = random.below(4) == 0 ? random.below(3) : random.below(90);
  const Time refractory = random.below(3) == 0 ? Time{0} : ms(0.5, 5);
  p.excitatory = {ms(1, 50), mV(-70, -50), mV(-55, -45), mV(0.2, 5), mV(-40, 30), mV(-80, -56), refractory};
  p.inhibitory = {ms(1, 50), mV(-75, -50), mV(-50, -40), mV(-80, -51), refractory};
  p.receptor_E = {ms(0.1, 100), between(-2, 8)};
  p.receptor_I = {ms(0.1, 100), between(-2, 8)};
  p.noise_E = {mV(-20, 10), mV(0, 6)};
  p.noise_I = {mV(-20, 10), mV(0, 6)};
  const auto group = random.below(p.E + 1);
  p.signal = {mV(0, 3), {CellRange{0, group}, CellRange{group, p.E - group}}, random.below(2) == 0};
  p.wiring = {between(0, 1)};
  p.rule = mix(between(0, 1), Causal{mV(-0.01, 0.01), mV(-0.01, 0.01), ms(1, 100), ms(1, 100)},
               Acausal{VoltageRate{between(-1e-3, 1e-3)}, VoltageRate{between(-1e-3, 1e-3)}, ms(0, 60), ms(0, 60), ms(1, 100), ms(1, 100)});
  p.homeostatic = {mV(-1e-3, 0), mV(0, 1e-4), ms(1, 100)};
  p.bounds = random.below(4) == 0 ? unbounded : HardBounds{mV(-0.1, 0.1), mV(0.1, 0.5)};
  p.initial = p.bounds.high.value > 1 ? mV(-1, 1) : mV(p.bounds.low.value, p.bounds.high.value);
  p.inhibitory_bounds = {mV(-1, -0.5), Voltage{0}};
  p.inhibitory_initial = mV(-0.5, 0);
  return p;
}

/// Puts one value of a policy out of its range; returns the field's name.
template <class Policy>
std::string spoil(Policy& policy, Stream& random) {
  const auto chosen = random.below(static_cast<std::uint32_t>(std::tuple_size_v<decltype(Policy::fields())>));
  std::uint32_t k = 0;
  std::string name;
  for_each_field(policy, [&](const auto& f) {
    if (k++ != chosen) return;
    using unit = typename std::decay_t<decltype(f)>::unit;
    std::vector<double> bad{std::nan("")};
    if (std::isfinite(f.range.low)) bad.push_back(-std::numeric_limits<double>::infinity());
    if (std::isfinite(f.range.high)) bad.push_back(std::numeric_limits<double>::infinity());
    if (f.range.low > any_finite.low) bad.insert(bad.end(), 2, f.range.low_open ? f.range.low : f.range.low - 1);
    if (f.range.high < any_finite.high) bad.insert(bad.end(), 2, f.range.high_open ? f.range.high : f.range.high + 1);
    policy.*f.member = unit::make(bad[random.below(static_cast<std::uint32_t>(bad.size()))]);
    name = f.name;
  });
  return name;
}

/// One thing wrong with the parts, and what an error must call it.
std::string spoil(Parts& p, Stream& random) {
  switch (random.below(18)) {
    case 0: return "E.neuron." + spoil(p.excitatory, random);
    case 1: return "I.neuron." + spoil(p.inhibitory, random);
    case 2: return "E.receptor." + spoil(p.receptor_E, random);
    case 3: return "I.receptor." + spoil(p.receptor_I, random);
    case 4: return "E.input." + spoil(p.noise_E, random);
    case 5: return "E.input." + spoil(p.signal, random);
    case 6: return "I.input." + spoil(p.noise_I, random);
    case 7: return "E->E.wiring." + spoil(p.wiring, random);
    case 8: return "E->E.rule." + spoil(p.rule, random);
    case 9: return "E->E.rule.first." + spoil(p.rule.first, random);
    case 10: return "E->E.rule.second." + spoil(p.rule.second, random);
    case 11: return "I->E.rule." + spoil(p.homeostatic, random);
    case 12: return "E->E.bounds." + spoil(p.bounds, random);
    case 13: p.inhibitory_bounds = {Voltage{0.5}, Voltage{-0.5}}; return "I->E.bounds.high";
    case 14: p.inhibitory_initial = Voltage{p.inhibitory_bounds.low.value - 0.1}; return "I->E.initial";
    case 15: p.dt = Time{random.below(2) == 0 ? 0. : std::nan("")}; return "Clock.dt";
    case 16: p.dt = p.excitatory.refractory.value > 0 ? 1.01 * p.excitatory.refractory : p.excitatory.tau; return "Clock.dt";
    default: p.signal.members.push_back(CellRange{p.E, 1}); return "CommonSignal.members";
  }
}

}  // namespace

TEST_CASE("300 random valid networks build and run") {
  Stream random(Seed{11}, Purpose::user);
  for (int k = 0; k < 300; ++k) {
    CAPTURE(k);
    const Parts parts = valid(random);
    auto sim = parts.build();
    sim.set_guard({.highest_rate = Rate{1e6}});  // some of them fire at every step
    CHECK_NOTHROW(sim.run(30.0 * parts.dt));
    CHECK(sim.steps_done() == 30);
  }
}

TEST_CASE("1000 random networks with one thing wrong are refused by its name") {
  Stream random(Seed{12}, Purpose::user);
  for (int k = 0; k < 1000; ++k) {
    Parts parts = valid(random);
    const std::string name = spoil(parts, random);
    CAPTURE(k);
    CAPTURE(name);
    try {
      parts.build();
      FAIL_CHECK("accepted");
    } catch (const config_error& e) {
      CHECK(e.field == name);
      CHECK(!e.value.empty());
      CHECK(!e.allowed.empty());
    }
  }
}
