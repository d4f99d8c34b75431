/// Every operation on lanes gives, lane by lane, the bits of the same operation on a plain number: that is what makes
/// one text serve every instruction set.
#include <doctest/doctest.h>

#include <engram/core/aligned.hpp>
#include <engram/core/simd.hpp>

#include <limits>
#include <random>
#include <vector>

using namespace engram;

namespace {

template <class T>
std::vector<T> numbers() {
  std::mt19937 random(5);
  std::vector<T> x;
  if constexpr (std::floating_point<T>) {
    using limits = std::numeric_limits<T>;
    x = {0, T(-0.), 1, -1, limits::min(), limits::denorm_min(), limits::max(), limits::lowest(), limits::infinity(), -limits::infinity(), limits::quiet_NaN(), limits::epsilon()};
    std::normal_distribution<double> normal;
    while (x.size() < 256) x.push_back(static_cast<T>(normal(random) * std::exp(8 * normal(random))));
  } else {
    x = {0, 1, static_cast<T>(~T{0}), std::numeric_limits<T>::max(), std::numeric_limits<T>::min()};
    while (x.size() < 256) x.push_back(static_cast<T>(random()));
  }
  return x;
}

template <class T>
bool same(T a, T b) {
  if constexpr (std::floating_point<T>)
    if (std::isnan(a) && std::isnan(b)) return true;
  return std::bit_cast<int_of<T>>(a) == std::bit_cast<int_of<T>>(b);
}

/// f of three numbers, on lanes and plainly, over all pairs of offsets between the arguments.
template <class T, class F>
bool agree(F&& f) {
  using B = native_lanes<T>;
  const auto x = numbers<T>();
  const std::size_t n = x.size(), lanes = lane_count<B>;
  for (std::size_t shift = 0; shift + lanes < n; ++shift)
    for (std::size_t k = 0; k + lanes <= n; k += lanes) {
      const std::size_t b = (k + shift) % (n - lanes), c = (k + 3 * shift + 7) % (n - lanes);
      using R = scalar_t<decltype(f(B(), B(), B()))>;
      R out[lanes];
      store(&out[0], f(load<B>(&x[k]), load<B>(&x[b]), load<B>(&x[c])));
      for (std::size_t l = 0; l < lanes; ++l)
        if (!same(out[l], f(x[k + l], x[b + l], x[c + l]))) return false;
    }
  return true;
}

}  // namespace

TEST_CASE_TEMPLATE("lanes: arithmetic, min, max, where and fma are those of plain numbers", T, float, double) {
  CHECK(agree<T>([](auto a, auto b, auto) { return a + b; }));
  CHECK(agree<T>([](auto a, auto b, auto) { return a - b; }));
  CHECK(agree<T>([](auto a, auto b, auto) { return a * b; }));
  CHECK(agree<T>([](auto a, auto b, auto) { return a / b; }));
  CHECK(agree<T>([](auto a, auto, auto) { return -a; }));
  CHECK(agree<T>([](auto a, auto, auto) { return engram::sqrt(a); }));
  CHECK(agree<T>([](auto a, auto b, auto c) { return engram::fma(a, b, c); }));
  CHECK(agree<T>([](auto a, auto b, auto) { return engram::min(a, b); }));
  CHECK(agree<T>([](auto a, auto b, auto) { return engram::max(a, b); }));
  CHECK(agree<T>([](auto a, auto b, auto c) { return where(a < b, b, c); }));
  CHECK(agree<T>([](auto a, auto b, auto c) { return where(a <= b, b, c); }));
  CHECK(agree<T>([](auto a, auto b, auto c) { return where(a > b, b, c); }));
  CHECK(agree<T>([](auto a, auto b, auto c) { return where(a >= b, b, c); }));
  CHECK(agree<T>([](auto a, auto b, auto c) { return where(a == b, b, c); }));
  CHECK(agree<T>([](auto a, auto b, auto c) { return where(a != b, b, c); }));
  CHECK(agree<T>([](auto a, auto b, auto c) { return where((a < b) & (b < c), a, c); }));
  CHECK(agree<T>([](auto a, auto b, auto c) { return where((a < b) | (b < c), a, c); }));
  CHECK(agree<T>([](auto a, auto b, auto c) { return where(!(a < b), a, c); }));
}

TEST_CASE_TEMPLATE("lanes: integers", T, std::int32_t, std::uint32_t, std::uint64_t) {
  CHECK(agree<T>([](auto a, auto b, auto) { return a ^ b; }));
  CHECK(agree<T>([](auto a, auto b, auto) { return a & b; }));
  CHECK(agree<T>([](auto a, auto b, auto) { return a | b; }));
  CHECK(agree<T>([](auto a, auto, auto) { return shift_left<9>(a); }));
  CHECK(agree<T>([](auto a, auto, auto) { return shift_right<9>(a); }));
  if constexpr (std::unsigned_integral<T>) {  // signed overflow has no meaning on plain numbers
    CHECK(agree<T>([](auto a, auto b, auto) { return a + b; }));
    CHECK(agree<T>([](auto a, auto b, auto) { return a - b; }));
    CHECK(agree<T>([](auto a, auto, auto) { return rotate_left<11>(a); }));
  } else {
    CHECK(agree<T>([](auto a, auto, auto) { return to_float(a); }));
    CHECK(agree<T>([](auto a, auto, auto) { return bit_cast_lanes<float>(a); }));
  }
}

TEST_CASE_TEMPLATE("fma: one rounding where the hardware has it, two where it has not", T, float, double) {
  const T e = std::numeric_limits<T>::epsilon();
#if defined(__FMA__) || defined(__AVX512F__) || defined(__aarch64__)
  CHECK(engram::fma(T(1) + e, T(1) - e, T(-1)) == -e * e);
#else
  CHECK(engram::fma(T(1) + e, T(1) - e, T(-1)) == 0);
#endif
}

TEST_CASE_TEMPLATE("mask bits: lane 0 lowest", T, float, double) {
  using B = native_lanes<T>;
  constexpr std::size_t lanes = lane_count<B>;
  for (std::uint32_t pattern = 0; pattern < 1u << std::min<std::size_t>(lanes, 16); ++pattern) {
    T x[lanes];
    for (std::size_t k = 0; k < lanes; ++k) x[k] = static_cast<T>(pattern >> k & 1);
    const auto mask = load<B>(&x[0]) > B(T(0));
    REQUIRE(bits(mask) == pattern);
    REQUIRE(any(mask) == (pattern != 0));
  }
}

TEST_CASE("padding: whole pairs of Gaussian rows, whole batches of every width") {
  CHECK(padded(0) == 0);
  CHECK(padded(1) == padding);
  CHECK(padded(padding) == padding);
  CHECK(padded(padding + 1) == 2 * padding);
  CHECK(logical_width % lane_count<native_lanes<float>> == 0);
  CHECK(logical_width % lane_count<native_lanes<double>> == 0);
}

TEST_CASE("aligned vectors start on a cache line") {
  for (std::size_t n = 1; n < 100; ++n) {
    const aligned_vector<float> v(n);
    CHECK(reinterpret_cast<std::uintptr_t>(v.data()) % 64 == 0);
  }
}
