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

  template <class T>
  void add(const InputBlock<T>& block) {
    using U = native_lanes<std::uint32_t>;
    auto& generators = blocks_[block.first / block_cells];
    for (std::size_t lane = 0; lane < logical_width; lane += lane_count<U>) fill<U>(block.noise, generators, lane);
  }

  auto& generators() { return blocks_; }
  const auto& generators() const { return blocks_; }

 private:
  template <class U, class T>
  void fill(std::span<T> noise, NoiseBlock& generators, std::size_t lane) const {
    using F = rebind<U, float>;
    auto draw = generators.template read<U>(lane);
    const F sigma(parameters.sigma.value);
    for (std::size_t row = lane; row < noise.size(); row += padding) {
      const U radius = draw();
      const U angle = draw();
      const auto z = gaussian_pair(radius, angle);
      accumulate(&noise[row], F(sigma * z.first));
      accumulate(&noise[row + logical_width], F(sigma * z.second));
    }
    generators.write(lane, draw);
  }
  template <class F>
  static void accumulate(float* p, F z) {
    store(p, F(load<F>(p) + z));
  }
  template <class F>
  static void accumulate(double* p, F z) {
    float wide[lane_count<F>];
    store(wide, z);
    for (std::size_t k = 0; k < lane_count<F>; ++k) p[k] += static_cast<double>(wide[k]);
  }

  std::uint32_t stream_;
  std::vector<NoiseBlock> blocks_;
};

inline auto WhiteNoise::bind(const InputContext& c) const { return WhiteNoiseSource(*this, c); }
static_assert(InputSource<WhiteNoise>);

}  // namespace engram::inline ENGRAM_ABI
