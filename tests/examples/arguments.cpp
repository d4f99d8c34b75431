#include <doctest/doctest.h>

#include <engram/core/error.hpp>

#include "support/arguments.hpp"

using engram::config_error;

TEST_CASE("seeds: a count, a list, a range") {
  using Seeds = std::vector<std::uint64_t>;
  CHECK(seed_list("3") == Seeds{1, 2, 3});
  CHECK(seed_list("3,7") == Seeds{3, 7});
  CHECK(seed_list("3,") == Seeds{3});
  CHECK(seed_list("101-103,9") == Seeds{101, 102, 103, 9});
  CHECK(seed_list("9007199254740991,1").front() == 9007199254740991u);
  for (const char* wrong : {"", "0", "1.5", "-3", "3-1", "a", "1,,2", " 1", "1-", "20000", "1-20000", "1-10000,1", "9007199254740992,1", "1e3"})
    CHECK_THROWS_AS(seed_list(wrong), config_error);
}

TEST_CASE("numbers and lists are whole texts") {
  CHECK(number("x", "-1.5e-3") == -1.5e-3);
  for (const char* wrong : {"", "1x", " 1", "1 ", "0x10", "--1"}) CHECK_THROWS_AS(number("x", wrong), config_error);
  CHECK(number_list("kappa", "0,0.5,1", engram::fraction) == std::vector{0., 0.5, 1.});
  for (const char* wrong : {"", "0,,1", "2", "nan", "0;1"}) CHECK_THROWS_AS(number_list("kappa", wrong, engram::fraction), config_error);
}

TEST_CASE("quantities: bare numbers are in the field's unit, others are converted, a wrong unit is named") {
  CHECK(quantity("tau", "20", "ms") == 20);
  CHECK(quantity("tau", "20 ms", "ms") == 20);
  CHECK(quantity("tau", "20ms", "ms") == 20);
  CHECK(quantity("tau", "0.02 s", "ms") == 20);
  CHECK(quantity("E_L", "-0.07 V", "mV") == doctest::Approx(-70));
  CHECK(quantity("r", "0.5 kHz", "Hz") == 500);
  CHECK(quantity("p", "0.1", "") == 0.1);
  for (const auto& [text, unit] : {std::pair{"20 mV", "ms"}, {"20 m", "ms"}, {"20 ms", ""}, {"ms", "ms"}, {"", "ms"}, {"20 ms ", "ms"}, {"20 MS", "ms"}})
    CHECK_THROWS_AS(quantity("x", text, unit), config_error);
  try {
    quantity("tau", "20 mV", "ms");
  } catch (const config_error& e) {
    CHECK(std::string(e.what()) == "tau = 20 mV: allowed is a number in ms, or one with its unit: us ms s");
  }
}

TEST_CASE("block weights: those that are named, the others as they were") {
  CHECK(block_weights("AB=0.2,OO=1", {0.5, 0.5, 0.5, 0.5, 0.5}) == std::array{0.5, 0.2, 0.5, 0.5, 1.});
  CHECK(block_weights("", {1, 2, 3, 4, 5}) == std::array{1., 2., 3., 4., 5.});
  for (const char* wrong : {"AB", "AB=", "AB=2", "BA=0.1", "AB=0.1;OO=1", "AB=nan"}) CHECK_THROWS_AS(block_weights(wrong, {}), config_error);
}
