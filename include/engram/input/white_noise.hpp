#pragma once
#include <vector>

#include "../core/concepts.hpp"

namespace engram::inline ENGRAM_ABI {

/// Cells that share one lane-wise generator: the unit of work of the time loop and of threads.
inline constexpr Index block_cells = 256;

/// Private Gaussian white noise: mean + sigma sqrt(2 tau) xi_i(t), independent for every cell. sigma is the standard
/// deviation of the free membrane potential.
struct WhiteNoise {
  Voltage mean{0};   ///< mu
  Voltage sigma{4};  ///< >= 0

  static constexpr auto fields() {
    return std::tuple{field("mean", &WhiteNoise::mean), field("sigma", &WhiteNoise::sigma, non_negative)};
  }

  auto bind(const InputContext& c) const;
};
/// The run-time side of WhiteNoise.
class WhiteNoiseSource {
 public:
  WhiteNoise parameters;

  WhiteNoiseSource(const WhiteNoise& p, const InputContext& c) : parameters(p), stream_(c.stream), blocks_((c.size + block_cells - 1) / block_cells) {
    reseed(c.seed);
  }
  void reseed(Seed seed) {
    for (std::uint32_t b = 0; b < blocks_.size(); ++b) blocks_[b] = NoiseBlock(seed, stream_, b);
  }
  void begin(Step) {}
  Voltage mean_input() const { return parameters.mean; }

  /// The noise of a block drawn in registers, of `lane_count<F>` neighbouring lanes: each call gives that of the next two
  /// rows of 16 cells. keep() when done.
  template <class F>
  struct Rows {
    NoiseBlock& block;
    std::size_t lane;
    F sigma;
    Xoroshiro<rebind<F, std::uint32_t>> draw;

    [[gnu::always_inline]] auto operator()() {
      const auto radius = draw();
      const auto angle = draw();
      return gaussian_pair(radius, angle, sigma);
    }
    void keep() const { block.write(lane, draw); }
  };
  template <class F>
  Rows<F> open(std::size_t first, std::size_t lane) {
    auto& block = blocks_[first / block_cells];
    return {block, lane, F(parameters.sigma.value), block.template read<rebind<F, std::uint32_t>>(lane)};
  }

  /// The same into an array.
  void add(const auto& block) {
    using F = native_lanes<float>;
    for (std::size_t lane = 0; lane < logical_width; lane += lane_count<F>) {
      auto rows = open<F>(block.first, lane);
      for (std::size_t row = lane; row < block.noise.size(); row += padding) {
        const auto z = rows();
        float* const first = &block.noise[row];
        float* const second = &block.noise[row + logical_width];
        store(first, F(load<F>(first) + z.first));
        store(second, F(load<F>(second) + z.second));
      }
      rows.keep();
    }
  }

  void archive_state(auto& archive) {
    archive(parameters.mean.value, parameters.sigma.value);
    for (auto& block : blocks_) archive(block.state);
  }

  auto& generators() { return blocks_; }
  const auto& generators() const { return blocks_; }

 private:
  std::uint32_t stream_;
  std::vector<NoiseBlock> blocks_;
};

inline auto WhiteNoise::bind(const InputContext& c) const { return WhiteNoiseSource(*this, c); }
static_assert(InputSource<WhiteNoise>);

}  // namespace engram::inline ENGRAM_ABI
