#include <doctest/doctest.h>

#include <engram/core/fields.hpp>

using namespace engram;
using namespace engram::literals;

namespace {

struct Leaf {
  Time tau{20};
  Rate rate{0.012};
  double share = 0.5;

  static constexpr auto fields() {
    return std::tuple{field("tau", &Leaf::tau, positive), field("rate", &Leaf::rate, Range{0, 100}), field("share", &Leaf::share, fraction)};
  }
  void check(const std::string& name) const { require_in(name + ".tau times rate", tau * rate, {0, 1}); }
};

struct Pair {
  Voltage step{1};
  Leaf left{}, right{};

  static constexpr auto fields() { return std::tuple{field("step", &Pair::step)}; }
  void parts(auto&& visit) const {
    visit("left", left);
    visit("right", right);
  }
  void check(const std::string& name) const {
    validate(left, name + ".left");
    validate(right, name + ".right");
  }
};

struct Bare {};

template <class F>
config_error caught(F&& f) {
  try {
    f();
  } catch (const config_error& e) {
    return e;
  }
  FAIL("nothing was thrown");
  return {"", "", ""};
}

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("ranges: their edges, NaN and infinity") {
  CHECK(!positive.contains(0));
  CHECK(positive.contains(5e-324));
  CHECK(non_negative.contains(0));
  CHECK(non_negative.contains(-0.));
  CHECK(!non_negative.contains(-5e-324));
  CHECK(fraction.contains(1));
  CHECK(!fraction.contains(1 + 1e-15));
  CHECK(Range{0, 1, false, true}.contains(0));
  CHECK(!Range{0, 1, false, true}.contains(1));
  for (const auto& range : {any_value, any_finite, positive, non_negative, fraction}) CHECK(!range.contains(not_a_number));
  for (const auto& range : {any_finite, positive, non_negative, fraction}) CHECK(!range.contains(infinity));
  CHECK(any_value.contains(-infinity));
}

TEST_CASE("ranges: as text") {
  CHECK(range_text(positive, "ms") == "> 0 ms");
  CHECK(range_text(non_negative, "") == ">= 0");
  CHECK(range_text(fraction, "") == "[0, 1]");
  CHECK(range_text({0, 1, true, true}, "mV") == "(0, 1) mV");
  CHECK(range_text({any_finite.low, 3, false, true}, "mV") == "< 3 mV");
  CHECK(range_text({any_finite.low, 3}, "mV") == "<= 3 mV");
  CHECK(range_text(any_finite, "mV") == "a finite number mV");
}

TEST_CASE("validate: the field, what was given in its unit, and what is allowed") {
  validate(Leaf{}, "Leaf");
  validate(Bare{}, "Bare");
  const auto negative = caught([] { validate(Leaf{.tau = -1_ms}, "E.Leaf"); });
  CHECK(negative.field == "E.Leaf.tau");
  CHECK(negative.value == "-1 ms");
  CHECK(negative.allowed == "> 0 ms");
  CHECK(caught([] { validate(Leaf{.rate = 101_Hz}, "Leaf"); }).value == "101 Hz");
  CHECK(caught([] { validate(Leaf{.share = not_a_number}, "Leaf"); }).field == "Leaf.share");
  CHECK(caught([] { validate(Leaf{.tau = Time{infinity}}, "Leaf"); }).field == "Leaf.tau");
  CHECK(caught([] { validate(Leaf{.tau = 100_ms, .rate = 11_Hz}, "Leaf"); }).field == "Leaf.tau times rate");
  CHECK(caught([] { validate(Pair{.right = {.share = 2}}, "Pair"); }).field == "Pair.right.share");
  CHECK(caught([] { validate(Pair{.step = Voltage{not_a_number}}, "Pair"); }).field == "Pair.step");
}

TEST_CASE("parameters: every field of every part, in the unit of people") {
  const auto list = parameters(Pair{.step = 2_mV, .right = {.rate = 5_Hz}});
  REQUIRE(list.size() == 7);
  CHECK(list[0].name == "step");
  CHECK(list[0].unit == "mV");
  CHECK(list[1].name == "left.tau");
  CHECK(list[5].name == "right.rate");
  CHECK(list[5].value == doctest::Approx(5));
  CHECK(list[5].unit == "Hz");
  CHECK(parameters(Bare{}).empty());
}

TEST_CASE("set_field: in the field's own unit; what is out of range changes nothing") {
  Leaf leaf;
  CHECK(set_field(leaf, "rate", 7));
  CHECK(leaf.rate == 7_Hz);
  CHECK(!set_field(leaf, "rat", 7));
  CHECK(caught([&] { set_field(leaf, "tau", 0); }).field == "tau");
  CHECK(caught([&] { set_field(leaf, "share", not_a_number); }).value == "nan");
  CHECK(leaf.tau == 20_ms);
  CHECK(leaf.share == 0.5);
}
