#include "runtime/keras/python_code/marshal.hpp"

#include <charconv>
#include <cstring>
#include <optional>

#include "runtime/base/fail.hpp"

namespace keraunos::keras::python {
namespace {

using Kind = Object::Kind;

constexpr int max_depth = 20;
constexpr unsigned char reference_flag = 0x80;

class Reader {
 public:
  Reader(std::string_view bytes, CodeLayout layout) : rest_(bytes), layout_(layout) {}

  Code read() {
    const ObjectRef object = read_object();
    if (object->kind != Kind::code) refuse("no code object");
    if (!rest_.empty()) refuse("something behind the code object");
    return *object->code;
  }

 private:
  [[noreturn]] static void refuse(const char* what) {
    fail(ErrorCode::malformed_file, "marshalled Python code: {}", what);
  }

  // Numbers and bytes -----------------------------------------------------------------------------

  std::string_view take(std::size_t count) {
    if (count > rest_.size()) refuse("it ends too early");
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  unsigned char byte() { return static_cast<unsigned char>(take(1)[0]); }

  std::uint64_t unsigned_number(std::size_t size) {
    std::uint64_t number = 0;
    const std::string_view bytes = take(size);
    for (std::size_t i = 0; i < size; ++i) {
      number |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    }
    return number;
  }

  std::int32_t int32() { return static_cast<std::int32_t>(unsigned_number(4)); }

  // A count of things that take a byte each at least.
  std::size_t count(std::size_t size) {
    const std::uint64_t number = unsigned_number(size);
    if (number > rest_.size()) refuse("a length beyond the end");
    return number;
  }

  double binary_real() {
    const std::uint64_t bits = unsigned_number(8);
    double number = 0;
    std::memcpy(&number, &bits, sizeof number);
    return number;
  }

  double written_real() {
    const std::string_view text = take(byte());
    double number = 0;
    const auto end = text.data() + text.size();
    if (std::from_chars(text.data(), end, number).ptr != end) refuse("a number that is none");
    return number;
  }

  // Digits of 15 bits, whose number has the sign.
  ObjectRef long_integer() {
    const std::int32_t signed_count = int32();
    const std::int64_t digits = signed_count < 0 ? -std::int64_t{signed_count} : signed_count;
    if (digits > static_cast<std::int64_t>(rest_.size())) refuse("a length beyond the end");
    std::uint64_t number = 0;
    for (std::int64_t i = 0; i < digits; ++i) {
      const std::uint64_t digit = unsigned_number(2);
      if (i < 4) number |= digit << (15 * i);
    }
    if (digits > 4) return make(Kind::other);
    const auto value = static_cast<std::int64_t>(number);
    return integer(signed_count < 0 ? -value : value);
  }

  // Objects ---------------------------------------------------------------------------------------

  static ObjectRef make(Kind kind) {
    auto object = std::make_shared<Object>();
    object->kind = kind;
    return object;
  }

  static ObjectRef integer(std::int64_t number) {
    auto object = std::make_shared<Object>();
    object->kind = Kind::integer;
    object->integer = number;
    return object;
  }

  static ObjectRef real(double number) {
    auto object = std::make_shared<Object>();
    object->kind = Kind::real;
    object->real = number;
    return object;
  }

  static ObjectRef boolean(bool value) {
    auto object = std::make_shared<Object>();
    object->kind = Kind::boolean;
    object->boolean = value;
    return object;
  }

  static ObjectRef text(std::string_view bytes) {
    auto object = std::make_shared<Object>();
    object->kind = Kind::text;
    object->text = bytes;
    return object;
  }

  ObjectRef interned(std::string_view bytes) { return interned_.emplace_back(text(bytes)); }

  ObjectRef tuple(std::size_t size) {
    auto object = std::make_shared<Object>();
    object->kind = Kind::tuple;
    for (std::size_t i = 0; i < size; ++i) object->items.push_back(read_object());
    return object;
  }

  template <typename List>
  static ObjectRef entry(const List& list, std::size_t index) {
    if (index >= list.size() || list[index] == nullptr) refuse("a reference to nothing");
    return list[index];
  }

  ObjectRef read_object() {
    if (++depth_ > max_depth) refuse("it is nested too deep");
    const unsigned char type = byte();
    const bool is_referred_to = (type & reference_flag) != 0;
    const std::size_t place = references_.size();
    if (is_referred_to) references_.emplace_back();  // before those inside it
    ObjectRef object = read_of_type(static_cast<char>(type & ~reference_flag));
    if (is_referred_to) references_[place] = object;
    --depth_;
    return object;
  }

  ObjectRef read_of_type(char type) {
    switch (type) {
      case 'N': return make(Kind::none);
      case '.': return make(Kind::ellipsis);
      case 'T': return boolean(true);
      case 'F': return boolean(false);
      case 'i': return integer(int32());
      case 'I': return integer(static_cast<std::int64_t>(unsigned_number(8)));
      case 'l': return long_integer();
      case 'g': return real(binary_real());
      case 'f': return real(written_real());
      case 's':
      case 'u':
      case 'a': return text(take(count(4)));
      case 't':
      case 'A': return interned(take(count(4)));
      case 'z': return text(take(byte()));
      case 'Z': return interned(take(byte()));
      case 'R': return entry(interned_, unsigned_number(4));
      case 'r': return entry(references_, unsigned_number(4));
      case ')': return tuple(byte());
      case '(':
      case '[':
      case '<':
      case '>': return tuple(count(4));
      case 'c': return code();
      default: refuse("an object of an unknown type");
    }
  }

  // Code objects ----------------------------------------------------------------------------------

  std::string read_text() {
    const ObjectRef object = read_object();
    if (object->kind != Kind::text) refuse("a field of code that should be text");
    return object->text;
  }

  std::vector<std::string> read_names() {
    const ObjectRef object = read_object();
    if (object->kind != Kind::tuple) refuse("a field of code that should be a tuple");
    std::vector<std::string> names;
    for (const ObjectRef& name : object->items) {
      if (name->kind != Kind::text) refuse("a name that is no text");
      names.push_back(name->text);
    }
    return names;
  }

  ObjectRef code() {
    Code code;
    code.argument_count = int32();
    const bool plus = layout_ == CodeLayout::locals_plus;
    if (plus || layout_ == CodeLayout::positional_only) int32();  // how many are positional only
    if (layout_ != CodeLayout::python2) int32();                  // how many by keyword only
    if (!plus) int32();                                           // number of locals
    int32();                                                      // size of the stack
    int32();                                                      // flags
    code.instructions = read_text();
    const ObjectRef constants = read_object();
    if (constants->kind != Kind::tuple) refuse("constants that are no tuple");
    code.constants = constants->items;
    code.names = read_names();
    plus ? read_locals_plus(code) : read_locals(code);
    read_text();            // file
    read_text();            // name
    if (plus) read_text();  // qualified name
    int32();                // first line
    read_text();            // table of lines
    if (plus) read_text();  // table of exceptions
    auto object = std::make_shared<Object>();
    object->kind = Kind::code;
    object->code = std::make_shared<const Code>(std::move(code));
    return object;
  }

  void read_locals(Code& code) {
    code.locals = read_names();
    code.free = read_names();
    code.cells = read_names();
    code.cells.insert(code.cells.end(), code.free.begin(), code.free.end());
  }

  void read_locals_plus(Code& code) {
    constexpr unsigned char is_free = 0x80;
    code.locals = read_names();
    const std::string kinds = read_text();
    if (kinds.size() != code.locals.size()) refuse("kinds of other locals");
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      if ((static_cast<unsigned char>(kinds[i]) & is_free) != 0)
        code.free.push_back(code.locals[i]);
    }
    code.cells = code.locals;
  }

  std::string_view rest_;
  const CodeLayout layout_;
  std::vector<ObjectRef> references_;
  std::vector<ObjectRef> interned_;
  int depth_ = 0;
};

}  // namespace

Code read_code(std::string_view bytes, CodeLayout layout) { return Reader(bytes, layout).read(); }

}  // namespace keraunos::keras::python
