// expect: Wiring
#include <engram/engram.hpp>
using namespace engram;
using namespace engram::literals;

struct Ring {
#ifdef CORRECT
  void row(Index source, Index targets, Stream&, auto&& emit) const { emit((source + 1) % targets); }
#endif
};

const auto e = population("E", 10, ExpIF{}, Exponential{5_ms}, WhiteNoise{});
const auto ee = connect(e, e, Ring{}, Weight{0.1_mV});
