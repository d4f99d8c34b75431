#pragma once
#include <vector>

#include "measures.hpp"
#include "options.hpp"

struct MeasuredRun {
  Run run;
  RunMeasures measures;
};

/// modularity.csv, ratios.csv, training.csv, weights and communities as NPY, rasters, summary.json.
void write_results(const Options& options, const std::vector<MeasuredRun>& runs, double wall_seconds);

/// A line for people: accuracy and excess modularity of one run.
std::string result_line(const RunMeasures& measures);

/// Mean over seeds with its standard error, cell by cell, on stdout.
void print_summary(const Options& options, const std::vector<MeasuredRun>& runs);
