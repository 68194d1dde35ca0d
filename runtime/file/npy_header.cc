#include "runtime/file/npy_header.hpp"

#include <array>
#include <charconv>
#include <string>

#include "runtime/base/fail.hpp"
#include "runtime/file/printable.hpp"

namespace keraunos::file {
namespace {

struct TypeCode {
  std::string_view code;  // without the byte order
  DType dtype;
};

constexpr std::array<TypeCode, 12> type_codes = {{
    {"f4", DType::float32},
    {"f2", DType::float16},
    {"f8", DType::float64},
    {"i1", DType::int8},
    {"u1", DType::uint8},
    {"i2", DType::int16},
    {"u2", DType::uint16},
    {"i4", DType::int32},
    {"u4", DType::uint32},
    {"i8", DType::int64},
    {"u8", DType::uint64},
    {"b1", DType::boolean},
}};

// What numpy's other kinds of dtype are called.
std::string_view kind_name(char kind) {
  switch (kind) {
    case 'O': return "pickled Python objects";
    case 'V': return "raw or structured bytes";
    case 'c': return "complex numbers";
    case 'M': return "dates";
    case 'm': return "time spans";
    default: return "elements of an unknown kind";
  }
}

// "<U12", "|S5": strings of at most so many code points, or bytes.
bool parse_string_code(std::string_view code, NpyHeader& header) {
  constexpr std::size_t longest = std::size_t{1} << 30;
  if (code.empty() || (code.front() != 'U' && code.front() != 'S' && code.front() != 'a')) {
    return false;
  }
  std::size_t length = 0;
  const char* const end = code.data() + code.size();
  const auto [stop, error] = std::from_chars(code.data() + 1, end, length);
  if (error != std::errc() || stop != end || length > longest) return false;
  header.dtype = DType::string;
  header.is_unicode = code.front() == 'U';
  header.element_size = length * (header.is_unicode ? sizeof(char32_t) : 1);
  return true;
}

void parse_descr(std::string_view descr, NpyHeader& header) {
  const auto refuse = [descr](std::string_view what) {
    fail(ErrorCode::unsupported, "arrays of {} (descr '{}') are not supported", what,
         printable(descr, 40));
  };
  constexpr std::string_view byte_orders = "<>|=";
  if (descr.size() < 2 || byte_orders.find(descr.front()) == std::string_view::npos) {
    refuse("elements of an unknown kind");
  }
  for (const auto& [code, dtype] : type_codes) {
    if (descr.substr(1) != code) continue;
    header.dtype = dtype;
    header.element_size = size_of(dtype);
    header.big_endian = descr.front() == '>';
    return;
  }
  if (parse_string_code(descr.substr(1), header)) {
    header.big_endian = header.is_unicode && descr.front() == '>';
    return;
  }
  refuse(kind_name(descr[1]));
}

// A cursor over the Python literal.
class Literal {
 public:
  explicit Literal(std::string_view text) : text_(text) {}

  [[noreturn]] void refuse(std::string_view wanted) const {
    fail(ErrorCode::malformed_file, "the .npy header is damaged at character {}: {} wanted in {}",
         at_, wanted, printable(text_, 120));
  }

  bool accept(char c) {
    skip_spaces();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void expect(char c) {
    if (!accept(c)) refuse(fmt::format("'{}'", c));
  }

  std::string_view quoted() {
    const char quote = accept('"') ? '"' : '\'';
    if (quote == '\'') expect('\'');
    const std::size_t end = text_.find(quote, at_);
    if (end == std::string_view::npos) refuse("a closing quote");
    const std::string_view inside = text_.substr(at_, end - at_);
    at_ = end + 1;
    return inside;
  }

  bool boolean() {
    skip_spaces();
    for (const bool value : {true, false}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.substr(at_, word.size()) != word) continue;
      at_ += word.size();
      return value;
    }
    refuse("True or False");
  }

  std::int64_t size() {
    skip_spaces();
    std::int64_t value = 0;
    const char* const begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc() || value < 0) refuse("a size that fits 63 bits");
    at_ += static_cast<std::size_t>(end - begin);
    return value;
  }

  Dims tuple() {
    Dims sizes;
    expect('(');
    while (!accept(')')) {
      if (sizes.size() == max_npy_rank) refuse(fmt::format("at most {} dimensions", max_npy_rank));
      sizes.push_back(size());
      if (accept(',')) continue;
      expect(')');
      break;
    }
    return sizes;
  }

  void expect_end() {
    skip_spaces();
    if (at_ != text_.size()) refuse("the end");
  }

 private:
  void skip_spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

void parse_value(Literal& literal, std::string_view key, NpyHeader& header) {
  if (key == "descr") {
    if (literal.accept('[')) {
      fail(ErrorCode::unsupported,
           "structured arrays (descr is a list of fields) are not supported");
    }
    parse_descr(literal.quoted(), header);
  } else if (key == "fortran_order") {
    header.fortran_order = literal.boolean();
  } else {
    header.dims = literal.tuple();
  }
}

}  // namespace

NpyHeader parse_npy_header(std::string_view text) {
  constexpr std::array<std::string_view, 3> keys = {"descr", "fortran_order", "shape"};
  std::array<bool, keys.size()> seen{};
  NpyHeader header;
  Literal literal(text);
  literal.expect('{');
  while (!literal.accept('}')) {
    const std::string_view key = literal.quoted();
    std::size_t which = 0;
    while (which < keys.size() && keys[which] != key) ++which;
    if (which == keys.size() || seen[which]) literal.refuse("'descr', 'fortran_order' and 'shape'");
    seen[which] = true;
    literal.expect(':');
    parse_value(literal, key, header);
    if (literal.accept(',')) continue;
    literal.expect('}');
    break;
  }
  literal.expect_end();
  if (!seen[0] || !seen[1] || !seen[2]) literal.refuse("'descr', 'fortran_order' and 'shape'");
  return header;
}

std::string_view npy_descr(DType dtype) {
  switch (dtype) {
    case DType::float32: return "<f4";
    case DType::float16: return "<f2";
    case DType::float64: return "<f8";
    case DType::int8: return "|i1";
    case DType::uint8: return "|u1";
    case DType::int16: return "<i2";
    case DType::uint16: return "<u2";
    case DType::int32: return "<i4";
    case DType::uint32: return "<u4";
    case DType::int64: return "<i8";
    case DType::uint64: return "<u8";
    case DType::boolean: return "|b1";
    case DType::bfloat16:
    case DType::string: break;
  }
  fail(ErrorCode::invalid_argument, "numpy has no code for {}", to_string(dtype));
}

}  // namespace keraunos::file
