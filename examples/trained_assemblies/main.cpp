// Do assemblies emerge when a spiking network is trained? After Gygax and Zenke 2025; see docs/training.md.
// Exit status: 0 done, 2 bad input, 3 a training diverged, 1 a file could not be written or read, 130 interrupted.
#include <chrono>
#include <cstdio>
#include <engram/training/workers.hpp>
#include <iostream>
#include <optional>

#include "output.hpp"
#include "support/progress.hpp"
#include "support/record.hpp"

namespace {

/// All runs of the design, side by side. A run that diverges takes none of the others with it.
class Experiment {
 public:
  explicit Experiment(const Options& options)
      : options_(options),
        runs_(options.cells.size() * options.seeds.size()),
        bar_("trained_assemblies", static_cast<double>(runs_ * options.setting.steps), options.quiet, {"steps", "steps/s"}) {}

  void run() {
    if (options_.checkpoint_every > 0) options_.arguments->save(options_.out);
    std::vector<std::optional<MeasuredRun>> done(runs_);
    std::vector<std::string> diverged(runs_);
    engram::training::Workers workers(std::min(options_.threads, runs_));
    workers.run(runs_, [&](std::size_t k, std::size_t) {
      if (interrupted) return;
      const auto& cell = options_.cells[k / options_.seeds.size()];
      const auto seed = options_.seeds[k % options_.seeds.size()];
      try {
        done[k] = one(cell, seed);
      } catch (const engram::numerical_error& e) {
        diverged[k] = cell.name() + " seed " + std::to_string(seed) + ": " + e.what();
      }
    });
    bar_.finish();
    for (auto& run : done)
      if (run) measured.push_back(std::move(*run));
    for (auto& failure : diverged)
      if (!failure.empty()) failures.push_back(std::move(failure));
  }

  std::vector<MeasuredRun> measured;
  std::vector<std::string> failures;

 private:
  std::optional<MeasuredRun> one(const Cell& cell, std::uint64_t seed) {
    const std::string file = cell.name() + "_" + std::to_string(seed), label = cell.name() + " seed " + std::to_string(seed);
    const Checkpoint checkpoint{options_.out / "checkpoint" / (file + ".engram"), options_.checkpoint_every};
    if (!options_.resume) std::filesystem::remove(checkpoint.file);
    std::uint64_t before = 0;
    const auto on_epoch = [&](std::uint64_t step, double accuracy) {
      char remark[80];
      std::snprintf(remark, sizeof remark, "%s: accuracy %.3f", label.c_str(), accuracy);
      bar_.advance(static_cast<double>(step - before), remark);
      before = step;
      return !interrupted.load();
    };
    auto run = run_cell(cell, seed, options_.setting, on_epoch, checkpoint);
    if (!run) return std::nullopt;
    bar_.advance(static_cast<double>(options_.setting.steps - before), label + ": measured");
    auto measures = measure(*run, options_.setting);
    bar_.say(label + ": " + result_line(measures));
    return MeasuredRun{std::move(*run), std::move(measures)};
  }

  const Options& options_;
  std::size_t runs_;
  ProgressBar bar_;
};

int run(const Options& options) {
  prepare_output(options.out);
  install_interrupt();
  const auto begin = std::chrono::steady_clock::now();
  Experiment experiment(options);
  experiment.run();
  const auto& runs = experiment.measured;
  write_results(options, runs, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  print_summary(options, runs);
  if (options.figures && !runs.empty()) draw_figures(FIGURES, options.out);
  std::printf("all files are in %s\n", options.out.c_str());
  for (const auto& failure : experiment.failures) std::fprintf(stderr, "trained_assemblies: %s\n", failure.c_str());
  return interrupted ? 130 : experiment.failures.empty() ? 0 : 3;
}

}  // namespace

int main(int argc, char** argv) try {
  const auto options = read_options(argc, argv);
  return options ? run(*options) : 0;
} catch (const engram::config_error& e) {
  std::cerr << "trained_assemblies: " << e.what() << '\n';
  return 2;
} catch (const engram::error& e) {
  std::cerr << "trained_assemblies: " << e.what() << '\n';
  return 1;
}
