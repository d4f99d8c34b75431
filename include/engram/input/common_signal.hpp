#pragma once
#include <array>
#include <vector>

#include "../core/aligned.hpp"
#include "../core/concepts.hpp"
#include "../network/range.hpp"

namespace engram::inline ENGRAM_ABI {

/// Common training signals: signal k adds sigma sqrt(2 tau) xi_k(t), the same white noise, to all its members. A cell
/// in several groups gets the sum. Signals are independent of each other and of all private noise; the value of a
/// signal is a function of (seed, stream, k, step). Off until `enabled` is set.
struct CommonSignal {
  Voltage sigma{1.5};               ///< sigma_train, >= 0
  std::vector<CellSet> members{};   ///< one set of cells for each signal
  bool enabled = false;

  static constexpr auto fields() { return std::tuple{field("sigma", &CommonSignal::sigma, non_negative)}; }

  auto bind(const InputContext& c) const;
};
/// The run-time side of CommonSignal.
class CommonSignalSource {
 public:
  CommonSignal parameters;
  bool enabled;

  CommonSignalSource(const CommonSignal& p, const InputContext& c)
      : parameters(p), enabled(p.enabled), stream_(c.stream), seed_(c.seed), gain_(p.members.size()) {
    for (std::size_t k = 0; k < gain_.size(); ++k) {
      gain_[k].assign(padded(c.size), 0.f);
      for (const Index cell : p.members[k].cells()) gain_[k][checked(cell, c.size)] = 1.f;
    }
    value_.resize(gain_.size());
  }
  void archive_state(auto& archive) { archive(parameters.sigma.value, enabled, seed_.value); }
  void reseed(Seed seed) { seed_ = seed; }

  void begin(Step step) {
    if (!enabled) return;
    for (std::size_t k = 0; k < value_.size(); ++k)
      value_[k] = static_cast<float>(parameters.sigma.value) * gaussian(static_cast<std::uint32_t>(k), step);
  }

  void add(const auto& block) const {
    if (!enabled) return;
    for (std::size_t k = 0; k < gain_.size(); ++k) {
      const float* gain = &gain_[k][block.first];
      for (std::size_t i = 0; i < block.noise.size(); ++i) block.noise[i] += value_[k] * gain[i];
    }
  }

 private:
  static Index checked(Index cell, Index size) {
    require_in("CommonSignal.members", cell, {0, static_cast<double>(size), false, true});
    return cell;
  }
  /// Four words of Philox at (step/2, k) make the two Gaussians of two steps.
  float gaussian(std::uint32_t k, Step step) const {
    const auto pair = static_cast<std::uint64_t>(step) / 2;
    const auto w = philox({static_cast<std::uint32_t>(pair), stream_ << 16 | k, static_cast<std::uint32_t>(pair >> 32),
                           static_cast<std::uint32_t>(Purpose::signal)},
                          {static_cast<std::uint32_t>(seed_.value), static_cast<std::uint32_t>(seed_.value >> 32)});
    const auto z = gaussian_pair(w[0], w[1]);
    return step % 2 == 0 ? z.first : z.second;
  }

  std::uint32_t stream_;
  Seed seed_;
  std::vector<aligned_vector<float>> gain_;
  std::vector<float> value_;
};

inline auto CommonSignal::bind(const InputContext& c) const { return CommonSignalSource(*this, c); }
static_assert(InputSource<CommonSignal>);

}  // namespace engram::inline ENGRAM_ABI
