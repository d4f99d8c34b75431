#include "experiment.hpp"

#include <mutex>

#include <engram/io/checkpoint.hpp>
#include <engram/network/ensemble.hpp>
#include <engram/record/progress.hpp>
#include <engram/record/snapshot.hpp>
#include <engram/record/spikes.hpp>

#include "support/progress.hpp"

using namespace engram;
using namespace engram::literals;

namespace {

using Network = AssemblyNetwork<float>;

/// A network at the end of its training, from which the runs after it are forked.
struct Trained {
  double lambda, kappa_in_training;
  std::uint64_t seed;
  TwoAssemblies layout{};
  std::optional<Network> network{};
  std::optional<AssemblyRecorder> recorder{};
  std::string failure{};
};

/// Observer: saves the simulation and the recorder, after the recorder's own row of the same moment.
template <class Sim>
struct Checkpoints {
  Time every;
  std::filesystem::path file;
  const AssemblyRecorder& recorder;
  void observe(const Sim& sim) { save(file, sim, recorder); }
};

class Experiment {
 public:
  explicit Experiment(const Options& options)
      : options_(options), preset_(options.preset), bar_("assembly_fusion", expected_seconds(options), options.quiet) {}

  Results run() {
    const auto begun = std::chrono::steady_clock::now();
    if (options_.checkpoint_every > 0) options_.arguments->save(options_.out);
    for (const double lambda : options_.lambda)
      for (const auto seed : options_.seeds)
        for (const double kappa : options_.kappa) {
          index_of(lambda, seed, kappa);
          for (int r = 0; r < options_.realizations; ++r) results_.cases.push_back({kappa, lambda, seed, r, {}});
        }
    run_ensemble(options_.threads, trained_.size(), [&](std::size_t k) { train(trained_[k]); });
    run_ensemble(options_.threads, results_.cases.size(), [&](std::size_t k) { follow(results_.cases[k]); });
    bar_.finish();
    results_.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    return std::move(results_);
  }

 private:
  static Time training_time(const Options& o, double kappa) {
    if (o.initial) return Time{0};
    return o.train ? Time{1e3 * *o.train} : o.preset.longest_training(kappa);
  }
  /// For the estimated end: training that stops by weight takes about 0.4 of its longest.
  static double expected_training(const Options& o, double kappa) {
    const double longest = training_time(o, kappa).value * 1e-3;
    return o.train || o.preset.train_until == 0 ? longest : 0.4 * longest;
  }
  static double expected_seconds(const Options& o) {
    const double runs = static_cast<double>(o.lambda.size() * o.seeds.size());
    double sum = 0;
    std::vector<double> seen;
    for (const double kappa : o.kappa) {
      sum += o.realizations * o.preset.post.value * 1e-3;
      const double k = o.preset.kappa_in_training(kappa);
      if (std::find(seen.begin(), seen.end(), k) != seen.end()) continue;
      seen.push_back(k);
      sum += expected_training(o, kappa);
    }
    return runs * sum;
  }

  std::size_t index_of(double lambda, std::uint64_t seed, double kappa) {
    const double k = preset_.kappa_in_training(kappa);
    for (std::size_t n = 0; n < trained_.size(); ++n)
      if (trained_[n].lambda == lambda && trained_[n].seed == seed && trained_[n].kappa_in_training == k) return n;
    trained_.push_back({lambda, k, seed});
    return trained_.size() - 1;
  }

  auto progress() {
    return Progress{1_s, [this, before = 0.](const ProgressReport& report) mutable {
                      const double done = report.done.value * 1e-3;
                      bar_.advance(done - before);
                      before = done;
                      return !interrupted.load();
                    }};
  }

  void train(Trained& t) {
    if (interrupted) return;
    t.layout = TwoAssemblies::make(preset_.cells(), preset_.excitatory_cells(), t.lambda);
    t.network = assembly_network<float>(preset_, t.layout, t.kappa_in_training, Clock{Time{options_.dt}}, Seed{t.seed});
    t.recorder = AssemblyRecorder{preset_.record_every, preset_, t.layout};
    auto& sim = *t.network;
    auto& recorder = *t.recorder;
    if (options_.initial) set_blocks(sim, preset_, t.layout, *options_.initial);
    const auto name = case_name(t.kappa_in_training, t.lambda, t.seed);
    keep_matrix("weights_initial_" + name, sim);
    if (options_.frozen) {
      recurrent_excitation(sim).accumulate_only();
      inhibition(sim).accumulate_only();
    }
    const Time longest = training_time(options_, t.kappa_in_training);
    const bool by_weight = !options_.train && preset_.train_until > 0;
    if (by_weight) recorder.every = Time{1e3};  // a finer look, so that every seed stops at the same weight
    const bool trained = resumed(checkpoint("trained_" + name), sim, recorder);
    if (!trained && !resumed(checkpoint("train_" + name), sim, recorder)) {
      recorder.observe(sim);
      if (longest.value == 0) return;
      recorder.phase = "train";
      set_training_signals(sim, true);
      if (by_weight) recorder.stop_at_AA = preset_.train_until;
    }
    try {
      if (!trained && run(sim, longest - sim.now(), recorder, "train_" + name)) {
        thin(recorder);
        if (options_.checkpoint_every > 0) save(checkpoint("trained_" + name), sim, recorder);
      }
      keep_raster("spikes_train_" + name, sim);
    } catch (const numerical_error& e) {
      t.failure = e.what();
    }
    keep_matrix("weights_trained_" + name, sim);
    bar_.correct(sim.now().value * 1e-3 - expected_training(options_, t.kappa_in_training));
    add_model_time(sim.now());
  }

  std::filesystem::path checkpoint(const std::string& name) const { return options_.out / "checkpoint" / (name + ".engram"); }

  /// Loads what an earlier run left, if this is a --resume and it is there.
  bool resumed(const std::filesystem::path& file, Network& sim, AssemblyRecorder& recorder) {
    if (!options_.resume || !std::filesystem::exists(file)) return false;
    const Time before = sim.now();
    load(file, sim, recorder);
    bar_.advance((sim.now() - before).value * 1e-3);
    return true;
  }

  /// Runs on, with checkpoints if they are wanted; false if interrupted. Rounds off what remains of a split run.
  bool run(Network& sim, Time remaining, AssemblyRecorder& recorder, const std::string& name) {
    const Time whole = std::round(remaining / sim.dt()) * sim.dt();
    if (whole.value <= 0) return true;
    if (options_.checkpoint_every <= 0) return sim.run(whole, progress(), recorder) == RunResult::completed || !interrupted;
    Checkpoints<Network> checkpoints{Time{1e3 * options_.checkpoint_every}, checkpoint(name), recorder};
    return sim.run(whole, progress(), recorder, checkpoints) == RunResult::completed || !interrupted;
  }

  /// Keeps the rows at record_every, and the last.
  void thin(AssemblyRecorder& recorder) const {
    std::vector<AssemblyRow> kept;
    const double every = preset_.record_every.value * 1e-3;
    for (std::size_t k = 0; k < recorder.rows.size(); ++k) {
      const auto& row = recorder.rows[k];
      if (row.phase == "initial" || k + 1 == recorder.rows.size() || std::abs(std::remainder(row.t, every)) < 1e-9) kept.push_back(row);
    }
    recorder.rows = std::move(kept);
  }

  void follow(Case& c) {
    const Trained& t = trained_[index_of(c.lambda, c.seed, c.kappa)];
    if (!t.recorder) return;
    c.rows = t.recorder->rows;
    c.trained = c.rows.size() - 1;
    c.failure = t.failure;
    if (!t.failure.empty()) return fail();
    if (interrupted) return;
    auto sim = *t.network;
    auto recorder = *t.recorder;
    recorder.phase = "post";
    recorder.every = preset_.record_every;
    recorder.stop_at_AA = std::numeric_limits<double>::infinity();
    const auto name = case_name(c.kappa, c.lambda, c.seed), run_name = name + "_run" + std::to_string(c.realization);
    if (c.realization > 0) sim.reseed(Seed{c.seed + (static_cast<std::uint64_t>(c.realization) << 32)});
    let_go(sim, preset_, c.kappa);
    if (options_.unbounded) {
      recurrent_excitation(sim).set_bounds(unbounded);
      inhibition(sim).set_bounds(unbounded);
    }
    const bool ended = resumed(checkpoint("end_" + run_name), sim, recorder);
    if (!ended) resumed(checkpoint("post_" + run_name), sim, recorder);
    try {
      c.complete = ended || run(sim, t.network->now() + preset_.post - sim.now(), recorder, "post_" + run_name);
      if (c.complete && !ended && options_.checkpoint_every > 0) save(checkpoint("end_" + run_name), sim, recorder);
      if (c.realization == 0) keep_raster("spikes_post_" + name, sim);
    } catch (const numerical_error& e) {
      c.failure = e.what();
      fail();
    }
    c.rows = std::move(recorder.rows);
    c.fate = options_.frozen ? Fate::undecided
                             : FateCriterion{}(c.rows.front(), c.rows[c.trained], std::span(c.rows).subspan(c.trained + 1));
    if (c.realization == 0) keep_matrix("weights_end_" + name, sim);
    add_model_time(sim.now() - t.network->now());
  }

  /// The next second, run in a copy, so that looking changes nothing.
  void keep_raster(const std::string& name, const Network& sim) {
    auto copy = sim;
    SpikeRecorder e{copy.dt(), "E"}, i{copy.dt(), "I"};
    copy.run(1_s, e, i);
    Raster raster{e.time, {e.cell.begin(), e.cell.end()}};
    raster.time.insert(raster.time.end(), i.time.begin(), i.time.end());
    for (const Index c : i.cell) raster.cell.push_back(static_cast<double>(c + preset_.excitatory_cells()));
    const std::lock_guard lock(guard_);
    results_.rasters[name] = std::move(raster);
  }
  void keep_matrix(const std::string& name, const Network& sim) {
    const Index n = preset_.excitatory_cells();
    if (n > 4000) return;  // 64 MB a matrix
    auto matrix = weight_matrix(recurrent_excitation(sim), n, n);
    const std::lock_guard lock(guard_);
    results_.matrices[name] = std::move(matrix);
  }
  void add_model_time(Time t) {
    const std::lock_guard lock(guard_);
    results_.model_seconds += t.value * 1e-3;
  }
  void fail() {
    const std::lock_guard lock(guard_);
    results_.blew_up = true;
  }

  const Options& options_;
  const AssemblyPreset& preset_;
  ProgressBar bar_;
  std::vector<Trained> trained_;
  Results results_;
  std::mutex guard_;
};

}  // namespace

Results run_experiment(const Options& options) { return Experiment(options).run(); }

std::string case_name(double kappa, double lambda, std::uint64_t seed) {
  return "kappa" + number_text(kappa) + "_lambda" + number_text(lambda) + "_seed" + std::to_string(seed);
}
