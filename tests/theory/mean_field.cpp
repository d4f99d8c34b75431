#include "paper_mean_field.hpp"

#include <doctest/doctest.h>

using namespace paper;
using Eigen::MatrixXd;

namespace {

struct Five {
  double AA, AB, AO, OA, OO;
};

/// The five equations of Yang and Doiron 2025 written out by hand, for the paper's W_ab = N p w_ab (mV, 1/ms), with W_OO as
/// the third factor in AO and OA (the Methods' line for OA and the generic lambda W_aO W_Oa of Eq. 17 are wrong there).
Five by_hand(const AssemblyPopulations& two, const Five& W, double W_AI, double W_OI, const MotifCoefficients& E, const MotifCoefficients& I) {
  const double N = two.N_E + two.N_I, p = two.p, lambda = two.lambda, gamma_E = two.N_E / N, gamma_I = two.N_I / N;
  const double r = two.target.value, half = (gamma_E - lambda) / 2;
  const double S2 = E.Scc.value + E.Sfc.value + E.Sbc.value;  // Scc + Sfb where the three factors are symmetric
  const double Scc = E.Scc.value, Sfc = E.Sfc.value, Sbc = E.Sbc.value;
  const double Icc = I.Scc.value, Ifc = I.Sfc.value, Ibc = I.Sbc.value, W_IE = N * p * two.W_IE.value;
  const double zero = p * r * r * E.S0 * N;
  const auto first = [&](double forward, double back) { return E.Sf.value * forward + p * E.Sb.value * back; };
  const auto via_I = [&](double a, double b) { return p * gamma_I * (Icc * a * b + Ifc * a * W_IE + Ibc * b * W_IE); };
  return {
      zero + first(W.AA, W.AA) + via_I(W_AI, W_AI) +
          p * (S2 * half * (W.AA * W.AA + W.AB * W.AB) + lambda * (Scc * W.AO * W.AO + (Sfc + Sbc) * W.AO * W.OA)),
      zero + first(W.AB, W.AB) + via_I(W_AI, W_AI) +
          p * (S2 * half * 2 * W.AA * W.AB + lambda * (Scc * W.AO * W.AO + (Sfc + Sbc) * W.AO * W.OA)),
      zero + first(W.AO, W.OA) + via_I(W_AI, W_OI) +
          p * (half * (W.AA + W.AB) * (Scc * W.OA + Sfc * W.AO + Sbc * W.OA) + lambda * W.OO * (Scc * W.AO + Sfc * W.AO + Sbc * W.OA)),
      zero + first(W.OA, W.AO) + via_I(W_OI, W_AI) +
          p * (half * (W.AA + W.AB) * (Scc * W.OA + Sfc * W.OA + Sbc * W.AO) + lambda * W.OO * (Scc * W.AO + Sfc * W.OA + Sbc * W.AO)),
      zero + first(W.OO, W.OO) + via_I(W_OI, W_OI) +
          p * (2 * half * (Scc * W.OA * W.OA + (Sfc + Sbc) * W.OA * W.AO) + lambda * S2 * W.OO * W.OO)};
}

}  // namespace

TEST_CASE("the five equations of the paper are a case of the matrix form") {
  for (double kappa : {0., 0.3, 1.})
    for (double lambda : {0.1, 0.6}) {
      const AssemblyPopulations two{.lambda = lambda};
      const auto field = mean_field(two, kappa, {.bounded_inhibition = false});
      const AssemblyPopulations::Fractions x{0.9, 0.25, 0.7, 0.8, 0.95};
      const MatrixXd W = field.settled(two.weights(x)), d = pairwise(two.network(), field.drift(W)), paper = pairwise(two.network(), W);
      const Five hand = by_hand(two, {paper(0, 0), paper(0, 1), paper(0, 2), paper(2, 0), paper(2, 2)}, paper(0, 3), paper(2, 3),
                                field.coefficients(0, 0, 0, 0), field.coefficients(0, 0, 0, 3));
      CHECK(d(0, 0) == doctest::Approx(hand.AA).epsilon(1e-9));
      CHECK(d(1, 0) == doctest::Approx(hand.AB).epsilon(1e-9));
      CHECK(d(0, 2) == doctest::Approx(hand.AO).epsilon(1e-9));
      CHECK(d(2, 0) == doctest::Approx(hand.OA).epsilon(1e-9));
      CHECK(d(2, 2) == doctest::Approx(hand.OO).epsilon(1e-9));
      CHECK(d(0, 0) == doctest::Approx(d(1, 1)).epsilon(1e-12));
      // with W_Oa in the place of W_OO, as printed, AO and OA are something else
      const double printed = hand.OA - two.p * lambda * (paper(2, 2) - paper(0, 2)) * paper(2, 0) * field.coefficients(0, 0, 0, 0).Scc.value;
      if (kappa < 1) CHECK(std::abs(printed / hand.OA - 1) > 1e-3);
    }
}

TEST_CASE("inhibition follows the excitation as Eq. 16 says, with r_I for r^p") {
  const AssemblyPopulations two{.lambda = 0.2};
  const auto field = mean_field(two, 0, {.bounded_inhibition = false});
  const MatrixXd W = field.settled(two.weights({0.5, 0.2, 0.4, 0.3, 0.6})), paper = pairwise(two.network(), W);
  const auto r = field.rates(W);
  const double gamma_I = 0.2, r_I = r(3), mu_diff = neuron()->input_for(0.012) / (5 * r_I * gamma_I);
  CHECK(r(0) == doctest::Approx(0.012).epsilon(1e-7));
  CHECK(r(2) == doctest::Approx(0.012).epsilon(1e-7));
  CHECK(paper(0, 3) == doctest::Approx(mu_diff - 0.012 / (r_I * gamma_I) * (0.3 * (paper(0, 0) + paper(0, 1)) + 0.2 * paper(0, 2))).epsilon(1e-6));
  CHECK(paper(2, 3) == doctest::Approx(mu_diff - 0.012 / (r_I * gamma_I) * (0.6 * paper(2, 0) + 0.2 * paper(2, 2))).epsilon(1e-6));
}

TEST_CASE("order zero is the drift between Poisson trains, constants per spike included") {
  const AssemblyPopulations two{.lambda = 0.1};
  const auto field = mean_field(two, 0.5, {.order = Order::zero, .inhibition = Inhibition::dynamic});
  MatrixXd W = two.weights({0.3, 0.3, 0.3, 0.3, 0.3});
  W.col(3).head(3).setConstant(-0.2);
  const auto r = field.rates(W);
  const auto d = field.derivative(W);
  const auto rule = mix(0.5, causal, acausal);
  CHECK(d(0, 1) == doctest::Approx(chance_drift(rule, Rate{r(1)}, Rate{r(0)}).value).epsilon(1e-12));
  CHECK(d(2, 3) == doctest::Approx(chance_drift(Homeostatic{}, Rate{r(3)}, Rate{r(2)}).value).epsilon(1e-12));
  CHECK(d(3, 0) == 0);  // static
}

TEST_CASE("a neuron known to receive a synapse fires a little off the mean") {
  const AssemblyPopulations two{.lambda = 0.1};
  const auto plain = mean_field(two, 0, {.inhibition = Inhibition::dynamic}), known = mean_field(two, 0, {.inhibition = Inhibition::dynamic, .heterogeneous_rates = true});
  MatrixXd W = two.weights({1, 0.2, 1, 1, 1});
  W.col(3).head(3).setConstant(-0.6);
  const auto r = plain.rates(W);
  const double shift = 0.9 * -0.6 * 5 * plain.cell(0).chi(0).real() * r(3);
  CHECK(shift * 1e3 == doctest::Approx(-0.092).epsilon(0.03));  // Hz
  CHECK(known.derivative(W)(0, 3) - plain.derivative(W)(0, 3) == doctest::Approx(shift * r(3) * rules(0)[1].S0).epsilon(1e-6));
}

TEST_CASE("the drift of two uncoupled populations is r^2 S0") {
  const AssemblyPopulations two{.lambda = 0.1};
  const auto d = mean_field(two, 0, {.order = Order::all}).drift(two.weights({}));
  CHECK(two.fractions(d).AB * 1e3 == doctest::Approx(-1.2e-5).epsilon(2e-3));  // 1/s
}

TEST_CASE("truncated orders approach all orders as the weights vanish, each with its power") {
  const AssemblyPopulations two{.lambda = 0.3};
  const auto all = mean_field(two, 0.4, {.order = Order::all, .inhibition = Inhibition::dynamic});
  for (int order : {0, 1, 2}) {
    const auto truncated = mean_field(two, 0.4, {.order = static_cast<Order>(order), .inhibition = Inhibition::dynamic});
    const auto gap = [&](double scale) {
      MatrixXd W = scale * two.weights({0.9, 0.2, 0.7, 0.6, 0.8});
      W.col(3).head(3).setConstant(-0.5 * scale);
      return (all.derivative(W) - truncated.derivative(W)).topLeftCorner(3, 3).norm();
    };
    CHECK(std::log2(gap(0.02) / gap(0.01)) == doctest::Approx(order + 1).epsilon(0.05));
  }
}

TEST_CASE("splitting a population in two changes nothing") {
  const AssemblyPopulations two{.lambda = 0.2};
  for (Order order : {Order::one, Order::two, Order::all}) {
    const auto whole = mean_field(two, 0.3, {.order = order});
    const MatrixXd W = two.weights({0.8, 0.3, 0.7, 0.6, 0.9}), d = whole.drift(W);
    const auto base = two.network();
    auto net = PopulationNetwork::of({"A", "B", "O1", "O2", "I"});
    const std::array<Eigen::Index, 5> from{0, 1, 2, 2, 3};
    MatrixXd split(5, 5);
    for (Eigen::Index a = 0; a < 5; ++a) {
      const auto fa = from[static_cast<std::size_t>(a)];
      net.size(a) = base.size(fa) * (fa == 2 ? (a == 2 ? 0.3 : 0.7) : 1);
      net.input(a) = base.input(fa), net.inhibitory(a) = base.inhibitory(fa), net.target(a) = base.target(fa);
      for (Eigen::Index b = 0; b < 5; ++b) {
        const auto fb = from[static_cast<std::size_t>(b)];
        net.probability(a, b) = base.probability(fa, fb), net.rule(a, b) = base.rule(fa, fb);
        net.lower(a, b) = base.lower(fa, fb), net.upper(a, b) = base.upper(fa, fb), split(a, b) = W(fa, fb);
      }
    }
    net.signal = MatrixXd::Zero(5, 0);
    const auto each = neuron();
    const MeanField parts(net, {}, {each, each, each, each, each}, rules(0.3), grid(), {.order = order});
    const MatrixXd e = parts.drift(split);
    CHECK(e(0, 1) == doctest::Approx(d(0, 1)).epsilon(1e-9));
    CHECK(e(2, 0) == doctest::Approx(d(2, 0)).epsilon(1e-9));
    CHECK(e(2, 3) == doctest::Approx(d(2, 2)).epsilon(1e-9));
    CHECK(e(1, 3) == doctest::Approx(d(1, 2)).epsilon(1e-9));
  }
}

TEST_CASE("a common signal is a common input; two shared signals count twice") {
  const AssemblyPopulations two{.lambda = 0.1, .sigma_train = Voltage{1.5}};
  const auto silent = mean_field({.lambda = 0.1}, 0), trained = mean_field(two, 0), all = mean_field(two, 0, {.order = Order::all});
  const MatrixXd W = two.weights({}), gain = trained.drift(W) - silent.drift(W);
  const Cell E = trained.cell(0);
  const double one = 2 * 20 * 1.5 * 1.5 * overlap(rules(0)[0], motif::signal(E, E), grid()).value;
  CHECK(gain(0, 0) == doctest::Approx(one).epsilon(1e-9));
  CHECK(gain(2, 0) == doctest::Approx(one).epsilon(1e-9));
  CHECK(gain(2, 2) == doctest::Approx(2 * one).epsilon(1e-9));
  CHECK(std::abs(gain(0, 1)) < 1e-9 * one);
  const double through_I = all.drift(W)(0, 0) - silent.drift(W)(0, 0);  // inhibition answers the signal a little
  CHECK(through_I == doctest::Approx(one).epsilon(0.05));
}

TEST_CASE("frozen drift of a trained block, and thresholds, are the reference ones") {
  const AssemblyPopulations two{.lambda = 0.1};
  const auto AA = [&](double kappa) { return 1e3 * two.fractions(mean_field(two, kappa).drift(two.weights({1, 0.22, 1, 1, 1}))).AA; };
  CHECK(AA(0) == doctest::Approx(2.3e-5).epsilon(0.03));   // 1/s, as measured in an independent simulation
  CHECK(AA(1) == doctest::Approx(3.7e-5).epsilon(0.08));
}

TEST_CASE("inhibition that moves by its own rule comes to rest near the balance") {
  const AssemblyPopulations two{.lambda = 0.1};
  const auto fast = Homeostatic::for_target(Voltage{-0.24 * 0.06}, Time{30}, Rate{0.012});
  const auto each = neuron();
  const auto rules_of = std::vector{sample(mix(0., causal, acausal), grid()), sample(fast, grid())};
  const MeanField moving(two.network(), {}, {each, each, each, each}, rules_of, grid(), {.order = Order::all, .inhibition = Inhibition::dynamic});
  const auto balance = mean_field(two, 0);
  const MatrixXd start = two.weights({0.4, 0.4, 0.4, 0.4, 0.4});
  const auto path = trajectory(moving, start, {Time{0}, Time{3e5}});
  CHECK(moving.rates(start)(0) > 0.0125);
  // the covariance of the rule itself shifts the rate off the target by about a per cent
  CHECK(moving.rates(path.back())(0) == doctest::Approx(0.012).epsilon(0.02));
  CHECK(path.back()(0, 3) == doctest::Approx(balance.settled(start)(0, 3)).epsilon(0.1));
}

TEST_CASE("an operating point that follows the rates is the fixed one at the target") {
  const AssemblyPopulations two{.lambda = 0.3};
  for (Order order : {Order::two, Order::all}) {
    const auto fixed = mean_field(two, 0.2, {.order = order, .bounded_inhibition = false});
    const auto following = mean_field(two, 0.2, {.order = order, .bounded_inhibition = false, .follow_rates = true});
    const MatrixXd W = two.weights({0.7, 0.2, 0.5, 0.5, 0.6});
    CHECK(following.drift(W)(0, 1) == doctest::Approx(fixed.drift(W)(0, 1)).epsilon(1e-4));
  }
}

TEST_CASE("a network without a stationary state or a convergent response is refused with the number") {
  const AssemblyPopulations two{.lambda = 0.1, .W_EE_max = Voltage{40}, .W_EI_max = Voltage{-100}};
  const auto field = mean_field(two, 0, {.order = Order::all, .bounded_inhibition = false});
  CHECK_THROWS_WITH_AS(field.drift(two.weights({1, 0, 1, 1, 1})), doctest::Contains("spectral radius of W K"), config_error);
  const AssemblyPopulations loose{.lambda = 0.1, .W_EE_max = Voltage{3}};
  const auto runaway = mean_field(loose, 0, {.inhibition = Inhibition::dynamic});
  CHECK_THROWS_AS(runaway.drift(loose.weights({1, 1, 1, 1, 1})), config_error);
  CHECK_THROWS_AS(AssemblyPopulations{.lambda = 0.9}.network(), config_error);
  auto broken = two.network();
  broken.probability(0, 0) = 1.2;
  const auto each = neuron();
  CHECK_THROWS_WITH_AS(MeanField(broken, {}, {each, each, each, each}, rules(0), grid()), doctest::Contains("probability"), config_error);
  CHECK_THROWS_AS(MeanField(two.network(), {}, {each}, rules(0), grid()), config_error);
}
