#pragma once
/// Training, step by step: draw a batch, gradient, clip, optimiser, constraints on weights, back under Dale's law. The
/// run is a function of (model, policies, initial weights, data, seed): threads change nothing, and a run that was
/// saved and loaded goes on with the same bits.
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <numeric>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "../io/checkpoint.hpp"
#include "batch.hpp"
#include "draw.hpp"
#include "optimizer.hpp"

namespace engram::inline ENGRAM_ABI::training {

struct TrainerOptions {
  double batch = 128;         ///< trials per step; an incomplete last batch of an epoch is dropped
  bool input_plastic = true;  ///< false: input weights stay as drawn
  double clip = 0;            ///< largest Euclidean norm of the gradient; 0: none
  std::size_t threads = 1;
  Seed seed{1};  ///< of the order of trials

  static constexpr auto fields() {
    return std::tuple{field("batch", &TrainerOptions::batch, Range{1, 1e7}),
                      field("clip", &TrainerOptions::clip, non_negative)};
  }
};

/// A step whose loss or gradient is not finite; `step` counts the optimiser's steps before it.
struct divergence : numerical_error {
  divergence(const std::string& what, std::uint64_t step_, double value_)
      : numerical_error("network", 0, step_, value_, "training diverged", "the " + what + " is not finite") {}
};

template <class T, TrainableNeuron Neuron, Surrogate S, ReadoutLoss Loss, OptimizerPolicy Policy,
          class Constraint = Constraints<>>
class Trainer {
 public:
  Trainer(const Model<Neuron>& model, const S& surrogate, const Loss& loss, const Policy& policy,
          const BlockRates& rates, const Constraint& constraint, Weights<T> initial, const TrainerOptions& options = {})
      : options_((validate(options, "TrainerOptions"), options)),
        constraint_(constraint),
        batch_(model, surrogate, loss, constraint, options.threads),
        optimizer_(policy, rates, initial),
        weights_(std::move(initial)) {
    require_shape(weights_, model.shape);
    describe(model, "model"), describe(model.neuron, "neuron"), describe(surrogate, "surrogate");
    describe(loss, "loss"), describe(policy, "optimizer"), describe(rates, "rates"), describe(options, "options");
    constraint.for_each([&](const auto& c) { describe(c, "constraint"); });
    note("bits", 8 * sizeof(T)), note("inputs", model.shape.inputs), note("excitatory", model.shape.excitatory);
    note("inhibitory", model.shape.inhibitory), note("classes", model.shape.classes);
    note("relative rates", rates.relative), note("plastic input", options.input_plastic);
    note("order of trials", options.seed.value);
  }

  const Weights<T>& weights() const { return weights_; }
  std::uint64_t steps_done() const { return optimizer_.step(); }
  const Model<Neuron>& model() const { return batch_.model(); }

  /// Steps in one pass over `data`.
  std::size_t steps_per_epoch(const SpikeData& data) const {
    const std::size_t n = data.size() / static_cast<std::size_t>(options_.batch);
    if (n == 0)
      throw config_error("TrainerOptions.batch", number_text(options_.batch),
                         "at most the " + std::to_string(data.size()) + " trials");
    return n;
  }

  /// One step on the next batch of `data`, whose order is drawn anew for each epoch. Returns the means over the batch
  /// before the step. Throws divergence, with the weights as they were, when loss or gradient is not finite.
  BatchReport step(const SpikeData& data) {
    const std::size_t per_epoch = steps_per_epoch(data), size = static_cast<std::size_t>(options_.batch);
    const std::size_t done = static_cast<std::size_t>(optimizer_.step());
    arrange(done / per_epoch, data.size());
    const auto report = batch_.gradient(weights_, data, std::span(order_).subspan(done % per_epoch * size, size),
                                        options_.input_plastic);
    guard(report);
    optimizer_.update(weights_, batch_.gradient(), options_.input_plastic);
    constraint_.shrink(weights_, optimizer_.initial());
    project(weights_);
    return report;
  }

  BatchReport evaluate(const SpikeData& data) { return batch_.evaluate(weights_, data); }

  /// The whole state, and of `more` whatever has an archive_state(). Throws io_error; an old file survives.
  template <class... More>
  void save(const std::filesystem::path& path, const More&... more) const {
    ArchiveWriter state;
    state(optimizer_, weights_, more...);
    engram::detail::write_checkpoint(path, configuration_, state.bytes);
  }
  /// Goes on where save() was called, in a trainer that was built in the same way. Throws io_error with the reason if the
  /// file is cut, damaged or of another configuration; then nothing has changed.
  template <class... More>
  void load(const std::filesystem::path& path, More&... more) {
    std::tuple loaded{optimizer_, weights_, more...};
    engram::detail::read_checkpoint(path, configuration_, [&](ArchiveReader& reader) {
      std::apply([&](auto&... each) { reader(each...); }, loaded);
    });
    std::tie(optimizer_, weights_, more...) = std::move(loaded);
    arranged_ = ~std::size_t{0};
  }

 private:
  /// Lines of what must agree between a checkpoint and the trainer that loads it.
  template <class V>
  void note(const std::string& name, V value) {
    std::ostringstream out;
    out.precision(17);
    out << name << ' ' << value << '\n';
    configuration_ += out.str();
  }
  template <class P>
  void describe(const P& policy, const std::string& name) {
    configuration_ += name + '\n';
    for (const auto& p : parameters(policy)) note(name + "." + p.name, p.value);
  }

  void arrange(std::size_t epoch, std::size_t trials) {
    if (arranged_ == epoch && order_.size() == trials) return;
    order_.resize(trials);
    std::iota(order_.begin(), order_.end(), 0u);
    auto random = draw(options_.seed, Draw::shuffle, epoch);
    shuffle(order_, random);
    arranged_ = epoch;
  }

  void guard(const BatchReport& report) {
    double square = 0;
    for (T g : batch_.gradient().flat()) square += static_cast<double>(g) * static_cast<double>(g);
    const double loss = report.loss + report.cost;
    if (!std::isfinite(loss)) throw divergence("loss", optimizer_.step(), loss);
    if (!std::isfinite(square)) throw divergence("gradient", optimizer_.step(), square);
    if (options_.clip > 0 && square > options_.clip * options_.clip) {
      const T by = static_cast<T>(options_.clip / std::sqrt(square));
      for (T& g : batch_.gradient().flat()) g *= by;
    }
  }

  TrainerOptions options_;
  Constraint constraint_;
  BatchGradient<T, Neuron, S, Loss, Constraint> batch_;
  Optimizer<T, Policy> optimizer_;
  Weights<T> weights_;
  std::vector<std::uint32_t> order_;
  std::size_t arranged_ = ~std::size_t{0};
  std::string configuration_;
};

}  // namespace engram::inline ENGRAM_ABI::training
