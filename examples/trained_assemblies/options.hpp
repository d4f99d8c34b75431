#pragma once
#include <filesystem>
#include <vector>

#include "experiment.hpp"

struct Options {
  std::vector<Cell> cells;
  std::vector<std::uint64_t> seeds;
  Setting setting;
  std::size_t threads = 1;
  std::filesystem::path out = "out/trained_assemblies";
  bool quiet = false;
  bool figures = true;
};

/// Reads the command line. Help and version end the program with status 0; anything that is not understood or not
/// allowed throws config_error.
Options read_options(int argc, char** argv);
