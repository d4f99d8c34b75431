#pragma once
/// The one dense product of backpropagation through a spiking network, gS = lambda W^T, where a neuron's error is the
/// sum over its targets. Forward and weight gradient follow the spikes; this does not, and it is where the time goes,
/// so it is a register-blocked kernel: 8 trials by 3 batches of neurons, one broadcast and no horizontal sum. The order
/// of every sum is that of the targets, whatever the instruction set.
#include <cstddef>
#include <utility>

#include "../core/simd.hpp"
#include "network.hpp"

namespace engram::inline ENGRAM_ABI::training {

/// Trials that are computed together.
inline constexpr std::size_t block_trials = 16;

/// W^T in the order in which the backward pass reads it: row = target, column = source. Excitatory and inhibitory
/// sources are apart since their errors arrive by different currents; the readout counts as further targets of the
/// excitatory.
template <class T>
class TransposedWeights {
 public:
  explicit TransposedWeights(const Shape& shape)
      : targets_(shape.neurons()),
        classes_(shape.classes),
        excitatory_columns_(Shape::rounded(shape.excitatory)),
        inhibitory_first_(shape.excitatory / logical_width * logical_width),
        inhibitory_columns_(shape.inhibitory ? shape.neuron_stride() - inhibitory_first_ : 0),
        excitatory_((targets_ + classes_) * excitatory_columns_),
        inhibitory_(targets_ * inhibitory_columns_) {}

  void assign(const Weights<T>& w) {
    const auto e = w[Block::excitatory], i = w[Block::inhibitory], out = w[Block::readout];
    for (std::size_t source = 0; source < e.rows; ++source) {
      for (std::size_t j = 0; j < targets_; ++j) excitatory_[j * excitatory_columns_ + source] = e(source, j);
      for (std::size_t k = 0; k < classes_; ++k)
        excitatory_[(targets_ + k) * excitatory_columns_ + source] = out(source, k);
    }
    const std::size_t shift = e.rows - inhibitory_first_;
    for (std::size_t source = 0; source < i.rows; ++source)
      for (std::size_t j = 0; j < targets_; ++j) inhibitory_[j * inhibitory_columns_ + shift + source] = i(source, j);
  }

  /// result (trials x neuron stride) += errors W^T for `block_trials` trials; `e`, `i` (same stride) are the errors of
  /// the excitatory and inhibitory currents, `y` (class stride) those of the readout's synapses.
  void add_errors(const T* e, const T* i, const T* y, std::size_t stride, std::size_t class_stride, T* result) const {
    const Term from_e{e, stride, excitatory_.data(), excitatory_columns_, targets_};
    const Term from_y{y, class_stride, excitatory_.data() + targets_ * excitatory_columns_, excitatory_columns_,
                      classes_};
    const Term from_i{i, stride, inhibitory_.data(), inhibitory_columns_, targets_};
    sweep(excitatory_columns_, result, stride, from_e, from_y);
    if (inhibitory_columns_) sweep(inhibitory_columns_, result + inhibitory_first_, stride, from_i);
  }

 private:
  using B = native_lanes<T>;
  static constexpr std::size_t lanes = lane_count<B>;
  static constexpr std::size_t tile_rows =
      sizeof(B) == 64 ? 8 : 4;  // 8 x 3 sums fill 24 of 32 registers, 4 x 3 12 of 16

  /// a (trials x depth) times b (depth x columns).
  struct Term {
    const T* a;
    std::size_t a_stride;
    const T* b;
    std::size_t b_stride, depth;
  };

  template <std::size_t V>
  struct Tile {
    B sum[tile_rows][V];

    void load_from(const T* p, std::size_t stride) {
      for (std::size_t r = 0; r < tile_rows; ++r)
        for (std::size_t v = 0; v < V; ++v) sum[r][v] = load<B>(p + r * stride + v * lanes);
    }
    void store_to(T* p, std::size_t stride) const {
      for (std::size_t r = 0; r < tile_rows; ++r)
        for (std::size_t v = 0; v < V; ++v) store(p + r * stride + v * lanes, sum[r][v]);
    }
    void add(const Term& term, std::size_t row, std::size_t column) {
      const T* a = term.a + row * term.a_stride;
      const T* b = term.b + column;
      for (std::size_t k = 0; k < term.depth; ++k, b += term.b_stride) {
        B w[V];
        for (std::size_t v = 0; v < V; ++v) w[v] = load<B>(b + v * lanes);
#pragma GCC unroll 8
        for (std::size_t r = 0; r < tile_rows; ++r) {
          const B x(a[r * term.a_stride + k]);
          for (std::size_t v = 0; v < V; ++v) sum[r][v] = fma(x, w[v], sum[r][v]);
        }
      }
    }
  };

  template <std::size_t V, class... Terms>
  static void panel(std::size_t column, T* result, std::size_t stride, const Terms&... terms) {
    for (std::size_t row = 0; row < block_trials; row += tile_rows) {
      Tile<V> tile;
      tile.load_from(result + row * stride + column, stride);
      (tile.add(terms, row, column), ...);
      tile.store_to(result + row * stride + column, stride);
    }
  }

  /// All columns in panels of 3 batches, the last ones of 2 (a single batch would wait for its own sums).
  template <class... Terms>
  static void sweep(std::size_t columns, T* result, std::size_t stride, const Terms&... terms) {
    std::size_t left = columns / lanes, column = 0;
    while (left) {
      if (left == 1)
        panel<1>(column, result, stride, terms...), left -= 1, column += lanes;
      else if (left == 2 || left == 4)
        panel<2>(column, result, stride, terms...), left -= 2, column += 2 * lanes;
      else
        panel<3>(column, result, stride, terms...), left -= 3, column += 3 * lanes;
    }
  }

  std::size_t targets_, classes_, excitatory_columns_, inhibitory_first_, inhibitory_columns_;
  aligned_vector<T> excitatory_, inhibitory_;
};

}  // namespace engram::inline ENGRAM_ABI::training
