#pragma once
#include <map>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <engram/assembly/fate.hpp>

#include "options.hpp"

/// Spikes of one second, cells of I after those of E.
struct Raster {
  std::vector<double> time, cell;
};

/// One case: (kappa, lambda, seed, realization), from its first row to its fate.
struct Case {
  double kappa, lambda;
  std::uint64_t seed;
  int realization;
  std::vector<engram::AssemblyRow> rows{};  ///< initial, training, after
  std::size_t trained = 0;                ///< index of the row at the end of training
  engram::Fate fate = engram::Fate::undecided;
  std::string failure{};                  ///< what ended it, if a blow-up did
  bool complete = false;
};

/// Everything that a run leaves.
struct Results {
  std::vector<Case> cases;
  std::map<std::string, Raster> rasters;             ///< by file name
  std::map<std::string, Eigen::MatrixXf> matrices;   ///< E->E, mV, by file name
  double model_seconds = 0, wall_seconds = 0;
  bool blew_up = false;
};

/// Trains and lets go, cases side by side. Interrupted or blown up, it returns what there is.
Results run_experiment(const Options& options);

/// "kappa0_lambda0.6_seed1".
std::string case_name(double kappa, double lambda, std::uint64_t seed);
