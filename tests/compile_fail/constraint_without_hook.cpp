// expect: ResourceConstraint
#include <engram/training/constraint.hpp>
using namespace engram::training;

struct Lesion {
#ifdef CORRECT
  void shrink(auto& w, const BlockMeans&) const
#else
  void shrink(auto& w) const
#endif
  {
    for (auto& x : w[Block::inhibitory].flat()) x = 0;
  }
};

const auto all = constraints(SpikeCountBound{}, Lesion{});
