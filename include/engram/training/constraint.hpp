#pragma once
/// Resource constraints. A constraint is a struct with one or both of two hooks:
///
///     double activity(std::span<const std::uint32_t> counts, std::span<T> gradient) const;
///         // the cost of one trial from its spike counts per neuron; adds dcost/dcount to `gradient`
///     void shrink(Weights<T>& w, const BlockMeans& initial) const;
///         // after the optimiser's step; `initial` is mean |w| of each block at the start
///
/// and constraints compose: `constraints(SpikeCountBound{}, WeightDecayL1{})`. A fixed number of neurons, the remaining
/// resource, is the Shape of the network.
#include <array>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "../core/fields.hpp"
#include "network.hpp"

namespace engram::inline ENGRAM_ABI::training {

using BlockMeans = std::array<double, 4>;

template <class T>
BlockMeans block_means(const Weights<T>& w) {
  BlockMeans out{};
  for (Block b : all_blocks) out[static_cast<std::size_t>(b)] = mean_magnitude(w, b);
  return out;
}

/// A struct with at least one of the two hooks.
template <class C>
concept ResourceConstraint =
    requires(const C c, std::span<const std::uint32_t> counts, std::span<float> gradient) {
      { c.activity(counts, gradient) } -> std::same_as<double>;
    } || requires(const C c, Weights<float>& w, const BlockMeans& initial) { c.shrink(w, initial); };

enum class Side { upper, lower };
enum class Norm { l1, l2 };
enum class Scope { population, neuron };  ///< bound the mean over neurons, or each neuron (then average the cost)

/// strength relu(m - bound)^p per trial, p = 1 (l1) or 2 (l2), m the mean number of spikes per neuron of the trial
/// (Scope::population) or each neuron's own (Scope::neuron, averaged over neurons); Side::lower: relu(bound - m).
/// Defaults: the upper bound of docs/training.md, 0.1 relu(m - 2)^2.
struct SpikeCountBound {
  double bound = 2;  ///< spikes per neuron and trial
  double strength = 0.1;
  Side side = Side::upper;
  Norm norm = Norm::l2;
  Scope scope = Scope::population;

  template <class T>
  double activity(std::span<const std::uint32_t> counts, std::span<T> gradient) const {
    const double n = static_cast<double>(counts.size());
    double cost = 0;
    if (scope == Scope::population) {
      double sum = 0;
      for (auto c : counts) sum += c;
      const auto [value, slope] = penalty(sum / n);
      cost = value;
      if (slope != 0)
        for (T& g : gradient) g += static_cast<T>(slope / n);
      return cost;
    }
    for (std::size_t j = 0; j < counts.size(); ++j) {
      const auto [value, slope] = penalty(counts[j]);
      cost += value / n;
      gradient[j] += static_cast<T>(slope / n);
    }
    return cost;
  }

  static constexpr auto fields() {
    return std::tuple{field("bound", &SpikeCountBound::bound, non_negative),
                      field("strength", &SpikeCountBound::strength, non_negative)};
  }

 private:
  struct Penalty {
    double value, slope;
  };
  Penalty penalty(double m) const {
    const double excess = side == Side::upper ? m - bound : bound - m;
    if (!(excess > 0)) return {0, 0};
    const double sign = side == Side::upper ? 1 : -1;
    return norm == Norm::l1 ? Penalty{strength * excess, sign * strength}
                            : Penalty{strength * excess * excess, sign * 2 * strength * excess};
  }
};

/// L1 on the recurrent weights by its proximal step, w <- max(0, w - rate mean|w0|) with the block's own mean at the
/// start.
struct WeightL1 {
  double rate = 0.001;  ///< per step, of the mean initial weight

  template <class T>
  void shrink(Weights<T>& w, const BlockMeans& initial) const {
    for (Block b : {Block::excitatory, Block::inhibitory}) {
      const T by = static_cast<T>(rate * initial[static_cast<std::size_t>(b)]);
      for (T& x : w[b].flat()) x = x > by ? x - by : T(0);
    }
  }
  static constexpr auto fields() { return std::tuple{field("rate", &WeightL1::rate, non_negative)}; }
};

struct Position {
  double x = 0, y = 0, z = 0;
};

/// Cost of wire: as WeightL1, times the distance between the two neurons over the mean distance (Achterberg et al.
/// 2023).
struct WiringCost {
  std::vector<Position> positions;  ///< one for each neuron, excitatory first
  double rate = 0.001;

  template <class T>
  void shrink(Weights<T>& w, const BlockMeans& initial) const {
    const double mean = mean_distance();
    for (Block b : {Block::excitatory, Block::inhibitory}) {
      const auto block = w[b];
      const std::size_t first = b == Block::excitatory ? 0 : w.shape().excitatory;
      const double unit = rate * initial[static_cast<std::size_t>(b)] / mean;
      for (std::size_t i = 0; i < block.rows; ++i)
        for (std::size_t j = 0; j < block.columns; ++j) {
          const T by = static_cast<T>(unit * distance(positions[first + i], positions[j]));
          block(i, j) = block(i, j) > by ? block(i, j) - by : T(0);
        }
    }
  }

  static constexpr auto fields() { return std::tuple{field("rate", &WiringCost::rate, non_negative)}; }

  /// Called by the trainer: one position for each neuron, not all in one place.
  void check_shape(const std::string& name, const Shape& shape) const {
    if (positions.size() != shape.neurons())
      throw config_error(name + ".positions", std::to_string(positions.size()) + " positions",
                         "one for each of " + std::to_string(shape.neurons()) + " neurons");
    if (!(mean_distance() > 0)) throw config_error(name + ".positions", "all equal", "positions that differ");
  }

 private:
  static double distance(const Position& a, const Position& b) {
    return std::sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y) + (a.z - b.z) * (a.z - b.z));
  }
  double mean_distance() const {
    double sum = 0;
    for (const auto& a : positions)
      for (const auto& b : positions) sum += distance(a, b);
    const double n = static_cast<double>(positions.size());
    return n > 1 ? sum / (n * (n - 1)) : 0;
  }
};

/// Several constraints as one.
template <ResourceConstraint... C>
struct Constraints {
  std::tuple<C...> each;

  template <class T>
  double activity(std::span<const std::uint32_t> counts, std::span<T> gradient) const {
    double cost = 0;
    for_each([&](const auto& c) {
      if constexpr (requires { c.activity(counts, gradient); }) cost += c.activity(counts, gradient);
    });
    return cost;
  }
  template <class T>
  void shrink(Weights<T>& w, const BlockMeans& initial) const {
    for_each([&](const auto& c) {
      if constexpr (requires { c.shrink(w, initial); }) c.shrink(w, initial);
    });
  }
  void check(const std::string& name, const Shape& shape) const {
    for_each([&](const auto& c) {
      validate(c, name);
      if constexpr (requires { c.check_shape(name, shape); }) c.check_shape(name, shape);
    });
  }

  void for_each(auto&& f) const {
    std::apply([&](const C&... c) { (f(c), ...); }, each);
  }
};

template <ResourceConstraint... C>
auto constraints(C... c) {
  return Constraints<C...>{{std::move(c)...}};
}

}  // namespace engram::inline ENGRAM_ABI::training
