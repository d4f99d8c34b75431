#pragma once
#include <Eigen/Core>
#include <utility>
#include <vector>

#include "../core/concepts.hpp"

namespace engram::inline ENGRAM_ABI {

/// The whole weight matrix, mV: row = target, column = source, `absent` where there is no synapse.
template <class Projection>
Eigen::MatrixXf weight_matrix(const Projection& projection, Index targets, Index sources, float absent = 0) {
  Eigen::MatrixXf w = Eigen::MatrixXf::Constant(targets, sources, absent);
  projection.for_each([&](const auto& s) { w(s.target, s.source) = static_cast<float>(s.weight); });
  return w;
}

/// Counts of weights in `bins` equal bins between low and high; weights outside go to the first or last bin.
struct WeightHistogram {
  double low, high;  ///< mV
  std::vector<std::uint64_t> count;
};
template <class Projection>
WeightHistogram weight_histogram(const Projection& projection, Voltage low, Voltage high, std::size_t bins) {
  WeightHistogram h{low.value, high.value, std::vector<std::uint64_t>(bins)};
  const double scale = static_cast<double>(bins) / (high - low).value;
  projection.for_each([&](const auto& s) {
    const double at = (static_cast<double>(s.weight) - low.value) * scale;
    const auto bin = at <= 0 ? 0 : std::min(bins - 1, static_cast<std::size_t>(at));
    ++h.count[bin];
  });
  return h;
}

/// Observer: weight matrices of one projection over time.
struct WeightSnapshots {
  Time every;
  std::string projection;
  Index targets, sources;
  std::vector<std::pair<Time, Eigen::MatrixXf>> rows{};

  void observe(const auto& sim) {
    sim.with_projection(projection, [&](const auto& p) { rows.emplace_back(sim.now(), weight_matrix(p, targets, sources)); });
  }
};

}  // namespace engram::inline ENGRAM_ABI
