#include "samples/cli/ways_out.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "keraunos/error.hpp"

namespace keraunos::cli {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file) throw Error(ErrorCode::file_not_readable, path + ": cannot be read");
  return text;
}

LayerReplacement parse_replacement(const std::string& text) {
  const std::size_t mark = text.find('=');
  if (mark == std::string::npos || mark == 0) {
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("--replace {}: NAME={{\"class_name\": ..., \"config\": {{...}}}} wanted",
                    text));
  }
  return {text.substr(0, mark), text.substr(mark + 1)};
}

}  // namespace

void WaysOut::add_to(CLI::App& command) {
  command
      .add_option("--outputs-of", outputs,
                  "make these layers' results the outputs and leave out what they do not need: "
                  "LAYER,...")
      ->delimiter(',')
      ->expected(1)
      ->take_all();
  command
      .add_option("--replace", replace,
                  "put a layer of Keras's own in the place of one that cannot run: "
                  "LAYER={\"class_name\": ..., \"config\": {...}}; may be repeated")
      ->expected(1)
      ->take_all();
  command.add_option("--replace-file", replace_file,
                     "the same from a JSON file: {\"LAYER\": {\"class_name\": ...}, ...}");
}

void WaysOut::apply(LoadOptions& options) const {
  options.outputs = outputs;
  for (const std::string& text : replace) options.replace.push_back(parse_replacement(text));
  if (replace_file.empty()) return;
  const std::string text = read_file(replace_file);
  try {
    for (LayerReplacement& one : replacements_from_json(text)) {
      options.replace.push_back(std::move(one));
    }
  } catch (const Error& error) {
    throw error.within(replace_file);
  }
}

}  // namespace keraunos::cli
