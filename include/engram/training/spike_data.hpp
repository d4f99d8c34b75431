#pragma once
/// Labelled trials of input spikes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "../core/error.hpp"
#include "../core/fields.hpp"

namespace engram::inline ENGRAM_ABI::training {

struct InputSpike {
  std::uint32_t step;
  std::uint32_t unit;
  friend auto operator<=>(const InputSpike&, const InputSpike&) = default;
};

/// Trials of equal length, spikes sorted by step within each. Two spikes of a unit in one step count twice.
class SpikeData {
 public:
  SpikeData() = default;
  SpikeData(std::size_t steps, std::size_t units, std::size_t classes)
      : steps_(steps), units_(units), classes_(classes) {
    require_in("SpikeData.steps", static_cast<double>(steps), {1, 1e6});
    require_in("SpikeData.units", static_cast<double>(units), {1, 1e6});
    require_in("SpikeData.classes", static_cast<double>(classes), {2, 1e5});
  }

  /// Adds a trial. Throws config_error on a step, unit or label out of range; then nothing was added.
  void add(std::vector<InputSpike> spikes, std::size_t label) {
    const auto below = [&](const char* what, std::size_t value, std::size_t limit) {
      if (value >= limit)
        throw config_error(what + (" of trial " + std::to_string(size())), std::to_string(value),
                           "[0, " + std::to_string(limit) + ")");
    };
    below("label", label, classes_);
    for (const auto& s : spikes) below("step", s.step, steps_), below("unit", s.unit, units_);
    std::sort(spikes.begin(), spikes.end());
    spikes_.insert(spikes_.end(), spikes.begin(), spikes.end());
    end_.push_back(spikes_.size());
    labels_.push_back(label);
  }

  std::size_t size() const { return labels_.size(); }
  std::size_t steps() const { return steps_; }
  std::size_t units() const { return units_; }
  std::size_t classes() const { return classes_; }
  std::size_t label(std::size_t trial) const { return labels_[trial]; }
  std::span<const InputSpike> spikes(std::size_t trial) const {
    const std::size_t first = trial == 0 ? 0 : end_[trial - 1];
    return std::span(spikes_).subspan(first, end_[trial] - first);
  }

 private:
  std::size_t steps_ = 1, units_ = 1, classes_ = 2;
  std::vector<InputSpike> spikes_;
  std::vector<std::size_t> end_;
  std::vector<std::size_t> labels_;
};

/// What a network is trained on and what it is judged by.
struct Dataset {
  SpikeData train, validation;
};

}  // namespace engram::inline ENGRAM_ABI::training
