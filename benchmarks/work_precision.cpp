// Which scheme gives a membrane's rate for the least work? Euler and Maruyama, exponential Euler, stochastic Heun.
//
// Why: fewer, larger steps at equal accuracy would be worth more than any tuning of the loop. Independent cells of the
// model (ExpIF, sigma 4 mV); the reference is theory/threshold_integration.hpp, which has no time step. Errors are of the
// rate and, by mean input +-0.5 mV with common random numbers, of the susceptibility dr/dmu. CSV on standard output:
// scheme, dt (ms), ns of CPU per cell and ms of biological time, rate and its error in per cent, standard error, same for dr/dmu.
// What it showed: docs/speed.md.
#include <cstdio>
#include <ctime>

#include <engram/engram.hpp>
#include <engram/neuron/schemes.hpp>
#include <engram/theory/threshold_integration.hpp>

using namespace engram;
using namespace engram::literals;

namespace {

struct Measured {
  double rate, error, nanoseconds;
};

template <class Scheme>
Measured measure(Time dt, double mean, Time duration) {
  constexpr Index cells = 8192;
  auto sim = simulation<float>(Clock{dt}, Seed{11}, population("E", cells, Stepped<ExpIF, Scheme>{ExpIF{}}, Exponential{5_ms}, WhiteNoise{Voltage{mean}, 4_mV}));
  sim.run(200_ms);
  auto& population = std::get<0>(sim.populations());
  const std::vector<std::uint64_t> before(population.spike_count().begin(), population.spike_count().end());
  const std::clock_t begin = std::clock();
  sim.run(duration);
  const double cpu = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  double sum = 0, squares = 0;
  for (Index c = 0; c < cells; ++c) {
    const double n = static_cast<double>(population.spike_count()[c] - before[c]);
    sum += n, squares += n * n;
  }
  const double m = sum / cells, seconds = duration.value / 1000;
  return {m / seconds, std::sqrt((squares / cells - m * m) / cells) / seconds, 1e9 * cpu / (cells * duration.value)};
}

template <class Scheme>
void study(const char* name, double rate, double slope, Time duration) {
  for (const double dt : {0.025, 0.05, 0.1, 0.2, 0.25, 0.5, 1.}) {
    const auto low = measure<Scheme>(Time{dt}, -0.5, duration), middle = measure<Scheme>(Time{dt}, 0, duration), high = measure<Scheme>(Time{dt}, 0.5, duration);
    const double dr = high.rate - low.rate;
    std::printf("%s,%g,%.4g,%.5g,%.3g,%.2g,%.5g,%.3g,%.2g\n", name, dt, middle.nanoseconds, middle.rate, 100 * (middle.rate / rate - 1), 100 * middle.error / rate,
                dr, 100 * (dr / slope - 1), 100 * std::hypot(high.error, low.error) / slope);
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const Time duration{argc > 1 ? std::atof(argv[1]) : 20000.};
  const auto rate = [](double mean) { return 1000 * theory::ThresholdIntegration(ExpIF{}, Voltage{mean}, Voltage{4}).rate().value; };
  const double r = rate(0), slope = rate(0.5) - rate(-0.5);
  std::printf("scheme,dt_ms,ns_per_cell_ms,rate_Hz,rate_error_percent,standard_error_percent,slope,slope_error_percent,slope_standard_error_percent\n");
  std::printf("theory,0,0,%.6g,0,0,%.6g,0,0\n", r, slope);
  study<EulerMaruyama>("Euler-Maruyama", r, slope, duration);
  study<ExponentialEuler>("exponential Euler", r, slope, duration);
  study<StochasticHeun>("stochastic Heun", r, slope, duration);
}
