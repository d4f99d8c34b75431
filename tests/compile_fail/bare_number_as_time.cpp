// expect: could not convert|no viable conversion|chosen constructor is explicit
#include <engram/neuron/exp_if.hpp>
using namespace engram::literals;

#ifdef CORRECT
const engram::ExpIF neuron{.tau = 20_ms};
#else
const engram::ExpIF neuron{.tau = 20};
#endif
