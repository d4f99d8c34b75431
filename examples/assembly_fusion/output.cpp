#include "output.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include <engram/io/npy.hpp>

#include "support/parameter_file.hpp"
#include "support/record.hpp"

using engram::AssemblyRow;
using Json = nlohmann::ordered_json;

namespace {

/// The columns of a row after its phase and time, in the order of weights.csv.
constexpr std::pair<const char*, double AssemblyRow::*> columns[] = {
    {"x_AA", &AssemblyRow::AA}, {"x_AB", &AssemblyRow::AB}, {"x_AO", &AssemblyRow::AO}, {"x_OA", &AssemblyRow::OA},
    {"x_OO", &AssemblyRow::OO}, {"x_AI", &AssemblyRow::AI}, {"x_OI", &AssemblyRow::OI}, {"r_A", &AssemblyRow::r_A},
    {"r_B", &AssemblyRow::r_B}, {"r_O", &AssemblyRow::r_O}, {"r_I", &AssemblyRow::r_I}};

void write_weights(const Options& options, const Results& results) {
  engram::write_whole(options.out / "weights.csv", [&](std::ostream& out) {
    out << "kappa,lambda,seed,realization,phase,t_s";
    for (const auto& [name, member] : columns) out << ',' << name;
    out << '\n';
    out.precision(8);
    for (const auto& c : results.cases)
      for (const auto& row : c.rows) {
        out << c.kappa << ',' << c.lambda << ',' << c.seed << ',' << c.realization << ',' << row.phase << ',' << row.t;
        for (const auto& [name, member] : columns) {
          if (std::isnan(row.*member)) out << ",nan";
          else out << ',' << row.*member;
        }
        out << '\n';
      }
  });
}

Json row_record(const AssemblyRow& row) {
  Json out{{"t_s", row.t}};
  for (const auto& [name, member] : columns) out[name] = std::isnan(row.*member) ? Json() : Json(row.*member);
  return out;
}

Json summary(const Results& results) {
  Json out = Json::array();
  for (const auto& c : results.cases) {
    if (c.rows.empty()) continue;
    Json record{{"kappa", c.kappa}, {"lambda", c.lambda}, {"seed", c.seed}, {"realization", c.realization}, {"fate", name(c.fate)}, {"complete", c.complete}};
    if (!c.failure.empty()) record["failure"] = c.failure;
    record["initial"] = row_record(c.rows.front());
    record["end_of_training"] = row_record(c.rows[c.trained]);
    record["end"] = row_record(c.rows.back());
    out.push_back(record);
  }
  return out;
}

}  // namespace

void write_results(const Options& options, const Results& results, const std::string& command) {
  write_weights(options, results);
  write_json(options.out / "summary.json", summary(results));
  Json run = build_record();
  run["command"] = command;
  run["preset"] = options.preset.name;
  run["parameters"] = parameter_record(engram::parameters(options.preset));
  run["kappa"] = options.kappa;
  run["lambda"] = options.lambda;
  run["seeds"] = options.seeds;
  run["realizations"] = options.realizations;
  run["dt"] = {{"value", options.dt}, {"unit", "ms"}};
  run["train"] = {{"value", options.train ? Json(*options.train) : Json()}, {"unit", "s"}};
  run["initial"] = options.initial ? Json(*options.initial) : Json();
  run["frozen"] = options.frozen;
  run["unbounded"] = options.unbounded;
  run["threads"] = options.threads;
  run["precision"] = "float";
  run["semantics"] = {{"pairing", "all pairs; coincident spikes (L(0+) + L(0-))/2"}, {"delay", "one time step"}, {"bounds", "hard, after every change"}, {"integration", "Euler-Maruyama"}};
  run["model_seconds"] = results.model_seconds;
  run["wall_seconds"] = results.wall_seconds;
  run["real_time_factor"] = results.wall_seconds > 0 ? results.model_seconds / results.wall_seconds : 0;
  write_json(options.out / "run.json", run);
  write_parameters(options.out / "parameters.toml", options.preset);
  for (const auto& [name, raster] : results.rasters) {
    Eigen::MatrixXd table(static_cast<Eigen::Index>(raster.time.size()), 2);
    for (Eigen::Index k = 0; k < table.rows(); ++k) {
      table(k, 0) = raster.time[static_cast<std::size_t>(k)];
      table(k, 1) = raster.cell[static_cast<std::size_t>(k)];
    }
    engram::write_npy(options.out / (name + ".npy"), table);
  }
  for (const auto& [name, matrix] : results.matrices) engram::write_npy(options.out / (name + ".npy"), matrix);
}

void print_table(const Results& results) {
  std::printf("%5s %6s %4s %3s | %-6s %6s %6s %6s %6s %6s | %5s %5s %5s %5s | %s\n", "kappa", "lambda", "seed", "run", "when", "x_AA", "x_AB", "x_AO", "x_OA", "x_OO", "r_A", "r_B", "r_O", "r_I", "fate");
  for (const auto& c : results.cases) {
    if (c.rows.empty()) continue;
    const auto line = [&](const char* when, const AssemblyRow& r, const char* fate) {
      std::printf("%5g %6g %4llu %3d | %-6s", c.kappa, c.lambda, static_cast<unsigned long long>(c.seed), c.realization, when);
      for (const double x : {r.AA, r.AB, r.AO, r.OA, r.OO}) std::isnan(x) ? std::printf(" %6s", "-") : std::printf(" %6.3f", x);
      std::printf(" |");
      for (const double x : {r.r_A, r.r_B, r.r_O, r.r_I}) std::isnan(x) ? std::printf(" %5s", "-") : std::printf(" %5.1f", x);
      std::printf(" | %s\n", fate);
    };
    line("before", c.rows.front(), "");
    line("train", c.rows[c.trained], "");
    line("end", c.rows.back(), c.failure.empty() ? name(c.fate) : c.failure.c_str());
  }
}
