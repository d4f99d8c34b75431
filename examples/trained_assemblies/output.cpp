#include "output.hpp"

#include <cmath>
#include <cstdio>
#include <engram/io/npy.hpp>
#include <engram/training/connectivity.hpp>
#include <nlohmann/json.hpp>
#include <ostream>

#include "support/record.hpp"

using namespace engram;
using Json = nlohmann::ordered_json;

namespace {

std::string cell_columns(const Run& r) {
  return std::string(name(r.cell.task)) + "," + name(r.cell.constraint) + "," + name(r.cell.input) + "," +
         std::to_string(r.seed);
}
std::string file_name(const std::string& what, const Run& r, const std::string& stage) {
  return what + "_" + r.cell.name() + "_" + std::to_string(r.seed) + "_" + stage + ".npy";
}

void write_modularity(const Options& o, const std::vector<MeasuredRun>& runs) {
  write_whole(o.out / "modularity.csv", [&](std::ostream& out) {
    out.precision(9);
    out << "task,constraint,input,seed,stage,accuracy,spikes_E,spikes_I,Q,Q_null,excess,metric\n";
    for (const auto& [run, m] : runs)
      for (const auto& s : m.stages)
        for (std::size_t k = 0; k < metric_names.size(); ++k)
          out << cell_columns(run) << ',' << s.stage << ',' << s.validation.accuracy << ','
              << s.validation.spikes_excitatory << ',' << s.validation.spikes_inhibitory << ',' << s.modularity[k].Q
              << ',' << s.modularity[k].null_mean << ',' << s.modularity[k].excess() << ',' << metric_names[k] << '\n';
  });
}

void write_ratios(const Options& o, const std::vector<MeasuredRun>& runs) {
  write_whole(o.out / "ratios.csv", [&](std::ostream& out) {
    out.precision(9);
    out << "task,constraint,input,seed,stage,block,ratio,null_mean,null_sd\n";
    for (const auto& [run, m] : runs)
      for (const auto& s : m.stages)
        for (std::size_t b = 0; b < 4; ++b)
          out << cell_columns(run) << ',' << s.stage << ',' << analysis::block_names[b] << ',' << s.ratios[b].ratio
              << ',' << s.ratios[b].null_mean << ',' << s.ratios[b].null_sd << '\n';
  });
}

void write_history(const Options& o, const std::vector<MeasuredRun>& runs) {
  write_whole(o.out / "training.csv", [&](std::ostream& out) {
    out << "task,constraint,input,seed,step,batch_loss,accuracy,loss,spikes_E,spikes_I\n";
    for (const auto& [run, m] : runs)
      for (const auto& h : run.history)
        out << cell_columns(run) << ',' << h.step << ',' << h.loss << ',' << h.validation.accuracy << ','
            << h.validation.loss << ',' << h.validation.spikes_excitatory << ',' << h.validation.spikes_inhibitory
            << '\n';
  });
}

void write_arrays(const Options& o, const MeasuredRun& r) {
  const auto save = [&](const Snapshot& s, const std::string& stage) {
    const auto w = training::connectivity(s.weights);
    write_npy(o.out / file_name("weights", r.run, stage), Eigen::MatrixXf(w.cast<float>()));
    const auto& labels = r.measures.stage(stage).modularity[0].labels;
    write_npy<std::uint32_t>(o.out / file_name("communities", r.run, stage), labels, {labels.size()});
  };
  save(r.run.before, "before");
  if (r.run.criterion) save(*r.run.criterion, "criterion");
  save(r.run.after, "after");
  write_whole(o.out / ("raster_" + r.run.cell.name() + "_" + std::to_string(r.run.seed) + ".csv"),
              [&](std::ostream& out) {
                out << "trial,label,step,neuron\n";
                for (const auto& s : r.run.raster)
                  out << s.trial << ',' << s.label << ',' << s.step << ',' << s.neuron << '\n';
              });
}

struct Mean {
  double mean = 0, error = 0, sd = 0;
  std::size_t n = 0;
};
Mean mean_of(const std::vector<double>& x) {
  Mean out;
  out.n = x.size();
  if (x.empty()) return out;
  const double n = static_cast<double>(x.size());
  for (double v : x) out.mean += v / n;
  double squares = 0;
  for (double v : x) squares += (v - out.mean) * (v - out.mean);
  out.sd = x.size() > 1 ? std::sqrt(squares / (n - 1)) : std::nan("");
  out.error = out.sd / std::sqrt(n);
  return out;
}

/// "0.073 +- 0.006"; of one seed without an error.
std::string with_error(const Mean& m) {
  char text[60];
  if (m.n > 1) std::snprintf(text, sizeof text, "%.3f +- %.3f", m.mean, m.error);
  else std::snprintf(text, sizeof text, "%.3f (one seed)", m.mean);
  return text;
}

/// The gain in excess modularity by training.
double gain(const RunMeasures& m, std::size_t metric, const std::string& stage = "after") {
  return m.stage(stage).modularity[metric].excess() - m.stage("before").modularity[metric].excess();
}

template <class F>
std::vector<double> of_cell(const Cell& cell, const std::vector<MeasuredRun>& runs, F&& f) {
  std::vector<double> out;
  for (const auto& r : runs)
    if (r.run.cell.name() == cell.name()) out.push_back(f(r));
  return out;
}

Json as_json(const Mean& m) { return {{"mean", m.mean}, {"standard_error", m.error}, {"sd", m.sd}, {"n", m.n}}; }

Json summary_of(const Cell& cell, const std::vector<MeasuredRun>& runs) {
  Json out{{"task", name(cell.task)}, {"constraint", name(cell.constraint)}, {"input", name(cell.input)}};
  const auto after = [&](auto&& f) {
    return as_json(mean_of(of_cell(cell, runs, [&](const auto& r) { return f(r.measures.stages.back()); })));
  };
  out["accuracy"] = after([](const auto& s) { return s.validation.accuracy; });
  out["spikes_E"] = after([](const auto& s) { return s.validation.spikes_excitatory; });
  out["spikes_I"] = after([](const auto& s) { return s.validation.spikes_inhibitory; });
  out["zero_weights"] = after([](const auto& s) { return s.zero_weights; });
  for (std::size_t k = 0; k < metric_names.size(); ++k) {
    auto& m = out["modularity"][metric_names[k]];
    m["Q"] = after([&](const auto& s) { return s.modularity[k].Q; });
    m["Q_null"] = after([&](const auto& s) { return s.modularity[k].null_mean; });
    m["gain_in_excess"] = as_json(mean_of(of_cell(cell, runs, [&](const auto& r) { return gain(r.measures, k); })));
    std::vector<double> at_criterion;
    for (const auto& r : runs)
      if (r.run.cell.name() == cell.name() && r.run.criterion) at_criterion.push_back(gain(r.measures, k, "criterion"));
    m["gain_in_excess_at_criterion"] = as_json(mean_of(at_criterion));
  }
  for (std::size_t b = 0; b < 4; ++b) {
    auto& block = out["within_between"][analysis::block_names[b]];
    block["ratio"] = after([&](const auto& s) { return s.ratios[b].ratio; });
    block["null"] = after([&](const auto& s) { return s.ratios[b].null_mean; });
  }
  const auto each = [&](auto&& f) {
    return as_json(mean_of(of_cell(cell, runs, [&](const auto& r) { return f(r.measures); })));
  };
  out["participation_ratio_of_change"] = each([](const auto& m) { return m.rank.participation_ratio; });
  out["participation_ratio_shuffled"] = each([](const auto& m) { return m.rank.shuffled_mean; });
  out["selectivity_eta2"] = each([](const auto& m) { return m.selectivity.eta_squared; });
  out["selectivity_eta2_null"] = each([](const auto& m) { return m.selectivity.null_mean; });
  out["selectivity_p"] = each([](const auto& m) { return m.selectivity.p_value; });
  out["communities_nmi_with_before"] = each([](const auto& m) { return m.agreement_with_before; });
  return out;
}

Json setting_record(const Options& o) {
  const auto& s = o.setting;
  Json seeds(o.seeds);
  return {{"neurons", s.neurons},
          {"excitatory", s.excitatory()},
          {"inhibitory", s.inhibitory()},
          {"steps", s.steps},
          {"optimizer", name(s.optimizer)},
          {"rates_relative", s.rates.relative},
          {"rates", parameter_record(parameters(s.rates))},
          {"constraint_spike_bound", parameter_record(parameters(s.spike_bound))},
          {"constraint_spike_bound_per_neuron", s.spike_bound.scope == training::Scope::neuron},
          {"constraint_weight_L1_per_step", s.weight_decay},
          {"seeds", seeds}};
}

}  // namespace

std::string result_line(const RunMeasures& m) {
  char text[200];
  std::snprintf(text, sizeof text,
                "accuracy %.3f, spikes %.1f E %.1f I, q10 Q %.3f beside null %.3f, gain in excess %+.3f",
                m.stages.back().validation.accuracy, m.stages.back().validation.spikes_excitatory,
                m.stages.back().validation.spikes_inhibitory, m.stages.back().modularity[0].Q,
                m.stages.back().modularity[0].null_mean, gain(m, 0));
  return text;
}

void write_results(const Options& o, const std::vector<MeasuredRun>& runs, double wall_seconds) {
  write_modularity(o, runs);
  write_ratios(o, runs);
  write_history(o, runs);
  for (const auto& r : runs) write_arrays(o, r);
  Json cells = Json::array();
  for (const auto& cell : o.cells) cells.push_back(summary_of(cell, runs));
  write_json(o.out / "summary.json", {{"build", build_record()},
                                      {"setting", setting_record(o)},
                                      {"wall_seconds", wall_seconds},
                                      {"threads", o.threads},
                                      {"cells", cells}});
}

void print_summary(const Options& o, const std::vector<MeasuredRun>& runs) {
  std::printf("%-26s %9s %13s %6s %21s %21s\n", "cell", "accuracy", "spikes E / I", "Q q10", "gain in excess, q10",
              "weighted");
  for (const auto& cell : o.cells) {
    const auto mean = [&](auto&& f) { return mean_of(of_cell(cell, runs, f)); };
    const auto q = mean([](const auto& r) { return gain(r.measures, 0); });
    if (q.n == 0) {
      std::printf("%-26s no run was completed\n", cell.name().c_str());
      continue;
    }
    const auto w = mean([](const auto& r) { return gain(r.measures, 1); });
    std::printf("%-26s %9.3f %6.1f / %4.1f %6.3f %21s %21s\n", cell.name().c_str(),
                mean([](const auto& r) { return r.measures.stages.back().validation.accuracy; }).mean,
                mean([](const auto& r) { return r.measures.stages.back().validation.spikes_excitatory; }).mean,
                mean([](const auto& r) { return r.measures.stages.back().validation.spikes_inhibitory; }).mean,
                mean([](const auto& r) { return r.measures.stages.back().modularity[0].Q; }).mean, with_error(q).c_str(),
                with_error(w).c_str());
  }
  std::printf("(gain: Q - Q_null after training minus before; +- is the standard error over %zu seeds)\n",
              o.seeds.size());
}
