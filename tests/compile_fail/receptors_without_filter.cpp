// expect: SynapseKernel
#include <engram/engram.hpp>
using namespace engram;
using namespace engram::literals;

struct Delta {
  template <class B>
  struct State {
    B current;
  };
#ifdef CORRECT
  template <class B>
  B filter(State<B>& s, Time) const {
    const B now = s.current;
    s.current = B(0);
    return now;
  }
#endif
};

const auto cells = population("E", 10, ExpIF{}, receptors(Exponential{5_ms}, Delta{}), WhiteNoise{});
