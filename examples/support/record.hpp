#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include <engram/core/fields.hpp>

/// The head of a run record: version, revision, compiler, instruction set, flags.
nlohmann::ordered_json build_record();

/// Parameters as {name: {value, unit}}.
nlohmann::ordered_json parameter_record(const std::vector<engram::Parameter>& parameters);

/// Writes a JSON file whole or not at all.
void write_json(const std::filesystem::path& path, const nlohmann::ordered_json& json);

/// Creates the folder and proves that it can be written into; config_error otherwise.
void prepare_output(const std::filesystem::path& folder);

/// Runs `script folder` with a Python that has matplotlib; says on stderr what is missing if there is none.
bool draw_figures(const std::string& script, const std::filesystem::path& folder);
