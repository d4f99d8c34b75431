#pragma once
// One run of the design: a cell (task x constraint x input connections) and a seed. Trains a network and keeps it as it
// was before training, when it first met the criterion, and at the end.
#include <filesystem>
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

  void archive_state(auto& archive) { archive(weights, validation, step); }
};

struct HistoryPoint {
  std::uint64_t step = 0;
  double loss = 0;  ///< of the last batch before
  engram::training::BatchReport validation{};

  void archive_state(auto& archive) { archive(step, loss, validation); }
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

  /// What of it was found on the way.
  void archive_state(auto& archive) {
    bool met = criterion.has_value();
    if constexpr (std::decay_t<decltype(archive)>::reading) history.clear();  // of any length
    archive(history, met);
    if (met && !criterion) criterion = before;
    if (met) archive(*criterion);
  }
};

/// Called after every epoch with the step reached and the validation accuracy; false ends the training there.
using OnEpoch = std::function<bool(std::uint64_t step, double accuracy)>;

/// Where a run saves itself: every so many steps, when it is stopped and at its end; it goes on from the file if it is there.
struct Checkpoint {
  std::filesystem::path file;
  std::uint64_t every = 0;  ///< steps; 0: neither saves nor looks for the file
};

/// Throws config_error if the setting is impossible.
void check(const Setting& setting);
/// Nothing if on_epoch stopped it; numerical_error when the training diverges, io_error if a checkpoint does not fit.
std::optional<Run> run_cell(const Cell& cell, std::uint64_t seed, const Setting& setting, const OnEpoch& on_epoch,
                            const Checkpoint& checkpoint = {});
