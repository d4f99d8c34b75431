#pragma once
#include "options.hpp"

/// Weights of a simulated network over time, as fractions of their bounds.
struct SimulatedPath {
  double kappa, lambda;
  std::uint64_t seed;
  std::vector<double> t;                 ///< s
  std::vector<std::array<double, 7>> x;  ///< AA, AB, AO, OA, OO, AI, OI
};

/// Drift of x_AB at frozen E->E weights, 1/s, with its standard error over stretches of the run.
struct SimulatedDrift {
  double kappa, lambda;
  std::uint64_t seed;
  double value, error;
};

/// Runs from the initial weights without bounds, all cases of options.kappa, lambda and seeds.
std::vector<SimulatedPath> simulate_paths(const Options& options);

/// Runs with the E->E weights frozen at the initial ones while their changes accumulate, on a grid of kappa and lambda.
std::vector<SimulatedDrift> simulate_phase(const Options& options);
