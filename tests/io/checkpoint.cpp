#include <doctest/doctest.h>

#include <cstdlib>

#include <engram/engram.hpp>
#include <engram/io/checkpoint.hpp>

using namespace engram;
using namespace engram::literals;

namespace {

template <class T>
auto network(Seed seed = Seed{1}, Index cells = 300) {
  const auto e = population("E", cells, ExpIF{}, Exponential{5_ms, 4}, WhiteNoise{.sigma = 4_mV}, CommonSignal{1.5_mV, {CellRange{0, 100}}, true});
  const auto i = population("I", 70, ExpIF{}, Exponential{5_ms, 4}, WhiteNoise{.sigma = 4_mV});
  const auto ee = connect(e, e, Bernoulli{0.2}, Weight{0.2_mV}, mix(0.4, Causal{}, Acausal{}), HardBounds{0_mV, 0.24_mV});
  const auto ei = connect(i, e, Bernoulli{0.2}, Weight{-0.4_mV}, Homeostatic{}, HardBounds{-0.96_mV, 0_mV});
  const auto ie = connect(e, i, Bernoulli{0.2}, Weight{0.08_mV});
  return simulation<T>(Clock{0.1_ms}, seed, e, i, ee, ei, ie);
}

template <class Sim>
std::string state(const Sim& sim) {
  ArchiveWriter writer;
  writer(sim);
  return writer.bytes;
}

std::filesystem::path temporary(const std::string& name) { return std::filesystem::temp_directory_path() / ("engram_" + std::to_string(std::hash<std::string>{}(name)) + name); }

std::string why(auto&& f) {
  try {
    f();
  } catch (const io_error& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE_TEMPLATE("run(2T) and run(T), save, load, run(T) end in the same bits", T, float, double) {
  const auto path = temporary("resume");
  auto whole = network<T>();
  Rates all{50_ms, "E", {CellRange{0, 300}}};
  whole.run(1200_ms, all);
  auto first = network<T>();
  Rates before{50_ms, "E", {CellRange{0, 300}}};
  first.run(625_ms, before);
  save(path, first, before);
  auto second = network<T>();
  second.run(37_ms);  // what it was before loading must not matter
  Rates after{50_ms, "E", {CellRange{0, 300}}};
  load(path, second, after);
  CHECK(state(second) == state(first));
  second.run(575_ms, after);
  CHECK(state(second) == state(whole));
  CHECK(after.rows.back() == all.rows.back());
  std::filesystem::remove(path);
}

TEST_CASE("any split of a run gives the same bits, also step by step and with reading in between") {
  auto whole = network<float>();
  whole.run(200_ms);
  auto split = network<float>();
  for (int k = 0; k < 1000; ++k) split.step();
  double sum = 0;
  std::get<0>(split.projections()).for_each([&](const auto& s) { sum += static_cast<double>(s.weight); });
  for (int k = 0; k < 10; ++k) split.run(10_ms);
  CHECK(sum > 0);
  CHECK(state(whole) == state(split));
}

TEST_CASE("a changed rule, frozen weights and new noise survive") {
  const auto path = temporary("changed");
  auto a = network<double>();
  a.run(100_ms);
  std::get<0>(a.projections()).set_rule(mix(1., Causal::balanced(1e-3_mV, VoltageTime{-1e-5}, 15_ms, 30_ms), Acausal{}));
  std::get<1>(a.projections()).set_learning(false);
  a.reseed(Seed{9});
  std::get<0>(a.populations()).input<1>().enabled = false;
  a.run(100_ms);
  save(path, a);
  auto b = network<double>();
  load(path, b);
  a.run(300_ms);
  b.run(300_ms);
  CHECK(state(a) == state(b));
  std::filesystem::remove(path);
}

TEST_CASE("what does not fit is refused, and changes nothing") {
  const auto path = temporary("refused");
  auto sim = network<float>();
  sim.run(50_ms);
  save(path, sim);
  auto other = network<float>(Seed{2});
  const auto untouched = state(other);
  CHECK(why([&] { load(path, other); }).find("of another network: it has projection E->E") != std::string::npos);
  auto larger = network<float>(Seed{1}, 301);
  CHECK(why([&] { load(path, larger); }).find("it has population E: 300 cells") != std::string::npos);
  auto exact = network<double>();
  CHECK(why([&] { load(path, exact); }).find("it has precision 32 bit") != std::string::npos);
  CHECK(why([&] { load("/nowhere/at/all", exact); }).find("cannot be opened") != std::string::npos);
  const auto cells = [](Time tau, Time tau_syn) { return simulation<float>(Clock{0.1_ms}, Seed{1}, population("E", 5, ExpIF{.tau = tau}, Exponential{tau_syn})); };
  save(path, cells(20_ms, 5_ms));
  auto slow = cells(21_ms, 5_ms), long_tail = cells(20_ms, 6_ms);
  CHECK(why([&] { load(path, slow); }).find("of another network: it has population E: 5 cells, 2 + 1 state variables, 0 inputs, tau 20 ms") != std::string::npos);
  CHECK(why([&] { load(path, long_tail); }).find("of another network") != std::string::npos);
  save(path, sim);
  Rates rates{1_ms, "E", {}};
  auto again = network<float>();
  CHECK(why([&] { load(path, again, rates); }).find("does not fit") != std::string::npos);
  CHECK(state(other) == untouched);
  std::filesystem::remove(path);
}

TEST_CASE("a checkpoint cut or changed anywhere is refused") {
  const auto path = temporary("cut"), broken = temporary("broken");
  const auto e = population("E", 3, LIF{}, Exponential{5_ms}, WhiteNoise{.sigma = 4_mV});
  const auto ee = connect(e, e, AllToAll{}, Weight{0.1_mV}, Causal{}, HardBounds{0_mV, 0.24_mV});
  auto sim = simulation<float>(Clock{0.1_ms}, Seed{1}, e, ee);
  sim.run(50_ms);
  save(path, sim);
  const auto bytes = detail::read_file(path);
  const auto untouched = state(sim);
  const auto refused = [&](const std::string& content) {
    write_whole(broken, [&](std::ostream& out) { out << content; });
    return why([&] { load(broken, sim); }) != "accepted";
  };
  bool all = true;
  for (std::size_t n = 0; n < bytes.size(); n += 1 + bytes.size() / 2000) all = all && refused(bytes.substr(0, n));
  CHECK(all);
  all = true;
  for (std::size_t n = 0; n < bytes.size(); n += 1 + bytes.size() / 2000) {
    auto changed = bytes;
    changed[n] = static_cast<char>(changed[n] ^ 0x40);
    all = all && refused(changed);
  }
  CHECK(all);
  CHECK(state(sim) == untouched);
  std::filesystem::remove(path);
  std::filesystem::remove(broken);
}

TEST_CASE("bytes that pass the checksum but mean nothing do not crash") {
  auto sim = network<float>();
  sim.run(30_ms);
  const auto good = state(sim);
  Stream random(Seed{3}, Purpose::user);
  int refused = 0;
  for (int k = 0; k < 300; ++k) {
    auto bytes = good;
    for (int m = 0; m < 8; ++m) bytes[random.below(static_cast<std::uint32_t>(bytes.size()))] = static_cast<char>(random());
    if (k % 3 == 0) bytes.resize(random.below(static_cast<std::uint32_t>(bytes.size())));
    auto copy = sim;
    ArchiveReader reader(bytes);
    try {
      reader(copy);
    } catch (const archive_error&) {
      ++refused;
    }
  }
  CHECK(refused >= 100);  // every cut one
}
