#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <engram/assembly/preset.hpp>
#include <engram/theory/mean_field.hpp>

struct Options {
  engram::AssemblyPreset preset = engram::AssemblyPreset::paper();
  std::string rule = "mix";                            ///< causal, acausal, mix, own
  std::vector<double> kappa{0, 1};
  std::vector<double> lambda{0.1, 0.4, 0.6};           ///< of the trajectories
  engram::theory::Order order = engram::theory::Order::two;
  engram::theory::AssemblyPopulations::Fractions initial{1, 0.22, 1, 1, 1};
  double post = 2000;                                  ///< s
  int grid = 33;                                       ///< phase diagram, points on either axis
  std::vector<std::uint64_t> seeds{1};
  bool simulate = false;
  int simulate_phase = 0;                              ///< points on either axis
  double dt = 0.1;
  unsigned threads = 1;
  std::filesystem::path out = "out/mean_field";
  bool quiet = false;
};

/// Reads the command line and checks all of it. Throws engram::config_error; returns nothing after --help.
std::optional<Options> read_options(int argc, char** argv);
