// expect: is_population|is_projection
#include <engram/engram.hpp>
using namespace engram;
using namespace engram::literals;

const auto e = population("E", 10, ExpIF{}, Exponential{5_ms}, WhiteNoise{});
#ifdef CORRECT
const auto sim = simulation(Clock{0.1_ms}, Seed{1}, e);
#else
const auto sim = simulation(Clock{0.1_ms}, Seed{1}, e, WhiteNoise{});
#endif
