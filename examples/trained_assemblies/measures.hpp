#pragma once
// What is measured on the networks of a run.
#include <array>
#include <string>
#include <vector>

#include <engram/analysis/low_rank.hpp>
#include <engram/analysis/selectivity.hpp>
#include <engram/analysis/within_between.hpp>

#include "experiment.hpp"

inline constexpr std::array<const char*, 4> metric_names{"q10", "weighted", "raw", "signed"};

struct StageMeasures {
  std::string stage;  ///< before | criterion | after
  engram::training::BatchReport validation;
  std::uint64_t step = 0;
  std::array<engram::analysis::ExcessModularity, 4> modularity;        ///< in the order of metric_names
  engram::analysis::PerBlock<engram::analysis::WithinBetween> ratios;  ///< EE, EI, IE, II
  double zero_weights = 0;                                             ///< fraction of recurrent pairs
};

struct RunMeasures {
  std::vector<StageMeasures> stages;
  engram::analysis::WeightChangeRank rank;       ///< of the change from before to after
  engram::analysis::MembershipTest selectivity;  ///< of the communities of q10 after training
  double agreement_with_before = 0;              ///< NMI of the communities before and after (q10)

  const StageMeasures& stage(const std::string& name) const;
};

RunMeasures measure(const Run& run, const Setting& setting);
