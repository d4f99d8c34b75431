// Which scheme gives rates, responses and drifts of weights for the least work? Euler and Maruyama, exponential Euler, stochastic
// Heun, and the exact upstroke with the crossing inside the step.
//
// Why: fewer, larger steps at equal accuracy are worth more than any tuning of the loop. The membrane of the model (ExpIF, sigma
// 4 mV, mean input 0). Errors are those of the chain that the scheme makes, without sampling (theory/stepped_response.hpp), against
// theory/threshold_integration.hpp, which has no time step: of the rate, of dr/dmu, and of the drift that a synapse makes for itself
// (motif coefficient Sf, 5 ms synapse) under the causal and the acausal rule. Cost is that of 8192 independent cells. CSV on standard
// output: scheme, dt (ms), CPU ns per cell and ms of biological time (least of ten runs), errors in per cent.
// What it showed: docs/speed.md.
#include <cstdio>
#include <ctime>

#include <engram/engram.hpp>
#include <engram/theory/motifs.hpp>
#include <engram/theory/stepped_response.hpp>

using namespace engram;
using namespace engram::literals;

namespace {

template <class Scheme>
double nanoseconds(Time dt, Time duration) {
  constexpr Index cells = 8192;
  auto sim = simulation<float>(Clock{dt}, Seed{11}, population("E", cells, Stepped<ExpIF, Scheme>{ExpIF{}}, Exponential{5_ms}, WhiteNoise{.sigma = 4_mV}));
  sim.run(200_ms);
  double least = 1e300;
  for (int run = 0; run < 10; ++run) {
    const std::clock_t begin = std::clock();
    sim.run(0.1 * duration);
    least = std::min(least, 1e9 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC / (cells * 0.1 * duration.value));
  }
  return least;
}

/// Rate, dr/dmu, drift by the own synapse: causal, acausal.
std::array<double, 4> quantities(const theory::Response& response) {
  static const theory::FrequencyGrid grid;
  const theory::Cell cell(response, Exponential{5_ms}, grid);
  const auto forward = [&](const auto& rule) { return theory::overlap(theory::sample(rule, grid), theory::motif::forward(cell, cell), grid).value; };
  return {response.rate, std::abs(response.chi(0)), forward(Causal{}), forward(Acausal{})};
}

template <class Scheme>
void study(const char* name, const std::array<double, 4>& exact, Time duration) {
  for (const double dt : {0.025, 0.05, 0.1, 0.2, 0.25, 0.5, 1.}) {
    const auto found = quantities(theory::SteppedResponse(Stepped<ExpIF, Scheme>{ExpIF{}}, 0_mV, 4_mV, Time{dt}).response(theory::FrequencyGrid{}));
    std::printf("%s,%g,%.4g", name, dt, nanoseconds<Scheme>(Time{dt}, duration));
    for (std::size_t k = 0; k < exact.size(); ++k) std::printf(",%.2g", 100 * (found[k] / exact[k] - 1));
    std::printf("\n");
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const Time duration{argc > 1 ? std::atof(argv[1]) : 2000.};
  const auto exact = quantities(theory::ThresholdIntegration(ExpIF{}, 0_mV, 4_mV).response(theory::FrequencyGrid{}));
  std::printf("scheme,dt_ms,ns_per_cell_ms,rate_error_percent,slope_error_percent,causal_drift_error_percent,acausal_drift_error_percent\n");
  study<EulerMaruyama>("Euler-Maruyama", exact, duration);
  study<ExponentialEuler>("exponential Euler", exact, duration);
  study<StochasticHeun>("stochastic Heun", exact, duration);
  study<ExactUpstroke>("exact upstroke", exact, duration);
}
