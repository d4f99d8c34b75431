// Cost of training (training/): what a step costs per trial, where the time goes, what a second thread gives.
//
// Aim: at most 80 us per trial of 100 steps at N = 125 on one AVX-512 core, forward, backward and Adam together; two
// threads at least 1.8 times as fast. Counters: per_trial (wall time, s), GFLOPS of the dense product alone (its floor
// is N^2 multiply-adds per trial and step). peers/training_torch.py does the same step with PyTorch's autograd.
#include <benchmark/benchmark.h>

#include <engram/training/initialisation.hpp>
#include <engram/training/task.hpp>
#include <engram/training/trainer.hpp>

using namespace engram;
using namespace engram::training;

namespace {

using Network = Trainer<float, NormalizedLIF, SuperSpike, MaxOverTime, Adam, Constraints<SpikeCountBound, WeightL1>>;

const Dataset& data() {
  static const Dataset d = make_dataset(ManifoldClasses{}, Seed{1});
  return d;
}

Network network(std::size_t neurons, std::size_t threads) {
  const Model<> model{.shape = {50, neurons * 4 / 5, neurons / 5, 2}};
  return Network(model, {}, {}, {}, {}, constraints(SpikeCountBound{}, WeightL1{}),
                 FluctuationDriven{}.weights<float>(model, Seed{1}), {.threads = threads});
}

void per_trial(benchmark::State& state, double trials) {
  state.counters["per_trial"] =
      benchmark::Counter(trials, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

/// Arguments: neurons, threads. One step of 128 trials of 100 steps, from the 30th step on.
void train_step(benchmark::State& state) {
  auto net = network(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)));
  for (int k = 0; k < 30; ++k) net.step(data().train);
  BatchReport report;
  for (auto _ : state) report = net.step(data().train);
  per_trial(state, 128);
  state.counters["spikes_E"] = report.spikes_excitatory;
}
BENCHMARK(train_step)->ArgsProduct({{125, 250, 500}, {1, 2}})->UseRealTime()->Unit(benchmark::kMillisecond);

/// The forward pass alone, over the 500 trials of the validation set.
void forward(benchmark::State& state) {
  auto net = network(static_cast<std::size_t>(state.range(0)), 1);
  for (auto _ : state) benchmark::DoNotOptimize(net.evaluate(data().validation));
  per_trial(state, 500);
}
BENCHMARK(forward)->Arg(125)->Arg(500)->UseRealTime()->Unit(benchmark::kMillisecond);

/// The dense product gS = lambda W^T of one block of 16 trials and one step.
void dense_product(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const Model<> model{.shape = {50, n * 4 / 5, n / 5, 2}};
  TransposedWeights<float> transposed(model.shape);
  transposed.assign(FluctuationDriven{}.weights<float>(model, Seed{1}));
  const auto stride = model.shape.neuron_stride(), classes = model.shape.class_stride();
  aligned_vector<float> e(block_trials * stride, 0.5f), i(e), result(e), y(block_trials * classes, 0.5f);
  for (auto _ : state) {
    std::fill(result.begin(), result.end(), 0.f);
    transposed.add_errors(e.data(), i.data(), y.data(), stride, classes, result.data());
    benchmark::ClobberMemory();
  }
  const double flop = 2.0 * static_cast<double>(n * n * block_trials);
  state.counters["GFLOPS"] = benchmark::Counter(flop * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(dense_product)->Arg(125)->Arg(250)->Arg(500);

}  // namespace

BENCHMARK_MAIN();
