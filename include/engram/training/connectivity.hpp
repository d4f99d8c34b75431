#pragma once
/// The recurrent weights as the square matrix that the measures of analysis/ read: row = postsynaptic, column =
/// presynaptic neuron, excitatory neurons first.
#include <Eigen/Core>

#include "network.hpp"

namespace engram::inline ENGRAM_ABI::training {

enum class Sign { magnitude, dale };  ///< |W|, or W with inhibitory columns negative

template <class T>
Eigen::MatrixXd connectivity(const Weights<T>& w, Sign sign = Sign::magnitude) {
  const auto recurrent = w.recurrent();
  const auto n = static_cast<Eigen::Index>(w.shape().neurons()), ne = static_cast<Eigen::Index>(w.shape().excitatory);
  Eigen::MatrixXd out(n, n);
  for (Eigen::Index pre = 0; pre < n; ++pre)
    for (Eigen::Index post = 0; post < n; ++post) {
      const double x = static_cast<double>(recurrent(static_cast<std::size_t>(pre), static_cast<std::size_t>(post)));
      out(post, pre) = sign == Sign::dale && pre >= ne ? -x : x;
    }
  return out;
}

}  // namespace engram::inline ENGRAM_ABI::training
