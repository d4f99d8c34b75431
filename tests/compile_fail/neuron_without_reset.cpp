// expect: NeuronModel
#include <engram/engram.hpp>
using namespace engram;
using namespace engram::literals;

struct Neuron {
  Time tau{20};
  Voltage cut{-50};
#ifdef CORRECT
  Voltage reset{-60};
#endif
  Time refractory{2};
  template <class B>
  B drift(B v) const {
    return B(-70) - v;
  }
};

const auto cells = population("E", 10, Neuron{}, Exponential{5_ms}, WhiteNoise{});
