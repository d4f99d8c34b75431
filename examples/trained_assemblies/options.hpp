#pragma once
#include <filesystem>
#include <optional>
#include <vector>

#include "experiment.hpp"
#include "support/command_line.hpp"

struct Options {
  std::vector<Cell> cells;
  std::vector<std::uint64_t> seeds;
  Setting setting;
  std::size_t threads = 1;
  std::filesystem::path out = "out/trained_assemblies";
  bool quiet = false;
  bool figures = true;
  std::uint64_t checkpoint_every = 0;  ///< steps; 0: never
  bool resume = false;                 ///< go on from the checkpoints in `out`
  std::optional<ResumableArguments> arguments;
};

/// Reads the command line and checks all of it. Throws config_error; returns nothing after --help.
std::optional<Options> read_options(int argc, char** argv);
