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

  void add(const auto& block) {
    using U = native_lanes<std::uint32_t>;
    auto& generators = blocks_[block.first / block_cells];
    for (std::size_t lane = 0; lane < logical_width; lane += lane_count<U>) fill<U>(block.noise, generators, lane);
  }

  void archive_state(auto& archive) {
    archive(parameters.mean.value, parameters.sigma.value);
    for (auto& block : blocks_) archive(block.state);
  }

  auto& generators() { return blocks_; }
  const auto& generators() const { return blocks_; }

 private:
  template <class U>
  void fill(std::span<float> noise, NoiseBlock& generators, std::size_t lane) const {
    using F = rebind<U, float>;
    auto draw = generators.template read<U>(lane);
    const F sigma = F(parameters.sigma.value);
    for (std::size_t row = lane; row < noise.size(); row += padding) {
      const U radius = draw();
      const U angle = draw();
      const auto z = gaussian_pair(radius, angle);
      float* const first = &noise[row];
      float* const second = &noise[row + logical_width];
      store(first, fma(sigma, z.first, load<F>(first)));
      store(second, fma(sigma, z.second, load<F>(second)));
    }
    generators.write(lane, draw);
  }

  std::uint32_t stream_;
  std::vector<NoiseBlock> blocks_;
};

inline auto WhiteNoise::bind(const InputContext& c) const { return WhiteNoiseSource(*this, c); }
static_assert(InputSource<WhiteNoise>);

}  // namespace engram::inline ENGRAM_ABI
