#include "network.hpp"

double other_summed_weight() { return summed_weight(); }
