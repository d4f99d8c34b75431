// expect: is_plastic
#include <engram/engram.hpp>
using namespace engram;
using namespace engram::literals;

void run() {
  const auto e = population("E", 10, ExpIF{}, Exponential{5_ms}, WhiteNoise{});
#ifdef CORRECT
  auto sim = simulation(Clock{0.1_ms}, Seed{1}, e, connect(e, e, AllToAll{}, Weight{0.1_mV}, Causal{}));
#else
  auto sim = simulation(Clock{0.1_ms}, Seed{1}, e, connect(e, e, AllToAll{}, Weight{0.1_mV}));
#endif
  std::get<0>(sim.projections()).set_learning(false);
}
