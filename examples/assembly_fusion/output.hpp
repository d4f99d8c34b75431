#pragma once
#include "experiment.hpp"

/// Writes weights.csv, summary.json, run.json and the NPY files into options.out, each whole or not at all.
void write_results(const Options& options, const Results& results, const std::string& command);

/// The table of cases on stdout.
void print_table(const Results& results);
