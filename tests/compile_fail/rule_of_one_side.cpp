// expect: PairRule
#include <engram/engram.hpp>
using namespace engram;
using namespace engram::literals;

struct Rule {
  auto pre_then_post() const { return std::tuple{Decay{1_mV, 20_ms}}; }
#ifdef CORRECT
  auto post_then_pre() const { return std::tuple{Decay{-1_mV, 20_ms}}; }
#endif
};

const auto e = population("E", 10, ExpIF{}, Exponential{5_ms}, WhiteNoise{});
const auto ee = connect(e, e, Bernoulli{0.1}, Weight{0.1_mV}, Rule{}, HardBounds{0_mV, 1_mV});
