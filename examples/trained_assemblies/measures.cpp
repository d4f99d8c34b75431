#include "measures.hpp"

#include <engram/training/connectivity.hpp>

using namespace engram;
using namespace engram::analysis;

namespace {

double zero_fraction(const Eigen::MatrixXd& w) {
  const double n = static_cast<double>(w.rows());
  return (static_cast<double>((w.array() == 0).count()) - n) / (n * (n - 1));  // the diagonal is no pair
}

StageMeasures measure_stage(const std::string& stage, const Snapshot& snapshot, const CellTypes& types, Seed seed) {
  const Eigen::MatrixXd w = training::connectivity(snapshot.weights);
  ExcessOptions options;
  options.louvain.seed = seed;
  options.null.seed = seed;
  StageMeasures out{stage, snapshot.validation, snapshot.step, {}, {}, zero_fraction(w)};
  const Graph graph(w);
  out.modularity = {excess_modularity_q10(graph, types, options), excess_modularity_weighted(graph, types, options),
                    excess_modularity_raw(graph, types, options), excess_modularity_signed(graph, types, options)};
  out.ratios = within_between_of_found(graph, types, options);
  return out;
}

}  // namespace

const StageMeasures& RunMeasures::stage(const std::string& name) const {
  for (const auto& s : stages)
    if (s.stage == name) return s;
  throw config_error("stage", name, "a stage that this run has");
}

RunMeasures measure(const Run& run, const Setting& setting) {
  const CellTypes types{setting.excitatory(), setting.inhibitory()};
  const Seed seed{run.seed};
  RunMeasures out;
  out.stages.push_back(measure_stage("before", run.before, types, seed));
  if (run.criterion) out.stages.push_back(measure_stage("criterion", *run.criterion, types, seed));
  out.stages.push_back(measure_stage("after", run.after, types, seed));
  out.rank = weight_change_rank(training::connectivity(run.before.weights), training::connectivity(run.after.weights),
                                types, 3, seed);
  const auto& found = out.stages.back().modularity[0].labels;
  Eigen::MatrixXd responses(static_cast<Eigen::Index>(run.responses.size()),
                            static_cast<Eigen::Index>(run.responses[0].size()));
  for (Eigen::Index i = 0; i < responses.rows(); ++i)
    for (Eigen::Index k = 0; k < responses.cols(); ++k)
      responses(i, k) = run.responses[static_cast<std::size_t>(i)][static_cast<std::size_t>(k)];
  out.selectivity = membership_against_selectivity(class_selectivity(responses), found, types, 1000, seed);
  out.agreement_with_before = normalised_mutual_information(out.stages.front().modularity[0].labels, found);
  return out;
}
