#include "experiment.hpp"

#include <algorithm>
#include <cmath>

#include <engram/training/initialisation.hpp>
#include <engram/training/task.hpp>

using namespace engram;
using namespace engram::training;

const char* name(TaskKind k) {
  constexpr const char* names[] = {"simple", "memory", "xor", "switch"};
  return names[static_cast<std::size_t>(k)];
}
const char* name(ConstraintKind k) { return k == ConstraintKind::none ? "none" : "resources"; }
const char* name(InputKind k) { return k == InputKind::plastic ? "plastic" : "frozen"; }
const char* name(OptimizerKind k) {
  constexpr const char* names[] = {"adam", "smorms3", "sgd"};
  return names[static_cast<std::size_t>(k)];
}
std::string Cell::name() const { return std::string(::name(task)) + "_" + ::name(constraint) + "_" + ::name(input); }

std::size_t Setting::inhibitory() const {
  return static_cast<std::size_t>(std::llround(inhibitory_fraction * static_cast<double>(neurons)));
}

void check(const Setting& s) {
  require_in("neurons", static_cast<double>(s.neurons), {10, 4000});
  require_in("inhibitory-fraction", s.inhibitory_fraction, {0.05, 0.9});
  require_in("steps", static_cast<double>(s.steps), {1, 1e6});
  validate(s.rates, "rates");
  validate(s.spike_bound, "spike-bound");
  require_in("weight-decay", s.weight_decay, non_negative);
}

namespace {

Dataset dataset(TaskKind task, Seed seed) {
  switch (task) {
    case TaskKind::simple: return make_dataset(ManifoldClasses{}, seed);
    case TaskKind::memory: return make_dataset(DelayedMemory{}, seed);
    case TaskKind::exclusive_or: return make_dataset(DelayedXor{}, seed);
    case TaskKind::context_switch: break;
  }
  return make_dataset(ContextSwitch{}, seed);
}

/// Eight trials of the raster and the mean responses to each label, from the network as it is now.
template <class Loss>
void listen(Run& run, const Model<>& model, const Weights<float>& w, const SpikeData& data, const Loss&) {
  BlockPass<float, NormalizedLIF, SuperSpike> pass(model, {});
  const std::size_t neurons = model.shape.neurons();
  run.responses.assign(neurons, std::vector<double>(data.classes(), 0));
  std::vector<double> trials_of(data.classes(), 0);
  for (std::uint32_t first = 0; first < data.size(); first += block_trials) {
    std::vector<std::uint32_t> trials;
    for (std::uint32_t k = first; k < std::min<std::size_t>(first + block_trials, data.size()); ++k)
      trials.push_back(k);
    pass.forward(w, data, trials);
    for (std::uint32_t s = 0; s < trials.size(); ++s) {
      const std::size_t label = data.label(trials[s]);
      ++trials_of[label];
      for (std::size_t j = 0; j < neurons; ++j) run.responses[j][label] += pass.counts(s)[j];
      for (std::uint32_t t = 0; trials[s] < 8 && t < data.steps(); ++t)
        for (std::uint32_t j = 0; j < neurons; ++j)
          if (pass.spiked(t, s, j)) run.raster.push_back({trials[s], static_cast<std::uint32_t>(label), t, j});
    }
  }
  for (auto& row : run.responses)
    for (std::size_t k = 0; k < row.size(); ++k) row[k] /= std::max(1.0, trials_of[k]);
}

template <class Loss, class Policy>
std::optional<Run> train(const Cell& cell, std::uint64_t seed, const Setting& setting, Time tau_readout,
                         const Loss& loss, const Policy& policy, const OnEpoch& on_epoch, const Checkpoint& checkpoint) {
  const Dataset data = dataset(cell.task, Seed{seed});
  const Model<> model{.shape = {data.train.units(), setting.excitatory(), setting.inhibitory(), data.train.classes()},
                      .tau_readout = tau_readout};
  const bool bounded = cell.constraint == ConstraintKind::resources;
  auto bound = setting.spike_bound;
  if (!bounded) bound.strength = 0;
  Trainer<float, NormalizedLIF, SuperSpike, Loss, Policy, Constraints<SpikeCountBound, WeightL1>> trainer(
      model, {}, loss, policy, setting.rates, constraints(bound, WeightL1{bounded ? setting.weight_decay : 0}),
      FluctuationDriven{}.weights<float>(model, Seed{seed}),
      {.input_plastic = cell.input == InputKind::plastic, .seed = Seed{seed}});

  Run run{.cell = cell,
          .seed = seed,
          .before = {},
          .after = {},
          .criterion = {},
          .history = {},
          .raster = {},
          .responses = {}};
  const auto snapshot = [&](const BatchReport& validation) {
    return Snapshot{trainer.weights(), validation, trainer.steps_done()};
  };
  run.before = snapshot(trainer.evaluate(data.validation));
  run.history.push_back({0, run.before.validation.loss, run.before.validation});
  if (checkpoint.every > 0 && std::filesystem::exists(checkpoint.file)) trainer.load(checkpoint.file, run);
  const std::size_t epoch = trainer.steps_per_epoch(data.train);
  bool go_on = true;
  while (go_on && trainer.steps_done() < setting.steps) {
    const auto report = trainer.step(data.train);
    const auto step = trainer.steps_done();
    if (step % epoch == 0 || step == setting.steps) {
      const auto validation = trainer.evaluate(data.validation);
      const bool twice = std::min(validation.accuracy, run.history.back().validation.accuracy) >= 0.95;
      run.history.push_back({step, report.loss, validation});
      if (twice && !run.criterion) run.criterion = snapshot(validation);
      go_on = on_epoch(step, validation.accuracy);
    }
    if (checkpoint.every > 0 && (step % checkpoint.every == 0 || step == setting.steps || !go_on))
      trainer.save(checkpoint.file, run);
  }
  if (trainer.steps_done() < setting.steps) return std::nullopt;
  run.after = snapshot(run.history.back().validation);
  listen(run, model, trainer.weights(), data.validation, loss);
  return run;
}

template <class Policy>
std::optional<Run> train_task(const Cell& cell, std::uint64_t seed, const Setting& setting, const Policy& policy,
                              const OnEpoch& on_epoch, const Checkpoint& checkpoint) {
  if (cell.task == TaskKind::simple || cell.task == TaskKind::context_switch)
    return train(cell, seed, setting, Time{200}, MaxOverTime{}, policy, on_epoch, checkpoint);
  return train(cell, seed, setting, Time{20}, MeanOverWindow{20}, policy, on_epoch, checkpoint);
}

}  // namespace

std::optional<Run> run_cell(const Cell& cell, std::uint64_t seed, const Setting& setting, const OnEpoch& on_epoch,
                            const Checkpoint& checkpoint) {
  switch (setting.optimizer) {
    case OptimizerKind::adam: return train_task(cell, seed, setting, Adam{}, on_epoch, checkpoint);
    case OptimizerKind::smorms3: return train_task(cell, seed, setting, SMORMS3{}, on_epoch, checkpoint);
    case OptimizerKind::sgd: break;
  }
  return train_task(cell, seed, setting, SGD{.momentum = 0.9}, on_epoch, checkpoint);
}
