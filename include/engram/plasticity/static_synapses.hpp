#pragma once
#include "../network/synapses.hpp"

namespace engram::inline ENGRAM_ABI {

/// Synapses whose weights do not change. While all are equal only the one number is kept.
template <class T>
class StaticSynapses {
 public:
  StaticSynapses(const SynapseRows&, T weight) : uniform_(weight) {}

  void step(const SynapseRows& rows, Step, std::span<const Index> pre, std::span<const Index>, T* input) const {
    for (const Index j : pre) {
      const auto targets = rows.row(j);
      if (weights_.empty())
        for (const auto i : targets) input[i] += uniform_;
      else
        for (std::size_t k = 0; k < targets.size(); ++k) input[targets[k]] += weights_[rows.row_begin[j] + k];
    }
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
