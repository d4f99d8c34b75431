/// Training with a surrogate, a loss and a constraint of one's own, on spikes from one's own files.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <engram/training/initialisation.hpp>
#include <engram/training/spike_file.hpp>
#include <engram/training/trainer.hpp>

using namespace engram;
using namespace engram::training;
using namespace engram::literals;

/// sigma'(x) = exp(-(x/width)^2 / 2).
struct Gaussian {
  double width = 0.3;
  template <class B>
  B derivative(B x) const {
    using T = scalar_t<B>;
    return exp(B(B(T(-0.5 / (width * width))) * B(x * x)));
  }
  static constexpr auto fields() { return std::tuple{field("width", &Gaussian::width, positive)}; }
};
static_assert(Surrogate<Gaussian>);

/// Squared distance of the readout at the end of the trial to 1 for the label, 0 for the other classes.
struct SquaredEnd {
  template <class T>
  Verdict operator()(ReadoutTrace<T> y, std::size_t label, std::vector<double>&) const {
    Verdict out;
    const std::size_t end = y.steps - 1;
    for (std::size_t k = 0; k < y.classes; ++k)
      if (y(end, k) > y(end, out.choice)) out.choice = k;
    for (std::size_t k = 0; k < y.classes; ++k) {
      const double miss = static_cast<double>(y(end, k)) - (k == label);
      out.loss += miss * miss;
      y(end, k) = static_cast<T>(2 * miss);  // the trace becomes the gradient
    }
    std::fill(y.data, y.data + end * y.stride, T(0));
    return out;
  }
};
static_assert(ReadoutLoss<SquaredEnd>);

/// No neuron may receive more than `most` in all from the excitatory ones.
struct Budget {
  double most = 8;
  template <class T>
  void shrink(Weights<T>& w, const BlockMeans&) const {
    const auto from_e = w[Block::excitatory];
    for (std::size_t post = 0; post < from_e.columns; ++post) {
      T sum = 0;
      for (std::size_t pre = 0; pre < from_e.rows; ++pre) sum += from_e(pre, post);
      const T by = std::min(T(1), static_cast<T>(most) / std::max(sum, T(1e-30)));
      for (std::size_t pre = 0; pre < from_e.rows; ++pre) from_e(pre, post) *= by;
    }
  }
  static constexpr auto fields() { return std::tuple{field("most", &Budget::most, positive)}; }
};
static_assert(ResourceConstraint<Budget>);

/// Two files as an experiment may leave them: in trials of class 0 low units spike first, in those of class 1 high ones.
void write_recordings(const std::filesystem::path& folder) {
  std::ofstream spikes(folder / "spikes.csv"), labels(folder / "labels.csv");
  spikes << "trial,time,unit\n";
  labels << "trial,label\n";
  auto random = draw(Seed{1}, Draw::trials);
  for (int trial = 0; trial < 256; ++trial) {
    labels << trial << ',' << trial % 2 << '\n';
    for (int unit = 0; unit < 20; ++unit)
      spikes << trial << ',' << 5 * (trial % 2 ? 19 - unit : unit) + 20 * random.uniform() << ',' << unit << '\n';
  }
}

int main() {
  const auto folder = std::filesystem::temp_directory_path() / "engram_own_training";
  std::filesystem::create_directories(folder);
  write_recordings(folder);
  const auto data = read_spike_data(folder / "spikes.csv", folder / "labels.csv", {.duration = 150_ms, .units = 20, .classes = 2});
  std::filesystem::remove_all(folder);

  const Model<> model{.shape = {.inputs = 20, .excitatory = 40, .inhibitory = 10, .classes = 2}, .tau_readout = 50_ms};
  Trainer<float, NormalizedLIF, Gaussian, SquaredEnd, Adam, Constraints<SpikeCountBound, Budget>> trainer(
      model, {}, {}, {}, {}, constraints(SpikeCountBound{.bound = 3}, Budget{.most = 4}),
      FluctuationDriven{}.weights<float>(model, Seed{1}), {.batch = 64});
  for (int epoch = 0; epoch <= 10; ++epoch) {
    const auto report = trainer.evaluate(data);
    std::printf("step %3llu: loss %.3f, accuracy %.3f, %.1f spikes per excitatory neuron\n",
                static_cast<unsigned long long>(trainer.steps_done()), report.loss, report.accuracy, report.spikes_excitatory);
    for (int step = 0; step < 8; ++step) trainer.step(data);
  }
  return trainer.evaluate(data).accuracy > 0.95 ? 0 : 1;
}
