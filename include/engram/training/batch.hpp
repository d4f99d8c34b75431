#pragma once
/// Loss and gradient of a batch, in blocks of 16 trials over threads. Every block has a gradient of its own and these
/// are summed in the order of the blocks, so that the bits are the same for any number of threads.
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "bptt.hpp"
#include "constraint.hpp"
#include "workers.hpp"

namespace engram::inline ENGRAM_ABI::training {

/// Means over the trials of a batch.
struct BatchReport {
  double loss = 0;  ///< of the readout
  double cost = 0;  ///< of the constraints on activity
  double accuracy = 0;
  double spikes_excitatory = 0;  ///< per neuron and trial
  double spikes_inhibitory = 0;

  void archive_state(auto& archive) { archive(loss, cost, accuracy, spikes_excitatory, spikes_inhibitory); }
};

template <class T, TrainableNeuron Neuron, Surrogate S, ReadoutLoss Loss, class Constraint = Constraints<>>
class BatchGradient {
 public:
  BatchGradient(const Model<Neuron>& model, const S& surrogate, const Loss& loss, const Constraint& constraint,
                std::size_t threads = 1)
      : model_(model),
        loss_(loss),
        constraint_(constraint),
        transposed_(model.shape),
        workers_(threads),
        sum_(model.shape) {
    validate(model, "Model");
    validate(surrogate, "surrogate");
    validate(loss, "loss");
    constraint.check("constraint", model.shape);
    for (std::size_t k = 0; k < threads; ++k) desks_.push_back({BlockPass<T, Neuron, S>(model, surrogate), {}});
  }

  /// Gradient of the mean over `trials` of loss and activity cost; `plastic` as in BlockPass::backward.
  BatchReport gradient(const Weights<T>& w, const SpikeData& data, std::span<const std::uint32_t> trials,
                       bool plastic) {
    check(w, data, trials);
    transposed_.assign(w);
    const T scale = T(1) / static_cast<T>(trials.size());
    const auto report = over_blocks(
        w, data, trials,
        [&](std::size_t block, BlockPass<T, Neuron, S>& pass) {
          std::fill(gradients_[block].flat().begin(), gradients_[block].flat().end(), T(0));
          pass.backward(transposed_, scale, plastic, gradients_[block]);
        },
        true);
    sum_gradients();
    return report;
  }
  /// What gradient() found; autapses and padding are 0.
  const Weights<T>& gradient() const { return sum_; }
  Weights<T>& gradient() { return sum_; }

  /// Means over `trials` without a gradient.
  BatchReport evaluate(const Weights<T>& w, const SpikeData& data, std::span<const std::uint32_t> trials) {
    check(w, data, trials);
    return over_blocks(
        w, data, trials, [](std::size_t, BlockPass<T, Neuron, S>&) {}, false);
  }
  BatchReport evaluate(const Weights<T>& w, const SpikeData& data) {
    everything_.resize(data.size());
    std::iota(everything_.begin(), everything_.end(), 0u);
    return evaluate(w, data, everything_);
  }

  const Model<Neuron>& model() const { return model_; }

 private:
  struct alignas(64) Desk {  // threads share no cache line
    BlockPass<T, Neuron, S> pass;
    std::vector<double> scratch;
  };
  /// Sums over the trials of one block.
  struct BlockSum {
    double loss = 0, cost = 0, correct = 0, spikes_e = 0, spikes_i = 0;
  };

  template <class Then>
  BatchReport over_blocks(const Weights<T>& w, const SpikeData& data, std::span<const std::uint32_t> trials,
                          Then&& then, bool keep_gradients) {
    const std::size_t blocks = (trials.size() + block_trials - 1) / block_trials;
    sums_.assign(blocks, {});
    if (keep_gradients)
      while (gradients_.size() < blocks) gradients_.emplace_back(model_.shape);
    used_ = blocks;
    workers_.run(blocks, [&](std::size_t block, std::size_t worker) {
      const auto mine =
          trials.subspan(block * block_trials, std::min(block_trials, trials.size() - block * block_trials));
      desks_[worker].pass.forward(w, data, mine);
      sums_[block] = judge(desks_[worker], data, mine);
      then(block, desks_[worker].pass);
    });
    return report(trials.size());
  }

  /// Losses of the block's trials; their gradient replaces the traces. Trials that fill up the block have none.
  BlockSum judge(Desk& desk, const SpikeData& data, std::span<const std::uint32_t> trials) {
    BlockSum sum;
    for (std::size_t s = 0; s < block_trials; ++s) {
      const auto trace = desk.pass.trace(s);
      if (s >= trials.size()) {
        std::fill(trace.data, trace.data + trace.steps * trace.stride, T(0));
        continue;
      }
      const std::size_t label = data.label(trials[s]);
      const Verdict verdict = loss_(trace, label, desk.scratch);
      const auto counts = desk.pass.counts(s);
      sum.loss += verdict.loss;
      sum.correct += verdict.choice == label;
      sum.cost += constraint_.activity(counts, desk.pass.count_gradient(s));
      for (std::size_t j = 0; j < counts.size(); ++j)
        (j < model_.shape.excitatory ? sum.spikes_e : sum.spikes_i) += counts[j];
    }
    return sum;
  }

  BatchReport report(std::size_t trials) const {
    BlockSum all;
    for (const auto& s : sums_) {
      all.loss += s.loss, all.cost += s.cost, all.correct += s.correct;
      all.spikes_e += s.spikes_e, all.spikes_i += s.spikes_i;
    }
    const double n = static_cast<double>(trials),
                 ni = static_cast<double>(std::max<std::size_t>(model_.shape.inhibitory, 1));
    return {all.loss / n, all.cost / n, all.correct / n,
            all.spikes_e / n / static_cast<double>(model_.shape.excitatory), all.spikes_i / n / ni};
  }

  void sum_gradients() {
    constexpr std::size_t slice = 4096;
    const auto total = sum_.flat();
    workers_.run((total.size() + slice - 1) / slice, [&](std::size_t k, std::size_t) {
      const std::size_t first = k * slice, last = std::min(first + slice, total.size());
      std::copy_n(gradients_[0].flat().data() + first, last - first, total.data() + first);
      for (std::size_t block = 1; block < used_; ++block) {
        const T* from = gradients_[block].flat().data();
        for (std::size_t v = first; v < last; v += lanes)  // strides are multiples of the logical width
          store(total.data() + v, load<B>(total.data() + v) + load<B>(from + v));
      }
    });
    for (Block b : {Block::excitatory, Block::inhibitory}) {
      const auto block = sum_[b];
      for (std::size_t i = 0; i < block.rows; ++i) block(i, autapse(model_.shape, b, i)) = T(0);
    }
  }

  void check(const Weights<T>& w, const SpikeData& data, std::span<const std::uint32_t> trials) const {
    require_shape(w, model_.shape);
    require_shape(data, model_.shape);
    if (trials.empty()) throw config_error("trials", "none", "at least one");
    for (auto t : trials)
      if (t >= data.size()) throw config_error("trials", std::to_string(t), "[0, " + std::to_string(data.size()) + ")");
  }

  using B = native_lanes<T>;
  static constexpr std::size_t lanes = lane_count<B>;

  Model<Neuron> model_;
  Loss loss_;
  Constraint constraint_;
  TransposedWeights<T> transposed_;
  Workers workers_;
  std::vector<Desk> desks_;
  std::vector<Weights<T>> gradients_;
  std::vector<BlockSum> sums_;
  std::vector<std::uint32_t> everything_;
  Weights<T> sum_;
  std::size_t used_ = 0;
};

}  // namespace engram::inline ENGRAM_ABI::training
