#pragma once
/// The simulation: populations, projections and a clock. One step is three hops, in this order and nothing else:
///
/// 1. Population::advance   inputs -> receptor filter -> membrane -> spikes of the step
/// 2. Projection::step      learning from these spikes, then delivery: weights onto the receptors of the targets
/// 3. observers             read; they change nothing
///
/// A spike of step n acts from step n + 1 on. Copying a simulation forks it: the copy goes on with the same bits until
/// it is given another noise seed.
#include <array>
#include <optional>
#include <tuple>

#include "projection.hpp"
#include "schedule.hpp"

namespace engram::inline ENGRAM_ABI {

/// The time step.
struct Clock {
  Time dt{0.1};
};

/// What ends a run that has gone wrong, besides a membrane potential or a weight that is not a number.
struct Guard {
  Rate highest_rate{0.5};  ///< of a single cell, over `window`; 500 Hz
  Time window{100};
};

enum class RunResult { completed, stopped };

/// Reads a simulation every so often: `every` (a multiple of dt) and observe(simulation), which may return false to stop
/// the run.
template <class O, class Sim>
concept Observer = requires(O observer, const Sim& sim) {
  { observer.every } -> std::convertible_to<Time>;
  observer.observe(sim);
};

template <class T, class Populations, class Projections>
class Simulation;

template <class T, class... Pops, class... Projs>
class Simulation<T, std::tuple<Pops...>, std::tuple<Projs...>> {
 public:
  using value_type = T;

  Simulation(Clock clock, Seed seed, std::tuple<Pops...> populations, std::tuple<Projs...> projections,
             std::array<std::array<std::size_t, 2>, sizeof...(Projs)> ends)
      : clock_(clock), seed_(seed), populations_(std::move(populations)), projections_(std::move(projections)), ends_(ends) {}

  /// One time step.
  void step() {
    std::apply([&](auto&... p) { (p.advance(step_), ...); }, populations_);
    require_finite();
    const auto at = views();
    std::size_t k = 0;
    const auto pass = [&](auto& projection) {
      const auto [source, target] = ends_[k++];
      projection.step(step_, at[source].spikes, at[target].spikes, at[target].synaptic[projection.receptor()]);
    };
    std::apply([&](auto&... p) { (pass(p), ...); }, projections_);
    ++step_;
    check();
  }

  /// Runs for `duration`, calling each observer whenever its time has come. Any split of a run gives the same bits. Throws
  /// numerical_error in the very step in which a membrane potential ceases to be finite, and after a window of the Guard; weights
  /// and traces are then those of the last good step, and no observer has seen anything else (see LastGood).
  template <class... Observers>
    requires(Observer<Observers, Simulation> && ...)
  RunResult run(Time duration, Observers&&... observers) {
    const Step end = step_ + steps(duration, "run.duration");
    const std::array<Step, sizeof...(Observers) + 1> every{steps(observers.every, "observer.every")..., end};
    for (std::size_t k = 0; k < sizeof...(Observers); ++k) require_in("observer.every", static_cast<double>(every[k]), {1, any_finite.high}, "steps");
    run_begin_ = step_;
    run_end_ = end;
    std::optional<Team> team;
    Schedule schedule;
    if (threads_.count > 1) {
      schedule = make_schedule(threads_.count);
      team.emplace(threads_);
    }
    while (step_ < end) {
      Step next = end;
      for (std::size_t k = 0; k < sizeof...(Observers); ++k) next = std::min(next, (step_ / every[k] + 1) * every[k]);
      while (step_ < next) team ? steps_together(*team, schedule, next) : step();
      std::size_t k = 0;
      [[maybe_unused]] const auto go_on = [&](auto& observer) {
        if (step_ % every[k++] != 0) return true;
        if constexpr (std::convertible_to<decltype(observer.observe(*this)), bool>) return static_cast<bool>(observer.observe(*this));
        else return observer.observe(*this), true;
      };
      const bool all[] = {go_on(observers)..., true};
      for (const bool ok : all)
        if (!ok) return RunResult::stopped;
    }
    return RunResult::completed;
  }

  Time now() const { return static_cast<double>(step_) * clock_.dt; }
  Step steps_done() const { return step_; }
  Time dt() const { return clock_.dt; }
  Seed seed() const { return seed_; }
  /// Beginning and end of the present run(), in steps: for progress.
  std::pair<Step, Step> run_span() const { return {run_begin_, run_end_}; }

  /// In the order they were given: `auto& [e, i] = sim.populations();`
  auto& populations() { return populations_; }
  const auto& populations() const { return populations_; }
  auto& projections() { return projections_; }
  const auto& projections() const { return projections_; }

  /// Calls f with the population or projection of that name ("E", "E->E", "I->E/1"); config_error if there is none.
  template <class F>
  void with_population(const std::string& name, F&& f) const { with_named(populations_, "population", name, f); }
  template <class F>
  void with_projection(const std::string& name, F&& f) const { with_named(projections_, "projection", name, f); }

  /// New noise from now on, a function of the seed and the present step; state, weights and traces stay. With a copy: a fork.
  void reseed(Seed seed) {
    seed_ = seed;
    std::apply([&](auto&... p) { (p.reseed(at_step(seed, step_)), ...); }, populations_);
  }

  /// Threads that run() may use. Any number gives the same bits.
  void set_threads(Threads threads) {
    require_in("Threads.count", threads.count, thread_range);
    threads_ = threads;
  }

  void set_guard(Guard guard) {
    require_in("Guard.window", guard.window.value, positive, "ms");
    require_in("Guard.highest_rate", unit_of<Rate>::number(guard.highest_rate), positive, "Hz");
    guard_ = guard;
    next_check_ = 0;
    window_counts_ = counts();
  }

  /// What changes in a run, for checkpoints; and what must agree between two simulations that exchange it.
  void archive_state(auto& archive) {
    if constexpr (std::decay_t<decltype(archive)>::reading) window_counts_.clear(), next_check_ = 0;
    archive(step_, seed_.value, guard_.highest_rate.value, guard_.window.value, window_counts_);
    std::apply([&](auto&... p) { archive(p...); }, populations_);
    std::apply([&](auto&... p) { archive(p...); }, projections_);
    if constexpr (std::decay_t<decltype(archive)>::reading) {
      const bool in_step = std::apply([&](const auto&... p) { return ((p.last_step() == step_ - 1) && ...); }, projections_);
      if (step_ < 0 || !in_step || !(guard_.window / clock_.dt >= 0 && guard_.window / clock_.dt < 0x1p53) || !(guard_.highest_rate.value > 0))
        throw archive_error("the clocks of the simulation disagree");
    }
  }
  void describe(std::ostream& out) const {
    std::apply([&](const auto&... p) { (p.describe(out), ...); }, populations_);
    std::apply([&](const auto&... p) { (p.describe(out), ...); }, projections_);
  }

  /// Steps in a duration, which must be a whole number of them.
  Step steps(Time duration, const std::string& name) const {
    const double exact = duration / clock_.dt;
    const double whole = std::round(exact);
    if (!(exact >= 0 && exact < 0x1p53) || std::abs(exact - whole) > 1e-6 * std::max(1.0, whole))
      throw config_error(name, number_text(duration.value) + " ms", "a whole number of steps of " + number_text(clock_.dt.value) + " ms");
    return static_cast<Step>(whole);
  }

 private:
  template <class Parts, class F>
  static void with_named(const Parts& parts, const char* kind, const std::string& name, F& f) {
    bool found = false;
    std::string names;
    const auto visit = [&](const auto& part) {
      names += (names.empty() ? "" : ", ") + part.name();
      if (part.name() == name) found = true, f(part);
    };
    std::apply([&](const auto&... part) { (visit(part), ...); }, parts);
    if (!found) throw config_error(kind, name, "one of " + names);
  }

  /// What projections see of a population.
  struct View {
    std::span<const Index> spikes;
    std::array<std::span<T>, std::max({std::size_t{1}, Pops::receptors...})> synaptic;  ///< of each receptor
  };
  template <class Population>
  static View view(Population& population) {
    View out{population.spikes(), {}};
    for (std::size_t k = 0; k < Population::receptors; ++k) out.synaptic[k] = population.synaptic(k);
    return out;
  }
  auto views() {
    return std::apply([](auto&... p) { return std::array<View, sizeof...(Pops)>{view(p)...}; }, populations_);
  }

  /// step() on all threads of a team, until `end` or the next check. Every thread has its own cells and, among the
  /// projections, its own blocks of targets, and works on them in the order of step().
  void steps_together(Team& team, const Schedule& schedule, Step end) {
    const Step stop = std::min(end, (step_ / window_steps() + 1) * window_steps());
    Step reached = stop;
    std::apply([&](auto&... p) { (p.begin(step_), ...); }, populations_);
    team([&](unsigned thread, Barrier& barrier) {
      for (Step n = step_; n < stop; ++n) {
        each(populations_, [&](auto& population, std::size_t k) {
          const auto [first, last] = schedule.cells[k][thread];
          population.advance_blocks(first, last);
        });
        barrier.wait();
        each(populations_, [&](auto& population, std::size_t k) {
          if (k % team.size() != thread) return;
          population.collect_spikes();
          if (n + 1 < stop) population.begin(n + 1);
        });
        barrier.wait();
        if (!is_finite()) {  // which all threads see alike
          if (thread == 0) reached = n;
          break;
        }
        const auto at = views();
        each(projections_, [&](auto& projection, std::size_t k) {
          if (thread == 0) projection.begin(n);
          const auto [source, target] = ends_[k];
          for (const std::size_t b : schedule.targets[target][thread]) projection.step_block(b, n, at[source].spikes, at[target].spikes, at[target].synaptic[projection.receptor()]);
        });
        barrier.wait();
      }
    });
    step_ = reached;
    require_finite();
    check();
  }

  /// Shares the work out by an estimate of its cost: an event at a plastic synapse costs about three static ones.
  Schedule make_schedule(unsigned threads) const {
    Schedule out;
    std::vector<std::size_t> blocks;
    each(populations_, [&](const auto& population, std::size_t) { blocks.push_back(population.blocks()); });
    out.share_cells(blocks, threads);
    std::vector<std::vector<double>> cost(sizeof...(Pops));
    each(projections_, [&](const auto& projection, std::size_t k) {
      auto& sum = cost[ends_[k][1]];
      sum.resize(projection.blocks());
      for (std::size_t b = 0; b < sum.size(); ++b) sum[b] += static_cast<double>(projection.size(b)) * (projection.is_plastic ? 3 : 1);
    });
    out.share_targets(cost, threads);
    return out;
  }

  /// Calls f(part, its number) for each of a tuple.
  static void each(auto& parts, auto&& f) {
    std::size_t k = 0;
    std::apply([&](auto&... part) { (f(part, k++), ...); }, parts);
  }

  bool is_finite() const {
    return std::apply([](const auto&... p) { return (p.is_finite() && ...); }, populations_);
  }
  /// Called between the hops of a step: a cell that is not finite cannot spike, so nothing of it has spread. If a weight is to
  /// blame, the error names that.
  void require_finite() const {
    if (is_finite()) return;
    check_weights(all_sources);
    each(populations_, [&](const auto& population, std::size_t) {
      const Index cell = population.first_non_finite();
      if (cell == population.size()) return;
      throw numerical_error(population.name(), cell, static_cast<std::uint64_t>(step_), static_cast<double>(population.state()[cell]),
                            "the membrane potential is not finite");
    });
  }

  /// Every window of the guard: runaway rates, and the weights of one source of each projection, all of them in debug builds.
  void check() {
    if (step_ < next_check_) return;
    const Step window = window_steps();
    next_check_ = (step_ / window + 1) * window;
    if (step_ % window != 0) return;
    check_rates();
    check_weights([&](const auto& projection) {
#if defined(NDEBUG)
      const auto turn = static_cast<Index>(step_ / window_steps() % std::max<Index>(1, projection.sources()));
      return std::pair{turn, std::min(turn + 1, projection.sources())};
#else
      return all_sources(projection);
#endif
    });
  }

  static constexpr auto all_sources = [](const auto& projection) { return std::pair{Index{0}, projection.sources()}; };
  void check_weights(auto&& sources_of) const {
    each(projections_, [&](const auto& projection, std::size_t) {
      if constexpr (std::decay_t<decltype(projection)>::is_plastic) {
        const auto [first, last] = sources_of(projection);
        const auto bad = projection.first_outside(first, last);
        if (!bad) return;
        const auto& bounds = projection.bounds();
        throw weight_error(projection.name(), bad->source, bad->target, static_cast<std::uint64_t>(step_), static_cast<double>(bad->weight),
                           range_text({bounds.low.value, bounds.high.value}, "mV"));
      }
    });
  }

  Step window_steps() const { return std::max<Step>(1, static_cast<Step>(guard_.window / clock_.dt)); }
  auto counts() const {
    return std::apply([](const auto&... p) { return std::vector<std::vector<std::uint64_t>>{{p.spike_count().begin(), p.spike_count().end()}...}; }, populations_);
  }
  void check_rates() {
    std::size_t k = 0;
    if (window_counts_.empty()) window_counts_ = std::vector<std::vector<std::uint64_t>>(sizeof...(Pops));
    const auto check = [&](const auto& population) {
      auto& before = window_counts_[k++];
      before.resize(population.size());
      const auto count = population.spike_count();
      for (Index c = 0; c < population.size(); ++c) {
        const double rate = static_cast<double>(count[c] - before[c]) / guard_.window.value;
        before[c] = count[c];
        if (!(rate > guard_.highest_rate.value)) continue;
        check_weights(all_sources);  // an infinite one drives a cell to any rate
        throw numerical_error(population.name(), c, static_cast<std::uint64_t>(step_), rate * 1e3, "runaway rate (Hz)");
      }
    };
    std::apply([&](const auto&... p) { (check(p), ...); }, populations_);
  }

  Clock clock_;
  Seed seed_;
  Guard guard_;
  Threads threads_;
  Step step_ = 0, next_check_ = 0, run_begin_ = 0, run_end_ = 0;
  std::tuple<Pops...> populations_;
  std::tuple<Projs...> projections_;
  std::array<std::array<std::size_t, 2>, sizeof...(Projs)> ends_;
  std::vector<std::vector<std::uint64_t>> window_counts_;
};

}  // namespace engram::inline ENGRAM_ABI
