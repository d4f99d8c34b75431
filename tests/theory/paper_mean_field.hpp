#pragma once
#include <engram/theory/trajectory.hpp>

#include "paper.hpp"

namespace paper {
inline MeanField mean_field(const AssemblyPopulations& two, double kappa, MeanFieldOptions options = {}) {
  const auto each = neuron();
  return {two.network(), {}, {each, each, each, each}, rules(kappa), grid(), options};
}
}  // namespace paper
