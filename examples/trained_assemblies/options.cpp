#include "options.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <sstream>
#include <thread>

using namespace engram;

namespace {

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> out;
  std::stringstream in(text);
  for (std::string part; std::getline(in, part, ',');) out.push_back(part);
  return out;
}

/// The kinds named in a comma-separated list.
template <class Kind, std::size_t N>
std::vector<Kind> kinds(const std::string& option, const std::string& text, const std::array<Kind, N>& all) {
  std::vector<Kind> out;
  for (const auto& part : split(text)) {
    const auto at = std::find_if(all.begin(), all.end(), [&](Kind k) { return part == name(k); });
    if (at == all.end()) {
      std::string allowed;
      for (Kind k : all) allowed += (allowed.empty() ? "" : ", ") + std::string(name(k));
      throw config_error(option, part, "one or several of " + allowed);
    }
    out.push_back(*at);
  }
  if (out.empty()) throw config_error(option, "\"\"", "at least one name");
  return out;
}

std::uint64_t whole(const std::string& option, const std::string& text) {
  if (text.empty() || text.size() > 18 || text.find_first_not_of("0123456789") != std::string::npos)
    throw config_error(option, text, "whole numbers");
  return std::stoull(text);
}

/// "3" is the seeds 1, 2, 3; "7,9" the seeds 7 and 9; "101-105" a range.
std::vector<std::uint64_t> read_seeds(const std::string& text) {
  std::vector<std::uint64_t> out;
  if (text.find_first_not_of("0123456789") == std::string::npos && !text.empty()) {
    const auto count = whole("seeds", text);
    require_in("seeds", static_cast<double>(count), {1, 1000}, "runs per cell");
    for (std::uint64_t s = 1; s <= count; ++s) out.push_back(s);
    return out;
  }
  for (const auto& part : split(text)) {
    const auto dash = part.find('-');
    const auto first = whole("seeds", part.substr(0, dash));
    const auto last = dash == std::string::npos ? first : whole("seeds", part.substr(dash + 1));
    if (last < first || last - first >= 1000) throw config_error("seeds", part, "an ascending range of at most 1000");
    for (auto s = first; s <= last; ++s) out.push_back(s);
  }
  if (out.empty()) throw config_error("seeds", "\"\"", "a count, a list (7,9) or a range (101-105)");
  return out;
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

Options read_options(int argc, char** argv) {
  Options out;
  CLI::App app(
      "Trains recurrent spiking networks and looks for assemblies in what they learnt (Gygax and Zenke 2025).\n"
      "Without --task, --constraint and --input it runs three cells: simple/none/plastic, xor/resources/plastic,\n"
      "xor/resources/frozen. With any of them it runs all combinations of the lists.");
  std::string task = "simple", constraint = "none", input = "plastic", seeds = "3", optimizer = "adam",
              rates = "relative", scope = "population";
  double rate = 5e-3, inhibitory_rate = 1;
  std::string folder = out.out.string();
  out.threads = std::max(1u, std::thread::hardware_concurrency());
  auto* has_task = app.add_option("--task", task, "simple, memory, xor, switch; a comma-separated list");
  auto* has_constraint = app.add_option("--constraint", constraint, "none, resources");
  auto* has_input = app.add_option("--input", input, "plastic, frozen: the input connections");
  app.add_option("--seeds", seeds, "a count (1, 2, .. n), a list (7,9) or a range (101-105)")->capture_default_str();
  app.add_option("--neurons", out.setting.neurons, "excitatory and inhibitory together")->capture_default_str();
  app.add_option("--steps", out.setting.steps, "optimiser steps of 128 trials")->capture_default_str();
  app.add_option("--optimizer", optimizer, "adam, smorms3, sgd")->capture_default_str();
  app.add_option("--rates", rates, "relative: rates are multiples of a block's mean initial weight; absolute: one rate")
      ->capture_default_str();
  app.add_option("--rate", rate, "the one rate of --rates absolute")->capture_default_str();
  app.add_option("--inhibitory-rate", inhibitory_rate, "factor on the rate of inhibitory weights")
      ->capture_default_str();
  app.add_option("--inhibitory-fraction", out.setting.inhibitory_fraction, "of the neurons")->capture_default_str();
  app.add_option("--weight-decay", out.setting.weight_decay,
                 "L1 per step under constraints, of the mean initial weight")
      ->capture_default_str();
  app.add_option("--spike-bound", out.setting.spike_bound.bound, "spikes per neuron and trial under constraints")
      ->capture_default_str();
  app.add_option("--spike-bound-scope", scope, "population, neuron")->capture_default_str();
  app.add_option("--threads", out.threads, "runs side by side")->capture_default_str();
  app.add_option("--out", folder, "folder for all files")->capture_default_str();
  app.add_flag("--quiet", out.quiet, "no progress");
  app.add_flag("!--no-figures", out.figures, "leave the figures out");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& e) {
    std::exit(app.exit(e));
  } catch (const CLI::ParseError& e) {
    throw config_error("command line", e.what(), "what --help lists");
  }
  if (!*has_task && !*has_constraint && !*has_input) {
    out.cells = default_cells();
  } else {
    for (auto t : kinds("task", task, tasks))
      for (auto c : kinds("constraint", constraint, constraint_kinds))
        for (auto i : kinds("input", input, inputs)) out.cells.push_back({t, c, i});
  }
  out.seeds = read_seeds(seeds);
  out.out = folder;
  out.setting.optimizer = kinds("optimizer", optimizer, optimizers).front();
  if (rates != "relative" && rates != "absolute") throw config_error("rates", rates, "relative or absolute");
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
