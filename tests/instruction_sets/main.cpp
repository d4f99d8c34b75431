// Several instruction sets in one program: each has a namespace of its own, and within a class (with or without fused
// multiply-add) every bit of a network's run is the same.
#include <cstdio>
#include <cstring>
#include <vector>

#include "unit.hpp"
#include "units.hpp"  // generated: the units that this machine can run

#define DECLARE(name) Unit name();
FUSED_UNITS(DECLARE)
SEPARATE_UNITS(DECLARE)

namespace {

#define CALL(name) name(),
const std::vector<Unit> fused{FUSED_UNITS(CALL)};
const std::vector<Unit> separate{SEPARATE_UNITS(CALL)};

int failures = 0;

void expect(bool ok, const char* what, const Unit& unit) {
  if (ok) return;
  std::printf("FAILED: %s: %s\n", unit.abi, what);
  ++failures;
}

void check_class(const char* name, const std::vector<Unit>& units) {
  std::printf("%s:\n", name);
  for (const auto& unit : units) {
    std::printf("  %-16s float %016llx  double %016llx\n", unit.abi, static_cast<unsigned long long>(unit.in_float),
                static_cast<unsigned long long>(unit.in_double));
    expect(unit.in_float == units.front().in_float, "other bits in float", unit);
    expect(unit.in_double == units.front().in_double, "other bits in double", unit);
  }
}

}  // namespace

int main() {
  check_class("fused multiply-add", fused);
  check_class("separate multiply and add", separate);
  std::vector<Unit> all = fused;
  all.insert(all.end(), separate.begin(), separate.end());
  for (std::size_t a = 0; a < all.size(); ++a)
    for (std::size_t b = 0; b < a; ++b) expect(std::strcmp(all[a].abi, all[b].abi) != 0, "shares its namespace with another", all[a]);
  return failures;
}
