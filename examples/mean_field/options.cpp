#include "options.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
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

std::vector<double> list(const std::string& field, const std::string& text, const engram::Range& range) {
  std::vector<double> out;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) {
    out.push_back(number(field, part));
    engram::require_in(field, out.back(), range);
  }
  if (out.empty()) throw config_error(field, "\"\"", "at least one number");
  return out;
}

std::pair<std::string, double> assignment(const std::string& option, const std::string& text) {
  const auto at = text.find('=');
  if (at == std::string::npos) throw config_error(option, text, "name=value");
  return {text.substr(0, at), number(option + " " + text.substr(0, at), text.substr(at + 1))};
}

/// "5" is the seeds 1 to 5; "3,7" and "3," are lists.
std::vector<std::uint64_t> seed_list(const std::string& text) {
  std::vector<std::uint64_t> out;
  for (const double v : list("seeds", text, {1, 1e15})) out.push_back(static_cast<std::uint64_t>(v));
  if (text.find(',') != std::string::npos) return out;
  engram::require_in("seeds", static_cast<double>(out[0]), {1, 10000});
  std::vector<std::uint64_t> counted(out[0]);
  for (std::size_t k = 0; k < counted.size(); ++k) counted[k] = k + 1;
  return counted;
}

void read_initial(engram::theory::AssemblyPopulations::Fractions& x, const std::string& text) {
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) {
    const auto [name, value] = assignment("initial", part);
    engram::require_in("initial " + name, value, engram::fraction, "", "of W_EE_max");
    if (name == "AA") x.AA = value;
    else if (name == "AB") x.AB = value;
    else if (name == "AO") x.AO = value;
    else if (name == "OA") x.OA = value;
    else if (name == "OO") x.OO = value;
    else throw config_error("initial", name, "AA, AB, AO, OA or OO");
  }
}

engram::theory::Order order_of(const std::string& text) {
  if (text == "0") return engram::theory::Order::zero;
  if (text == "1") return engram::theory::Order::one;
  if (text == "2") return engram::theory::Order::two;
  if (text == "all") return engram::theory::Order::all;
  throw config_error("order", text, "0, 1, 2 or all");
}

}  // namespace

std::optional<Options> read_options(int argc, char** argv) {
  CLI::App app{"The mean-field theory of assembly fusion, and simulations laid over it: Figs. 4 to 7 of Yang and Doiron 2025.\n"
               "Without options: the `paper` preset, order 2, theory alone."};
  std::string preset = "paper", kappa, lambda = "0.1,0.4,0.6", seeds = "1", initial, order;
  std::vector<std::string> assignments;
  std::optional<double> n, p, scale;
  Options o;
  o.threads = std::max(1u, std::thread::hardware_concurrency());
  app.add_option("--preset", preset, "parameter set: paper or robust (which uses all orders) [paper]");
  app.add_option("--rule", o.rule, "causal (kappa 1), acausal (kappa 0), mix, or own: examples/mean_field/own_rule.hpp for the acausal one [mix]");
  app.add_option("--kappa", kappa, "causality of the E->E rule, list, each in [0, 1] [0,1]");
  app.add_option("--lambda", lambda, "overlaps N_O/N of the trajectories, list, each in [0, N_E/N] [0.1,0.4,0.6]");
  app.add_option("--order", order, "0, 1, 2 or all: synapses that a path of covariance may cross [paper: 2; robust: all]");
  app.add_option("--initial", initial, "AA=..,AB=..,AO=..,OA=..,OO=..: block weights in [0, 1] of W_EE_max [paper: 1, AB 0.22; robust: 0.8, 0.25, 0.85, 0.85, 0.95]");
  app.add_option("--post", o.post, "s, > 0: model time of the trajectories [2000; robust 1000]");
  app.add_option("--grid", o.grid, "points of the phase diagram on either axis, 2 to 1000 [33]");
  app.add_option("--scale", scale, "weight scale: a spike makes the current jump by scale x W, > 0 [paper: 1; robust: 4]");
  app.add_flag("--simulate", o.simulate, "simulate the trajectories too, without bounds (Figs. 5 and 6)");
  app.add_option("--simulate-phase", o.simulate_phase, "simulate the phase diagram on this many points on either axis [0: not]");
  app.add_option("--seeds", seeds, "number of seeds (1, 2, ..., N), or a list such as 3,7 [1]");
  app.add_option("--n", n, "cells, >= 2 [1000]");
  app.add_option("--p", p, "connection probability, in [0, 1] [0.1]");
  app.add_option("--dt", o.dt, "ms, in (0, tau_ref] [0.1]");
  app.add_option("--threads", o.threads, "simulations run side by side, >= 1 [all cores]");
  app.add_option("--out", o.out, "output folder [out/mean_field]");
  app.add_option("--set", assignments, "name=value: any other parameter of the preset, as in assembly_fusion; repeatable");
  app.add_flag("--quiet", o.quiet, "no progress");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return std::nullopt;
  } catch (const CLI::ParseError& e) {
    std::string what = e.what();
    std::replace(what.begin(), what.end(), '\n', ' ');
    throw config_error("command line", what, "what --help lists");
  }
  o.preset = engram::AssemblyPreset::named(preset);
  if (preset == "robust") {
    o.order = engram::theory::Order::all;
    o.initial = {0.8, 0.25, 0.85, 0.85, 0.95};
    if (app.get_option("--post")->empty()) o.post = 1000;
  }
  if (n) engram::set(o.preset, "N", *n);
  if (p) engram::set(o.preset, "p", *p);
  if (scale) engram::set(o.preset, "weight_scale", *scale);
  for (const auto& text : assignments) {
    const auto [name, value] = assignment("set", text);
    engram::set(o.preset, name, value);
  }
  o.preset.check("preset");
  if (!order.empty()) o.order = order_of(order);
  if (o.rule != "causal" && o.rule != "acausal" && o.rule != "mix" && o.rule != "own") throw config_error("rule", o.rule, "causal, acausal, mix or own");
  if (kappa.empty()) kappa = o.rule == "causal" ? "1" : o.rule == "acausal" ? "0" : "0,1";
  o.kappa = list("kappa", kappa, engram::fraction);
  o.lambda = list("lambda", lambda, {0, o.preset.excitatory});
  o.seeds = seed_list(seeds);
  read_initial(o.initial, initial);
  engram::require_in("post", o.post, {0, 1e9, true}, "s");
  engram::require_in("grid", o.grid, {2, 1000});
  engram::require_in("simulate-phase", o.simulate_phase, {0, 100});
  engram::require_in("threads", o.threads, {1, 4096});
  engram::require_in("dt", o.dt, {0, o.preset.neuron.refractory.value > 0 ? o.preset.neuron.refractory.value : o.preset.neuron.tau.value, true}, "ms");
  return o;
}
