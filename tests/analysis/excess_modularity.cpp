#include <doctest/doctest.h>

#include <string>

#include <engram/analysis/excess_modularity.hpp>

#include "reference_graphs.hpp"

using namespace engram;
using namespace engram::analysis;

namespace {

const CellTypes types{100, 25};

/// Exponential weights, I ones 6.5 times larger; pairs within one of `groups` assemblies `boost` times stronger, among
/// E cells only or among all.
Eigen::MatrixXd weights(double boost, bool inhibition_too, std::uint64_t seed, Eigen::Index groups = 4) {
  Eigen::MatrixXd W = reference::random_weights(125, 1, seed);
  for (Eigen::Index i = 0; i < 125; ++i)
    for (Eigen::Index j = 0; j < 125; ++j) {
      const bool excitatory = i < 100 && j < 100;
      if ((excitatory || inhibition_too) && i % groups == j % groups) W(i, j) *= boost;
      if (j >= 100) W(i, j) *= 6.5;
    }
  return W;
}

using Metric = ExcessModularity (*)(const Graph&, const CellTypes&, const ExcessOptions&);
constexpr Metric metrics[] = {excess_modularity_q10, excess_modularity_weighted, excess_modularity_raw,
                              excess_modularity_signed};
const std::string names[] = {"q10", "weighted", "raw", "signed"};

}  // namespace

TEST_CASE("excess modularity: q10 keeps a tenth of every block, whatever the weights") {
  const Graph kept = strongest_synapses(weights(1, false, 1), types, 0.1);
  CHECK(kept.entries() == 990 + 250 + 250 + 60);
  CHECK(static_cast<double>(kept.entries()) / (125 * 125) == doctest::Approx(0.0992));
  const auto blocks = magnitudes_by_block(kept, types);
  CHECK(blocks[0].size() == 990);
  CHECK(blocks[3].size() == 60);
  // The kept ones are the largest: none left out exceeds one kept.
  const Eigen::MatrixXd W = weights(1, false, 1);
  Eigen::MatrixXd left = W.topLeftCorner(100, 100);
  double smallest = 1e9;
  for (const Edge& e : blocks[0]) {
    smallest = std::min(smallest, W(e.post, e.pre));
    left(e.post, e.pre) = 0;
  }
  CHECK(left.maxCoeff() <= smallest);
}

TEST_CASE("excess modularity: ties are broken without structure, absent synapses are never kept") {
  const Eigen::MatrixXd equal = Eigen::MatrixXd::Ones(125, 125);
  const auto tied = excess_modularity_q10(equal, types);
  CHECK(std::abs(tied.excess()) < 0.02);
  Eigen::MatrixXd sparse = Eigen::MatrixXd::Zero(125, 125);
  sparse(3, 4) = sparse(120, 7) = 1;
  CHECK(strongest_synapses(sparse, types, 0.1).entries() == 2);
}

TEST_CASE("excess modularity: chance networks have none in any metric") {
  // 8 networks; the mean must be 0 within 4 standard errors, measured over the networks. Each metric.
  for (std::size_t m = 0; m < 4; ++m) {
    double mean = 0, squares = 0, Q = 0, null = 0;
    const int networks = 8;
    for (std::uint64_t seed = 0; seed < networks; ++seed) {
      ExcessOptions options{.louvain = {.restarts = 5, .perturbations = 0}};
      options.null.seed = Seed{seed};
      const auto e = metrics[m](weights(1, false, seed), types, options);
      mean += e.excess() / networks;
      squares += e.excess() * e.excess() / networks;
      Q += e.Q / networks;
      null += e.null_mean / networks;
    }
    const double error = std::sqrt((squares - mean * mean) / (networks - 1));
    MESSAGE(names[m] << " of chance networks: Q " << Q << ", null " << null << ", excess " << mean << " +- " << error);
    CHECK(std::abs(mean) < 4 * error);
    CHECK(error < 0.003);
  }
}

TEST_CASE("excess modularity: with the plain search, q10 of untrained weights is that of the prototype") {
  // Table A of the prototype: Q 0.165 before training, null 0.159 to 0.163 (its weights are those of a trained net's
  // initialisation: exponential too).
  ExcessOptions options;
  options.louvain = Louvain::plain();
  double Q = 0, null = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const auto e = excess_modularity_q10(weights(1, false, seed), types, options);
    Q += e.Q / 10;
    null += e.null_mean / 10;
  }
  MESSAGE("plain search: q10 Q " << Q << ", null " << null);
  CHECK(std::abs(Q - 0.165) < 0.004);
  CHECK(std::abs(null - 0.161) < 0.006);
}

TEST_CASE("excess modularity: assemblies are found, and grow with their strength") {
  const ExcessOptions options{.louvain = {.restarts = 3, .perturbations = 2}};
  for (std::size_t m = 0; m < 4; ++m) {
    const auto weak = metrics[m](weights(1.6, false, 1), types, options);
    const auto strong = metrics[m](weights(3, false, 1), types, options);
    MESSAGE(names[m] << ": excess " << weak.excess() << " (boost 1.6), " << strong.excess() << " (boost 3)");
    CHECK(strong.excess() > 0.05);
    CHECK(strong.excess() > weak.excess());
    CHECK(strong.excess() > 10 * strong.null_sd);
  }
}

TEST_CASE(
    "excess modularity: I to E synapses inside assemblies raise abs(W) and lower the signed Q of the assemblies") {
  const ExcessOptions options{.louvain = {.restarts = 3, .perturbations = 2}};
  const auto only_E = weights(3, false, 2);
  Eigen::MatrixXd with_I = only_E;
  Labels planted(125);
  for (Node i = 0; i < 125; ++i) planted[i] = i % 4;
  for (Eigen::Index i = 0; i < 100; ++i)
    for (Eigen::Index j = 100; j < 125; ++j)
      if (i % 4 == j % 4) with_I(i, j) *= 3;
  CHECK(excess_modularity_weighted(with_I, types, options).excess() >
        excess_modularity_weighted(only_E, types, options).excess() + 0.01);
  const auto signed_Q = [&](const Eigen::MatrixXd& W, const Labels& labels) {
    return modularity(signed_by_type(block_normalised(W, types), types), labels);
  };
  CHECK(signed_Q(with_I, planted) < signed_Q(only_E, planted) - 0.02);
  // The search then moves I cells out of the assembly that they inhibit, so that its Q says little of this.
  const auto found = excess_modularity_signed(with_I, types, options);
  MESSAGE("signed Q of planted assemblies: I outside " << signed_Q(only_E, planted) << ", inside "
                                                       << signed_Q(with_I, planted) << ", found " << found.Q);
  CHECK(found.Q > signed_Q(with_I, planted) + 0.02);
}

TEST_CASE("excess modularity: raw Q rises with sparsity alone, the excess does not") {
  const ExcessOptions options{.louvain = {.restarts = 3, .perturbations = 0}};
  const auto dense = excess_modularity_raw(reference::random_weights(125, 1, 5), {125}, options);
  const auto sparse = excess_modularity_raw(reference::random_weights(125, 0.3, 5), {125}, options);
  CHECK(sparse.Q > dense.Q + 0.05);
  CHECK(std::abs(sparse.excess()) < 0.012);
  CHECK(std::abs(dense.excess()) < 0.012);
}

TEST_CASE("excess modularity: on sparse weights only degree-preserving places give an unbiased null") {
  const auto mean_and_error = [](Placement placement) {
    ExcessOptions options{.louvain = {.restarts = 3, .perturbations = 0}};
    options.null.placement = placement;
    double mean = 0, squares = 0;
    const int networks = 12;
    for (std::uint64_t seed = 0; seed < networks; ++seed) {
      options.null.seed = Seed{seed};
      const double e = excess_modularity_weighted(reference::random_weights(125, 0.3, seed), types, options).excess();
      mean += e / networks;
      squares += e * e / networks;
    }
    return std::pair{mean, std::sqrt((squares - mean * mean) / (networks - 1))};
  };
  const auto swapped = mean_and_error(Placement::swapped_synapses), any = mean_and_error(Placement::any_pair);
  MESSAGE("chance, density 0.3: weighted excess " << swapped.first << " +- " << swapped.second << " (swapped), "
                                                  << any.first << " +- " << any.second << " (any pair)");
  CHECK(std::abs(swapped.first) < 4 * swapped.second);
  CHECK(any.first < -4 * any.second);
}

TEST_CASE("excess modularity: the same seeds, the same answer; signs of the input do not matter") {
  const auto W = weights(2, false, 3);
  const ExcessOptions options{.louvain = Louvain::quick()};
  Eigen::MatrixXd negative = W;
  negative.rightCols(25) *= -1;
  for (const Metric metric : metrics) {
    const auto a = metric(W, types, options), b = metric(negative, types, options);
    CHECK(a.Q == b.Q);
    CHECK(a.null_mean == b.null_mean);
    CHECK(a.labels == b.labels);
  }
}

TEST_CASE("excess modularity: bad input") {
  const auto W = weights(1, false, 1);
  CHECK_THROWS_AS(excess_modularity_q10(W, {100, 24}), config_error);
  CHECK_THROWS_WITH_AS(excess_modularity_q10(W, types, {.strongest = 0}),
                       "ExcessOptions.strongest = 0: allowed is (0, 1]", config_error);
  CHECK_THROWS_AS(excess_modularity_raw(W, types, {.null = {.samples = 0}}), config_error);
  CHECK_THROWS_AS(excess_modularity_raw(W, types, {.louvain = {.restarts = 0}}), config_error);
  CHECK_THROWS_AS(excess_modularity_raw(Eigen::MatrixXd(Eigen::MatrixXd::Zero(125, 125)), types), config_error);
}
