#include <doctest/doctest.h>

#include <engram/training/initialisation.hpp>
#include <engram/training/task.hpp>
#include <engram/training/trainer.hpp>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <fstream>

using namespace engram;
using namespace engram::training;

namespace {

using Simple = Trainer<float, NormalizedLIF, SuperSpike, MaxOverTime, Adam, Constraints<SpikeCountBound, WeightL1>>;

const Dataset& data() {
  static const Dataset d = make_dataset(ManifoldClasses{}, Seed{1}, 512, 128);
  return d;
}
Simple make(std::size_t threads = 1, BlockRates rates = {}, double clip = 0) {
  const Model<> model{};
  return Simple(model, {}, {}, {}, rates, constraints(SpikeCountBound{}, WeightL1{}),
                FluctuationDriven{}.weights<float>(model, Seed{1}),
                {.clip = clip, .threads = threads, .seed = Seed{1}});
}
bool equal(const Simple& a, const Simple& b) { return std::ranges::equal(a.weights().flat(), b.weights().flat()); }

struct Scratch {
  std::string path =
      (std::filesystem::temp_directory_path() / ("engram_trainer_" + std::to_string(std::rand()))).string();
  ~Scratch() { std::filesystem::remove(path); }
};

}  // namespace

TEST_CASE("training learns a simple task and keeps Dale's law") {
  auto trainer = make();
  const auto before = trainer.evaluate(data().validation);
  for (int k = 0; k < 40; ++k) trainer.step(data().train);
  const auto after = trainer.evaluate(data().validation);
  CHECK(before.accuracy < 0.75);
  CHECK(after.accuracy > 0.9);
  CHECK(after.loss < before.loss);
  for (Block b : {Block::input, Block::excitatory, Block::inhibitory})
    CHECK(*std::ranges::min_element(trainer.weights()[b].flat()) >= 0);
  for (std::size_t i = 0; i < 125; ++i) CHECK(trainer.weights().recurrent()(i, i) == 0);
}

TEST_CASE("threads change nothing; a saved run goes on with the same bits") {
  auto whole = make(1), team = make(2), first = make(1), second = make(3);
  for (int k = 0; k < 6; ++k) whole.step(data().train), team.step(data().train);
  CHECK(equal(whole, team));
  for (int k = 0; k < 3; ++k) first.step(data().train);
  const Scratch file;
  first.save(file.path);
  second.load(file.path);
  CHECK(second.steps_done() == 3);
  for (int k = 0; k < 3; ++k) second.step(data().train);
  CHECK(equal(whole, second));
}

TEST_CASE("a checkpoint that is cut, damaged or of another run is refused and changes nothing") {
  auto trainer = make(), other = make(1, BlockRates::absolute(0.001));
  for (int k = 0; k < 2; ++k) trainer.step(data().train);
  const Scratch file;
  trainer.save(file.path);
  CHECK_THROWS_AS(other.load(file.path), io_error);

  std::ifstream in(file.path, std::ios::binary);
  const std::string whole(std::istreambuf_iterator<char>(in), {});
  const auto attempt = [&](const std::string& bytes) {
    std::ofstream(file.path, std::ios::binary | std::ios::trunc) << bytes;
    auto fresh = make();
    CHECK_THROWS_AS(fresh.load(file.path), io_error);
    CHECK(fresh.steps_done() == 0);
    CHECK(equal(fresh, make()));
  };
  for (std::size_t cut :
       {std::size_t{0}, std::size_t{7}, std::size_t{16}, std::size_t{23}, whole.size() / 2, whole.size() - 1})
    attempt(whole.substr(0, cut));
  for (std::size_t at : {std::size_t{0}, std::size_t{9}, std::size_t{20}, whole.size() / 2, whole.size() - 1}) {
    auto bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 4);
    attempt(bytes);
  }
  attempt(whole + "x");
  CHECK_THROWS_AS(make().load("/nonexistent/file"), io_error);
  CHECK_THROWS_AS(trainer.save("/nonexistent/file"), io_error);
}

TEST_CASE("a run that diverges stops with the last weights that were good") {
  const Model<> model{};
  auto initial = FluctuationDriven{}.weights<float>(model, Seed{1});
  for (float& x : initial[Block::readout].flat()) x = std::numeric_limits<float>::max();
  using Plain = Trainer<float, NormalizedLIF, SuperSpike, MaxOverTime, SGD>;
  Plain trainer(model, {}, {}, {}, {}, {}, initial);
  CHECK_THROWS_AS(trainer.step(data().train), divergence);
  CHECK(std::ranges::equal(trainer.weights().flat(), initial.flat()));
  CHECK(trainer.steps_done() == 0);
}

TEST_CASE("clipping bounds the step of plain gradient descent") {
  const Model<> model{};
  const auto initial = FluctuationDriven{}.weights<double>(model, Seed{1});
  using Plain = Trainer<double, NormalizedLIF, SuperSpike, MaxOverTime, SGD>;
  Plain trainer(model, {}, {}, {}, BlockRates::absolute(1), {}, initial, {.clip = 1e-3});
  trainer.step(data().train);
  double square = 0;
  for (std::size_t k = 0; k < initial.flat().size(); ++k)
    square += std::pow(trainer.weights().flat()[k] - initial.flat()[k], 2);
  CHECK(std::sqrt(square) <= 1e-3 * (1 + 1e-9));
  CHECK(std::sqrt(square) > 0.9e-3);  // projection may take a little
}

TEST_CASE("batches larger than the data are refused") {
  const Model<> model{};
  const auto initial = FluctuationDriven{}.weights<float>(model, Seed{1});
  using Plain = Trainer<float, NormalizedLIF, SuperSpike, MaxOverTime, SGD>;
  Plain trainer(model, {}, {}, {}, {}, {}, initial, {.batch = 600});
  CHECK_THROWS_AS(trainer.step(data().train), config_error);
  CHECK_THROWS_AS(Plain(model, {}, {}, {}, {}, {}, initial, {.batch = 0}), config_error);
  CHECK_THROWS_AS(Plain(model, {}, {}, {}, {}, {}, initial, {.threads = 0}), config_error);
}

TEST_CASE("weights and data of another shape are refused, and the message says both") {
  const Model<> model{};
  using Plain = Trainer<float, NormalizedLIF, SuperSpike, MaxOverTime, SGD>;
  const auto initial = FluctuationDriven{}.weights<float>(model, Seed{1});
  const auto other = FluctuationDriven{}.weights<float>(Model<>{.shape = {20, 10, 5, 2}}, Seed{1});
  const auto refusal = [](auto&& f) {
    try {
      f();
    } catch (const config_error& e) {
      return std::string(e.what());
    }
    return std::string("accepted");
  };
  const std::string shapes =
      "Weights.shape = 20 inputs, 10 excitatory, 5 inhibitory, 2 classes: allowed is 50 inputs, 100 excitatory, 25 inhibitory, 2 classes";
  CHECK(refusal([&] { Plain(model, {}, {}, {}, {}, {}, other); }).starts_with(shapes));
  BatchGradient<float, NormalizedLIF, SuperSpike, MaxOverTime> batch(model, {}, {}, {});
  const std::uint32_t trials[] = {0, 1};
  CHECK(refusal([&] { batch.gradient(other, data().train, trials, true); }).starts_with(shapes));
  CHECK(refusal([&] { batch.evaluate(other, data().train); }).starts_with(shapes));
  Plain trainer(model, {}, {}, {}, {}, {}, initial, {.batch = 1});
  const auto data_of = [](std::size_t units, std::size_t classes) {
    SpikeData d(10, units, classes);
    d.add({}, 0);
    return d;
  };
  CHECK(refusal([&] { trainer.step(data_of(49, 2)); }) == "SpikeData.units = 49: allowed is the network's 50");
  CHECK(refusal([&] { trainer.step(data_of(50, 3)); }) == "SpikeData.classes = 3: allowed is the network's 2");
  CHECK(trainer.steps_done() == 0);
}
