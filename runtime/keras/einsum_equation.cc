#include "runtime/keras/einsum_equation.hpp"

#include <cctype>
#include <map>
#include <set>

#include "runtime/base/fail.hpp"

namespace keraunos::keras {
namespace {

// One operand or the result, with "..." as a dot.
std::string parse_spec(std::string_view spec) {
  std::string letters;
  for (std::size_t i = 0; i < spec.size(); ++i) {
    if (spec.substr(i, 3) == "..." && letters.find('.') == std::string::npos) {
      letters += '.';
      i += 2;
    } else if (std::isalpha(static_cast<unsigned char>(spec[i])) != 0) {
      letters += spec[i];
    } else if (spec[i] != ' ') {
      fail(ErrorCode::malformed_file, "'{}' is no list of axes", spec);
    }
  }
  return letters;
}

std::string implied_output(const std::vector<std::string>& operands) {
  std::map<char, int> uses;
  for (const std::string& operand : operands) {
    for (const char c : operand) ++uses[c];
  }
  std::string output;
  if (uses.contains('.')) output = ".";
  for (const auto& [letter, count] : uses) {
    if (letter != '.' && count == 1) output += letter;
  }
  return output;
}

}  // namespace

EinsumEquation parse_einsum(std::string_view equation) {
  return within(
      [&] { return fmt::format("equation '{}'", equation); },
      [&] {
        EinsumEquation parsed;
        const std::size_t arrow = equation.find("->");
        std::string_view left = equation.substr(0, arrow);
        for (std::size_t comma = 0; comma != std::string_view::npos;) {
          comma = left.find(',');
          parsed.operands.push_back(parse_spec(left.substr(0, comma)));
          if (comma != std::string_view::npos) left.remove_prefix(comma + 1);
        }
        parsed.output = arrow == std::string_view::npos ? implied_output(parsed.operands)
                                                        : parse_spec(equation.substr(arrow + 2));
        if (std::set<char>(parsed.output.begin(), parsed.output.end()).size() !=
            parsed.output.size()) {
          fail(ErrorCode::malformed_file, "the result '{}' has a letter twice", parsed.output);
        }
        return parsed;
      });
}

}  // namespace keraunos::keras
