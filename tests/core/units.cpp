#include <doctest/doctest.h>

#include <engram/core/units.hpp>

#include <type_traits>

using namespace engram;
using namespace engram::literals;

// No cost at run time, and no way to confuse dimensions.
static_assert(sizeof(Time) == sizeof(double) && std::is_trivially_copyable_v<Time>);
static_assert(std::is_same_v<decltype(20_ms / 0.1_ms), double>);
static_assert(std::is_same_v<decltype(12_Hz * 1_s), double>);
static_assert(std::is_same_v<decltype(4_mV / 2_ms), VoltageRate>);
static_assert(std::is_same_v<decltype(4_mV * 2_ms), VoltageTime>);
static_assert(std::is_same_v<decltype(1.0 / 2_ms), Rate>);
template <class A, class B>
concept Addable = requires(A a, B b) { a + b; };
template <class A, class B>
concept Comparable = requires(A a, B b) { a < b; };
static_assert(Addable<Time, Time> && !Addable<Time, Voltage> && !Addable<Time, double>);
static_assert(Comparable<Time, Time> && !Comparable<Time, Rate>);
static_assert(!std::is_convertible_v<double, Time> && !std::is_convertible_v<Time, double>);
template <class Q>
concept FromBareNumber = requires { Q{.tau = {20}}; };
struct WithTau {
  Time tau;
};
static_assert(!FromBareNumber<WithTau>);

TEST_CASE("units: literals in the base units ms and mV") {
  CHECK((20_ms).value == 20);
  CHECK((0.5_s).value == 500);
  CHECK((3_s).value == 3000);
  CHECK((12_Hz).value == doctest::Approx(0.012));
  CHECK((-70_mV).value == -70);
  CHECK((0.25_mV_per_ms).value == 0.25);
  CHECK((0.25_mV_ms).value == 0.25);
}

TEST_CASE("units: arithmetic is that of the numbers") {
  CHECK(20_ms / 0.1_ms == doctest::Approx(200));
  CHECK(12_Hz * 2_s == doctest::Approx(24));
  CHECK((2_ms + 1_s) == 1002_ms);
  CHECK((2 * 3_mV - 1_mV) == 5_mV);
  CHECK((6_mV / 2).value == 3);
  CHECK((6_mV / 2_ms).value == 3);
  CHECK(1_ms < 2_ms);
  auto t = 1_ms;
  t += 2_ms;
  t -= 0.5_ms;
  CHECK(t == 2.5_ms);
}

TEST_CASE("units: as people read them, there and back") {
  CHECK(std::string(unit_of<Time>::name) == "ms");
  CHECK(std::string(unit_of<Voltage>::name) == "mV");
  CHECK(std::string(unit_of<Rate>::name) == "Hz");
  CHECK(std::string(unit_of<VoltageRate>::name) == "mV/ms");
  CHECK(std::string(unit_of<VoltageTime>::name) == "mV ms");
  CHECK(std::string(unit_of<double>::name).empty());
  CHECK(unit_of<Rate>::number(12_Hz) == doctest::Approx(12));
  CHECK(unit_of<Rate>::make(12) == 12_Hz);
  CHECK(unit_of<Time>::number(unit_of<Time>::make(0.1)) == 0.1);
}
