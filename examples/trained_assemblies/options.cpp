#include "options.hpp"

#include <CLI/CLI.hpp>
#include <thread>

#include "support/arguments.hpp"

using namespace engram;

namespace {

/// The kinds named in a comma-separated list.
template <class Kind, std::size_t N>
std::vector<Kind> kinds(const std::string& option, const std::string& text, const std::array<Kind, N>& all) {
  std::vector<Kind> out;
  for (const auto& part : split(text, ',')) {
    const auto at = std::find_if(all.begin(), all.end(), [&](Kind k) { return part == name(k); });
    if (at == all.end()) {
      std::string allowed;
      for (Kind k : all) allowed += (allowed.empty() ? "" : ", ") + std::string(name(k));
      throw config_error(option, part, "one or several of " + allowed);
    }
    if (std::find(out.begin(), out.end(), *at) != out.end()) throw config_error(option, part, "each name once");
    out.push_back(*at);
  }
  if (out.empty()) throw config_error(option, "\"\"", "at least one name");
  return out;
}

template <class Kind, std::size_t N>
Kind one_kind(const std::string& option, const std::string& text, const std::array<Kind, N>& all) {
  const auto out = kinds(option, text, all);
  if (out.size() > 1) throw config_error(option, text, "only one");
  return out.front();
}

constexpr std::array tasks{TaskKind::simple, TaskKind::memory, TaskKind::exclusive_or, TaskKind::context_switch};
constexpr std::array constraint_kinds{ConstraintKind::none, ConstraintKind::resources};
constexpr std::array inputs{InputKind::plastic, InputKind::frozen};
constexpr std::array optimizers{OptimizerKind::adam, OptimizerKind::smorms3, OptimizerKind::sgd};

/// The three claims of the abstract.
std::vector<Cell> default_cells() {
  return {{TaskKind::simple, ConstraintKind::none, InputKind::plastic},
          {TaskKind::exclusive_or, ConstraintKind::resources, InputKind::plastic},
          {TaskKind::exclusive_or, ConstraintKind::resources, InputKind::frozen}};
}

}  // namespace

std::optional<Options> read_options(int argc, char** argv) {
  Options out;
  CLI::App app(
      "Trains recurrent spiking networks and looks for assemblies in what they learnt (Gygax and Zenke 2025).\n"
      "Without --task, --constraint and --input it runs three cells: simple/none/plastic, xor/resources/plastic,\n"
      "xor/resources/frozen. With any of them it runs all combinations of the lists.");
  std::string task = "simple", constraint = "none", input = "plastic", seeds = "3", optimizer = "adam",
              rates = "relative", scope = "population", ignored;
  double rate = 5e-3, inhibitory_rate = 1;
  out.threads = std::max(1u, std::thread::hardware_concurrency());
  out.arguments = ResumableArguments("trained_assemblies", argc, argv);
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.add_option("--task", task, "simple, memory, xor, switch; list [simple]");
  app.add_option("--constraint", constraint, "none, resources; list [none]");
  app.add_option("--input", input, "plastic, frozen: the input connections; list [plastic]");
  app.add_option("--seeds", seeds, "number of seeds (1, 2, ..., N), a list such as 3,7 or a range such as 101-105 [3]");
  app.add_option("--neurons", out.setting.neurons, "excitatory and inhibitory together, 10 to 4000 [125]");
  app.add_option("--steps", out.setting.steps, "optimiser steps of 128 trials, >= 1 [900]");
  app.add_option("--optimizer", optimizer, "adam, smorms3, sgd [adam]");
  app.add_option("--rates", rates, "relative: rates are multiples of a block's mean initial weight; absolute: one rate [relative]");
  app.add_option("--rate", rate, "the one rate of --rates absolute, >= 0 [0.005]");
  app.add_option("--inhibitory-rate", inhibitory_rate, "factor on the rate of inhibitory weights, >= 0 [1]");
  app.add_option("--inhibitory-fraction", out.setting.inhibitory_fraction, "of the neurons, in [0.05, 0.9] [0.2]");
  app.add_option("--weight-decay", out.setting.weight_decay, "L1 per step under constraints, of the mean initial weight, >= 0 [0.001]");
  app.add_option("--spike-bound", out.setting.spike_bound.bound, "spikes per neuron and trial under constraints, >= 0 [2]");
  app.add_option("--spike-bound-scope", scope, "population: of their mean; neuron: of each [population]");
  app.add_option("--threads", out.threads, "runs side by side, >= 1 [all cores]");
  app.add_option("--out", out.out, "output folder [out/trained_assemblies]");
  app.add_option("--checkpoint-every", out.checkpoint_every, "steps, >= 1: save every run that often, in OUT/checkpoint");
  app.add_option("--resume", ignored, "OUT/checkpoint/resume of a run that was cut: go on with its options from its checkpoints");
  app.add_flag("--quiet", out.quiet, "no progress");
  app.add_flag("!--no-figures", out.figures, "leave the figures out");
  if (!parsed(app, out.arguments->all)) return std::nullopt;
  out.resume = !out.arguments->resumed.empty();
  if (out.resume) out.out = out.arguments->folder();
  if (app.count("--checkpoint-every") > 0) require_in("checkpoint-every", static_cast<double>(out.checkpoint_every), {1, 1e9}, "steps");
  if (app.count("--task") + app.count("--constraint") + app.count("--input") == 0) {
    out.cells = default_cells();
  } else {
    for (auto t : kinds("task", task, tasks))
      for (auto c : kinds("constraint", constraint, constraint_kinds))
        for (auto i : kinds("input", input, inputs)) out.cells.push_back({t, c, i});
  }
  out.seeds = seed_list(seeds);
  out.setting.optimizer = one_kind("optimizer", optimizer, optimizers);
  if (rates != "relative" && rates != "absolute") throw config_error("rates", rates, "relative or absolute");
  require_in("rate", rate, non_negative);
  if (rates == "absolute") out.setting.rates = training::BlockRates::absolute(rate);
  require_in("inhibitory-rate", inhibitory_rate, non_negative);
  out.setting.rates.inhibitory *= inhibitory_rate;
  if (scope != "population" && scope != "neuron")
    throw config_error("spike-bound-scope", scope, "population or neuron");
  if (scope == "neuron") out.setting.spike_bound.scope = training::Scope::neuron;
  require_in("threads", static_cast<double>(out.threads), {1, 1024});
  check(out.setting);
  return out;
}
