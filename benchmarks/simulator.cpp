// What a neuron-step, an event and a whole step cost, each beside the loop that one would write by hand (hand_written.hpp).
//
// Why: the aims are ratios (docs/speed.md): whole_step within 1.15 of the hand-written loop at N = 1000, the acausal and
// mixed rules within 1.5 of the causal one, double within 2.2 of float, cost per neuron-step and event flat to 10^5.
// What it showed: the vector pass over the cells is bound by its 105 vector instructions for 32 cells, large networks by what
// an event reads beyond L1 (row_by_row): hence the tiles of PairLearning. See docs/speed.md.
//
// CPU time throughout. Counters: speed (biological over CPU seconds), ns_per_cell (a neuron-step), ns_per_event. Several
// threads on one network: threads.cpp.
#include <benchmark/benchmark.h>

#include "hand_written.hpp"
#include "network.hpp"

using namespace bench;
using benchmark::Counter;

namespace {

const auto per_second = Counter::kIsRate | Counter::kInvert;

Counter nanoseconds_per(double count) { return {1e-9 * count, per_second}; }

void noise(benchmark::State& state) {
  auto source = WhiteNoise{}.bind({256, Seed{1}, 0});
  alignas(64) float buffer[256] = {};
  for (auto _ : state) {
    source.add(InputBlock<float>{0, buffer, {}});
    benchmark::DoNotOptimize(buffer);
  }
  state.counters["ns_per_cell"] = nanoseconds_per(256. * static_cast<double>(state.iterations()));
}
BENCHMARK(noise);

template <class T>
void population_step(benchmark::State& state) {
  auto sim = simulation<T>(Clock{0.1_ms}, Seed{1}, cells("E", static_cast<Index>(state.range(0))));
  auto& population = std::get<0>(sim.populations());
  Step n = 0;
  for (auto _ : state) population.advance(n++);
  state.counters["ns_per_cell"] = nanoseconds_per(static_cast<double>(state.range(0)) * static_cast<double>(state.iterations()));
}
BENCHMARK(population_step<float>)->Arg(1024)->Arg(102400);
BENCHMARK(population_step<double>)->Arg(1024);

void population_step_by_hand(benchmark::State& state) {
  hand::Cells population(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) population.step();
  state.counters["ns_per_cell"] = nanoseconds_per(static_cast<double>(state.range(0)) * static_cast<double>(state.iterations()));
}
BENCHMARK(population_step_by_hand)->Arg(1024)->Arg(102400);

/// Who spikes in each of 5000 steps, or of 500 for very many cells: n independent ones at 12 Hz.
std::vector<std::vector<Index>> independent_trains(Index n) {
  Stream random(Seed{9}, Purpose::user);
  std::vector<std::vector<Index>> trains(n > 20000 ? 500 : 5000);
  for (auto& train : trains)
    for (Index j = 0; j < n; ++j)
      if (random.uniform() < 1.2e-3) train.push_back(j);
  return trains;
}

/// Rows of n p synapses, visited as by independent cells at 12 Hz; `learning` off: delivery alone. Arguments: cells, 1/p.
template <class Rule>
void rows(benchmark::State& state, bool learning, Rule (*rule)(Index, double)) {
  const auto n = static_cast<Index>(state.range(0));
  const double p = 1 / static_cast<double>(state.range(1));
  const auto drawn = draw_synapses(Bernoulli{p}, n, n, true, Seed{1}, 0);
  std::vector<PairLearning<float, Rule>> synapses;
  const double w = 24 / (n * p);
  for (const auto& block : drawn)
    synapses.emplace_back(block, rule(n, p), HardBounds{0_mV, Voltage{w}}, 0.1_ms, aligned_vector<float>(block.size(), static_cast<float>(w / 2)), -1);
  for (std::size_t b = 0; b < drawn.size(); ++b) synapses[b].set_learning(drawn[b], learning);
  std::vector<float> input(n);
  const auto trains = independent_trains(n);
  Step at = 0;
  double events = 0;
  std::size_t size = 0;
  for (const auto& block : drawn) size += block.size();
  for (auto _ : state) {
    const auto& train = trains[static_cast<std::size_t>(at) % trains.size()];
    for (std::size_t b = 0; b < drawn.size(); ++b) synapses[b].step(drawn[b], at, train, train, &input[drawn[b].targets.first]);
    events += static_cast<double>(train.size()) * static_cast<double>(size) / n;
    ++at;
  }
  std::size_t bytes = 2 * size;
  for (const auto& s : synapses) bytes += s.bytes();
  state.counters["ns_per_event"] = nanoseconds_per(events);
  state.counters["bytes_per_synapse"] = static_cast<double>(bytes) / static_cast<double>(size);
}
void deliver(benchmark::State& state) { rows(state, false, causal); }
void learn_causal(benchmark::State& state) { rows(state, true, causal); }
void learn_acausal(benchmark::State& state) { rows(state, true, acausal); }
BENCHMARK(deliver)->Args({1000, 10})->Args({10000, 10});
BENCHMARK(learn_causal)->Args({1000, 10})->Args({10000, 10})->Args({80000, 80});
BENCHMARK(learn_acausal)->Args({1000, 10})->Args({10000, 10});

void learn_by_hand(benchmark::State& state) {
  const auto n = static_cast<Index>(state.range(0));
  hand::Synapses synapses(n, n, 0.1, 0.12f, 8e-4f, -8e-4f, 0, 0, 0.24f, 20);
  std::vector<float> input(n);
  const auto trains = independent_trains(n);
  std::size_t at = 0;
  double events = 0;
  for (auto _ : state) {
    const auto& train = trains[at++ % trains.size()];
    synapses.learn(train, train, input.data());
    events += static_cast<double>(train.size()) * static_cast<double>(synapses.target.size()) / n;
  }
  state.counters["ns_per_event"] = nanoseconds_per(events);
}
BENCHMARK(learn_by_hand)->Arg(1000)->Arg(10000);

/// 100 ms of the whole network.
void run(benchmark::State& state, auto& sim) {
  sim.run(100_ms);
  const double before = spikes(sim);
  for (auto _ : state) sim.run(100_ms);
  double size = 0, synapses = 0, bytes = 0;
  std::apply([&](const auto&... p) { ((size += p.size()), ...); }, sim.populations());
  std::apply([&](const auto&... p) { ((synapses += static_cast<double>(p.size()), bytes += static_cast<double>(p.bytes())), ...); }, sim.projections());
  const double rounds = static_cast<double>(state.iterations()), events = (spikes(sim) - before) * synapses / size;
  state.counters["speed"] = Counter(0.1 * rounds, Counter::kIsRate);
  state.counters["ns_per_cell_and_event"] = nanoseconds_per(1000 * size * rounds + events);
  state.counters["bytes_per_synapse"] = bytes / synapses;
  state.counters["rate_Hz"] = (spikes(sim) - before) / size / (0.1 * rounds);
}
/// Arguments: cells, 1/p, mean input in mV.
template <class T>
void whole_step_causal(benchmark::State& state) {
  const auto n = static_cast<Index>(state.range(0));
  const double p = 1 / static_cast<double>(state.range(1));
  auto sim = network<T>(n, p, causal(n, p), Threads{1}, Voltage{static_cast<double>(state.range(2))});
  run(state, sim);
}
void whole_step_acausal(benchmark::State& state) {
  const auto n = static_cast<Index>(state.range(0));
  auto sim = network<float>(n, 0.1, acausal(n, 0.1));
  run(state, sim);
}
void whole_step_mix(benchmark::State& state) {
  const auto n = static_cast<Index>(state.range(0));
  auto sim = network<float>(n, 0.1, mix(0.5, causal(n, 0.1), acausal(n, 0.1)));
  run(state, sim);
}
void whole_step_frozen(benchmark::State& state) {
  const auto n = static_cast<Index>(state.range(0));
  auto sim = network<float>(n, 0.1, causal(n, 0.1));
  std::get<0>(sim.projections()).set_learning(false);
  std::get<1>(sim.projections()).set_learning(false);
  run(state, sim);
}
void whole_step_by_hand(benchmark::State& state) {
  hand::Network network(static_cast<Index>(state.range(0)), 0.1);
  for (int n = 0; n < 1000; ++n) network.step();
  for (auto _ : state)
    for (int n = 0; n < 1000; ++n) network.step();
  state.counters["speed"] = Counter(0.1 * static_cast<double>(state.iterations()), Counter::kIsRate);
}
const auto all_sizes = [](auto* b) { b->Args({100, 5, 0})->Args({300, 10, 0})->Args({1000, 10, 0})->Args({3000, 10, 0})->Args({10000, 10, 0}); };
const auto all_p = [](auto* b) { b->Args({1000, 50, 0})->Args({1000, 20, 0})->Args({1000, 5, 0})->Args({1000, 2, 0}); };
const auto all_rates = [](auto* b) { b->Args({1000, 10, -4})->Args({1000, 10, 4})->Args({1000, 10, 12}); };
BENCHMARK(whole_step_causal<float>)->Apply(all_sizes)->Apply(all_p)->Apply(all_rates)->Unit(benchmark::kMillisecond);
BENCHMARK(whole_step_causal<float>)->Name("whole_step_large")->Args({30000, 30, 0})->Args({100000, 100, 0})->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(whole_step_by_hand)->Arg(1000)->Arg(10000)->Unit(benchmark::kMillisecond);
BENCHMARK(whole_step_frozen)->Arg(1000)->Arg(10000)->Unit(benchmark::kMillisecond);
BENCHMARK(whole_step_acausal)->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK(whole_step_mix)->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK(whole_step_causal<double>)->Args({1000, 10, 0})->Unit(benchmark::kMillisecond);

/// Rows of one length onto 20,000 targets, as many as hold 3 * 10^7 synapses (180 MB), visited in random order.
struct RandomRows {
  SynapseRows rows{{0, 20000}, {0}, {}};
  aligned_vector<float> weight;
  Stream random{Seed{1}, Purpose::user};

  explicit RandomRows(std::uint64_t length) {
    for (std::uint64_t end = length; end <= 30'000'000; end += length) {
      for (std::uint64_t s = 0; s < length; ++s) rows.target.push_back(static_cast<std::uint16_t>((s * 20000 + random.below(20000)) / length));
      rows.row_begin.push_back(end);
    }
    weight.assign(rows.size(), 1.f);
  }
  /// Calls visit(begin, end, row) for some 4 * 10^6 synapses a round.
  void visit_all(benchmark::State& state, auto&& visit) {
    const auto length = static_cast<std::size_t>(rows.row_begin[1]);
    std::vector<Index> order(std::min<std::size_t>(4096, 4'000'000 / length));
    const auto ahead = [&](Index, std::uint64_t begin, std::uint64_t end) { prefetch(&weight[begin], weight.data() + end); };
    for (auto _ : state) {
      state.PauseTiming();
      for (auto& j : order) j = random.below(static_cast<std::uint32_t>(rows.sources()));
      state.ResumeTiming();
      rows.for_each_row(order, ahead, [&](Index j) { visit(rows.row_begin[j], rows.row_begin[j + 1], j); });
      benchmark::ClobberMemory();
    }
    state.counters["ns_per_event"] = nanoseconds_per(static_cast<double>(state.iterations()) * static_cast<double>(order.size() * length));
  }
};

/// What the memory allows: rows read and written like those of a plastic projection, with one addition in place of the learning.
void memory(benchmark::State& state) {
  RandomRows all(static_cast<std::uint64_t>(state.range(0)));
  float* const w = all.weight.data();
  const std::uint16_t* const t = all.rows.target.data();
  all.visit_all(state, [=](std::uint64_t begin, std::uint64_t end, Index) {
    for (std::uint64_t s = begin; s < end; ++s) w[s] += static_cast<float>(t[s]);
  });
}
BENCHMARK(memory)->Arg(200)->Arg(1000)->Arg(1000000);

/// What an event costs in a network of 10^5 cells if rows are visited one after the other: rows of 200; 0: as in `memory`, then with one
/// array of the targets more each time: 1 input, 2 change, 3 accumulators of this epoch, 4 of an earlier one.
template <int part>
void row_by_row(benchmark::State& state) {
  RandomRows all(200);
  const std::size_t cells = all.rows.targets.size;
  aligned_vector<float> input(cells), change(cells, 1e-6f), present(cells, 0.1f), earlier(6 * cells, 0.1f);
  float* const w = all.weight.data();
  const std::uint16_t* const t = all.rows.target.data();
  all.visit_all(state, [&](std::uint64_t begin, std::uint64_t end, Index j) {
    const float* const g = &earlier[j % 6 * cells];
    for (std::uint64_t s = begin; s < end; ++s) {
      const std::size_t i = t[s];
      float x = w[s];
      if constexpr (part >= 4) x = min(2.f, max(0.f, fma(1e-6f, g[i], x)));
      if constexpr (part >= 2) x = min(2.f, max(0.f, x + change[i]));
      if constexpr (part >= 1) input[i] += x;
      if constexpr (part >= 3) x = fma(-1e-6f, present[i], x);
      w[s] = part == 0 ? x + static_cast<float>(i) : x;
    }
  });
}
BENCHMARK(row_by_row<0>);
BENCHMARK(row_by_row<1>);
BENCHMARK(row_by_row<2>);
BENCHMARK(row_by_row<3>);
BENCHMARK(row_by_row<4>);

void construction(benchmark::State& state) {
  const auto n = static_cast<Index>(state.range(0));
  double synapses = 0;
  for (auto _ : state) {
    auto sim = network<float>(n, 0.1, causal(n, 0.1), Threads{static_cast<unsigned>(state.range(1))});
    std::apply([&](const auto&... p) { ((synapses += static_cast<double>(p.size())), ...); }, sim.projections());
  }
  state.counters["ns_per_synapse"] = nanoseconds_per(synapses);
}
BENCHMARK(construction)->Args({1000, 1})->Args({10000, 1})->Args({10000, 2})->UseRealTime()->Unit(benchmark::kMillisecond);

/// Eight networks of 1000 cells over the given number of threads.
void ensemble(benchmark::State& state) {
  for (auto _ : state)
    run_ensemble(static_cast<unsigned>(state.range(0)), 8, [](std::size_t k) {
      auto sim = network<float>(1000, 0.1, causal(1000, 0.1));
      sim.reseed(Seed{k});
      sim.run(500_ms);
    });
  state.counters["speed"] = Counter(4 * static_cast<double>(state.iterations()), Counter::kIsRate);
}
BENCHMARK(ensemble)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
