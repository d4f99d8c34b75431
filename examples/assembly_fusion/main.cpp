/// Two overlapping assemblies: trained by common signals, let go, watched until they have faded, segregated or fused.
/// After Yang and Doiron 2025, Figs. 2 and 3. Exit status: 0 done, 2 bad input, 3 blow-up, 130 interrupted.
#include <cstdio>
#include <iostream>

#include "output.hpp"
#include "support/command_line.hpp"
#include "support/progress.hpp"
#include "support/record.hpp"

int main(int argc, char** argv) try {
  const auto options = read_options(argc, argv);
  if (!options) return 0;
  prepare_output(options->out);
  install_interrupt();
  const auto results = run_experiment(*options);
  write_results(*options, results, command_text(argc, argv));
  print_table(results);
  if (!draw_figures(FIGURES, options->out)) std::fprintf(stderr, "the figures are missing; all numbers are in %s\n", options->out.c_str());
  std::printf("%.0f s of model time in %.1f s (%.0f x real time); files in %s\n", results.model_seconds, results.wall_seconds, results.model_seconds / results.wall_seconds, options->out.c_str());
  if (results.blew_up) {
    for (const auto& c : results.cases)
      if (!c.failure.empty()) std::fprintf(stderr, "assembly_fusion: %s\n", c.failure.c_str());
    return 3;
  }
  return interrupted ? 130 : 0;
} catch (const engram::config_error& e) {
  std::cerr << "assembly_fusion: " << e.what() << '\n';
  return 2;
} catch (const engram::error& e) {
  std::cerr << "assembly_fusion: " << e.what() << '\n';
  return 1;
}
