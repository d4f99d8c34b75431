// Do assemblies emerge when a spiking network is trained? After Gygax and Zenke 2025; see docs/training.md.
#include <chrono>
#include <cstdio>
#include <optional>
#include <engram/training/workers.hpp>

#include "output.hpp"
#include "progress.hpp"
#include "support/record.hpp"

namespace {

int run(const Options& options) {
  prepare_output(options.out);
  const auto begin = std::chrono::steady_clock::now();
  const std::size_t jobs = options.cells.size() * options.seeds.size();
  TrainingProgress progress(jobs, options.setting.steps, options.quiet);
  std::vector<std::optional<MeasuredRun>> done(jobs);
  std::vector<std::optional<engram::numerical_error>> diverged(jobs);
  engram::training::Workers workers(std::min(options.threads, jobs));
  workers.run(jobs, [&](std::size_t job, std::size_t) {
    const auto& cell = options.cells[job / options.seeds.size()];
    const auto seed = options.seeds[job % options.seeds.size()];
    const std::string label = cell.name() + " seed " + std::to_string(seed);
    const auto on_epoch = [&](std::uint64_t step, double accuracy) { progress.epoch(label, step, accuracy); };
    try {
      Run result = run_cell(cell, seed, options.setting, on_epoch);
      RunMeasures measures = measure(result, options.setting);
      progress.run_done(label, result_line(measures));
      done[job] = {std::move(result), std::move(measures)};
    } catch (const engram::numerical_error& e) {
      progress.run_done(label, e.what());
      diverged[job] = e;
    }
  });
  progress.finish();
  std::vector<MeasuredRun> runs;  // a run that diverged takes none of the others with it
  for (auto& r : done)
    if (r) runs.push_back(std::move(*r));
  write_results(options, runs, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  print_summary(options, runs);
  if (options.figures && !runs.empty()) draw_figures(FIGURES, options.out);
  std::printf("all files are in %s\n", options.out.c_str());
  for (const auto& e : diverged)
    if (e) throw *e;
  return 0;
}

}  // namespace

// 0 done; 2 the configuration is not possible, nothing was run; 3 the training diverged; 4 a file could not be written.
int main(int argc, char** argv) {
  try {
    return run(read_options(argc, argv));
  } catch (const engram::config_error& e) {
    std::fprintf(stderr, "trained_assemblies: %s\n", e.what());
    return 2;
  } catch (const engram::numerical_error& e) {
    std::fprintf(stderr, "trained_assemblies: %s\n", e.what());
    return 3;
  } catch (const engram::io_error& e) {
    std::fprintf(stderr, "trained_assemblies: %s\n", e.what());
    return 4;
  }
}
