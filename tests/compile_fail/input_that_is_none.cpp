// expect: InputSource
#include <engram/engram.hpp>
using namespace engram;
using namespace engram::literals;

struct Input {};

#ifdef CORRECT
const auto cells = population("E", 10, ExpIF{}, Exponential{5_ms}, WhiteNoise{});
#else
const auto cells = population("E", 10, ExpIF{}, Exponential{5_ms}, Input{});
#endif
