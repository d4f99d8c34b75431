// expect: PairRule
#include <engram/plasticity/window.hpp>
using namespace engram;
using namespace engram::literals;

struct Gauss {
  Voltage amplitude;
  Time width;
};
struct Rule {
#ifdef CORRECT
  auto pre_then_post() const { return std::tuple{Decay{1_mV, 20_ms}}; }
#else
  auto pre_then_post() const { return std::tuple{Gauss{1_mV, 20_ms}}; }
#endif
  auto post_then_pre() const { return std::tuple{Decay{-1_mV, 20_ms}}; }
};

const auto S0 = window_integral(Rule{});
