// expect: no match for .*operator|invalid operands
#include <engram/core/units.hpp>
using namespace engram::literals;

#ifdef CORRECT
const auto sum = 20_ms + 4_ms;
#else
const auto sum = 20_ms + 4_mV;
#endif
