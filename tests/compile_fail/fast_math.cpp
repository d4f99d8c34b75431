// expect: ffast-math changes results silently
// flags: -ffast-math
#include <engram/core/config.hpp>
