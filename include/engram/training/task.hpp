#pragma once
/// Tasks, generated in place from a seed. All but the last report on stimuli that are points on random manifolds
/// (manifold.hpp): each input unit spikes once per stimulus. A task is a struct with `Shape`-relevant sizes (`units()`,
/// `classes()`, `steps()`) and `SpikeData make(Seed, first trial, trials)`; trials are a function of (seed, trial
/// index).
///
/// | task               | stimulus (steps)                    | report                                | steps |
/// |--------------------|-------------------------------------|---------------------------------------|-------|
/// | ManifoldClasses    | 0..50                               | class                                 | 100   |
/// | DelayedXor         | A 0..40, B 60..100, same manifolds  | class of A xor class of B             | 120   |
/// | DelayedMemory      | the same input                      | class of A                            | 120   |
/// | ContextSwitch      | 0..60, cue units of the context     | the context's own map class -> {0, 1} | 100   |
#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <tuple>
#include <vector>

#include "manifold.hpp"
#include "spike_data.hpp"

namespace engram::inline ENGRAM_ABI::training {

template <class K>
concept Task = requires(const K task, Seed seed) {
  { task.units() } -> std::convertible_to<std::size_t>;
  { task.classes() } -> std::convertible_to<std::size_t>;
  { task.steps() } -> std::convertible_to<std::size_t>;
  { task.make(seed, std::size_t{}, std::size_t{}) } -> std::same_as<SpikeData>;
};

/// `classes` manifolds of `dimension` in `units` units.
struct ManifoldStimuli {
  double classes = 2;
  double units = 50;
  double dimension = 1;
  double smoothness = 2;

  std::vector<RandomManifold> manifolds(Seed seed) const {
    std::vector<RandomManifold> out;
    for (std::size_t k = 0; k < static_cast<std::size_t>(classes); ++k)
      out.emplace_back(static_cast<std::size_t>(units), static_cast<std::size_t>(dimension), smoothness, seed, k);
    return out;
  }
  /// One spike per unit in steps [first, first + span) for a uniformly drawn point of `manifold`.
  static void present(const RandomManifold& manifold, std::size_t first, double span, Stream& random,
                      std::vector<double>& x, std::vector<double>& y, std::vector<InputSpike>& spikes) {
    x.resize(manifold.dimension());
    for (double& each : x) each = random.uniform();
    manifold.embed(x, y);
    for (std::size_t unit = 0; unit < y.size(); ++unit)
      spikes.push_back({static_cast<std::uint32_t>(first) + static_cast<std::uint32_t>(0.999 * span * y[unit]),
                        static_cast<std::uint32_t>(unit)});
  }
  static constexpr auto fields() {
    return std::tuple{field("classes", &ManifoldStimuli::classes, Range{2, 1000}),
                      field("units", &ManifoldStimuli::units, Range{1, 1e5}),
                      field("dimension", &ManifoldStimuli::dimension, Range{1, 100}),
                      field("smoothness", &ManifoldStimuli::smoothness, Range{0.1, 100})};
  }
};

/// One stimulus, report its class.
struct ManifoldClasses {
  ManifoldStimuli stimuli{};
  double span = 50, length = 100;  ///< steps

  std::size_t units() const { return static_cast<std::size_t>(stimuli.units); }
  std::size_t classes() const { return static_cast<std::size_t>(stimuli.classes); }
  std::size_t steps() const { return static_cast<std::size_t>(length); }

  SpikeData make(Seed seed, std::size_t first, std::size_t trials) const {
    validate(stimuli, "ManifoldClasses.stimuli");
    require_in("ManifoldClasses.span", span, {0, length}, "steps");
    const auto manifolds = stimuli.manifolds(seed);
    SpikeData data(steps(), units(), classes());
    std::vector<double> x, y(units());
    for (std::size_t n = first; n < first + trials; ++n) {
      auto random = draw(seed, Draw::trials, n);
      std::vector<InputSpike> spikes;
      ManifoldStimuli::present(manifolds[n % classes()], 0, span, random, x, y, spikes);
      data.add(std::move(spikes), n % classes());
    }
    return data;
  }
};

/// Two stimuli with a gap between; `report(a, b)` of their classes in {0, 1} is the label.
template <auto report>
struct TwoStimuli {
  ManifoldStimuli stimuli{};
  double span = 40, second = 60, length = 120;  ///< steps

  std::size_t units() const { return static_cast<std::size_t>(stimuli.units); }
  std::size_t classes() const { return 2; }
  std::size_t steps() const { return static_cast<std::size_t>(length); }

  SpikeData make(Seed seed, std::size_t first, std::size_t trials) const {
    validate(stimuli, "TwoStimuli.stimuli");
    require_in("TwoStimuli.second", second, {0, length}, "steps");
    require_in("TwoStimuli.span", span, {0, length - second}, "steps");
    require_in("TwoStimuli.stimuli.classes", stimuli.classes, {2, 2});
    const auto manifolds = stimuli.manifolds(seed);
    SpikeData data(steps(), units(), classes());
    std::vector<double> x, y(units());
    for (std::size_t n = first; n < first + trials; ++n) {
      const std::size_t a = n % 2, b = n / 2 % 2;
      auto random = draw(seed, Draw::trials, n);
      std::vector<InputSpike> spikes;
      ManifoldStimuli::present(manifolds[a], 0, span, random, x, y, spikes);
      ManifoldStimuli::present(manifolds[b], static_cast<std::size_t>(second), span, random, x, y, spikes);
      data.add(std::move(spikes), report(a, b));
    }
    return data;
  }
};
using DelayedXor = TwoStimuli<[](std::size_t a, std::size_t b) { return a ^ b; }>;
using DelayedMemory = TwoStimuli<[](std::size_t a, std::size_t) { return a; }>;

/// Four classes, four contexts, each with its own balanced map of classes to {0, 1}; a context's cue units spike once
/// in every 20 steps.
struct ContextSwitch {
  ManifoldStimuli stimuli{.classes = 4};
  double span = 60, length = 100, period = 20;  ///< steps
  static constexpr std::size_t contexts = 4, cue_units = 8;

  std::size_t units() const { return static_cast<std::size_t>(stimuli.units) + contexts * cue_units; }
  std::size_t classes() const { return 2; }
  std::size_t steps() const { return static_cast<std::size_t>(length); }

  /// maps(seed)[context][class], four different ones of the six balanced maps.
  static std::array<std::array<std::size_t, 4>, contexts> maps(Seed seed) {
    std::array<std::array<std::size_t, 4>, 6> all{
        {{0, 0, 1, 1}, {0, 1, 0, 1}, {0, 1, 1, 0}, {1, 0, 0, 1}, {1, 0, 1, 0}, {1, 1, 0, 0}}};
    auto random = draw(seed, Draw::maps);
    shuffle(all, random);
    return {all[0], all[1], all[2], all[3]};
  }

  SpikeData make(Seed seed, std::size_t first, std::size_t trials) const {
    validate(stimuli, "ContextSwitch.stimuli");
    require_in("ContextSwitch.span", span, {0, length}, "steps");
    require_in("ContextSwitch.period", period, {1, length}, "steps");
    require_in("ContextSwitch.stimuli.classes", stimuli.classes, {4, 4});
    const auto manifolds = stimuli.manifolds(seed);
    const auto map = maps(seed);
    SpikeData data(steps(), units(), classes());
    const std::size_t signals = static_cast<std::size_t>(stimuli.units);
    std::vector<double> x, y(signals);
    for (std::size_t n = first; n < first + trials; ++n) {
      const std::size_t stimulus = n % 4, context = n / 4 % contexts;
      auto random = draw(seed, Draw::trials, n);
      std::vector<InputSpike> spikes;
      ManifoldStimuli::present(manifolds[stimulus], 0, span, random, x, y, spikes);
      for (std::size_t unit = 0; unit < cue_units; ++unit)
        for (double t = 0; t + period <= length; t += period)
          spikes.push_back({static_cast<std::uint32_t>(t + period * random.uniform()),
                            static_cast<std::uint32_t>(signals + context * cue_units + unit)});
      data.add(std::move(spikes), map[context][stimulus]);
    }
    return data;
  }
};

static_assert(Task<ManifoldClasses> && Task<DelayedXor> && Task<DelayedMemory> && Task<ContextSwitch>);

/// `train` trials to learn from and `validation` further ones of the same manifolds.
template <Task K>
Dataset make_dataset(const K& task, Seed seed, std::size_t train = 2000, std::size_t validation = 500) {
  return {task.make(seed, 0, train), task.make(seed, train, validation)};
}

}  // namespace engram::inline ENGRAM_ABI::training
