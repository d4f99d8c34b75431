#pragma once
#include <array>

#include "options.hpp"

/// Weights of a simulated network over time, as fractions of their bounds.
struct SimulatedPath {
  double kappa, lambda;
  std::uint64_t seed;
  std::vector<double> t;                 ///< s
  std::vector<std::array<double, 7>> x;  ///< AA, AB, AO, OA, OO, AI, OI
};

/// Drift of x_AB at frozen E->E weights, 1/s, with its standard error over stretches of the run, and the theory's.
struct SimulatedDrift {
  double kappa, lambda;
  std::uint64_t seed;
  std::array<double, 3> inhibition;  ///< I->E weights onto A, B and O to start from, mV
  double theory;
  double value = 0, error = 0;
};

/// I->E weights onto A, B and O with which the trajectories start, mV.
std::array<double, 3> initial_inhibition(const Options& options, double lambda);

/// Runs from the initial weights without bounds, all cases of options.kappa, lambda and seeds.
std::vector<SimulatedPath> simulate_paths(const Options& options);

/// Runs with the E->E weights frozen at the initial ones while their changes accumulate; inhibition is plastic.
void simulate_phase(const Options& options, std::vector<SimulatedDrift>& points);
