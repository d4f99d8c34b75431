#pragma once
#include <filesystem>
#include <optional>
#include <vector>

#include <engram/assembly/balance.hpp>
#include <engram/assembly/preset.hpp>

#include "support/command_line.hpp"

struct Options {
  engram::AssemblyPreset preset = engram::AssemblyPreset::robust();
  std::vector<double> kappa{0, 1};
  std::vector<double> lambda{0.1, 0.6};
  std::vector<std::uint64_t> seeds{1};
  std::optional<double> train;        ///< s; exactly so long, whatever x_AA
  int realizations = 1;
  double dt = 0.1;                    ///< ms
  unsigned threads = 1;
  std::filesystem::path out = "out/assembly_fusion";
  bool frozen = false, unbounded = false, quiet = false;
  std::optional<engram::BlockFractions> initial;
  double checkpoint_every = 0;        ///< s of model time; 0: never
  bool resume = false;                ///< go on from the checkpoints in `out`
  std::optional<ResumableArguments> arguments;
};

/// Reads the command line and checks all of it. Throws engram::config_error, io_error; returns nothing after --help.
std::optional<Options> read_options(int argc, char** argv);
