/// The mean-field theory of assembly fusion and what it predicts, with simulations laid over it: Figs. 4 to 7 of Yang and Doiron
/// 2025. Exit status: 0 done, 2 bad input, 1 other errors, 130 interrupted.
#include <chrono>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>

#include <engram/io/file.hpp>
#include <engram/theory/trajectory.hpp>

#include "spiking.hpp"
#include "support/command_line.hpp"
#include "support/parameter_file.hpp"
#include "support/progress.hpp"
#include "support/record.hpp"
#include "theory.hpp"

using namespace engram;
using namespace engram::theory;
using Fractions = AssemblyPopulations::Fractions;

namespace {

/// Of this process: what a quiet core would take.
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

const char* name_of(Order order) { return order == Order::all ? "all" : order == Order::two ? "2" : order == Order::one ? "1" : "0"; }

void table(const Options& o, const char* file, const char* header, auto&& rows) {
  write_whole(o.out / file, [&](std::ostream& out) {
    out.precision(9);
    out << header << '\n';
    rows(out);
  });
}

std::vector<double> even(int n, double high) {
  std::vector<double> out;
  for (int k = 0; k < n; ++k) out.push_back(high * k / (n - 1));
  return out;
}

void write_components(const Options& o, const AssemblyTheory& theory) {
  const auto c = theory.components();
  table(o, "components.csv", "s_ms,L_causal,L_other,forward,backward,common,chains", [&](std::ostream& out) {
    for (std::size_t k = 0; k < c.s.size(); ++k)
      out << c.s[k] << ',' << c.causal[k] << ',' << c.other[k] << ',' << c.forward[k] << ',' << c.backward[k] << ',' << c.common[k] << ',' << c.chains[k] << '\n';
  });
}

void write_coefficients(const Options& o, const AssemblyTheory& theory) {
  const Cell E = theory.excitatory(), I = theory.inhibitory();
  const double unit = o.preset.W_EE_max.value;
  table(o, "coefficients.csv", "kappa,S0,Sf,Sb,Scc,Sfc,Sbc,SIcc,SIfc,SIbc", [&](std::ostream& out) {
    for (const double kappa : even(11, 1)) {
      const auto rule = theory.rule(kappa);
      const auto e = motif_coefficients(rule, E, E, E, theory.grid()), i = motif_coefficients(rule, E, E, I, theory.grid());
      out << kappa << ',' << e.S0 / unit;
      for (const auto& each : {e.Sf, e.Sb, e.Scc, e.Sfc, e.Sbc, i.Scc, i.Sfc, i.Sbc}) out << ',' << each.value / unit;
      out << '\n';
    }
  });
}

/// k0, k1, k2 and the threshold of the reduced flow against the overlap; processor seconds of the slowest curve.
double write_thresholds(const Options& o, const AssemblyTheory& theory) {
  double slowest = 0;
  table(o, "thresholds.csv", "order,kappa,lambda,k0,k1,k2,threshold", [&](std::ostream& out) {
    for (const Order order : {Order::two, Order::all})
      for (const double kappa : o.kappa) {
        const double begun = processor_seconds();
        for (const double lambda : even(33, o.preset.excitatory)) {
          const auto two = theory.populations(lambda);
          const auto field = theory.field(kappa, lambda, order, Inhibition::balanced, {1, o.initial.AB, 1, 1, 1});
          const ReducedFlow flow(two, field);
          const Quadratic k = flow.quadratic();
          const auto at = order == Order::two ? threshold(k) : threshold(flow, 0, 1, 10);
          out << name_of(order) << ',' << kappa << ',' << lambda << ',' << 1e3 * k.k0 << ',' << 1e3 * k.k1 << ',' << 1e3 * k.k2 << ',';
          if (at) out << *at;
          else out << "nan";
          out << '\n';
        }
        slowest = std::max(slowest, processor_seconds() - begun);
      }
  });
  return slowest;
}

/// dx_AB/dt against the overlap for kappa 0 and 1; the rule is linear in kappa, so the drift is too.
struct DriftCurves {
  std::vector<double> lambda, acausal, causal;

  double at(double kappa, std::size_t l) const { return kappa * causal[l] + (1 - kappa) * acausal[l]; }
  /// The least overlap at which it grows, between nodes by a straight line.
  std::optional<double> boundary(double kappa) const {
    if (at(kappa, 0) >= 0) return 0.;
    for (std::size_t l = 1; l < lambda.size(); ++l)
      if (at(kappa, l) >= 0) {
        const double a = at(kappa, l - 1), b = at(kappa, l);
        return lambda[l - 1] + (lambda[l] - lambda[l - 1]) * a / (a - b);
      }
    return std::nullopt;
  }
};

DriftCurves drift_curves(const AssemblyTheory& theory, Order order, const Fractions& x, std::vector<double> lambda) {
  DriftCurves out{std::move(lambda), {}, {}};
  for (const double l : out.lambda) {
    out.acausal.push_back(1e3 * theory.drift_AB(0, l, order, x));
    out.causal.push_back(1e3 * theory.drift_AB(1, l, order, x));
  }
  return out;
}

void write_phase(const Options& o, const AssemblyTheory& theory) {
  const auto lambda = even(o.grid, o.preset.excitatory), kappa = even(o.grid, 1);
  const Order other = o.order == Order::all ? Order::two : Order::all;
  const auto main = drift_curves(theory, o.order, o.initial, lambda);
  table(o, "phase.csv", "kappa,lambda,dWdt", [&](std::ostream& out) {
    for (const double k : kappa)
      for (std::size_t l = 0; l < lambda.size(); ++l) out << k << ',' << lambda[l] << ',' << main.at(k, l) << '\n';
  });
  table(o, "boundary.csv", "order,W_AB0,kappa,lambda", [&](std::ostream& out) {
    const auto rows = [&](Order order, double AB, const DriftCurves& curves) {
      for (const double k : even(101, 1))
        if (const auto at = curves.boundary(k)) out << name_of(order) << ',' << AB << ',' << k << ',' << *at << '\n';
    };
    rows(o.order, o.initial.AB, main);
    rows(other, o.initial.AB, drift_curves(theory, other, o.initial, lambda));
    for (const double AB : {o.initial.AB - 0.01, o.initial.AB + 0.01}) {
      auto x = o.initial;
      x.AB = AB;
      rows(o.order, AB, drift_curves(theory, o.order, x, lambda));
    }
  });
}

void write_path(std::ostream& out, const char* source, double kappa, double lambda, std::uint64_t seed, double t, const std::array<double, 7>& x) {
  out << source << ',' << kappa << ',' << lambda << ',' << seed << ',' << t;
  for (const double each : x) out << ',' << each;
  out << '\n';
}

/// Theory of the moving network (inhibition by its own rule, no bounds, as the simulations and from where they start), and the
/// reduced flow of W_AB.
void write_theory_paths(const Options& o, const AssemblyTheory& theory, std::ostream& out) {
  std::vector<Time> times;
  for (int k = 0; k <= 40; ++k) times.push_back(Time{1e3 * o.post * k / 40});
  for (const double lambda : o.lambda)
    for (const double kappa : o.kappa) {
      const auto two = theory.populations(lambda);
      const auto still = theory.field(kappa, lambda, Order::two, Inhibition::balanced, o.initial);
      Eigen::MatrixXd start = two.weights(o.initial);
      const auto inhibition = initial_inhibition(o, lambda);
      for (Eigen::Index a = 0; a < 3; ++a) start(a, AssemblyPopulations::I) = inhibition[static_cast<std::size_t>(a)];
      for (const Order order : {o.order, Order::all}) {
        const auto field = theory.field(kappa, lambda, order, Inhibition::dynamic, o.initial);
        const auto path = trajectory(field, start, times, false, {1e-5, 1e-7});
        for (std::size_t k = 0; k < times.size(); ++k) {
          const auto x = two.fractions(path[k]);
          write_path(out, order == Order::all ? "theory_all" : "theory_2", kappa, lambda, 0, times[k].value * 1e-3,
                     {x.AA, x.AB, x.AO, x.OA, x.OO, path[k](0, 3) / two.W_EI_max.value, path[k](2, 3) / two.W_EI_max.value});
        }
        if (o.order == Order::all) break;
      }
      const ReducedFlow flow(two, still, o.initial);
      const auto k = flow.quadratic();
      BoundedOde reduced([&](double, const Eigen::VectorXd& y) { return Eigen::VectorXd::Constant(1, k(y(0))); });
      std::vector<double> t;
      for (const Time each : times) t.push_back(each.value);
      const auto path = reduced.solve(Eigen::VectorXd::Constant(1, o.initial.AB), t);
      for (std::size_t n = 0; n < t.size(); ++n)
        write_path(out, "reduced", kappa, lambda, 0, t[n] * 1e-3, {o.initial.AA, path[n](0), o.initial.AO, o.initial.OA, o.initial.OO, 0, 0});
    }
}

void write_trajectories(const Options& o, const AssemblyTheory& theory, const std::vector<SimulatedPath>& simulated) {
  table(o, "trajectories.csv", "source,kappa,lambda,seed,t_s,x_AA,x_AB,x_AO,x_OA,x_OO,x_AI,x_OI", [&](std::ostream& out) {
    write_theory_paths(o, theory, out);
    for (const auto& path : simulated)
      for (std::size_t k = 0; k < path.t.size(); ++k) write_path(out, "simulation", path.kappa, path.lambda, path.seed, path.t[k], path.x[k]);
  });
}

/// Spiking points of the phase diagram, inhibition starting where its rule is at rest.
void write_simulated_phase(const Options& o, const AssemblyTheory& theory) {
  const int n = o.simulate_phase;
  const double step = 1. / std::max(1, n - 1);
  std::vector<SimulatedDrift> points;
  for (int k = 0; k < n; ++k)
    for (int l = 0; l < n; ++l) {  // not 0 and not all: there would be no block AB, or no overlap
      const double kappa = k * step, lambda = o.preset.excitatory * (0.06 + 0.82 * l * step);
      const auto two = theory.populations(lambda);
      const auto field = theory.field(kappa, lambda, Order::all, Inhibition::at_rest, o.initial);
      const Eigen::MatrixXd W = field.settled(two.weights(o.initial));
      for (const auto seed : o.seeds) points.push_back({kappa, lambda, seed, {W(0, 3), W(1, 3), W(2, 3)}, 1e3 * two.fractions(field.derivative(W)).AB});
    }
  simulate_phase(o, points);
  table(o, "phase_simulation.csv", "kappa,lambda,seed,dWdt,error,theory", [&](std::ostream& out) {
    for (const auto& each : points)
      out << each.kappa << ',' << each.lambda << ',' << each.seed << ',' << each.value << ',' << each.error << ',' << each.theory << '\n';
  });
}

void write_run(const Options& o, const AssemblyTheory& theory, const std::string& command, double theory_seconds, double curve_seconds, double wall) {
  nlohmann::ordered_json run;
  run["units"] = {{"S0", "W_EE_max ms"}, {"Sf, Sb", "W_EE_max/(ms mV)"}, {"Scc, Sfc, Sbc, SI..", "W_EE_max/(ms mV^2)"}, {"k0, k1, k2", "1/s, for x_AB"},
                  {"threshold, W_AB0, x", "fraction of the bound"}, {"dWdt", "1/s, of x_AB"}, {"s", "ms"}, {"L", "mV"}};
  run["command"] = command;
  run["build"] = build_record();
  run["preset"] = o.preset.name;
  run["rule"] = o.rule;
  run["order"] = name_of(o.order);
  run["kappa"] = o.kappa;
  run["lambda"] = o.lambda;
  run["initial"] = {{"AA", o.initial.AA}, {"AB", o.initial.AB}, {"AO", o.initial.AO}, {"OA", o.initial.OA}, {"OO", o.initial.OO}};
  run["seeds"] = o.seeds;
  run["dt"] = {{"value", o.dt}, {"unit", "ms"}};
  run["post"] = {{"value", o.post}, {"unit", "s"}};
  run["parameters"] = parameter_record(parameters(o.preset));
  for (const double kappa : o.kappa) {
    const double v = theory.diffusion(kappa), unit = o.preset.W_EE_max.value;
    const double AB = 1e3 * theory.drift_AB(kappa, o.lambda.front(), o.order, o.initial);
    const auto forecast = forecast_bounds(Voltage{std::min(o.initial.AB, 1 - o.initial.AB) * unit}, VoltageRate{AB * unit * 1e-3}, v);
    run["bounds"].push_back({{"kappa", kappa}, {"variance_per_s_of_x", 1e3 * v / (unit * unit)}, {"drift_of_x_AB_per_s", AB},
                             {"mean_field_trusted_s", std::isinf(forecast.trusted.value) ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(forecast.trusted.value * 1e-3)}, {"weights_touch_bound_s", forecast.touching.value * 1e-3}});
    std::printf("kappa %g: hard bounds would shift W_AB by a tenth of its drift after %.0f s\n", kappa, forecast.trusted.value * 1e-3);
  }
  run["theory_processor_seconds"] = theory_seconds;
  run["slowest_threshold_curve_processor_seconds"] = curve_seconds;
  run["wall_seconds"] = wall;
  write_json(o.out / "run.json", run);
  write_parameters(o.out / "parameters.toml", o.preset);
}

}  // namespace

int main(int argc, char** argv) try {
  const auto options = read_options(argc, argv);
  if (!options) return 0;
  const Options& o = *options;
  prepare_output(o.out);
  install_interrupt();
  const auto begun = std::chrono::steady_clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count(); };
  const AssemblyTheory theory(o);
  write_components(o, theory);
  write_coefficients(o, theory);
  const double curve = write_thresholds(o, theory);
  write_phase(o, theory);
  write_trajectories(o, theory, {});
  const double theory_seconds = processor_seconds();
  if (o.simulate) write_trajectories(o, theory, simulate_paths(o));
  std::filesystem::remove(o.out / "phase_simulation.csv");
  if (o.simulate_phase > 0) write_simulated_phase(o, theory);
  write_run(o, theory, command_text(argc, argv), theory_seconds, curve, seconds());
  if (!draw_figures(FIGURES, o.out)) std::fprintf(stderr, "the figures are missing; all numbers are in %s\n", o.out.c_str());
  std::printf("processor time: theory %.1f s, a threshold curve at most %.2f s; all in %.1f s; files in %s\n", theory_seconds, curve, seconds(), o.out.c_str());
  return interrupted ? 130 : 0;
} catch (const engram::config_error& e) {
  std::cerr << "mean_field: " << e.what() << '\n';
  return 2;
} catch (const std::exception& e) {
  std::cerr << "mean_field: " << e.what() << '\n';
  return 1;
}
