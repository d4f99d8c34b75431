// One large network on several threads: how much faster than on one?
//
// Why: machines are seldom quiet, and a thread that waits for another program's time slice spoils a whole run. Every
// number of threads gives the same bits, so the same 200 ms, cut into slices of 2 ms, are run again and again, turn by turn
// with each number of threads; of each slice the least wall time counts, and the sum of these is what an undisturbed machine
// would take. CSV: threads, x real time, times one thread, share of the slices' time that was undisturbed in the median run.
// What it showed: docs/speed.md. Usage: bench_threads [N p repeats threads...]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "network.hpp"

using namespace bench;

namespace {

/// Wall time of every slice.
struct Stopwatch {
  Time every{2};
  std::vector<double> seconds{};
  std::chrono::steady_clock::time_point last = std::chrono::steady_clock::now();

  void observe(const auto&) {
    const auto now = std::chrono::steady_clock::now();
    seconds.push_back(std::chrono::duration<double>(now - last).count());
    last = now;
  }
};

}  // namespace

int main(int argc, char** argv) {
  const auto n = static_cast<Index>(argc > 1 ? std::atoi(argv[1]) : 10000);
  const double p = argc > 2 ? std::atof(argv[2]) : 0.1;
  const int repeats = argc > 3 ? std::atoi(argv[3]) : 40;
  std::vector<unsigned> counts;
  for (int k = 4; k < argc; ++k) counts.push_back(static_cast<unsigned>(std::atoi(argv[k])));
  if (counts.empty()) counts = {1, 2};

  auto sim = network(n, p, causal(n, p), Threads{1});
  sim.run(100_ms);
  std::vector<std::vector<double>> least(counts.size());
  std::vector<std::vector<double>> whole(counts.size());
  for (int r = 0; r < repeats; ++r)
    for (std::size_t k = 0; k < counts.size(); ++k) {
      auto fork = sim;
      fork.set_threads(Threads{counts[k]});
      fork.run(2_ms);  // copies lie in cold memory
      Stopwatch watch;
      fork.run(200_ms, watch);
      if (least[k].empty()) least[k] = watch.seconds;
      for (std::size_t s = 0; s < watch.seconds.size(); ++s) least[k][s] = std::min(least[k][s], watch.seconds[s]);
      whole[k].push_back(std::accumulate(watch.seconds.begin(), watch.seconds.end(), 0.));
    }
  std::printf("threads,speed,ratio,undisturbed\n");
  const auto total = [](const std::vector<double>& x) { return std::accumulate(x.begin(), x.end(), 0.); };
  for (std::size_t k = 0; k < counts.size(); ++k) {
    std::nth_element(whole[k].begin(), whole[k].begin() + repeats / 2, whole[k].end());
    std::printf("%u,%.4g,%.4g,%.3g\n", counts[k], 0.2 / total(least[k]), total(least[0]) / total(least[k]), total(least[k]) / whole[k][static_cast<std::size_t>(repeats / 2)]);
  }
}
