#pragma once
/// engram: plastic spiking networks. The simulator; the theory, analysis and training modules have headers of their own.
#include "input/common_signal.hpp"
#include "input/white_noise.hpp"
#include "network/build.hpp"
#include "neuron/exp_if.hpp"
#include "neuron/lif.hpp"
#include "plasticity/acausal.hpp"
#include "plasticity/causal.hpp"
#include "plasticity/homeostatic.hpp"
#include "plasticity/mix.hpp"
#include "synapse/exponential.hpp"
