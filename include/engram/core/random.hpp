#pragma once
/// Randomness, in two kinds, both functions of (seed, stream, index) alone and never of threads or batch width:
///
/// - Philox4x32-10 (Salmon et al. 2011), counter based, for all that is drawn once: wiring, initial state, seeds.
/// - Eight xoroshiro128+ (Blackman and Vigna 2021) per block of cells, seeded by Philox, two 32-bit lanes each, for the
///   noise of every step. Counter-based noise would cost 20 to 70 % of the whole neuron pass; here a Gaussian costs one word.
///
/// Gaussians are float, by Box and Muller on 30 bits (abs(z) < 6.6), and widened in a double simulation, so that float
/// and double runs see the same noise.
#include <array>
#include <cstdint>

#include "math.hpp"

namespace engram::inline ENGRAM_ABI {

/// Philox4x32 with 10 rounds: 128 random bits for each (counter, key).
constexpr std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53u} * counter[0];
    const std::uint64_t b = std::uint64_t{0xCD9E8D57u} * counter[2];
    counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b),
               static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(a)};
    key[0] += 0x9E3779B9u;
    key[1] += 0xBB67AE85u;
  }
  return counter;
}

/// What a stream of random numbers is for. Streams with different purposes never share numbers.
enum class Purpose : std::uint32_t { noise = 1, signal = 2, wiring = 3, initial_state = 4, user = 5, fork = 6 };

struct Seed {
  std::uint64_t value = 1;
};

/// The seed of noise that begins anew at a step: forks made at different times share nothing though they are given one seed.
/// At step 0 it is the seed itself.
constexpr Seed at_step(Seed seed, std::int64_t step) {
  if (step == 0) return seed;
  const auto w = philox({static_cast<std::uint32_t>(step), static_cast<std::uint32_t>(static_cast<std::uint64_t>(step) >> 32), 0, static_cast<std::uint32_t>(Purpose::fork)},
                        {static_cast<std::uint32_t>(seed.value), static_cast<std::uint32_t>(seed.value >> 32)});
  return {std::uint64_t{w[1]} << 32 | w[0]};
}

/// A sequential source of uniforms on top of Philox: the stream (seed, purpose, a, b), read from its start.
class Stream {
 public:
  Stream(Seed seed, Purpose purpose, std::uint32_t a = 0, std::uint32_t b = 0)
      : key_{static_cast<std::uint32_t>(seed.value), static_cast<std::uint32_t>(seed.value >> 32)},
        counter_{0, a, b, static_cast<std::uint32_t>(purpose)} {}

  using result_type = std::uint32_t;
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }

  std::uint32_t operator()() {
    if (used_ == 4) {
      words_ = philox(counter_, key_);
      ++counter_[0];
      used_ = 0;
    }
    return words_[used_++];
  }

  /// Uniform in (0, 1), 53 bits: never 0, never 1.
  double uniform() {
    const std::uint64_t high = (*this)(), low = (*this)();
    return (static_cast<double>(((high << 32 | low) >> 12)) + 0.5) * 0x1p-52;
  }

  /// Uniform integer in [0, n), unbiased (Lemire 2019).
  std::uint32_t below(std::uint32_t n) {
    for (;;) {
      const std::uint64_t product = std::uint64_t{(*this)()} * n;
      if (static_cast<std::uint32_t>(product) >= (0u - n) % n) return static_cast<std::uint32_t>(product >> 32);
    }
  }

  /// Standard normal, double.
  double normal() {
    const double radius = std::sqrt(-2 * std::log(uniform()));
    return radius * std::cos(6.283185307179586 * uniform());
  }

 private:
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> words_{};
  unsigned used_ = 4;
};

/// Two independent normals of standard deviation `scale` from two random words (Box and Muller 1958): the radius takes
/// 30 bits of the first word, the angle within half a turn all of the second, and the first one's highest bit chooses
/// the half.
template <class U>
[[gnu::always_inline]] inline auto gaussian_pair(U w1, U w2, rebind<U, float> scale = rebind<U, float>(1.f)) {
  using F = rebind<U, float>;
  using I = rebind<U, std::int32_t>;
  struct Pair { F first, second; };
  const I word = bit_cast_lanes<std::int32_t>(w1);
  const F odd = to_float(I(I(word & I(std::numeric_limits<std::int32_t>::max())) | I(1)));  // never 0; a uniform times 2^31
  const F radius = scale * sqrt(minus_two_log<31>(odd));
  F c, s;
  cos_sin_quarter(F(to_float(bit_cast_lanes<std::int32_t>(w2)) * F(0x1p-31f)), c, s);
  const I half = I(word & I(std::numeric_limits<std::int32_t>::min()));
  return Pair{bit_cast_lanes<float>(I(bit_cast_lanes<std::int32_t>(F(radius * c)) ^ half)), F(radius * s)};
}

/// xoroshiro128+ on lanes, two words of 32 bits from each generator: the lanes of U are the halves of neighbouring ones.
/// A U of one lane is one half, chosen by `half` (0 or 1).
template <class U>
struct Xoroshiro {
  using W = rebind<U, std::uint64_t>;
  W s0, s1;
  std::size_t half = 0;

  [[gnu::always_inline]] U operator()() {
    const W sum = s0 + s1;
    s1 = s1 ^ s0;
    s0 = rotate_left<24>(s0) ^ s1 ^ shift_left<16>(s1);
    s1 = rotate_left<37>(s1);
    if constexpr (std::is_arithmetic_v<U>) return static_cast<U>(sum >> 32 * half);
    else return bit_cast_lanes<std::uint32_t>(sum);
  }
};

/// Eight xoroshiro128+ generators of two words each: what one block of cells draws its noise from.
struct NoiseBlock {
  std::array<std::array<std::uint64_t, logical_width / 2>, 2> state;

  NoiseBlock() = default;
  NoiseBlock(Seed seed, std::uint32_t stream, std::uint32_t block) {
    Stream source(seed, Purpose::noise, stream, block);
    for (std::size_t k = 0; k < logical_width / 2; ++k)
      for (auto& words : state) {
        words[k] = source();
        words[k] |= std::uint64_t{source()} << 32;
      }
  }

  /// The generators of lane, lane + 1, ..., lane + lane_count<U> - 1.
  template <class U>
  Xoroshiro<U> read(std::size_t lane) const {
    using W = typename Xoroshiro<U>::W;
    return {load<W>(&state[0][lane / 2]), load<W>(&state[1][lane / 2]), lane % 2};
  }
  /// What read() gave comes back; of two halves of one generator the second.
  template <class U>
  void write(std::size_t lane, const Xoroshiro<U>& g) {
    if (lane_count<U> == 1 && lane % 2 == 0) return;
    store(&state[0][lane / 2], g.s0);
    store(&state[1][lane / 2], g.s1);
  }
};

}  // namespace engram::inline ENGRAM_ABI
