#include "options.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <fstream>
#include <iostream>
#include <thread>

using engram::config_error;

namespace {

double number(const std::string& field, const std::string& text) {
  double value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc{} || end != text.data() + text.size()) throw config_error(field, text, "a number");
  return value;
}

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, by);) out.push_back(part);
  return out;
}

std::pair<std::string, double> assignment(const std::string& option, const std::string& text) {
  const auto at = text.find('=');
  if (at == std::string::npos) throw config_error(option, text, "name=value");
  return {text.substr(0, at), number(option + " " + text.substr(0, at), text.substr(at + 1))};
}

std::vector<double> list(const std::string& field, const std::string& text, const engram::Range& range) {
  std::vector<double> out;
  for (const auto& part : split(text, ',')) {
    out.push_back(number(field, part));
    engram::require_in(field, out.back(), range);
  }
  if (out.empty()) throw config_error(field, "\"\"", "at least one number");
  return out;
}

/// "5" is the seeds 1 to 5; "3,7" and "3," are lists.
std::vector<std::uint64_t> seed_list(const std::string& text) {
  std::vector<std::uint64_t> out;
  for (const double v : list("seeds", text, {1, 1e15})) {
    if (v != std::floor(v)) throw config_error("seeds", text, "whole numbers from 1 on");
    out.push_back(static_cast<std::uint64_t>(v));
  }
  if (text.find(',') != std::string::npos) return out;
  engram::require_in("seeds", static_cast<double>(out[0]), {1, 10000});
  std::vector<std::uint64_t> counted(out[0]);
  for (std::size_t k = 0; k < counted.size(); ++k) counted[k] = k + 1;
  return counted;
}

engram::BlockFractions block_list(const std::string& text, double otherwise) {
  double AA = otherwise, AB = otherwise, AO = otherwise, OA = otherwise, OO = otherwise;
  for (const auto& part : split(text, ',')) {
    const auto [name, value] = assignment("initial", part);
    engram::require_in("initial " + name, value, engram::fraction, "", "of W_EE_max");
    if (name == "AA") AA = value;
    else if (name == "AB") AB = value;
    else if (name == "AO") AO = value;
    else if (name == "OA") OA = value;
    else if (name == "OO") OO = value;
    else throw config_error("initial", name, "AA, AB, AO, OA or OO");
  }
  return engram::symmetric_blocks(AA, AB, AO, OA, OO);
}

/// What only shows once all is known, still before anything runs.
void check(const Options& o) {
  o.preset.check("preset");
  const double tau_ref = o.preset.neuron.refractory.value;
  engram::require_in("dt", o.dt, {0, tau_ref > 0 ? tau_ref : o.preset.neuron.tau.value, true}, "ms", tau_ref > 0 ? "the refractory period" : "the membrane time constant");
  for (const double lambda : o.lambda) {
    const auto layout = engram::TwoAssemblies::make(o.preset.cells(), o.preset.excitatory_cells(), lambda);
    engram::balanced_inhibition(o.preset, layout, o.initial.value_or(engram::homogeneous(o.preset.initial_EE)));
  }
  for (const auto& [name, t] : {std::pair{"post", o.preset.post}, {"record_every", o.preset.record_every}, {"checkpoint-every", engram::Time{1e3 * o.checkpoint_every}}}) {
    const double steps = t.value / o.dt;
    if (std::abs(steps - std::round(steps)) > 1e-6 * std::max(1., steps))
      throw config_error(name, engram::number_text(t.value) + " ms", "a whole number of steps of dt = " + engram::number_text(o.dt) + " ms");
  }
}

std::string parameter_help() {
  std::ostringstream out;
  out << "\nParameters for --set (unit, value in `robust`, value in `paper`, range):\n";
  const auto paper = engram::parameters(engram::AssemblyPreset::paper());
  std::size_t k = 0;
  engram::AssemblyPreset::robust().each([&](const std::string& name, const auto& value, const engram::Range& range) {
    using unit = engram::unit_of<std::decay_t<decltype(value)>>;
    char line[160];
    std::snprintf(line, sizeof line, "  %-20s %-6s %12.6g %12.6g   %s\n", name.c_str(), unit::name, unit::number(value), paper[k++].value, engram::range_text(range, "").c_str());
    out << line;
  });
  return out.str();
}

/// The command line; with --resume FILE the one that FILE holds, and what is given besides.
std::vector<std::string> arguments_of(int argc, char** argv, std::filesystem::path& resumed) {
  std::vector<std::string> given(argv + 1, argv + argc), all;
  const auto at = std::find(given.begin(), given.end(), "--resume");
  if (at == given.end()) return given;
  if (at + 1 == given.end()) throw config_error("resume", "nothing", "the file `resume` of a run with --checkpoint-every");
  resumed = *(at + 1);
  std::ifstream in(resumed);
  if (!in) throw config_error("resume", resumed.string(), "a file that can be read");
  std::string line;
  if (!std::getline(in, line) || line != resume_head) throw config_error("resume", resumed.string(), "the file `resume` of a run with --checkpoint-every");
  while (std::getline(in, line)) all.push_back(line);
  given.erase(at, at + 2);
  all.insert(all.end(), given.begin(), given.end());
  return all;
}

}  // namespace

std::optional<Options> read_options(int argc, char** argv) {
  CLI::App app{"Train two overlapping assemblies from unstructured weights by common signals, let go, watch their fate.\n"
               "Without options: kappa 0 and 1, lambda 0.1 and 0.6 of the `robust` preset, seed 1."};
  std::string preset = "robust", kappa = "0,1", lambda = "0.1,0.6", seeds = "1", initial;
  std::vector<std::string> assignments;
  std::optional<double> until, post, n, p;
  Options o;
  o.threads = std::max(1u, std::thread::hardware_concurrency());
  std::filesystem::path resumed;
  std::string ignored;
  o.arguments = arguments_of(argc, argv, resumed);
  app.footer(parameter_help());
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.add_option("--preset", preset, "parameter set: robust or paper [robust]");
  app.add_option("--kappa", kappa, "causality of the E->E rule, list, each in [0, 1] [0,1]");
  app.add_option("--lambda", lambda, "overlap N_O/N, list, each in [0, N_E/N] [0.1,0.6]");
  app.add_option("--seeds", seeds, "number of seeds (1, 2, ..., N), or a list such as 3,7 [1]");
  app.add_option("--train", o.train, "s, >= 0: train exactly so long [robust: until x_AA = 0.63; paper: 400 to 1000 s]");
  app.add_option("--train-until", until, "stop training when x_AA reaches this, in (0, 1] [robust: 0.63]");
  app.add_option("--post", post, "s, >= 0: model time after training [robust: 4000; paper: 2000]");
  app.add_option("--realizations", o.realizations, "runs after training forked from one trained state, >= 1 [1]");
  app.add_option("--n", n, "cells, >= 2 [1000]");
  app.add_option("--p", p, "connection probability, in [0, 1] [0.1]");
  app.add_option("--dt", o.dt, "ms, in (0, tau_ref] [0.1]");
  app.add_option("--threads", o.threads, "cases run side by side, >= 1 [all cores]");
  app.add_option("--out", o.out, "output folder [out/assembly_fusion]");
  app.add_flag("--frozen", o.frozen, "run with the initial weights; x holds them plus the changes that plasticity would make, without bounds");
  app.add_flag("--unbounded", o.unbounded, "no bounds on plastic weights after training");
  app.add_option("--initial", initial, "AA=..,AB=..,AO=..,OA=..,OO=..: block weights in [0, 1] of W_EE_max instead of training");
  app.add_option("--checkpoint-every", o.checkpoint_every, "s of model time, > 0: save every run that often, in OUT/checkpoint");
  app.add_option("--resume", ignored, "OUT/checkpoint/resume of a run that was cut: go on with its options from its checkpoints");
  app.add_option("--set", assignments, "name=value: any other parameter, see below; repeatable")->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_flag("--quiet", o.quiet, "no progress");
  try {
    app.parse(std::vector<std::string>(o.arguments.rbegin(), o.arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return std::nullopt;
  } catch (const CLI::ParseError& e) {
    std::string what = e.what();
    std::replace(what.begin(), what.end(), '\n', ' ');
    throw config_error("command line", what, "what --help lists");
  }
  o.resume = !resumed.empty();
  if (o.resume) o.out = std::filesystem::absolute(resumed).parent_path().parent_path();
  if (app.count("--checkpoint-every") > 0) engram::require_in("checkpoint-every", o.checkpoint_every, {0, 1e9, true}, "s");
  o.preset = engram::AssemblyPreset::named(preset);
  if (n) engram::set(o.preset, "N", *n);
  if (p) engram::set(o.preset, "p", *p);
  for (const auto& text : assignments) {
    const auto [name, value] = assignment("set", text);
    engram::set(o.preset, name, value);
  }
  if (until) engram::require_in("train-until", *until, {0, 1, true}), o.preset.train_until = *until;
  if (post) engram::require_in("post", *post, {0, 1e9}, "s"), o.preset.post = engram::Time{1e3 * *post};
  if (o.train) engram::require_in("train", *o.train, {0, 1e9}, "s");
  engram::require_in("realizations", o.realizations, {1, 1e6});
  engram::require_in("threads", o.threads, {1, 4096});
  o.kappa = list("kappa", kappa, engram::fraction);
  o.lambda = list("lambda", lambda, {0, o.preset.excitatory});
  o.seeds = seed_list(seeds);
  if (!initial.empty()) o.initial = block_list(initial, o.preset.initial_EE);
  check(o);
  return o;
}
