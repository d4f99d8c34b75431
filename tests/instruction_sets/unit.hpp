#pragma once
#include <cstdint>

struct Unit {
  const char* abi;
  std::uint64_t in_float, in_double;
};
