#include "keraunos/explain.hpp"
#include "runtime/explain/json.hpp"
#include "runtime/explain/page.hpp"

namespace keraunos {
namespace {

// JSON that may stand inside <script>: names come from files of strangers.
std::string without_tags(const std::string& json) {
  std::string text;
  text.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      text += "\\u003c";
    } else {
      text += c;
    }
  }
  return text;
}

void replace(std::string& page, std::string_view mark, std::string_view text) {
  page.replace(page.find(mark), mark.size(), text);
}

}  // namespace

std::string to_html(const Explanation& explanation, const std::vector<Dims>& sizes) {
  std::string page(page_html);
  replace(page, "/*STYLE*/", page_style);
  replace(page, "/*SCRIPT*/", page_script);
  replace(page, "/*DATA*/", without_tags(to_json(explanation, sizes)));
  return page;
}

}  // namespace keraunos
