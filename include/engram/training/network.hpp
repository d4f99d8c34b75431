#pragma once
/// The network that is trained: Ne excitatory and Ni inhibitory neurons under Dale's law, all-to-all without autapses,
/// driven by input units, read out by a signed linear layer from the excitatory neurons only. One step of dt:
///
///     S    = (U > threshold)
///     U'   = next(U, IE - II) (1 - S)
///     IE'  = aE IE + x Win + S_E W_E         II' = aI II + S_I W_I          a = exp(-dt/tau)
///     Yi'  = as Yi + S_E Wout                Y'  = ar Y + (1 - ar) Yi
///
/// with everything on the right at step t: a spike acts on the current one step later, on the voltage two. All weights
/// but the readout's are non-negative; the sign is that of the presynaptic neuron's type.
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "../core/aligned.hpp"
#include "../core/fields.hpp"
#include "neuron.hpp"
#include "spike_data.hpp"

namespace engram::inline ENGRAM_ABI::training {

/// How many of each; rows of neurons and of classes are padded to a multiple of the logical width.
struct Shape {
  std::size_t inputs = 50;
  std::size_t excitatory = 100;
  std::size_t inhibitory = 25;
  std::size_t classes = 2;

  friend bool operator==(const Shape&, const Shape&) = default;

  std::size_t neurons() const { return excitatory + inhibitory; }
  std::size_t neuron_stride() const { return rounded(neurons()); }
  std::size_t class_stride() const { return rounded(classes); }

  static constexpr std::size_t rounded(std::size_t n) {
    return (n + logical_width - 1) / logical_width * logical_width;
  }

  void check(const std::string& name) const {
    const Range at_least_one{1, 1e6};
    require_in(name + ".inputs", static_cast<double>(inputs), at_least_one);
    require_in(name + ".excitatory", static_cast<double>(excitatory), at_least_one);
    require_in(name + ".inhibitory", static_cast<double>(inhibitory), {0, 1e6});
    require_in(name + ".classes", static_cast<double>(classes), {2, 1e5});
  }
  std::string text() const {
    std::string out;
    for (const auto& [number, what] : {std::pair{inputs, " inputs, "}, {excitatory, " excitatory, "}, {inhibitory, " inhibitory, "}, {classes, " classes"}})
      out += std::to_string(number) + what;
    return out;
  }
};

/// Sizes and time constants. `tau_readout` 200 ms suits the maximum over time, 20 ms the mean over a window.
template <TrainableNeuron Neuron = NormalizedLIF>
struct Model {
  Shape shape{};
  Neuron neuron{};
  Time dt{2};
  Time tau_excitatory{10};
  Time tau_inhibitory{20};
  Time tau_readout_synapse{10};
  Time tau_readout{200};
  double readout_start =
      -1e-3;  ///< Y at step 0: below 0, so that the maximum over time has no tie before the first spike

  static constexpr auto fields() {
    return std::tuple{field("dt", &Model::dt, positive),
                      field("tau_excitatory", &Model::tau_excitatory, positive),
                      field("tau_inhibitory", &Model::tau_inhibitory, positive),
                      field("tau_readout_synapse", &Model::tau_readout_synapse, positive),
                      field("tau_readout", &Model::tau_readout, positive),
                      field("readout_start", &Model::readout_start)};
  }
  void check(const std::string& name) const {
    shape.check(name + ".shape");
    validate(neuron, name + ".neuron");
  }
  double decay(Time tau) const { return std::exp(-(dt / tau)); }
};

/// The four blocks of weights, in the order in which they lie in memory; rows are presynaptic.
enum class Block { input, excitatory, inhibitory, readout };
inline constexpr Block all_blocks[] = {Block::input, Block::excitatory, Block::inhibitory, Block::readout};
inline const char* block_name(Block b) {
  constexpr const char* names[] = {"input", "excitatory", "inhibitory", "readout"};
  return names[static_cast<std::size_t>(b)];
}

/// Rows of `stride` numbers, of which the first `columns` count; the rest is 0 and stays 0.
template <class T>
struct MatrixView {
  T* data;
  std::size_t rows, columns, stride;
  T* row(std::size_t i) const { return data + i * stride; }
  T& operator()(std::size_t i, std::size_t j) const { return data[i * stride + j]; }
  std::span<T> flat() const { return {data, rows * stride}; }
};

/// All weights of a network (or their gradient) in one padded array.
template <class T>
class Weights {
 public:
  Weights() = default;
  explicit Weights(const Shape& shape) : shape_(shape) {
    values_.assign((shape.inputs + shape.neurons()) * shape.neuron_stride() + shape.excitatory * shape.class_stride(),
                   T(0));
  }
  template <class U>
  explicit Weights(const Weights<U>& o) : shape_(o.shape()), values_(o.flat().begin(), o.flat().end()) {}

  const Shape& shape() const { return shape_; }
  std::span<T> flat() { return values_; }
  std::span<const T> flat() const { return values_; }

  MatrixView<T> operator[](Block b) { return view(values_.data(), b); }
  MatrixView<const T> operator[](Block b) const { return view(values_.data(), b); }

  void archive_state(auto& archive) { archive(values_); }

  /// Both recurrent blocks as one matrix, excitatory rows first.
  MatrixView<T> recurrent() { return merge((*this)[Block::excitatory]); }
  MatrixView<const T> recurrent() const { return merge((*this)[Block::excitatory]); }

 private:
  template <class U>
  MatrixView<U> view(U* p, Block b) const {
    const auto n = shape_.neurons(), stride = shape_.neuron_stride();
    switch (b) {
      case Block::input: return {p, shape_.inputs, n, stride};
      case Block::excitatory: return {p + shape_.inputs * stride, shape_.excitatory, n, stride};
      case Block::inhibitory: return {p + (shape_.inputs + shape_.excitatory) * stride, shape_.inhibitory, n, stride};
      case Block::readout: break;
    }
    return {p + (shape_.inputs + n) * stride, shape_.excitatory, shape_.classes, shape_.class_stride()};
  }
  template <class U>
  MatrixView<U> merge(MatrixView<U> excitatory) const {
    excitatory.rows = shape_.neurons();
    return excitatory;
  }

  Shape shape_{};
  aligned_vector<T> values_;
};

/// Throws config_error unless the weights are those of a network of this shape.
template <class T>
void require_shape(const Weights<T>& w, const Shape& shape) {
  if (!(w.shape() == shape)) throw config_error("Weights.shape", w.shape().text(), shape.text() + ", as the model has");
}
/// The same for trials of spikes.
inline void require_shape(const SpikeData& data, const Shape& shape) {
  const auto same = [](const char* what, std::size_t value, std::size_t network) {
    if (value != network) throw config_error(what, std::to_string(value), "the network's " + std::to_string(network));
  };
  same("SpikeData.units", data.units(), shape.inputs);
  same("SpikeData.classes", data.classes(), shape.classes);
}

/// Index of the autapse in row `i` of a recurrent block, or `columns` where the block has none.
inline std::size_t autapse(const Shape& shape, Block b, std::size_t i) {
  if (b == Block::excitatory) return i;
  if (b == Block::inhibitory) return shape.excitatory + i;
  return shape.neurons();
}

/// Mean of |w| over the connections of a block, autapses and padding left out.
template <class T>
double mean_magnitude(const Weights<T>& w, Block b) {
  const auto block = w[b];
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < block.rows; ++i)
    for (std::size_t j = 0; j < block.columns; ++j) {
      if (j == autapse(w.shape(), b, i) && b != Block::readout) continue;
      sum += std::abs(static_cast<double>(block(i, j)));
      ++count;
    }
  return count ? sum / static_cast<double>(count) : 0;
}

/// Back into what is allowed: no negative weight under Dale's law, no autapse.
template <class T>
void project(Weights<T>& w) {
  for (Block b : {Block::input, Block::excitatory, Block::inhibitory}) {
    const auto block = w[b];
    for (T& x : block.flat()) x = x < T(0) ? T(0) : x;
    if (b == Block::input) continue;
    for (std::size_t i = 0; i < block.rows; ++i) block(i, autapse(w.shape(), b, i)) = T(0);
  }
}

}  // namespace engram::inline ENGRAM_ABI::training
