#include "options.hpp"

#include <CLI/CLI.hpp>
#include <thread>

#include "support/arguments.hpp"

using engram::config_error;

namespace {

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

}  // namespace

std::optional<Options> read_options(int argc, char** argv) {
  CLI::App app{"Train two overlapping assemblies from unstructured weights by common signals, let go, watch their fate.\n"
               "Without options: kappa 0 and 1, lambda 0.1 and 0.6 of the `robust` preset, seed 1."};
  std::string kappa = "0,1", lambda = "0.1,0.6", seeds = "1", initial;
  std::optional<double> until, post;
  Options o;
  o.threads = std::max(1u, std::thread::hardware_concurrency());
  std::string ignored;
  o.arguments = ResumableArguments("assembly_fusion", argc, argv);
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  PresetOptions preset(app, "robust");
  app.add_option("--kappa", kappa, "causality of the E->E rule, list, each in [0, 1] [0,1]");
  app.add_option("--lambda", lambda, "overlap N_O/N, list, each in [0, N_E/N] [0.1,0.6]");
  app.add_option("--seeds", seeds, "number of seeds (1, 2, ..., N), a list such as 3,7 or a range such as 101-105 [1]");
  app.add_option("--train", o.train, "s, >= 0: train exactly so long [robust: until x_AA = 0.63; paper: 400 to 1000 s]");
  app.add_option("--train-until", until, "stop training when x_AA reaches this, in (0, 1] [robust: 0.63]");
  app.add_option("--post", post, "s, >= 0: model time after training [robust: 4000; paper: 2000]");
  app.add_option("--realizations", o.realizations, "runs after training forked from one trained state, >= 1 [1]");
  app.add_option("--dt", o.dt, "ms, in (0, tau_ref] [0.1]");
  app.add_option("--threads", o.threads, "cases run side by side, >= 1 [all cores]");
  app.add_option("--out", o.out, "output folder [out/assembly_fusion]");
  app.add_flag("--frozen", o.frozen, "run with the initial weights; x holds them plus the changes that plasticity would make, without bounds");
  app.add_flag("--unbounded", o.unbounded, "no bounds on plastic weights after training");
  app.add_option("--initial", initial, "AA=..,AB=..,AO=..,OA=..,OO=..: block weights in [0, 1] of W_EE_max instead of training");
  app.add_option("--checkpoint-every", o.checkpoint_every, "s of model time, > 0: save every run that often, in OUT/checkpoint");
  app.add_option("--resume", ignored, "OUT/checkpoint/resume of a run that was cut: go on with its options from its checkpoints");
  app.add_flag("--quiet", o.quiet, "no progress");
  if (!parsed(app, o.arguments->all)) return std::nullopt;
  o.resume = !o.arguments->resumed.empty();
  if (o.resume) o.out = o.arguments->folder();
  if (app.count("--checkpoint-every") > 0) engram::require_in("checkpoint-every", o.checkpoint_every, {0, 1e9, true}, "s");
  o.preset = preset.read();
  if (!preset.parameter_file().empty()) o.arguments->all.insert(o.arguments->all.end(), {"--parameters", std::filesystem::absolute(preset.parameter_file())});
  if (until) engram::require_in("train-until", *until, {0, 1, true}), o.preset.train_until = *until;
  if (post) engram::require_in("post", *post, {0, 1e9}, "s"), o.preset.post = engram::Time{1e3 * *post};
  if (o.train) engram::require_in("train", *o.train, {0, 1e9}, "s");
  engram::require_in("realizations", o.realizations, {1, 1e6});
  engram::require_in("threads", o.threads, {1, 4096});
  o.kappa = number_list("kappa", kappa, engram::fraction);
  o.lambda = number_list("lambda", lambda, {0, o.preset.excitatory});
  o.seeds = seed_list(seeds);
  if (!initial.empty()) {
    const double x = o.preset.initial_EE;
    o.initial = std::apply(engram::symmetric_blocks, block_weights(initial, {x, x, x, x, x}));
  }
  check(o);
  return o;
}
