// expect: Observer
#include <engram/engram.hpp>
using namespace engram;
using namespace engram::literals;

struct Watch {
#ifdef CORRECT
  Time every{10};
#endif
  void observe(const auto&) {}
};

void run() {
  auto sim = simulation(Clock{0.1_ms}, Seed{1}, population("E", 10, ExpIF{}, Exponential{5_ms}, WhiteNoise{}));
  sim.run(1_s, Watch{});
}
