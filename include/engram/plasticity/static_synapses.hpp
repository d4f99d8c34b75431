#pragma once
#include "../network/synapses.hpp"

namespace engram::inline ENGRAM_ABI {

/// Synapses whose weights do not change. While all are equal only the one number is kept.
template <class T>
class StaticSynapses {
 public:
  StaticSynapses(const SynapseRows&, T weight) : uniform_(weight) {}

  void step(const SynapseRows& rows, Step, std::span<const Index> pre, std::span<const Index>, T* input) const {
    if (weights_.empty()) {
      const T w = uniform_;
      rows.for_each_row(pre, [](auto...) {}, [&](Index j) {
        for (const auto i : rows.row(j)) input[i] += w;
      });
      return;
    }
    const auto ahead = [this](Index, std::uint64_t begin, std::uint64_t end) { prefetch(weights_.data() + begin, weights_.data() + end); };
    rows.for_each_row(pre, ahead, [&](Index j) {
      const auto targets = rows.row(j);
      const T* const w = weights_.data() + rows.row_begin[j];
      for (std::size_t k = 0; k < targets.size(); ++k) input[targets[k]] += w[k];
    });
  }

  T weight(const SynapseRows&, Index, std::size_t s) const { return weights_.empty() ? uniform_ : weights_[s]; }

  template <class F>
  void transform(const SynapseRows& rows, F&& f) {
    if (weights_.empty()) weights_.assign(rows.size(), uniform_);
    for (Index j = 0; j < rows.sources(); ++j)
      for (std::size_t s = rows.row_begin[j]; s < rows.row_begin[j + 1]; ++s)
        weights_[s] = static_cast<T>(f(j, rows.targets.first + rows.target[s], weights_[s]));
  }

  void archive_state(auto& archive) { archive(uniform_, weights_); }

  std::size_t bytes() const { return weights_.size() * sizeof(T); }

 private:
  T uniform_;
  aligned_vector<T> weights_;
};

}  // namespace engram::inline ENGRAM_ABI
