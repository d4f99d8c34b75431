#pragma once
/// Errors carry fields, not only text, so that a program can act on them.
#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

#include "config.hpp"

namespace engram::inline ENGRAM_ABI {

/// Root of everything that engram throws.
struct error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A parameter that cannot be: thrown when a network is built, before anything runs.
struct config_error : error {
  std::string field;    ///< the parameter's name, e.g. "ExpIF.tau"
  std::string value;    ///< what was given, with its unit
  std::string allowed;  ///< what would have been accepted

  config_error(std::string field_, std::string value_, std::string allowed_)
      : error(field_ + " = " + value_ + ": allowed is " + allowed_),
        field(std::move(field_)),
        value(std::move(value_)),
        allowed(std::move(allowed_)) {}
};

/// A state that left the numbers or the plausible: ends a run. What was recorded before stays readable.
struct numerical_error : error {
  std::string population;  ///< or projection
  std::uint64_t cell;      ///< of the population; of a projection the target
  std::uint64_t step;      ///< that was being made, counted from 0
  double value;

  numerical_error(std::string population_, std::uint64_t cell_, std::uint64_t step_, double value_, const std::string& what)
      : numerical_error(population_, cell_, step_, value_, what, "population " + population_ + ", cell " + std::to_string(cell_)) {}

 protected:
  numerical_error(std::string population_, std::uint64_t cell_, std::uint64_t step_, double value_, const std::string& what, const std::string& where)
      : error(what + ": " + where + ", step " + std::to_string(step_) + ", value " + text(value_)),
        population(std::move(population_)),
        cell(cell_),
        step(step_),
        value(value_) {}

 private:
  static std::string text(double v) {
    std::ostringstream out;
    out << v;
    return out.str();
  }
};

/// A weight that is not a number within the bounds of its projection.
struct weight_error : numerical_error {
  std::uint64_t source;

  weight_error(std::string projection, std::uint64_t source_, std::uint64_t target, std::uint64_t step_, double value_, const std::string& allowed)
      : numerical_error(projection, target, step_, value_, "a weight is not " + allowed, "projection " + projection + ", source " + std::to_string(source_) + ", target " + std::to_string(target)),
        source(source_) {}
};

/// A file that cannot be read or written. A half-written file never replaces a whole one.
struct io_error : error {
  std::string path;
  io_error(std::string path_, const std::string& why) : error(path_ + ": " + why), path(std::move(path_)) {}
};

}  // namespace engram::inline ENGRAM_ABI
