#include <cstdio>

#include "network.hpp"

double other_summed_weight();

int main() {
  const double here = summed_weight(), there = other_summed_weight();
  std::printf("%.9g %.9g\n", here, there);
  return here == there && here > 0 ? 0 : 1;
}
