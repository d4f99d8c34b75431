#pragma once
/// Exact backpropagation through time with surrogate derivatives for a block of 16 trials. lambda_V is the gradient of
/// the loss with respect to a state V; from t+1 to t, for t = T-1 .. 0:
///
///     lambda_Y += dLoss/dY[t+1]
///     gS   = lambda_E W_E^T (E rows) | lambda_I W_I^T (I rows) + lambda_Yi Wout^T (E rows) + dcost/dcount
///     dW_E += S_E x lambda_E,  dW_I += S_I x lambda_I,  dWin += x x lambda_E,  dWout += S_E x lambda_Yi
///     f    = lambda_U (1 - S);  lambda_U = slope(U) f + gS sigma'(U - threshold)
///     lambda_E = aE lambda_E + g f;  lambda_I = aI lambda_I - g f;  lambda_Yi = as lambda_Yi + (1-ar) lambda_Y;
///     lambda_Y = ar lambda_Y
///
/// The forward pass and all weight gradients follow the spikes (2 or 3 per step at N = 125); gS alone is dense.
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "network.hpp"
#include "readout.hpp"
#include "spike_data.hpp"
#include "surrogate.hpp"
#include "transposed.hpp"

namespace engram::inline ENGRAM_ABI::training {

/// Forward and backward pass of up to 16 trials. One object a thread; it allocates only when built or when trials get
/// longer.
template <class T, TrainableNeuron Neuron, Surrogate S>
class BlockPass {
 public:
  BlockPass(const Model<Neuron>& model, const S& surrogate)
      : shape_(model.shape),
        neuron_(model.neuron.prepare(model.dt)),
        surrogate_(surrogate),
        threshold_(static_cast<T>(model.neuron.threshold)),
        decay_e_(static_cast<T>(model.decay(model.tau_excitatory))),
        decay_i_(static_cast<T>(model.decay(model.tau_inhibitory))),
        decay_s_(static_cast<T>(model.decay(model.tau_readout_synapse))),
        decay_r_(static_cast<T>(model.decay(model.tau_readout))),
        gain_r_(static_cast<T>(1 - model.decay(model.tau_readout))),
        start_(static_cast<T>(model.readout_start)),
        stride_(shape_.neuron_stride()),
        class_stride_(shape_.class_stride()),
        words_((stride_ + 63) / 64) {
    for (auto* a : {&current_e_, &current_i_, &error_u_, &error_e_, &error_i_, &error_spike_, &cost_})
      a->assign(block_trials * stride_, T(0));
    for (auto* a : {&synapse_, &readout_, &error_synapse_, &error_readout_})
      a->assign(block_trials * class_stride_, T(0));
    counts_.resize(block_trials * stride_);
  }

  /// Runs `trials` (at most 16) of `data` from rest.
  void forward(const Weights<T>& w, const SpikeData& data, std::span<const std::uint32_t> trials) {
    require_shape(w, shape_);
    require_shape(data, shape_);
    begin(data, trials);
    for (std::size_t t = 0; t < steps_; ++t)
      for (std::size_t s = 0; s < block_trials; ++s) step_forward(w, t, s);
  }

  /// The readout of trial `s` of the block. What is written here before backward() is taken for dLoss/dY.
  ReadoutTrace<T> trace(std::size_t s) {
    return {trace_.data() + s * steps_ * class_stride_, steps_, shape_.classes, class_stride_};
  }
  /// Spikes of each neuron in trial `s`.
  std::span<const std::uint32_t> counts(std::size_t s) const {
    return {counts_.data() + s * stride_, shape_.neurons()};
  }
  /// dcost/dcount of each neuron in trial `s`; 0 after forward().
  std::span<T> count_gradient(std::size_t s) { return {cost_.data() + s * stride_, shape_.neurons()}; }
  /// Whether neuron `j` spiked in step `t` of trial `s`.
  bool spiked(std::size_t t, std::size_t s, std::size_t j) const { return (spikes(t, s)[j / 64] >> (j % 64)) & 1; }
  T voltage(std::size_t t, std::size_t s, std::size_t j) const {
    return voltage_[(t * block_trials + s) * stride_ + j];
  }

  /// gradient += dLoss/dW of the block, from what trace() and count_gradient() hold, times `scale`.
  void backward(const TransposedWeights<T>& transposed, T scale, bool input_plastic, Weights<T>& gradient) {
    for (auto* a : {&error_u_, &error_e_, &error_i_}) std::fill(a->begin(), a->end(), T(0));
    for (auto* a : {&error_synapse_, &error_readout_}) std::fill(a->begin(), a->end(), T(0));
    for (T& x : cost_) x *= scale;
    for (std::size_t s = 0; s < block_trials; ++s) cursor_[s] = inputs_[s].size();
    for (std::size_t t = steps_; t-- > 0;) {
      inject(t, scale);
      error_spike_ = cost_;
      transposed.add_errors(error_e_.data(), error_i_.data(), error_synapse_.data(), stride_, class_stride_,
                            error_spike_.data());
      for (std::size_t s = 0; s < block_trials; ++s) {
        add_weight_gradient(gradient, t, s, input_plastic);
        step_backward(t, s);
      }
    }
  }

 private:
  using B = native_lanes<T>;
  static constexpr std::size_t lanes = lane_count<B>;

  void begin(const SpikeData& data, std::span<const std::uint32_t> trials) {
    if (data.steps() != steps_) {
      steps_ = data.steps();
      voltage_.resize((steps_ + 1) * block_trials * stride_);
      spikes_.resize(steps_ * block_trials * words_);
      trace_.resize(steps_ * block_trials * class_stride_);
    }
    std::fill_n(voltage_.begin(), block_trials * stride_, T(0));
    for (auto* a : {&current_e_, &current_i_, &synapse_, &cost_}) std::fill(a->begin(), a->end(), T(0));
    std::fill(readout_.begin(), readout_.end(), start_);
    std::fill(counts_.begin(), counts_.end(), 0u);
    for (std::size_t s = 0; s < block_trials; ++s) {
      inputs_[s] = s < trials.size() ? data.spikes(trials[s]) : std::span<const InputSpike>{};
      cursor_[s] = 0;
    }
  }

  const std::uint64_t* spikes(std::size_t t, std::size_t s) const { return &spikes_[(t * block_trials + s) * words_]; }
  std::uint64_t valid(std::size_t word) const {  // padding never spikes, whatever the neuron does at rest
    const std::size_t n = shape_.neurons() - std::min(shape_.neurons(), word * 64);
    return n >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << n) - 1;
  }

  static void add_row(T* to, const T* row, std::size_t n) {
    for (std::size_t v = 0; v < n; v += lanes) store(to + v, load<B>(to + v) + load<B>(row + v));
  }

  void step_forward(const Weights<T>& w, std::size_t t, std::size_t s) {
    T* const e = &current_e_[s * stride_];
    T* const i = &current_i_[s * stride_];
    std::uint64_t* const fired = &spikes_[(t * block_trials + s) * words_];
    advance(&voltage_[(t * block_trials + s) * stride_], e, i, fired);
    T* const synapse = &synapse_[s * class_stride_];
    advance_readout(synapse, &readout_[s * class_stride_], &trace_[(s * steps_ + t) * class_stride_]);
    deliver(w, fired, s, e, i, synapse);
    const auto in = w[Block::input];
    for (std::size_t& c = cursor_[s]; c < inputs_[s].size() && inputs_[s][c].step == t; ++c)
      add_row(e, in.row(inputs_[s][c].unit), stride_);
  }

  /// Voltage and currents of one trial from t to t+1, without what the spikes of t bring; `fired` gets the spikes.
  void advance(T* u, T* e, T* i, std::uint64_t* fired) {
    T* const next = u + block_trials * stride_;
    for (std::size_t word = 0; word < words_; ++word) {
      std::uint64_t mask = 0;
      const std::size_t end = std::min(stride_, word * 64 + 64);
      for (std::size_t v = word * 64; v < end; v += lanes) {
        const B voltage = load<B>(u + v), ce = load<B>(e + v), ci = load<B>(i + v);
        const auto spike = voltage > B(threshold_);
        mask |= std::uint64_t{bits(spike)} << (v % 64);
        store(next + v, where(spike, B(T(0)), neuron_.next(voltage, B(ce - ci))));
        store(e + v, B(decay_e_) * ce);
        store(i + v, B(decay_i_) * ci);
      }
      fired[word] = mask & valid(word);
    }
  }

  void advance_readout(T* synapse, T* readout, T* trace) const {
    for (std::size_t v = 0; v < class_stride_; v += lanes) {
      const B yi = load<B>(synapse + v);
      const B y = fma(B(decay_r_), load<B>(readout + v), B(B(gain_r_) * yi));
      store(readout + v, y);
      store(trace + v, y);
      store(synapse + v, B(decay_s_) * yi);
    }
  }

  template <class F>
  void for_each_spike(const std::uint64_t* fired, F&& f) const {
    for (std::size_t word = 0; word < words_; ++word)
      for (std::uint64_t m = fired[word]; m; m &= m - 1) f(word * 64 + static_cast<std::size_t>(std::countr_zero(m)));
  }

  void deliver(const Weights<T>& w, const std::uint64_t* fired, std::size_t s, T* e, T* i, T* synapse) {
    const auto recurrent = w.recurrent();
    const auto out = w[Block::readout];
    for_each_spike(fired, [&](std::size_t j) {
      ++counts_[s * stride_ + j];
      const bool excitatory = j < shape_.excitatory;
      add_row(excitatory ? e : i, recurrent.row(j), stride_);
      if (excitatory) add_row(synapse, out.row(j), class_stride_);
    });
  }

  void inject(std::size_t t, T scale) {
    for (std::size_t s = 0; s < block_trials; ++s) {
      T* const y = &error_readout_[s * class_stride_];
      const T* const g = &trace_[(s * steps_ + t) * class_stride_];
      for (std::size_t v = 0; v < class_stride_; v += lanes)
        store(y + v, fma(B(scale), load<B>(g + v), load<B>(y + v)));
    }
  }

  void add_weight_gradient(Weights<T>& gradient, std::size_t t, std::size_t s, bool input_plastic) {
    const auto recurrent = gradient.recurrent();
    const auto out = gradient[Block::readout];
    const T* const e = &error_e_[s * stride_];
    const T* const i = &error_i_[s * stride_];
    for_each_spike(spikes(t, s), [&](std::size_t j) {
      const bool excitatory = j < shape_.excitatory;
      add_row(recurrent.row(j), excitatory ? e : i, stride_);
      if (excitatory) add_row(out.row(j), &error_synapse_[s * class_stride_], class_stride_);
    });
    if (!input_plastic) return;
    const auto in = gradient[Block::input];
    for (std::size_t& c = cursor_[s]; c > 0 && inputs_[s][c - 1].step == t; --c)
      add_row(in.row(inputs_[s][c - 1].unit), e, stride_);
  }

  void step_backward(std::size_t t, std::size_t s) {
    const T* const u = &voltage_[(t * block_trials + s) * stride_];
    const std::size_t at = s * stride_;
    const B gain(static_cast<T>(neuron_.gain));
    for (std::size_t v = 0; v < stride_; v += lanes) {
      const B voltage = load<B>(u + v);
      const B x = voltage - B(threshold_);
      const B through = where(voltage > B(threshold_), B(T(0)), load<B>(&error_u_[at + v]));
      const B spike = load<B>(&error_spike_[at + v]) * surrogate_.derivative(x);
      store(&error_u_[at + v], fma(neuron_.slope(voltage), through, spike));
      const B current = gain * through;
      store(&error_e_[at + v], fma(B(decay_e_), load<B>(&error_e_[at + v]), current));
      store(&error_i_[at + v], fma(B(decay_i_), load<B>(&error_i_[at + v]), B(-current)));
    }
    T* const synapse = &error_synapse_[s * class_stride_];
    T* const readout = &error_readout_[s * class_stride_];
    for (std::size_t v = 0; v < class_stride_; v += lanes) {
      const B y = load<B>(readout + v);
      store(synapse + v, fma(B(decay_s_), load<B>(synapse + v), B(B(gain_r_) * y)));
      store(readout + v, B(decay_r_) * y);
    }
  }

  Shape shape_;
  decltype(std::declval<Neuron>().prepare(Time{})) neuron_;
  S surrogate_;
  T threshold_, decay_e_, decay_i_, decay_s_, decay_r_, gain_r_, start_;
  std::size_t stride_, class_stride_, words_, steps_ = 0;

  aligned_vector<T> voltage_;                // [t][trial][neuron], t = 0 .. T
  aligned_vector<T> trace_;                  // [trial][t][class]
  aligned_vector<std::uint64_t> spikes_;     // [t][trial][word]
  aligned_vector<T> current_e_, current_i_;  // [trial][neuron]
  aligned_vector<T> synapse_, readout_;      // [trial][class]
  aligned_vector<T> error_u_, error_e_, error_i_, error_spike_, cost_;
  aligned_vector<T> error_synapse_, error_readout_;
  aligned_vector<std::uint32_t> counts_;
  std::array<std::span<const InputSpike>, block_trials> inputs_{};
  std::array<std::size_t, block_trials> cursor_{};
};

}  // namespace engram::inline ENGRAM_ABI::training
