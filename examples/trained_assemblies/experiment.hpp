#pragma once
// One run of the design: a cell (task x constraint x input connections) and a seed. Trains a network and keeps it as it
// was before training, when it first met the criterion, and at the end.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <engram/training/trainer.hpp>

enum class TaskKind { simple, memory, exclusive_or, context_switch };
enum class ConstraintKind { none, resources };
enum class InputKind { plastic, frozen };
enum class OptimizerKind { adam, smorms3, sgd };

const char* name(TaskKind);
const char* name(ConstraintKind);
const char* name(InputKind);
const char* name(OptimizerKind);

struct Cell {
  TaskKind task = TaskKind::simple;
  ConstraintKind constraint = ConstraintKind::none;
  InputKind input = InputKind::plastic;
  std::string name() const;  ///< "xor_resources_frozen"
};

/// What all runs share.
struct Setting {
  std::size_t neurons = 125;
  double inhibitory_fraction = 0.2;
  std::size_t steps = 900;
  OptimizerKind optimizer = OptimizerKind::adam;
  engram::training::BlockRates rates{};
  double weight_decay = 0.001;  ///< L1 per step under constraints, of the block's mean initial weight
  engram::training::SpikeCountBound spike_bound{};

  std::size_t inhibitory() const;
  std::size_t excitatory() const { return neurons - inhibitory(); }
};

struct Snapshot {
  engram::training::Weights<float> weights;
  engram::training::BatchReport validation;
  std::uint64_t step = 0;
};

struct HistoryPoint {
  std::uint64_t step;
  double loss;  ///< of the last batch before
  engram::training::BatchReport validation;
};

struct RasterSpike {
  std::uint32_t trial, label, step, neuron;
};

struct Run {
  Cell cell;
  std::uint64_t seed;
  Snapshot before, after;
  std::optional<Snapshot> criterion;           ///< validation accuracy >= 0.95 in two successive epochs
  std::vector<HistoryPoint> history;           ///< one point per epoch
  std::vector<RasterSpike> raster;             ///< of eight validation trials, after training
  std::vector<std::vector<double>> responses;  ///< mean spikes per neuron and label over the validation set, after
};

/// Called after every epoch with the step reached and the validation accuracy.
using OnEpoch = std::function<void(std::uint64_t step, double accuracy)>;

/// Throws config_error before anything runs if the setting is impossible; numerical_error when the training diverges.
void check(const Setting& setting);
Run run_cell(const Cell& cell, std::uint64_t seed, const Setting& setting, const OnEpoch& on_epoch);
