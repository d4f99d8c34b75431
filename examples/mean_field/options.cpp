#include "options.hpp"

#include <CLI/CLI.hpp>
#include <thread>

#include "support/arguments.hpp"
#include "support/command_line.hpp"

using engram::config_error;

namespace {

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
  std::string kappa, lambda = "0.1,0.4,0.6", seeds = "1", initial, order;
  std::optional<double> scale;
  Options o;
  o.threads = std::max(1u, std::thread::hardware_concurrency());
  PresetOptions preset(app, "paper");
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
  app.add_option("--seeds", seeds, "number of seeds (1, 2, ..., N), a list such as 3,7 or a range such as 101-105 [1]");
  app.add_option("--dt", o.dt, "ms, in (0, tau_ref] [0.1]");
  app.add_option("--threads", o.threads, "simulations run side by side, >= 1 [all cores]");
  app.add_option("--out", o.out, "output folder [out/mean_field]");
  app.add_flag("--quiet", o.quiet, "no progress");
  if (!parsed(app, {argv + 1, argv + argc})) return std::nullopt;
  o.preset = preset.read();
  if (o.preset.name == "robust") {
    o.order = engram::theory::Order::all;
    o.initial = {0.8, 0.25, 0.85, 0.85, 0.95};
    if (app.get_option("--post")->empty()) o.post = 1000;
  }
  if (scale) engram::set(o.preset, "weight_scale", *scale);
  o.preset.check("preset");
  if (!order.empty()) o.order = order_of(order);
  if (o.rule != "causal" && o.rule != "acausal" && o.rule != "mix" && o.rule != "own") throw config_error("rule", o.rule, "causal, acausal, mix or own");
  if (kappa.empty()) kappa = o.rule == "causal" ? "1" : o.rule == "acausal" ? "0" : "0,1";
  o.kappa = number_list("kappa", kappa, engram::fraction);
  o.lambda = number_list("lambda", lambda, {0, o.preset.excitatory});
  o.seeds = seed_list(seeds);
  const auto x = block_weights(initial, {o.initial.AA, o.initial.AB, o.initial.AO, o.initial.OA, o.initial.OO});
  o.initial = {x[0], x[1], x[2], x[3], x[4]};
  engram::require_in("post", o.post, {0, 1e9, true}, "s");
  engram::require_in("grid", o.grid, {2, 1000});
  engram::require_in("simulate-phase", o.simulate_phase, {0, 100});
  engram::require_in("threads", o.threads, {1, 4096});
  engram::require_in("dt", o.dt, {0, o.preset.neuron.refractory.value > 0 ? o.preset.neuron.refractory.value : o.preset.neuron.tau.value, true}, "ms");
  return o;
}
