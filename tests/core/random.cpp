#include <doctest/doctest.h>

#include <engram/core/random.hpp>
#include "support/statistics.hpp"

#include <random>
#include <string>
#include <vector>

#if __has_include(<Random123/philox.h>)
#include <Random123/philox.h>
#endif

using namespace engram;
using namespace statistics;

namespace {

constexpr double p_low = 1e-3;

/// Normals of one block of 32 cells as a population draws them, step by step: z[step * 32 + cell].
template <class U = native_lanes<std::uint32_t>>
std::vector<float> block_noise(Seed seed, std::uint32_t stream, std::uint32_t block, std::size_t steps) {
  NoiseBlock source(seed, stream, block);
  std::vector<float> z(steps * padding);
  for (std::size_t n = 0; n < steps; ++n)
    for (std::size_t lane = 0; lane < logical_width; lane += lane_count<U>) {
      auto generator = source.read<U>(lane);
      const U w1 = generator(), w2 = generator();
      source.write(lane, generator);
      const auto pair = gaussian_pair(w1, w2);
      store(&z[n * padding + lane], pair.first);
      store(&z[n * padding + logical_width + lane], pair.second);
    }
  return z;
}

/// z score of the correlation of f(a) and f(b), for f of mean 0 and variance 1.
template <class F>
double correlation_score(const float* a, const float* b, std::size_t n, std::size_t stride, F&& f) {
  double sum = 0;
  for (std::size_t k = 0; k < n; ++k) sum += f(a[k * stride]) * f(b[k * stride]);
  return sum / std::sqrt(static_cast<double>(n));
}

constexpr auto value = [](float z) { return static_cast<double>(z); };
const auto power = [](float z) { return (double{z} * double{z} - 1) / std::sqrt(2.); };
const auto sign = [](float z) { return z < 0 ? -1. : 1.; };

/// The p values of many independent scores: uniform as a whole, and none too small to be one of so many.
void check_scores(const std::vector<double>& p, const std::string& what) {
  const double second = uniform_p(p), smallest = *std::min_element(p.begin(), p.end());
  MESSAGE(what << ": " << p.size() << " tests, uniform p = " << second << ", smallest " << smallest);
  CHECK(second > p_low);
  CHECK(smallest > p_low / static_cast<double>(p.size()));
}

}  // namespace

TEST_CASE("Philox4x32-10 known answers") {
  using Words = std::array<std::uint32_t, 4>;
  const auto ones = ~std::uint32_t{0};
  CHECK(philox({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({ones, ones, ones, ones}, {ones, ones}) == Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

#if __has_include(<Random123/philox.h>)
TEST_CASE("Philox4x32-10 against its authors' implementation") {
  std::mt19937 random(3);
  r123::Philox4x32 reference;
  for (int trial = 0; trial < 10000; ++trial) {
    std::array<std::uint32_t, 4> counter;
    std::array<std::uint32_t, 2> key;
    for (auto& word : counter) word = static_cast<std::uint32_t>(random());
    for (auto& word : key) word = static_cast<std::uint32_t>(random());
    const auto expected = reference({{counter[0], counter[1], counter[2], counter[3]}}, {{key[0], key[1]}});
    const auto words = philox(counter, key);
    for (unsigned k = 0; k < 4; ++k) REQUIRE(words[k] == expected[k]);
  }
}
#endif

TEST_CASE("Stream: the words of Philox in order; every name gives another stream") {
  Stream stream(Seed{0x123456789abcdef0}, Purpose::wiring, 7, 9);
  for (std::uint32_t n = 0; n < 5; ++n)
    for (const auto word : philox({n, 7, 9, static_cast<std::uint32_t>(Purpose::wiring)}, {0x9abcdef0, 0x12345678})) CHECK(stream() == word);

  const auto first = [](std::uint64_t seed, Purpose purpose, std::uint32_t a, std::uint32_t b) { return Stream(Seed{seed}, purpose, a, b).uniform(); };
  std::vector<double> u;
  for (const std::uint64_t seed : {1ull, 2ull, 1ull << 32})
    for (const auto purpose : {Purpose::noise, Purpose::signal, Purpose::wiring, Purpose::initial_state, Purpose::user})
      for (std::uint32_t a = 0; a < 4; ++a)
        for (std::uint32_t b = 0; b < 4; ++b) u.push_back(first(seed, purpose, a, b));
  std::sort(u.begin(), u.end());
  CHECK(std::adjacent_find(u.begin(), u.end()) == u.end());
}

TEST_CASE("Stream::uniform and Stream::normal follow their distributions") {
  std::vector<double> p_uniform, p_normal;
  for (std::uint32_t a = 0; a < 64; ++a) {
    Stream stream(Seed{11}, Purpose::user, a);
    std::vector<double> u(20000), z(20000);
    for (auto& x : u) x = stream.uniform();
    for (auto& x : z) x = stream.normal();
    CHECK(*std::min_element(u.begin(), u.end()) > 0);
    CHECK(*std::max_element(u.begin(), u.end()) < 1);
    p_uniform.push_back(ks_p(u, [](double x) { return x; }));
    p_normal.push_back(ks_p(z, normal_cdf));
  }
  check_scores(p_uniform, "uniform");
  check_scores(p_normal, "normal");
}

TEST_CASE("Stream::below is unbiased, also where a remainder would not be") {
  Stream stream(Seed{5}, Purpose::user);
  for (const std::uint32_t n : {1u, 2u, 3u, 7u, 100u}) {
    std::vector<double> count(n), expected(n, 200000. / n);
    for (int k = 0; k < 200000; ++k) {
      const auto x = stream.below(n);
      REQUIRE(x < n);
      ++count[x];
    }
    if (n > 1) CHECK(chi_square_p(count, expected) > p_low);
  }
  // n = 3/4 of 2^32: multiplied without rejection, every third value would come twice as often.
  const std::uint32_t n = 0xC0000000u;
  std::vector<double> residue(3), third(3);
  const double draws = 300000;
  for (double k = 0; k < draws; ++k) {
    const auto x = stream.below(n);
    REQUIRE(x < n);
    ++residue[x % 3];
    ++third[x / (n / 3)];
  }
  CHECK(chi_square_p(residue, {draws / 3, draws / 3, draws / 3}) > p_low);
  CHECK(chi_square_p(third, {draws / 3, draws / 3, draws / 3}) > p_low);
}

TEST_CASE("noise: the same bits on lanes and on plain numbers") {
  for (const std::uint32_t block : {0u, 5u}) CHECK(block_noise({3}, 1, block, 4000) == block_noise<std::uint32_t>({3}, 1, block, 4000));
}

TEST_CASE("Gaussian: every extreme word gives a finite number within 6.6") {
  const std::vector<std::uint32_t> edges{0u, 1u, 2u, 3u, 127u, 255u, 0x3fffffffu, 0x40000000u, 0x40000001u, 0x7fffffffu, 0x80000000u,
                                         0x80000001u, 0xbfffffffu, 0xc0000000u, 0xffffff00u, 0xfffffffeu, 0xffffffffu};
  double largest = 0;
  for (const auto w1 : edges)
    for (const auto w2 : edges) {
      const auto [a, b] = gaussian_pair(w1, w2);
      REQUIRE(std::isfinite(a));
      REQUIRE(std::isfinite(b));
      largest = std::max({largest, std::abs(double{a}), std::abs(double{b})});
    }
  CHECK(largest == doctest::Approx(std::sqrt(62 * std::log(2.))).epsilon(1e-6));  // the least uniform is 2^-31
  CHECK(largest < 6.6);
}

TEST_CASE("Gaussian: Kolmogorov and Smirnov, two levels") {
  std::vector<double> p;
  for (std::uint32_t block = 0; block < 100; ++block) {
    const auto z = block_noise({1}, 1, block, 1000);
    p.push_back(ks_p({z.begin(), z.end()}, normal_cdf));
  }
  check_scores(p, "KS of 32000 each");
}

TEST_CASE("Gaussian: chi-square of 2^26 numbers to the tails beyond 5, and moments") {
  const double width = 0.25, end = 5;
  const auto cells = static_cast<std::size_t>(2 * end / width) + 2;
  std::vector<double> count(cells), expected(cells);
  double m1 = 0, m2 = 0, m3 = 0, m4 = 0, total = 0;
  for (std::uint32_t block = 0; block < 64; ++block)
    for (const float z : block_noise({2}, 1, block, 1 << 15)) {
      const double x = z, x2 = x * x;
      ++count[static_cast<std::size_t>(std::clamp(std::floor((x + end) / width) + 1, 0., static_cast<double>(cells - 1)))];
      m1 += x, m2 += x2, m3 += x2 * x, m4 += x2 * x2, ++total;
    }
  const auto edge = [&](std::size_t k) { return k == 0 ? 0 : k == cells ? 1 : normal_cdf(-end + width * static_cast<double>(k - 1)); };
  for (std::size_t k = 0; k < cells; ++k) expected[k] = total * (k < cells / 2 ? edge(k + 1) - edge(k) : 0);
  for (std::size_t k = cells / 2; k < cells; ++k) expected[k] = expected[cells - 1 - k];  // no 1 - (1 - tiny)
  const double p = chi_square_p(count, expected);
  MESSAGE("chi-square p = " << p << "; beyond -5: " << count.front() << ", beyond 5: " << count.back() << " of " << expected.back());
  CHECK(p > p_low);
  CHECK(normal_p(m1 / std::sqrt(total)) > p_low);
  CHECK(normal_p((m2 - total) / std::sqrt(2 * total)) > p_low);
  CHECK(normal_p(m3 / std::sqrt(15 * total)) > p_low);
  CHECK(normal_p((m4 - 3 * total) / std::sqrt(96 * total)) > p_low);
}

TEST_CASE("Gaussian: no correlation in time, between cells, blocks, streams or seeds") {
  const std::size_t steps = 20000;
  const auto z = block_noise({1}, 1, 0, steps);
  std::vector<double> p;
  for (std::size_t cell = 0; cell < padding; ++cell)
    for (const std::size_t lag : {1u, 2u, 3u, 7u, 100u}) {
      const auto n = steps - lag;
      p.push_back(normal_p(correlation_score(&z[cell], &z[cell + lag * padding], n, padding, value)));
      p.push_back(normal_p(correlation_score(&z[cell], &z[cell + lag * padding], n, padding, power)));
      p.push_back(normal_p(correlation_score(&z[cell], &z[cell + lag * padding], n, padding, sign)));
    }
  check_scores(p, "serial");

  p.clear();
  for (std::size_t a = 0; a < padding; ++a)
    for (std::size_t b = 0; b < a; ++b) {  // cells k and 16 + k are the two halves of one Box-Muller pair
      p.push_back(normal_p(correlation_score(&z[a], &z[b], steps, padding, value)));
      p.push_back(normal_p(correlation_score(&z[a], &z[b], steps, padding, power)));
    }
  check_scores(p, "between cells");

  p.clear();
  const auto other_block = block_noise({1}, 1, 1, steps), other_stream = block_noise({1}, 2, 0, steps), other_seed = block_noise({2}, 1, 0, steps);
  for (const auto* other : {&other_block, &other_stream, &other_seed})
    for (std::size_t cell = 0; cell < padding; ++cell) {
      p.push_back(normal_p(correlation_score(&z[cell], &(*other)[cell], steps, padding, value)));
      p.push_back(normal_p(correlation_score(&z[cell], &(*other)[cell], steps, padding, power)));
    }
  check_scores(p, "between blocks, streams, seeds");
}
